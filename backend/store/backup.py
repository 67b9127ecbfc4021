"""The files that a copy of the database needs from the picture store, for `inlay backup`."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete, select

from backend.store.database import Database
from backend.store.deleted import delete_jobs
from backend.store.rows import stored_outputs
from backend.store.tables import frame_packs, jobs, uploads
from backend.store.uploads import key as upload_key


def named_files(database: Database) -> dict[str, UUID | None]:
    """Return the keys of all pictures, frames, checkpoints and uploads that the database names. Each comes with the job
    that needs it; uploads come with None. Checkpoints are first, because a running job soon replaces its own."""
    with database.read() as connection:
        rows = connection.execute(select(jobs.c.id, jobs.c.checkpoint, jobs.c.outputs)).all()
        frames = connection.execute(select(frame_packs.c.key, frame_packs.c.job_id)).all()
        ids = connection.scalars(select(uploads.c.id).distinct()).all()
    found: dict[str, UUID | None] = {row.checkpoint: row.id for row in rows if row.checkpoint is not None}
    found |= {output.key: row.id for row in rows for output in stored_outputs.validate_json(row.outputs)}
    found |= {row.key: row.job_id for row in frames}
    return found | {upload_key(id): None for id in ids}


def forget_deleted(copy: Database, live: Database, missing: Mapping[str, UUID | None]) -> None:
    """Delete from the copy the jobs and uploads that were deleted from the live database after the copy was made. Their
    files are `missing`."""
    lost_jobs = {job for job in missing.values() if job is not None}
    gone = lost_jobs - _still(live, lost_jobs)
    lost_uploads = {key.removeprefix("uploads/").removesuffix(".png") for key, job in missing.items() if job is None}
    with live.read() as connection:
        kept = set(connection.scalars(select(uploads.c.id).where(uploads.c.id.in_(lost_uploads))))
    with copy.begin() as connection:
        delete_jobs(connection, jobs.c.id.in_(gone))
        connection.execute(delete(uploads).where(uploads.c.id.in_(lost_uploads - kept)))


def _still(database: Database, ids: Collection[UUID]) -> set[UUID]:
    """Return those of the jobs that exist."""
    with database.read() as connection:
        return set(connection.scalars(select(jobs.c.id).where(jobs.c.id.in_(ids))))
