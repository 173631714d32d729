"""Code in other languages that fetches an answer or asks a query, to work on with it."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence

from kg.engines.results import Kind
from webui.addresses import Address

_FORMATS: Mapping[Kind, str] = {"solutions": "csv", "boolean": "json", "graph": "ttl"}

_CURL = """\
curl --get {address} \\
{parameters}"""
_PYTHON = """\
from urllib.parse import urlencode
{imports}

query = {query}
address = {address} + "?" + urlencode([{parameters}])
{read}"""
_PYTHON_READ: Mapping[Kind, tuple[str, str]] = {
    "solutions": ("import pandas", "rows = pandas.read_csv(address)\nprint(rows)"),
    "boolean": (
        "import json\nfrom urllib.request import urlopen",
        'answer = json.load(urlopen(address))["boolean"]\nprint(answer)',
    ),
    "graph": (
        "import rdflib",
        'graph = rdflib.Graph().parse(address, format="turtle")\nprint(len(graph), "triples")',
    ),
}
_R = """\
query <- {query}
parameters <- c({parameters})
written <- paste0(names(parameters), "=", sapply(parameters, URLencode, reserved = TRUE))
address <- paste0({address}, "?", paste(written, collapse = "&"))
{read}"""
_R_READ: Mapping[Kind, str] = {
    "solutions": "rows <- read.csv(address)\nprint(rows)",
    "boolean": "answer <- jsonlite::fromJSON(address)$boolean\nprint(answer)",
    "graph": 'graph <- readLines(address, encoding = "UTF-8")\ncat(graph, sep = "\\n")',
}
_JAVASCRIPT = """\
const query = {query};
const parameters = new URLSearchParams([{parameters}]);
const response = await fetch({address} + "?" + parameters);
{read}"""
_JAVASCRIPT_READ: Mapping[Kind, str] = {
    "solutions": "const { results } = await response.json();\nconsole.log(results.bindings);",
    "boolean": "const { boolean } = await response.json();\nconsole.log(boolean);",
    "graph": "console.log(await response.text());",
}

Pairs = Sequence[tuple[str, str | None]]
"""Parameters by name; the one without a value is the query."""


def snippets(base_url: str, address: Address) -> dict[str, str]:
    """Code by language that fetches the answer to a question, as a CSV file with its sentences.

    Args:
        base_url: where the service is reached from outside.
        address: the answer.
    """
    url = f"{base_url}{address.but(format='csv')}"
    return {
        "curl": f"curl -o answer.csv {shlex.quote(url)}",
        "Python": f"import pandas\n\nanswer = pandas.read_csv({_quoted(url)})",
        "R": f"answer <- read.csv({_quoted(url)})",
    }


def programs(
    endpoint: str, query: str, graphs: Sequence[tuple[str, str]], kind: Kind
) -> dict[str, str]:
    """Programs that ask a query and print what comes, by language.

    Args:
        endpoint: where the endpoint is.
        query: any text; in each program it is a literal of its language.
        graphs: the parameters of the dataset.
        kind: what the query gives.
    """
    written = _FORMATS[kind]
    pairs: Pairs = [("format", written), ("query", None), *graphs]
    in_json: Pairs = [("format", written.replace("csv", "json")), *pairs[1:]]
    imports, read = _PYTHON_READ[kind]
    address = _quoted(endpoint)
    return {
        "curl": _CURL.format(
            address=shlex.quote(endpoint),
            parameters=" \\\n".join(
                f"  --data-urlencode {shlex.quote(f'{name}={query if value is None else value}')}"
                for name, value in pairs
            ),
        ),
        "Python": _PYTHON.format(
            imports=imports,
            query=_python(query),
            address=address,
            parameters=_listed("({}, {})", pairs),
            read=read,
        ),
        "R": _R.format(
            query=_r(query),
            parameters=_listed("{} = {}", pairs),
            address=address,
            read=_R_READ[kind],
        ),
        "JavaScript": _JAVASCRIPT.format(
            query=_javascript(query),
            parameters=_listed("[{}, {}]", in_json),
            address=address,
            read=_JAVASCRIPT_READ[kind],
        ),
    }


def _listed(pattern: str, pairs: Pairs) -> str:
    return ", ".join(
        pattern.format(_quoted(name), "query" if value is None else _quoted(value))
        for name, value in pairs
    )


def _quoted(text: str) -> str:
    """A text of one line in quotes, as Python, R and JavaScript read it alike."""
    return json.dumps(text, ensure_ascii=False)


def _python(text: str) -> str:
    is_simple = not any(each in text for each in ("\\", '"""', "\r")) and not text.endswith('"')
    return f'"""{text}"""' if is_simple else repr(text)


def _r(text: str) -> str:
    """A raw string (R 4.0), with as many dashes as keep it apart from what is in the text."""
    dashes = ""
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'


def _javascript(text: str) -> str:
    return "`" + re.sub(r"[\\`]|\$(?=\{)", r"\\\g<0>", text) + "`"
