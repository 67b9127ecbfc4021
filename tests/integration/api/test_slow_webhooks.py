"""A webhook whose receiver never answers holds up nobody else, with real receivers and a sender that runs by itself."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.delivery import sender as sender_module
from backend.delivery.sender import Sender
from backend.store.bus_local import LocalApiBus
from backend.store.credentials import digest
from backend.store.database import connect
from backend.store.deliveries import ADDRESS_SHARE, OWNER_SHARE, Deliveries
from tests.integration.api.harness import panorama
from tests.integration.api.test_webhooks import LOOPBACK, Receiver, receiver, sender

__all__ = ["receiver", "sender"]
ANN, BOB = ({"Authorization": f"Bearer {name}"} for name in ("ann", "bob"))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    keys = {digest(name): name for name in ("ann", "bob")}
    return settings.model_copy(update={"webhook_networks": LOOPBACK, "api_keys": keys})


@pytest.fixture(autouse=True)
def stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "STOP_SECONDS", 0.1)


@pytest.fixture
def client(settings: Settings, bus: LocalApiBus) -> Iterator[TestClient]:
    with TestClient(create_app(settings, bus), base_url="http://127.0.0.1") as client:
        yield client


class Silent:
    """A receiver that takes connections, and answers none of them."""

    def __init__(self) -> None:
        self.taken: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/hook"

    def accept(self) -> None:
        while True:
            try:
                self.taken.append(self.listener.accept()[0])
            except OSError:
                return


@contextmanager
def silence() -> Iterator[Silent]:
    made = Silent()
    thread = threading.Thread(target=made.accept)
    thread.start()
    yield made
    made.listener.shutdown(socket.SHUT_RDWR)
    made.listener.close()
    thread.join()
    for connection in made.taken:
        connection.close()
    for post in threading.enumerate():
        if post.name == "webhook":
            post.join()


@contextmanager
def running(sender: Sender) -> Iterator[Callable[[], None]]:
    """Run a sender in a thread. Yields a function that stops it and waits for its end."""
    over = threading.Event()
    thread = threading.Thread(target=sender.run, args=[over])
    thread.start()

    def stop() -> None:
        over.set()
        thread.join()

    try:
        yield stop
    finally:
        stop()


def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until something holds, and at most `seconds`. Returns whether it holds."""
    over = time.monotonic() + seconds
    while not holds() and time.monotonic() < over:
        time.sleep(0.01)
    return holds()


def hook(client: TestClient, url: str, headers: dict[str, str]) -> None:
    asked = {"url": url, "events": ["job_queued", "job_cancelled"]}
    assert client.post("/api/webhooks", json=asked, headers=headers).status_code == 201


def events(client: TestClient, jobs: int, headers: dict[str, str]) -> None:
    """Make two events for each of so many jobs."""
    for _ in range(jobs):
        id = client.post("/api/jobs", json=panorama(), headers=headers).json()["id"]
        client.post(f"/api/jobs/{id}/cancel", headers=headers)


def test_a_webhook_that_hangs_holds_up_no_other_owner(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    with silence() as silent, running(sender()):
        hook(client, silent.url, ANN)
        events(client, 8, ANN)
        assert until(lambda: len(silent.taken) >= ADDRESS_SHARE, 5)
        hook(client, receiver.url, BOB)
        events(client, 1, BOB)
        assert until(lambda: len(receiver.got) == 2, 3), "the other owner's events came at once"
        assert len(silent.taken) == ADDRESS_SHARE, "no more posts hang at the same time"


def test_an_address_that_hangs_holds_up_no_other_address_of_its_owner(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender]
) -> None:
    with silence() as silent, running(sender()):
        hook(client, silent.url, ANN)
        events(client, 8, ANN)
        hook(client, receiver.url, ANN)
        events(client, 1, ANN)
        assert until(lambda: len(receiver.got) == 2, 3)


def test_posts_go_on_as_soon_as_one_has_ended(
    client: TestClient, receiver: Receiver, sender: Callable[..., Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "POLL_SECONDS", 4.0)
    hook(client, receiver.url, ANN)
    events(client, 3 * ADDRESS_SHARE, ANN)
    with silence() as silent:
        hook(client, silent.url, BOB)
        events(client, 1, BOB)
        with running(sender()):
            assert until(lambda: len(receiver.got) == 6 * ADDRESS_SHARE, 8)


def test_a_sender_stops_soon_and_its_posts_are_made_again(
    client: TestClient,
    receiver: Receiver,
    sender: Callable[..., Sender],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backend.store.deliveries.TAKE_SECONDS", 1.0)
    with silence() as silent, running(sender()) as stop:
        hook(client, silent.url, ANN)
        events(client, 1, ANN)
        assert until(lambda: len(silent.taken) == 2, 5)
        began = time.monotonic()
        stop()
        assert time.monotonic() - began < 3
        hanging = [thread for thread in threading.enumerate() if thread.name == "webhook"]
        assert hanging
        assert all(thread.daemon for thread in hanging), "the process does not wait for them"
        again: set[UUID] = set()
        deliveries = Deliveries(connect(settings.database))

        def both_taken() -> bool:
            again.update(post.id for post in deliveries.take(5))
            return len(again) == 2

        assert until(both_taken, 5)


def test_shares_count_the_posts_under_way_and_owners_with_few_posts_come_first(
    client: TestClient, settings: Settings
) -> None:
    deliveries = Deliveries(connect(settings.database))
    with ExitStack() as stack:
        for _ in range(3):
            hook(client, stack.enter_context(silence()).url, ANN)
        hook(client, stack.enter_context(silence()).url, BOB)
    events(client, OWNER_SHARE, ANN)
    events(client, 2, BOB)
    first = deliveries.take(2)
    assert sorted(post.owner for post in first) == ["ann", "bob"]
    more = deliveries.take(100, first)
    mine = [post for post in (*first, *more) if post.owner == "ann"]
    assert len(mine) == OWNER_SHARE
    assert max(sum(post.url == one.url for post in mine) for one in mine) <= ADDRESS_SHARE
    assert sum(post.owner == "bob" for post in more) == ADDRESS_SHARE - 1
    assert deliveries.take(100, [*first, *more]) == []
    assert [post.owner for post in deliveries.take(1, mine[:-1])] == ["ann"]
