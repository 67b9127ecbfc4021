"""A server with users: their keys of every scope, and keys in the settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from backend.api.main import create_app
from backend.api.settings import Settings
from backend.contracts.access import SCOPES, NewKey, Scope
from backend.store.bus import ApiBus
from backend.store.credentials import digest
from backend.store.database import Database, connect
from backend.store.users import Users
from tests.integration.api.conftest import serving

IN_SETTINGS = "a-key-of-the-settings"


@dataclass(frozen=True)
class People:
    """The users ann, bob and root, each with a key of every scope. Eve has only a key in the settings."""

    client: httpx2.Client
    database: Database
    users: Users
    keys: Mapping[tuple[str, Scope], NewKey]

    def headers(self, name: str, scope: Scope = "submit") -> dict[str, str]:
        secret = IN_SETTINGS if name == "eve" else self.keys[name, scope].secret
        return {"Authorization": f"Bearer {secret}"}


@contextmanager
def peopled(settings: Settings, bus: ApiBus, served: bool = False, **options: Any) -> Iterator[People]:
    """Run the API with people, under a public name, or `served` as a real server. Wrong keys are not limited."""
    options = {"wrong_key_limit": "", **options}
    public = settings.model_copy(update={"api_keys": {digest(IN_SETTINGS): "eve"}, "host": "0.0.0.0", **options})
    database = connect(settings.database)
    users, keys = Users(database), {}
    for name in ("ann", "bob", "root"):
        users.add(name)
        for scope in SCOPES:
            keys[name, scope] = users.add_key(name, scope, f"{name}'s {scope} key")
    called = TestClient(create_app(public, bus), base_url="https://inlay.example")
    with serving(public, bus) if served else called as client:
        yield People(client, database, users, keys)
    database.close()
