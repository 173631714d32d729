"""The Turtle files in one flat zip that an editor opens without a network.

All files lie in one folder with one catalogue, since Protégé reads only the catalogue beside the
file that it opens.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from kg import catalogs, graph, paths

# The earliest time that a zip file can hold: equal files give equal archives.
_TIME = (1980, 1, 1, 0, 0, 0)


def contents(ontology: Path | None = None, data: Path | None = None) -> dict[str, bytes]:
    """The files of the archive, by name and in order.

    A file of a document has the document's id and an underscore before its name; no id has one.

    Args:
        ontology: The folder of the ontology; the project's own when left out.
        data: The folder of the data; likewise.

    Raises:
        DataError: A file is not what `kg.graph.sources` demands.
    """
    found: dict[str, Path] = {}
    for source in graph.sources(ontology, data):
        prefix = f"{source.document}_" if source.document else ""
        found[prefix + source.path.name] = source.path
    beside = (ontology or paths.ONTOLOGY) / "alignments.ttl", (data or paths.DATA) / "all.ttl"
    found |= {path.name: path for path in beside if path.is_file()}
    places = {graph.ontology_iri(path): name for name, path in found.items()}
    held = {name: path.read_bytes() for name, path in found.items()}
    return dict(sorted({**held, catalogs.NAME: catalogs.text(places).encode()}.items()))


def write(contents: Mapping[str, bytes], path: Path) -> None:
    """Write files as a zip, in their order and without the times of their making."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
