"""Pictures as SVG 1.1 that a page shows in place and that stand alone when they are downloaded.

Colours are the custom properties of ``standpoint.css`` by name. Each is written twice: as a
presentation attribute with its light value, for a file on its own, and as a class, by which the
page gives it the value of light or dark. The pages' own policy would refuse style elements.
"""

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from markupsafe import Markup

NAMESPACE = "http://www.w3.org/2000/svg"
MEDIA_TYPE = "image/svg+xml"
STYLESHEET = Path(__file__).parent / "static" / "standpoint.css"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif"

SIZE = 13
"""Height of the letters, in pixels."""

LINE = 17
"""From one line of text to the next, in pixels."""

_COLOUR = re.compile(r"--([a-z]+): (#[0-9a-f]{6});")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW = frozenset("iljtfrI .,:;'\u2018\u2019|!()[]/-")
_WIDE = frozenset("mwMW—%@…")


@cache
def colours() -> dict[str, str]:
    """The light value of each colour of the stylesheet, by the name of its custom property."""
    found: dict[str, str] = {}
    for name, value in _COLOUR.findall(STYLESHEET.read_text("utf-8")):
        found.setdefault(name, value)
    return found


def width(text: str, size: float = SIZE) -> float:
    """About how wide a text is, in pixels; rather too wide than too narrow."""
    return sum(map(_letter, text)) * size


def _letter(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.95
    return 0.72 if letter.isupper() else 0.6


def wrap(text: str, room: float, lines: int = 6, size: float = SIZE) -> list[str]:
    """The text as lines of at most a width; what does not fit is left out, which "…" shows.

    Args:
        text: any text; white space is folded.
        room: the width in pixels.
        lines: how many lines there may be.
        size: height of the letters.
    """
    made: list[str] = []
    line = ""
    for piece in _pieces(text, room, size):
        wanted = f"{line} {piece}" if line else piece
        if line and width(wanted, size) > room:
            made.append(line)
            wanted = piece
        line = wanted
    made.append(line)
    if len(made) > lines:
        made = [*made[: lines - 1], made[lines - 1].rstrip(" ,;:") + " …"]
    return made


def _pieces(text: str, room: float, size: float) -> Iterator[str]:
    """The words of a text; a word that is wider than a line is cut."""
    most = max(1, int(room / size))
    for word in text.split():
        if width(word, size) <= room:
            yield word
        else:
            yield from (word[at : at + most] for at in range(0, len(word), most))


class Picture:
    """A picture that is drawn from the back to the front.

    Lengths are in pixels from the upper left corner. It grows to hold what is drawn.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self._root = ET.Element("g")
        self._into = self._root
        self._right = 0.0
        self._bottom = 0.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return round(self._right) + 1, round(self._bottom) + 1

    def box(
        self,
        place: tuple[float, float, float, float],
        *,
        fill: str = "none",
        stroke: str = "none",
        dash: str = "",
        round_by: float = 3,
    ) -> None:
        """A rectangle at left, top, of a width and a height."""
        left, top, wide, high = place
        at = {"x": left, "y": top, "width": wide, "height": high, "rx": round_by}
        self._add("rect", at, fill, stroke, dash)
        self._grow(left + wide, top + high)

    def line(
        self, path: str, *, stroke: str = "control", dash: str = "", fill: str = "none"
    ) -> None:
        """A path, which must stay within what else is drawn."""
        self._add("path", {"d": path}, fill, stroke, dash)

    def text(
        self,
        left: float,
        top: float,
        lines: Sequence[str],
        *,
        fill: str = "ink",
        bold: bool = False,
        centred: bool = False,
    ) -> None:
        """Lines of text, the first of them below a top edge."""
        at: dict[str, float | str] = {"font-size": SIZE, "font-family": FONT}
        if bold:
            at["font-weight"] = 600
        if centred:
            at["text-anchor"] = "middle"
        element = self._add("text", at, fill, "none", "")
        for number, line in enumerate(lines):
            baseline = top + LINE * (number + 1) - 4
            each = ET.SubElement(element, "tspan", {"x": _number(left), "y": _number(baseline)})
            each.text = clean(line)
            half = 2 if centred else 1
            self._grow(left + width(line) / half, baseline + 4)

    @contextmanager
    def link(self, href: str | None, title: str = "") -> Iterator[None]:
        """What is drawn inside leads to an address; the keyboard reaches it in the list instead."""
        before = self._into
        if href:
            self._into = ET.SubElement(before, "a", {"href": clean(href), "tabindex": "-1"})
            if title:
                ET.SubElement(self._into, "title").text = clean(title)
        else:
            self._into = ET.SubElement(before, "g")
        yield
        self._into = before

    def inline(self) -> Markup:
        """The picture as a part of a page."""
        # It is written by an XML library, so nothing in a label can end an element.
        return Markup(self._markup(""))  # noqa: S704

    def file(self, base_url: str) -> bytes:
        """The picture as a file of its own, whose links begin with the address of the site."""
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        return (head + self._markup(base_url)).encode("utf-8")

    def _markup(self, base_url: str) -> str:
        wide, high = map(str, self.size)
        about = {"xmlns": NAMESPACE, "viewBox": f"0 0 {wide} {high}", "width": wide, "height": high}
        top = ET.Element("svg", about | {"role": "group", "aria-label": clean(self.label)})
        drawn = deepcopy(self._root)
        if base_url:
            paper = {"width": wide, "height": high, "fill": colours()["paper"]}
            ET.SubElement(top, "title").text = clean(self.label)
            ET.SubElement(top, "rect", paper)
            for link in drawn.iter("a"):
                link.set("href", urljoin(f"{base_url}/", link.get("href", "")))
        top.append(drawn)
        return ET.tostring(top, encoding="unicode")

    def _add(
        self, tag: str, at: Mapping[str, float | str], fill: str, stroke: str, dash: str
    ) -> ET.Element:
        made = ET.SubElement(self._into, tag)
        for name, value in at.items():
            made.set(name, value if isinstance(value, str) else _number(value))
        for name, colour in (("fill", fill), ("stroke", stroke)):
            made.set(name, colours().get(colour, "none"))
        classes = [f"{kind}-{colour}" for kind, colour in (("fill", fill), ("stroke", stroke))]
        made.set("class", " ".join(each for each in classes if not each.endswith("none")))
        if dash:
            made.set("stroke-dasharray", dash)
        return made

    def _grow(self, right: float, bottom: float) -> None:
        self._right = max(self._right, right)
        self._bottom = max(self._bottom, bottom)


def clean(text: str) -> str:
    """The text without characters that XML 1.0 (section 2.2) does not allow."""
    return _NOT_XML.sub("\ufffd", text)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
