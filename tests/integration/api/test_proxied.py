"""Users whom a reverse proxy signs in, as oauth2-proxy and Authelia do, and headers that somebody forged."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.bus_local import LocalApiBus
from backend.store.database import connect
from backend.store.users import Users
from tests.integration.api.conftest import serving
from tests.integration.api.harness import panorama
from tests.integration.api.people import peopled

PROXY = "10.0.0.2"
OWN = {"X-Inlay-Request": "1"}
ANN = {"X-Forwarded-User": "ann@example.org", "X-Forwarded-Groups": "artists,staff"}


@contextmanager
def behind(settings: Settings, bus: LocalApiBus, peer: str = PROXY, **options: Any) -> Iterator[httpx2.Client]:
    """Run the API for a client whose connection comes from the address `peer`."""
    options = {"sign_in_proxies": (ip_network(f"{PROXY}/32"),), "host": "0.0.0.0", **options}
    app = create_app(settings.model_copy(update=options), bus)
    with TestClient(app, base_url="https://inlay.example", client=(peer, 1)) as client:
        yield client


def who(client: httpx2.Client, headers: Any) -> tuple[int, Any]:
    answer = client.get("/api/session", headers=headers)
    return answer.status_code, answer.json() if answer.status_code == 200 else answer.json()["detail"]


def test_the_proxys_user_owns_what_they_make(settings: Settings, bus: LocalApiBus) -> None:
    with behind(settings, bus) as client:
        assert who(client, ANN) == (200, {"owner": "ann@example.org", "scope": "submit", "means": "proxy"})
        made = client.post("/api/jobs", json=panorama(), headers=ANN | OWN)
        assert made.json()["owner"] == "ann@example.org"
        assert client.get(f"/api/jobs/{made.json()['id']}", headers=ANN).status_code == 200
        bob = {"X-Forwarded-User": "bob"}
        assert client.get(f"/api/jobs/{made.json()['id']}", headers=bob).status_code == 404
        assert client.post("/api/stream/ticket", headers=ANN | OWN).status_code == 201
        assert who(client, {})[0] == 401, "nobody was named"


def test_groups_have_scopes_and_the_widest_counts(settings: Settings, bus: LocalApiBus) -> None:
    scopes = {"artists": "submit", "staff": "read", "wheel": "admin"}
    with behind(settings, bus, sign_in_scopes=scopes) as client:
        for groups, scope in (("staff", "read"), ("staff, artists", "submit"), ("wheel,staff", "admin")):
            assert who(client, ANN | {"X-Forwarded-Groups": groups})[1]["scope"] == scope
        for groups in ("", "others", "Wheel", "wheel staff", "*"):
            status, says = who(client, ANN | {"X-Forwarded-Groups": groups})
            assert (status, says) == (403, "None of the groups of ann@example.org may use this server. Ask an admin.")
        assert client.get("/api/users", headers=ANN | {"X-Forwarded-Groups": "wheel"}).status_code == 200


def test_other_proxies_use_other_headers(settings: Settings, bus: LocalApiBus) -> None:
    names = {"sign_in_user_header": "Remote-User", "sign_in_groups_header": "Remote-Groups"}
    with behind(settings, bus, **names, sign_in_scopes={"dev": "admin"}) as client:
        assert who(client, {"Remote-User": "ann", "Remote-Groups": "dev"})[1]["scope"] == "admin"
        assert who(client, ANN)[0] == 401


def test_nobody_else_may_name_a_user(settings: Settings, bus: LocalApiBus) -> None:
    with behind(settings, bus, peer="10.0.0.3") as client:
        assert who(client, ANN) == (401, "Send an API key in the header Authorization: Bearer KEY.")
        assert who(client, ANN | {"X-Forwarded-For": PROXY})[0] == 401
    with behind(settings, bus, sign_in_proxies=()) as client:
        assert who(client, ANN)[0] == 401
    with peopled(settings, bus) as people:
        assert who(people.client, people.headers("bob") | {"X-Forwarded-User": "root"})[1]["owner"] == "bob"


def test_an_address_counts_in_its_ipv6_form(settings: Settings, bus: LocalApiBus) -> None:
    with behind(settings, bus, peer=f"::ffff:{PROXY}") as client:
        assert who(client, ANN)[0] == 200


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Forwarded-Groups"])
def test_a_header_that_comes_twice_is_refused(settings: Settings, bus: LocalApiBus, header: str) -> None:
    with behind(settings, bus) as client:
        status, says = who(client, [*ANN.items(), (header.lower(), "root")])
        assert status == 401
        assert f"the header {header} more than once" in says


@pytest.mark.parametrize("name", ["ann,root", "ann\troot", "../root", "-ann", "a" * 300, "ann|1"])
def test_a_name_that_is_none_is_refused(settings: Settings, bus: LocalApiBus, name: str) -> None:
    with behind(settings, bus) as client:
        status, says = who(client, {"X-Forwarded-User": name})
        assert (status, "no name for a user" in says) == (401, True)


def test_the_proxys_cookie_does_not_speak_for_pages_of_other_sites(settings: Settings, bus: LocalApiBus) -> None:
    with behind(settings, bus) as client:
        assert client.post("/api/jobs", json=panorama(), headers=ANN).status_code == 403
        foreign = ANN | OWN | {"Origin": "https://evil.example"}
        assert client.post("/api/jobs", json=panorama(), headers=foreign).status_code == 403


def test_a_disabled_user_is_refused_also_by_the_proxy(settings: Settings, bus: LocalApiBus) -> None:
    database = connect(settings.database)
    users = Users(database)
    users.add("ann@example.org")
    with behind(settings, bus) as client:
        assert who(client, ANN)[0] == 200
        users.disable("ann@example.org", True)
        assert who(client, ANN) == (401, "ann@example.org is disabled on this server. Ask an admin of this server.")
    database.close()


def test_requests_are_limited_by_user(settings: Settings, bus: LocalApiBus) -> None:
    with behind(settings, bus, rate_limit="2/hour") as client:
        assert [who(client, ANN)[0] for _ in range(3)] == [200, 200, 429]
        assert who(client, {"X-Forwarded-User": "bob"})[0] == 200


def test_a_server_with_such_a_proxy_asks_everybody_who_they_are(settings: Settings, bus: LocalApiBus) -> None:
    """Also on a loopback address without users, where a real server takes the connection's own address, not what
    X-Forwarded-For says."""
    loopback = settings.model_copy(update={"sign_in_proxies": (ip_network("127.0.0.2/32"),)})
    with serving(loopback, bus) as client:
        assert client.get("/api/session").status_code == 401
        assert client.get("/api/session", headers=ANN | {"X-Forwarded-For": "127.0.0.2"}).status_code == 401
    named = settings.model_copy(update={"sign_in_proxies": (ip_network("127.0.0.1/32"),)})
    with serving(named, bus) as client:
        assert client.get("/api/session").status_code == 401
        answer = client.get("/api/session", headers=ANN | {"X-Forwarded-For": "203.0.113.7"})
        assert answer.json()["owner"] == "ann@example.org"


def test_the_audit_log_names_the_proxys_user(settings: Settings, bus: LocalApiBus) -> None:
    with behind(settings, bus, sign_in_scopes={"staff": "admin"}) as client:
        client.post("/api/jobs", json=panorama(), headers=ANN | OWN)
        (entry,) = client.get("/api/audit", headers=ANN).json()["items"]
        assert (entry["actor"], entry["means"], entry["action"]) == ("ann@example.org", "proxy", "submitJob")


def test_the_settings_are_read_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_SIGN_IN_PROXIES", "10.0.0.2, 10.1.0.0/16")
    monkeypatch.setenv("INLAY_SIGN_IN_SCOPES", "team:art:submit, admins:admin")
    read = Settings()
    assert [str(network) for network in read.sign_in_proxies] == ["10.0.0.2/32", "10.1.0.0/16"]
    assert read.sign_in_scopes == {"team:art": "submit", "admins": "admin"}
    monkeypatch.setenv("INLAY_SIGN_IN_SCOPES", "admins:everything")
    with pytest.raises(ValidationError, match="'read', 'submit' or 'admin'"):
        Settings()
