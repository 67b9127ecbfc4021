"""PNG files: their chunks, the chunks that their pixels need, and their texts."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from backend.store.pictures.containers import Container, Damaged

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PROFILE = 16 * 1024 * 1024  # bytes of an ICC profile, uncompressed
GREY, RGB, PALETTE, GREY_ALPHA = 0, 2, 3, 4  # colour types
_COLOURS = frozenset({b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"})


class Chunk(NamedTuple):
    kind: bytes
    body: bytes
    whole: bytes
    """The bytes of the chunk in the file, with length and checksum. A truncated chunk is completed."""


def is_one(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks of a PNG up to its end. The last chunk of a truncated file holds the bytes that remain."""
    at, kind = len(SIGNATURE), b""
    while at + 8 <= len(data) and kind != b"IEND":
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body, whole = data[at + 8 : at + 8 + length], data[at : at + 12 + length]
        yield Chunk(kind, body, whole if len(whole) == 12 + length else chunk(kind, body))
        at += 12 + length


def chunk(kind: bytes, body: bytes) -> bytes:
    """Write a chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def inflated(data: bytes, most: int) -> bytes | None:
    """Decompress zlib data. Returns None for damaged or incomplete data, and for more than `most` bytes of
    plain data."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(data, most)
    except zlib.error:
        return None
    return plain if stream.eof else None


def container(data: bytes) -> Container:
    """Split a PNG into its parts. For an animation, the default picture is kept. Raises Damaged if the header or the
    palette is missing."""
    header, pixels, said = b"", bytearray(), dict[bytes, bytes]()
    for kind, body, whole in chunks(data):
        if kind == b"IHDR" and not header and len(body) == 13:
            header = whole
        elif kind == b"IDAT":
            pixels += body
        else:
            said.setdefault(kind, whole if kind == b"PLTE" else body)
    if not header:
        raise Damaged
    depth, colour_type = header[16], header[17]
    palette = _palette(said) if colour_type == PALETTE else b""
    # The new chunk has a correct checksum. The decoder finds out if its pixels are damaged.
    file = b"".join([SIGNATURE, header, palette, chunk(b"IDAT", bytes(pixels)), chunk(b"IEND", b"")])
    return Container(
        file,
        exif=said.get(b"eXIf", b""),
        colours=_colours(said),
        colour_type=colour_type,
        depth=depth,
        colour_key=_colour_key(said.get(b"tRNS", b""), colour_type, depth),
    )


def _palette(said: dict[bytes, bytes]) -> bytes:
    """Return the palette chunk, and the chunk with the opacity of its colours. Raises Damaged if there is
    no palette."""
    if b"PLTE" not in said:
        raise Damaged
    palette, opacity = said[b"PLTE"], said.get(b"tRNS", b"")
    return palette + (chunk(b"tRNS", opacity[: (len(palette) - 12) // 3]) if opacity else b"")


def _colour_key(body: bytes, colour_type: int, depth: int) -> tuple[int, ...]:
    """Return the transparent grey or RGB value. Returns an empty tuple if the chunk has another length."""
    values = {GREY: 1, RGB: 3}.get(colour_type, 0)
    if not values or len(body) != 2 * values:
        return ()
    return tuple(value & (2**depth - 1) for value in struct.unpack(f">{values}H", body))


def _colours(said: dict[bytes, bytes]) -> dict[bytes, bytes]:
    colours = {kind: body for kind, body in said.items() if kind in _COLOURS}
    if b"iCCP" in colours:
        name_ends = colours[b"iCCP"].find(b"\0")
        profile = inflated(colours.pop(b"iCCP")[name_ends + 2 :], MOST_PROFILE)
        colours |= {b"iCCP": profile} if profile else {}
    return colours
