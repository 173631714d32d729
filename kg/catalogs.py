"""The XML catalogue that lets an editor find the files of an import closure beside it.

The form is OASIS XML Catalogs 1.1 (2005) with ``uri`` entries only, under the one name that Protégé
looks for.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from kg import files

NAME = "catalog-v001.xml"


def write(folder: Path, places: Mapping[str, Path]) -> bool:
    """Write a folder's catalogue; say whether that changed it.

    Args:
        folder: Where the catalogue goes.
        places: The file that holds each ontology, by the ontology's IRI.
    """
    relative = {iri: _relative(path, folder) for iri, path in places.items()}
    return files.replace(folder / NAME, [text(relative)])


def text(places: Mapping[str, str]) -> str:
    """A catalogue that leads each ontology's IRI to a relative address."""
    entries = (
        f"    <uri name={quoteattr(iri)} uri={quoteattr(place)}/>\n"
        for iri, place in sorted(places.items())
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    space = 'prefer="public" xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"'
    return "".join([head, f"<catalog {space}>\n", *entries, "</catalog>\n"])


def _relative(path: Path, folder: Path) -> str:
    """The way from a folder to a file, with slashes and without a leading root."""
    path, folder = path.resolve(), folder.resolve()
    above = next(parent for parent in (folder, *folder.parents) if path.is_relative_to(parent))
    up = [".."] * len(folder.relative_to(above).parts)
    return quote("/".join([*up, *path.relative_to(above).parts]))
