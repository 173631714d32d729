"""The scripts of the query page: how they are served, how large they are, where they are loaded."""

import gzip
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from kg import store
from kg.cli import main
from kg.engines.local import LocalEngine
from webui import scripts, server
from webui.app import create_app

FRONTEND = Path(__file__).parent.parent.parent / "webui" / "frontend"
BUDGET = 150_000
BROWSER = {"Accept": "text/html"}


def test_the_bundle_is_within_its_budget() -> None:
    files = list(scripts.FOLDER.glob("*.js"))
    assert files
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) <= BUDGET


def test_scripts_go_compressed_to_those_who_take_them_so(client: FlaskClient) -> None:
    sent = client.get(
        "/static/dist/editor.js?v=x", headers={"Accept-Encoding": "br, gzip"}, buffered=True
    )
    assert sent.headers["Content-Encoding"] == "gzip"
    assert sent.headers["Vary"] == "Accept-Encoding"
    assert sent.content_type == "text/javascript; charset=utf-8"
    assert len(sent.data) <= BUDGET
    assert "immutable" in sent.headers["Cache-Control"]
    plain = client.get(
        "/static/dist/editor.js", headers={"Accept-Encoding": "gzip;q=0"}, buffered=True
    )
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(sent.data)
    assert plain.content_type == sent.content_type


@pytest.mark.parametrize("name", ["../standpoint.css", "nothing.js", "%2e%2e/standpoint.css"])
def test_nothing_else_is_served_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/dist/{name}").status_code == 404


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("/sparql", "editor.js"),
        ("/q/prefers", "copies.js"),
        ("/data", "copies.js"),
        ("/", None),
        ("/q/prefers?policy=nonsense", None),
        ("/text/000", None),
        ("/ontology", None),
        ("/timeline", None),
    ],
)
def test_a_page_loads_a_script_only_where_it_has_code(
    client: FlaskClient, path: str, script: str | None
) -> None:
    loaded = re.findall(r"<script[^>]*>", client.get(path, headers=BROWSER).text)
    wanted = [f'<script type="module" src="/static/dist/{script}?v=">'] if script else []
    assert [re.sub(r"v=\w+", "v=", each) for each in loaded] == wanted


def test_without_a_bundle_the_page_is_a_plain_form(
    snapshot: store.Snapshot,
    engine: LocalEngine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(scripts, "FOLDER", tmp_path)
    page = create_app(snapshot, engine).test_client().get("/sparql", headers=BROWSER).text
    assert "<textarea" in page
    assert "<script" not in page
    assert "Cancel" not in page


@pytest.mark.parametrize("are_built", [True, False])
def test_serve_says_once_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, are_built: bool
) -> None:
    monkeypatch.setattr(server, "serve", lambda *_: None)
    monkeypatch.setattr(scripts, "FOLDER", scripts.FOLDER if are_built else tmp_path)
    data = tmp_path / "one.nt"
    data.write_text("<a:b> <a:c> <a:d> .\n", "utf-8")
    said = CliRunner().invoke(main, ["serve", "--data", str(data)]).stderr
    assert said.count("the query page has no editor") == (0 if are_built else 1)


def test_the_lock_file_names_no_host() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    assert len(lock["packages"]) > 10
    assert "resolved" not in (FRONTEND / "package-lock.json").read_text("utf-8")
    outside = {name: each for name, each in lock["packages"].items() if name}
    assert [name for name, each in outside.items() if not each.get("integrity")] == []


def test_every_part_of_the_bundle_has_its_licence() -> None:
    told = (scripts.FOLDER / "licences.txt").read_text("utf-8")
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))["dependencies"]
    assert len(wanted) > 5
    assert [name for name in wanted if f"{name} " not in told] == []
    assert "esbuild" not in told
    assert told.count("Permission is hereby granted") == told.count("-" * 80) + 1
