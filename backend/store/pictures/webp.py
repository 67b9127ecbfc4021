"""WebP files: their chunks, and the chunks that their pixels need."""

import struct
from collections.abc import Iterator

from backend.store.pictures.containers import Container, Damaged

_ANIMATED, _TRANSPARENT = 0x02, 0x10  # flags of VP8X
_FRAMES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_PIXELS = frozenset({b"ANIM", b"ALPH", *_FRAMES})


def is_one(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def container(data: bytes) -> Container:
    """Split a WebP file into its parts. For an animation, the first picture is kept. Raises Damaged if it holds no
    picture."""
    said: dict[bytes, bytes] = {}
    kept = bytearray()
    for kind, body in _chunks(data):
        if kind in _PIXELS and said.keys().isdisjoint(_FRAMES):
            kept += _chunk(kind, body)
        said.setdefault(kind, body)
    if said.keys().isdisjoint(_FRAMES):
        raise Damaged
    if len(canvas := said.get(b"VP8X", b"")) >= 10:
        flags = bytes([canvas[0] & (_ANIMATED | _TRANSPARENT)])
        kept[:0] = _chunk(b"VP8X", flags + canvas[1:10])
    file = b"WEBP" + kept
    colours = {b"iCCP": said[b"ICCP"]} if b"ICCP" in said else {}
    return Container(b"RIFF" + struct.pack("<I", len(file)) + file, said.get(b"EXIF", b""), colours)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
