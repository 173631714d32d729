"""The one form in which a graph is written as Turtle (RDF 1.1 Turtle, W3C Recommendation 2014).

Equal graphs give equal bytes, whatever order, prefixes and labels they came with, so a file that
an editor saved differs from the last one only where its axioms differ. In that form:

* the prefixes of `kg.namespaces` that are used, and ``d:`` in a file of a document;
* first the ``owl:Ontology`` header; then classes, object, datatype and annotation properties; then
  claims in the order of their sentences, each proposition after its first claim; then all else
  by IRI, where c2 comes before c10;
* in a subject its types, its label, its definition, and the rest by name;
* blank nodes as ``[ … ]``, lists as ``( … )``, labels only where a blank node is shared;
* axioms in one of the forms that they can have (`kg.axioms`), and lists that stand for sets sorted,
  as their order means nothing (OWL 2 Structural Specification, 2.3).

Comments are not part of a graph and do not survive.
"""

import re
from codecs import BOM_UTF8
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg import axioms, blank_nodes, files, paths
from kg import graph as graph_files
from kg.errors import DataError
from kg.namespaces import DATA, ID, PREFIXES, SP, document_prefix

Term: TypeAlias = NamedNode | BlankNode | Literal
Subject: TypeAlias = NamedNode | BlankNode
NaturalKey: TypeAlias = tuple[tuple[tuple[str, int, str], ...], str]

WIDTH = 100
"""Lists of objects and blank nodes that would pass this column are broken into lines."""

MOST_NESTED = 60
"""How deep blank nodes may lie in one another."""

_OWL, _RDF, _RDFS, _XSD = (PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
_TYPE, _FIRST, _REST, _NIL = (_RDF + name for name in ("type", "first", "rest", "nil"))

_RANKS = {
    _OWL + "Ontology": 0,
    _OWL + "Class": 1,
    _RDFS + "Class": 1,
    _OWL + "ObjectProperty": 2,
    _OWL + "DatatypeProperty": 3,
    _OWL + "AnnotationProperty": 4,
}
_OTHERS = 5

_LEADING = [
    _TYPE,
    _RDFS + "label",
    PREFIXES["dcterms"] + "title",
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["skos"] + "altLabel",
    PREFIXES["skos"] + "definition",
    PREFIXES["dcterms"] + "description",
    PREFIXES["skos"] + "scopeNote",
    PREFIXES["skos"] + "example",
    _RDFS + "comment",
    PREFIXES["sh"] + "path",
    PREFIXES["sh"] + "targetClass",
]

# Queries inside shapes are edited by hand, line by line.
_MULTILINE = {PREFIXES["sh"] + name for name in ("select", "ask", "construct")}

# A safe part of Turtle's PN_LOCAL: what needs no escape and no thought.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_SETS = {
    _OWL + name
    for name in (
        "oneOf",
        "intersectionOf",
        "unionOf",
        "disjointUnionOf",
        "members",
        "distinctMembers",
        "hasKey",
        "withRestrictions",
    )
}
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_SENTENCE = re.compile(r"/s([0-9]{1,9})")
_DOCUMENT_FILE = re.compile(re.escape(DATA) + r"([a-z0-9][a-z0-9-]*)/[a-z0-9-]+")

# Besides what Turtle demands: line and paragraph separators, so that one value is one line in every
# tool, and the characters that make text read otherwise than it is stored (Unicode TR 36, 2.7).
_ESCAPED = re.compile(
    r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]'
)
_ESCAPED_IN_LINES = re.compile(rf'"(?="|\Z)|(?![\n"]){_ESCAPED.pattern}')
_SHORT_ESCAPES = {
    '"': r"\"",
    "\\": r"\\",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\b": r"\b",
    "\f": r"\f",
}


def quote(text: str) -> str:
    """A string literal in double quotes, on one line."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _quote_lines(text: str) -> str:
    escaped = _ESCAPED_IN_LINES.sub(_escape, text)
    return f'"""{escaped}"""'


def _escape(match: re.Match[str]) -> str:
    return _SHORT_ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


def natural(text: str) -> NaturalKey:
    """A key that sorts the numbers in a text by value: c2 before c10."""
    parts = re.split(r"([0-9]+)", text)
    numbers = ((part.lstrip("0"), part) for part in parts[1::2])
    pairs = zip(parts[::2], [*((len(value), value) for value, _ in numbers), (0, "")], strict=True)
    return tuple((words, size, value) for words, (size, value) in pairs), text


def write(triples: Iterable[Triple]) -> str:
    """The canonical Turtle of a graph.

    Raises:
        DataError: Blank nodes are nested too deeply or too entangled, or what was written does not
            read back as the same graph.
    """
    writer = _Writer(axioms.settled(triples))
    return _read_back(writer, writer.text())


def _read_back(writer: "_Writer", text: str) -> str:
    """A text that a writer wrote, once it has been read back as the same graph."""
    written = graph_files.parse(text.encode(), "the canonical form")
    if blank_nodes.relabelled(written) != blank_nodes.relabelled(writer.sorted_graph()):
        raise DataError("the canonical form would not be the same graph; the file stays as it is")
    return text


# Checks of many copies of the data meet the same large files each time.
@lru_cache(maxsize=32)
def reformat(content: bytes, name: str) -> str:
    """The canonical form of a Turtle file's bytes.

    Args:
        content: The bytes, UTF-8; a byte order mark is dropped.
        name: What a message calls the file.

    Raises:
        DataError: The bytes are no Turtle that `kg.graph` takes, or see `write`.
    """
    triples = graph_files.parse(content.removeprefix(BOM_UTF8), name)
    try:
        writer = _Writer(axioms.settled(triples))
        text = writer.text()
        # What has the same bytes is the same graph.
        return text if text.encode() == content else _read_back(writer, text)
    except DataError as error:
        raise DataError(f"{name}: {error}") from error


def reformat_file(path: Path, *, check: bool = False) -> bool:
    """Bring a file into the canonical form; say whether it was in another.

    Args:
        path: A Turtle file.
        check: Only look, write nothing.

    Raises:
        DataError: The file cannot be read, or see `reformat`. It stays as it was.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{graph_files.place(path)}: cannot be read: {error.strerror}") from error
    text = reformat(content, graph_files.place(path))
    if content == text.encode():
        return False
    return check or files.replace(path, [text])


def hand_written(ontology: Path | None = None, data: Path | None = None) -> list[Path]:
    """Every Turtle file of the ontology, the graph, the lexicon and the shapes.

    Args:
        ontology: The folder of the ontology; the project's own when left out.
        data: The folder of the data; likewise.
    """
    folders = (ontology or paths.ONTOLOGY, data or paths.DATA, paths.LEXICON, paths.SHAPES)
    return [path for folder in folders for path in sorted(folder.rglob("*.ttl"))]


class _Place(NamedTuple):
    """Where a subject stands in the file."""

    rank: int
    not_a_claim: bool
    sentence: int
    claim: NaturalKey
    not_the_claim: bool
    own: NaturalKey


class _Writer:
    """One graph on its way to text."""

    def __init__(self, graph: set[Triple]) -> None:
        self.graph = graph
        self.facts: defaultdict[Subject, defaultdict[str, list[Term]]]
        self.facts = defaultdict(lambda: defaultdict(list))
        for triple in graph:
            subject, value = cast(Subject, triple.subject), cast(Term, triple.object)
            self.facts[subject][triple.predicate.value].append(value)
        self.labels: Mapping[Subject, str] = self._shared(graph)
        self.named = [s for s in self.facts if isinstance(s, NamedNode) or s in self.labels]
        objects = {triple.object for triple in graph}
        self.sets = {cast(Term, t.object) for t in graph if t.predicate.value in _SETS}
        self.loose = {s for s in self.facts if isinstance(s, BlankNode) and s not in objects}
        self.flats: dict[BlankNode, str] = {}
        self.nested = 0
        self.used: set[str] = set()
        self.written: dict[str, str] = {}
        self.namespaces = self._namespaces()

    def _shared(self, graph: set[Triple]) -> dict[Subject, str]:
        """Labels for the blank nodes that cannot be nested: those used twice or in a circle."""
        links = [(t.object, t.subject) for t in graph if isinstance(t.object, BlankNode)]
        uses = Counter(node for node, _ in links)
        shared = {node for node, count in uses.items() if count > 1}
        shared |= _circles({node: owner for node, owner in links if node not in shared})
        if not shared:
            return {}
        names = blank_nodes.names(graph)
        return {node: f"_:{names[node]}" for node in shared}

    def _namespaces(self) -> dict[str, str]:
        table: dict[str, str] = {}
        headers = [s.value for s in self.facts if self._rank(s) == 0]
        own = _DOCUMENT_FILE.fullmatch(headers[0]) if len(headers) == 1 else None
        for prefix, namespace in PREFIXES.items():
            # A file's IRI is written in full: it is what others import and catalogues map.
            if namespace != DATA:
                table[prefix] = namespace
            if namespace == ID and own:
                table["d"] = document_prefix(own[1])
        return table

    def text(self) -> str:
        places = self._places()
        blocks = [
            *(self._block(s) for s in sorted(self.named, key=lambda s: places[s])),
            *(f"{self._fitted(s, 0)} .\n" for s in sorted(self.loose, key=self._loose_place)),
        ]
        head = [f"@prefix {p}: <{n}> .\n" for p, n in self.namespaces.items() if p in self.used]
        return "\n".join(["".join(head), *blocks] if head else blocks)

    def _places(self) -> dict[Subject, _Place]:
        claims = {s for s in self.named if SP + "hasContent" in self.facts[s]}
        places = {s: self._own_place(s) for s in self.named}
        for claim in claims:
            own = places[claim].own
            places[claim] = _Place(_OTHERS, False, self._sentence(claim), own, False, own)
        for claim in sorted(claims, key=lambda s: places[s], reverse=True):
            for content in self.facts[claim][SP + "hasContent"]:
                if content in places and content not in claims:
                    subject = cast(Subject, content)
                    own = places[subject].own
                    places[subject] = places[claim]._replace(not_the_claim=True, own=own)
        return places

    def _own_place(self, subject: Subject) -> _Place:
        # Our own terms before others': a colon sorts before every letter that an IRI begins with.
        name = re.sub(f"^{re.escape(SP)}", ":", subject.value)
        own = natural(self.labels.get(subject, name))
        return _Place(self._rank(subject), True, 0, own, False, own)

    def _rank(self, subject: Subject) -> int:
        types = self.facts[subject].get(_TYPE, ())
        return min((_RANKS.get(t.value, _OTHERS) for t in types), default=_OTHERS)

    def _sentence(self, claim: Subject) -> int:
        """The number of the first sentence that states a claim, 10**9 where none is known."""
        spans = self._objects(claim, SP + "isStatedIn")
        here = [cast(Subject, span) for span in spans if span in self.facts]
        spans += [whole for span in here for whole in self._objects(span, SP + "isPartOf")]
        found = [m for span in spans if (m := _SENTENCE.fullmatch(_tail(span)))]
        return min((int(match[1]) for match in found), default=10**9)

    def _loose_place(self, node: BlankNode) -> tuple[str, NaturalKey, NaturalKey]:
        source = self._objects_flat(node, _OWL + "annotatedSource")
        return self._objects_flat(node, _TYPE), natural(source), natural(self._flat(node))

    def _block(self, subject: Subject) -> str:
        name = self.labels.get(subject) or self._flat(subject)
        lines = self._predicates(subject, 4)
        return " ;\n    ".join([f"{name} {lines[0]}", *lines[1:]]) + " .\n"

    def _predicates(self, subject: Subject, indent: int) -> list[str]:
        return [self._statement(subject, predicate, indent) for predicate in self._sorted(subject)]

    def _sorted(self, subject: Subject) -> list[str]:
        def key(predicate: str) -> tuple[int, NaturalKey]:
            rank = _LEADING.index(predicate) if predicate in _LEADING else len(_LEADING)
            return rank, natural(self._verb(predicate))

        return sorted(self.facts[subject], key=key)

    def _verb(self, predicate: str) -> str:
        return "a" if predicate == _TYPE else self._iri(predicate)

    def _statement(self, subject: Subject, predicate: str, indent: int) -> str:
        """A predicate with its objects; further lines are indented, the first is not."""
        verb, flat = self._verb(predicate), self._objects_flat(subject, predicate)
        objects = self._objects(subject, predicate)
        if "\n" not in flat and indent + len(verb) + len(flat) + 3 <= WIDTH:
            return f"{verb} {flat}"
        if len(objects) == 1:
            return f"{verb} {self._broad(objects[0], indent, predicate)}"
        pad = " " * (indent + 4)
        broad = (self._fitted(value, indent + 4, predicate) for value in objects)
        return f"{verb}\n{pad}" + f" ,\n{pad}".join(broad)

    def _objects(self, subject: Subject, predicate: str) -> list[Term]:
        found = self.facts[subject].get(predicate, ())
        return sorted(found, key=self._object_key) if len(found) > 1 else list(found)

    def _objects_flat(self, subject: Subject, predicate: str) -> str:
        return " , ".join(
            self._flat(value, predicate) for value in self._objects(subject, predicate)
        )

    def _object_key(self, term: Term) -> tuple[int, NaturalKey, str]:
        if isinstance(term, Literal):
            return 1, natural(term.value), self._flat(term)
        return 2 * isinstance(term, BlankNode), natural(self._flat(term)), ""

    def _fitted(self, term: Term, indent: int, predicate: str = "") -> str:
        flat = self._flat(term, predicate)
        fits = "\n" not in flat and indent + len(flat) + 2 <= WIDTH
        return flat if fits else self._broad(term, indent, predicate)

    def _broad(self, term: Term, indent: int, predicate: str = "") -> str:
        """A nested blank node or list over several lines; any other term as it is."""
        if not isinstance(term, BlankNode) or term in self.labels or term not in self.facts:
            return self._flat(term, predicate)
        pad, end = " " * (indent + 4), " " * indent
        if (items := self._items(term)) is not None:
            lines = (pad + self._fitted(item, indent + 4) for item in items)
            return "(\n" + "\n".join(lines) + f"\n{end})"
        lines = (pad + line for line in self._predicates(term, indent + 4))
        return "[\n" + " ;\n".join(lines) + f"\n{end}]"

    def _flat(self, term: Term, predicate: str = "") -> str:
        """A term on one line, save for the queries that are objects of a predicate for them."""
        if isinstance(term, NamedNode):
            return "()" if term.value == _NIL else self._iri(term.value)
        if isinstance(term, Literal):
            return self._literal(term, predicate)
        if term in self.labels:
            return self.labels[term]
        if term not in self.flats:
            self.nested += 1
            if self.nested > MOST_NESTED:
                raise DataError(
                    f"blank nodes are nested more than {MOST_NESTED} deep: give some IRIs"
                )
            self.flats[term] = self._flat_blank(term)
            self.nested -= 1
        return self.flats[term]

    def _flat_blank(self, node: BlankNode) -> str:
        if (items := self._items(node)) is not None:
            return f"( {' '.join(self._flat(item) for item in items)} )"
        if node not in self.facts:
            return "[]"
        pairs = (f"{self._verb(p)} {self._objects_flat(node, p)}" for p in self._sorted(node))
        return f"[ {' ; '.join(pairs)} ]"

    def sorted_graph(self) -> set[Triple]:
        """The graph as the text says it: the items of each set in order."""
        first = NamedNode(_FIRST)
        moved = {cell: item for node in self.sets for cell, item in self._cells(node).items()}
        kept = {t for t in self.graph if t.predicate != first or t.subject not in moved}
        return kept | {Triple(cell, first, item) for cell, item in moved.items()}

    def _items(self, node: Term) -> list[Term] | None:
        """The items of a list that Turtle can write in round brackets, else None."""
        return list(self._cells(node).values()) or None

    def _cells(self, node: Term) -> dict[BlankNode, Term]:
        """The cells of a list and the item to write for each; none when there is no such list.

        Round brackets alone are no statement, so a list that nothing leads to is not one of them.
        """
        if node in self.loose:
            return {}
        cells: dict[BlankNode, Term] = {}
        at = node
        while isinstance(at, BlankNode) and at not in self.labels and at in self.facts:
            cell = self.facts[at]
            if set(cell) != {_FIRST, _REST} or any(len(values) > 1 for values in cell.values()):
                return {}
            cells[at] = cell[_FIRST][0]
            at = cell[_REST][0]
        if at != NamedNode(_NIL):
            return {}
        # A set of shared blank nodes keeps its order, on which their labels hang.
        if node not in self.sets or any("_:" in self._flat(item) for item in cells.values()):
            return cells
        return dict(zip(cells, sorted(cells.values(), key=self._object_key), strict=True))

    def _iri(self, iri: str) -> str:
        if iri not in self.written:
            self.written[iri] = self._shortened(iri)
        return self.written[iri]

    def _shortened(self, iri: str) -> str:
        for prefix, namespace in self.namespaces.items():
            local = iri.removeprefix(namespace)
            if local != iri and _LOCAL.fullmatch(local):
                self.used.add(prefix)
                return f"{prefix}:{local}"
        return f"<{iri}>"

    def _literal(self, literal: Literal, predicate: str) -> str:
        if literal.language:
            return f"{quote(literal.value)}@{literal.language}"
        kind = literal.datatype.value
        if kind == _XSD + "string":
            several = predicate in _MULTILINE and "\n" in literal.value
            return _quote_lines(literal.value) if several else quote(literal.value)
        if kind in _BARE and _BARE[kind].fullmatch(literal.value):
            return literal.value
        return f"{quote(literal.value)}^^{self._iri(kind)}"


def _circles(owner: Mapping[BlankNode, object]) -> set[BlankNode]:
    """The nodes from which going from owner to owner leads back to them."""
    found: set[BlankNode] = set()
    done: set[object] = set()
    for node in owner:
        trail: dict[BlankNode, int] = {}
        at: object = node
        while isinstance(at, BlankNode) and at in owner and at not in done:
            trail[at] = len(trail)
            done.add(at)
            at = owner[at]
        if isinstance(at, BlankNode) and at in trail:
            found.update(list(trail)[trail[at] :])
    return found


def _tail(term: Term) -> str:
    iri = term.value if isinstance(term, NamedNode) and term.value.startswith(ID) else ""
    return iri[iri.rfind("/") :] if "/" in iri else ""
