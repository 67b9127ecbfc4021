"""Dump a database of this version, with a queue that runs, for the test that upgrades it.

    python -m tests.integration.store.releases.make

The two dumps and the order in which this version's workers would take the jobs are named by the schema. Make them
once for each release, before the next migration is written, and keep the older ones.
"""

import json
import sqlite3
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from PIL import Image
from sqlalchemy import update

from backend.contracts.job import Job, Problem
from backend.contracts.webhooks import NewWebhook
from backend.graph import Limits, compile_job, resolve
from backend.store.audit import Audit
from backend.store.credentials import Credentials, digest
from backend.store.database import Database, connect
from backend.store.devices import Devices
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.layouts import Layouts
from backend.store.migrations import migrate
from backend.store.models import ModelCatalog
from backend.store.pictures import as_colour
from backend.store.schema import known_revisions
from backend.store.tables import jobs, keys, now
from backend.store.uploads import Uploads
from backend.store.users import Users
from backend.store.webhooks import Webhooks
from tests.integration.store.samples import claimed, let_lease_run_out, picture, step
from tests.picture_files import encoded
from tests.servers import create_database, postgres_program, postgres_server
from tests.tiny.stable_diffusion import write_tiny_checkpoint

FOLDER = Path(__file__).parent
KEY = "the key of a test"
LONG = 100 * 365 * 24 * 3600.0  # seconds of a lease that does not run out before the test


def named(name: str) -> UUID:
    """Return the id of the job with this name."""
    return uuid5(NAMESPACE_URL, name)


class Filling:
    """A database that is filled with jobs in every state, and with everything else that an owner can have."""

    def __init__(self, database: Database, models: Path, images: Images) -> None:
        self.database, self.store = database, Jobs(database)
        self._uploads = Uploads(database, images)
        self._known = {model.description.id: model for model in ModelCatalog(models).list()}

    def submit(self, owner: str, name: str, start: str | None = None, **options: Any) -> UUID:
        """Queue a job of the tiny model under the id of its name."""
        document: dict[str, Any] = {
            "layout": {"kind": "panorama", "canvas": {"width": 256, "height": 128}, "prompt": f"a desert, {name}"},
            "sampling": {"model": "tiny", "steps": 2, "seed": 1},
        }
        if start is not None:
            document["start"] = {"picture": start, "strength": 0.5}
        job = resolve(Job.model_validate(document), self._known, Limits())
        done = compile_job(job, self._known, Limits(), sizes=partial(self._uploads.size, owner))
        self.store.submit(owner, done.job, done.graph, done.cost, id=named(name), **options)
        return named(name)

    def fill(self) -> None:
        self._people()
        upload = self._uploads.create("ann", as_colour(encoded(Image.new("RGB", (256, 128), "teal")), 10**6))
        self._ended(upload.id)
        Layouts(self.database).create("ann", "dunes", self.store.get("ann", named("ann-done")).spec)
        self._running()
        self._queued()

    def _people(self) -> None:
        users = Users(self.database)
        for name in ("ann", "bob", "zoe"):
            users.add(name)
        made = users.add_key("ann", "admin", "laptop")
        with self.database.begin() as connection:
            known = update(keys).where(keys.c.id == made.key.id)
            connection.execute(known.values(hash=digest(KEY)))
        users.add_key("zoe", "read", days=30)
        users.disable("zoe", True)
        Credentials(self.database, {}, 3600).sign_in(KEY)
        Audit(self.database).record("ann", "command line", "here", "addUser", ["zoe"])
        Devices(self.database).report("gpu-1", 12 * 2**30)
        Webhooks(self.database).create("ann", NewWebhook(url="https://example.org/hook", events=["job_succeeded"]))

    def _ended(self, upload: str) -> None:
        store = self.store
        self.submit("ann", "ann-done", upload, idempotency_key="once")
        done = claimed(store)
        step(store, done, 1, 2)
        store.finish(done, [picture(done)], 1.0)
        store.mark("ann", done.id, favourite=True, tags=["dunes", "Ærø"])
        self.submit("ann", "ann-failed")
        store.fail(claimed(store), Problem(title="It failed", detail="The model gave NaN."))
        self.submit("ann", "ann-cancelled")
        store.cancel("ann", named("ann-cancelled"))
        self.submit("ann", "ann-trashed")
        trashed = claimed(store)
        store.finish(trashed, [picture(trashed)], 1.0)
        store.trash("ann", [trashed.id])
        self.submit("bob", "bob-stopped")
        stopped = claimed(store)
        step(store, stopped, 1, 2)
        store.checkpoint(stopped, f"{stopped.prefix}checkpoint-1.safetensors")
        store.finish(stopped, [picture(stopped)], 1.0, stopped="Stopped after step 1 of 2.")

    def _running(self) -> None:
        """Leave one job with a worker whose lease lasts, and one with a worker that is lost."""
        self.submit("eve", "eve-running", webhook=NewWebhook(url="https://example.org/one", events=["job_failed"]))
        held = claimed(self.store, "lives:1")
        self.submit("ann", "ann-lost")
        lost = claimed(self.store, "lost:1")
        step(self.store, lost, 1, 2)
        with self.database.begin() as connection:
            connection.execute(update(jobs).where(jobs.c.id == held.id).values(lease_until=now(LONG)))
        let_lease_run_out(self.database, lost.id)

    def _queued(self) -> None:
        for name in ("ann-1", "ann-2", "ann-3"):
            self.submit("ann", name)
        self.submit("bob", "bob-1")
        self.submit("bob", "bob-background", priority=-1)
        self.submit("bob", "bob-2")
        self.submit("eve", "eve-urgent", priority=5)
        self.submit("eve", "eve-1", webhook=NewWebhook(url="https://example.org/one", events=["job_succeeded"]))
        self.submit("ann", "ann-first", first=True)
        self.submit("bob", "bob-paused")
        self.store.arrange("bob", named("bob-paused"), paused=True)
        self.submit("paul", "paul-paused")
        self.store.pause_owner("paul", True)


def order(store: Jobs) -> list[str]:
    """Requeue the lost job, and take all jobs that a worker may take. Returns their names in that order."""
    names = {named(name): name for name in NAMES}
    lost = [names[id] for id in store.requeue_expired()]
    assert lost == ["ann-lost"]
    found: list[str] = []
    while (claim := store.claim(f"w{len(found)}")) is not None:
        found.append(names[claim.id])
    return found


NAMES = (
    *("ann-done", "ann-failed", "ann-cancelled", "ann-trashed", "bob-stopped", "eve-running", "ann-lost", "ann-1"),
    *("ann-2", "ann-3", "bob-1", "bob-background", "bob-2", "eve-urgent", "eve-1", "ann-first", "bob-paused"),
    "paul-paused",
)


def dump_sqlite(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return "\n".join(connection.iterdump()) + "\n"
    finally:
        connection.close()


def dump_postgres(url: str) -> str:
    """Return a plain dump that every supported version of Postgres reads."""
    command = [postgres_program("pg_dump"), "--inserts", "--no-owner", "--no-privileges", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines() if line and not line.startswith(("--", "\\", "SET "))]
    return "\n".join(lines) + "\n"


def main() -> None:
    name, orders = known_revisions()[0], {}
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        home = Path(folder)
        write_tiny_checkpoint(home / "models" / "tiny")
        urls = {"sqlite": f"sqlite:///{home / 'inlay.db'}", "postgres": create_database(server, "inlay_release")}
        for kind, url in urls.items():
            migrate(url)
            database = connect(url)
            Filling(database, home / "models", Images((home / kind).as_uri())).fill()
            database.close()
            text = dump_sqlite(home / "inlay.db") if kind == "sqlite" else dump_postgres(url)
            (FOLDER / f"{name}.{kind}.sql").write_text(text)
            database = connect(url)
            orders[kind] = order(Jobs(database))
            database.close()
    assert orders["sqlite"] == orders["postgres"], orders
    (FOLDER / f"{name}.json").write_text(json.dumps({"order": orders["sqlite"]}, indent=2) + "\n")


if __name__ == "__main__":
    main()
