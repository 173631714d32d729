"""The access log: one JSON object a request, without personal data unless that is asked for."""

import hashlib
import json
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from kg.errors import AddressError
from webui.clients import Client
from webui.exchange import Request


@dataclass(frozen=True)
class Visit:
    """One request and its answer.

    Attributes:
        request: the request.
        client: who asked.
        route: the part of the service that was asked.
        status: HTTP status.
        size: bytes of the body, where it was known.
        seconds: until the body was ready to be sent.
        version: the snapshot that answered.
        was_cached: whether no query was run for it.
    """

    request: Request
    client: Client
    route: str
    status: int
    size: int | None
    seconds: float
    version: str
    was_cached: bool


class Journal:
    """Where visits are written."""

    def __init__(self, path: str | None, *, is_personal: bool = False) -> None:
        """Open it.

        Args:
            path: a file to append to, "-" for standard error, or None to write nothing.
            is_personal: whether addresses, queries and user agents are written too.

        Raises:
            AddressError: the file cannot be written.
        """
        self._is_personal = is_personal
        self._lock = threading.Lock()
        self._file = _opened(path)

    @property
    def is_kept(self) -> bool:
        """Whether anything is written."""
        return self._file is not None

    def write(self, visit: Visit) -> None:
        """Write a visit; what is asked is there only as a digest of its first digits."""
        if self._file is None:
            return
        line = json.dumps(self._entry(visit), ensure_ascii=True) + "\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()

    def close(self) -> None:
        """End it; standard error stays open."""
        if self._file is not None and self._file is not sys.stderr:
            self._file.close()

    def _entry(self, visit: Visit) -> dict[str, object]:
        asked = visit.request.query
        entry: dict[str, object] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": visit.request.method[:16],
            "route": visit.route,
            "status": visit.status,
            "bytes": visit.size,
            "seconds": round(visit.seconds, 4),
            "version": visit.version,
            "cached": visit.was_cached,
            "asked": hashlib.sha256(asked.encode("utf-8", "surrogateescape")).hexdigest()[:12]
            if asked
            else None,
        }
        if self._is_personal:
            entry |= {
                "client": visit.client.name,
                "path": visit.request.path,
                "query": asked,
                "agent": visit.request.header("user-agent") or None,
            }
        return entry


def _opened(path: str | None) -> TextIO | None:
    if path is None or path == "-":
        return sys.stderr if path else None
    try:
        return Path(path).open("a", encoding="utf-8")
    except OSError as error:
        raise AddressError(f"the log cannot be written: {error.strerror}") from None
