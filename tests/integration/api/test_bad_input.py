"""The answer to any bad input is a problem document with a sentence, and nothing is stored."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.integration.api.harness import panorama, patch, regions

JSON = {"Content-Type": "application/json"}
NOBODY = "7c9e6679-7425-40de-944b-e07fc1f90ae7"  # the id of no job and no layout


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Postgres only, the stricter database, because bad input is refused before it reaches the database."""
    return postgres_url


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["detail"][0].isupper() or body["errors"]
    assert body["detail"].endswith((".", "!"))
    assert len(answer.content) < 8_000
    return body


def with_canvas(**canvas: Any) -> dict[str, Any]:
    document = panorama()
    document["layout"]["canvas"] |= canvas
    return document


@pytest.mark.parametrize("path", ["/api/jobs", "/api/compile"])
@pytest.mark.parametrize(
    ("body", "location", "words"),
    [
        (regions(patch(width=0)), ["layout", "patches", 0, "box", "width"], "at least 1"),
        (regions(patch(), patch("b", x=250)), ["layout", "patches", 1, "box"], "outside the canvas"),
        (regions(patch(x=-8)), ["layout", "patches", 0, "box"], "outside the canvas"),
        (regions(patch(width=3)), ["layout", "patches", 0, "box", "width"], "at least 8 pixels"),
        (regions(*(patch(f"p{n}") for n in range(10_000))), ["layout", "patches"], "10,000 patches are more than"),
        (panorama(model="dalle"), ["sampling", "model"], "choose one of: papercut"),
        (regions(patch(model="dalle")), ["layout", "patches", 0, "model"], "choose one of: papercut"),
        (panorama(steps=999), ["sampling", "steps"], "more than the 200"),
        (panorama(steps=True), ["sampling", "steps"], "a whole number"),
        (panorama(step=3), ["sampling", "step"], "is not a field"),
        (panorama() | {"layout": None}, ["layout"], "object"),
        ({"sampling": {"model": "papercut"}}, ["layout"], "is missing"),
        (with_canvas(width=16_384, height=16_384), ["layout", "canvas"], "pixels; this server takes at most"),
        (with_canvas(width=10**30), ["layout", "canvas", "width"], "at most 16,384"),
        (panorama() | {"outputs": ["../../etc/passwd"]}, ["outputs", 0], "must begin with a letter or digit"),
        (panorama() | {"images": 2, "keep": 3}, ["keep"], "keep at most 2, or make more images"),
        (panorama() | {"images": 2, "keep": 0}, ["keep"], "at least 1"),
        (panorama() | {"outputs": ["y99"]}, ["outputs", 0], "has no node 'y99'"),
    ],
)
def test_a_document_that_cannot_be_run(
    client: TestClient, path: str, body: Any, location: list[str | int], words: str
) -> None:
    found = problem(client.post(path, json=body), 422)
    assert found["errors"][0]["location"] == location
    assert words in found["errors"][0]["message"]
    assert client.get("/api/jobs").json()["items"] == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_value_that_is_not_a_finite_number(client: TestClient, number: str) -> None:
    body = json.dumps(panorama(eta=0.25)).replace("0.25", number)
    found = problem(client.post("/api/jobs", content=body, headers=JSON), 422)
    assert found["errors"] == [{"location": ["sampling", "eta"], "message": "must be a finite number"}]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "The body is not valid JSON"),
        (b'{"layout": "\xff\xfe"}', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
        (b'{"layout": 1' + b"0" * 10_000 + b"}", "too many digits"),
    ],
)
def test_a_body_that_is_not_json(client: TestClient, body: bytes, words: str) -> None:
    assert words in problem(client.post("/api/jobs", content=body, headers=JSON), 400)["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_labelled_as_json(client: TestClient, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = client.post("/api/jobs", content=json.dumps(panorama()).encode(), headers=headers)
    assert "Content-Type: application/json" in problem(answer, 415)["detail"]


def test_no_body_at_all(client: TestClient) -> None:
    assert problem(client.post("/api/jobs", headers=JSON), 422)["errors"] == [{"location": [], "message": "is missing"}]


def test_a_prompt_of_a_megabyte_is_refused_without_being_repeated(client: TestClient) -> None:
    document = panorama()
    document["layout"]["prompt"] = "forest " * 150_000
    found = problem(client.post("/api/jobs", json=document), 422)
    assert found["errors"] == [{"location": ["layout", "prompt"], "message": "must have at most 2,000 characters"}]


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    def endless() -> Any:
        for _ in range(200):
            yield b" " * 64 * 1024

    announced = client.post("/api/jobs", content=b" " * (2 * 1024 * 1024 + 1), headers=JSON)
    assert "2 MiB" in problem(announced, 413)["detail"]
    assert "2 MiB" in problem(client.post("/api/jobs", content=endless(), headers=JSON), 413)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("POST", "/api/nothing", 404),
        ("GET", "/api/compile", 405),
        ("PUT", "/api/jobs", 405),
        ("POST", "/healthz", 405),
        ("GET", "/api/jobs/not-a-uuid", 422),
        ("GET", f"/api/jobs/{NOBODY}", 404),
        ("POST", f"/api/jobs/{NOBODY}/cancel", 404),
        ("POST", f"/api/jobs/{NOBODY}/retry", 404),
        ("DELETE", f"/api/jobs/{NOBODY}", 404),
        ("GET", f"/api/jobs/{NOBODY}/events", 404),
        ("GET", f"/api/jobs/{NOBODY}/events?after=-1", 422),
        ("GET", f"/api/jobs/{NOBODY}/events?after=99999999999999999999999", 422),
        ("GET", f"/api/jobs/{NOBODY}/images/..%2f..%2fsecret", 404),
        ("GET", f"/api/jobs/{NOBODY}/images/%2e%2e", 422),
        ("GET", f"/api/jobs/{NOBODY}/images/..secret", 422),
        ("GET", f"/api/jobs/{NOBODY}/images/a%00b", 422),
        ("GET", "/api/jobs?limit=1000", 422),
        ("GET", "/api/jobs?state=lost", 422),
        ("GET", "/api/models/nobody", 404),
        ("GET", f"/api/layouts/{NOBODY}", 404),
        ("DELETE", f"/api/layouts/{NOBODY}", 404),
        ("POST", "/api/uploads", 415),
        ("GET", f"/api/uploads/{'0' * 64}", 404),
        ("GET", "/api/uploads/..%2fsecret", 404),
        ("GET", "/api/uploads/secret", 422),
    ],
)
def test_an_address_that_cannot_be_answered(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    found = problem(answer, status)
    if status == 405:
        assert answer.headers["allow"] in found["detail"]


def test_a_wrong_method_is_answered_with_all_that_are_right(client: TestClient) -> None:
    for wrong, path, methods in [
        ("PATCH", "/api/jobs", "GET, HEAD, POST, OPTIONS"),
        ("POST", f"/api/layouts/{NOBODY}", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
    ]:
        assert client.request(wrong, path).headers["allow"] == methods


@pytest.mark.parametrize("key", ["", "two words", "x" * 129, "naïve"])
def test_an_idempotency_key_that_cannot_be_one(client: TestClient, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    found = problem(client.post("/api/jobs", json=panorama(), headers=headers), 422)
    assert found["errors"][0]["location"] == ["header", "Idempotency-Key"]


def test_an_internal_error_is_a_500_without_its_cause(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("postgresql://inlay:secret@db")

    monkeypatch.setattr("backend.store.jobs.Jobs.queue", broken)
    answer = client.get("/api/queue")
    assert "secret" not in answer.text
    assert problem(answer, 500)["type"] == "urn:inlay:internal"
    assert answer.headers["x-request-id"]
