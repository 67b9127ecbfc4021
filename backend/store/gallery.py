"""The part of the job store for finding jobs again: search, favourites, tags, and the trash.

A search walks through `ix_jobs_gallery`, newest first, until it has found enough jobs. It looks up the prompts and tags
of the jobs that fit so far, and reads no document of a job that it does not find.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select, true, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from backend.contracts.document import Document
from backend.contracts.job import FINAL, JobResource, JobState
from backend.contracts.layout import LayoutKind
from backend.contracts.limits import MAX_TAGS
from backend.store.errors import Conflict
from backend.store.estimates import all_shown, shown
from backend.store.rows import RESOURCE, AnyRow, StoredOutput, find_job, is_of, lock_jobs, no_such_job, stored_outputs
from backend.store.tables import job_prompts, job_tags, jobs, now
from backend.store.upkeep import Upkeep


@dataclass(frozen=True)
class Wanted:
    """The jobs that a search finds: those that fit every field. None, and no words, fit every job.

    `words` are those of `search_words`. `since` is inclusive and `until` is not. Jobs in the trash are found only with
    `trash`, and then no others.
    """

    state: JobState | None = None
    words: Sequence[str] = ()
    model: str | None = None
    layout: LayoutKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    favourite: bool | None = None
    tag: str | None = None
    trash: bool = False


class TagUse(Document):
    """A tag, and the number of jobs that have it."""

    tag: str
    count: int


class MarkedJob(Document):
    """The marks of a job."""

    id: UUID
    favourite: bool
    tags: list[str]


class StoredJob(NamedTuple):
    """A job, and its pictures with their keys in the picture store."""

    job: JobResource
    outputs: list[StoredOutput]


class occurs(FunctionElement[bool]):  # noqa: N801  (named like an SQL function)
    """True if the second text occurs in the first."""

    inherit_cache = True


@compiles(occurs, "postgresql")
def _occurs_postgres(element: occurs, compiler: SQLCompiler, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


@compiles(occurs, "sqlite")
def _occurs_sqlite(element: occurs, compiler: SQLCompiler, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


class Gallery(Upkeep):
    """The job store's methods for the gallery. An owner of None, which is an admin's reach, stands for all owners."""

    def search(self, owner: str | None, wanted: Wanted, after: UUID | None, limit: int) -> list[JobResource]:
        """Return the owner's jobs that `wanted` describes, newest first. With `after`, only jobs that are older than
        that job are returned.

        Raises NotFound if the job `after` does not exist.
        """
        found = select(jobs.c.number).where(is_of(owner), *_conditions(owner, wanted))
        with self.database.read() as connection:
            if after is not None:
                cursor = connection.scalar(select(jobs.c.number).where(is_of(owner), jobs.c.id == after))
                if cursor is None:
                    raise no_such_job(after)
                found = found.where(jobs.c.number < cursor)
            page = found.order_by(jobs.c.number.desc()).limit(limit).subquery()
            query = select(*RESOURCE).where(jobs.c.number.in_(select(page.c.number))).order_by(jobs.c.number.desc())
            rows = connection.execute(query).all()
        return all_shown(self.database, rows)

    def several(self, owner: str | None, ids: Collection[UUID]) -> list[StoredJob]:
        """Return these jobs, newest first. Raises NotFound if the owner does not have one of them."""
        query = select(*RESOURCE).where(is_of(owner), jobs.c.id.in_(ids)).order_by(jobs.c.number.desc())
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        if missing := set(ids) - {row.id for row in rows}:
            raise no_such_job(min(missing))
        outputs = [stored_outputs.validate_json(row.outputs) for row in rows]
        return [*map(StoredJob, all_shown(self.database, rows), outputs)]

    def mark(
        self, owner: str | None, id: UUID, *, favourite: bool | None = None, tags: Sequence[str] | None = None
    ) -> JobResource:
        """Set a job's favourite mark, its tags, or both; None leaves them. Raises NotFound if the owner has no such
        job."""
        with self.database.begin() as connection:
            rows = _locked(connection, owner, [id])
            _set_favourite(connection, rows, favourite)
            if tags is not None:
                _set_tags(connection, [(row, tags) for row in rows])
            row = find_job(connection, owner, id)
        return shown(self.database, row)

    def mark_several(
        self,
        owner: str | None,
        ids: Collection[UUID],
        *,
        favourite: bool | None = None,
        add_tags: Sequence[str] = (),
        remove_tags: Collection[str] = (),
    ) -> list[MarkedJob]:
        """Mark jobs, all or none. First `remove_tags` are taken from each job, then `add_tags` are added. A tag that a
        job has already, in capitals or not, is not added again. Returns the marks that the jobs have now, newest job
        first; ids that the owner does not have are left out.

        Raises Conflict if a job would get more than MAX_TAGS tags; then none is marked.
        """
        with self.database.begin() as connection:
            rows = _locked(connection, owner, ids)
            before = [json.loads(row.tags) for row in rows]
            after = [_changed_tags(tags, add_tags, remove_tags) for tags in before]
            if full := sum(len(tags) > MAX_TAGS for tags in after):
                raise Conflict(
                    f"{full:,} of these jobs would have more than {MAX_TAGS} tags. Remove some of their tags first."
                )
            _set_favourite(connection, rows, favourite)
            _set_tags(connection, [(row, new) for row, old, new in zip(rows, before, after, strict=True) if new != old])
        return [
            MarkedJob(id=row.id, favourite=row.favourite if favourite is None else favourite, tags=tags)
            for row, tags in zip(rows, after, strict=True)
        ]

    def tags(self, owner: str) -> list[TagUse]:
        """Return the tags of an owner's jobs, the most frequent first. Jobs in the trash do not count."""
        uses = func.count()
        query = (
            select(job_tags.c.tag, uses)
            .join(jobs, jobs.c.number == job_tags.c.number)
            .where(job_tags.c.owner == owner, jobs.c.trashed_at.is_(None))
            .group_by(job_tags.c.tag)
            .order_by(uses.desc(), job_tags.c.tag)
        )
        with self.database.read() as connection:
            return [TagUse(tag=tag, count=uses) for tag, uses in connection.execute(query)]

    def trash(self, owner: str | None, ids: Collection[UUID]) -> list[UUID]:
        """Put ended jobs into the trash. Returns the ids that are in the trash now; ids that the owner does not have
        are left out.

        Raises Conflict if one of the jobs is queued or running; then none is moved.
        """
        with self.database.begin() as connection:
            mine = is_of(owner), jobs.c.id.in_(ids)
            lock_jobs(connection, *mine)
            moved = update(jobs).where(*mine, jobs.c.state.in_(FINAL))
            trashed = connection.scalars(
                moved.values(trashed_at=func.coalesce(jobs.c.trashed_at, now())).returning(jobs.c.id)
            ).all()
            if left := connection.scalar(select(func.count()).where(*mine, jobs.c.id.not_in(trashed))):
                raise Conflict(f"{left:,} of these jobs are queued or running. Cancel them first, then delete them.")
        return [*trashed]

    def restore(self, owner: str | None, ids: Collection[UUID]) -> list[UUID]:
        """Take jobs out of the trash. Returns the ids that are not in the trash now; ids that the owner does not have
        are left out."""
        with self.database.begin() as connection:
            mine = is_of(owner), jobs.c.id.in_(ids)
            lock_jobs(connection, *mine)
            return [*connection.scalars(update(jobs).where(*mine).values(trashed_at=None).returning(jobs.c.id))]


def _locked(connection: Connection, owner: str | None, ids: Collection[UUID]) -> Sequence[AnyRow]:
    """Lock these jobs of an owner until the transaction ends. Returns their marks, newest job first."""
    mine = is_of(owner), jobs.c.id.in_(ids)
    lock_jobs(connection, *mine)
    marks = select(jobs.c.number, jobs.c.id, jobs.c.owner, jobs.c.favourite, jobs.c.tags)
    return connection.execute(marks.where(*mine).order_by(jobs.c.number.desc())).all()


def _set_favourite(connection: Connection, rows: Sequence[AnyRow], favourite: bool | None) -> None:
    """Set the favourite mark of locked jobs; None leaves it."""
    if favourite is not None:
        numbers = [row.number for row in rows]
        connection.execute(update(jobs).where(jobs.c.number.in_(numbers)).values(favourite=favourite))


def _set_tags(connection: Connection, tagged: Sequence[tuple[AnyRow, Sequence[str]]]) -> None:
    """Replace all tags of each of these locked jobs."""
    if not tagged:
        return
    texts = [{"job": row.number, "text": json.dumps(tags, ensure_ascii=False)} for row, tags in tagged]
    connection.execute(update(jobs).where(jobs.c.number == bindparam("job")).values(tags=bindparam("text")), texts)
    connection.execute(delete(job_tags).where(job_tags.c.number.in_([row.number for row, _ in tagged])))
    if rows := [{"number": row.number, "tag": tag, "owner": row.owner} for row, tags in tagged for tag in tags]:
        connection.execute(insert(job_tags), rows)


def _changed_tags(tags: Sequence[str], add: Sequence[str], remove: Collection[str]) -> list[str]:
    left = [tag for tag in tags if tag not in remove]
    had = {tag.casefold() for tag in left}
    return left + [tag for tag in add if tag.casefold() not in had]


def _conditions(owner: str | None, wanted: Wanted) -> list[ColumnElement[bool]]:
    exact = {
        jobs.c.state: wanted.state,
        jobs.c.model: wanted.model,
        jobs.c.layout: wanted.layout,
        jobs.c.favourite: wanted.favourite,
    }
    conditions = [column == value for column, value in exact.items() if value is not None]
    conditions.append(jobs.c.trashed_at.is_not(None) if wanted.trash else jobs.c.trashed_at.is_(None))
    if wanted.since is not None:
        conditions.append(jobs.c.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(jobs.c.created_at < wanted.until)
    if wanted.tag is not None:
        of_owner = true() if owner is None else job_tags.c.owner == owner
        tagged = select(job_tags.c.number).where(of_owner, job_tags.c.tag == wanted.tag)
        conditions.append(jobs.c.number.in_(tagged))
    if wanted.words:
        said = [occurs(job_prompts.c.prompts, word) for word in wanted.words]
        conditions.append(exists().where(job_prompts.c.number == jobs.c.number, *said))
    return conditions
