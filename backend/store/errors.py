"""Errors of the store. Every message says what happened and what to do."""


class StoreError(Exception):
    """The base of all errors that the store raises on purpose."""


class NotFound(StoreError):
    """The object does not exist, or it belongs to another owner. Both give the same answer, so that nobody can test
    ids."""


class Conflict(StoreError):
    """The request contradicts the stored state, such as a retry of a running job."""


class LeaseLost(StoreError):
    """The claim no longer holds the job, which was requeued, deleted or ended. The worker must stop at once and delete
    the claim's files."""


class ImageStoreError(StoreError):
    """The picture store cannot be reached, or it refused a key."""


class SchemaMismatch(StoreError):
    """The database has another schema than this program needs."""


class LimitReached(StoreError):
    """The owner has as much as one of the limits allows. `limit` is the limit's name. `seconds` is the time after which
    the same request will fit, or None if time alone does not help."""

    def __init__(self, limit: str, sentence: str, seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.limit, self.seconds = limit, seconds
