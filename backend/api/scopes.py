"""The scope that each operation of the API needs. A router takes no operation that is not in this table.

Operations that need the scope `submit` or `admin` change something, so they are noted in the audit log.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError

from backend.api.auth import LOCAL, admit, check_scope
from backend.api.noting import note
from backend.contracts.access import Scope
from backend.store.credentials import Credential
from backend.store.database import is_away

ANYBODY = None
"""The operation needs no key."""

SCOPE_OF: dict[str, Scope | None] = {
    "getHealth": ANYBODY,
    "getReadiness": ANYBODY,
    "signIn": ANYBODY,
    "getShared": ANYBODY,
    "getSharedImage": ANYBODY,
    "getSharedUpload": ANYBODY,
    "getSession": "read",
    "signOut": "read",
    "getMetrics": "read",
    "listJobs": "read",
    "getJob": "read",
    "listJobEvents": "read",
    "streamJobEvents": "read",
    "getJobImage": "read",
    "getJobLayers": "read",
    "listFrames": "read",
    "getFrame": "read",
    "getFrames": "read",
    "downloadJobs": "read",
    "listTags": "read",
    "getQueue": "read",
    "listWaitingJobs": "read",
    "listLayouts": "read",
    "getLayout": "read",
    "getUpload": "read",
    "listModels": "read",
    "getModel": "read",
    "countTokens": "read",
    "compileJob": "read",
    "readDocument": "read",
    "createStreamTicket": "read",
    "listWebhooks": "read",
    "listLinks": "read",
    "listDeliveries": "read",
    "submitJob": "submit",
    "putJob": "submit",
    "cancelJob": "submit",
    "cancelJobs": "submit",
    "stopJob": "submit",
    "continueJob": "submit",
    "putJobFirst": "submit",
    "arrangeJob": "submit",
    "pauseMyJobs": "submit",
    "pauseQueue": "admin",
    "retryJob": "submit",
    "deleteJob": "submit",
    "markJob": "submit",
    "markJobs": "submit",
    "trashJobs": "submit",
    "restoreJobs": "submit",
    "shareJob": "submit",
    "shareLayout": "submit",
    "copyShared": "submit",
    "revokeLink": "submit",
    "createLayout": "submit",
    "replaceLayout": "submit",
    "changeLayout": "submit",
    "deleteLayout": "submit",
    "createUpload": "submit",
    "createWebhook": "submit",
    "deleteWebhook": "submit",
    "getWebhookSecret": "submit",
    "rotateWebhookSecret": "submit",
    "retryDelivery": "submit",
    "listUsers": "admin",
    "createUser": "admin",
    "changeUser": "admin",
    "deleteUser": "admin",
    "listKeys": "admin",
    "createKey": "admin",
    "rotateKey": "admin",
    "revokeKey": "admin",
    "listAudit": "admin",
    "listWorkers": "admin",
}


_SIGNING = frozenset({"signIn", "signOut"})


WITHOUT_DATABASE = frozenset({"getMetrics"})
"""The operations that tell an operator that the database is away. Meanwhile nobody's key can be checked, so only a
server that other machines cannot reach, and whose settings hold no keys, answers them."""


async def _admitted(request: Request, operation: str) -> Credential:
    settings = request.app.state.services.settings
    try:
        return await admit(request)
    except SQLAlchemyError as error:
        if is_away(error) and operation in WITHOUT_DATABASE and settings.may_be_open:
            return LOCAL
        raise


def _name_in_log(request: Request, caller: Credential) -> None:
    """Name the owner, and the job in the address, in all further lines that the log has of this request."""
    structlog.contextvars.bind_contextvars(owner=caller.owner)
    if "id" in request.path_params and "/jobs/" in request.url.path:
        structlog.contextvars.bind_contextvars(job=str(request.path_params["id"]))


class Guarded(APIRoute):
    """A route that checks the caller's key, and its scope, before it reads anything of the request's body. It notes in
    the audit log what needs more than the scope `read`."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        answer, operation = super().get_route_handler(), self.operation_id or self.name
        if operation not in SCOPE_OF:
            raise ValueError(f"The operation {operation!r} has no scope. Name the one that it needs in {__name__}.")
        needed = SCOPE_OF[operation]

        async def guarded(request: Request) -> Response:
            if needed is not None:
                caller = request.state.caller = await _admitted(request, operation)
                _name_in_log(request, caller)
                check_scope(caller, needed)
                request.state.held.enter_context(request.app.state.services.occupancy.of_key(caller))
            response = await answer(request)
            if needed in ("submit", "admin") or operation in _SIGNING:
                await note(request, response, operation)
            return response

        return guarded
