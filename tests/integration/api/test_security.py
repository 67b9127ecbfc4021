"""API keys, owners, hosts, origins, and security headers."""

from collections.abc import Iterator

import httpx2
import pytest
from fastapi.testclient import TestClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from tests.integration.api.conftest import serving
from tests.integration.api.harness import Hand, panorama

EVIL = "http://evil.example"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because access is checked before any database is used."""
    return sqlite_url


@pytest.fixture
def keyed(settings: Settings, bus: LocalApiBus) -> Iterator[TestClient]:
    """A server with two owners' keys and a public name."""
    keys = {digest("alices-key"): "alice", digest("bobs-key"): "bob"}
    public = settings.model_copy(update={"api_keys": keys, "host": "0.0.0.0"})
    with TestClient(create_app(public, bus), base_url="https://inlay.example") as client:
        yield client


def as_owner(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}s-key"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic alices-key"}])
def test_without_a_valid_key_nothing_but_health_answers(keyed: TestClient, headers: dict[str, str]) -> None:
    addresses = [
        ("GET", "/api/jobs"),
        ("POST", "/api/jobs"),
        ("POST", "/api/compile"),
        ("GET", "/api/models"),
        ("GET", "/api/queue"),
        ("GET", "/api/layouts"),
        ("POST", "/api/uploads"),
        ("GET", f"/api/uploads/{'0' * 64}"),
        ("POST", "/api/stream/ticket"),
        ("GET", "/metrics"),
    ]
    for method, path in addresses:
        body = panorama() if method == "POST" else None
        answer = keyed.request(method, path, headers=headers, json=body)
        assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer"), path
        assert answer.json()["type"] == "urn:inlay:unauthorised"
    assert keyed.get("/healthz").status_code == 200


def test_an_owner_sees_and_changes_only_what_is_their_own(keyed: TestClient, hand: Hand) -> None:
    alice, bob = as_owner("alice"), as_owner("bob")
    id = keyed.post("/api/jobs", json=panorama(), headers=alice).json()["id"]
    hand.finish(hand.start())
    draft = {"name": "mine", "document": panorama()}
    layout = keyed.post("/api/layouts", json=draft, headers=alice).json()["id"]
    assert keyed.get("/api/jobs", headers=bob).json()["items"] == []
    assert keyed.get("/api/layouts", headers=bob).json()["items"] == []
    for method, path in [
        ("GET", f"/api/jobs/{id}"),
        ("GET", f"/api/jobs/{id}/events"),
        ("GET", f"/api/jobs/{id}/images/x"),
        ("GET", f"/api/jobs/{id}/layers"),
        ("POST", f"/api/jobs/{id}/cancel"),
        ("POST", f"/api/jobs/{id}/stop"),
        ("POST", f"/api/jobs/{id}/continue"),
        ("POST", f"/api/jobs/{id}/retry"),
        ("DELETE", f"/api/jobs/{id}"),
        ("GET", f"/api/jobs?after={id}"),
        ("GET", f"/api/layouts/{layout}"),
        ("DELETE", f"/api/layouts/{layout}"),
    ]:
        assert keyed.request(method, path, headers=bob).status_code == 404, path
    assert keyed.put(f"/api/layouts/{layout}", json=draft, headers=bob).status_code == 404
    assert keyed.get(f"/api/jobs/{id}/images/x", headers=alice).status_code == 200
    assert keyed.get(f"/api/layouts/{layout}", headers=alice).json()["name"] == "mine"


def test_two_owners_may_use_the_same_idempotency_key(keyed: TestClient) -> None:
    answers = [
        keyed.post("/api/jobs", json=panorama(), headers=as_owner(name) | {"Idempotency-Key": "1"})
        for name in ("alice", "bob")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.0.2.1:8000", "[::2]", "", "[bad"])
def test_an_open_server_answers_only_to_its_own_names(client: TestClient, host: str) -> None:
    answer = client.get("/api/jobs", headers={"Host": host})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:inlay:host")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_loopback_has_several_names(client: TestClient, host: str) -> None:
    assert client.get("/api/jobs", headers={"Host": host}).status_code == 200


def test_a_public_name_is_trusted_when_the_settings_say_so(settings: Settings, bus: LocalApiBus) -> None:
    named = settings.model_copy(update={"public_url": "https://inlay.example"})
    with TestClient(create_app(named, bus), base_url="http://inlay.example") as client:
        accepted = client.post("/api/compile", json=panorama(), headers={"Origin": "https://inlay.example"})
        assert accepted.status_code == 200


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1:9999", "http://127.0.0.1.evil.example"])
def test_a_page_elsewhere_cannot_change_anything(client: TestClient, origin: str) -> None:
    for method, path in (("POST", "/api/jobs"), ("DELETE", "/api/jobs/x"), ("POST", "/api/stream/ticket")):
        answer = client.request(method, path, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:inlay:origin")
    assert client.post("/api/compile", json=panorama(), headers={"Origin": "http://127.0.0.1"}).status_code == 200
    assert "access-control-allow-origin" not in client.get("/api/jobs", headers={"Origin": origin}).headers


def test_an_allowed_origin_may(settings: Settings, bus: LocalApiBus) -> None:
    allowing = settings.model_copy(update={"allowed_origins": ("https://shop.example",)})
    with TestClient(create_app(allowing, bus), base_url="http://127.0.0.1") as client:
        asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
        assert client.options("/api/jobs", headers=asked).headers["access-control-allow-origin"] == asked["Origin"]
        assert client.post("/api/jobs", json=panorama(), headers={"Origin": asked["Origin"]}).status_code == 201
        assert client.post("/api/jobs", json=panorama(), headers={"Origin": EVIL}).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Origin": "null"}])
def test_a_page_elsewhere_cannot_open_a_stream(server: httpx2.Client, headers: dict[str, str]) -> None:
    address = str(server.base_url).replace("http", "ws") + "/api/stream"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, additional_headers=headers)
    assert refused.value.response.status_code == 403


def test_a_stream_is_not_opened_under_a_foreign_name(settings: Settings, bus: LocalApiBus) -> None:
    with serving(settings, bus) as server:
        port = server.base_url.port
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://evil.example:{port}/api/stream", address=("127.0.0.1", port))
    assert refused.value.response.status_code == 403


def test_the_studio_is_served_strictly_and_cached_by_its_hashed_names(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    asset = client.get("/assets/index-1a2b.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    below = client.get("/jobs/some-view", headers={"Accept": "text/html"})
    assert (below.status_code, "<title>Inlay</title>" in below.text, '<base href="../"' in below.text) == (
        200,
        True,
        True,
    )
    assert client.get("/assets/gone-0000.js").status_code == 404
    assert client.get("/..%2f..%2fetc/passwd").status_code == 404


def test_an_api_without_the_studio_still_answers(settings: Settings, bus: LocalApiBus) -> None:
    bare = settings.model_copy(update={"frontend": settings.frontend / "not-built"})
    with TestClient(create_app(bare, bus), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/").status_code == 404
