"""Picture files for tests, with all kinds of metadata, whole and damaged."""

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

Primaries = Sequence[tuple[float, float, float]]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""The primaries of Adobe RGB in XYZ, adapted to D50, as ICC profiles contain them."""
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""The primaries of sRGB in XYZ, adapted to D50."""


def encoded(picture: Image.Image, format: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(png: bytes, *chunks: bytes, before: bytes = b"IDAT") -> bytes:
    """Return the PNG with more chunks, before its pixels or before its end."""
    at = png.index(before) - 4
    return png[:at] + b"".join(chunks) + png[at:]


def png_of(values: np.ndarray, depth: int, colour_type: int, *chunks: bytes) -> bytes:
    """Return a PNG of values height x width x channels, with chunks before its pixels."""
    height, width = values.shape[:2]
    rows = values.reshape(height, -1)
    if depth == 16:
        packed = [row.astype(">u2").tobytes() for row in rows]
    else:
        bits = np.unpackbits(rows.astype(np.uint8)[..., None], axis=2)[..., 8 - depth :].reshape(height, -1)
        packed = [np.packbits(row).tobytes() for row in bits]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in packed)))
    return SIGNATURE + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_with(jpeg: bytes, *segments: bytes) -> bytes:
    """Return the JPEG with more segments at its beginning."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def webp_with(webp: bytes, width: int, height: int, **chunks: bytes) -> bytes:
    """Return the WebP with chunks after its pixels, in the extended form that allows them."""
    canvas = b"\x2c\0\0\0" + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    parts = {"VP8X": canvas, "": webp[12:], **{name.ljust(4): body for name, body in chunks.items()}}
    file = b"WEBP" + b"".join(riff(name.encode(), body) if name else body for name, body in parts.items())
    return b"RIFF" + struct.pack("<I", len(file)) + file


def riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def exif(*entries: tuple[int, int, int, bytes], order: str = "<", tail: bytes = b"") -> bytes:
    """Return a TIFF directory of entries. An entry is a tag, a type, a count, and a value or offset of four bytes."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8)
    listed = b"".join(struct.pack(f"{order}HHI", *entry[:3]) + entry[3].ljust(4, b"\0") for entry in entries)
    return head + struct.pack(f"{order}H", len(entries)) + listed + bytes(4) + tail


def turned(orientation: int, order: str = "<") -> tuple[int, int, int, bytes]:
    """Return the entry for the orientation of the camera."""
    return (0x0112, 3, 1, struct.pack(f"{order}H", orientation))


def profile(space: str = "RGB ", gamma: float = 563 / 256, primaries: Primaries = ADOBE) -> bytes:
    """Return an ICC profile (version 2.1) with one gamma: grey, or RGB with these primaries in XYZ."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {b"kTRC": curve} if space == "GRAY" else {}
    if space != "GRAY":
        tags |= {b"rgb"[index : index + 1] + b"TRC": curve for index in range(3)}
        tags |= {b"rgb"[index : index + 1] + b"XYZ": _xyz(primary) for index, primary in enumerate(primaries)}
    return _profile(space, b"mntr", b"XYZ ", tags)


def _profile(space: str, sort: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), **tags}
    body, table, at = b"", struct.pack(">I", len(tags)), 132 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", at + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    head = bytes(8) + b"\x02\x10\0\0" + sort + space.encode() + connection + bytes(12) + b"acsp" + bytes(28)
    head += struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    whole = head + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def _xyz(value: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(part * 65536) for part in value))


def iccp(profile: bytes) -> bytes:
    """Return the PNG chunk that contains a profile."""
    return chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile))


INKS = (55, -37, -50), (48, 74, -3), (89, -5, 93), (16, 0, 0)
"""Cyan, magenta, yellow and black in CIE Lab, as they look printed on paper (100, 0, 0)."""


def ink_profile() -> bytes:
    """Return an ICC profile of CMYK: a table with the colours of the 16 mixtures of full inks, in Lab of 8
    bits each."""
    table = b""
    for mixture in np.ndindex(2, 2, 2, 2):
        inks = [ink for ink, there in zip(INKS, mixture, strict=True) if there]
        light = 100 * np.prod([ink[0] / 100 for ink in inks])
        a, b = (sum(ink[axis] for ink in inks) * light / 100 for axis in (1, 2))
        a, b = (inks[0][1], inks[0][2]) if len(inks) == 1 else (a, b)
        table += bytes([round(light * 2.55), round(a + 128), round(b + 128)])
    identity = struct.pack(">9i", *(65536 if index % 4 == 0 else 0 for index in range(9)))
    straight = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + straight * 4 + table + straight * 3
    return _profile("CMYK", b"prtr", b"Lab ", {b"A2B0": lut})
