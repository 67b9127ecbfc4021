"""Names for files that are not pictures the server accepts, by their first bytes. Refusals say with them what the
client sent."""

import re
from typing import NamedTuple


class OtherFile(NamedTuple):
    """A kind of file. `name` includes the article. `advice` says what to do with such a file; if it is empty, the user
    has to save it in another format."""

    name: str
    advice: str = ""


_UNPACK = "Unpack it, and send the picture inside."
_DECODE = "Send the bytes of the picture, not a text."
_STARTS = {
    b"GIF8": OtherFile("a GIF picture"),
    b"BM": OtherFile("a BMP picture"),
    b"II*\0": OtherFile("a TIFF or raw picture"),
    b"MM\0*": OtherFile("a TIFF or raw picture"),
    b"\0\0\1\0": OtherFile("an icon (ICO)"),
    b"8BPS": OtherFile("a Photoshop document (PSD)"),
    b"\xff\x0a": OtherFile("a JPEG XL picture"),
    b"\0\0\0\x0cJXL ": OtherFile("a JPEG XL picture"),
    b"\0\0\0\x0cjP  ": OtherFile("a JPEG 2000 picture"),
    b"\x76\x2f\x31\x01": OtherFile("an OpenEXR picture"),
    b"%PDF": OtherFile("a PDF document"),
    b"%!PS": OtherFile("a PostScript document"),
    b"PK\3\4": OtherFile("a ZIP archive or an office document", _UNPACK),
    b"\x1f\x8b": OtherFile("compressed with gzip", _UNPACK),
    b"BZh": OtherFile("compressed with bzip2", _UNPACK),
    b"\xfd7zXZ": OtherFile("compressed with xz", _UNPACK),
    b"\x28\xb5\x2f\xfd": OtherFile("compressed with Zstandard", _UNPACK),
    b"7z\xbc\xaf": OtherFile("a 7z archive", _UNPACK),
    b"Rar!": OtherFile("a RAR archive", _UNPACK),
    b"\x1a\x45\xdf\xa3": OtherFile("a Matroska or WebM video"),
    b"\0\0\1\xba": OtherFile("an MPEG video"),
    b"FLV\1": OtherFile("a Flash video"),
    b"OggS": OtherFile("an Ogg sound or video"),
    b"ID3": OtherFile("an MP3 sound"),
    b"iVBORw0KGgo": OtherFile("a picture written as base64 text", _DECODE),
    b"/9j/": OtherFile("a picture written as base64 text", _DECODE),
    b"UklGR": OtherFile("a picture written as base64 text", _DECODE),
    b"data:": OtherFile("a data: URL", _DECODE),
    b"http://": OtherFile("an address (URL)", "Download the picture, and send it."),
    b"https://": OtherFile("an address (URL)", "Download the picture, and send it."),
    b"version https://git-lfs": OtherFile("a Git LFS pointer", "Fetch the file itself with `git lfs pull`."),
}
_BRANDS = {
    b"heic": OtherFile("a HEIC picture"),
    b"heix": OtherFile("a HEIC picture"),
    b"hevc": OtherFile("a HEIC picture"),
    b"heim": OtherFile("a HEIC picture"),
    b"heis": OtherFile("a HEIC picture"),
    b"mif1": OtherFile("a HEIC or AVIF picture"),
    b"msf1": OtherFile("a HEIC or AVIF picture"),
    b"avif": OtherFile("an AVIF picture"),
    b"avis": OtherFile("an AVIF picture"),
    b"crx ": OtherFile("a raw picture"),
    b"qt  ": OtherFile("a QuickTime video"),
}
_RIFF = {b"AVI ": OtherFile("an AVI video"), b"WAVE": OtherFile("a WAVE sound")}
_PAGE = re.compile(rb"<(!doctype html|html|head|body|script)\b", re.IGNORECASE)
_FORM = re.compile(rb"--[^\r\n]{1,200}\r?\ncontent-disposition: form-data", re.IGNORECASE)


def recognised(data: bytes) -> OtherFile | None:
    """Return the kind of a file that is not an accepted picture, or None if its bytes do not show it."""
    if not data:
        return OtherFile("empty", "Send the picture's bytes.")
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], OtherFile("an MP4 video"))
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12])
    for start in sorted(_STARTS, key=len, reverse=True):
        if data.startswith(start):
            return _STARTS[start]
    return _text(data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip())


def _text(begin: bytes) -> OtherFile | None:
    if b"<svg" in begin:
        return OtherFile("an SVG drawing")
    if _PAGE.match(begin):
        return OtherFile("a web page (HTML)", "Open only the picture in a browser, and save it there.")
    if _FORM.match(begin):
        return OtherFile("a form", "Send it with a header Content-Type that names its boundary.")
    if begin.startswith((b"{", b"[", b'"')):
        return OtherFile("JSON", _DECODE)
    if begin.startswith(b"<"):
        return OtherFile("an XML document")
    printable = begin and not re.search(rb"[\0-\x08\x0e-\x1f]", begin)
    return OtherFile("text", _DECODE) if printable and begin.isascii() else None
