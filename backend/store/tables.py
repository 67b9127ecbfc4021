"""The tables, for SQLite and Postgres. Documents are stored as JSON text, so that they are read back exactly as they
were written.

All times come from the database's clock through `now()`. docs/protocol.md, Claims, explains the columns of `jobs`.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    false,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from backend.contracts.limits import MAX_TAG

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A time on the database's clock. On Postgres it is a timestamptz; on SQLite it is ISO text in UTC, whose order is
    that of time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return String(24) if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return None if moment is None else moment.astimezone(UTC)


class now(FunctionElement[datetime]):  # noqa: N801  (named like the SQL function)
    """The time at which the statement began, on the database's clock, plus `seconds`.

    The time at which the transaction began would be too early, because the transaction may have waited for a lock.
    """

    type = Moment()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(literal(float(seconds), Double))


@compiles(now, "postgresql")
def _now_postgres(element: now, compiler: SQLCompiler, **options: Any) -> str:
    return f"(statement_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', 'now', {seconds} || ' seconds')"


serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only by an INTEGER PRIMARY KEY

jobs = Table(
    "jobs",
    metadata,
    Column("number", serial, primary_key=True),  # the order of submission, also within one tick of the clock
    Column("id", Uuid, nullable=False, unique=True),
    Column("owner", String(255), nullable=False),
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("virtual_start", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("model", String(64), nullable=False),
    Column("spec", Text, nullable=False),
    Column("graph", Text, nullable=False),
    Column("idempotency_key", String(255)),
    Column("fingerprint", String(64), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("skips", Integer, nullable=False),
    Column("worker", String(255)),
    Column("lease_until", Moment),
    Column("cancel_requested", Boolean, nullable=False),
    Column("stop_requested", Boolean, nullable=False, server_default=false()),
    Column("checkpoint", Text),  # a succeeded job has one if it was stopped before its end
    Column("continues", Uuid),  # the job whose checkpoint this one began from; not a foreign key, as it may go
    # The number of steps that the continued job did, or 0.
    Column("first_step", Integer, nullable=False, server_default="0"),
    Column("step", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("outputs", Text, nullable=False),
    Column("error", Text),
    Column("seconds", Double),
    Column(
        "steady_seconds", Double
    ),  # without the loading of models; null if the job finished before this was measured
    Column("created_at", Moment, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("not_before", Moment),  # no worker claims a queued job sooner; null: at once
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("layout", String(16), nullable=False, server_default=""),
    Column("favourite", Boolean, nullable=False, server_default=false()),
    Column("tags", Text, nullable=False, server_default="[]"),
    Column("trashed_at", Moment),
    CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"),
    UniqueConstraint("owner", "idempotency_key"),
)
CLAIM_ORDER = (jobs.c.priority.desc(), jobs.c.virtual_start, jobs.c.number)
Index("ix_jobs_claim", jobs.c.state, *CLAIM_ORDER)
Index("ix_jobs_lease", jobs.c.state, jobs.c.lease_until)
# The columns that searches compare, so that a search reads no row that it does not find.
Index(
    "ix_jobs_gallery",
    jobs.c.owner,
    jobs.c.number,
    jobs.c.trashed_at,
    jobs.c.state,
    jobs.c.layout,
    jobs.c.model,
    jobs.c.favourite,
    jobs.c.created_at,
)
IN_TRASH = jobs.c.trashed_at.is_not(None)
Index("ix_jobs_trash", jobs.c.trashed_at, sqlite_where=IN_TRASH, postgresql_where=IN_TRASH)
Index("ix_jobs_continues", jobs.c.continues)
Index("ix_jobs_finished", jobs.c.state, jobs.c.model, jobs.c.finished_at)

events = Table(
    "events",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

# The prompts of each job, as `backend.store.search_text` writes them. They are apart from `jobs`, whose rows are large.
job_prompts = Table(
    "job_prompts",
    metadata,
    Column("number", serial, ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("prompts", Text, nullable=False),
)

# The tags of each job, as in `jobs.tags`.
job_tags = Table(
    "job_tags",
    metadata,
    Column("number", serial, ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("tag", String(MAX_TAG), primary_key=True),
    Column("owner", String(255), nullable=False),
)
Index("ix_job_tags_owner", job_tags.c.owner, job_tags.c.tag, job_tags.c.number)

# The kept frames of a run: one file for the frames of some steps. `contents` lists the frames in it.
frame_packs = Table(
    "frame_packs",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("fence", BigInteger, primary_key=True, autoincrement=False),
    Column("first_step", Integer, primary_key=True, autoincrement=False),
    Column("last_step", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("contents", Text, nullable=False),
)

# Fair share: the position in virtual time at which each owner's jobs end.
shares = Table(
    "shares",
    metadata,
    Column("owner", String(255), primary_key=True),
    Column("virtual_finish", BigInteger, nullable=False),
)

# One row: the greatest virtual start of a claimed job. No owner's next job starts before it.
virtual_clock = Table(
    "virtual_clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("now", BigInteger, nullable=False),
)

saved_layouts = Table(
    "saved_layouts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("name", String(120), nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
Index("ix_saved_layouts_owner", saved_layouts.c.owner, saved_layouts.c.updated_at)

# The owners of each upload; the file's name is the id alone. `used_at` is when the upload was last sent or named.
uploads = Table(
    "uploads",
    metadata,
    Column("owner", String(255), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
)
Index("ix_uploads_used", uploads.c.used_at)

# The uploads that must stay, because a job or a saved layout names them.
job_uploads = Table(
    "job_uploads",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("upload", String(64), primary_key=True),
)
Index("ix_job_uploads_upload", job_uploads.c.upload)
layout_uploads = Table(
    "layout_uploads",
    metadata,
    Column("layout_id", Uuid, ForeignKey("saved_layouts.id", ondelete="CASCADE"), primary_key=True),
    Column("upload", String(64), primary_key=True),
)
Index("ix_layout_uploads_upload", layout_uploads.c.upload)

tickets = Table(
    "tickets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

# The memory budget of each machine's worker, from its last start.
devices = Table(
    "devices",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("budget_bytes", BigInteger, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

deployment = Table("deployment", metadata, Column("id", Uuid, primary_key=True))
"""One row that identifies this database, so that the reconciler never deletes the pictures of another database."""
