"""A browser's sign-in: its cookie, and what other sites cannot do with it."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import httpx2
import pytest

from backend.api.auth import COOKIE
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from tests.integration.api.harness import panorama
from tests.integration.api.people import IN_SETTINGS, People, peopled

OWN = {"X-Inlay-Request": "studio", "Origin": "https://inlay.example"}


@pytest.fixture
def people(settings: Settings, bus: LocalApiBus) -> Iterator[People]:
    with peopled(settings, bus) as people:
        yield people


def sign_in(people: People, key: str | None = None) -> httpx2.Response:
    secret = key or people.keys["ann", "submit"].secret
    return people.client.post("/api/session", json={"key": secret}, headers=OWN)


def test_a_key_is_exchanged_for_a_cookie_that_scripts_cannot_read(people: People) -> None:
    answer = sign_in(people)
    assert (answer.status_code, answer.json()) == (201, {"owner": "ann", "scope": "submit", "means": "browser"})
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"].lower(), cookie["path"]) == ("strict", "/")
    assert people.keys["ann", "submit"].secret not in answer.headers["set-cookie"]
    assert people.client.get("/api/session").json()["owner"] == "ann"
    assert people.client.post("/api/jobs", json=panorama(), headers=OWN).json()["owner"] == "ann"


def test_a_wrong_key_signs_nobody_in(people: People) -> None:
    answer = sign_in(people, "inlay_wrong")
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert people.client.get("/api/session").status_code == 401


def test_each_sign_in_has_a_new_id_and_ends_the_one_before(people: People) -> None:
    """So an id that somebody else planted in the browser never becomes a sign-in."""
    people.client.cookies.set(COOKIE, "planted", domain="inlay.example", path="/")
    sign_in(people)
    first = people.client.cookies[COOKIE]
    assert first != "planted"
    sign_in(people)
    assert people.client.cookies[COOKIE] != first
    people.client.cookies.clear()
    for old in ("planted", first):
        assert people.client.get("/api/session", headers={"Cookie": f"{COOKIE}={old}"}).status_code == 401


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://localhost:8001", "inlay_session_8001"),
        ("http://localhost:8002", "inlay_session_8002"),
        ("https://inlay.example", "inlay_session"),
    ],
)
def test_servers_on_one_host_have_cookies_of_their_own(people: People, address: str, name: str) -> None:
    key = people.keys["ann", "submit"].secret
    answer = people.client.post(f"{address}/api/session", json={"key": key}, headers={"X-Inlay-Request": "1"})
    secret = answer.headers["set-cookie"].partition(";")[0].removeprefix(f"{name}=")
    people.client.cookies.clear()
    for cookie, status in ((f"{name}={secret}", 200), (f"inlay_session_8003={secret}", 401)):
        found = people.client.get(f"{address}/api/session", headers={"Cookie": f"inlay_session_9=x; {cookie}"})
        assert found.status_code == status


def test_signing_out_ends_the_sign_in_on_the_server(people: People) -> None:
    sign_in(people)
    kept = people.client.cookies[COOKIE]
    answer = people.client.delete("/api/session", headers=OWN)
    assert (answer.status_code, answer.headers["clear-site-data"]) == (204, '"cache"')
    assert COOKIE not in people.client.cookies
    assert people.client.get("/api/session", headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 401


@pytest.mark.parametrize("of_settings", [False, True])
def test_a_sign_in_ends_with_its_key(people: People, of_settings: bool) -> None:
    sign_in(people, IN_SETTINGS if of_settings else None)
    assert people.client.get("/api/jobs").status_code == 200
    if of_settings:
        people.users.add("eve")
        people.users.disable("eve", True)
    else:
        people.users.revoke(people.keys["ann", "submit"].key.id)
    assert people.client.get("/api/jobs").status_code == 401


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "cross-site"),
        ({"Origin": "https://inlay.example"}, "cross-site"),
        ({"Origin": "https://evil.example", "X-Inlay-Request": "1"}, "origin"),
        ({"Origin": "null", "X-Inlay-Request": "1"}, "origin"),
    ],
)
def test_another_site_changes_nothing_with_the_cookie(people: People, headers: dict[str, str], kind: str) -> None:
    sign_in(people)
    for method, path in (("POST", "/api/jobs"), ("DELETE", "/api/session"), ("POST", "/api/stream/ticket")):
        answer = people.client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, f"urn:inlay:{kind}"), path
    assert people.client.get("/api/session").status_code == 200


def test_a_key_in_the_header_counts_before_the_cookie(people: People) -> None:
    sign_in(people)
    assert people.client.get("/api/session", headers=people.headers("bob")).json()["owner"] == "bob"
    assert people.client.post("/api/jobs", json=panorama(), headers=people.headers("bob")).json()["owner"] == "bob"


def test_sign_ins_are_noted_without_their_secrets(people: People) -> None:
    sign_in(people)
    secret = people.client.cookies[COOKIE]
    people.client.delete("/api/session", headers=OWN)
    noted = people.client.get("/api/audit?actor=ann", headers=people.headers("root", "admin"))
    assert [one["action"] for one in noted.json()["items"]] == ["signOut", "signIn"]
    assert noted.json()["items"][0]["means"].endswith("browser")
    assert secret not in noted.text
