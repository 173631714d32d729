"""The profile and the round trip once more with OWL API 4.5, the version that Protégé 5 uses."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent


def test_profile_and_round_trip_hold_in_the_version_of_protege() -> None:
    wheel = importlib.util.find_spec("mowl")
    assert wheel is not None, "run 'sh tests/run', which installs mowl-borg"
    [place] = wheel.submodule_search_locations or []
    assert list(Path(place, "lib").glob("owlapi-impl-4.5.*.jar"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    files = [str(TESTS / "test_protege.py"), str(TESTS / "test_owl_profile.py")]
    environment = os.environ | {"OWL_API_JARS": f"{place}/lib"}
    done = subprocess.run(
        [*command, *files], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
