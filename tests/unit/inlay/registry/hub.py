"""A small Hugging Face hub on this machine. It answers the requests of a download from a folder."""

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "5" * 40


class Hub(ThreadingHTTPServer):
    """Serves `folder` as the repository `someone/tiny` with the branch `main`. `asked` holds the paths that were
    fetched."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def files(self) -> dict[str, Path]:
        return {path.relative_to(self.folder).as_posix(): path for path in self.folder.rglob("*") if path.is_file()}


class _Handler(BaseHTTPRequestHandler):
    @property
    def hub(self) -> Hub:
        assert isinstance(self.server, Hub)
        return self.server

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def _answer(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        api, repository = "/api/models/someone/tiny", "/someone/tiny/resolve/"
        if path in (api, f"{api}/revision/main", f"{api}/revision/{COMMIT}"):
            siblings = [{"rfilename": name} for name in self.hub.files()]
            self._json({"id": "someone/tiny", "sha": COMMIT, "siblings": siblings, "tags": []})
        elif path.startswith(f"{api}/tree/"):
            files = self.hub.files().items()
            self._json(
                [
                    {"type": "file", "path": name, "size": file.stat().st_size, "oid": _sha1(file)}
                    for name, file in files
                ]
            )
        elif path.startswith(f"{api}/revision/"):
            self._refuse("RevisionNotFound")
        elif (
            path.startswith(repository) and (name := path.removeprefix(repository).split("/", 1)[1]) in self.hub.files()
        ):
            self._file(name, body)
        else:
            self._refuse("RepoNotFound")

    def _json(self, value: Any) -> None:
        self._send(json.dumps(value).encode(), {"Content-Type": "application/json"}, body=True)

    def _file(self, name: str, body: bool) -> None:
        file = self.hub.files()[name]
        if body:
            self.hub.asked.append(name)
        self._send(file.read_bytes(), {"ETag": f'"{_sha1(file)}"', "X-Repo-Commit": COMMIT}, body)

    def _refuse(self, code: str) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, data: bytes, headers: dict[str, str], body: bool) -> None:
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)


def _sha1(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()
