"""The logic: whether the ontology and the data can be true together (OWL 2 Direct Semantics)."""

import contextlib
import io
import shutil
from collections.abc import Iterable, Iterator

import owlready2
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, serialize

from kg.checks.findings import Finding
from kg.errors import ReasonerError
from kg.namespaces import ONTOLOGY_IRI, shorten

CHECK = "consistency"

_IMPORTS = NamedNode("http://www.w3.org/2002/07/owl#imports")


def findings(store: Store) -> Iterator[Finding]:
    """What the reasoner HermiT finds; when there is no Java, a note that it was left out."""
    if shutil.which("java") is None:
        message = (
            "HermiT was left out because there is no Java on this machine. Install a Java runtime, "
            "version 8 or later, to have consistency checked."
        )
        yield Finding("info", CHECK, "", "", message)
        return
    classes = unsatisfiable(quad.triple for quad in store)
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

    Imports are not followed: the triples are the import closure.

    Raises:
        ReasonerError: HermiT could not be run.
    """
    kept = [triple for triple in triples if triple.predicate != _IMPORTS]
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
        raise ReasonerError(f"HermiT could not be run: {error}") from error
    finally:
        world.close()
