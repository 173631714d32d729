"""Code that fetches an answer."""

import ast
import shlex

from webui.addresses import Address
from webui.snippets import snippets

WRITTEN = snippets("https://standpoint.example", Address("/q/it's", (("a", "x'\"\\$(b) é"),)))


def test_each_language_asks_for_the_same_file() -> None:
    url = shlex.split(WRITTEN["curl"])[-1]
    assert url.endswith("?a=x%27%22%5C%24%28b%29+%C3%A9&format=csv")
    tree = ast.parse(WRITTEN["Python"])
    assert url in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert WRITTEN["R"] == f'answer <- read.csv("{url}")'
