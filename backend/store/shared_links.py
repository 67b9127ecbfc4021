"""Links by which owners share single jobs and saved layouts. A token is 256 random bits, and its SHA-256 is kept.

A link shows its job or layout until it ends, its owner takes it back or is disabled, the job goes into the trash, or
the layout is deleted.
"""

import secrets
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, null, or_, select, true

from backend.contracts.limits import MAX_LINKS
from backend.contracts.sharing import SharedLink
from backend.store.credentials import digest
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.rows import AnyRow, StoredOutput, find_job, is_of, lock_jobs, stored_outputs
from backend.store.tables import jobs, now, saved_layouts, shared_links, users

DAY = 24 * 3600.0
LASTS: ColumnElement[bool] = or_(shared_links.c.expires_at.is_(None), shared_links.c.expires_at > now())
"""The condition for links that have not ended."""
_SHOWS_JOB = and_(
    LASTS,
    jobs.c.state == "succeeded",
    jobs.c.trashed_at.is_(None),
    ~exists().where(users.c.name == jobs.c.owner, users.c.disabled),
)
_SHOWS_LAYOUT = and_(LASTS, ~exists().where(users.c.name == saved_layouts.c.owner, users.c.disabled))
_OWNER = func.coalesce(jobs.c.owner, saved_layouts.c.owner)


class FoundJob(NamedTuple):
    """The job that a link shows: the text of its document, its end and its pictures."""

    link: UUID
    document: str
    finished_at: datetime
    outputs: list[StoredOutput]


class FoundLayout(NamedTuple):
    """The saved layout that a link shows: its owner, its name, its last change, and the text of its document."""

    link: UUID
    owner: str
    name: str
    updated_at: datetime
    document: str


class SharedLinks:
    """The links. For an owner of None, which is an admin's reach, a method takes those of any owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def to_job(self, owner: str | None, job: UUID, days: float | None) -> tuple[SharedLink, str]:
        """Make a link to a finished job. Returns it with its token. Raises NotFound if the owner has no such job, and
        Conflict if the job has no pictures or MAX_LINKS links."""
        with self._database.begin() as connection:
            lock_jobs(connection, is_of(owner), jobs.c.id == job)  # so that its links are counted by one at a time
            row = find_job(connection, owner, job)
            if row.state != "succeeded" or row.trashed_at is not None:
                raise Conflict("Only a job that has succeeded, and is not in the trash, can be shared.")
            return _create(connection, "job", job, days)

    def to_layout(self, owner: str, layout: UUID, days: float | None) -> tuple[SharedLink, str]:
        """Make a link to a saved layout. Returns it with its token. Raises NotFound if the owner has no such layout,
        and Conflict if the layout has MAX_LINKS links."""
        mine = select(saved_layouts.c.id).where(saved_layouts.c.owner == owner, saved_layouts.c.id == layout)
        with self._database.begin() as connection:
            # Locked, so that its links are counted by one at a time.
            if connection.scalar(mine.with_for_update(key_share=True)) is None:
                raise NotFound(f"There is no saved layout {layout}. The list of layouts shows the existing ones.")
            return _create(connection, "layout", layout, days)

    def all(self, owner: str, job: UUID | None = None, layout: UUID | None = None) -> list[SharedLink]:
        """Return the links of an owner that have not ended, or those to one job or layout, the newest first."""
        wanted = [] if job is None else [shared_links.c.job_id == job]
        wanted += [] if layout is None else [shared_links.c.layout_id == layout]
        with self._database.read() as connection:
            return _links(connection, owner == _OWNER, LASTS, *wanted)

    def revoke(self, owner: str | None, id: UUID) -> UUID:
        """Take a link back. Returns its job or layout. Raises NotFound if the owner has no such link."""
        of_owner = or_(
            shared_links.c.job_id.in_(select(jobs.c.id).where(is_of(owner))),
            shared_links.c.layout_id.in_(
                select(saved_layouts.c.id).where(true() if owner is None else saved_layouts.c.owner == owner)
            ),
        )
        mine = delete(shared_links).where(shared_links.c.id == id, of_owner)
        with self._database.begin() as connection:
            shared = func.coalesce(shared_links.c.job_id, shared_links.c.layout_id)
            found = connection.scalar(mine.returning(shared))
        if found is None:
            raise NotFound(f"There is no link {id}. The list of links shows the existing ones.")
        return found

    def find(self, token: str) -> FoundJob | FoundLayout:
        """Return the job or the saved layout that a link shows. Raises NotFound if there is no such link any more."""
        of_token = shared_links.c.hash == digest(token)
        of_job = select(shared_links.c.id, jobs.c.spec, jobs.c.finished_at, jobs.c.outputs)
        of_layout = select(shared_links.c.id, saved_layouts)
        with self._database.read() as connection:
            job = connection.execute(
                of_job.join_from(shared_links, jobs, jobs.c.id == shared_links.c.job_id).where(of_token, _SHOWS_JOB)
            ).one_or_none()
            layout = connection.execute(
                of_layout.join_from(shared_links, saved_layouts, saved_layouts.c.id == shared_links.c.layout_id).where(
                    of_token, _SHOWS_LAYOUT
                )
            ).one_or_none()
        if job is not None:
            return FoundJob(job.id, job.spec, job.finished_at, stored_outputs.validate_json(job.outputs))
        if layout is not None:
            return FoundLayout(layout.id, layout.owner, layout.name, layout.updated_at, layout.document)
        raise NotFound("There is no such link. It has ended, or its owner has taken it back.")

    def expire(self) -> int:
        """Delete the links that have ended. Returns their number."""
        with self._database.begin() as connection:
            return connection.execute(delete(shared_links).where(~LASTS)).rowcount


def _create(
    connection: Connection, kind: Literal["job", "layout"], shared: UUID, days: float | None
) -> tuple[SharedLink, str]:
    """Make a link to a job or a layout. Raises Conflict if it has MAX_LINKS links."""
    id, token = uuid4(), secrets.token_urlsafe(32)
    expires = null() if days is None else now(days * DAY)
    column = shared_links.c.job_id if kind == "job" else shared_links.c.layout_id
    others = select(func.count()).select_from(shared_links).where(column == shared, LASTS)
    if (connection.scalar(others) or 0) >= MAX_LINKS:
        raise Conflict(f"This {kind} has {MAX_LINKS} links, the most that a {kind} may have. Take one back first.")
    new = {"id": id, column.name: shared, "hash": digest(token)}
    connection.execute(insert(shared_links).values(**new, created_at=now(), expires_at=expires))
    (link,) = _links(connection, shared_links.c.id == id)
    return link, token


def _links(connection: Connection, *conditions: Any) -> list[SharedLink]:
    query = (
        select(shared_links)
        .outerjoin_from(shared_links, jobs, jobs.c.id == shared_links.c.job_id)
        .outerjoin(saved_layouts, saved_layouts.c.id == shared_links.c.layout_id)
        .where(*conditions)
    )
    rows = connection.execute(query.order_by(shared_links.c.created_at.desc(), shared_links.c.id)).all()
    return [_link(row) for row in rows]


def _link(row: AnyRow) -> SharedLink:
    return SharedLink(
        id=row.id, job=row.job_id, layout=row.layout_id, created_at=row.created_at, expires_at=row.expires_at
    )
