"""Which variables a pattern binds: possibly (SPARQL 1.1 Query, §18.2.1), certainly, or at once."""

from collections.abc import Iterable

from kg.algebra.tree import (
    Bind,
    Either,
    Element,
    Graph,
    Group,
    Minus,
    Optional,
    Select,
    Term,
    Triple,
    Values,
    is_variable,
)


def visible(group: Group) -> tuple[Term, ...]:
    """The variables in scope after a group, in the order of their first mention."""
    return tuple(dict.fromkeys(name for each in group.elements for name in _visible(each)))


def _visible(element: Element) -> tuple[Term, ...]:
    match element:
        case Triple(subject, path, object_):
            return _variables((subject, path, object_))
        case Optional(group):
            return visible(group)
        case Either(branches):
            return tuple(name for branch in branches for name in visible(branch))
        case Graph(name, group):
            return (*_variables((name,)), *visible(group))
        case Bind(_, variable):
            return (variable,)
        case Values(variables, _):
            return variables
        case Select():
            return projected(element)
        case _:
            return ()


def _variables(terms: Iterable[object]) -> tuple[Term, ...]:
    return tuple(term for term in terms if isinstance(term, str) and is_variable(term))


def projected(select: Select) -> tuple[Term, ...]:
    """The variables that a SELECT gives."""
    if select.projection is None:
        values = select.values.variables if select.values else ()
        return tuple(dict.fromkeys((*visible(select.where), *values)))
    return tuple(each.variable for each in select.projection)


def certain(group: Group) -> frozenset[Term]:
    """The variables that have a value in every solution of a group."""
    return frozenset().union(*map(_certain, group.elements))


def _certain(element: Element) -> frozenset[Term]:
    match element:
        case Triple() | Values(_, ()):
            return frozenset(_visible(element))
        case Either(branches):
            return frozenset.intersection(*map(certain, branches))
        case Graph(name, group):
            return certain(group).union(_variables((name,)))
        case Values(variables, rows):
            return frozenset(
                name
                for name, column in zip(variables, zip(*rows, strict=True), strict=True)
                if "UNDEF" not in column
            )
        case Select():
            return _certain_of(element)
        case _:
            return frozenset()


def _certain_of(select: Select) -> frozenset[Term]:
    inner = certain(select.where)
    if select.is_grouped:
        inner &= {key.variable for key in select.keys if key.variable}
    elif select.projection is None:
        return inner
    plain = {each.variable for each in select.projection or () if each.expression is None}
    return inner & plain


def leading(group: Group) -> frozenset[Term]:
    """The variables whose values may be given at a group's beginning without changing its meaning.

    They are certainly bound by what stands before the first part whose meaning hangs on what is
    bound already: OPTIONAL, MINUS and BIND (§18.2.2.6 to §18.2.2.8).
    """
    found: frozenset[Term] = frozenset()
    for element in group.elements:
        if isinstance(element, Optional | Minus | Bind):
            break
        found |= _certain(element)
    return found
