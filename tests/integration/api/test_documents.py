"""The API reads the document that a picture contains."""

import json
import zlib

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.integration.api.harness import regions
from tests.picture_files import chunk, encoded, png_with
from tests.unit.store.test_picture_documents import texts

PNG = encoded(Image.new("RGB", (8, 8)))


def carrying(document: object) -> bytes:
    """Return a picture with a document in a compressed text, as some programs save it."""
    return png_with(PNG, chunk(b"zTXt", b"inlay\0\0" + zlib.compress(json.dumps(document).encode())))


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
@pytest.mark.parametrize("form", texts("", "utf-8"))
def test_a_picture_gives_its_document_to_submit_again(client: TestClient, form: str, before: bytes) -> None:
    spec = client.post("/api/jobs", json=regions()).json()["spec"]
    carried = png_with(PNG, texts(json.dumps(spec), "utf-8")[form], before=before)
    answer = client.post("/api/documents", content=carried, headers={"Content-Type": "image/png"})
    assert (answer.status_code, answer.json()) == (200, spec)
    assert client.post("/api/jobs", json=answer.json()).status_code == 201


@pytest.mark.parametrize(
    ("picture", "status", "says"),
    [
        (encoded(Image.new("RGB", (8, 8)), "JPEG"), 415, "Only PNGs can contain a job document"),
        (b"", 415, "Only PNGs can contain a job document"),
        (PNG, 422, "The picture contains no job document"),
        (png_with(PNG, chunk(b"zTXt", b"inlay\0\0damaged")), 422, "damaged or far too long"),
        (png_with(PNG, chunk(b"tEXt", b"inlay\0{not JSON")), 422, "is not valid JSON"),
        (png_with(PNG, chunk(b"tEXt", b"inlay\0" + b"[" * 100_000)), 422, "is not valid JSON"),
        (carrying([]), 422, ""),
        (carrying({**regions(), "sampling": {"model": "tiny", "steps": 0}}), 422, "sampling.steps: "),
        (carrying({**regions(), "colour": "red"}), 422, "colour"),
    ],
)
def test_a_picture_without_a_document_is_refused(client: TestClient, picture: bytes, status: int, says: str) -> None:
    answer = client.post("/api/documents", content=picture)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
