"""Whether two servers answer the same, whatever way they write it.

Rows are compared without their order. Two literals are the same when their values are, as servers
may write 1.50 as 1.5 and ``xsd:negativeInteger`` as ``xsd:integer`` (XML Schema 1.1 Part 2, 2.3).
Blank nodes are taken for each other, as their labels mean nothing outside of one answer.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.bench.load import N_TRIPLES, Answer
from kg.errors import BenchError
from kg.namespaces import PREFIXES

Term = tuple[str, ...] | None
Rows = Counter[tuple[Term, ...]]

_XSD = PREFIXES["xsd"]
_UNSIGNED = ("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")
_SIGNED = ("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger")
_WHOLE = frozenset(
    _XSD + name for name in ("integer", "int", "long", "short", "byte", *_SIGNED, *_UNSIGNED)
)
_FRACTION = re.compile(r"\.0+(?=Z|$)")


def rows(answer: Answer, media_type: str) -> Rows:
    """The rows of an answer, or the triples of a graph, each with how often it stands there.

    Args:
        answer: with the status 200.
        media_type: what was asked for.

    Raises:
        BenchError: the answer is not of that form.
    """
    try:
        if media_type == N_TRIPLES:
            return Counter(
                dict.fromkeys(map(_triple, parse(answer.body, format=RdfFormat.N_TRIPLES)), 1)
            )
        found = json.loads(answer.body)
        names = sorted(found["head"]["vars"])
        return Counter(
            tuple(_json_term(row.get(name)) for name in names)
            for row in found["results"]["bindings"]
        )
    except (ValueError, KeyError, TypeError, SyntaxError) as error:
        raise BenchError(f"the answer is no {media_type}: {error}") from None


def difference(ours: Rows, theirs: Rows) -> str | None:
    """What differs, in a few words; None when nothing does."""
    if ours == theirs:
        return None
    if ours.total() != theirs.total():
        return f"{theirs.total():,} rows instead of {ours.total():,}"
    changed = next(iter((theirs - ours).elements()))
    nearest = max((ours - theirs).elements(), key=lambda row: _same(row, changed))
    mine, other = next(
        ((a, b) for a, b in zip(nearest, changed, strict=False) if a != b), (nearest, changed)
    )
    count = (theirs - ours).total()
    return f"{count:,} of {ours.total():,} rows, such as {_shown(other)} instead of {_shown(mine)}"


def _same(row: tuple[Term, ...], other: tuple[Term, ...]) -> int:
    return sum(a == b for a, b in zip(row, other, strict=False))


def _shown(term: object) -> str:
    if term is None:
        return "nothing"
    return " ".join(str(part) for part in term if part) if isinstance(term, tuple) else str(term)


def _triple(quad: Any) -> tuple[Term, ...]:
    return tuple(map(_term, (quad.subject, quad.predicate, quad.object)))


def _term(term: object) -> Term:
    if isinstance(term, NamedNode):
        return ("iri", term.value)
    if isinstance(term, BlankNode):
        return ("blank",)
    if isinstance(term, Literal):
        return _literal(term.value, term.datatype.value, term.language or "")
    raise BenchError(f"{term} is no term of RDF 1.1")


def _json_term(term: Mapping[str, str] | None) -> Term:
    if term is None:
        return None
    if term["type"] == "uri":
        return ("iri", term["value"])
    if term["type"] == "bnode":
        return ("blank",)
    return _literal(term["value"], term.get("datatype", ""), term.get("xml:lang", ""))


def _literal(text: str, datatype: str, language: str) -> Term:
    if language:
        return ("literal", text, "", language.lower())
    if datatype in ("", _XSD + "string"):
        return ("literal", text, "", "")
    return ("literal", _value(text, datatype), _value_space(datatype), "")


def _value_space(datatype: str) -> str:
    return _XSD + "integer" if datatype in _WHOLE else datatype


def _value(text: str, datatype: str) -> str:
    try:
        if datatype in _WHOLE:
            return str(int(text))
        if datatype == _XSD + "decimal":
            return str(Decimal(text).normalize())
        if datatype in (_XSD + "double", _XSD + "float"):
            return repr(float(text))
    except (ValueError, InvalidOperation):
        return text
    if datatype == _XSD + "boolean":
        return {"1": "true", "0": "false"}.get(text, text)
    if datatype == _XSD + "dateTime":
        return _FRACTION.sub("", text.replace("+00:00", "Z"))
    return text
