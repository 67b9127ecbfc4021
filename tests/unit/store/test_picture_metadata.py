"""Metadata never decides if a picture is accepted, even if it is broken or large: only its pixels do."""

import io
import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from backend.store.pictures import PictureError, as_colour, decode
from backend.store.pictures.exif import orientation
from tests.picture_files import chunk, encoded, exif, iccp, jpeg_with, png_with, profile, segment, turned, webp_with

SHOWN = Image.linear_gradient("L").resize((24, 16)).convert("RGB")
UPRIGHT = SHOWN.transpose(Image.Transpose.ROTATE_270)
PNG, JPEG, WEBP = encoded(SHOWN), encoded(SHOWN, "JPEG", quality=95), encoded(SHOWN, "WEBP", lossless=True)
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description tiff:Orientation='6'/></rdf:RDF></x:xmpmeta>"
MUTATIONS = 2500  # for each format


def taken(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(as_colour(data, 10_000).png)) as kept:
        assert not kept.info
        return np.asarray(kept).astype(int)


def jpeg(tiff: bytes) -> bytes:
    return jpeg_with(JPEG, segment(0xE1, b"Exif\0\0" + tiff))


def png(tiff: bytes) -> bytes:
    return png_with(PNG, chunk(b"eXIf", tiff))


def webp(tiff: bytes) -> bytes:
    return webp_with(WEBP, 24, 16, EXIF=tiff)


FORMATS = {"jpeg": jpeg, "png": png, "webp": webp}
RESOLUTION_AS_TEXT = (0x011A, 2, 4, b"300\0")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("entries", "tail"),
    [
        ((turned,), b""),
        ((turned, RESOLUTION_AS_TEXT), b""),
        ((RESOLUTION_AS_TEXT, turned), b""),
        (((0x0128, 3, 1, b"\xff\xff"), turned), b""),
        ((turned, (0x8769, 4, 1, b"\xff\xff\xff\xff")), b""),  # a directory beyond the end of the file
        ((turned, (0x8769, 4, 1, b"\x08\0\0\0")), b""),  # a directory that contains itself
        ((turned, (0x011A, 5, 1, b"\x1a\0\0\0")), bytes(8)),  # a fraction with denominator 0
        ((turned, (0x010F, 2, 2**32 - 1, b"\xff\xff\xff\xff")), b""),
        (((0xEEEE, 99, 7, b""), turned), b""),
        ((turned, (0x010E, 2, 60_000, b"\x40\0\0\0")), bytes(60_000)),
    ],
)
def test_only_the_orientation_is_read_from_exif(format: str, entries: tuple, tail: bytes, order: str) -> None:
    written = [turned(6, order) if entry is turned else entry for entry in entries]
    shown = taken(FORMATS[format](exif(*written, order=order, tail=tail)))
    assert np.abs(shown - np.asarray(UPRIGHT)).max() <= (4 if format == "jpeg" else 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_brought_upright(orientation: int) -> None:
    """The result is the same as Pillow's, whose code is not used here."""
    from PIL import ImageOps

    data = png(exif(turned(orientation)))
    with Image.open(io.BytesIO(data)) as opened:
        assert np.array_equal(taken(data), np.asarray(ImageOps.exif_transpose(opened)))


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"II*\0",
        b"Exif\0\0",
        b"II*\0\xff\xff\xff\xff",
        b"II+\0" + exif(turned(6))[4:],
        exif(turned(6))[:-8],
        exif(turned(0)),
        exif(turned(9)),
        exif((0x0112, 2, 2, b"6\0")),
        exif((0x0112, 3, 2, b"\x06\0\x06\0")),
        exif((0x0112, 5, 1, b"\x08\0\0\0")),
    ],
)
def test_exif_that_says_no_orientation_leaves_a_picture_as_it_is(tiff: bytes) -> None:
    assert orientation(tiff) == 1
    for made in FORMATS.values():
        assert taken(made(tiff)).shape == (16, 24, 3)


@pytest.mark.parametrize("mark", [b"", b"Exif\0\0", b"Exif\0\xff"])
def test_exif_may_begin_with_its_name(mark: bytes) -> None:
    for format in ("png", "webp"):
        assert taken(FORMATS[format](mark + exif(turned(6)))).shape == (24, 16, 3)
    assert orientation(mark + exif(turned(6))) == 6


def mutations(data: bytes, seed: int) -> Iterator[bytes]:
    """Yield the data with bytes changed, removed or repeated, or with its end missing."""
    dice = random.Random(seed)
    for _ in range(MUTATIONS):
        mutated = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(mutated) + 1)
            match dice.randrange(5):
                case 0:
                    mutated[at:] = b""
                case 1:
                    mutated[at : at + dice.randint(1, 12)] = b""
                case 2:
                    mutated[at:at] = dice.randbytes(dice.randint(1, 8))
                case 3:
                    mutated[at : at + 2] = dice.choice([b"\xff\xff", b"\0\0", b"\x7f\xff", b"\xff\xd8", b"\xff\xda"])
                case _:
                    mutated[at : at + 1] = dice.randbytes(1)
        yield bytes(mutated)


RICH = exif(
    turned(6),
    RESOLUTION_AS_TEXT,
    (0x011B, 5, 1, b"\x60\0\0\0"),
    (0x8769, 4, 1, b"\x50\0\0\0"),
    (0x8825, 4, 1, b"\x50\0\0\0"),
    tail=exif((0x927C, 7, 16, b"\x70\0\0\0"), (0xA005, 4, 1, b"\x08\0\0\0"))[8:] + bytes(64),
)


@pytest.mark.parametrize("format", FORMATS)
def test_no_exif_decides_whether_a_picture_is_taken(format: str) -> None:
    for seed, tiff in enumerate(mutations(RICH, seed=14)):
        kept = decode(FORMATS[format](tiff[:60_000]), 10_000)
        assert {*kept.colours.size} == {16, 24}, seed


@pytest.mark.slow
def test_no_xmp_text_or_profile_decides_whether_a_picture_is_taken() -> None:
    icc, text = profile(), zlib.compress(b"a red house" * 50)
    for noise, icc_noise, text_noise in zip(mutations(XMP, 1), mutations(icc, 2), mutations(text, 3), strict=True):
        files = [
            jpeg_with(
                JPEG,
                segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + noise),
                segment(0xED, b"Photoshop 3.0\x008BIM" + noise),
                segment(0xE2, b"MPF\0" + noise),
                segment(0xE2, b"ICC_PROFILE\0\x01\x01" + icc_noise),
                segment(0xFE, noise),
            ),
            png_with(
                PNG,
                chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + noise),
                chunk(b"zTXt", b"Comment\0\0" + text_noise),
                chunk(b"iTXt", b"Comment\0\x01\0\0\0" + text_noise),
                chunk(b"iCCP", b"icc\0\0" + zlib.compress(icc_noise)),
                chunk(b"tIME", noise[:3]),
                chunk(b"acTL", noise[:8]),
            ),
            webp_with(WEBP, 24, 16, ICCP=icc_noise, XMP=noise),
        ]
        for file in files:
            assert decode(file, 10_000).colours.size == (24, 16)


def big(kind: bytes) -> bytes:
    """Return a text chunk that decompresses to 256 MiB of zeros. Only two of them are compressed, because a flush makes
    each MiB stand alone."""
    size, mib = 256, bytes(2**20)
    packing = zlib.compressobj(9)
    first, again = (packing.compress(mib) + packing.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    adler = struct.pack(">HH", size * len(mib) % 65521, 1)  # the checksum of zeros depends on their number only
    body = first + again * (size - 1) + packing.flush()[:-4] + adler
    head = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\x01\0\0\0", b"iCCP": b"a\0\0"}[kind]
    return chunk(kind, head + body)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a text that unpacks to very much", png_with(PNG, big(b"zTXt"))),
        ("international text that unpacks to very much", png_with(PNG, big(b"iTXt"))),
        ("a profile that unpacks to very much", png_with(PNG, big(b"iCCP"))),
        ("a very long text", png_with(PNG, chunk(b"iTXt", b"a\0\0\0\0\0" + b"long " * 2**20))),
        ("thousands of texts", png_with(PNG, chunk(b"tEXt", b"a\0b") * 20_000)),
        ("a text of another checksum", png_with(PNG, chunk(b"tEXt", b"a\0b")[:-4] + bytes(4))),
        ("a text that breaks off behind the pixels", PNG[:-12] + chunk(b"tEXt", b"a\0b" * 100)[:-90]),
        ("no end", PNG[:-12]),
        ("more behind the end", PNG + b"not a picture" * 100),
        ("texts among the pixels", png_with(PNG, chunk(b"tEXt", b"a\0b"), before=b"IEND")),
        ("resolution of three bytes", png_with(PNG, chunk(b"pHYs", b"\0\0\x01"))),
        ("gamma of nothing", png_with(PNG, chunk(b"gAMA", bytes(4)), chunk(b"cHRM", bytes(32)))),
        ("gamma and primaries too short", png_with(PNG, chunk(b"gAMA", b"\1"), chunk(b"cHRM", b"\1" * 31))),
        ("a colour key too short", png_with(PNG, chunk(b"tRNS", b"\0\1"))),
        ("a palette too long", png_with(PNG, chunk(b"PLTE", bytes(3000)))),
        ("a profile of nothing", png_with(PNG, chunk(b"iCCP", b"icc\0\0"))),
        ("a profile of another method", png_with(PNG, chunk(b"iCCP", b"icc\0\7" + zlib.compress(profile())))),
        ("an animation of no frames", png_with(PNG, chunk(b"acTL", bytes(8)))),
        ("frames before the animation", png_with(PNG, chunk(b"fcTL", bytes(26)), chunk(b"fdAT", b"\0\0\0\0"))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_png_is_taken_whatever_surrounds_its_pixels(name: str, data: bytes) -> None:
    shown = taken(data)
    assert shown.shape == (16, 24, 3)
    if "profile" not in name:
        assert np.array_equal(shown, np.asarray(SHOWN)), name


THUMBNAIL = b"Exif\0\0" + exif(turned(1)) + encoded(Image.new("RGB", (8, 8), "red"), "JPEG")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("EXIF that breaks off", jpeg_with(JPEG, segment(0xE1, b"Exif\0\0II*\0\x08\0"))),
        ("EXIF longer than it says", jpeg_with(JPEG, segment(0xE1, b"Exif\0\0II*\0\x08\0"), b"and more")),
        ("EXIF shorter than it says", jpeg_with(JPEG, b"\xff\xe1\x01\x00Exif\0\0II*\0")),
        ("EXIF that says it is longer than the file", jpeg_with(JPEG, b"\xff\xe1\xff\xffExif\0\0II*\0")),
        ("a thumbnail in EXIF of a wrong length", jpeg_with(JPEG, b"\xff\xe1\xff\xf0" + THUMBNAIL)),
        ("EXIF without a length", jpeg_with(JPEG, b"\xff\xe1\0\0")),
        ("an empty application segment", jpeg_with(JPEG, *(segment(0xE0 + number, b"") for number in range(16)))),
        ("Adobe's marker cut short", jpeg_with(JPEG, segment(0xEE, b"Adobe"))),
        ("JFIF cut short", jpeg_with(JPEG, segment(0xE0, b"JFIF\0"))),
        ("a list of pictures that is none", jpeg_with(JPEG, segment(0xE2, b"MPF\0II*\0\xff\xff\xff\xff"))),
        ("filled up markers", jpeg_with(JPEG, b"\xff\xff\xff", segment(0xFE, b"a"), b"\xff\xff")),
        ("a profile in parts of which one is missing", jpeg_with(JPEG, segment(0xE2, b"ICC_PROFILE\0\x01\x02icc"))),
        ("a profile whose parts are numbered from 0", jpeg_with(JPEG, segment(0xE2, b"ICC_PROFILE\0\0\x01icc"))),
        ("another picture behind its end", JPEG + encoded(Image.new("RGB", (8, 8)), "JPEG")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_jpeg_is_taken_whatever_surrounds_its_pixels(name: str, data: bytes) -> None:
    shown = taken(data)
    assert shown.shape == (16, 24, 3), name
    assert np.abs(shown - np.asarray(SHOWN)).max() <= 4, name


def test_the_markers_that_say_how_a_jpeg_codes_its_colours_count() -> None:
    """The markers say that a file stores RGB directly, while most files store YCbCr, or that it stores CMYK."""
    colours = Image.new("RGB", (24, 16), (200, 30, 90))
    for stored in (encoded(colours, "JPEG", keep_rgb=True), encoded(colours, "JPEG")):
        for data in (stored, jpeg_with(stored, segment(0xE1, b"Exif\0\0" + exif(turned(1))))):
            assert np.abs(taken(data) - (200, 30, 90)).max() <= 3
    inks = Image.new("CMYK", (24, 16), (255, 0, 0, 0))
    assert np.abs(taken(encoded(inks, "JPEG")) - (0, 255, 255)).max() <= 3


def test_of_several_pictures_in_a_file_the_first_is_taken() -> None:
    others = [Image.new("RGB", (24, 16), colour) for colour in ("red", "blue")]
    animated = {"save_all": True, "append_images": others}
    for format in ("PNG", "WEBP", "MPO"):
        shown = taken(encoded(SHOWN, format, **animated, **({"lossless": True} if format == "WEBP" else {})))
        assert np.abs(shown - np.asarray(SHOWN)).max() <= (8 if format == "MPO" else 0)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_damaged_file_is_decoded_or_refused_without_any_other_error(format: str) -> None:
    """The damage may also be in the structure of the file."""
    shown = Image.effect_noise((24, 16), 90).convert("RGB")
    whole = encoded(shown, format, exif=exif(turned(6)), icc_profile=profile())
    outcomes = set()
    for mutated in mutations(whole, seed=5):
        try:
            decode(mutated, 10_000)
            outcomes.add("taken")
        except PictureError:
            outcomes.add("refused")
    assert outcomes == {"taken", "refused"}


def test_a_profile_in_any_form_is_read() -> None:
    icc, size = profile(), len(profile()) // 2
    parts = [icc[:size], icc[size:]]
    two = [segment(0xE2, b"ICC_PROFILE\0" + struct.pack("BB", n + 1, 2) + part) for n, part in enumerate(parts)]
    one = taken(png_with(PNG, iccp(icc)))
    assert np.abs(taken(jpeg_with(JPEG, *reversed(two))) - one).max() <= 4
    assert np.array_equal(taken(webp_with(WEBP, 24, 16, ICCP=icc)), one)
