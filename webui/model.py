"""The model that the ontology's axioms make: hierarchies of terms, and what leads where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.engines.results import Term
from kg.namespaces import PREFIXES, SP
from webui import queries
from webui.site import Engine

_CLASS = PREFIXES["owl"] + "Class"


@dataclass(frozen=True)
class Node:
    """A term with its kinds.

    Attributes:
        name: its local name.
        label: what it is called.
        part: the part of the model that it says it belongs to, or an empty text.
        kinds: the terms that are kinds of it, by label.
    """

    name: str
    label: str
    part: str = ""
    kinds: list["Node"] = field(default_factory=list)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Node"]]:
        """This term and all below it, each with how deep it lies."""
        yield depth, self
        for kind in self.kinds:
            yield from kind.walk(depth + 1)


@dataclass(frozen=True)
class Arrow:
    """What leads from the members of one class at the top to those of another, or the same.

    Attributes:
        source: the class where the relations start.
        target: the class that they lead to.
        relations: those that are no kind of another one, each with how many are kinds of it.
    """

    source: Node
    target: Node
    relations: list[tuple[Node, int]]


@dataclass(frozen=True)
class Model:
    """The terms and how they hang together.

    Attributes:
        classes: the classes at the top.
        properties: the properties at the top.
        arrows: the relations between the classes at the top.
    """

    classes: list[Node]
    properties: list[Node]
    arrows: list[Arrow]


def read(engine: Engine) -> Model:
    """The model of the ontology that an engine knows."""
    rows = [
        row
        for row in engine.select(queries.text("hierarchy")).rows
        if row["term"].value.startswith(SP)
    ]
    classes = _trees(row for row in rows if row["type"].value == _CLASS)
    properties = _trees(row for row in rows if row["type"].value != _CLASS)
    signatures = engine.select(queries.text("signatures")).rows
    return Model(classes, properties, _arrows(signatures, classes, properties))


def _trees(rows: Iterable[Mapping[str, Term]]) -> list[Node]:
    """The terms at the top. A term that only stands in a circle is not below any of them."""
    nodes: dict[str, Node] = {}
    wider: dict[str, str] = {}
    for row in rows:
        iri = row["term"].value
        name = iri.removeprefix(SP)
        label = row["label"].value if "label" in row else name
        nodes.setdefault(iri, Node(name, label, row["part"].value if "part" in row else ""))
        if "wider" in row:
            wider.setdefault(iri, row["wider"].value)
    for iri, node in nodes.items():
        if above := nodes.get(wider.get(iri, "")):
            above.kinds.append(node)
    return [node for iri, node in nodes.items() if wider.get(iri, "") not in nodes]


def _arrows(
    signatures: Iterable[Mapping[str, Term]], classes: list[Node], properties: list[Node]
) -> list[Arrow]:
    tops = {node.name: top for top in classes for _, node in top.walk()}
    relations = {top.name: top for top in properties}
    found: defaultdict[tuple[str, str], dict[str, Node]] = defaultdict(dict)
    for row in signatures:
        relation, source, target = (
            row[name].value.removeprefix(SP) for name in ("relation", "from", "to")
        )
        if relation in relations and source in tops and target in tops:
            ends = (tops[source].name, tops[target].name)
            found[ends][relation] = relations[relation]
    return [
        Arrow(tops[source], tops[target], [(each, len(list(each.walk())) - 1) for each in leading])
        for (source, target), leading in (
            (ends, sorted(by_name.values(), key=lambda each: each.label))
            for ends, by_name in found.items()
        )
    ]
