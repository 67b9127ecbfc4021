"""What the store refuses, and why. Every message is a sentence that says what happened and what to do."""


class StoreError(Exception):
    """The base of all errors that the store raises on purpose."""


class NotFound(StoreError):
    """The thing does not exist, or belongs to another owner: the two look the same from outside."""


class Conflict(StoreError):
    """The request contradicts what is stored, such as a retry of a job that is still running."""


class LeaseLost(StoreError):
    """The job is no longer this claim's: it was requeued, deleted or ended. Stop at once, delete own files."""


class ImageStoreError(StoreError):
    """The image store refused a key or could not be reached."""
