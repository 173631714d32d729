"""The page that lists the overviews."""

import re

from flask.testing import FlaskClient


def test_every_overview_is_there(client: FlaskClient, hostile: FlaskClient) -> None:
    page = client.get("/overviews").text
    listed = re.findall(r'<dt><a href="([^"]+)">', page)
    assert {"/positions", "/timeline", "/causes", "/arguments", "/tensions"} <= set(listed)
    for path in listed:
        assert client.get(path, follow_redirects=True).status_code == 200
        assert hostile.get(path, follow_redirects=True).status_code == 200
    assert 'href="/overviews"' in client.get("/").text
