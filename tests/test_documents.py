"""Texts that become documents."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import catalogs, documents, graph, paths, turtle
from kg.errors import DataError, SeedChangedError, SeedError
from kg.sentences import cut, gaps, read_seed

ESSAY = paths.SEEDS / "000_01a5c16ec8b3001f.txt"
TITLE = "The future of the US\u2013South Korea alliance (untitled essay)"
TEXT = "One day. Two days.\n\nThree \U0001f600 days.\r\n Four"


class Place:
    """A folder of texts and a folder of data."""

    def __init__(self, root: Path) -> None:
        self.seeds, self.data = root / "seeds", root / "data"
        self.seeds.mkdir()
        self.data.mkdir()

    def write(self, name: str, text: str = TEXT) -> Path:
        path = self.seeds / name
        path.write_bytes(text.encode())
        return path

    def add(self, name: str, document: str | None = None, title: str | None = None):
        return documents.add(self.seeds / name, document, title, data=self.data, seeds=self.seeds)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.data.rglob("*") if path.is_file())
        return {path.relative_to(self.data).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_the_essay_in_the_project_is_as_added():
    added = documents.add(ESSAY)

    assert (added.id, added.paragraphs, added.sentences) == ("000", 18, 56)
    assert added.written == ()
    head = documents.read_head(paths.DATA / "000" / "text.ttl")
    assert (head.title, head.file_name, head.character_count) == (TITLE, ESSAY.name, 6123)


def test_the_stored_sentences_of_the_essay_verify_character_by_character():
    text = read_seed(ESSAY).text
    sentences = documents.read_sentences(paths.DATA / "000" / "text.ttl")

    assert [sentence.number for sentence in sentences] == list(range(1, 57))
    assert [text[s.start : s.end] for s in sentences] == [s.quote for s in sentences]
    assert gaps(text, sentences) == []


def test_the_written_form_is_canonical_and_complete(place):
    place.write("a1_x.txt")
    added = place.add("a1_x.txt", title='A "title"')
    content = (added.folder / "text.ttl").read_bytes()

    assert turtle.reformat(content, "text.ttl").encode() == content
    lines = {line.strip() for line in content.decode().split("\n")}
    assert lines >= {
        "id:a1 a :Document , owl:NamedIndividual ;",
        r'rdfs:label "A \"title\""@en ;',
        ':fileName "a1_x.txt" ;',
        ":characterCount 40 ;",
        'dcterms:language "en" .',
        "d:par3 a :Paragraph , owl:NamedIndividual ;",
        "d:s3 a :Sentence , owl:NamedIndividual ;",
        'rdfs:label "Sentence 3"@en ;',
        ":isPartOf d:par2 ;",
        ":isSentenceOf id:a1 ;",
        ':exactQuote "Three \U0001f600 days." ;',
        r':prefix "One day. Two days.\n\n" ;',
        r':suffix "\r\n Four" .',
        ":start 20 ;",
        ":end 33 ;",
        "owl:versionIRI <https://w3id.org/standpoint/data/a1/text/1.0.0> .",
    }


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(["Ab", ". ", "\n", "\r\n", '"', "\\", "\t", "\u2028", "😀", "{x}"]))
)
def test_any_text_reads_back_from_its_file(tmp_path_factory, pieces):
    text = "A" + "".join(pieces)
    place = Place(tmp_path_factory.mktemp("any"))
    place.write("x.txt", text)
    path = place.add("x.txt").folder / "text.ttl"

    sentences = documents.read_sentences(path)
    stored = [(s.number, s.start, s.end, s.quote, s.prefix, s.suffix) for s in sentences]
    assert stored == [(s.number, s.start, s.end, s.quote, s.prefix, s.suffix) for s in cut(text)[1]]
    assert turtle.reformat(path.read_bytes(), "text.ttl").encode() == path.read_bytes()


def test_adding_writes_the_folder_once(place):
    place.write("a_x.txt")
    added = place.add("a_x.txt")

    names = ["text.ttl", "claims.ttl", "editorial.ttl", catalogs.NAME, catalogs.NAME]
    assert [path.name for path in added.written] == names
    before = place.files()
    assert place.add("a_x.txt").written == ()
    assert place.files() == before
    assert len(before) == 5


def test_what_people_wrote_is_left_alone(place):
    place.write("a_x.txt")
    folder = place.add("a_x.txt").folder
    (folder / "claims.ttl").write_text("# mine")
    (folder / "editorial.ttl").unlink()

    assert [path.name for path in place.add("a_x.txt").written] == ["editorial.ttl"]
    assert (folder / "claims.ttl").read_text() == "# mine"


def test_the_files_to_fill_in_say_what_they_are_and_import_what_they_need(place):
    place.write("a_x.txt")
    folder = place.add("a_x.txt").folder

    sources = graph.sources(data=place.data)
    assert len([source for source in sources if source.document == "a"]) == 3
    text = (folder / "editorial.ttl").read_text()
    imported = set(re.findall(r"<https://w3id.org/standpoint/(data/\S+|ontology)>", text))
    assert {"ontology", "data/actors", "data/a/text", "data/a/claims"} <= imported
    assert turtle.reformat(text.encode(), "editorial.ttl") == text


def test_the_title_is_kept_until_another_is_given(place):
    place.write("a_x.txt")
    path = place.data / "a" / "text.ttl"
    place.add("a_x.txt", title="  A   title ")
    assert documents.read_head(path).title == "A title"

    assert place.add("a_x.txt").written == ()
    assert [path.name for path in place.add("a_x.txt", title="Other").written] == ["text.ttl"]
    assert documents.read_head(path).title == "Other"


def test_the_day_of_adding_is_kept(place):
    place.write("a_x.txt")
    path = place.add("a_x.txt").folder / "text.ttl"
    today = documents.read_head(path).created
    path.write_text(path.read_text().replace(today, "1999-12-31"))

    assert place.add("a_x.txt").written == ()
    assert documents.read_head(path).created == "1999-12-31"


def test_a_damaged_file_is_mended_from_the_text(place):
    place.write("a_x.txt")
    path = place.add("a_x.txt").folder / "text.ttl"
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"Two days."', b'"Two nights."'))

    assert [path.name for path in place.add("a_x.txt").written] == ["text.ttl"]
    assert path.read_bytes() == good


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("One day. Two nights.\n\nThree", "at line 1 column 14 it has 'nights.\\n\\nThree' where"),
        ("One day. Two days.\n\nThree \U0001f600 days.\n Four", r"'days.\n Four' where 'days.\r\n"),
        (TEXT + ". Five", "line 4 column 6 it has '. Five' where '' was"),
        ("One day.", "line 1 column 9 it has 'day.' where 'day. Two days.\\n\\n"),
        ("\ufeff" + TEXT, "its bytes are not (a byte order mark?)"),
    ],
)
def test_a_changed_text_is_refused_with_the_first_difference(place, changed, message):
    place.write("a_x.txt")
    place.add("a_x.txt")
    before = place.files()
    place.write("a_x.txt", changed)

    with pytest.raises(SeedChangedError, match=re.escape(message)) as caught:
        place.add("a_x.txt")
    assert "Restore the text" in str(caught.value)
    assert place.files() == before


def test_a_cut_that_moved_is_refused(place, monkeypatch):
    place.write("a_x.txt")
    place.add("a_x.txt")
    before = place.files()
    paragraphs, [first, second, *rest] = cut(TEXT)
    joined = type(first)(1, 1, first.start, second.end, TEXT[first.start : second.end], "", "")
    monkeypatch.setattr(documents, "cut", lambda _: (paragraphs, (joined, *rest)))

    with pytest.raises(DataError, match="sentence 1 runs from 0 to 8, and would now run from 0"):
        place.add("a_x.txt")
    assert place.files() == before


@pytest.mark.parametrize("name", ["A_x.txt", "_x.txt", "-a.txt", "é.txt", "a b.txt", ".txt"])
def test_a_name_that_gives_no_id_asks_for_one(place, name):
    place.write(name)

    with pytest.raises(SeedError, match="choose one with --id"):
        place.add(name)
    assert place.add(name, "x-1").id == "x-1"


@pytest.mark.parametrize("document", ["", "../x", "a/b", "A", "a_b", "-a", "a" * 65, "a\n"])
def test_a_malformed_id_is_refused(place, document):
    place.write("a_x.txt")

    with pytest.raises(SeedError, match="choose another"):
        place.add("a_x.txt", document)
    assert place.files() == {}


def test_an_id_belongs_to_one_text(place):
    place.write("a_x.txt")
    place.write("a_y.txt")
    place.add("a_x.txt")

    with pytest.raises(SeedError, match=r"'a' belongs to a_x\.txt: choose another for a_y\.txt"):
        place.add("a_y.txt")
    assert place.add("a_y.txt", "b").id == "b"


def test_a_text_has_one_id(place):
    place.write("a_x.txt")
    place.add("a_x.txt", "z")

    with pytest.raises(SeedError, match=r"a_x\.txt is document 'z' already: use --id z"):
        place.add("a_x.txt")
    assert place.add("a_x.txt", "z").written == ()


def test_an_id_is_not_that_of_a_shared_thing(place):
    place.write("japan.txt")
    (place.data / "actors.ttl").write_bytes((paths.DATA / "actors.ttl").read_bytes())

    with pytest.raises(SeedError, match=r"'japan' names something in actors\.ttl"):
        place.add("japan.txt")


def test_a_text_elsewhere_is_refused(place, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)

    with pytest.raises(SeedError, match="move it to seeds/ first"):
        documents.add(tmp_path / "a.txt", data=place.data, seeds=place.seeds)


def test_a_file_name_or_title_that_does_not_print_is_refused(place):
    place.write("a_\u202e.txt")
    place.write("b.txt")

    with pytest.raises(SeedError, match="do not print"):
        place.add("a_\u202e.txt")
    with pytest.raises(SeedError, match="do not print"):
        place.add("b.txt", title="a\x1bb")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[:300], r"a/text\.ttl: "),
        (lambda text: text.replace(":sha256", ":x"), "lacks .*sha256: restore the file"),
        (lambda text: text.replace("unt 40", 'unt "many"'), "'many' should be a number"),
        (
            lambda text: text.replace(":prefix", ":x", 1).replace('"Two', '"Tw'),
            "a sentence lacks :prefix",
        ),
    ],
)
def test_a_file_beyond_mending_is_refused(place, damage, message):
    place.write("a_x.txt")
    path = place.add("a_x.txt").folder / "text.ttl"
    path.write_text(damaged := damage(path.read_text()), newline="")

    with pytest.raises(DataError, match=message):
        place.add("a_x.txt")
    assert path.read_text() == damaged


def test_the_file_that_imports_everything_learns_of_a_new_document(place):
    place.write("a_x.txt")
    umbrella = place.data / "all.ttl"
    umbrella.write_bytes((paths.DATA / "all.ttl").read_bytes())

    assert umbrella in place.add("a_x.txt").written
    text = umbrella.read_text()
    for part in documents.PARTS:
        assert f"<https://w3id.org/standpoint/data/a/{part}>" in text
    assert "<https://w3id.org/standpoint/data/000/claims>" in text
    assert place.add("a_x.txt").written == ()
