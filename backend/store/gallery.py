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

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, true, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from backend.contracts.document import Document
from backend.contracts.job import FINAL, JobResource, JobState
from backend.contracts.layout import LayoutKind
from backend.store.errors import Conflict
from backend.store.estimates import all_shown, shown
from backend.store.rows import RESOURCE, StoredOutput, find_job, is_of, no_such_job, stored_outputs
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
        values: dict[str, Any] = {} if favourite is None else {"favourite": favourite}
        if tags is not None:
            values["tags"] = json.dumps(tags, ensure_ascii=False)
        with self.database.begin() as connection:
            if values:
                mine = is_of(owner), jobs.c.id == id
                marked = update(jobs).where(*mine).values(**values).returning(jobs.c.number, jobs.c.owner)
                job = connection.execute(marked).one_or_none()
                if job is not None and tags is not None:
                    connection.execute(delete(job_tags).where(job_tags.c.number == job.number))
                    if tags:
                        rows = [{"number": job.number, "tag": tag, "owner": job.owner} for tag in tags]
                        connection.execute(insert(job_tags), rows)
            row = find_job(connection, owner, id)
        return shown(self.database, row)

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
            return [*connection.scalars(update(jobs).where(*mine).values(trashed_at=None).returning(jobs.c.id))]


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
