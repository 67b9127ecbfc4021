"""Requests with a picture or a job in every form: accepted, or refused with a sentence that says what was sent and how
to send it."""

import base64
import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.integration.api.harness import panorama
from tests.unit.store.test_pictures import encoded

SHOWN = Image.linear_gradient("L").resize((96, 64)).convert("RGB")
PNG, JPEG = encoded(SHOWN, "PNG"), encoded(SHOWN, "JPEG")
WHOLE = ("photo.png", PNG, "image/png")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because the form of a request does not depend on it."""
    return sqlite_url


def form(client: TestClient, *parts: tuple[str, Any], query: str = "") -> httpx2.Response:
    """Send a form with these fields: text, or a file's name, bytes and type."""
    fields = [(name, (None, value) if isinstance(value, str) else value) for name, value in parts]
    return client.post(f"/api/uploads{query}", files=fields)


def problem(answer: httpx2.Response, status: int, *says: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    found = answer.json()
    for words in says:
        assert words in found["detail"], found["detail"]
    return found


@pytest.mark.parametrize("query", ["", "?kind=picture"])
def test_a_form_with_one_file_is_taken(client: TestClient, query: str) -> None:
    plain = client.post(f"/api/uploads{query}", content=PNG).json()
    for name in ("file", "image", "files[]"):
        for type in ("image/png", "application/octet-stream", "text/plain"):
            answer = form(client, (name, ("ein Bild.png", PNG, type)), query=query)
            assert (answer.status_code, answer.json()["id"]) == (201, plain["id"])


def test_a_form_may_name_the_kind(client: TestClient) -> None:
    plain = client.post("/api/uploads?kind=picture", content=PNG).json()
    for parts in ([("kind", "picture"), ("file", WHOLE)], [("file", WHOLE), ("kind", "picture")]):
        assert form(client, *parts).json()["id"] == plain["id"]
    assert form(client, ("kind", "picture"), ("file", WHOLE), query="?kind=picture").json()["id"] == plain["id"]
    for kind, query, says in [
        ("photo", "", "'mask' or 'picture'"),
        ("photo", "?kind=mask", "'mask' or 'picture'"),
        ("mask", "?kind=picture", "'mask' in the form and 'picture' in the address"),
    ]:
        found = problem(form(client, ("kind", kind), ("file", WHOLE), query=query), 422, says)
        assert found["errors"][0]["location"] == ["kind"]


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([("file", "photo.jpg")], "'file' contains text, not a file. With curl, write -F file=@photo.jpg"),
        ([("file", WHOLE), ("mask", WHOLE)], "2 files"),
        ([("file", WHOLE), ("colour", "red")], "'colour' is not a field"),
    ],
)
def test_a_form_that_is_not_understood_is_refused(client: TestClient, parts: list, says: str) -> None:
    problem(form(client, *parts), 422, says)


def test_a_bad_file_in_a_form_is_named_like_a_bad_body(client: TestClient) -> None:
    problem(form(client, ("file", ("a.jpg", b"<!DOCTYPE html><html>", "image/jpeg"))), 415, "a web page (HTML)")
    problem(form(client, ("file", ("a.jpg", b"", "image/jpeg"))), 415, "The file is empty")


@pytest.mark.parametrize(
    ("body", "type"),
    [
        (PNG, "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=y"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 2_000_000,
            "multipart/form-data; boundary=x",
        ),
        (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(99)) + b"--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=["no boundary", "another boundary", "a long field", "many fields"],
)
def test_a_broken_form_is_refused(client: TestClient, body: bytes, type: str) -> None:
    answer = client.post("/api/uploads", content=body, headers={"Content-Type": type})
    assert answer.status_code in (400, 422)
    assert "curl" in answer.json()["detail"]


def test_a_picture_is_taken_under_any_media_type(client: TestClient) -> None:
    plain = client.post("/api/uploads", content=PNG).json()["id"]
    for type in ("image/jpeg", "application/x-www-form-urlencoded", "application/json", "text/html", ""):
        assert client.post("/api/uploads", content=PNG, headers={"Content-Type": type}).json()["id"] == plain


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "The file is empty"),
        (json.dumps({"image": base64.b64encode(PNG).decode()}).encode(), "The file is JSON"),
        (b"data:image/png;base64," + base64.b64encode(PNG), "a data: URL"),
        (base64.b64encode(PNG), "base64"),
        (base64.b64encode(JPEG), "base64"),
        (b"\n\n<!doctype html>\n<title>404</title>", "a web page (HTML)"),
        (b"<html><body>moved</body></html>", "a web page (HTML)"),
        (
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made -->\n<svg xmlns='http://www.w3.org/2000/svg'/>",
            "an SVG drawing",
        ),
        (b"<?xml version='1.0'?><error/>", "an XML document"),
        (b"%PDF-1.7\n", "a PDF document"),
        (gzip.compress(PNG), "gzip"),
        (b"PK\3\4rest", "a ZIP archive"),
        (encoded(SHOWN, "GIF"), "a GIF picture"),
        (encoded(SHOWN, "BMP"), "a BMP picture"),
        (encoded(SHOWN, "TIFF"), "a TIFF"),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic", "a HEIC picture"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "an AVIF picture"),
        (b"\0\0\0\x1cftypisom\0\0\2\0isomiso2", "an MP4 video"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a QuickTime video"),
        (b"\x1a\x45\xdf\xa3\1\0\0\0", "a Matroska or WebM video"),
        (b"RIFF\x24\0\0\0AVI LIST", "an AVI video"),
        (b"https://example.org/a.jpg", "an address (URL)"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"no such file or directory\n", "The file is text"),
        (b"\x93\xff\0\1\2\3", "The file is not a PNG, JPEG or WebP picture"),
    ],
)
def test_a_body_that_is_no_picture_is_named(client: TestClient, body: bytes, says: str) -> None:
    for kind in ("mask", "picture"):
        problem(client.post(f"/api/uploads?kind={kind}", content=body), 415, says)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "gzip, identity", "x" * 200])
@pytest.mark.parametrize("path", ["/api/uploads", "/api/jobs", "/api/compile"])
def test_a_compressed_body_is_refused_as_such(client: TestClient, path: str, coding: str) -> None:
    answer = client.post(path, content=gzip.compress(PNG), headers={"Content-Encoding": coding})
    problem(answer, 415, "compressed", "Content-Encoding")
    assert answer.headers["accept-encoding"] == "identity"
    assert len(answer.json()["detail"]) < 200


def test_the_identity_coding_is_accepted(client: TestClient) -> None:
    assert client.post("/api/uploads", content=PNG, headers={"Content-Encoding": "identity"}).status_code == 201


@pytest.mark.parametrize(
    ("type", "body", "says"),
    [
        ("application/x-www-form-urlencoded", json.dumps(panorama()).encode(), "curl -d sends by default"),
        ("application/x-www-form-urlencoded", b"prompt=a+forest&steps=4", "curl -d sends by default"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", "multipart/form-data"),
        ("text/plain", json.dumps(panorama()).encode(), "text/plain"),
        ("image/png", PNG, "image/png"),
        ("", json.dumps(panorama()).encode(), "has no media type"),
    ],
)
def test_a_job_that_is_not_sent_as_json_is_refused(client: TestClient, type: str, body: bytes, says: str) -> None:
    for path in ("/api/jobs", "/api/compile", "/api/layouts"):
        answer = client.post(path, content=body, headers={"Content-Type": type} if type else {})
        problem(answer, 415, says, "Content-Type: application/json")


def test_a_forms_job_with_real_files_is_refused(client: TestClient) -> None:
    problem(client.post("/api/jobs", files={"job": ("job.json", json.dumps(panorama()))}), 415, "multipart/form-data")


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        (["--data-binary", "@photo.png"], 201, ""),
        (["--upload-file", "photo.png", "--request", "POST"], 201, ""),
        (["--form", "file=@photo.png"], 201, ""),
        (["--form", "file=@photo.png;type=image/png", "--form", "kind=picture"], 201, ""),
        (["--data", "@photo.png"], 415, "curl -d has removed bytes"),
        (["--data", "@photo.jpg"], 415, "curl -d has removed bytes"),
        (["--data", "file=@photo.png"], 415, "form fields and no picture"),
        (["--data", "photo.png"], 415, "The file is text"),
        (["--form", "file=photo.png"], 422, "-F file=@photo.jpg"),
        (["--request", "POST"], 415, "The file is empty"),
    ],
)
def test_curls_ways_to_send_a_file(
    server: httpx2.Client, tmp_path: Path, options: list[str], status: int, says: str
) -> None:
    curl = shutil.which("curl")
    assert curl, "This test sends files as people do; install curl."
    (tmp_path / "photo.png").write_bytes(PNG)
    (tmp_path / "photo.jpg").write_bytes(JPEG)
    command = [curl, "--silent", "--write-out", "%{http_code}", *options, f"{server.base_url}/api/uploads"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.endswith(str(status)), said
    assert says in said


def test_a_picture_with_a_document_may_come_in_a_form(client: TestClient) -> None:
    plain = client.post("/api/documents", content=PNG).json()
    assert client.post("/api/documents", files={"file": WHOLE}).json() == plain
