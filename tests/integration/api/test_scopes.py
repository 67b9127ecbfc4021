"""Each operation needs a scope, an owner reaches only what is theirs, and an admin reaches everything."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from backend.api import health, routes
from backend.api.auth import may_manage_all
from backend.api.main import create_app
from backend.api.scopes import SCOPE_OF, Guarded
from backend.api.settings import Settings
from backend.contracts.access import SCOPES, Scope, includes
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import Credential
from backend.store.database import connect
from backend.store.users import Users
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.people import People, peopled
from tests.integration.deployment import ROOT

DOCUMENT = json.loads((ROOT / "frontend" / "openapi.json").read_text())
OPERATIONS: dict[str, tuple[str, str]] = {
    operation["operationId"]: (method.upper(), path)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
GUARDED = sorted(name for name, scope in SCOPE_OF.items() if scope is not None)


@pytest.fixture
def people(settings: Settings, bus: LocalApiBus) -> Iterator[People]:
    with peopled(settings, bus) as people:
        yield people


def address(path: str, **ids: Any) -> str:
    """Fill in the address of an operation. What is not given does not exist."""
    other = {"name": "x", "node": "x", "what": "x0", "step": 1, "token": "x"}
    return re.sub(r"{(\w+)}", lambda found: str({**other, "id": uuid4(), **ids}[found[1]]), path)


def ask(client: httpx2.Client, operation: str, headers: dict[str, str], **ids: Any) -> Any:
    method, path = OPERATIONS[operation]
    return client.request(method, address(path, **ids), headers=headers)


def test_every_operation_has_a_scope_and_every_scope_an_operation() -> None:
    assert OPERATIONS.keys() == SCOPE_OF.keys()
    without_key = {"getHealth", "getReadiness", "signIn", "getShared", "getSharedImage", "getSharedUpload"}
    assert {name for name, scope in SCOPE_OF.items() if scope is None} == without_key


def test_a_route_without_a_scope_is_refused() -> None:
    router = APIRouter(route_class=Guarded)
    with pytest.raises(ValueError, match="'lookAround' has no scope"):
        router.get("/api/around", operation_id="lookAround")(lambda: None)


def test_a_router_that_checks_no_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "router", APIRouter())
    with pytest.raises(TypeError, match="check no key"):
        routes.build()


def test_a_scope_includes_those_below_it() -> None:
    allowed = [[includes(scope, needed) for needed in SCOPES] for scope in SCOPES]
    assert allowed == [[True, False, False], [True, True, False], [True, True, True]]
    assert [may_manage_all(Credential("ann", scope)) for scope in SCOPES] == [False, False, True]


@pytest.mark.parametrize("scope", SCOPES)
def test_each_key_is_admitted_to_the_operations_of_its_scope_and_to_no_other(people: People, scope: Scope) -> None:
    for operation in GUARDED:
        needed = SCOPE_OF[operation]
        assert needed is not None
        answer = ask(people.client, operation, people.headers("ann", scope))
        if includes(scope, needed):
            assert answer.status_code not in (401, 403), operation
        else:
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:inlay:scope"), operation
            assert f"a key with the scope {needed}" in answer.json()["detail"]
            assert f'error="insufficient_scope", scope="{needed}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer inlay_wrong"}, {"Authorization": "Basic x"}])
def test_without_a_key_every_guarded_operation_answers_401(people: People, headers: dict[str, str]) -> None:
    for operation in GUARDED:
        answer = ask(people.client, operation, headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:inlay:unauthorised"), operation
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_key_is_checked_before_the_body_is_read(people: People) -> None:
    asked = [{}, people.headers("ann", "read"), people.headers("ann", "submit")]
    json = {"Content-Type": "application/json"}
    answers = [people.client.post("/api/jobs", content=b"{not json", headers=json | key) for key in asked]
    assert [answer.status_code for answer in answers] == [401, 403, 400]


def test_a_key_in_the_settings_still_submits(people: People) -> None:
    job = people.client.post("/api/jobs", json=panorama(), headers=people.headers("eve")).json()
    assert job["owner"] == "eve"
    assert people.client.get("/api/jobs?everyone=true", headers=people.headers("eve")).status_code == 403


def belongings(people: People, hand: Hand, owner: str) -> dict[str, str]:
    """Make one of each kind of object for an owner: a finished job, a waiting one, a layout, an upload, a webhook."""
    client, headers = people.client, people.headers(owner)
    done = client.post("/api/jobs", json=panorama(), headers=headers).json()["id"]
    hand.finish(hand.start())
    draft = {"name": "mine", "document": panorama()}
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63f80f00010101001bb6ee56"
        "0000000049454e44ae426082"
    )
    return {
        "done": done,
        "waiting": client.post("/api/jobs", json=panorama(), headers=headers).json()["id"],
        "webhook": client.post("/api/webhooks", json={"url": "https://8.8.8.8/"}, headers=headers).json()["id"],
        "layout": client.post("/api/layouts", json=draft, headers=headers).json()["id"],
        "upload": client.post("/api/uploads", content=png, headers=headers | {"Content-Type": "image/png"}).json()[
            "id"
        ],
    }


def id_for(operation: str, things: dict[str, str]) -> str:
    path = OPERATIONS[operation][1]
    kind = (
        "webhook"
        if "webhooks" in path
        else "layout"
        if "layouts" in path
        else "upload"
        if "uploads" in path
        else "done"
    )
    return things[kind]


def body_for(operation: str) -> dict[str, Any] | None:
    if operation == "replaceLayout":
        return {"name": "theirs", "document": panorama()}
    method, path = OPERATIONS[operation]
    return {} if "requestBody" in DOCUMENT["paths"][path][method.lower()] else None


def test_nobody_reaches_what_is_anothers_by_its_id_on_any_route(people: People, hand: Hand) -> None:
    things, bob = belongings(people, hand, "ann"), people.headers("bob")
    reached = [
        name for name, (_, path) in OPERATIONS.items() if "{id}" in path and not re.search("/(models|keys)/", path)
    ]
    reached.remove("putJob")  # it makes a job, of an id that nobody has yet
    assert len(reached) > 15
    for operation in reached:
        method, path = OPERATIONS[operation]
        there = address(path, id=id_for(operation, things), what="x0")
        query = {"steps": "1-4"} if operation == "getFrames" else None
        answer = people.client.request(method, there, headers=bob, json=body_for(operation), params=query)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:inlay:not-found"), operation
    taken = people.client.put(f"/api/jobs/{things['done']}", json=panorama(), headers=bob)
    assert taken.status_code == 409
    assert "ann" not in taken.text
    ids = {"ids": [things["done"]]}
    assert people.client.post("/api/cancel", json={"ids": [things["waiting"]]}, headers=bob).json() == {"ids": []}
    assert people.client.post("/api/archive", json=ids, headers=bob).status_code == 404
    for path in ("/api/trash", "/api/trash/restore"):
        assert people.client.post(path, json=ids, headers=bob).json() == {"ids": []}
    assert people.client.post("/api/marks", json=ids | {"add_tags": ["x"]}, headers=bob).json() == {"items": []}
    assert people.client.get(f"/api/jobs?after={things['done']}", headers=bob).status_code == 404
    assert people.client.get("/api/jobs", headers=bob).json()["items"] == []
    mine = people.client.get("/api/jobs", headers=people.headers("ann")).json()["items"]
    assert [(job["state"], job["trashed_at"]) for job in mine] == [("queued", None), ("succeeded", None)]
    assert [job["tags"] for job in mine] == [[], []]


def test_an_admin_sees_and_manages_everybodys_jobs(people: People, hand: Hand) -> None:
    things, client, root = belongings(people, hand, "ann"), people.client, people.headers("root", "admin")
    assert client.get("/api/jobs", headers=root).json()["items"] == []
    listed = client.get("/api/jobs?everyone=true", headers=root).json()["items"]
    assert [(job["id"], job["owner"]) for job in listed] == [(things["waiting"], "ann"), (things["done"], "ann")]
    assert client.get(f"/api/jobs/{things['done']}", headers=root).json()["owner"] == "ann"
    assert client.get(f"/api/jobs/{things['done']}/images/x", headers=root).status_code == 200
    assert client.get(f"/api/jobs/{things['done']}/events", headers=root).json()["items"]
    assert client.get(f"/api/uploads/{things['upload']}", headers=root).status_code == 200
    marked = client.patch(f"/api/jobs/{things['done']}", json={"tags": ["seen"]}, headers=root).json()
    assert marked["tags"] == ["seen"]
    assert client.get("/api/tags", headers=people.headers("ann")).json()["items"] == [{"tag": "seen", "count": 1}]
    waiting = f"/api/jobs/{things['waiting']}"
    assert client.post(f"{waiting}/cancel", headers=root).json()["state"] == "cancelled"
    assert client.post(f"{waiting}/retry", headers=root).json() | {"spec": 0, "owner": "ann"} == client.get(
        waiting, headers=people.headers("ann")
    ).json() | {"spec": 0}
    assert client.delete(waiting, headers=root).status_code == 204
    assert client.post("/api/trash", json={"ids": [things["done"]]}, headers=root).json()["ids"] == [things["done"]]
    assert client.get("/api/jobs", headers=people.headers("ann")).json()["items"] == []


def test_a_retry_by_an_admin_is_charged_to_the_owner(people: People, hand: Hand) -> None:
    """Then the owner's next job waits behind it, and the admin's does not."""
    ann, root = people.headers("ann"), people.headers("root", "admin")
    job = people.client.post("/api/jobs", json=panorama(), headers=ann).json()["id"]
    people.client.post(f"/api/jobs/{job}/cancel", headers=ann)
    people.client.post(f"/api/jobs/{job}/retry", headers=root)
    later = people.client.post("/api/jobs", json=panorama(), headers=ann).json()["id"]
    admins = people.client.post("/api/jobs", json=panorama(), headers=root).json()["id"]
    order = [str(hand.start().id) for _ in range(3)]
    assert order.index(admins) < order.index(later)


def test_a_revoked_key_is_refused_by_the_next_request_of_every_process(
    settings: Settings, people: People, bus: LocalApiBus
) -> None:
    key = people.keys["ann", "submit"]
    public = settings.model_copy(update={"host": "0.0.0.0"})
    with TestClient(create_app(public, bus), base_url="https://other.example") as other:
        headers = people.headers("ann")
        assert [one.get("/api/jobs", headers=headers).status_code for one in (people.client, other)] == [200, 200]
        people.users.revoke(key.key.id)
        answers = [one.get("/api/jobs", headers=headers) for one in (people.client, other)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert "was revoked" in answers[0].json()["detail"]
    assert 'error="invalid_token"' in answers[0].headers["www-authenticate"]


def test_a_loopback_server_asks_for_keys_from_the_first_user_on(settings: Settings, bus: LocalApiBus) -> None:
    users = Users(connect(settings.database))
    with TestClient(create_app(settings, bus), base_url="http://127.0.0.1") as client:
        assert client.post("/api/jobs", json=panorama()).json()["owner"] == "local"
        users.add("ann")
        assert client.get("/api/jobs").status_code == 401
        key = users.add_key("ann", "submit").secret
        assert client.get("/api/jobs", headers={"Authorization": f"Bearer {key}"}).json()["items"] == []
        users.disable("ann", True)
        assert client.get("/api/jobs").status_code == 401
        users.remove("ann", even_the_last=True)
        assert len(client.get("/api/jobs").json()["items"]) == 1


def test_a_public_server_without_users_refuses_everybody(settings: Settings, bus: LocalApiBus) -> None:
    with TestClient(create_app(settings.model_copy(update={"host": "0.0.0.0"}), bus), base_url="http://x") as client:
        assert client.get("/api/jobs").status_code == 401
