"""The migrations on both databases: up, down and up again. Autogenerate then finds no difference."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from alembic import command
from backend.contracts.job import Job
from backend.store.database import connect
from backend.store.jobs import Jobs, Wanted
from backend.store.migrations import migrate, migrating
from backend.store.search_text import search_text, search_words
from backend.store.tables import CLOCKS, metadata
from tests.integration.store.samples import GRAPH, claimed, job, submit
from tests.servers import create_database


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that no migration has touched."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    server: str = request.getfixturevalue("postgres_template")
    return create_database(server, f"inlay_empty_{uuid4().hex}")


def tables(url: str) -> set[str]:
    return set(inspect(connect(url).engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(empty_url: str):
    migrate(empty_url)
    assert tables(empty_url) == set(metadata.tables)
    with migrating(empty_url) as config:
        command.downgrade(config, "base")
    assert tables(empty_url) == set()
    migrate(empty_url)
    assert tables(empty_url) == set(metadata.tables)


def test_autogenerate_finds_no_difference(database_url: str):
    with connect(database_url).read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []


def test_autogenerate_would_see_a_difference(database_url: str):
    database = connect(database_url)
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE jobs ADD COLUMN stray INTEGER"))
    with database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [(change[0], change[3].name) for change in found] == [("remove_column", "stray")]


def test_many_processes_may_migrate_at_once(empty_url: str):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: migrate(empty_url), range(6)))
    assert tables(empty_url) == set(metadata.tables)
    with connect(empty_url).read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM virtual_clock")) == CLOCKS


def test_uploads_that_are_in_use_when_sweeps_begin_stay(empty_url: str):
    """The migration searches the existing documents for the uploads that they name."""
    with migrating(empty_url) as config:
        command.upgrade(config, "0003")
    named, loose, other = (letter * 64 for letter in "abc")
    database = connect(empty_url)
    with database.begin() as connection:
        for id in (named, loose, other):
            row = {"id": id, "at": "2026-01-01T00:00:00.000Z"}
            connection.execute(text("INSERT INTO uploads VALUES ('ann', :id, 8, 8, :at)"), row)
        layout = {"id": uuid4().hex, "document": f'{{"mask": "{named}"}}', "at": "2026-01-01T00:00:00.000Z"}
        for owner, document in (("ann", layout["document"]), ("bob", f'{{"mask": "{other}"}}')):
            row = {**layout, "id": uuid4().hex, "owner": owner, "document": document}
            connection.execute(text("INSERT INTO saved_layouts VALUES (:id, :owner, 'x', :document, :at, :at)"), row)
    database.close()
    migrate(empty_url)
    with connect(empty_url).read() as connection:
        assert connection.scalars(text("SELECT upload FROM layout_uploads")).all() == [named]
        assert connection.scalar(text("SELECT count(*) FROM uploads WHERE used_at = created_at")) == 3


def test_the_gallery_finds_jobs_that_are_older_than_it(empty_url: str):
    """The migration enters the layouts and prompts of the existing documents, as the store does for new ones."""
    with migrating(empty_url) as config:
        command.upgrade(config, "0006")
    database = connect(empty_url)
    specs = [job(f"Ein GROSSER Hügel\u0000 {number}").model_dump_json() for number in range(450)]
    columns = (
        "number, id, owner, state, priority, virtual_start, cost, model, spec, graph, fingerprint, fence, attempt, "
        "skips, cancel_requested, step, steps, last_seq, outputs, created_at, queued_at"
    )
    values = (
        ":number, :id, 'ann', 'queued', 0, 0, 1, 'papercut', :spec, '{}', '', 0, 0, 0, FALSE, 0, 1, 1, '[]', :at, :at"
    )
    rows = [
        {"number": 2 * number, "id": uuid4().hex, "spec": spec, "at": "2026-01-01T00:00:00.000Z"}
        for number, spec in enumerate(specs)
    ]
    with database.begin() as connection:
        connection.execute(text(f"INSERT INTO jobs ({columns}) VALUES ({values})"), rows)
    database.close()
    migrate(empty_url)
    store = Jobs(connect(empty_url))
    assert len(store.search("ann", Wanted(words=search_words("groß")), None, 1000)) == 450
    (found,) = store.search("ann", Wanted(words=search_words("HÜGEL 449"), layout="regions"), None, 1000)
    assert (found.favourite, found.tags, found.trashed_at) == (False, [], None)
    with store.database.read() as connection:
        texts = connection.scalars(text("SELECT prompts FROM job_prompts ORDER BY number")).all()
    assert texts == [search_text(Job.model_validate_json(spec)) for spec in specs]


def test_a_queue_that_runs_is_upgraded_in_its_order(empty_url: str):
    """Jobs that an earlier version queued and claimed keep their places, their claims and the virtual clock."""
    with migrating(empty_url) as config:
        command.upgrade(config, "0011")
    database, made = connect(empty_url), [uuid4() for _ in range(4)]
    columns = (
        "id, owner, state, priority, virtual_start, cost, model, spec, graph, fingerprint, fence, attempt, "
        "skips, cancel_requested, step, steps, last_seq, outputs, lease_until, worker, created_at, queued_at"
    )
    values = (
        ":id, :owner, :state, 0, :start, 10, 'papercut', :spec, :graph, '', :fence, :fence, "
        "0, FALSE, 0, 4, 1, '[]', :lease, :worker, :at, :at"
    )
    at, lease = "2026-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"
    common = {"spec": job().model_dump_json(), "graph": GRAPH.model_dump_json(), "at": at}
    waits = {**common, "state": "queued", "fence": 0, "lease": None, "worker": None}
    runs = {**common, "state": "running", "fence": 1, "lease": lease, "worker": "old:1"}
    rows = [
        {**runs, "id": made[0].hex, "owner": "ann", "start": 70},
        {**waits, "id": made[1].hex, "owner": "ann", "start": 80},
        {**waits, "id": made[2].hex, "owner": "bob", "start": 70},
        {**waits, "id": made[3].hex, "owner": "ann", "start": 90},
    ]
    with database.begin() as connection:
        connection.execute(text(f"INSERT INTO jobs ({columns}) VALUES ({values})"), rows)
        connection.execute(text("INSERT INTO shares (owner, virtual_finish) VALUES ('ann', 100), ('bob', 80)"))
        connection.execute(text("UPDATE virtual_clock SET now = 70"))
    database.close()
    migrate(empty_url)
    store = Jobs(connect(empty_url))
    late = submit(store, "eve").id
    assert [store.get(owner, id).position for owner, id in (("bob", made[2]), ("eve", late), ("ann", made[1]))] == [
        0,
        1,
        2,
    ]
    assert store.take_back("old:1") == [made[0]], "a claim of the earlier version is still known"
    order = [claimed(store, f"w{number}").id for number in range(5)]
    assert order == [made[0], made[2], late, made[1], made[3]]
