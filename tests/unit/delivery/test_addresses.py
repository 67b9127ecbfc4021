"""A webhook reaches public addresses only, whatever form an address has, and whatever a name means a moment later."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator

import httpcore2
import pytest

from backend.delivery import addresses
from backend.delivery.addresses import CheckedBackend, ForbiddenAddressError, check_address, check_url, pool

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_a_public_address_passes(address: str) -> None:
    check_address(address, ())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep credentials
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::ffff:0:7f00:1",
        "64:ff9b:1::7f00:1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_a_private_address_is_forbidden_in_every_form(address: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="INLAY_WEBHOOK_NETWORKS"):
        check_address(address, ())


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_an_allowed_network_passes_in_every_form(address: str) -> None:
    check_address(address, LOOPBACK)
    with pytest.raises(ForbiddenAddressError):
        check_address("10.0.0.1", LOOPBACK)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://localhost:9/x",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0/",
    ],
)
def test_a_url_of_this_machine_is_forbidden_however_it_is_written(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_url(url, ())


def test_a_name_that_cannot_be_resolved_passes_and_its_posts_fail() -> None:
    check_url("https://nowhere.invalid/", ())
    with pytest.raises(httpcore2.ConnectError, match="cannot be resolved"):
        pool(()).request("POST", "https://nowhere.invalid/")


def test_a_name_server_that_never_answers_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        over.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(addresses, "RESOLVE_SECONDS", 0.2)
    began = time.monotonic()
    for number in range(20):  # more than are looked up at the same time
        check_url(f"https://silent-{number}.example/", ())
    with pytest.raises(httpcore2.ConnectError, match="cannot be resolved"):
        pool(()).request("POST", "https://silent.example/")
    assert time.monotonic() - began < 10
    over.set()


def test_one_name_that_is_never_found_leaves_the_other_look_ups_free(monkeypatch: pytest.MonkeyPatch) -> None:
    over, asked = threading.Event(), list[str]()

    def silent(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        if host == "silent.example":
            over.wait(20)
            return []
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(addresses, "RESOLVE_SECONDS", 0.05)
    for _ in range(20):
        check_url("https://silent.example/", ())
    with pytest.raises(ForbiddenAddressError):
        check_url("https://private.example/", ())
    assert asked == ["silent.example", "private.example"]
    over.set()


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", ".example", "xn--a-\u00e4.example"])
def test_a_name_that_no_host_can_have_is_as_one_that_is_not_found(host: str) -> None:
    check_url(f"https://{host}/", ())
    with pytest.raises(httpcore2.ConnectError, match="cannot be resolved"):
        CheckedBackend(()).connect_tcp(host, 443)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


def test_the_connection_goes_to_the_address_that_was_checked(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means a public address when it is checked, and this machine right after, does not get through."""
    port, answers = listener.getsockname()[1], iter(["8.8.8.8", "127.0.0.1"])
    tried: list[str] = []

    def changing(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        tried.append(address[0])
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(httpcore2.ConnectError):
        pool(()).request("POST", f"http://rebinding.example:{port}/")
    assert tried == ["8.8.8.8"]


def test_one_private_address_among_public_ones_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port)) for name in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(ForbiddenAddressError):
        pool(()).request("POST", "http://two.example/")


def test_an_allowed_address_is_reached(listener: socket.socket) -> None:
    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    port = listener.getsockname()[1]
    assert pool(LOOPBACK).request("POST", f"http://localhost:{port}/", content=b"x").status == 204
    thread.join()
