"""Queries rewritten so that each solution tells which triples it rests on.

Property paths become triple patterns as the standard says (SPARQL 1.1 Query, §18.2.2.4), all but
those without a fixed length; subqueries whose rows are solutions become groups; and a marker, bound
in each OPTIONAL and each branch of a UNION, tells which of them a solution went through.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kg.algebra.scope import leading, projected, visible
from kg.algebra.tree import (
    Alternative,
    Bind,
    Closure,
    Either,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Inverse,
    Key,
    Minus,
    Optional,
    Path,
    Select,
    Sequence,
    Term,
    Triple,
    Unlisted,
    Values,
    is_variable,
    map_group,
    variables,
)

Solution = Mapping[Term, Term]
"""The terms that variables stand for; a variable without a value is absent."""

_TRUE = Expression(("true",))
_SAME_EVERY_TIME = frozenset(("RAND", "UUID", "STRUUID", "BNODE", "NOW"))


@dataclass(frozen=True)
class Fact:
    """A triple that a solution rests on, in a named graph or, when that is None, in any."""

    subject: Term
    property: Term
    object: Term
    graph: Term | None = None


@dataclass(frozen=True)
class Chain:
    """A path of no fixed length that a solution goes, from one term to another."""

    start: Term
    closure: Closure
    end: Term
    graph: Term | None = None


@dataclass(frozen=True)
class Inner:
    """A row of a subquery whose rows are not single solutions."""

    select: Select
    row: Solution
    graph: Term | None = None


@dataclass(frozen=True)
class Condition:
    """An EXISTS that held for a solution."""

    group: Group
    solution: Solution
    graph: Term | None = None


@dataclass
class Grounds:
    """What one solution rests on."""

    facts: list[Fact] = field(default_factory=list)
    further: list[Chain | Inner | Condition] = field(default_factory=list)
    rests_on_absence: bool = False


class Namer:
    """Gives variables that no query it was made for mentions."""

    def __init__(self, group: Group) -> None:
        used = {name[1:] for name in variables(group)}
        self._stem = "w"
        while any(name.startswith(self._stem) for name in used):
            self._stem += "_"
        self._count = 0

    def fresh(self) -> Term:
        """Another variable."""
        self._count += 1
        return f"?{self._stem}{self._count}"


def expand(group: Group, namer: Namer) -> Group:
    """The group rewritten; `grounds` reads its solutions."""
    return Group(tuple(part for each in group.elements for part in _expand(each, namer)))


def _expand(element: Element, namer: Namer) -> Iterator[Element]:
    match element:
        case Triple():
            yield from _path(element, namer)
        case Optional(group):
            yield Optional(_marked(expand(group, namer), namer))
        case Either(branches):
            yield Either(tuple(_marked(expand(branch, namer), namer) for branch in branches))
        case Graph(name, group):
            yield Graph(name, expand(group, namer))
        case Select() if element.is_plain:
            yield Either((_marked(_inlined(element, namer), namer),))
        case _:
            yield element


def _marked(group: Group, namer: Namer) -> Group:
    return group.and_(Bind(_TRUE, namer.fresh()))


def _marker(group: Group) -> Term:
    last = group.elements[-1]
    if not isinstance(last, Bind):
        raise TypeError("a group without a marker")
    return last.variable


def _inlined(select: Select, namer: Namer) -> Group:
    """A subquery as a group, with the variables that it hides renamed."""
    shown = set(projected(select))
    whole = with_projection(select)
    hidden = {name: namer.fresh() for name in sorted(variables(whole) - shown)}
    return expand(map_group(whole, lambda term: hidden.get(term, term)), namer)


def with_projection(select: Select) -> Group:
    """The pattern of a SELECT with its computed columns and the VALUES after it as parts."""
    computed = [
        Bind(each.expression, each.variable)
        for each in select.projection or ()
        if each.expression is not None
    ]
    if select.values:
        return Group((Either((select.where,)), select.values, *computed))
    return select.where.and_(*computed)


def _path(triple: Triple, namer: Namer) -> Iterator[Element]:
    start, end = triple.subject, triple.object
    match triple.path:
        case str():
            yield triple
        case Inverse(path):
            yield from _path(Triple(end, path, start), namer)
        case Sequence(steps):
            places = [start, *(namer.fresh() for _ in steps[1:]), end]
            for at, step in enumerate(steps):
                yield from _path(Triple(places[at], step, places[at + 1]), namer)
        case Alternative(choices):
            yield Either(tuple(_branch(start, choice, end, namer) for choice in choices))
        case Unlisted(forward, backward):
            ways: list[Group] = []
            if forward or not backward:
                ways.append(_any_but(start, forward, end, namer))
            if backward:
                ways.append(_any_but(end, backward, start, namer))
            yield Either(tuple(ways))
        case Closure():
            yield triple


def _branch(start: Term, path: Path, end: Term, namer: Namer) -> Group:
    return _marked(Group(tuple(_path(Triple(start, path, end), namer))), namer)


def _any_but(start: Term, listed: tuple[Term, ...], end: Term, namer: Namer) -> Group:
    name = namer.fresh()
    commas = [part for term in listed for part in (",", term)][1:]
    condition = Expression(("(", name, "NOT", "IN", "(", *commas, ")", ")"))
    return _marked(Group((Triple(start, name, end), Filter(condition))), namer)


def given(group: Group, values: Solution, absent: frozenset[Term] = frozenset()) -> Group:
    """The group with the values of some variables given, and others without a value.

    Args:
        group: any group.
        values: terms by variable; blank nodes are left out, since no query can name them.
        absent: variables that must have no value.
    """
    named = {name: term for name, term in values.items() if not term.startswith("_:")}
    first = sorted(named.keys() & leading(group))
    later = sorted(named.keys() - set(first))
    filters = [Filter(Expression(("SAMETERM", "(", name, ",", named[name], ")"))) for name in later]
    filters += [
        Filter(Expression(("(", "!", "BOUND", "(", name, ")", ")"))) for name in sorted(absent)
    ]
    if first:
        group = group.after(Values(tuple(first), (tuple(named[name] for name in first),)))
    return group.and_(*filters)


def changes(expression: Expression) -> bool:
    """Whether an expression gives another value each time."""
    return bool(expression.words() & _SAME_EVERY_TIME)


def grounds(group: Group, solution: Solution) -> Grounds:
    """What a solution of an expanded group rests on."""
    found = Grounds()
    _read(group, solution, None, found)
    return found


def _read(group: Group, solution: Solution, graph: Term | None, found: Grounds) -> None:
    for element in group.elements:
        match element:
            case Triple():
                _read_triple(element, solution, graph, found)
            case Optional(inner):
                if _marker(inner) in solution:
                    _read(inner, solution, graph, found)
                else:
                    found.rests_on_absence = True
            case Either(branches):
                for branch in branches:
                    if _marker(branch) in solution:
                        _read(branch, solution, graph, found)
            case Graph(name, inner):
                _read(inner, solution, _value(name, solution), found)
            case Minus():
                found.rests_on_absence = True
            case Select():
                names = projected(element)
                row = {name: solution[name] for name in names if name in solution}
                found.further.append(Inner(element, row, graph))
            case Filter(expression) | Bind(expression, _):
                _read_expression(expression, solution, graph, found)
            case Values():
                pass


def _read_triple(triple: Triple, solution: Solution, graph: Term | None, found: Grounds) -> None:
    start, end = _value(triple.subject, solution), _value(triple.object, solution)
    if start is None or end is None:
        return
    if isinstance(triple.path, Closure):
        found.further.append(Chain(start, triple.path, end, graph))
    elif isinstance(triple.path, str):
        name = _value(triple.path, solution)
        if name is not None:
            found.facts.append(Fact(start, name, end, graph))


def _value(term: Term, solution: Solution) -> Term | None:
    return solution.get(term) if is_variable(term) else term


def _read_expression(
    expression: Expression, solution: Solution, graph: Term | None, found: Grounds
) -> None:
    """An EXISTS that is the whole of a condition holds; one within it may stand for a not."""
    parts = _unbracketed(expression)
    for exists in expression.exists():
        if exists.is_negated or len(parts) > 1:
            found.rests_on_absence = True
        if not exists.is_negated:
            found.further.append(Condition(exists.group, solution, graph))


def _unbracketed(expression: Expression) -> tuple[str | Exists, ...]:
    parts = expression.parts
    while len(parts) > 2 and parts[0] == "(" and parts[-1] == ")":
        parts = parts[1:-1]
    return parts


def with_keys(select: Select, namer: Namer) -> tuple[Group, tuple[Key, ...]]:
    """The pattern of a grouped SELECT with its keys as parts, and the keys, all with a name."""
    keys = tuple(replace(key, variable=key.variable or namer.fresh()) for key in select.keys)
    computed = [
        Bind(key.expression, key.variable)
        for key in keys
        if key.variable and key.expression != Expression((key.variable,))
    ]
    where = with_projection(replace(select, projection=()))
    return where.and_(*computed), keys


def condition(of: Condition) -> Group:
    """The group of an EXISTS with the solution that it was asked for given."""
    mentioned = variables(of.group) & of.solution.keys()
    values = {name: of.solution[name] for name in mentioned}
    named = {name: term for name, term in values.items() if not term.startswith("_:")}
    if not named:
        return of.group
    return of.group.after(Values(tuple(named), (tuple(named.values()),)))


def in_graph(group: Group, graph: Term | None) -> Group:
    """The group asked of one named graph, when there is one."""
    return group if graph is None else Group((Graph(graph, group),))


def all_solutions(group: Group, most: int | None = None) -> Select:
    """The query for the different solutions of a group, at most so many."""
    if not visible(group):
        return Select(group, (), "ASK")
    return Select(group, None, "SELECT DISTINCT", limit=str(most) if most else None)
