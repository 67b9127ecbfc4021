"""The address that a request came from, and the name under which the limits count it."""

import ipaddress

from starlette.requests import HTTPConnection

from backend.contracts.limits import MAX_ADDRESS

_NETWORK_BITS = 64  # of an IPv6 address; whoever has one address has the whole network


def address_of(connection: HTTPConnection) -> str:
    """Return the address that a request came from: the client's, or the one that a trusted proxy names. A proxy may
    pass on anything, so the text is cut to MAX_ADDRESS characters."""
    return connection.client.host[:MAX_ADDRESS] if connection.client else ""


def counted_as(address: str) -> str:
    """Return the name under which an address is counted: its network for IPv6, the address itself for IPv4.

    An IPv4 address counts the same in its IPv6 form. What is no address counts as it is.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _NETWORK_BITS), strict=False))
