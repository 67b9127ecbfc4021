"""Picture files without their metadata.

A decoder that never sees the metadata cannot fail because of it. So this package splits a file into its parts without
decoding it, and writes it again with only the parts that its pixels need. Of the metadata, it keeps the orientation and
the description of the colours as bytes, which `exif` and `colours` read.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Container(NamedTuple):
    """The parts of a picture file."""

    pixels: bytes
    """The file with only the parts that its pixels need."""
    exif: bytes = b""
    colours: Mapping[bytes, bytes] = {}
    """The descriptions of the file's colours, by the names of PNG chunks. "iCCP" is the uncompressed ICC profile of a
    file of any format."""
    colour_type: int = -1
    """The colour type of a PNG; -1 for other formats."""
    depth: int = 8
    """The number of bits of one value."""
    colour_key: tuple[int, ...] = ()
    """The grey or RGB value of the pixels that are transparent; empty if there are none."""


class Damaged(Exception):
    """The file begins like a picture but contains none."""
