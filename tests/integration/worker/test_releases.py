"""A database that an earlier release left with a running queue is upgraded, and its queue goes on."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import inspect, text

from backend.store.audit import Audit
from backend.store.credentials import Credentials, KeyRefused
from backend.store.database import Database, check_schema, connect
from backend.store.deliveries import Deliveries
from backend.store.images import Images
from backend.store.jobs import Jobs, Wanted
from backend.store.layouts import Layouts
from backend.store.migrations import migrate
from backend.store.models import sha256_of
from backend.store.schema import known_revisions
from backend.store.uploads import Uploads
from backend.store.users import Users
from tests.integration.store.releases.make import FOLDER, KEY, NAMES, named, order
from tests.integration.worker.conftest import placed
from tests.servers import create_database, drop_database
from worker.job.run import work

RELEASES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass
class Release:
    """The database of an earlier release, upgraded. `before` counts the rows of its tables before the upgrade."""

    url: str
    database: Database
    order: list[str]
    before: dict[str, int]


def rows(url: str) -> dict[str, int]:
    """Count the rows of each table."""
    database = connect(url)
    tables = [name for name in inspect(database.engine).get_table_names() if name != "alembic_version"]
    with database.read() as connection:
        counts = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables}
    database.close()
    return counts


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'inlay.db'}"
        return
    server, name = request.getfixturevalue("postgres_template"), f"inlay_release_{uuid4().hex}"
    yield create_database(server, name)
    drop_database(server, name)


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest, empty: str) -> Iterator[Release]:
    if empty.startswith("sqlite"):
        connection = sqlite3.connect(empty.removeprefix("sqlite:///"))
        connection.executescript((FOLDER / f"{request.param}.sqlite.sql").read_text())
        connection.close()
    else:
        with psycopg.connect(empty, autocommit=True) as connection:
            connection.execute((FOLDER / f"{request.param}.postgres.sql").read_bytes())
    before = rows(empty)
    migrate(empty)
    database = connect(empty)
    yield Release(empty, database, json.loads((FOLDER / f"{request.param}.json").read_text())["order"], before)
    database.close()


def test_the_upgrade_keeps_every_row(release: Release) -> None:
    after = rows(release.url)
    kept = {table: count for table, count in release.before.items() if table in after}
    assert {table: after[table] for table in kept} == kept
    assert kept["jobs"] == len(NAMES)
    check_schema(release.database)


def test_workers_take_the_jobs_in_the_order_of_the_earlier_release(release: Release) -> None:
    assert order(Jobs(release.database)) == release.order


def pin_anew(release: Release, models: Path) -> None:
    """Pin the jobs of a dump to the tiny model of now. It has other weights than the one with which the dump was made,
    so the worker would refuse them."""
    with release.database.engine.begin() as connection:
        spec = json.loads(connection.scalar(text("SELECT spec FROM jobs LIMIT 1")) or "")
        pins = {"before": spec["models"][0]["sha256"], "now": sha256_of(models / "tiny")}
        connection.execute(text("UPDATE jobs SET spec = replace(spec, :before, :now)"), pins)


def test_the_queue_goes_on_and_new_jobs_take_their_fair_place(release: Release, models: Path, tmp_path: Path) -> None:
    """A lost job is requeued, a job that a worker still holds is left to it, and all others finish."""
    pin_anew(release, models)
    with placed(release.url, models, Images((tmp_path / "images").as_uri())) as place:
        store = place.worker.jobs
        assert store.requeue_expired() == [named("ann-lost")]
        late = place.submit(steps=2)
        waiting = {*release.order, "bob-paused", "paul-paused"} - {"bob-background"}
        assert store.get("ann", late.id).position == len(waiting)
        while work(place.worker):
            pass
        for name in release.order:
            ended = store.get(None, named(name))
            assert ended.state == "succeeded", ended.error
            assert place.worker.images.get(store.output_key(None, ended.id, "x"))
        assert store.get(None, named("eve-running")).state == "running"
        for name, owner in (("bob-paused", "bob"), ("paul-paused", "paul")):
            assert store.get(owner, named(name)).state == "queued"
        store.arrange("bob", named("bob-paused"), paused=False)
        store.pause_owner("paul", False)
        assert work(place.worker)
        assert work(place.worker)
        assert not work(place.worker)


def test_the_rest_of_an_owner_is_still_there(release: Release, tmp_path: Path) -> None:
    store, database = Jobs(release.database), release.database
    credentials = Credentials(database, {}, 3600)
    assert (credentials.of_key(KEY).owner, credentials.of_key(KEY).scope) == ("ann", "admin")
    with pytest.raises(KeyRefused):
        credentials.of_key("another")
    assert {user.name: user.disabled for user in Users(database).all()} == {"ann": False, "bob": False, "zoe": True}
    (done,) = store.search("ann", Wanted(words=["ann-done"]), None, 10)
    assert (done.favourite, done.tags, done.outputs[0].name) == (True, ["dunes", "Ærø"], "x")
    assert [one.id for one in store.search("ann", Wanted(trash=True), None, 10)] == [named("ann-trashed")]
    failed = store.get("ann", named("ann-failed"))
    assert failed.error is not None
    assert failed.error.detail == "The model gave NaN."
    assert store.get("bob", named("bob-stopped")).can_continue
    (layout,) = Layouts(database).search("ann")
    assert layout.document.start is not None
    uploads = Uploads(database, Images((tmp_path / "images").as_uri()))
    assert uploads.size("ann", layout.document.start.picture) == (256, 128)
    assert [one.object for one in Audit(database).page()] == ["zoe"]
    events = store.events("ann", done.id, 0)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    posts = Deliveries(database).take(10)
    assert {post.url for post in posts} == {"https://example.org/hook"}


def test_the_newest_release_can_be_made_again() -> None:
    """No dump is of a schema that this program does not know, and each has its three files."""
    assert RELEASES
    assert set(RELEASES) <= set(known_revisions())
    for name in RELEASES:
        assert (FOLDER / f"{name}.sqlite.sql").exists()
        assert (FOLDER / f"{name}.postgres.sql").exists()
