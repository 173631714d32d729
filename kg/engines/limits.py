"""What one query may cost."""

import os
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """The limits of an engine; every one is positive.

    With the defaults on two cores, the front, the zygote and all workers stay under 1.5 GB.

    Attributes:
        seconds: wall time of one query in a worker, from sending it to its last byte.
        slice_seconds: processor time that a query may have first; one that needs more needs a
            place among the long ones, as does at once, while others wait, one that needed more
            before.
        wait_seconds: how long a query waits for a free worker, or for a place.
        memory_bytes: address space that one query may take in its worker, with what the worker
            comes to own of a snapshot in memory.
        rows: solutions or triples of one result; more are cut off and the result says so.
        result_bytes: size of one serialised result; more is cut off likewise.
        query_characters: length of a query as it was sent.
        depth: nesting of brackets and of unary operators.
        operators: operators, groups and triple separators of one query, VALUES data aside.
        list_items: members of one list in parentheses, or of one clause such as DESCRIBE.
        workers: queries that run their slice at once.
        long_queries: queries that run at once beyond their slice, at low priority.
        service_seconds: wall time of one query that asks other servers.
        services: queries that ask other servers at once.
    """

    seconds: float = 10.0
    slice_seconds: float = 0.25
    wait_seconds: float = 5.0
    memory_bytes: int = 300 * 1024 * 1024
    rows: int = 100_000
    result_bytes: int = 32 * 1024 * 1024
    query_characters: int = 64_000
    depth: int = 40
    operators: int = 400
    list_items: int = 2_000
    workers: int = os.cpu_count() or 1
    long_queries: int = os.cpu_count() or 1
    service_seconds: float = 20.0
    services: int = 2

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise ValueError(f"the limit '{field.name}' must be more than zero")
