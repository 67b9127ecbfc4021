"""Errors as RFC 9457 problem+json. Each error says what happened, where, and what to do. It repeats little of the
input."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from backend.api.validation_messages import Location, locate, sentence, shorten
from backend.contracts.limits import MAX_ERRORS
from backend.graph import LayoutError
from backend.store.database import is_away
from backend.store.errors import Conflict, LimitReached, NotFound, StoreError
from backend.store.pictures import PictureError, UnknownFormat

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)


class FieldError(BaseModel):
    """An error in one field. `location` is the path to the field in the document, such as ["layout", "patches", 3,
    "box"]. The path of a value outside the body begins with "query", "path" or "header"."""

    location: list[str | int]
    message: str


class ProblemDetails(BaseModel):
    """An error (RFC 9457). `type` is stable and names the kind of problem. `detail` is a sentence for people."""

    type: str = Field(examples=["urn:inlay:invalid"])
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


class ApiError(Exception):
    """An error that the server answers a request with. `kind` is the last part of the problem's `type`."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        errors: list[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.errors, self.headers = errors or [], dict(headers or {})

    def response(self) -> Response:
        problem = ProblemDetails(
            type=f"urn:inlay:{self.kind}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            errors=self.errors,
        )
        return Response(problem.model_dump_json(), self.status, self.headers, MEDIA_TYPE)


async def refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or the handshake of a websocket, with an error."""
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": error.detail})
            return
    await error.response()(scope, receive, send)


def invalid(detail: str, location: Location) -> ApiError:
    """Return the error for a document that is well-formed but cannot be accepted. `location` is the path to
    the field."""
    return ApiError(422, "invalid", _capital(detail), [FieldError(location=list(location), message=detail)])


_DESCRIPTIONS = {
    400: "The body is not JSON.",
    401: "The API key is missing or unknown, has expired or was revoked.",
    403: "The key's scope does not allow this, or this server does not trust the page or the name that the request "
    "comes through.",
    404: "The resource does not exist, or it belongs to another owner.",
    408: "The body came too slowly.",
    409: "The request contradicts what the server has.",
    413: "The body is too large.",
    415: "This address does not accept a body of this media type.",
    416: "The picture has no bytes in the requested range.",
    422: "A field is missing, unknown or invalid. `errors` names the fields and says why.",
    429: "A limit of each owner is reached, the key has sent too many requests or has too many open, or too many wrong "
    "keys or connections came from this address; `detail` says which one. `Retry-After` says when to try again, if "
    "waiting helps.",
    500: "The server failed; its log has the request id.",
    503: "The database or the picture store cannot be reached.",
}
_ALWAYS = (401, 403, 429, 500, 503)
_WITH_BODY = (400, 408, 413, 415, 422)


def problems(*statuses: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's `responses` for these statuses and for the statuses that every operation may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    known = {*statuses, *_ALWAYS, *(_WITH_BODY if body else ())}
    return {status: {"description": _DESCRIPTIONS[status], "content": content} for status in sorted(known)}


def install(app: FastAPI) -> None:
    """Register the handlers that answer every exception of a request with a problem document."""
    for kind in (ApiError, StoreError, SQLAlchemyError, LayoutError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    match error:
        case HTTPException(status_code=405):
            return _wrong_method(request, error)
        case HTTPException(status_code=404):
            return _unknown_address(request).response()
        case RequestValidationError(body=bytes()) if error.errors()[0]["loc"] == ("body",):
            return _not_json(media_type_of(request)).response()
        case SQLAlchemyError() if not is_unavailable(error):
            raise error  # a fault of the program, which the log of requests shows
        case _:
            return as_problem(error).response()


def media_type_of(request: Request) -> str:
    """Return the media type of a request's body in lower case, without parameters. Returns "" if the client
    names none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _not_json(media_type: str) -> ApiError:
    came = f"The body has the media type {shorten(media_type)}" if media_type else "The body has no media type"
    if media_type == "application/x-www-form-urlencoded":
        came += ", which curl -d sends by default"
    detail = f"{came}. Send the document itself as JSON, with the header Content-Type: application/json."
    return ApiError(415, "media-type", detail)


def as_problem(error: Exception) -> ApiError:
    """Return the problem for an exception. The problem for an unexpected exception does not reveal its cause."""
    match error:
        case ApiError():
            return error
        case NotFound() | Conflict() | LimitReached():
            return _refused(error)
        case UnknownFormat():
            return ApiError(415, "media-type", str(error))
        case PictureError():
            return ApiError(422, "invalid", str(error))
        case _ if is_unavailable(error):
            # The SQL is not logged: its parameters are the users' own texts.
            log.error("unavailable", reason=str(error.orig if isinstance(error, DBAPIError) else error))
            detail = "The database or the picture store cannot be reached. Nothing was lost; try again in a moment."
            return ApiError(503, "unavailable", detail, headers={"Retry-After": "5"})
        case LayoutError():
            return invalid(error.detail, error.location)
        case RequestValidationError():
            return _invalid_request(error)
        case HTTPException():
            return _http_error(error)
        case _:
            return ApiError(
                500, "internal", "The server failed. Search its log for the request id in the header X-Request-ID."
            )


def is_unavailable(error: Exception) -> bool:
    """Return True if the database or the picture store cannot be reached, so that the same may succeed later."""
    return isinstance(error, StoreError) or is_away(error)


def _refused(error: NotFound | Conflict | LimitReached) -> ApiError:
    """Return the problem for a request that the store refuses."""
    match error:
        case NotFound():
            return ApiError(404, "not-found", _capital(str(error)))
        case Conflict():
            return ApiError(409, "conflict", _capital(str(error)))
        case LimitReached(limit=limit, seconds=seconds):
            wait = {} if seconds is None else {"Retry-After": str(max(1, ceil(seconds)))}
            return ApiError(429, "queue-full" if limit == "queued" else f"limit-{limit}", str(error), headers=wait)


def _invalid_request(error: RequestValidationError) -> ApiError:
    found = error.errors()
    if found[0]["type"] == "json_invalid":
        where = f"{found[0]['ctx']['error']} at character {found[0]['loc'][-1]}"
        return ApiError(400, "not-json", f"The body is not valid JSON: {where}.")
    errors = list(_field_errors(found[:MAX_ERRORS], error.body))
    first = errors[0]
    path = ".".join(str(part) for part in first.location) or "The body"
    more = f" It is the first of {len(found):,} errors." if len(found) > 1 else ""
    return ApiError(422, "invalid", f"{path}: {first.message}.{more}", errors)


def _field_errors(found: Any, body: Any) -> Iterator[FieldError]:
    for one in found:
        yield FieldError(location=locate(one["loc"], body), message=sentence(one))


def _http_error(error: HTTPException) -> ApiError:
    if isinstance(error.__cause__, ApiError):
        return error.__cause__
    if error.status_code == 400:
        return ApiError(400, "not-json", _unreadable(error.__cause__))
    return ApiError(error.status_code, "http", str(error.detail), headers=error.headers)


def _wrong_method(request: Request, error: HTTPException) -> Response:
    """Return 405 with the methods that the address takes; for OPTIONS, return 204 with them.

    Each method is a route of its own, so the router's own error names only one method. The studio's files are not
    routes: their methods are in the headers of `error`.
    """
    of_file = (error.headers or {}).get("Allow", "").replace(",", " ").split()
    methods = _methods(request, request.scope["path"]) or of_file
    allowed = ", ".join([*methods, "OPTIONS"])
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allowed})
    return ApiError(405, "method", f"This address accepts only {allowed}.", headers={"Allow": allowed}).response()


def _unknown_address(request: Request) -> ApiError:
    detail, path = "There is nothing at this address.", request.scope["path"]
    if path.endswith("/") and _methods(request, path.rstrip("/")):
        detail = f"{detail} Remove the slash at its end."
    return ApiError(404, "not-found", detail)


def _methods(request: Request, path: str) -> list[str]:
    """Return the methods that the routes take at a path. HEAD is among them if GET is."""
    taken = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(
            route.matches({**request.scope, "path": path, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    return ["GET", "HEAD", *taken[1:]] if taken[:1] == ["GET"] else taken


def _unreadable(cause: BaseException | None) -> str:
    match cause:
        case UnicodeDecodeError():
            return f"The body is not JSON: it is not UTF-8 at byte {cause.start}."
        case RecursionError():
            return "The body is not a job document: its values are nested too deeply."
        case ValueError() if not isinstance(cause, json.JSONDecodeError):
            return "The body is not a job document: it contains a number with too many digits."
        case _:
            return "The body could not be read as JSON."


def _capital(text: str) -> str:
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return ended[:1].upper() + ended[1:]
