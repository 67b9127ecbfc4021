"""Retention by age and by bytes: what goes to the trash, in which order, and what stays."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from typer.testing import CliRunner

from backend.reconciler import Reconciler
from backend.store import retention
from backend.store.audit import Audit
from backend.store.bus_local import LocalApiBus
from backend.store.database import Database
from backend.store.images import Images
from backend.store.jobs import Jobs, Wanted
from backend.store.retention import DAY, Retention, Rules
from backend.store.tables import job_uploads, jobs, layout_uploads, now, saved_layouts, uploads
from inlay.cli import app
from tests.integration.store.samples import claimed, picture, submit


def ended(store: Jobs, owner: str = "ann", *, days: float = 0, size: int = 100) -> UUID:
    """Make a job that ended so many days ago and keeps so many bytes."""
    id = submit(store, owner).id
    claim = claimed(store)
    store.finish(claim, [picture(claim).model_copy(update={"bytes": size})], 1.0)
    with store.database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == id).values(finished_at=now(-days * DAY)))
    return id


def in_trash(store: Jobs, owner: str = "ann") -> set[UUID]:
    return {job.id for job in store.search(owner, Wanted(trash=True), None, 100)}


def test_old_jobs_go_and_favourites_tagged_and_waiting_ones_stay(store: Jobs, database: Database) -> None:
    old, older, new = ended(store, days=31), ended(store, "bob", days=40), ended(store, days=29)
    starred, tagged = ended(store, days=99), ended(store, days=99)
    store.mark("ann", starred, favourite=True)
    store.mark("ann", tagged, tags=["sea"])
    waiting = submit(store).id
    failed = submit(store, "eve").id
    store.cancel("eve", failed)
    with database.begin() as connection:
        long_ago = {"created_at": now(-99 * DAY), "queued_at": now(-99 * DAY)}
        connection.execute(update(jobs).where(jobs.c.id == waiting).values(**long_ago))
        connection.execute(update(jobs).where(jobs.c.id == failed).values(finished_at=now(-31 * DAY)))
    rules = Retention(database, Rules(days=30))
    assert [(one.id, one.why) for one in rules.plan()] == [(older, "age"), (old, "age"), (failed, "age")]
    assert in_trash(store) == set()
    assert {one.id for one in rules.retire()} == {older, old, failed}
    assert (in_trash(store), in_trash(store, "bob"), in_trash(store, "eve")) == ({old}, {older}, {failed})
    assert rules.retire() == []
    store.restore("ann", [old])
    assert new not in in_trash(store)


def test_the_oldest_jobs_of_an_owner_who_keeps_too_much_go(store: Jobs, database: Database) -> None:
    first, second, third, fourth = (ended(store, size=100) for _ in range(4))
    store.mark("ann", first, favourite=True)
    little = ended(store, "bob", size=250)
    rules = Retention(database, Rules(bytes=250))
    assert [(one.id, one.why) for one in rules.retire()] == [(second, "bytes"), (third, "bytes")]
    assert in_trash(store) == {second, third}
    assert rules.plan() == [], "what is in the trash does not count any more"
    assert [one.id for one in Retention(database, Rules(bytes=50)).plan()] == [fourth, little], "a favourite stays"


def test_what_goes_by_age_counts_for_the_bytes(store: Jobs, database: Database) -> None:
    old, second, _ = ended(store, days=50), ended(store), ended(store)
    going = Retention(database, Rules(days=30, bytes=200)).plan()
    assert [(one.id, one.why) for one in going] == [(old, "age")]
    going = Retention(database, Rules(days=30, bytes=150)).plan()
    assert [(one.id, one.why) for one in going] == [(old, "age"), (second, "bytes")]


def upload(database: Database, name: str, size: int, *holders: UUID) -> None:
    """Make an upload of ann that these jobs name."""
    id = name * 64
    with database.begin() as connection:
        row = {"owner": "ann", "id": id, "width": 8, "height": 8, "bytes": size}
        connection.execute(insert(uploads).values(**row, created_at=now(), used_at=now()))
        for holder in holders:
            connection.execute(insert(job_uploads).values(job_id=holder, upload=id))


def test_a_restored_job_stays_only_if_it_is_marked(store: Jobs, database: Database) -> None:
    first, second = ended(store, days=31), ended(store, days=31)
    rules = Retention(database, Rules(days=30))
    rules.retire()
    store.restore("ann", [first, second])
    store.mark("ann", first, favourite=True)
    rules.retire()
    assert in_trash(store) == {second}


def test_no_job_goes_for_uploads_that_stay(store: Jobs, database: Database) -> None:
    starred, first, second = ended(store), ended(store), ended(store)
    store.mark("ann", starred, favourite=True)
    upload(database, "a", 5000)
    upload(database, "b", 5000, starred, first)
    upload(database, "c", 5000)
    with database.begin() as connection:
        layout = {
            "id": first,
            "owner": "ann",
            "name": "a hill",
            "document": "{}",
            "created_at": now(),
            "updated_at": now(),
        }
        connection.execute(insert(saved_layouts).values(**layout))
        connection.execute(insert(layout_uploads).values(layout_id=first, upload="c" * 64))
    assert Retention(database, Rules(bytes=300)).plan() == []
    assert [one.id for one in Retention(database, Rules(bytes=200)).plan()] == [first]
    assert [one.id for one in Retention(database, Rules(bytes=100)).plan()] == [first, second]


def test_an_upload_goes_with_the_last_job_that_names_it(store: Jobs, database: Database) -> None:
    first, second, third = ended(store), ended(store), ended(store)
    upload(database, "a", 500, first, second)
    assert Retention(database, Rules(bytes=800)).plan() == []
    rules = Retention(database, Rules(bytes=600))
    assert [one.id for one in rules.retire()] == [first, second]
    assert rules.plan() == [], "the upload goes with the jobs in the trash"
    assert third not in in_trash(store)


def test_jobs_go_in_batches_and_a_call_has_a_bound(
    store: Jobs, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [ended(store, days=40 - number) for number in range(7)]
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST", 5)
    rules = Retention(database, Rules(days=30, trash_days=0))
    assert {one.id for one in rules.retire()} == set(made[:5])
    assert len(rules.retire()) == 2
    with database.begin() as connection:
        for number, id in enumerate(made):
            connection.execute(update(jobs).where(jobs.c.id == id).values(trashed_at=now(-100 + number)))
    assert [one.id for one in rules.empty_trash()] == made[:5]
    assert len(rules.empty_trash()) == 2


def test_a_job_that_is_marked_or_restored_meanwhile_stays(
    store: Jobs, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement checks the conditions again, after the plan was made."""
    starred, restored = ended(store, days=40), ended(store, days=40)
    rules = Retention(database, Rules(days=30, trash_days=0))
    going = rules.plan()
    store.mark("ann", starred, favourite=True)
    monkeypatch.setattr(rules, "plan", lambda most: going)
    assert [one.id for one in rules.retire()] == [restored]
    found = retention._found  # pyright: ignore[reportPrivateUsage]

    def found_and_restored(*arguments: object) -> object:
        answer = found(*arguments)  # pyright: ignore[reportArgumentType]
        store.restore("ann", [restored])
        return answer

    monkeypatch.setattr(retention, "_found", found_and_restored)
    assert rules.empty_trash() == []
    assert store.get("ann", restored).trashed_at is None


def test_the_reconciler_retires_deletes_and_audits(store: Jobs, database: Database, tmp_path: Path) -> None:
    images = Images((tmp_path / "images").as_uri())
    old = ended(store, days=40)
    images.put(store.output_key("ann", old, "x"), b"a picture")
    rules = Rules(days=30, trash_days=1)
    done = Reconciler(store, images, LocalApiBus(), rules=rules).run_once()
    assert (done.retired, done.retired_bytes, done.trashed, done.files) == (1, 100, 0, 0)
    with database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == old).values(trashed_at=now(-2 * DAY)))
    done = Reconciler(store, images, LocalApiBus(), rules=rules).run_once()
    assert (done.retired, done.trashed, done.files) == (0, 1, 1)
    noted = [(one.actor, one.means, one.action, one.object) for one in Audit(database).page()]
    assert noted == [
        ("system", "retention by trash", "deleteJob", str(old)),
        ("system", "retention by age", "retireJob", str(old)),
    ]
    assert list(images.list_prefix("jobs/")) == []


def test_the_command_says_what_would_go_and_lets_it_go(
    store: Jobs, database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INLAY_DATABASE_URL", database_url)
    monkeypatch.setenv("INLAY_IMAGES_URL", (tmp_path / "images").as_uri())
    old, trashed = ended(store, days=40, size=3 * 2**20), ended(store)
    store.trash("ann", [trashed])
    with database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == trashed).values(trashed_at=now(-2 * DAY)))
    Images((tmp_path / "images").as_uri()).put(f"jobs/{UUID(int=1)}/1/x.png", b"12345")

    said = CliRunner().invoke(app, ["retention"]).output
    assert "neither INLAY_RETENTION_DAYS nor INLAY_RETENTION_BYTES is set" in said
    assert "next round: 1, 5 bytes" in said
    said = CliRunner().invoke(app, ["retention", "--days", "30", "--bytes", "1GiB"]).output
    assert " ".join(said.split()).startswith(
        "owner goes jobs bytes ann to the trash: too old 1 3.0 MiB ann deleted for good 1 100 bytes"
    )
    assert "Nothing was changed" in said
    assert in_trash(store) == {trashed}

    done = CliRunner().invoke(app, ["retention", "--days", "30", "--apply"])
    assert done.exit_code == 0, done.output
    assert in_trash(store) == {old}
    assert {one.action for one in Audit(database).page()} == {"retireJob", "deleteJob"}
    refused = CliRunner().invoke(app, ["retention", "--bytes", "many"])
    assert refused.exit_code == 1
    assert "write it as 20GiB" in refused.output
