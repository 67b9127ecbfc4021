"""Sentences for validation errors, and paths to the fields in the document that the client sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.contracts.access import NOTHING_HIDDEN
from backend.contracts.limits import MAX_ECHO

Location = Sequence[str | int]

_MESSAGES = {
    "json_invalid": "is not valid JSON: {error}",
    "missing": "is missing",
    "extra_forbidden": "is not a field of this document",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "float_parsing": "must be a number",
    "string_type": "must be text",
    "string_unicode": "must be valid Unicode text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "uuid_parsing": "must be a UUID",
    "uuid_type": "must be a UUID",
    "union_tag_not_found": "must have a field {discriminator}",
    "union_tag_invalid": "must have as {discriminator} one of {expected_tags}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than": "must be more than {gt:,}",
    "greater_than_equal": "must be at least {ge:,}",
    "less_than": "must be less than {lt:,}",
    "less_than_equal": "must be at most {le:,}",
    "string_too_short": "must have at least {min_length:,} characters",
    "string_too_long": "must have at most {max_length:,} characters",
    "too_short": "must have at least {min_length:,} items",
    "too_long": "must have at most {max_length:,} items",
    "value_error": "{error}",
}
_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$": "must begin with a letter or digit, and have only letters, digits, '_', '.', '-'",
    r"^[\x21-\x7e]+$": "must be visible ASCII characters without spaces",
    r"^[0-9a-f]{64}$": "must be a SHA-256 in 64 lower-case hexadecimal digits",
    r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$": "must begin with a letter or digit, and have only letters, digits and . _ @ + -",
    NOTHING_HIDDEN: "must be one line of text without hidden characters",
    r"^[^\x00]*$": "must have no NUL character",
    r"^([0-9a-f]{2})+$": "must be bytes in lower-case hexadecimal digits, two for each byte",
    r"^\d{1,6}-\d{1,6}$": "must be two whole numbers with a hyphen between them, such as 1-20",
    r"^[^\x00-\x1f\x7f]+$": "must be one line of text without control characters",
}


def sentence(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a field: the end of a sentence that begins with the field's name."""
    context = error.get("ctx") or {}
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"must match {context['pattern']}")
    if context.get("min_length") == 1:
        return "must not be empty"
    template = _MESSAGES.get(error["type"])
    if template is None:
        return shorten(error["msg"], 200)
    return shorten(template.format(**context), 300)


def locate(location: Sequence[str | int], body: Any) -> list[str | int]:
    """Return pydantic's location as a path into the document: without "body", and without the tags of unions."""
    if not location or location[0] != "body":
        return [shorten(part) for part in location]
    path: list[str | int] = []
    here, tagged = body, False
    for at, part in enumerate(location[1:], start=1):
        if not tagged and _is_tag(part, here, last=at == len(location) - 1):
            tagged = True  # a union's tag comes once, before the field's name
            continue
        path.append(shorten(part))
        here, tagged = _child(here, part), False
    return path


def _is_tag(part: str | int, here: Any, last: bool) -> bool:
    """Return True if a part of a location names a member of a union. It is then the value's `kind`, or the name of no
    field.

    The last part of a location may be the name of a missing field.
    """
    if isinstance(here, dict):
        return here.get("kind") == part or (not last and part not in here)
    return isinstance(part, str)


def _child(value: Any, key: str | int) -> Any:
    try:
        return value[key]
    except (KeyError, IndexError, TypeError):
        return None


def shorten(part: Any, most: int = MAX_ECHO) -> Any:
    """Return text, cut to `most` characters. Other values are returned unchanged."""
    return part if not isinstance(part, str) or len(part) <= most else f"{part[:most]}…"
