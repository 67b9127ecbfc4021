"""Pictures from clients: the accepted formats, the stored values, and the sentences for refused files."""

import io
import struct
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from backend.store import pictures
from backend.store.pictures import MASK_FLOOR, PictureError, UnknownFormat, as_colour, as_grey, grey_values
from tests.picture_files import encoded, profile

HALF = np.zeros((48, 64), np.uint8)
HALF[:, 32:] = 255


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_each_format_keeps_its_grey_values(format: str, mode: str) -> None:
    kept = as_grey(encoded(Image.fromarray(HALF).convert(mode), format, quality=95), 10_000)
    assert (kept.width, kept.height) == (64, 48)
    assert np.abs(grey_values(kept.png).astype(int) - HALF).max() <= 8


@pytest.mark.parametrize(
    "picture",
    [
        Image.fromarray(HALF).convert("1"),
        Image.fromarray(HALF).convert("P"),
        Image.fromarray(HALF.astype(np.uint16) * 257),
        Image.merge("LA", (Image.new("L", (64, 48), 255), Image.fromarray(HALF))),
        Image.merge("RGBA", (*(Image.new("L", (64, 48), 255) for _ in "RGB"), Image.fromarray(HALF))),
    ],
    ids=["one bit", "palette", "sixteen bits", "grey and alpha", "colour and alpha"],
)
def test_every_kind_of_png_means_the_same(picture: Image.Image) -> None:
    assert np.array_equal(grey_values(as_grey(encoded(picture), 10_000).png), HALF)


def test_nothing_but_grey_values_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "my home address"
    exif[0x0112] = 6  # the camera was turned
    kept = as_grey(encoded(Image.fromarray(HALF), "JPEG", exif=exif), 10_000)
    assert (kept.width, kept.height) == (48, 64)
    assert b"home" not in kept.png
    assert as_grey(kept.png, 10_000) == kept


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("off", [1, 2, MASK_FLOOR])
def test_a_mask_is_black_or_white_where_it_looks_so(format: str, off: int) -> None:
    """This holds for uploads as a mask and as a picture."""
    nearly = encoded(Image.fromarray(np.where(HALF, 255 - off, off).astype(np.uint8)), format)
    for kept in (as_grey(nearly, 10_000), as_colour(nearly, 10_000)):
        assert np.abs(grey_values(kept.png).astype(int) - HALF)[:, np.r_[:24, 40:64]].max() == 0


def test_a_masks_greys_stay_beyond_the_floor() -> None:
    greys = np.arange(256, dtype=np.uint8)[None]
    kept = grey_values(as_grey(encoded(Image.fromarray(greys)), 10_000).png)
    within = slice(MASK_FLOOR + 1, 255 - MASK_FLOOR)
    assert np.array_equal(kept[:, within], greys[:, within])
    assert {*kept[0, : MASK_FLOOR + 1].tolist()} == {0}
    assert {*kept[0, 255 - MASK_FLOOR :].tolist()} == {255}


@pytest.mark.parametrize(("quality", "share"), [(75, 0.005), (85, 0.001), (90, 0)])
def test_a_drawn_mask_survives_jpeg(quality: int, share: float) -> None:
    """All of its black and white pixels survive, except this share of them, which are next to an edge."""
    drawn = Image.new("L", (256, 256))
    ImageDraw.Draw(drawn).ellipse((40, 50, 200, 190), fill=255)
    ImageDraw.Draw(drawn).polygon([(180, 20), (250, 60), (150, 240)], fill=255)
    kept = grey_values(as_grey(encoded(drawn.convert("RGB"), "JPEG", quality=quality), 10**6).png)
    assert (kept != np.asarray(drawn)).mean() <= share


@pytest.mark.parametrize("icc", [profile("GRAY", 1.0), profile("GRAY", 1.8)])
def test_a_mask_is_as_grey_as_its_profile_says(icc: bytes) -> None:
    nearly = Image.fromarray(np.where(HALF, 254, 0).astype(np.uint8))
    assert np.array_equal(grey_values(as_grey(encoded(nearly, icc_profile=icc), 10_000).png), HALF)
    middle = grey_values(as_grey(encoded(Image.new("L", (8, 8), 128), icc_profile=icc), 10_000).png)
    assert middle.min() > 128


def colours(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as kept:
        assert kept.mode == "RGB"
        return np.asarray(kept)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK"])
def test_a_picture_keeps_its_colours(mode: str) -> None:
    picture = Image.new("RGB", (64, 48), (200, 30, 60) if mode != "L" else (90, 90, 90)).convert(mode)
    kept = as_colour(encoded(picture, "JPEG" if mode == "CMYK" else "PNG"), 10_000)
    assert (kept.width, kept.height) == (64, 48)
    off = colours(kept.png).astype(int) - np.asarray(picture.convert("RGB"))
    assert np.abs(off).max() <= (2 if mode == "CMYK" else 0)
    assert as_colour(kept.png, 10_000) == kept


def test_transparent_parts_of_a_picture_are_white() -> None:
    clear = Image.new("RGBA", (64, 48), (10, 20, 30, 0))
    assert (colours(as_colour(encoded(clear), 10_000).png) == 255).all()


def test_sixteen_bits_of_grey_become_eight_of_colour() -> None:
    assert np.array_equal(
        colours(as_colour(encoded(Image.fromarray(HALF.astype(np.uint16) * 257)), 10_000).png)[..., 0], HALF
    )


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG whose header promises very many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (b"", UnknownFormat, "not a PNG, JPEG or WebP"),
        (b"{}", UnknownFormat, "not a PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", UnknownFormat, "not a PNG"),
        (encoded(Image.fromarray(HALF), "GIF"), UnknownFormat, "not a PNG"),
        (encoded(Image.fromarray(HALF), "TIFF"), UnknownFormat, "not a PNG"),
        (encoded(Image.fromarray(HALF))[:-30], PictureError, "damaged"),
        (encoded(Image.fromarray(HALF), "JPEG")[:200], PictureError, "damaged"),
        (bomb(200, 100), PictureError, "The limits here are 10,000 pixels"),
        (bomb(12_000, 12_000), PictureError, "12,000 x 12,000 pixels"),
        (bomb(30_000, 30_000), PictureError, "far more than 10,000 pixels"),
        (bomb(2**31 - 1, 2**31 - 1), PictureError, "far more than 10,000 pixels"),
        (bomb(90, 100), PictureError, "damaged"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_file_that_is_not_a_picture_is_refused_with_a_sentence(
    data: bytes, kind: type[PictureError], says: str
) -> None:
    for keep in (as_grey, as_colour):
        with pytest.raises(kind, match=says):
            keep(data, 10_000)


@pytest.mark.parametrize("work", ["as_grey", "as_colour"])
def test_few_pictures_are_decoded_at_the_same_time(monkeypatch: pytest.MonkeyPatch, work: str) -> None:
    real, lock, now, most = pictures.decode, threading.Lock(), 0, 0

    def watched(*given: Any, **options: Any) -> Any:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        return real(*given, **options)

    monkeypatch.setattr(pictures, "decode", watched)
    with ThreadPoolExecutor(12) as threads:
        made = list(threads.map(lambda _: getattr(pictures, work)(encoded(Image.fromarray(HALF)), 10_000), range(24)))
    assert (most, len(made)) == (pictures.AT_ONCE, 24)
