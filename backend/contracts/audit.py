"""The audit log: who did what, when, from where, and on which object."""

from datetime import datetime

from backend.contracts.document import Document


class AuditEntry(Document):
    """An act that changed something. `actor` is the owner who did it, `means` the key that they showed, and `address`
    where the request came from. `action` is the operation's id in the OpenAPI document, or the command. `object` is the
    id or name of what was changed. `request` is the request's id, which the server's log names too."""

    number: int
    at: datetime
    actor: str
    means: str
    address: str
    action: str
    object: str
    request: str
