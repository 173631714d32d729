"""Where the files are, in a checkout and in an installed wheel.

No other module knows. In a checkout ``ontology/``, ``shapes/`` and ``seeds/`` stand beside the
package; a wheel carries them inside it.
"""

import os
from pathlib import Path

import platformdirs

from kg.errors import MissingFilesError

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    for parent in (PACKAGE, PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise MissingFilesError(
        f"the folder '{name}' is neither inside {PACKAGE} nor beside it: reinstall standpoint"
    )


ONTOLOGY = _folder("ontology")
SHAPES = _folder("shapes")
SEEDS = _folder("seeds")
DATA = _folder("data")
LEXICON = _folder("lexicon")
QUESTIONS = _folder("questions")
DERIVATIONS = _folder("derivations")
CHECKS = _folder("checks")
EXPORTS = _folder("exports")


def is_checkout() -> bool:
    """Whether the package stands in a source tree, whose files may be edited."""
    return (PACKAGE.parent / "pyproject.toml").is_file()


def home() -> Path:
    """The folder that holds the built snapshots.

    ``$STANDPOINT_HOME`` when set; else ``build/`` in a checkout; else the user's data folder.
    """
    if chosen := os.environ.get("STANDPOINT_HOME"):
        return Path(chosen)
    if is_checkout():
        return PACKAGE.parent / "build"
    return platformdirs.user_data_path("standpoint")
