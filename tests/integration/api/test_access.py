"""Users and keys over the API, the audit log, and limits on how often one may ask."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.store.audit import Audit
from backend.store.bus_local import LocalApiBus
from tests.integration.api.harness import panorama
from tests.integration.api.people import People, peopled


@pytest.fixture
def people(settings: Settings, bus: LocalApiBus) -> Iterator[People]:
    with peopled(settings, bus) as people:
        yield people


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_an_admin_adds_a_user_and_a_key_and_takes_them_away(people: People) -> None:
    client, root = people.client, people.headers("root", "admin")
    assert client.post("/api/users", json={"name": "cy"}, headers=root).json()["keys"] == 0
    assert client.post("/api/users", json={"name": "cy"}, headers=root).status_code == 409
    made = client.post("/api/keys", json={"user": "cy", "label": "phone", "days": 2}, headers=root)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    cy, id = bearer(made.json()["secret"]), made.json()["key"]["id"]
    assert client.get("/api/session", headers=cy).json() == {"owner": "cy", "scope": "submit", "means": "key"}
    listed = client.get("/api/keys", headers=root)
    assert made.json()["secret"] not in listed.text
    assert [key["label"] for key in listed.json()["items"] if key["user"] == "cy"] == ["phone"]
    new = client.post(f"/api/keys/{id}/rotate", json={"hours": 1}, headers=root).json()
    assert {client.get("/api/session", headers=one).status_code for one in (cy, bearer(new["secret"]))} == {200}
    assert client.post(f"/api/keys/{id}/revoke", headers=root).json()["works"] is False
    assert client.get("/api/session", headers=cy).status_code == 401
    assert client.patch("/api/users/cy", json={"disabled": True}, headers=root).json()["disabled"] is True
    assert client.get("/api/session", headers=bearer(new["secret"])).status_code == 401
    assert client.delete("/api/users/cy", headers=root).status_code == 204
    assert "cy" not in [user["name"] for user in client.get("/api/users", headers=root).json()["items"]]


@pytest.mark.parametrize("name", ["", "a b", "<img src=x>", "a\nb", "../a", "-a", "a" * 65, "\u202eann"])
def test_names_that_could_deceive_are_refused(people: People, name: str) -> None:
    root = people.headers("root", "admin")
    assert people.client.post("/api/users", json={"name": name}, headers=root).status_code == 422


@pytest.mark.parametrize("label", ["a\nb", "\x1b[31m", "a\u2028b", "\u202egnp", "a" * 81])
def test_labels_that_could_deceive_are_refused(people: People, label: str) -> None:
    root = people.headers("root", "admin")
    assert people.client.post("/api/keys", json={"user": "ann", "label": label}, headers=root).status_code == 422


def test_an_open_server_gets_its_first_user_on_the_server(settings: Settings, bus: LocalApiBus) -> None:
    with TestClient(create_app(settings, bus), base_url="http://127.0.0.1") as client:
        refused = client.post("/api/users", json={"name": "ann"})
        assert refused.status_code == 409
        assert "inlay users add" in refused.json()["detail"]
        assert client.get("/api/session").json() == {"owner": "local", "scope": "admin", "means": "none"}


def test_what_is_changed_is_noted_and_survives(people: People) -> None:
    client, ann, root = people.client, people.headers("ann"), people.headers("root", "admin")
    job = client.post("/api/jobs", json=panorama(), headers=ann | {"X-Request-ID": "r-1"}).json()["id"]
    client.get(f"/api/jobs/{job}", headers=ann)
    client.post(f"/api/jobs/{job}/cancel", headers=root)
    client.post("/api/marks", json={"ids": [job], "favourite": True}, headers=ann)
    client.post("/api/trash", json={"ids": [job]}, headers=ann)
    client.delete(f"/api/jobs/{job}", headers=ann)
    client.delete(f"/api/jobs/{job}", headers=ann)  # 404: nothing was done
    people.users.remove("ann")
    entries = client.get(f"/api/audit?object={job}", headers=root).json()["items"]
    assert [(one["actor"], one["action"]) for one in entries] == [
        ("ann", "deleteJob"),
        ("ann", "trashJobs"),
        ("ann", "markJobs"),
        ("root", "cancelJob"),
        ("ann", "submitJob"),
    ]
    first = entries[-1]
    assert first["means"] == f"key {str(people.keys['ann', 'submit'].key.id)[:8]}"
    assert (first["address"], first["request"]) == ("testclient", "r-1")
    key = client.post("/api/keys", json={"user": "bob"}, headers=root).json()
    everything = client.get("/api/audit?limit=500", headers=root)
    assert key["key"]["id"] in everything.text
    assert key["secret"] not in everything.text
    page = client.get("/api/audit?limit=2", headers=root).json()
    following = client.get(f"/api/audit?limit=2&before={page['next']}", headers=root).json()
    assert page["items"] + following["items"] == everything.json()["items"][:4]


def test_only_an_admin_reads_the_audit_log(people: People) -> None:
    assert people.client.get("/api/audit", headers=people.headers("ann")).status_code == 403


def test_an_answer_stands_when_the_audit_log_is_away(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Audit, "record", away)
    assert people.client.post("/api/jobs", json=panorama(), headers=people.headers("ann")).status_code == 201


def test_a_key_that_asks_too_often_waits_and_others_do_not(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus, rate_limit="5/minute") as people:
        answers = [people.client.get("/api/queue", headers=people.headers("ann")) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[-1].json()["type"] == "urn:inlay:rate-limit"
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        assert people.client.get("/api/queue", headers=people.headers("bob")).status_code == 200


def test_processes_count_together_in_redis(settings: Settings, bus: LocalApiBus, redis_url: str) -> None:
    shared = settings.model_copy(update={"redis_url": SecretStr(redis_url)})
    with peopled(shared, bus, rate_limit="5/minute") as people:
        public = shared.model_copy(update={"host": "0.0.0.0", "rate_limit": "5/minute"})
        with TestClient(create_app(public, bus), base_url="https://other.example") as other:
            ann = people.headers("ann")
            codes = [one.get("/api/queue", headers=ann).status_code for one in (people.client, other) * 3]
    assert codes == [200] * 5 + [429]


def test_limits_do_not_stop_requests_while_redis_is_away(settings: Settings, bus: LocalApiBus) -> None:
    lost = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1/0")})
    with peopled(lost, bus, rate_limit="1/minute") as people:
        codes = [people.client.get("/api/queue", headers=people.headers("ann")).status_code for _ in range(2)]
    assert codes == [200, 200]


def test_keys_are_not_guessed_quickly_and_nobody_is_locked_out(settings: Settings, bus: LocalApiBus) -> None:
    with peopled(settings, bus, wrong_key_limit="3/minute") as people:
        codes = [people.client.get("/api/queue", headers=bearer(f"guess-{n}")).status_code for n in range(5)]
        assert codes == [401] * 3 + [429] * 2
        weak = people.client.get("/api/queue", headers=people.headers("eve"))
        assert (weak.status_code, "retry-after" in weak.headers) == (429, True)
        assert people.client.get("/api/queue", headers=people.headers("ann")).status_code == 200
        assert people.client.post("/api/session", json={"key": "guess"}).status_code == 429
