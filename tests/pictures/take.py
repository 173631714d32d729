"""Takes the pictures of the README from the running pages: python -m tests.pictures.take"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Browser

from kg import store
from tests.serving import chromium, served

FOLDER = Path(__file__).parent
ENGAGEMENT = "https://w3id.org/standpoint/id/engagement"


@dataclass(frozen=True)
class Picture:
    """A page to be photographed.

    Attributes:
        name: the file, without its ending.
        path: the address of the page.
        size: width and height of the window, in CSS pixels.
        scheme: the colours that the reader likes.
    """

    name: str
    path: str
    size: tuple[int, int] = (1000, 760)
    scheme: Literal["light", "dark"] = "light"


QUERY = """SELECT ?actor ?policy WHERE {
  ?actor :prefers ?policy
}
ORDER BY ?actor ?policy"""

PICTURES = (
    Picture("answer", f"/q/prefers?policy={ENGAGEMENT}&period=after+2000", (860, 700)),
    Picture("text", "/text/000?s=11#about-s11", (1000, 640)),
    Picture("query", f"/sparql?query={quote(QUERY)}&evidence=1", (1000, 1170)),
    Picture("causes", "/causes?of=https://w3id.org/standpoint/id/000/p31a", (1000, 640), "dark"),
)


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Write one picture beside this file."""
    wide, high = picture.size
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        color_scheme=picture.scheme,
        reduced_motion="reduce",
        base_url=address,
    )
    page = context.new_page()
    page.goto(picture.path)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def main(pictures: Sequence[Picture] = PICTURES) -> None:
    """Take them all from what is built now."""
    snapshot = store.current()
    with served(snapshot.path.parent.parent) as address, chromium() as browser:
        for picture in pictures:
            take(browser, address, picture)
            print(picture.name)  # noqa: T201 - it reports progress


if __name__ == "__main__":
    main()
