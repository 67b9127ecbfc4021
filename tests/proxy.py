"""A small reverse proxy that shows a server under a path, like nginx or Traefik. It forwards requests, answers and
websockets."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATH = "/inlay"
_NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def reverse_proxy(target: int, *, port: int = 0, strips: bool, header: bool = False) -> Iterator[str]:
    """Yield the address at which the proxy shows the server on port `target` of this machine.

    With `strips`, the proxy removes PATH from the paths that it forwards. With `header`, it names PATH in
    X-Forwarded-Prefix. It answers 404 to addresses outside PATH.
    """

    class Handler(socketserver.BaseRequestHandler):
        request: socket.socket

        def handle(self) -> None:
            head, begun = _head(self.request)
            passed_on = _rewritten(head, strips=strips, header=header)
            if passed_on is None:
                self.request.sendall(_NOTHING)
                return
            with socket.create_connection(("127.0.0.1", target)) as server:
                server.sendall(passed_on + begun)
                threading.Thread(target=_pass_on, args=(self.request, server), daemon=True).start()
                _pass_on(server, self.request)

    with _Server(("127.0.0.1", port), Handler) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_address[1]}{PATH}"
        finally:
            proxy.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def _head(client: socket.socket) -> tuple[bytes, bytes]:
    """Return a request up to its empty line, and the part of its body that came with it."""
    read = b""
    while b"\r\n\r\n" not in read and (more := client.recv(65536)):
        read += more
    head, end, body = read.partition(b"\r\n\r\n")
    return head + end, body


def _rewritten(head: bytes, *, strips: bool, header: bool) -> bytes | None:
    """Return the head as the server gets it, for one request per connection, or None for an address outside PATH."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, _, rest = first.partition(" ")
    path = rest.partition("?")[0].partition(" ")[0]
    if path != PATH and not path.startswith(f"{PATH}/"):
        return None
    rest = (rest.removeprefix(PATH) if path != PATH else "/" + rest.removeprefix(PATH)) if strips else rest
    if not any(line.lower().startswith("upgrade:") for line in lines):
        lines = [line for line in lines if not line.lower().startswith("connection:")] + ["Connection: close"]
    if header:
        lines.append(f"X-Forwarded-Prefix: {PATH}")
    return "\r\n".join([f"{method} {rest}", *lines, "", ""]).encode("latin-1")


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
