"""HEAD, OPTIONS, ranges, conditional requests, compression, and addresses that do not exist."""

import gzip
import re
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from backend.api import caching
from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from tests.integration.api.conftest import ORIGIN
from tests.integration.api.harness import Hand, panorama
from tests.unit.store.test_pictures import encoded

MANY_DIGITS = f"bytes={'9' * 9000}-"
PICTURE = bytes(range(256)) * 4
STRICT = ("content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-resource-policy")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because HTTP semantics do not depend on it."""
    return sqlite_url


@pytest.fixture
def picture(client: TestClient, hand: Hand) -> str:
    """The address of PICTURE, the picture of a finished job."""
    client.post("/api/jobs", json=panorama())
    hand.finish(hand.start(), PICTURE)
    return client.get("/api/jobs").json()["items"][0]["outputs"][0]["url"]


@pytest.fixture
def upload(client: TestClient) -> str:
    shown = encoded(Image.linear_gradient("L").convert("RGB"))
    return client.post("/api/uploads?kind=picture", content=shown).json()["url"]


def described(client: TestClient) -> list[str]:
    """Return every address of the API's description that needs no id."""
    paths = client.get("/api/openapi.json").json()["paths"]
    return [path for path, item in paths.items() if "get" in item and "{" not in path]


def test_head_is_get_without_the_body(client: TestClient, server: httpx2.Client, picture: str, upload: str) -> None:
    own = [
        "/",
        "/index.html",
        "/assets/index-1a2b.js",
        "/api/openapi.json",
        picture,
        upload,
        picture.partition("/im")[0],
    ]
    for asked in (client, server):
        for path in [*described(client), *own, "/api/nothing", "/api/compile", "/assets/gone.js"]:
            got, head = asked.get(path), asked.head(path)
            assert (head.status_code, head.content) == (got.status_code, b""), path
            changing = {"date", "x-request-id"} | ({"content-length"} if path == "/metrics" else set())
            assert _without(head, changing) == _without(got, changing), path
    assert server.head("/healthz").headers["content-length"] == str(len(server.get("/healthz").content))


def _without(answer: httpx2.Response, names: set[str]) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in names}


def test_head_is_counted_as_head(client: TestClient) -> None:
    client.head("/api/queue")
    assert 'method="HEAD",route="/api/queue",status="200"} 1.0' in client.get("/metrics").text


def test_head_ignores_a_range(client: TestClient, picture: str) -> None:
    answer = client.head(picture, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(PICTURE)))


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1000-", 1000, 1024),
        ("bytes=-24", 1000, 1024),
        ("bytes=-5000", 0, 1024),
        ("bytes=1000-9999", 1000, 1024),
        ("bytes=0-999999999999999", 0, 1024),
        ("Bytes = 3 - 7", 3, 8),
    ],
)
def test_a_range_of_a_picture(client: TestClient, picture: str, wanted: str, start: int, stop: int) -> None:
    answer = client.get(picture, headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, PICTURE[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/1024"
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("wanted", "start", "stop"), [(None, 0, 1024), ("bytes=0-99", 0, 100), ("bytes=50-", 50, 1024), ("x", 0, 1024)]
)
def test_a_large_picture_is_read_while_it_is_sent(
    client: TestClient, picture: str, monkeypatch: pytest.MonkeyPatch, wanted: str | None, start: int, stop: int
) -> None:
    monkeypatch.setattr(caching, "AT_ONCE", 100)
    headers = {} if wanted is None else {"Range": wanted}
    answer = client.get(picture, headers=headers)
    assert (answer.content, answer.headers["content-length"]) == (PICTURE[start:stop], str(stop - start))
    assert answer.status_code == (206 if (start, stop) != (0, 1024) else 200)


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_picture_is_refused(client: TestClient, picture: str, wanted: str) -> None:
    answer = client.get(picture, headers={"Range": wanted})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("wanted", ["bytes=9-3", "bytes=-", "bytes=a-b", "lines=0-3", "bytes=0-3,8-9", "", MANY_DIGITS])
def test_an_invalid_range_is_ignored(client: TestClient, picture: str, wanted: str) -> None:
    answer = client.get(picture, headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (200, PICTURE)


def test_a_range_of_a_picture_that_has_changed_is_the_whole_picture(client: TestClient, picture: str) -> None:
    tag = client.get(picture).headers["etag"]
    for condition, status in [
        (tag, 206),
        (f"W/{tag}", 200),
        ('"another"', 200),
        ("Sat, 01 Jan 2028 00:00:00 GMT", 200),
    ]:
        assert client.get(picture, headers={"Range": "bytes=0-3", "If-Range": condition}).status_code == status


def test_pictures_and_uploads_say_that_they_have_ranges(client: TestClient, picture: str, upload: str) -> None:
    for path in (picture, upload):
        whole = client.get(path)
        assert whole.headers["accept-ranges"] == "bytes"
        rest = client.get(path, headers={"Range": "bytes=100-", "If-Range": whole.headers["etag"]})
        assert (rest.status_code, rest.content) == (206, whole.content[100:])


def test_a_known_picture_is_not_sent_again_and_a_deleted_one_is_gone(client: TestClient, picture: str) -> None:
    first = client.get(picture)
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = client.get(picture, headers={"If-None-Match": known, "Range": "bytes=0-3"})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(picture, headers={"If-None-Match": '"x"'}).status_code == 200
    client.delete(picture.partition("/images")[0])
    assert client.get(picture, headers={"If-None-Match": first.headers["etag"]}).status_code == 404


def test_private_pictures_are_asked_for_each_time(client: TestClient, picture: str, upload: str) -> None:
    for path in (picture, upload):
        headers = client.get(path).headers
        assert (headers["cache-control"], headers["vary"]) == ("private, no-cache", "Authorization, Cookie")


def test_the_studios_files_have_conditions_too(client: TestClient) -> None:
    for path in ("/", "/assets/index-1a2b.js"):
        tag = client.get(path).headers["etag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_text_is_compressed_for_clients_that_accept_gzip(settings: Settings, bus: LocalApiBus) -> None:
    (settings.frontend / "assets" / "long-1a2b.js").write_text("export const a = 1;\n" * 200)
    (settings.frontend / "assets" / "long-1a2b.css").write_text("a { color: red }\n" * 200)
    with TestClient(create_app(settings, bus), base_url=ORIGIN) as client:
        for path in ("/api/openapi.json", "/assets/long-1a2b.js", "/assets/long-1a2b.css"):
            plain = client.get(path, headers={"Accept-Encoding": "identity"})
            packed = client.get(path, headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8, *;q=0.1"})
            assert (plain.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
            assert (plain.content, plain.headers["vary"]) == (packed.content, packed.headers["vary"])
            assert packed.headers["vary"] == "Accept-Encoding"
            assert int(packed.headers["content-length"]) < len(plain.content) / 3
            assert len(gzip.compress(plain.content)) > int(packed.headers["content-length"]) * 0.9
            head = client.head(path, headers={"Accept-Encoding": "gzip"})
            assert head.headers["content-length"] == packed.headers["content-length"]


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "br", "", "*;q=0", "gzip;q=none", "gzip;q=0, *"])
def test_text_is_not_compressed_for_other_clients(client: TestClient, accepted: str) -> None:
    answer = client.get("/api/openapi.json", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers


def test_a_compressed_file_has_a_weak_tag_and_no_ranges(settings: Settings, bus: LocalApiBus) -> None:
    (settings.frontend / "assets" / "long-1a2b.js").write_text("export const a = 1;\n" * 200)
    with TestClient(create_app(settings, bus), base_url=ORIGIN) as client:
        packed = client.get("/assets/long-1a2b.js", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["etag"].startswith('W/"')
        assert "accept-ranges" not in packed.headers
        known = {"If-None-Match": packed.headers["etag"], "Accept-Encoding": "gzip"}
        assert client.get("/assets/long-1a2b.js", headers=known).status_code == 304
        part = client.get("/assets/long-1a2b.js", headers={"Range": "bytes=0-5", "Accept-Encoding": "gzip"})
        assert (part.status_code, part.content, part.headers.get("content-encoding")) == (206, b"export", None)


def test_pictures_are_never_compressed(client: TestClient, picture: str, upload: str) -> None:
    for path in (picture, upload):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers
        assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/healthz", "GET, HEAD, OPTIONS"),
        ("/api/jobs", "GET, HEAD, POST, OPTIONS"),
        ("/api/compile", "POST, OPTIONS"),
        ("/api/openapi.json", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
        ("/assets/index-1a2b.js", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_names_the_methods_of_an_address(client: TestClient, path: str, methods: str) -> None:
    options = client.options(path)
    assert (options.status_code, options.headers["allow"], options.content) == (204, methods, b"")
    for method in ("PATCH", "TRACE", "PROPFIND"):
        refused = client.request(method, path)
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)
        assert refused.json()["type"] == "urn:inlay:method"


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/jobs/", "/api/jobs/x/y/z", "/api/openapi.json/"]
)
def test_an_unknown_address_of_the_api_is_never_the_studio(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    if path == "/api/jobs/":
        assert "Remove the slash" in answer.json()["detail"]


def test_the_studio_accepts_only_get_and_head(client: TestClient) -> None:
    assert client.post("/nothing", headers=BROWSER).status_code == 404
    assert client.post("/", headers=BROWSER).status_code == 405


def test_every_answer_has_the_strict_headers(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("backend.store.jobs.Jobs.queue", broken)
    answers = {
        200: client.get("/healthz"),
        204: client.options("/healthz"),
        403: client.get("/", headers={"Host": "evil.example"}),
        404: client.get("/api/nothing"),
        405: client.patch("/"),
        413: client.post("/api/jobs", content=bytes(3 * 1024 * 1024)),
        415: client.post("/api/jobs", content=b"{}", headers={"Content-Encoding": "gzip"}),
        422: client.post("/api/jobs", json={}),
        500: client.get("/api/queue"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert all(name in answer.headers for name in STRICT), status
    endless = client.post("/api/jobs", content=iter([bytes(1024 * 1024)] * 3))
    assert (endless.status_code, "content-security-policy" in endless.headers) == (413, True)


def test_a_path_cannot_write_to_the_terminal(
    settings: Settings, bus: LocalApiBus, capsys: pytest.CaptureFixture[str]
) -> None:
    with TestClient(create_app(settings.model_copy(update={"log_level": "info"}), bus), base_url=ORIGIN) as client:
        client.get("/%1b%5B31m%07%c2%9b%e2%80%ae")
    logged = capsys.readouterr().err
    assert r"/\x1b[31m\x07\x9b\u202e" in logged
    assert re.search(r"[^\n -~]", logged) is None
