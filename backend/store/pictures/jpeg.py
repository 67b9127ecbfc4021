"""JPEG files: their segments, and the segments that their pixels need."""

from collections.abc import Iterator
from typing import NamedTuple

from backend.store.pictures.containers import Container, Damaged

SOI, EOI, SOS, DHT, DQT, DRI, COM = 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDD, 0xFE
APP0, APP1, APP2, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_ALONE = frozenset({0x01, SOI, EOI, *range(0xD0, SOI)})  # markers without a length
_TABLES = frozenset({DHT, DQT, DRI, SOS, *range(0xC0, 0xD0)})
_JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
_PROFILE = b"ICC_PROFILE\0"


class Segment(NamedTuple):
    marker: int
    body: bytes
    whole: bytes
    """The segment with its marker and length. For a scan, it also includes the rest of the file."""


def is_one(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def container(data: bytes) -> Container:
    """Split a JPEG into its parts. If the file holds several pictures (MPO), only the first is kept.

    The markers of JFIF and Adobe are written again, because they tell decoders if the colours are RGB, YCbCr, CMYK or
    YCCK. Raises Damaged if the file has no scan.
    """
    kept, exif, profile = bytearray(b"\xff\xd8"), b"", list[bytes]()
    for marker, body, whole in segments(data):
        if marker == APP0 and body.startswith(b"JFIF\0") and len(body) >= 14:
            kept += _JFIF
        elif marker == APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            kept += b"\xff\xee\x00\x0e" + body[:12]
        elif marker == APP1 and body.startswith(b"Exif\0"):
            exif = exif or body
        elif marker == APP2 and body.startswith(_PROFILE):
            profile.append(body[len(_PROFILE) :])
        elif marker in _TABLES:
            kept += whole
        if marker == SOS:
            return Container(bytes(kept), exif, _colours(profile))
    raise Damaged


def segments(data: bytes) -> Iterator[Segment]:
    """Yield the segments of a JPEG up to its first scan. Bytes between two segments are skipped.

    If no marker follows a segment of metadata, its length is wrong. The segment then ends at the next segment of a
    table or frame.
    """
    at: int | None = 2
    sure = True
    while (at := _next(data, at, sure)) is not None:
        marker, end = data[at + 1], _end(data, at)
        if marker in _ALONE:
            at += 2
            continue
        if marker == SOS:
            yield Segment(marker, data[at + 4 : end], data[at:])
            return
        sure = marker in _TABLES or data[end : end + 1] == b"\xff"
        yield Segment(marker, data[at + 4 : end], data[at:end])
        at = end if sure else at + 4


def _end(data: bytes, at: int) -> int:
    return at + 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))


def _next(data: bytes, at: int, sure: bool) -> int | None:
    """Return the position of the next marker, or None.

    After a segment with a wrong length (not `sure`), this is the next marker of a table or frame that another marker
    follows, outside of thumbnails.
    """
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 3:
        marker = data[at + 1]
        if not sure and marker == SOI:
            thumbnail = data.find(b"\xff\xd9", at)
            at = len(data) if thumbnail < 0 else thumbnail + 2
        elif marker not in (0x00, 0xFF) and (sure or _is_table(data, at)):
            return at
        else:
            at += 1
    return None


def _is_table(data: bytes, at: int) -> bool:
    end = _end(data, at)
    return data[at + 1] in _TABLES - {SOS} and data[end : end + 1] == b"\xff"


def _colours(parts: list[bytes]) -> dict[bytes, bytes]:
    """Join the parts of an ICC profile. Each part begins with its number and the number of parts. Returns nothing if a
    part is missing."""
    numbered = {part[0]: part for part in parts if len(part) > 2}
    whole = [numbered.get(number + 1) for number in range(len(numbered))]
    if not whole or any(part is None or part[1] != len(whole) for part in whole):
        return {}
    return {b"iCCP": b"".join(part[2:] for part in whole if part is not None)}
