"""The server under a path of a reverse proxy, which removes the path or keeps it."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest
from PIL import Image
from websockets.sync.client import connect
from websockets.typing import Origin

from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from tests.integration.api.conftest import serving
from tests.integration.api.harness import Hand, panorama
from tests.proxy import PATH, reverse_proxy
from tests.servers import free_port
from tests.unit.store.test_pictures import encoded

PROXIES = {
    "takes the path off": {"strips": True},
    "passes the path on": {"strips": False},
    "takes the path off and says so": {"strips": True, "header": True},
    "passes the path on and says so": {"strips": False, "header": True},
}
PAGE = """<!doctype html><html><head><link rel="icon" href="icon.svg" />
<script type="module" src="./assets/index-1a2b.js"></script></head></html>"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database only, because the public path does not depend on it."""
    return sqlite_url


@pytest.fixture(params=PROXIES)
def site(settings: Settings, bus: LocalApiBus, request: pytest.FixtureRequest) -> Iterator[httpx2.Client]:
    """A client of the proxy. The server knows the path from its setting or, if the proxy sends it, only from the
    header."""
    (settings.frontend / "index.html").write_text(PAGE)
    (settings.frontend / "icon.svg").write_text("<svg/>")
    proxy, port = PROXIES[request.param], free_port()
    public_url = None if proxy.get("header") else f"http://127.0.0.1:{port}{PATH}/"
    public = Settings.model_validate({**dict(settings), "public_url": public_url})
    with serving(public, bus) as server:
        assert server.base_url.port
        with (
            reverse_proxy(server.base_url.port, port=port, **proxy) as address,
            httpx2.Client(base_url=address.removesuffix(PATH), timeout=20) as client,
        ):
            yield client


def links(answer: Any) -> list[str]:
    """Return every link to the API in an answer."""
    return re.findall(r'"([^" ]*/api/[^" ]*)"', json.dumps(answer))


def test_every_link_of_an_answer_works_as_it_is(site: httpx2.Client, hand: Hand) -> None:
    created = site.post(f"{PATH}/api/jobs", json=panorama())
    job = created.headers["location"]
    assert job == f"{PATH}/api/jobs/{created.json()['id']}"
    hand.finish(hand.start())
    again = site.post(f"{PATH}/api/jobs", json=panorama(), headers={"Prefer": "wait=0"}).headers["location"]
    picture = encoded(Image.linear_gradient("L").convert("RGB"))
    upload = site.post(f"{PATH}/api/uploads?kind=picture", content=picture)
    layout = site.post(f"{PATH}/api/layouts", json={"name": "mine", "document": panorama()})
    answers = [
        site.get(job).json(),
        site.post(f"{job}/cancel").json(),
        site.get(f"{PATH}/api/jobs").json()["items"][1],
        site.get(f"{job}/events").json()["items"][-1],
        upload.json(),
        upload.headers["location"],
    ]
    for answer in answers:
        (link,) = links(answer)
        assert link.startswith(f"{PATH}/api/")
        assert site.get(link).headers["content-type"] == "image/png"
    assert site.get(layout.headers["location"]).json()["name"] == "mine"
    assert site.post(f"{again}/cancel").json()["state"] == "cancelled"
    assert site.post(f"{again}/retry").json()["state"] == "queued"


def test_the_stream_and_its_links(site: httpx2.Client, hand: Hand) -> None:
    id = site.post(f"{PATH}/api/jobs", json=panorama()).json()["id"]
    origin = str(site.base_url).rstrip("/")
    ticket = site.post(f"{PATH}/api/stream/ticket", headers={"Origin": origin}).json()["ticket"]
    with connect(f"{origin.replace('http', 'ws')}{PATH}/api/stream", origin=Origin(origin)) as stream:
        stream.send(json.dumps({"type": "hello", "ticket": ticket}))
        stream.send(json.dumps({"type": "follow", "jobs": {id: 0}}))
        hand.finish(hand.start())
        while (event := json.loads(stream.recv(10)))["type"] != "job_succeeded":
            pass
    (link,) = links(event)
    assert site.get(link).status_code == 200


@pytest.mark.parametrize("page", ["", "/", "/index.html", "/some/view"])
def test_the_studio_names_its_files_under_the_path(site: httpx2.Client, page: str) -> None:
    answer = site.get(f"{PATH}{page}", headers={"Accept": "text/html"}, follow_redirects=True)
    address, html = answer.url.path, answer.text
    base = re.search(r'<base href="([^"]*)"', html)
    folder = urljoin(address, base[1]) if base else address
    files = [urljoin(folder, name) for name in re.findall(r'(?:src|href)="([^"]*\.[^"]*)"', html.split("<base")[-1])]
    assert {f"{PATH}/icon.svg", f"{PATH}/assets/index-1a2b.js"} <= {*files}
    for file in (f"{PATH}/icon.svg", f"{PATH}/assets/index-1a2b.js"):
        assert site.get(file).status_code == 200
    assert "immutable" in site.get(f"{PATH}/assets/index-1a2b.js").headers["cache-control"]


def test_the_description_names_the_path(site: httpx2.Client) -> None:
    assert site.get(f"{PATH}/api/openapi.json").json()["servers"] == [{"url": PATH}]


def test_large_uploads_pass_and_foreign_pages_do_not(site: httpx2.Client) -> None:
    large = encoded(Image.effect_noise((1600, 1600), 100))
    assert len(large) > 2 * 1024 * 1024
    own = {"Origin": str(site.base_url).rstrip("/")}
    assert site.post(f"{PATH}/api/uploads", content=large, headers=own).status_code == 201
    evil = {"Origin": "https://evil.example"}
    assert site.post(f"{PATH}/api/uploads", content=large, headers=evil).status_code == 403
    assert site.get(f"{PATH}/api/nothing", headers={"Accept": "text/html"}).json()["type"] == "urn:inlay:not-found"


def test_the_server_still_answers_beside_the_proxy(settings: Settings, bus: LocalApiBus) -> None:
    named = settings.model_copy(update={"public_url": f"https://example.org{PATH}"})
    with serving(named, bus) as server:
        for path in ("/healthz", f"{PATH}/healthz", "/readyz", "/metrics", "/assets/index-1a2b.js"):
            assert server.get(path).status_code == 200
        redirected = server.get(f"{PATH}?a=b")
        assert (redirected.status_code, redirected.headers["location"]) == (308, f"{PATH}/?a=b")
        assert server.get("/inlays/healthz").status_code == 404


@pytest.mark.parametrize("prefix", ["//evil.example", "/a b", "https://evil.example", "/../..", "inlay", "/"])
def test_a_prefix_that_is_no_path_is_ignored(settings: Settings, bus: LocalApiBus, prefix: str) -> None:
    with serving(settings, bus) as server:
        answer = server.post("/api/jobs", json=panorama(), headers={"X-Forwarded-Prefix": prefix})
        assert answer.headers["location"].startswith("/api/jobs/")


def test_a_setting_overrules_what_a_client_may_say(settings: Settings, bus: LocalApiBus) -> None:
    named = settings.model_copy(update={"public_url": f"https://example.org{PATH}"})
    with serving(named, bus) as server:
        answer = server.post("/api/jobs", json=panorama(), headers={"X-Forwarded-Prefix": "/other"})
        assert answer.headers["location"].startswith(f"{PATH}/api/jobs/")
