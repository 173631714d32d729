"""What follows from the files, written out because the endpoint has no reasoner.

The rules are the CONSTRUCT queries ``kg/derivations/NN-*.rq``. They read the axioms of the
ontology and name no kind of claim, so a new kind needs no new rule. Together they are sound, and
complete for the axioms that the ontology uses on named things, with these left out on purpose:
`owl:Thing`; self-relations by `owl:hasSelf`; what follows from a transitive property (queries
write ``:isKindOf*``); and what follows only from disjointness or from a union of classes.
"""

from typing import cast

from pyoxigraph import BlankNode, NamedNode, Quad, QueryTriples, Store, Triple

from kg import paths
from kg.graph import DERIVED
from kg.namespaces import PREFIXES

_GENID = "https://w3id.org/.well-known/genid/"


def derive(store: Store) -> int:
    """Fill the derived graph of a store with what its other graphs entail.

    The rules run in the order of their names, again and again, until none adds a triple. A triple
    that stands in another graph is not added, so no triple is in two graphs. Earlier derived
    triples are dropped first.

    Returns:
        The number of triples in the derived graph.
    """
    store.remove_graph(DERIVED)
    rules = [path.read_text("utf-8") for path in sorted(paths.DERIVATIONS.glob("[0-9]*.rq"))]
    while sum(_apply(rule, store) for rule in rules):
        pass
    return sum(1 for _ in store.quads_for_pattern(None, None, None, DERIVED))


def _apply(rule: str, store: Store) -> bool:
    """Add what one rule gives; say whether any of it is new."""
    answer = store.query(rule, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    found = cast(QueryTriples, answer)
    new = {triple for triple in map(_without_genid, found) if not _stands(triple, store)}
    store.extend(Quad(t.subject, t.predicate, t.object, DERIVED) for t in new)
    return bool(new)


def _stands(triple: Triple, store: Store) -> bool:
    pattern = (triple.subject, triple.predicate, triple.object)
    return any(True for _ in store.quads_for_pattern(*pattern, None))


def _without_genid(triple: Triple) -> Triple:
    subject = triple.subject
    if isinstance(subject, NamedNode) and subject.value.startswith(_GENID):
        return Triple(
            BlankNode(subject.value.removeprefix(_GENID)), triple.predicate, triple.object
        )
    return triple
