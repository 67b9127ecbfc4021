"""The job document in a PNG. It is one of the PNG's text chunks, in any form in which programs write them."""

from backend.store.pictures.decoding import PictureError
from backend.store.pictures.png import chunks, inflated, is_one

PNG_KEY = "inlay"
"""The keyword of the text chunk that contains the job document."""
MOST_DOCUMENT = 16 * 1024 * 1024  # bytes, uncompressed


def carried_document(data: bytes) -> str | None:
    """Return the JSON of the job document in a PNG, or None if it contains none or the file is not a PNG.

    The text chunk may be of any kind (iTXt, zTXt, tEXt), compressed or not, before or after the pixels, in UTF-8 or
    Latin-1. Raises PictureError if every text chunk with the keyword is damaged or longer than MOST_DOCUMENT.
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
        raise PictureError(
            "The job document in the picture is damaged or far too long. Use another copy of the picture."
        )
    return None


def _international(rest: bytes) -> bytes | None:
    """Read an iTXt chunk: a flag, the compression method, the language, the keyword in that language, and the text."""
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        return None
    return inflated(parts[2], MOST_DOCUMENT) if rest[:1] == b"\1" else parts[2]


def _compressed(rest: bytes) -> bytes | None:
    return inflated(rest[1:], MOST_DOCUMENT)


_READ = {b"iTXt": _international, b"zTXt": _compressed, b"tEXt": bytes}


def _decoded(text: bytes) -> str:
    """Decode a text as UTF-8 or, if that fails, as Latin-1. The specification requires Latin-1, but programs write
    UTF-8."""
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("latin-1")
