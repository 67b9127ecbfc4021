"""Webhooks, from the request that makes one to the receiver, with a real receiver on this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, select, update
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.delivery.addresses import pool
from backend.delivery.sender import Sender
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from backend.store.database import connect
from backend.store.deliveries import Deliveries
from backend.store.tables import now, webhooks
from tests.integration.api.harness import Hand, panorama
from tests.integration.api.test_jobs import submit

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Receiver:
    """A server that keeps what it is sent, and answers with the next of `statuses`, or with 204; under
    the path `gone`, with 410."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.gone: str | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                usual = 410 if self.path == outer.gone else 204
                self.send_response(outer.statuses.pop(0) if outer.statuses else usual)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhook_networks": LOOPBACK})


@pytest.fixture
def sender(settings: Settings) -> Iterator[Callable[..., Sender]]:
    """Return a function that makes a sender; its arguments are the sender's."""
    database = connect(settings.database)
    yield lambda **given: Sender(Deliveries(database), pool(LOOPBACK), **{"pauses": (0.0, 0.0), **given})
    database.close()


def post(sender: Sender) -> int:
    """Post what is due now, and wait for the ends of these posts. Returns their number."""
    begun = sender.begin_due()
    sender.wait(60)
    return begun


def hook(client: TestClient, receiver: Receiver, **fields: Any) -> str:
    answer = client.post("/api/webhooks", json={"url": receiver.url, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def listed(client: TestClient, **query: str) -> list[dict[str, Any]]:
    return client.get("/api/webhook-deliveries", params=query).json()["items"]


def test_the_end_of_a_job_is_posted_once_and_signed(
    client: TestClient, hand: Hand, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    hook(client, receiver)
    id = submit(client)
    claim = hand.start()
    hand.step(claim, 1)
    hand.finish(claim)
    poster = sender(public_url="https://inlay.example/under")
    assert (post(poster), post(poster)) == (1, 0)
    ((headers, body),) = receiver.got
    event = Webhook(client.get("/api/webhook-secret").json()["secret"]).verify(body, headers)
    last = client.get(f"/api/jobs/{id}/events").json()["items"][-1]
    assert (event["type"], event["data"]["job_id"], event["data"]["seq"]) == ("job_succeeded", id, last["seq"])
    assert event["data"]["outputs"][0]["url"] == f"https://inlay.example/under/api/jobs/{id}/images/x"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 44).verify(body, headers)
    (delivery,) = listed(client)
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("delivered", 1, 204)
    assert 'inlay_webhook_deliveries{state="delivered"} 1.0' in client.get("/metrics").text


def test_a_webhook_gets_the_events_that_it_asked_for(
    client: TestClient, hand: Hand, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    hook(client, receiver, events=["job_queued", "job_started", "job_cancelled"])
    claim = (submit(client), hand.start())[1]
    hand.step(claim, 1)
    client.post(f"/api/jobs/{claim.id}/cancel")
    hand.cancel(claim)
    assert post(sender()) == 3
    assert sorted(event["type"] for event in receiver.events()) == ["job_cancelled", "job_queued", "job_started"]


def test_a_job_may_have_a_webhook_of_its_own(
    client: TestClient, hand: Hand, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    query = {"webhook": receiver.url, "webhook_events": ["job_queued", "job_succeeded"]}
    id = client.post("/api/jobs", json=panorama(), params=query).json()["id"]
    submit(client)
    for _ in range(2):
        hand.finish(hand.start())
    post(sender())
    assert {(event["type"], event["data"]["job_id"]) for event in receiver.events()} == {
        ("job_queued", id),
        ("job_succeeded", id),
    }
    assert client.get("/api/webhooks").json()["items"] == []


def test_a_post_that_fails_is_repeated_with_the_same_id_and_then_dead(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    hook(client, receiver)
    client.post(f"/api/jobs/{submit(client)}/cancel")
    receiver.statuses = [500, 302, 404]
    poster = sender()
    assert [post(poster) for _ in range(4)] == [1, 1, 1, 0]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    (dead,) = listed(client, state="dead")
    assert (dead["attempts"], dead["status"], dead["next_at"]) == (3, 404, None)
    assert dead["error"] == "The address answered 404."
    again = client.post(f"/api/webhook-deliveries/{dead['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert post(poster) == 1
    assert listed(client, state="dead") == []
    assert client.post(f"/api/webhook-deliveries/{dead['id']}/retry").status_code == 409


def test_a_failed_post_waits_before_it_is_repeated(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    hook(client, receiver)
    client.post(f"/api/jobs/{submit(client)}/cancel")
    receiver.statuses = [503]
    poster = sender(pauses=(60.0,))
    assert (post(poster), post(poster)) == (1, 0)
    (waiting,) = listed(client, state="waiting")
    assert (waiting["attempts"], waiting["status"]) == (1, 503)
    assert waiting["next_at"] > waiting["at"]


def test_an_address_that_is_gone_is_never_posted_to_again(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    id = hook(client, receiver)
    client.post(f"/api/jobs/{submit(client)}/cancel")
    receiver.statuses = [410]
    post(sender())
    client.post(f"/api/jobs/{submit(client)}/cancel")
    assert post(sender()) == 0
    assert [(one["id"], one["enabled"]) for one in client.get("/api/webhooks").json()["items"]] == [(id, False)]
    (dead,) = listed(client)
    assert client.post(f"/api/webhook-deliveries/{dead['id']}/retry").status_code == 409


def test_an_address_that_is_gone_is_off_in_all_webhooks_of_its_owner(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender], settings: Settings
) -> None:
    for _ in range(2):
        hook(client, receiver)
    running = client.post("/api/jobs", json=panorama(), params={"webhook": receiver.url}).json()["id"]
    other = hook(client, receiver, url=f"{receiver.url}/other")
    with closing(connect(settings.database)) as database, database.begin() as connection:
        foreign = {"id": uuid4(), "owner": "bob", "url": receiver.url, "events": "[]", "enabled": True}
        connection.execute(insert(webhooks).values(**foreign, created_at=now()))
    client.post(f"/api/jobs/{submit(client)}/cancel")
    receiver.gone = "/hook"
    while post(sender()):
        pass
    posted = len(receiver.got)
    client.post(f"/api/jobs/{running}/cancel")
    post(sender())
    assert len(receiver.got) == posted + 1, "only the other address"
    assert [one["id"] for one in client.get("/api/webhooks").json()["items"] if one["enabled"]] == [other]
    with closing(connect(settings.database)) as database, database.read() as connection:
        assert connection.scalar(select(webhooks.c.enabled).where(webhooks.c.owner == "bob"))


def test_a_post_that_is_queued_while_its_webhook_is_turned_off_is_dead(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender], settings: Settings
) -> None:
    hook(client, receiver)
    client.post(f"/api/jobs/{submit(client)}/cancel")
    with closing(connect(settings.database)) as database, database.begin() as connection:
        connection.execute(update(webhooks).values(enabled=False))
    post(sender())
    assert receiver.got == []
    (dead,) = listed(client, state="dead")
    assert "410 Gone" in dead["error"]


def test_a_post_to_nobody_says_why_it_failed(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    hook(client, receiver)
    receiver.server.server_close()
    client.post(f"/api/jobs/{submit(client)}/cancel")
    post(sender(pauses=()))
    (dead,) = listed(client, state="dead")
    assert dead["status"] is None
    assert dead["error"].startswith("The server could not post: ")


def test_two_senders_post_each_event_once(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    hook(client, receiver)
    for _ in range(12):
        client.post(f"/api/jobs/{submit(client)}/cancel")
    senders = [threading.Thread(target=post, args=[sender()]) for _ in range(4)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()
    while post(sender()):
        pass
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert (len(ids), len(set(ids))) == (12, 12)


def test_a_new_secret_signs_beside_the_former_one(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    hook(client, receiver)
    first = client.get("/api/webhook-secret").json()["secret"]
    second = client.post("/api/webhook-secret").json()["secret"]
    assert first != second
    client.post(f"/api/jobs/{submit(client)}/cancel")
    post(sender())
    ((headers, body),) = receiver.got
    for secret in (first, second):
        Webhook(secret).verify(body, headers)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: x",
        "http://[::1",
    ],
)
def test_an_address_that_cannot_be_posted_to_is_refused(client: TestClient, url: str) -> None:
    answer = client.post("/api/webhooks", json={"url": url})
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["url"])
    answer = client.post("/api/jobs", json=panorama(), params={"webhook": url})
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["query", "webhook"])


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]:80/"])
def test_an_address_beside_the_server_is_refused(client: TestClient, url: str) -> None:
    for answer in (
        client.post("/api/webhooks", json={"url": url}),
        client.post("/api/jobs", json=panorama(), params={"webhook": url}),
    ):
        assert answer.status_code == 422
        assert "is not on the public internet" in answer.json()["detail"]
    assert client.get("/api/jobs").json()["items"] == []


@pytest.mark.parametrize("events", [[], ["job_progress"], ["x"]])
def test_events_that_are_not_posted_are_refused(client: TestClient, receiver: Receiver, events: list[str]) -> None:
    assert client.post("/api/webhooks", json={"url": receiver.url, "events": events}).status_code == 422


def test_events_without_an_address_are_refused(client: TestClient) -> None:
    answer = client.post("/api/jobs", json=panorama(), params={"webhook_events": "job_queued"})
    assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, ["query", "webhook_events"])


def test_owners_have_webhooks_secrets_and_deliveries_of_their_own(
    settings: Settings, bus: LocalApiBus, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    keyed = settings.model_copy(update={"api_keys": {digest("a"): "ann", digest("b"): "bob"}})
    ann, bob = {"Authorization": "Bearer a"}, {"Authorization": "Bearer b"}
    with TestClient(create_app(keyed, bus), base_url="http://127.0.0.1") as client:
        id = client.post("/api/webhooks", json={"url": receiver.url}, headers=ann).json()["id"]
        job = client.post("/api/jobs", json=panorama(), headers=bob).json()["id"]
        client.post(f"/api/jobs/{job}/cancel", headers=bob)
        assert post(sender()) == 0
        mine = client.post("/api/jobs", json=panorama(), headers=ann).json()["id"]
        client.post(f"/api/jobs/{mine}/cancel", headers=ann)
        assert post(sender(pauses=())) == 1
        (delivery,) = client.get("/api/webhook-deliveries", headers=ann).json()["items"]
        assert client.get("/api/webhook-deliveries", headers=bob).json()["items"] == []
        assert client.post(f"/api/webhook-deliveries/{delivery['id']}/retry", headers=bob).status_code == 404
        assert client.get(f"/api/webhook-deliveries?after={delivery['id']}", headers=bob).status_code == 404
        assert client.delete(f"/api/webhooks/{id}", headers=bob).status_code == 404
        secrets = {client.get("/api/webhook-secret", headers=who).json()["secret"] for who in (ann, bob)}
        assert len(secrets) == 2


def test_a_deleted_webhook_gets_nothing(client: TestClient, receiver: Receiver, sender: Callable[..., Sender]) -> None:
    id = hook(client, receiver)
    client.post(f"/api/jobs/{submit(client)}/cancel")
    assert client.delete(f"/api/webhooks/{id}").status_code == 204
    assert post(sender()) == 0
    assert client.delete(f"/api/webhooks/{uuid4()}").status_code == 404


def test_an_owner_has_at_most_twenty_webhooks(client: TestClient, receiver: Receiver) -> None:
    for _ in range(20):
        hook(client, receiver)
    answer = client.post("/api/webhooks", json={"url": receiver.url})
    assert (answer.status_code, answer.json()["detail"][:20]) == (409, "You have 20 webhooks")


def test_deliveries_are_listed_page_by_page(client: TestClient, receiver: Receiver) -> None:
    hook(client, receiver)
    for _ in range(5):
        client.post(f"/api/jobs/{submit(client)}/cancel")
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = client.get("/api/webhook-deliveries", params={"limit": 2, **after}).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert (len(seen), len(set(seen))) == (5, 5)
