"""The parts of a query (SPARQL 1.1 Query, §5 to §13).

A term is kept as text: ``?name`` for a variable, else a term in full as SPARQL writes it, with no
prefix left to expand. Blank nodes of a pattern have become variables, which is what they mean.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias, Union

Term: TypeAlias = str
Path: TypeAlias = Union[Term, "Inverse", "Sequence", "Alternative", "Closure", "Unlisted"]


@dataclass(frozen=True)
class Inverse:
    """``^path``."""

    path: Path


@dataclass(frozen=True)
class Sequence:
    """``first/second/…``."""

    steps: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    """``one|other|…``."""

    choices: tuple[Path, ...]


@dataclass(frozen=True)
class Closure:
    """``path*``, ``path+`` or ``path?``, as `mark` says."""

    path: Path
    mark: str


@dataclass(frozen=True)
class Unlisted:
    """``!(a|b|^c)``: any property but those, forward and backward apart."""

    forward: tuple[Term, ...]
    backward: tuple[Term, ...]


@dataclass(frozen=True)
class Triple:
    """A triple pattern or, when `path` is no term, a property path pattern."""

    subject: Term
    path: Path
    object: Term


@dataclass(frozen=True)
class Exists:
    """``EXISTS { … }`` or ``NOT EXISTS { … }`` in an expression."""

    group: "Group"
    is_negated: bool


@dataclass(frozen=True)
class Expression:
    """An expression as its tokens in order; only EXISTS is taken apart further.

    That of a FILTER or HAVING has the brackets it needs.
    """

    parts: tuple[str | Exists, ...]

    def words(self) -> frozenset[str]:
        """Its keywords and functions, in capitals."""
        return frozenset(part.upper() for part in self.parts if isinstance(part, str))

    def exists(self) -> tuple[Exists, ...]:
        """The EXISTS in it."""
        return tuple(part for part in self.parts if isinstance(part, Exists))


@dataclass(frozen=True)
class Optional:
    """``OPTIONAL { … }``."""

    group: "Group"


@dataclass(frozen=True)
class Minus:
    """``MINUS { … }``."""

    group: "Group"


@dataclass(frozen=True)
class Either:
    """``{ … } UNION { … }``; with one branch, a group within a group."""

    branches: tuple["Group", ...]


@dataclass(frozen=True)
class Graph:
    """``GRAPH name { … }``."""

    name: Term
    group: "Group"


@dataclass(frozen=True)
class Filter:
    """``FILTER expression``."""

    expression: Expression


@dataclass(frozen=True)
class Bind:
    """``BIND (expression AS variable)``."""

    expression: Expression
    variable: Term


@dataclass(frozen=True)
class Values:
    """``VALUES``; a term is ``UNDEF`` where a row leaves a variable out."""

    variables: tuple[Term, ...]
    rows: tuple[tuple[Term, ...], ...]


Element: TypeAlias = Union[Triple, Optional, Minus, Either, Graph, Filter, Bind, Values, "Select"]


@dataclass(frozen=True)
class Group:
    """``{ … }``: its parts in order."""

    elements: tuple[Element, ...]

    def and_(self, *more: Element) -> "Group":
        """The group with more parts at its end."""
        return Group(self.elements + more)

    def after(self, *first: Element) -> "Group":
        """The group with more parts at its beginning."""
        return Group(first + self.elements)


@dataclass(frozen=True)
class Projected:
    """A variable of a SELECT clause, and the expression that gives it, if one does."""

    variable: Term
    expression: Expression | None = None


@dataclass(frozen=True)
class Key:
    """A member of GROUP BY, and the variable that holds it, if it has one."""

    expression: Expression
    variable: Term | None


@dataclass(frozen=True)
class Select:
    """A SELECT query or subquery; an ASK, which projects nothing.

    Attributes:
        where: its pattern.
        projection: what it selects; None for ``*``.
        form: ``SELECT``, ``SELECT DISTINCT``, ``SELECT REDUCED`` or ``ASK``.
        dataset: its FROM clauses, printed.
        keys: GROUP BY.
        having: HAVING.
        order: ORDER BY, one text each.
        limit: LIMIT, or None.
        offset: OFFSET, or None.
        values: the VALUES after it.
    """

    where: Group
    projection: tuple[Projected, ...] | None = None
    form: str = "SELECT"
    dataset: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    having: tuple[Expression, ...] = ()
    order: tuple[Expression, ...] = ()
    limit: str | None = None
    offset: str | None = None
    values: Values | None = None

    @property
    def is_grouped(self) -> bool:
        """Whether its rows stand for groups of solutions (§11)."""
        expressions = [each.expression for each in self.projection or () if each.expression]
        expressions += [*self.having, *self.order]
        return bool(self.keys or self.having) or any(
            expression.words() & AGGREGATES for expression in expressions
        )

    @property
    def is_plain(self) -> bool:
        """Whether each of its rows is one solution, whatever the others are."""
        return not self.is_grouped and self.limit is None and self.offset is None

    def without_slice(self) -> "Select":
        """The same without order, limit and offset."""
        return replace(self, order=(), limit=None, offset=None)


AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
"""The functions over groups (§11.3)."""


def is_variable(term: object) -> bool:
    """Whether a term is a variable."""
    return isinstance(term, str) and term.startswith("?")


def map_group(group: Group, change: Callable[[Term], Term]) -> Group:
    """The group with every term, also those in expressions and subqueries, changed."""
    return Group(tuple(_map(element, change) for element in group.elements))


def map_expression(expression: Expression, change: Callable[[Term], Term]) -> Expression:
    """The expression with every term in it changed."""
    return Expression(
        tuple(
            change(part)
            if isinstance(part, str)
            else replace(part, group=map_group(part.group, change))
            for part in expression.parts
        )
    )


def _map(element: Element, change: Callable[[Term], Term]) -> Element:
    match element:
        case Triple(subject, path, object_):
            return Triple(change(subject), _map_path(path, change), change(object_))
        case Optional(group):
            return Optional(map_group(group, change))
        case Minus(group):
            return Minus(map_group(group, change))
        case Either(branches):
            return Either(tuple(map_group(branch, change) for branch in branches))
        case Graph(name, group):
            return Graph(change(name), map_group(group, change))
        case Filter(expression):
            return Filter(map_expression(expression, change))
        case Bind(expression, variable):
            return Bind(map_expression(expression, change), change(variable))
        case Values():
            return _map_values(element, change)
        case Select():
            return _map_select(element, change)


def _map_path(path: Path, change: Callable[[Term], Term]) -> Path:
    match path:
        case str():
            return change(path)
        case Inverse(inner):
            return Inverse(_map_path(inner, change))
        case Sequence(steps):
            return Sequence(tuple(_map_path(step, change) for step in steps))
        case Alternative(choices):
            return Alternative(tuple(_map_path(choice, change) for choice in choices))
        case Closure(inner, mark):
            return Closure(_map_path(inner, change), mark)
        case Unlisted():
            return path


def _map_values(values: Values, change: Callable[[Term], Term]) -> Values:
    return replace(values, variables=tuple(map(change, values.variables)))


def _map_select(select: Select, change: Callable[[Term], Term]) -> Select:
    projection = select.projection
    if projection is not None:
        projection = tuple(
            Projected(
                change(each.variable),
                map_expression(each.expression, change) if each.expression else None,
            )
            for each in projection
        )
    return replace(
        select,
        where=map_group(select.where, change),
        projection=projection,
        keys=tuple(
            Key(
                map_expression(key.expression, change),
                change(key.variable) if key.variable else None,
            )
            for key in select.keys
        ),
        having=tuple(map_expression(each, change) for each in select.having),
        order=tuple(map_expression(each, change) for each in select.order),
        values=_map_values(select.values, change) if select.values else None,
    )


def terms(group: Group) -> Iterator[Term]:
    """Every term that `map_group` sees, repeated, with the marks and words of expressions."""
    found: list[Term] = []

    def note(term: Term) -> Term:
        found.append(term)
        return term

    map_group(group, note)
    yield from found


def variables(group: Group) -> frozenset[Term]:
    """Every variable mentioned in a group, also where it is hidden."""
    return frozenset(filter(is_variable, terms(group)))
