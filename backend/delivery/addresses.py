"""The addresses that a webhook may reach. By default these are the addresses of the public internet, so that nobody can
use the server to reach machines beside it (server-side request forgery).

A host name may mean another address at each look-up. So the server resolves it, checks every address, and connects to
one of those that it checked, without a second look-up.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

import httpcore2

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
POST_SECONDS = 30.0
"""Seconds that a whole exchange may take. Each connection carries one."""
RESOLVE_SECONDS = 3.0
_LOOKUPS = threading.BoundedSemaphore(16)
_under_way: dict[tuple[str, int], Future[list[str]]] = {}  # the look-ups, by host and port
_looking = threading.Lock()  # of `_under_way`
_SITE_LOCAL = ipaddress.ip_network("fec0::/10")  # deprecated, but still private where it is used
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """The server may not connect to an address. The message is a sentence."""


def check_address(address: str, networks: Sequence[Network]) -> None:
    """Raise ForbiddenAddressError unless an IP address is public or in one of the `networks`."""
    given = ipaddress.ip_address(address.partition("%")[0])
    real = _embedded(given) or given
    if any(real in network for network in networks if network.version == real.version):
        return
    if not real.is_global or real.is_multicast or real.is_reserved or real in _SITE_LOCAL:
        raise ForbiddenAddressError(
            f"The address {given} is not on the public internet. The operator can allow its network with "
            "INLAY_WEBHOOK_NETWORKS."
        )


def check_url(url: str, networks: Sequence[Network]) -> None:
    """Raise ForbiddenAddressError if the host of a URL is, or resolves now to, an address that is not allowed. A name
    that cannot be resolved at once passes; its posts fail until it can be."""
    parts = urlsplit(url)
    try:
        found = _resolve(parts.hostname or "", parts.port or 443, turn=0)
    except OSError:
        return
    for address in found:
        check_address(address, networks)


class CheckedBackend(httpcore2.SyncBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            found = _resolve(host, port, turn=RESOLVE_SECONDS)
        except OSError as error:
            raise httpcore2.ConnectError(f"The host name {host} cannot be resolved.") from error
        for address in found:
            check_address(address, self._networks)
        until = time.monotonic() + POST_SECONDS
        return _Timed(super().connect_tcp(found[0], port, timeout, local_address, socket_options), until)


class _Timed(httpcore2.NetworkStream):
    """A connection that ends at a time, also if its other end sends one byte after the other."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = self._left(timeout, httpcore2.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None, late: type[httpcore2.TimeoutException]) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise late(f"The address did not answer within {POST_SECONDS:g} seconds.")
        return left if timeout is None else min(left, timeout)


def pool(networks: Sequence[Network], context: ssl.SSLContext | None = None) -> httpcore2.ConnectionPool:
    """Return a pool of HTTP connections to checked addresses. It keeps no connection open, follows no redirect, and
    leaves to the caller how many are open at once, so that no post waits for another one's connection."""
    return httpcore2.ConnectionPool(
        ssl_context=context,
        network_backend=CheckedBackend(networks),
        max_connections=None,
        max_keepalive_connections=0,
    )


def _resolve(host: str, port: int, turn: float) -> list[str]:
    """Return the IP addresses of a host. Raises OSError if there is none, if none is found in RESOLVE_SECONDS, or if
    other look-ups are so many that its turn does not come within `turn` seconds.

    The system's look-up has no time limit that Python can set, and a name server of somebody else's may never answer.
    So it runs in a thread of its own, which is left behind if it is late. Whoever needs the same name meanwhile waits
    for the same look-up, so that one such name leaves the other look-ups free.
    """
    found = _look_up(host, port, turn)
    try:
        return found.result(RESOLVE_SECONDS)
    except TimeoutError as late:
        raise TimeoutError(f"the name {host} was not found within {RESOLVE_SECONDS:g} seconds") from late


def _look_up(host: str, port: int, turn: float) -> Future[list[str]]:
    """Return the look-up of a host that is under way, or begin one. Raises TimeoutError if others are too many."""
    with _looking:
        if (known := _under_way.get((host, port))) is not None:
            return known
    if not _LOOKUPS.acquire(timeout=turn):
        raise TimeoutError(f"too many names are being looked up; {host} had to wait for too long")
    with _looking:
        if (known := _under_way.get((host, port))) is not None:
            _LOOKUPS.release()
            return known
        found = _under_way[host, port] = Future[list[str]]()

    def look_up() -> None:
        try:
            found.set_result(_addresses(host, port))
        except OSError as error:
            found.set_exception(error)
        finally:
            with _looking:
                del _under_way[host, port]
            _LOOKUPS.release()

    threading.Thread(target=look_up, name="lookup", daemon=True).start()
    return found


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # such as a label of more than 63 characters
        raise OSError(f"{host[:80]!r} is not the name of a host") from error
    return [str(address[0]) for *_, address in found]


def _embedded(address: Address) -> Address | None:
    """Return the IPv4 address that an IPv6 address stands for: mapped, 6to4, Teredo or NAT64. None if there is none."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
