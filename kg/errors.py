"""Everything that can go wrong, in one tree.

A message says what is wrong, where, and what to do; the command line and the pages print the same
one. Nothing in a message tells a stranger about paths or internals beyond what they sent.

* StandpointError
  * MissingFilesError
  * SeedError
    * SeedChangedError
  * DataError
  * UnknownNameError
  * StoreError
    * MissingStoreError
    * DamagedStoreError
  * FindingsError
  * ExportError
  * QuestionError
    * UnknownQuestionError
    * SlotValueError
  * QueryError
    * QuerySyntaxError
    * UnreadableQueryError
    * RefusedQueryError
    * QueryTimeoutError
    * QueryTooLargeError
    * EngineBusyError
    * EngineDiedError
    * ServiceError
    * BudgetError
    * QueryCancelledError
  * ReasonerError
  * AddressError
  * ViewError
"""

from collections.abc import Sequence


class StandpointError(Exception):
    """Base of all errors that Standpoint raises on purpose."""


class MissingFilesError(StandpointError):
    """A folder that every installation has is not there."""


class SeedError(StandpointError):
    """A text cannot be taken in: unreadable, empty, binary or not UTF-8."""


class SeedChangedError(SeedError):
    """A text differs from what its sentences were cut from."""


class DataError(StandpointError):
    """A file of the graph cannot be read or written as RDF."""


class UnknownNameError(StandpointError):
    """Nothing in the graph has the name that was given."""


class StoreError(StandpointError):
    """The built store cannot be used."""


class MissingStoreError(StoreError):
    """No store has been built yet."""


class DamagedStoreError(StoreError):
    """A store's files differ from what its marker says."""


class FindingsError(StandpointError):
    """The checks found something, so nothing is built.

    Attributes:
        findings: What they found, in their order.
    """

    def __init__(self, findings: Sequence[object]) -> None:
        super().__init__(f"findings: {len(findings)}; correct them and build again")
        self.findings = findings


class ExportError(StandpointError):
    """An export file or a use of it is wrong."""


class QuestionError(StandpointError):
    """A question file or a use of it is wrong."""


class UnknownQuestionError(QuestionError):
    """No question has this name."""


class SlotValueError(QuestionError):
    """A slot's value is not among those the slot takes."""


class QueryError(StandpointError):
    """A SPARQL query got no result."""


class QuerySyntaxError(QueryError):
    """The query is not SPARQL 1.1.

    Attributes:
        line: 1-based line of the first fault, or None when the engine names none.
        column: 1-based column of it, in code points.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class UnreadableQueryError(QueryError):
    """The query cannot be taken apart, though an engine may answer it."""


class RefusedQueryError(QueryError):
    """The query asks for what this service never does, or is nested too deeply to try."""


class QueryTimeoutError(QueryError):
    """The query ran longer than the limit and was stopped."""


class QueryTooLargeError(QueryError):
    """The query, or what it needs while running, is over a size limit."""


class EngineBusyError(QueryError):
    """Every worker is busy; trying again later helps."""


class EngineDiedError(QueryError):
    """The worker that ran the query ended without an answer."""


class ServiceError(QueryError):
    """Another server that the query asks gave no answer."""


class BudgetError(QueryError):
    """The client has had its share for now.

    Attributes:
        retry_after: Seconds after which it may ask again.
    """

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueryCancelledError(QueryError):
    """Whoever asked no longer waits for the answer."""


class ReasonerError(StandpointError):
    """The OWL reasoner could not be run, or found the ontology inconsistent."""


class AddressError(StandpointError):
    """The service cannot listen at the address that it was given."""


class ViewError(StandpointError):
    """A result cannot be shown in the way that was asked for."""


class BenchError(StandpointError):
    """A server could not be measured."""
