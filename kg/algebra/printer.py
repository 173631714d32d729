"""Trees written as SPARQL again."""

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
    Projected,
    Select,
    Sequence,
    Triple,
    Unlisted,
    Values,
)


def query(select: Select) -> str:
    """A whole query, or a subquery without its braces."""
    head = [select.form]
    if select.form != "ASK":
        projected = select.projection
        head += ["*"] if projected is None else map(_projected, projected)
    parts = [*head, *select.dataset, "WHERE", group(select.where)]
    if select.keys:
        parts += ["GROUP BY", *map(_key, select.keys)]
    if select.having:
        parts += ["HAVING", *map(expression, select.having)]
    if select.order:
        parts += ["ORDER BY", *map(expression, select.order)]
    if select.limit is not None:
        parts += ["LIMIT", select.limit]
    if select.offset is not None:
        parts += ["OFFSET", select.offset]
    if select.values:
        parts.append(_values(select.values))
    return " ".join(parts)


def _projected(each: Projected) -> str:
    if each.expression is None:
        return each.variable
    return f"( {expression(each.expression)} AS {each.variable} )"


def _key(key: Key) -> str:
    if key.variable == "".join(part for part in key.expression.parts if isinstance(part, str)):
        return key.variable
    named = f" AS {key.variable}" if key.variable else ""
    return f"( {expression(key.expression)}{named} )"


def group(of: Group) -> str:
    """A group with its braces."""
    return " ".join(("{", *map(element, of.elements), "}"))


def element(part: Element) -> str:
    """One part of a group."""
    match part:
        case Triple(subject, way, object_):
            return f"{subject} {path(way)} {object_} ."
        case Optional(inner):
            return f"OPTIONAL {group(inner)}"
        case Minus(inner):
            return f"MINUS {group(inner)}"
        case Either(branches):
            return " UNION ".join(map(group, branches))
        case Graph(name, inner):
            return f"GRAPH {name} {group(inner)}"
        case Filter(condition):
            return f"FILTER {expression(condition)}"
        case Bind(value, variable):
            return f"BIND ( {expression(value)} AS {variable} )"
        case Values():
            return _values(part)
        case Select():
            return f"{{ {query(part)} }}"


def _values(values: Values) -> str:
    rows = " ".join(f"({' '.join(row)})" for row in values.rows)
    return f"VALUES ({' '.join(values.variables)}) {{ {rows} }}"


def expression(of: Expression) -> str:
    """An expression: its tokens apart, but for a function and its bracket.

    Oxigraph does not read ``CONCAT (``.
    """
    text = ""
    for part in of.parts:
        written = part if isinstance(part, str) else _exists(part)
        gap = "" if written == "(" and text[-1:].isalnum() else " "
        text += gap + written
    return text.strip()


def _exists(part: Exists) -> str:
    return f"{'NOT ' if part.is_negated else ''}EXISTS {group(part.group)}"


def path(of: Path) -> str:
    """A property path; all but a single property is in parentheses."""
    match of:
        case str():
            return of
        case Inverse(inner):
            return f"(^{path(inner)})"
        case Sequence(steps):
            return f"({'/'.join(map(path, steps))})"
        case Alternative(choices):
            return f"({'|'.join(map(path, choices))})"
        case Closure(inner, mark):
            return f"({path(inner)}{mark})"
        case Unlisted(forward, backward):
            return f"(!({'|'.join((*forward, *('^' + each for each in backward)))}))"
