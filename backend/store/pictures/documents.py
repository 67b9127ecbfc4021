"""The job document that a picture carries: a text of its PNG, in any form in which programs write texts."""

from backend.store.pictures.decoding import PictureError
from backend.store.pictures.png import chunks, inflated, is_one

PNG_KEY = "inlay"
"""The keyword of the text that holds the job document."""
MOST_DOCUMENT = 16 * 1024 * 1024  # bytes, uncompressed


def carried_document(data: bytes) -> str | None:
    """Return the JSON of the job document in a PNG, or None if it carries none or is no PNG.

    The text may be of any of PNG's sorts (iTXt, zTXt, tEXt), compressed or not, before or after the pixels, in UTF-8 or
    in Latin-1. PictureError says that each text which should hold the
    document is damaged or longer than MOST_DOCUMENT.
    """
    if not is_one(data):
        return None
    found = False
    for kind, body, _ in chunks(data):
        keyword, ends, rest = body.partition(b"\0")
        if kind in _READ and ends and keyword == PNG_KEY.encode():
            found, text = True, _READ[kind](rest)
            if text is not None and len(text) <= MOST_DOCUMENT:
                return _decoded(text)
    if found:
        raise PictureError("The job document in the picture is damaged or far too long; take another copy of it.")
    return None


def _international(rest: bytes) -> bytes | None:
    """Read iTXt: a flag, a method of compression, the language, the keyword in that language, and the text."""
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        return None
    return inflated(parts[2], MOST_DOCUMENT) if rest[:1] == b"\1" else parts[2]


def _compressed(rest: bytes) -> bytes | None:
    return inflated(rest[1:], MOST_DOCUMENT)


_READ = {b"iTXt": _international, b"zTXt": _compressed, b"tEXt": bytes}


def _decoded(text: bytes) -> str:
    """Programs write UTF-8 where the specification asks for Latin-1."""
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("latin-1")
