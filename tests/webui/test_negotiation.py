"""Accept headers against what is offered."""

import pytest

from kg.engines.results import formats_for
from webui.negotiation import PAGE, Written, named, negotiate

OFFERED = (
    Written("json", "application/sparql-results+json", ("application/json",)),
    Written("csv", "text/csv; charset=utf-8"),
    PAGE,
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("", "json"),
        ("  ", "json"),
        ("*/*", "json"),
        (BROWSER, "html"),
        ("text/csv", "csv"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("application/json", "json"),
        ("text/*", "csv"),
        ("text/*;q=0.5, application/json;q=0.4", "csv"),
        ("text/csv;q=0.1, application/sparql-results+json;q=0.2", "json"),
        ("*/*, text/html", "html"),
        ("*/*;q=0.1, text/html;q=0.2", "html"),
        ("text/csv;q=0", None),
        ("image/png", None),
        ("nonsense", None),
        ("text/csv;q=high", None),
        ("text/csv;q=nan", None),
        ("/, ;, text/csv, ,", "csv"),
    ],
)
def test_the_best_offer_is_taken(accept: str | None, name: str | None) -> None:
    chosen = negotiate(accept, OFFERED)
    assert (chosen and chosen.name) == name


def test_a_refused_type_yields_to_the_others() -> None:
    chosen = negotiate("text/csv;q=0, text/*", OFFERED)
    assert chosen is PAGE


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ttl", "ttl"),
        ("turtle", "ttl"),
        ("RDF/XML", "rdf"),
        ("json-ld", "jsonld"),
        ("application/n-triples", "nt"),
        ("text/turtle; charset=utf-8", "ttl"),
        ("csv", None),
        ("../../etc", None),
        ("", None),
    ],
)
def test_formats_have_several_names(written: str, name: str | None) -> None:
    chosen = named(written, formats_for("graph"))
    assert (chosen and chosen.name) == name
