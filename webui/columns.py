"""What the columns of a result stand for, as its query says, or else as they are called."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from kg.algebra import parser
from kg.algebra.tree import Either, Graph, Group, Inverse, Optional, Path, Select, Triple
from kg.engines.limits import Limits
from kg.engines.results import Term
from kg.errors import QueryError
from kg.namespaces import PREFIXES, SP
from webui.extents import Extent
from webui.tables import Row

_BOUNDS = ("earlieststart", "lateststart", "earliestend", "latestend")
_STARTS = frozenset(("start", "begin", "beginning", "from", "since"))
_ENDS = frozenset(("end", "ending", "until", "till", "to"))
_DATES = frozenset(
    PREFIXES["xsd"] + name for name in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth")
)
_YEAR = re.compile(r"(-?[0-9]{1,4})")
_DATE = re.compile(r"(-?[0-9]{4})(?:[-+Z].*)?", re.DOTALL)
_NO_LETTERS = re.compile(r"[^a-z]")


@dataclass(frozen=True)
class Relation:
    """A triple pattern between columns and things.

    Attributes:
        subject: the name of a column after "?", or a term as N-Triples writes it.
        property: likewise.
        object: likewise.
    """

    subject: str
    property: str
    object: str


def relations(sparql: str, limits: Limits) -> list[Relation]:
    """The triple patterns that a SELECT query asks for, paths of several steps aside.

    A query that cannot be taken apart has none. Since a pattern may stand in one branch of several,
    a row need not have the triple.
    """
    try:
        return list(dict.fromkeys(_relations(parser.parse(sparql, limits).where)))
    except QueryError:
        return []


def _relations(group: Group) -> Iterator[Relation]:
    for element in group.elements:
        match element:
            case Triple(subject, path, object_):
                yield from _relation(subject, path, object_)
            case Optional(inner) | Graph(_, inner):
                yield from _relations(inner)
            case Either(branches):
                for branch in branches:
                    yield from _relations(branch)
            case Select():
                yield from _relations(element.where)
            case _:
                pass


def _relation(subject: str, path: Path, object_: str) -> Iterator[Relation]:
    if isinstance(path, Inverse):
        yield from _relation(object_, path.path, subject)
    elif isinstance(path, str):
        yield Relation(subject, path, object_)


@dataclass(frozen=True)
class Dated:
    """The columns that say when.

    Attributes:
        bounds: the column of each bound, in the order of `Extent`; None where there is none.
    """

    bounds: tuple[str | None, str | None, str | None, str | None]

    @property
    def names(self) -> frozenset[str]:
        """The columns."""
        return frozenset(name for name in self.bounds if name)

    def extent(self, row: Row) -> Extent | None:
        """When a row holds, or None where it has no year."""
        found = Extent(*(year(row.terms.get(name)) if name else None for name in self.bounds))
        return found if found.years else None


def dated(columns: Iterable[str], rows: Sequence[Row], asked: Iterable[Relation]) -> Dated | None:
    """The columns that say when the rows hold, or None where no column does.

    A column is a bound when the query takes it from the property of that bound, or by its name. A
    start and an end in columns of their own are certain; so is a single date.
    """
    said = {each.object.removeprefix("?"): _bound_of(each.property) for each in asked}
    names = {name: said.get(name) or _plain(name) for name in columns}
    names = {name: plain for name, plain in names.items() if _has_years(name, plain, rows)}
    by_plain: dict[str, str] = {}
    for name, plain in names.items():
        by_plain.setdefault(plain, name)
    if any(bound in by_plain for bound in _BOUNDS):
        first, second, third, fourth = (by_plain.get(bound) for bound in _BOUNDS)
        return Dated((first, second, third, fourth))
    start = next((name for name, plain in names.items() if plain in _STARTS), None)
    end = next((name for name, plain in names.items() if plain in _ENDS), None)
    if start or end:
        return Dated((start, start, end or start, end))
    point = next(iter(names), None)
    return Dated((point,) * 4) if point else None


def _bound_of(written: str) -> str:
    name = written.removeprefix(f"<{SP}").removesuffix(">").casefold().removesuffix("year")
    return name if name in _BOUNDS else ""


def _plain(name: str) -> str:
    """The name of a column without what only says that it is a year."""
    return re.sub("year|date", "", _NO_LETTERS.sub("", name.casefold()))


def _has_years(name: str, plain: str, rows: Sequence[Row]) -> bool:
    terms = [row.terms[name] for row in rows if name in row.terms]
    if not terms or any(year(term) is None for term in terms):
        return False
    says_so = plain in (*_BOUNDS, *_STARTS, *_ENDS) or name.casefold().endswith("year")
    return says_so or all(_is_date(term) for term in terms)


def _is_date(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value in _DATES


def year(term: Term | None) -> int | None:
    """The calendar year of a date, or of a number or text that is one; else None.

    Years of more than four digits are none: no picture has room for them.
    """
    if not isinstance(term, Literal):
        return None
    found = (_DATE if _is_date(term) else _YEAR).fullmatch(term.value)
    return int(found[1]) if found else None
