"""Addresses of one resource that differ in a parameter or two and keep all others."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Address:
    """A path with parameters.

    Attributes:
        path: the path, already quoted.
        parameters: pairs of a name and a value, in order; a name may stand there several times.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The path and the query string."""
        return f"{self.path}?{urlencode(self.parameters)}" if self.parameters else self.path

    def but(self, **changes: str | None) -> "Address":
        """The same with these parameters set, or left out where they are None."""
        kept = [pair for pair in self.parameters if pair[0] not in changes]
        added = [(name, value) for name, value in changes.items() if value is not None]
        return Address(self.path, (*kept, *added))
