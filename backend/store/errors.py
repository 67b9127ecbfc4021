"""Errors of the store. Every message says what happened and what to do."""


class StoreError(Exception):
    """The base of all errors that the store raises on purpose."""


class NotFound(StoreError):
    """The thing does not exist, or belongs to another owner. The answer is the same, so that ids cannot be probed."""


class Conflict(StoreError):
    """The request contradicts the stored state, such as a retry of a running job."""


class LeaseLost(StoreError):
    """This claim no longer holds the job, which was requeued, deleted or ended. The worker stops at once and deletes
    its own files."""


class ImageStoreError(StoreError):
    """The picture store refused a key, or cannot be reached."""
