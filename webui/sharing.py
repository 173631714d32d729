"""A query to pass on: its permanent address, and programs that ask it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from kg.engines.results import Kind
from webui.addresses import Address
from webui.protocol import Asked
from webui.site import site
from webui.snippets import programs
from webui.views import NAMES


@dataclass(frozen=True)
class Shared:
    """What a page offers to pass a query on.

    Attributes:
        address: where its page is, with all that the address of this one keeps.
        programs: a program for each language, which asks it and prints what comes.
    """

    address: str
    programs: Mapping[str, str]


def shared(asked: Asked, query: str, kind: Kind) -> Shared:
    """What the page of a query offers to pass it on."""
    query = query.replace("\r\n", "\n").strip()
    graphs = [("default-graph-uri", graph) for graph in asked.default_graphs]
    graphs += [("named-graph-uri", graph) for graph in asked.named_graphs]
    views = [(name, request.args[name]) for name in NAMES if request.args.get(name)]
    endpoint = site().base_url + "/sparql"
    page = Address(endpoint, (("query", query), ("format", "html"), *graphs, *views))
    return Shared(str(page), programs(endpoint, query, graphs, kind))
