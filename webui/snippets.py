"""Code that fetches an answer, for people who work on with it."""

import json
import shlex
from collections.abc import Mapping

from webui.addresses import Address


def snippets(base_url: str, address: Address) -> Mapping[str, str]:
    """Code in three languages, by their name, that fetches a CSV file with its sentences.

    Args:
        base_url: where the service is reached from outside.
        address: the answer.
    """
    url = f"{base_url}{address.but(format='csv')}"
    # A JSON string of ASCII characters is a string of the same characters in Python and in R.
    quoted = json.dumps(url)
    return {
        "curl": f"curl -o answer.csv {shlex.quote(url)}",
        "Python": f"import pandas\n\nanswer = pandas.read_csv({quoted})",
        "R": f"answer <- read.csv({quoted})",
    }
