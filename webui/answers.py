"""What one snapshot was asked before, found again by what a request means or how it was put."""

from dataclasses import dataclass
from typing import NamedTuple

from webui import replies
from webui.cache import Cache
from webui.exchange import Reply, Request

ANSWER_BYTES = 64 * 2**20
FORM_BYTES = 8 * 2**20
LONGEST_FORM = 8_000


@dataclass(frozen=True)
class Kept:
    """A reply that was given.

    Attributes:
        tag: what stands for it.
        reply: the reply.
    """

    tag: str
    reply: Reply

    def to(self, request: Request) -> Reply:
        """What is said to a request; less to one whose client has the reply already."""
        known = request.header("if-none-match")
        return replies.unchanged(self.tag) if replies.is_known(self.tag, known) else self.reply


class Meaning(NamedTuple):
    """What the reply to a query depends on, within one snapshot.

    Attributes:
        query: the query.
        default_graphs: the graphs that the protocol makes the default graph.
        named_graphs: its named graphs.
        format: the name of the format.
    """

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str

    @property
    def size(self) -> int:
        """Characters."""
        return len(self.query) + sum(map(len, self.default_graphs + self.named_graphs))


class Answers:
    """The replies of one snapshot that are kept.

    Attributes:
        hits: requests that were answered from here.
        misses: requests that were not.
    """

    def __init__(self) -> None:
        self.hits = self.misses = 0
        self._kept: Cache[Meaning, Kept] = Cache(ANSWER_BYTES)
        self._forms: Cache[tuple[str, str], Meaning] = Cache(FORM_BYTES)

    def put_before(self, request: Request) -> Kept | None:
        """What is kept for a GET that was put in just these characters."""
        meaning = self._forms.get((request.query, request.header("accept")))
        if meaning is None or (kept := self._kept.get(meaning)) is None:
            return None
        self.hits += 1
        return kept

    def find(self, meaning: Meaning, request: Request) -> Kept | None:
        """What is kept under a meaning; the request has it from now on."""
        kept = self._kept.get(meaning)
        if kept is not None:
            self.hits += 1
            self._note(meaning, request)
        return kept

    def keep(self, meaning: Meaning, kept: Kept, request: Request) -> None:
        """Keep the reply to a request."""
        size = kept.reply.size or 0
        self._kept.put(meaning, kept, size + meaning.size)
        self._note(meaning, request)

    def _note(self, meaning: Meaning, request: Request) -> None:
        form = (request.query, request.header("accept"))
        size = len(form[0]) + len(form[1])
        if request.method != "POST" and size <= LONGEST_FORM:
            self._forms.put(form, meaning, size + meaning.size)

    def __len__(self) -> int:
        return len(self._kept)
