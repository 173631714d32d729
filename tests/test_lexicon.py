"""The words of questions: listed in all their forms, in one spelling, in no sense but theirs."""

import pytest

from kg import graph, lexicon, paths, terms
from kg.engines.local import LocalEngine
from kg.lexicon import Key, Lexicon
from kg.namespaces import LEX, PREFIXES

ENTRIES = paths.LEXICON / "en.ttl"
LARGEST = 4_000_000
DENYING = frozenset({"not", "no", "never", "only", "merely", "unless", "nobody", "nothing"})
CONTRARIES = [
    ("reduce", "increase"),
    ("begin", "end"),
    ("strengthen", "weaken"),
    ("friend", "foe"),
    ("trust", "distrust"),
    ("agree", "disagree"),
    ("support", "oppose"),
    ("promise", "refuse"),
    ("war", "peace"),
    ("democracy", "dictatorship"),
    ("expand", "shrink"),
    ("stable", "turbulent"),
    ("superior", "inferior"),
    ("lead", "follow"),
    ("intensify", "ease"),
    ("unite", "divide"),
    ("bridge", "widen"),
    ("civilian", "military"),
    ("global", "regional"),
    ("dominant", "junior"),
    ("worldwide", "parochial"),
    ("sidekick", "top dog"),
    ("toothless", "vaunted"),
    ("museum piece", "cutting edge"),
    ("step by step", "overnight"),
    ("light years away", "imminent"),
    ("rock solid", "unstable"),
    ("penniless", "affluent"),
    ("clandestinely", "blatantly"),
    ("valid", "mistaken"),
    ("lesser", "greater"),
    ("final say", "lower rank"),
    ("police state", "free society"),
    ("near total", "complete"),
]
APART = [
    ("sanctions", "coercion"),
    ("unification", "reunification"),
    ("treaty", "summit"),
    ("army", "troop reduction"),
    ("aid", "trade"),
    ("missile", "weapon"),
]


@pytest.fixture(scope="module")
def known() -> Lexicon:
    return lexicon.load()


def meanings(known: Lexicon, text: str) -> frozenset[str]:
    """The meanings of a word that are not marked as contrary to what the texts say."""
    classes = known.classes.get(tuple(text.split()), frozenset())
    return frozenset() if "fn-contrary" in classes else classes & frozenset(known.meanings)


def test_the_file_stays_quick_to_load() -> None:
    assert 1_000_000 < ENTRIES.stat().st_size < LARGEST


def test_the_words_are_many_and_each_meaning_has_some(known: Lexicon) -> None:
    forms = {form for meaning in known.meanings.values() for form in meaning.forms}
    assert len(known.meanings) > 200
    assert len(forms) > 10_000
    bare = [
        name for name, meaning in known.meanings.items() if not meaning.forms and not meaning.names
    ]
    assert bare == []


def test_every_class_that_a_word_is_of_is_described() -> None:
    described, evoked = set(), set()
    for path in sorted(paths.LEXICON.glob("en*.ttl")):
        for triple in graph.read(path):
            if triple.predicate.value == PREFIXES["skos"] + "definition":
                described.add(str(getattr(triple.subject, "value", "")))
            if triple.predicate.value == PREFIXES["ontolex"] + "evokes":
                evoked.add(str(getattr(triple.object, "value", "")))
    assert len(evoked) > 300
    assert evoked <= described
    assert all(name.startswith(LEX) for name in evoked)


def test_a_verb_is_listed_in_all_its_forms(known: Lexicon) -> None:
    forms: dict[Key, set[Key]] = {}
    for form, base in known.verbs.items():
        forms.setdefault(base, set()).add(form)
    assert len(forms) > 1500
    few = {base for base, listed in forms.items() if len(listed) < 3}
    assert few == set()
    without = {
        base
        for base, listed in forms.items()
        if not any(word.endswith("ing") for form in listed for word in form)
    }
    assert without == set()


def test_a_form_is_listed_in_one_spelling(known: Lexicon) -> None:
    assert len(known.spelling) > 100
    listed = {word for key in (*known.classes, *known.denoted) for word in key}
    assert listed.isdisjoint(known.spelling)


@pytest.mark.parametrize(
    ("british", "american"),
    [("normalise", "normalize"), ("labour", "labor"), ("defence", "defense"), ("honour", "honor")],
)
def test_british_spelling_means_the_same(known: Lexicon, british: str, american: str) -> None:
    if british in known.spelling:
        assert known.spelling[british] == american
    else:
        assert (american,) not in known.classes


def test_what_fills_a_phrase_denies_and_restricts_nothing(known: Lexicon) -> None:
    filling = {
        key
        for key, classes in known.classes.items()
        if classes & {lexicon.NEUTRAL, "fn-filler", "fn-preposition"}
    }
    assert len(filling) > 100
    assert [key for key in filling if not DENYING.isdisjoint(key)] == []


@pytest.mark.parametrize(("one", "other"), [*CONTRARIES, *APART])
def test_a_word_is_no_synonym_of_its_contrary_or_its_neighbour(
    known: Lexicon, one: str, other: str
) -> None:
    assert meanings(known, one), one
    assert not meanings(known, one) & meanings(known, other)


def test_what_the_texts_never_speak_of_is_known_and_said_nowhere(engine: LocalEngine) -> None:
    listed = terms.load(engine)
    for text in ("sanctions", "famine", "human rights", "missile", "refugees", "coup", "terrorism"):
        key = tuple(text.split())
        assert listed.lexicon.classes[key] & set(listed.lexicon.meanings), text
        assert listed.meant(key) is None, text


def test_no_meaning_looks_for_the_words_that_another_is_called_by(engine: LocalEngine) -> None:
    listed = terms.load(engine)
    patterns = {
        name: frozenset(term.pattern.split("|"))
        for name in listed.lexicon.meanings
        if (term := listed.meaning(name)) and term.pattern
    }
    owners = listed.lexicon.owners
    assert len(patterns) > 100
    assert len(owners) > 300
    taken = {
        (name, " ".join(form))
        for form, called in owners.items()
        for name, looked in patterns.items()
        if name not in called and " ".join(form) in looked
    }
    assert taken == set()


@pytest.mark.parametrize(
    ("opposite", "other"),
    [
        ("lose to", "win"),
        ("lag behind", "outstrip"),
        ("fall behind", "overtake"),
        ("lose faith in", "rattle"),
        ("come to believe", "persuade"),
    ],
)
def test_what_is_said_of_those_to_whom_it_is_done_is_marked(
    known: Lexicon, opposite: str, other: str
) -> None:
    base = tuple(opposite.split())
    forms = [form for form, each in known.verbs.items() if each == base]
    assert len(forms) > 2
    for form in forms:
        assert known.classes[form] & known.classes[tuple(other.split())] & set(known.meanings)
        assert "fn-converse" in known.classes[form]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("fall out", "m-differ"),
        ("fell out of step", "m-differ"),
        ("poles apart", "m-differ"),
        ("pitted against", "m-wedge"),
        ("sowing discord", "m-wedge"),
        ("at loggerheads", "m-tangle"),
        ("locked horns", "m-tangle"),
        ("came out on top", "m-win"),
        ("outsmarted", "m-win"),
        ("pulled in front", "m-lunge"),
        ("left in dust", "m-lunge"),
        ("bring to table", "m-give"),
        ("do away with", "m-eliminate"),
        ("unseated", "m-replace"),
        ("turned blind eye", "m-willing"),
        ("call shots", "m-lead"),
        ("take upper hand", "m-assert"),
        ("back seat", "m-supporting"),
        ("dig its heels in", "m-adamant"),
        ("get ball rolling", "m-initiate"),
        ("pull troops out", "m-reduce"),
        ("without so much as asking", "m-unilateral"),
        ("patch up", "m-bridge"),
        ("thing of past", "m-retreat"),
        ("seat at table", "m-say"),
        ("at snail 's pace", "m-slowly"),
        ("fits and starts", "m-hesitant"),
        ("between devil and deep blue sea", "m-dilemma"),
        ("top of agenda", "m-priority"),
        ("strapped for cash", "m-unable"),
        ("tiger economy", "m-lunge-power"),
        ("four corners of earth", "m-global"),
        ("outlier", "m-opposite"),
        ("state of play", "m-circumstance"),
        ("shelf life", "m-future"),
        ("iron fisted", "m-despotism"),
    ],
)
def test_an_idiom_means_what_its_plain_word_means(known: Lexicon, text: str, meaning: str) -> None:
    assert meaning in known.classes.get(tuple(text.split()), ()), text


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("blue house", "south-korea"),
        ("hermit kingdom", "north-korea"),
        ("pentagon", "united-states"),
        ("post cold war era", "end-of-cold-war"),
        ("gulf war one", "first-gulf-war"),
        ("wmds", "wmd-threat"),
        ("american boots on ground", "us-forces"),
        ("oval office", "us-presidents"),
        ("syngman", "rhee"),
        ("seoul washington ties", "us-rok-alliance"),
    ],
)
def test_a_thing_is_known_by_what_newspapers_call_it(known: Lexicon, text: str, thing: str) -> None:
    assert PREFIXES["id"] + thing in known.denoted.get(tuple(text.split()), ())


def test_a_name_of_several_may_mean_each(known: Lexicon) -> None:
    meant = known.denoted[("white", "house")]
    assert {PREFIXES["id"] + name for name in ("united-states", "president-bush")} < meant
