"""The logic: whether the ontology and the data can be true together (OWL 2 Direct Semantics)."""

import contextlib
import io
import shutil
from collections.abc import Iterable, Iterator

import owlready2
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, serialize

from kg.checks.findings import Finding
from kg.errors import ReasonerError
from kg.namespaces import ONTOLOGY_IRI, PREFIXES, shorten

CHECK = "consistency"

_OWL, _RDFS = PREFIXES["owl"], PREFIXES["rdfs"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_ANNOTATION = NamedNode(_OWL + "AnnotationProperty")


def findings(store: Store) -> Iterator[Finding]:
    """What the reasoner HermiT finds; when there is no Java, a note that it was left out."""
    if shutil.which("java") is None:
        message = (
            "HermiT was left out because there is no Java on this machine. Install a Java runtime, "
            "version 8 or later, to have consistency checked."
        )
        yield Finding("info", CHECK, "", "", message)
        return
    try:
        classes = unsatisfiable(quad.triple for quad in store)
    except ReasonerError as error:
        yield Finding("violation", CHECK, "", "", f"{error}")
        return
    if classes is None:
        message = (
            "The ontology and the data contradict each other, so everything would follow from "
            "them. Look at what changed last for a thing of two disjoint classes or for two values "
            "of a functional property; an ontology editor with HermiT explains the contradiction."
        )
        yield Finding("violation", CHECK, "", "", message)
    for iri in classes or ():
        message = "No thing can be of this class. Correct the axioms that contradict each other."
        yield Finding("violation", CHECK, "", shorten(iri), message, None, iri)


def unsatisfiable(triples: Iterable[Triple]) -> list[str] | None:
    """The classes that nothing can be a member of, by IRI, or None when all is inconsistent.

    Imports are not followed: the triples are the import closure. Annotations are left out, as
    they have no meaning under the Direct Semantics and make half of the work.

    Raises:
        ReasonerError: HermiT could not be run.
    """
    listed = list(triples)
    left_out = _without_meaning(listed)
    kept = [triple for triple in listed if triple.predicate not in left_out]
    data = io.BytesIO(serialize(kept, format=RdfFormat.N_TRIPLES) or b"")
    world = owlready2.World()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            world.get_ontology(ONTOLOGY_IRI + "#").load(fileobj=data, format="ntriples")
            owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        return sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing)
    except owlready2.OwlReadyInconsistentOntologyError:
        return None
    except (owlready2.OwlReadyError, OSError) as error:
        reason = next((line for line in str(error).splitlines() if "Exception" in line), str(error))
        raise ReasonerError(
            f"HermiT stopped: {reason.strip()[:300]}. As a rule a literal's datatype or an axiom "
            "is outside OWL 2 DL: correct what the other findings name first."
        ) from error
    finally:
        world.close()


def _without_meaning(triples: Iterable[Triple]) -> set[object]:
    """The properties whose statements the reasoner needs not see."""
    declared = {t.subject for t in triples if (t.predicate, t.object) == (_TYPE, _ANNOTATION)}
    built_in = {_RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")}
    return {*declared, *map(NamedNode, built_in), NamedNode(_OWL + "imports")}
