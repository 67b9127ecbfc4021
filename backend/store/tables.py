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
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from backend.contracts.limits import MAX_ADDRESS, MAX_KEY_LABEL, MAX_TAG, MAX_USER_NAME

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
    Column("paused", Boolean, nullable=False, server_default=false()),  # of a queued job: no worker takes it
    Column("bytes", BigInteger, nullable=False, server_default="0"),  # of its pictures, frames and lasting checkpoint
    Column("traceparent", String(55)),  # of the request that made the job, by W3C Trace Context
    CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"),
    UniqueConstraint("owner", "idempotency_key"),
)
CLAIM_ORDER = (jobs.c.priority.desc(), jobs.c.virtual_start, jobs.c.number)
BACKGROUND = -1  # the priority of jobs that run only when nothing else waits
# With the columns that estimates read, so that they read no row: rows are large.
ESTIMATED = (jobs.c.owner, jobs.c.model, jobs.c.cost, jobs.c.first_step, jobs.c.steps)
Index("ix_jobs_claim", jobs.c.state, *CLAIM_ORDER, *ESTIMATED)
Index("ix_jobs_owner", jobs.c.owner, jobs.c.state, *CLAIM_ORDER)
KEEPS_BYTES = jobs.c.bytes > literal_column("0")  # so written because the index is chosen before parameters are known
Index("ix_jobs_bytes", jobs.c.owner, jobs.c.bytes, sqlite_where=KEEPS_BYTES, postgresql_where=KEEPS_BYTES)
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

# The ids of deleted jobs, which no new job gets (`backend.store.deleted`).
deleted_jobs = Table(
    "deleted_jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", Moment, nullable=False),
)
Index("ix_deleted_jobs_at", deleted_jobs.c.at)

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
    Column("bytes", BigInteger, nullable=False, server_default="0"),
)

# Each owner's account. Fair share: the positions in virtual time at which the owner's jobs and background jobs end.
# The limit of the cost per hour: `spent` is the part of the allowance that was used at `spent_at`. Whatever changes an
# owner's queued jobs, but not a worker, locks this row first.
shares = Table(
    "shares",
    metadata,
    Column("owner", String(255), primary_key=True),
    Column("virtual_finish", BigInteger, nullable=False),
    Column("background_finish", BigInteger, nullable=False, server_default="0"),
    Column("spent", Double, nullable=False, server_default="0"),
    Column("spent_at", Moment),
)

# The greatest virtual start of a claimed job, and that of a claimed background job: no owner's next job starts before
# it. It is the maximum over CLOCKS rows, so that claims which end at the same time need not wait for each other.
CLOCKS = 64
virtual_clock = Table(
    "virtual_clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("now", BigInteger, nullable=False),
    Column("background", BigInteger, nullable=False, server_default="0"),
)

# The owners whose queued jobs no worker takes. EVERYBODY stands for the whole queue.
EVERYBODY = ""
pauses = Table("pauses", metadata, Column("owner", String(255), primary_key=True))

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
    Column("bytes", BigInteger, nullable=False, server_default="0"),
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

users = Table(
    "users",
    metadata,
    Column("name", String(MAX_USER_NAME), primary_key=True),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# API keys. `hash` is the SHA-256 of a key, and `hint` the beginning of the key.
keys = Table(
    "keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", String(MAX_USER_NAME), ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("hint", String(16), nullable=False),
    Column("label", String(MAX_KEY_LABEL), nullable=False),
    Column("scope", String(8), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)
Index("ix_keys_owner", keys.c.owner)

# Sign-ins of browsers. `key_id` is the key that was shown; `entry` is the SHA-256 of a key in the settings instead.
sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("key_id", Uuid, ForeignKey("keys.id", ondelete="CASCADE")),
    Column("entry", String(64)),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
Index("ix_sessions_key_id", sessions.c.key_id)

# `caller` is the JSON of the credential that asked for the ticket.
tickets = Table(
    "tickets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("caller", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

# What was done by whom. It names users, keys and objects by text, so that it survives their deletion.
audit = Table(
    "audit",
    metadata,
    Column("number", serial, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("means", String(64), nullable=False),
    Column("address", String(MAX_ADDRESS), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object", String(255), nullable=False),
    Column("request", String(64), nullable=False),
)
Index("ix_audit_at", audit.c.at)
Index("ix_audit_actor", audit.c.actor, audit.c.number)
Index("ix_audit_object", audit.c.object, audit.c.number)

# The memory budget of each machine's worker, from its last start.
devices = Table(
    "devices",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("budget_bytes", BigInteger, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# The processes of this Inlay, as their heartbeats report them. `name` is the one that jobs have in `worker`. `models`
# is a list in JSON. The memory is that of the device, and `resident` that of the process, in bytes.
processes = Table(
    "processes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(255), nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", String(32), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("device", String(255)),
    Column("memory_free", BigInteger),
    Column("memory_total", BigInteger),
    Column("resident", BigInteger, nullable=False),
    Column("models", Text, nullable=False),
    Column("job", Uuid),
    Column("stopping", Boolean, nullable=False),
)

# Counts that only rise. Each row adds to the sum of its kind (`backend.store.tallies`).
tallies = Table(
    "tallies",
    metadata,
    Column("number", serial, primary_key=True),
    Column("name", String(16), nullable=False),
    Column("label", String(255), nullable=False),
    Column("bound", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("total", Double, nullable=False),
)

# The addresses to which the events of an owner's jobs are posted, or with `job_id` those of one job. `events` is a list
# in JSON.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE")),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)
Index("ix_webhooks_owner", webhooks.c.owner, webhooks.c.job_id)
Index("ix_webhooks_job", webhooks.c.job_id)

# The secrets that sign the posts to an owner's webhooks. The server signs with them, so they are not hashed.
webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("owner", String(255), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("former", String(64)),
)

# The events on their way to webhooks. `next_at` is when a sender may take the row; null once it has ended.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("webhook", Uuid, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("job_id", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("event", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),
    Column("status", Integer),
    Column("error", Text),
    CheckConstraint("state IN ('waiting', 'delivered', 'dead')", name="state"),
)
Index("ix_deliveries_due", deliveries.c.state, deliveries.c.next_at)
Index("ix_deliveries_webhook", deliveries.c.webhook, deliveries.c.at)

# The links by which jobs and saved layouts are shared. `hash` is the SHA-256 of a link's token.
shared_links = Table(
    "shared_links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE")),
    Column("layout_id", Uuid, ForeignKey("saved_layouts.id", ondelete="CASCADE")),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    CheckConstraint("(job_id IS NULL) != (layout_id IS NULL)", name="one_object"),
)
Index("ix_shared_links_job_id", shared_links.c.job_id)
Index("ix_shared_links_layout_id", shared_links.c.layout_id)

deployment = Table("deployment", metadata, Column("id", Uuid, primary_key=True))
"""One row that identifies this database, so that the reconciler never deletes the pictures of another database."""
