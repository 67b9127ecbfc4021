"""The document in a picture, in every form that PNG allows and that other programs write."""

import tracemalloc
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.store.pictures import PictureError
from backend.store.pictures.documents import MOST_DOCUMENT, carried_document
from tests.picture_files import chunk, encoded, png_with

PNG = encoded(Image.new("RGB", (8, 8)))
SAID = '{"prompt": "ein Häuschen, 水彩"}'
LATIN = '{"prompt": "ein Häuschen"}'


def texts(said: str, charset: str) -> dict[str, bytes]:
    """Return a text in every kind of chunk."""
    plain = said.encode(charset)
    zipped = zlib.compress(plain)
    return {
        "iTXt": chunk(b"iTXt", b"inlay\0\0\0\0\0" + plain),
        "iTXt with a language": chunk(b"iTXt", b"inlay\0\0\0de\0Einlage\0" + plain),
        "iTXt zipped": chunk(b"iTXt", b"inlay\0\1\0\0\0" + zipped),
        "zTXt": chunk(b"zTXt", b"inlay\0\0" + zipped),
        "tEXt": chunk(b"tEXt", b"inlay\0" + plain),
    }


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
@pytest.mark.parametrize(("said", "charset"), [(SAID, "utf-8"), (LATIN, "latin-1"), (SAID, "utf-8-sig")])
@pytest.mark.parametrize("form", texts("", "utf-8"))
def test_a_document_is_found_in_any_form(form: str, said: str, charset: str, before: bytes) -> None:
    others = [chunk(b"tEXt", b"Software\0another"), chunk(b"iTXt", b"inlays\0\0\0\0\0{}"), chunk(b"zTXt", b"inlay")]
    picture = png_with(PNG, *others, texts(said, charset)[form], before=before)
    assert carried_document(picture) == said


@pytest.mark.parametrize("options", [{"zip": False}, {"zip": True}])
@pytest.mark.parametrize("said", [SAID, LATIN])
def test_a_document_that_pillow_saves_again_is_found(said: str, options: dict[str, Any]) -> None:
    info = PngInfo()
    info.add_text("inlay", said, **options)
    assert carried_document(encoded(Image.new("RGB", (8, 8)), pnginfo=info)) == said


def test_the_first_text_that_is_whole_is_taken() -> None:
    damaged = [
        chunk(b"zTXt", b"inlay\0\0damaged"),
        chunk(b"iTXt", b"inlay\0\1\0\0\0damaged"),
        chunk(b"iTXt", b"inlay\0"),
    ]
    picture = png_with(PNG, *damaged, chunk(b"tEXt", b"inlay\0{}"), chunk(b"tEXt", b"inlay\0[]"))
    assert carried_document(picture) == "{}"


@pytest.mark.parametrize("data", [PNG, b"", b"{}", PNG[:20], encoded(Image.new("RGB", (8, 8)), "JPEG")])
def test_other_files_contain_no_document(data: bytes) -> None:
    assert carried_document(data) is None


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"zTXt", b"inlay\0\0damaged"),
        chunk(b"zTXt", b"inlay\0\0" + zlib.compress(b"{}" * 100)[:-8]),
        chunk(b"zTXt", b"inlay\0\0" + zlib.compress(bytes(8 * MOST_DOCUMENT))),
        chunk(b"iTXt", b"inlay\0\1\0\0\0" + zlib.compress(bytes(8 * MOST_DOCUMENT))),
    ],
    ids=["damaged", "cut", "a bomb", "an international bomb"],
)
def test_a_document_that_cannot_be_read_is_said_to_be_damaged(text: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(PictureError, match="damaged or far too long"):
        carried_document(png_with(PNG, text))
    assert tracemalloc.get_traced_memory()[1] < 3 * MOST_DOCUMENT
    tracemalloc.stop()
