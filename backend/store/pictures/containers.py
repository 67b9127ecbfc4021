"""Picture files without their metadata: the bytes that decide about pixels, and what the metadata says of them.

A decoder that never sees metadata cannot fail over it. So a file is taken apart here, without decoding anything, and
written anew with only what its pixels need. Of the metadata only the orientation and the description of the colours
are kept, as bytes, for `exif` and `colours` to read.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Container(NamedTuple):
    """A picture file, taken apart."""

    pixels: bytes
    """The file with nothing in it but what its pixels need."""
    exif: bytes = b""
    colours: Mapping[bytes, bytes] = {}
    """What the file says of its colours, by the name of the PNG chunk that says so. The name "iCCP" stands for an ICC
    profile, uncompressed, from any format."""
    colour_type: int = -1
    """Of a PNG."""
    depth: int = 8
    """Bits of one value."""
    colour_key: tuple[int, ...] = ()
    """The value, grey or RGB, of the pixels that are transparent; empty where there is none."""


class Damaged(Exception):
    """A file that begins as a picture does and holds none."""
