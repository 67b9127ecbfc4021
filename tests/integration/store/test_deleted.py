"""The ids of deleted jobs are never used again, on both databases."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from backend.reconciler import Reconciler
from backend.store.backup import forget_deleted
from backend.store.bus_local import LocalApiBus
from backend.store.database import Database, connect
from backend.store.deleted import REMEMBERED_SECONDS
from backend.store.errors import Conflict, LeaseLost, NotFound
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.migrations import migrate
from backend.store.retention import DAY, Retention, Rules
from backend.store.tables import deleted_jobs, jobs, now, shares
from tests.integration.store.samples import GRAPH, claimed, job, submit
from tests.integration.store.test_interleavings import at_once


def assert_used_up(store: Jobs, id: UUID) -> None:
    with pytest.raises(Conflict, match=f"The job {id} was deleted. Choose a new random UUID"):
        store.submit("ann", job(), GRAPH, 5, id=id)
    with pytest.raises(NotFound):
        store.get("ann", id)


def test_a_worker_of_a_deleted_job_cannot_renew_a_new_job(store: Jobs) -> None:
    id = uuid4()
    store.submit("ann", job(), GRAPH, 5, id=id)
    claim = claimed(store)
    store.delete("ann", id)
    assert_used_up(store, id)
    with pytest.raises(LeaseLost):
        store.renew(claim)


def test_a_refused_job_costs_its_owner_nothing(store: Jobs) -> None:
    id = submit(store).id
    store.delete("ann", id)
    with store.database.read() as connection:
        before = connection.execute(select(shares)).all()
        assert_used_up(store, id)
        assert connection.execute(select(shares)).all() == before


def test_ids_of_jobs_that_retention_or_a_backup_deleted(store: Jobs, database: Database, tmp_path: Path) -> None:
    trashed, lost = submit(store).id, submit(store).id
    store.cancel("ann", trashed)
    store.trash("ann", [trashed])
    with database.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == trashed).values(trashed_at=now(-2 * DAY)))
    assert [one.id for one in Retention(database, Rules(trash_days=1)).empty_trash()] == [trashed]
    assert_used_up(store, trashed)

    live_url = f"sqlite:///{tmp_path}/live.db"
    migrate(live_url)
    live = connect(live_url)
    forget_deleted(database, live, {f"jobs/{lost}/1/x.png": lost})
    live.close()
    assert_used_up(store, lost)


def test_a_deletion_and_a_submission_at_once(store: Jobs) -> None:
    for _ in range(15):
        id = uuid4()
        store.submit("ann", job(), GRAPH, 5, id=id)
        deleted, refused = at_once(
            lambda id=id: store.delete("ann", id), lambda id=id: store.submit("bob", job(), GRAPH, 5, id=id)
        )
        assert deleted is None
        assert isinstance(refused, Conflict)
        assert_used_up(store, id)


def test_the_reconciler_forgets_ids_when_no_browser_can_keep_a_picture(store: Jobs, tmp_path: Path) -> None:
    old, new = submit(store).id, submit(store).id
    store.delete("ann", old)
    store.delete("ann", new)
    with store.database.begin() as connection:
        aged = update(deleted_jobs).where(deleted_jobs.c.id == old).values(at=now(-REMEMBERED_SECONDS - 1))
        connection.execute(aged)
    assert Reconciler(store, Images(tmp_path.as_uri()), LocalApiBus()).run_once().forgotten == 1
    with store.database.read() as connection:
        assert connection.scalars(select(deleted_jobs.c.id)).all() == [new]
    assert store.submit("ann", job(), GRAPH, 5, id=old)[1] is True
