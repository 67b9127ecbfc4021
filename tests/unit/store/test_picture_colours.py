"""The conversion of a file's colours to sRGB: by profiles, gamma and primaries, with colour keys and 16 bits."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from backend.store.pictures import as_colour, as_grey, grey_values
from tests import picture_files
from tests.picture_files import (
    chunk,
    encoded,
    exif,
    iccp,
    ink_profile,
    jpeg_with,
    png_of,
    png_with,
    profile,
    segment,
    turned,
    webp_with,
)

COLOURS = [(60, 180, 60), (180, 60, 60), (60, 60, 180), (200, 170, 60), (0, 0, 0), (255, 255, 255), (90, 90, 90)]
WIDE = [(0, 181, 42), (208, 57, 57), (57, 57, 185), (212, 172, 44), (0, 0, 0), (255, 255, 255), (90, 90, 90)]
"""COLOURS of Adobe RGB, converted to sRGB."""
LINEAR = profile("RGB ", 1.0, picture_files.SRGB)
ADOBE = (0.3127, 0.3290, 0.640, 0.330, 0.210, 0.710, 0.150, 0.060)
P3 = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
SRGB = (0.3127, 0.3290, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060)


def rows(values: list[tuple[int, ...]], deep: bool = False) -> np.ndarray:
    """Return a column of colours, each four pixels wide."""
    wide = np.array(values)[:, None].repeat(4, axis=1)
    return wide * 257 if deep else wide


def shown(data: bytes) -> np.ndarray:
    """Return the stored colours, one for each row."""
    with Image.open(io.BytesIO(as_colour(data, 10_000).png)) as kept:
        return np.asarray(kept)[:, 0].astype(int)


def gamma(exponent: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(exponent * 100_000)))


def primaries(values: tuple[float, ...]) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values)))


def cicp(*code: int) -> bytes:
    return chunk(b"cICP", bytes(code))


def srgb_of(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(
    "says",
    [
        [iccp(profile())],
        [gamma(1 / 2.2), primaries(ADOBE)],
        [iccp(profile()), chunk(b"sRGB", b"\0"), gamma(1.0)],
        [iccp(b"broken"), gamma(1 / 2.2), primaries(ADOBE)],
        [cicp(12, 99, 0, 1), iccp(profile())],
    ],
)
def test_wide_colours_become_those_of_srgb(says: list[bytes], depth: int) -> None:
    data = png_of(rows(COLOURS, deep=depth == 16), depth, 2, *says)
    assert np.abs(shown(data) - WIDE).max() <= 3


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(
    "says",
    [
        [cicp(12, 13, 0, 1)],
        [cicp(12, 13, 0, 1), iccp(LINEAR), gamma(1.0)],
        [primaries(P3)],
        [primaries(P3), gamma(0.0)],
    ],
)
def test_colours_of_display_p3_become_those_of_srgb(says: list[bytes], depth: int) -> None:
    """The matrix between the two kinds of light is the one that CSS Color 4 publishes."""
    light = np.array(COLOURS) / 255
    light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[1.22494, -0.22494, 0], [-0.04206, 1.04206, 0], [-0.01964, -0.07864, 1.09827]])
    data = png_of(rows(COLOURS, deep=depth == 16), depth, 2, *says)
    assert np.abs(shown(data) - srgb_of(light @ matrix.T)).max() <= 1


@pytest.mark.parametrize(
    "says",
    [
        [],
        [chunk(b"sRGB", b"\0")],
        [chunk(b"sRGB", b"\0"), gamma(1.0), primaries(ADOBE)],
        [gamma(1 / 2.2)],
        [gamma(0.45455), primaries(SRGB)],
        [iccp(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())],
        [cicp(1, 13, 0, 1)],
        [gamma(0.00001)],
        [primaries((0.0,) * 8)],
        [primaries((0.3,) * 8)],
    ],
)
def test_srgb_stays_unchanged_to_the_byte(says: list[bytes]) -> None:
    every = np.arange(256).repeat(3).reshape(-1, 1, 3) * [1, 3, 7] % 256
    assert np.array_equal(shown(png_of(every, 8, 2, *says)), every[:, 0])
    assert np.array_equal(shown(png_of(every * 257, 16, 2, *says)), every[:, 0])


@pytest.mark.parametrize("colour_type", [0, 2])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(
    ("says", "exponent"),
    [
        (gamma(1.0), 1.0),
        (gamma(1 / 1.8), 1.8),
        (iccp(LINEAR), 1.0),
        (cicp(1, 8, 0, 1), 1.0),
        (cicp(1, 4, 0, 1), 2.2),
    ],
    ids=["gAMA 1", "gAMA 1.8", "profile", "cICP linear", "cICP 2.2"],
)
def test_values_are_converted_by_their_curve(says: bytes, exponent: float, depth: int, colour_type: int) -> None:
    """Grey is converted correctly under a profile of colours too. Values of 16 bits are also correct where the light is
    too dark for 8 bits."""
    share = np.rint(np.linspace(0, 1, 200) ** 3 * (2**depth - 1)) / (2**depth - 1)
    values = np.rint(share * (2**depth - 1)).astype(int).reshape(-1, 1, 1)
    kept = shown(png_of(values.repeat(3, axis=2) if colour_type == 2 else values, depth, colour_type, says))
    assert np.abs(kept - srgb_of(share**exponent)[:, None]).max() <= 2


def test_grey_has_a_profile_of_its_own() -> None:
    share = np.arange(256) / 255
    grey = png_with(encoded(Image.fromarray(np.arange(256, dtype=np.uint8)[:, None])), iccp(profile("GRAY", 1.0)))
    assert np.abs(shown(grey) - srgb_of(share)[:, None]).max() <= 1
    transparent = png_of(np.dstack([np.arange(256)[:, None], np.full((256, 1), 255)]), 8, 4, iccp(profile("GRAY", 1.0)))
    assert np.array_equal(shown(transparent), shown(grey))


@pytest.mark.parametrize("icc", [profile("GRAY", 1.0), ink_profile(), b"", b"icc", profile()[:200]])
def test_a_profile_of_other_channels_or_none_at_all_leaves_srgb(icc: bytes) -> None:
    assert np.array_equal(shown(png_of(rows(COLOURS), 8, 2, iccp(icc))), COLOURS)


@pytest.mark.parametrize("mode", ["P", "RGBA", "RGB"])
def test_a_profile_counts_with_a_palette_and_with_transparency(mode: str) -> None:
    picture = Image.fromarray(rows(COLOURS).astype(np.uint8))
    picture = picture.quantize(8) if mode == "P" else picture.convert(mode)
    assert np.abs(shown(png_with(encoded(picture), iccp(profile()), before=b"IDAT")) - WIDE).max() <= 3


def test_a_profile_counts_in_jpeg_and_webp() -> None:
    wide = rows(COLOURS).repeat(16, axis=0).repeat(4, axis=1).astype(np.uint8)
    picture, icc = Image.fromarray(wide), profile()
    jpeg = encoded(picture, "JPEG", quality=100, subsampling=0)
    webp = webp_with(encoded(picture, "WEBP", lossless=True), 16, len(wide), ICCP=icc)
    for data in (jpeg_with(jpeg, segment(0xE2, b"ICC_PROFILE\0\1\1" + icc)), webp):
        assert np.abs(shown(data)[8::16] - WIDE).max() <= 4


INKS = [(255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (0, 0, 0, 0), (0, 0, 0, 128)]


def printed(icc: bytes | None) -> bytes:
    inks = rows(INKS).repeat(16, axis=0).repeat(4, axis=1).astype(np.uint8)
    picture = Image.frombytes("CMYK", (inks.shape[1], inks.shape[0]), inks.tobytes())
    jpeg = encoded(picture, "JPEG", quality=100, subsampling=0)
    return jpeg if icc is None else jpeg_with(jpeg, segment(0xE2, b"ICC_PROFILE\0\1\1" + icc))


def test_inks_are_plain_without_a_profile_and_printed_with_one() -> None:
    plain = [(0, 255, 255), (255, 0, 255), (255, 255, 0), (0, 0, 0), (255, 255, 255), (127, 127, 127)]
    for icc in (None, b"broken", profile()):
        assert np.abs(shown(printed(icc))[8::16] - plain).max() <= 3
    cyan, magenta, yellow, black, paper, half = shown(printed(ink_profile()))[8::16]
    assert np.abs(cyan - (0, 143, 219)).max() <= 12
    assert np.abs(magenta - (206, 12, 119)).max() <= 12
    assert np.abs(yellow - (247, 224, 0)).max() <= 12
    assert np.abs(paper - 255).max() <= 1
    assert black.max() < 50
    assert black.max() < half.min() < 200


def test_black_ink_is_black_in_a_mask() -> None:
    """Printed black is a dark grey (41 of 255 here), which would not be black in a mask."""
    kept = grey_values(as_grey(printed(ink_profile()), 10_000).png)[8::16, 0]
    assert (kept[3], kept[4]) == (0, 255)
    assert 100 < kept[5] < 160


@pytest.mark.parametrize(
    ("code", "value", "wanted"),
    [
        ((9, 16, 0, 1), 0.5807, 255),  # the curve of SMPTE ST 2084 at 203 cd/m2, a white page
        ((9, 16, 0, 1), 1.0, 255),  # brighter than that
        ((9, 16, 0, 1), 0.0, 0),
        ((9, 18, 0, 1), 0.7500, 255),  # HLG at its reference white
        ((1, 13, 0, 0), 16 / 255, 0),  # narrow range
        ((1, 13, 0, 0), 235 / 255, 255),
        ((1, 1, 0, 1), 0.5, 139),  # light of 0.2597 (ITU-R BT.709)
    ],
)
def test_grey_of_video_is_converted_by_its_curve(code: tuple[int, ...], value: float, wanted: int) -> None:
    values = np.full((1, 1, 3), round(value * 65535))
    assert np.abs(shown(png_of(values, 16, 2, cicp(*code))) - wanted).max() <= 5


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_grey_colour_key_is_transparent(depth: int) -> None:
    """The transparent grey becomes white in a picture and black in a mask. No other grey is transparent, even if it
    differs by only one step of 16 bits."""
    largest = 2**depth - 1
    key, other = largest // 2, largest // 2 + 1
    values = np.array([[key, other], [0, largest]]).repeat(8, axis=1).reshape(2, -1, 1)
    data = png_of(values, depth, 0, chunk(b"tRNS", struct.pack(">H", key)))
    with Image.open(io.BytesIO(as_colour(data, 100).png)) as kept:
        seen = np.asarray(kept)[..., 0]
    assert (seen[0, 0], seen[1, 15]) == (255, 255)
    assert abs(int(seen[0, 15]) - round(other * 255 / largest)) <= 1
    assert grey_values(as_grey(data, 100).png)[0, 0] == 0


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("says", [b"", iccp(profile())], ids=["sRGB", "wide"])
def test_a_colour_key_is_transparent(depth: int, says: bytes) -> None:
    scale = 1 if depth == 8 else 257
    key = tuple(part * scale for part in COLOURS[0])
    near = (key[0], key[1] + 1, key[2])
    values = np.array([key, near, (0, 0, 0)]).reshape(3, 1, 3)
    kept = shown(png_of(values, depth, 2, says, chunk(b"tRNS", struct.pack(">3H", *key))))
    assert kept[0].tolist() == [255, 255, 255]
    assert kept[1].max() < 200
    assert kept[2].tolist() == [0, 0, 0]


def test_colours_of_a_palette_are_as_opaque_as_it_says() -> None:
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255, 0, 255, 0]))
    opacity = chunk(b"tRNS", bytes([0, 128, 255, 7, 7, 7]))  # longer than the palette
    values = np.array([[0], [1], [2]])[..., None]
    kept = shown(png_of(values, 8, 3, palette, opacity))
    assert np.abs(kept - [(255, 255, 255), (127, 127, 255), (0, 255, 0)]).max() <= 1


@pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_are_rounded(colour_type: int, channels: int) -> None:
    """Values of 16 bits are rounded, not cut off, also if there is an alpha channel."""
    deep = np.linspace(0, 65535, 500).round().astype(int)
    values = deep.reshape(-1, 1, 1).repeat(channels, axis=2)
    if channels in (2, 4):
        values[..., -1] = 65535
    kept = shown(png_of(values, 16, colour_type, turned_by(1)))
    assert np.array_equal(kept[:, 0], np.rint(deep / 257))


def turned_by(orientation: int) -> bytes:
    return chunk(b"eXIf", exif(turned(orientation)))


@pytest.mark.parametrize("depth", [8, 16])
def test_half_transparent_pixels_are_blended_with_white_or_black(depth: int) -> None:
    scale = 1 if depth == 8 else 257
    values = np.array([[[100, 100, 100, 128]]]) * scale
    assert np.abs(shown(png_of(values, depth, 6)) - 177).max() <= 1
    assert np.abs(grey_values(as_grey(png_of(values, depth, 6), 100).png).astype(int) - 50).max() <= 1
