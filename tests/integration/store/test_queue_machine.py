"""The queue under any order of actions by several owners, an admin, several workers and the reconciler, on both
databases.

Each invariant is a method, or stands in the rule that it belongs to. tests/unit/store/test_state_machine.py follows the
life of single jobs in more detail.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from backend.contracts.job import FINAL, JobState
from backend.store.claims import SKIPS
from backend.store.database import connect
from backend.store.errors import Conflict, LeaseLost, LimitReached
from backend.store.jobs import Claim, Jobs, Wanted
from backend.store.limits import OwnerLimits
from backend.store.retention import Retention, Rules
from backend.store.tables import BACKGROUND, CLAIM_ORDER, jobs, now
from tests.integration.store.queue_model import One, Row, ahead_of, own_among, row_of
from tests.integration.store.samples import GRAPH, PROBLEM, job, let_its_time_come, let_lease_run_out, picture
from tests.servers import create_database, drop_database

OWNERS = ("ann", "bob", "eve")
WORKERS = ("w1", "w2", "w3")
MODELS = ("one", "two")
LIMITS = OwnerLimits(queued=5, running=2)
MAX_ATTEMPTS = 2
NEAR = 8  # a claim looks for a loaded model among this many jobs

owners = st.sampled_from(OWNERS)
workers = st.sampled_from(WORKERS)
priorities = st.sampled_from((0, 0, 0, 3, BACKGROUND))


class QueueMachine(RuleBasedStateMachine):
    ids = Bundle("ids")
    claims = Bundle("claims")

    def __init__(self, url: str) -> None:
        """Begin with an empty, migrated database."""
        super().__init__()
        self.database = connect(url)
        self.store = Jobs(self.database, max_attempts=MAX_ATTEMPTS, limits=LIMITS)
        self.retention = Retention(self.database, Rules(trash_days=1))
        self.all: dict[UUID, One] = {}
        self.paused: set[str] = set()  # owners, and "" for everybody
        self.keys = count(1)
        self.order: list[Row] = []
        self.moved: set[UUID] = set()  # jobs that the last rule put into another place

    @initialize(target=ids, wanted=st.lists(st.tuples(owners, st.sampled_from(MODELS)), min_size=8, max_size=14))
    def fill_the_queue(self, wanted: list[tuple[str, str]]):
        made = [self.submit_one(owner, 0, False, model) for owner, model in wanted]
        return multiple(*[id for id in made if id is not None])

    def teardown(self) -> None:
        self.database.close()

    def count(self, owner: str, state: JobState) -> int:
        return sum(one.owner == owner and one.state == state for one in self.all.values())

    def rows(self) -> list[Row]:
        """Return the queue in order."""
        columns = jobs.c.id, jobs.c.owner, jobs.c.priority, jobs.c.model, jobs.c.skips
        with self.database.read() as connection:
            queued = select(*columns).where(jobs.c.state == "queued").order_by(*CLAIM_ORDER)
            return [Row(*row) for row in connection.execute(queued)]

    def may_run(self, row: Row) -> bool:
        one = self.all[row.id]
        held = one.paused or not one.due or "" in self.paused or row.owner in self.paused
        return not held and self.count(row.owner, "running") < (LIMITS.running or 0)

    def admitted(self, owner: str, action: Callable[[], Any]) -> Any:
        """Queue a job. It must be refused if and only if its owner has as many queued jobs as the limit."""
        if self.count(owner, "queued") >= (LIMITS.queued or 0):
            with pytest.raises(LimitReached):
                action()
            return None
        return action()

    @rule(target=ids, owner=owners, priority=priorities, first=st.booleans(), model=st.sampled_from(MODELS))
    def submit(self, owner: str, priority: int, first: bool, model: str):
        id = self.submit_one(owner, priority, first, model)
        return multiple() if id is None else id

    def submit_one(self, owner: str, priority: int, first: bool, model: str) -> UUID | None:
        made = self.admitted(
            owner,
            lambda: self.store.submit(owner, job(model=model), GRAPH, 10, priority=priority, first=first),
        )
        if made is None:
            return None
        id = made[0].id
        self.all[id] = One(owner)
        self.moved.add(id)
        mine = [row for row in self.rows() if row.owner == owner and row.priority == priority]
        assert mine[0 if first else -1].id == id, "a new job is the last of its owner's, or the first if asked"
        return id

    @rule(owner=owners, models=st.lists(st.sampled_from(MODELS), min_size=2, max_size=4))
    def submit_several(self, owner: str, models: list[str]) -> None:
        for model in models:
            self.submit_one(owner, 0, False, model)

    @rule(owner=owners, model=st.sampled_from(MODELS))
    def submit_twice(self, owner: str, model: str) -> None:
        """A request that is sent again gets the same job, even if its owner has reached the limit meanwhile."""
        key = f"key-{next(self.keys)}"
        made = self.admitted(owner, lambda: self.store.submit(owner, job(model=model), GRAPH, 10, key))
        if made is not None:
            self.all[made[0].id] = One(owner)
            self.moved.add(made[0].id)
            again, created = self.store.submit(owner, job(model=model), GRAPH, 10, key)
            assert (again.id, created) == (made[0].id, False)

    @rule(target=claims, worker=workers, loaded=st.sets(st.sampled_from(MODELS)), times=st.integers(1, 4))
    def claim(self, worker: str, loaded: set[str], times: int):
        made = [self.claim_one(worker, loaded) for _ in range(times)]
        return multiple(*[claim for claim in made if claim is not None])

    @rule(worker=workers, jobs=st.integers(3, 8))
    def pass_over_the_first(self, worker: str, jobs: int) -> None:
        """Run several jobs, one after the other, with another model loaded than that of the first job."""
        ready = [row for row in self.rows() if self.may_run(row)]
        loaded = {model for model in MODELS if ready and model != ready[0].model}
        for _ in range(min(jobs, len(ready))):
            if (claim := self.claim_one(worker, loaded)) is not None:
                self.finish_one(claim)

    def claim_one(self, worker: str, loaded: set[str]) -> Claim | None:
        ready = [row for row in self.rows() if self.may_run(row)]
        claim = self.store.claim(worker, frozenset(loaded))
        if claim is None:
            assert not ready, "a worker finds work if there is any"
            return None
        head, taken = ready[0], next(row for row in ready if row.id == claim.id)
        if taken != head:
            assert taken in ready[:NEAR]
            assert taken.priority == head.priority, "affinity passes no priority"
            assert taken.model in loaded
            assert head.model not in loaded
            assert head.skips < SKIPS, "the first job is passed over a bounded number of times"
        if taken.priority == BACKGROUND:
            assert all(row.priority == BACKGROUND for row in ready), "a background job runs if nothing else can"
        one = self.all[claim.id]
        one.state, one.attempt = "running", one.attempt + 1
        return claim

    def write(self, claim: Claim, action: Callable[[], object], then: Callable[[One], None]) -> None:
        """Let a worker write. It must succeed if and only if its claim holds the job."""
        one = self.all.get(claim.id)
        with self.database.read() as connection:
            fence = connection.scalar(select(jobs.c.fence).where(jobs.c.id == claim.id))
        if one is not None and one.state == "running" and fence == claim.fence:
            action()
            then(one)
        else:
            with pytest.raises(LeaseLost):
                action()

    @rule(claim=claims)
    def renew(self, claim: Claim) -> None:
        answers: list[Any] = []
        self.write(claim, lambda: answers.append(self.store.renew(claim)), lambda one: None)
        assert all((answer == "cancel") == self.all[claim.id].cancel_requested for answer in answers)

    @rule(claim=claims)
    def finish(self, claim: Claim) -> None:
        self.finish_one(claim)

    def finish_one(self, claim: Claim) -> None:
        self.write(
            claim,
            lambda: self.store.finish(claim, [picture(claim)], 1.0),
            lambda one: setattr(one, "state", "succeeded"),
        )

    @rule(claim=claims)
    def hand_back(self, claim: Claim) -> None:
        def then(one: One) -> None:
            one.state, one.attempt = "cancelled" if one.cancel_requested else "queued", one.attempt - 1

        self.write(claim, lambda: self.store.release(claim, "the worker stops"), then)
        self.moved.add(claim.id)

    @rule(claim=claims, seconds=st.sampled_from((0.0, 3600.0)))
    def try_later(self, claim: Claim, seconds: float) -> None:
        def then(one: One) -> None:
            one.state = "cancelled" if one.cancel_requested else "failed" if one.attempt >= MAX_ATTEMPTS else "queued"
            one.due = one.state != "queued" or not seconds

        self.write(claim, lambda: self.store.retry_later(claim, PROBLEM, seconds), then)
        self.moved.add(claim.id)

    @rule(id=ids)
    def let_time_pass(self, id: UUID) -> None:
        if id in self.all and not self.all[id].due:
            let_its_time_come(self.database, id)
            self.all[id].due = True

    @rule(id=ids)
    def lose_the_worker(self, id: UUID) -> None:
        let_lease_run_out(self.database, id)
        one = self.all.get(id)
        running = one is not None and one.state == "running"
        assert self.store.requeue_expired() == ([id] if running else []), "only a running job can lose its worker"
        if one is not None and running:
            one.state = "cancelled" if one.cancel_requested else "failed" if one.attempt >= MAX_ATTEMPTS else "queued"
            self.moved.add(id)

    @rule(id=ids)
    def cancel(self, id: UUID) -> None:
        if (one := self.all.get(id)) is not None:
            self.store.cancel(one.owner, id)
            one.cancel_requested |= one.state not in FINAL
            one.state = "cancelled" if one.state == "queued" else one.state

    @rule(owner=owners)
    def cancel_all(self, owner: str) -> None:
        self.store.cancel_several(owner, None)
        for one in self.all.values():
            if one.owner == owner and one.state not in FINAL:
                one.cancel_requested = True
                one.state = "cancelled" if one.state == "queued" else one.state

    @rule(id=ids)
    def retry(self, id: UUID) -> None:
        one = self.all.get(id)
        if one is None or one.state not in ("failed", "cancelled"):
            return
        if self.admitted(one.owner, lambda: self.store.retry(one.owner, id)) is not None:
            self.all[id] = One(one.owner)
            self.moved.add(id)

    @rule(id=ids, place=st.integers(0, 5))
    def reorder_any(self, id: UUID, place: int) -> None:
        if (one := self.all.get(id)) is None:
            return
        if one.state == "queued":
            self.move(id, place)
        else:
            with pytest.raises(Conflict):
                self.store.arrange(one.owner, id, place=place)

    @rule(data=st.data(), place=st.integers(0, 5))
    def reorder(self, data: st.DataObject, place: int) -> None:
        if waiting := self.rows():
            self.move(data.draw(st.sampled_from(waiting)).id, place)

    def move(self, id: UUID, place: int) -> None:
        one = self.all[id]
        before = self.rows()
        self.store.arrange(one.owner, id, place=place)
        self.moved.add(id)
        after = self.rows()
        own = [row.id for row in after if row.owner == one.owner]
        same = [row.id for row in after if row.owner == one.owner and row.priority == row_of(before, id).priority]
        assert own.index(id) == min(max(place, own.index(same[0])), own.index(same[-1])), "the place asked, or nearest"
        for other in before:
            if other.owner != one.owner:
                assert ahead_of(after, other, one.owner) <= ahead_of(before, other, one.owner), (
                    "no other owner is passed"
                )

    @rule(data=st.data())
    def put_before_another_owners(self, data: st.DataObject) -> None:
        """Let an admin put a job directly before one of another owner. All others stay in their order, except that the
        owner's later jobs move up if the job becomes or ceases to be a background job."""
        before = self.rows()
        if len({row.owner for row in before}) < 2:
            return
        one = data.draw(st.sampled_from(before))
        other = data.draw(st.sampled_from([row for row in before if row.owner != one.owner]))
        self.store.arrange(None, one.id, before=other.id)
        self.moved.add(one.id)
        expected = [row.id for row in before if row != one]
        expected.insert(expected.index(other.id), one.id)
        found = [row.id for row in self.rows()]
        if (one.priority < 0) != (other.priority < 0):
            later = {row.id for row in before if row.owner == one.owner and row != one}
            expected, found = ([id for id in ids if id not in later] for ids in (expected, found))
        assert found == expected

    @rule(id=ids, priority=priorities)
    def give_priority(self, id: UUID, priority: int) -> None:
        if (one := self.all.get(id)) is not None and one.state == "queued":
            assert self.store.arrange(None, id, priority=priority).priority == priority
            self.moved.add(id)

    @rule(id=ids, paused=st.booleans())
    def pause_one(self, id: UUID, paused: bool) -> None:
        if (one := self.all.get(id)) is not None and one.state == "queued":
            self.store.arrange(one.owner, id, paused=paused)
            one.paused = paused

    @rule(owner=st.sampled_from((*OWNERS, "")), paused=st.booleans())
    def pause_many(self, owner: str, paused: bool) -> None:
        if owner:
            self.store.pause_owner(owner, paused)
        else:
            self.store.pause_all(paused)
        (self.paused.add if paused else self.paused.discard)(owner)

    @rule(id=ids)
    def trash(self, id: UUID) -> None:
        one = self.all.get(id)
        if one is None:
            return
        if one.state in FINAL:
            assert self.store.trash(one.owner, [id]) == [id]
            one.trashed = True
        else:
            with pytest.raises(Conflict):
                self.store.trash(one.owner, [id])

    @rule(id=ids)
    def restore(self, id: UUID) -> None:
        if (one := self.all.get(id)) is not None:
            assert self.store.restore(one.owner, [id]) == [id]
            one.trashed = False

    @precondition(lambda self: any(one.trashed for one in self.all.values()))
    @rule(data=st.data())
    def empty_the_trash(self, data: st.DataObject) -> None:
        """Delete those jobs from the trash that have been there for more than a day, and nothing else."""
        trashed = sorted(id for id, one in self.all.items() if one.trashed)
        old = data.draw(st.sets(st.sampled_from(trashed)))
        with self.database.begin() as connection:
            connection.execute(update(jobs).where(jobs.c.id.in_(old)).values(trashed_at=now(-86_401)))
        gone = {going.id for going in self.retention.empty_trash()}
        assert gone >= old
        assert gone <= set(trashed)
        for id in gone:
            del self.all[id]

    @rule(id=ids)
    def delete(self, id: UUID) -> None:
        if (one := self.all.pop(id, None)) is not None:
            self.store.delete(one.owner, id)

    @invariant()
    def every_job_is_in_the_expected_state(self) -> None:
        found: dict[UUID, One] = {}
        for owner in OWNERS:
            for trash in (False, True):
                for seen in self.store.search(owner, Wanted(trash=trash), None, 1000):
                    paused = seen.paused is not None and self.all[seen.id].paused
                    one = One(owner, seen.state, seen.attempt, seen.cancel_requested, paused, trashed=trash)
                    one.due = self.all[seen.id].due
                    found[seen.id] = one
        assert found == {id: replace(one, paused=one.paused and one.state == "queued") for id, one in self.all.items()}

    @invariant()
    def no_owner_runs_more_jobs_than_the_limit(self) -> None:
        for owner in OWNERS:
            assert self.store.queue(owner).mine_running == self.count(owner, "running") <= (LIMITS.running or 0)

    @invariant()
    def only_a_moved_job_changes_places_with_its_owners_others(self) -> None:
        after = self.rows()
        stayed = {row.id for row in after} & {row.id for row in self.order} - self.moved
        for owner in OWNERS:
            assert own_among(self.order, owner, stayed) == own_among(after, owner, stayed)
        self.order, self.moved = after, set()

    @invariant()
    def places_are_those_of_the_queue(self) -> None:
        rows = self.rows()
        for owner in OWNERS:
            said = {resource.id: resource.position for resource in self.store.waiting(owner, 100)}
            assert said == {row.id: place for place, row in enumerate(rows) if row.owner == owner}


RUN = settings(max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_queue_on_sqlite(sqlite_template: bytes, tmp_path: Path) -> None:
    numbers = count(1)

    def make() -> str:
        path = tmp_path / f"{next(numbers)}.db"
        path.write_bytes(sqlite_template)
        return f"sqlite:///{path}"

    class OnSqlite(QueueMachine):
        def __init__(self) -> None:
            super().__init__(make())

    run_state_machine_as_test(OnSqlite, settings=RUN)


def test_the_queue_on_postgres(postgres_template: str) -> None:
    numbers = count(1)
    made: list[str] = []

    def make() -> str:
        made.append(f"queue_machine_{next(numbers)}")
        return create_database(postgres_template, made[-1], "inlay_template")

    class OnPostgres(QueueMachine):
        def __init__(self) -> None:
            super().__init__(make())

    try:
        run_state_machine_as_test(OnPostgres, settings=RUN)
    finally:
        for name in made:
            drop_database(postgres_template, name)
