"""Builds the scripts of the pages when a wheel or an editable install is made."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
BUNDLE = HERE.parent / "static" / "dist" / "editor.js"
SOURCES = ("package-lock.json", "build.mjs", "src/*")
NEEDED = "A wheel needs the scripts of its pages: install Node 20 or newer with npm."


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatch calls it before each build (see hatch's documentation on custom build hooks)."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the scripts if a source is newer; only an ordinary wheel cannot do without."""
        del build_data
        newest = max(p.stat().st_mtime for each in SOURCES for p in HERE.glob(each))
        if BUNDLE.exists() and BUNDLE.stat().st_mtime >= newest:
            return
        if npm := shutil.which("npm"):
            self._run(npm, "ci", "--ignore-scripts")
            self._run(npm, "run", "build")
        elif self.target_name == "wheel" and version == "standard":
            raise SystemExit(NEEDED)
        else:
            shutil.rmtree(BUNDLE.parent, ignore_errors=True)

    def _run(self, *command: str) -> None:
        subprocess.run([*command, "--silent"], cwd=HERE, check=True)  # noqa: S603 - fixed words
