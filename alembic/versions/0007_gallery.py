"""Make jobs searchable by their prompts and layouts, and give them favourites, tags and a trash."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
_BATCH = 200  # documents that are read at once
_JOBS = sa.table("jobs", sa.column("number"), sa.column("spec"), sa.column("layout"))
_IN_TRASH = sa.text("trashed_at IS NOT NULL")


def upgrade() -> None:
    # Without batch mode, which would copy the table: SQLite adds columns of a constant default in place.
    op.add_column("jobs", sa.Column("layout", sa.String(16), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("favourite", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("tags", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("jobs", sa.Column("trashed_at", MOMENT, nullable=True))
    prompts = op.create_table(
        "job_prompts",
        sa.Column("number", SERIAL, autoincrement=False, nullable=False),
        sa.Column("prompts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["jobs.number"], name=op.f("fk_job_prompts_number_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_job_prompts")),
    )
    op.create_table(
        "job_tags",
        sa.Column("number", SERIAL, autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["jobs.number"], name=op.f("fk_job_tags_number_jobs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", "tag", name=op.f("pk_job_tags")),
    )
    _fill(prompts)
    op.create_index("ix_job_tags_owner", "job_tags", ["owner", "tag", "number"])
    op.drop_index("ix_jobs_owner", table_name="jobs")
    compared = ["owner", "number", "trashed_at", "state", "layout", "model", "favourite", "created_at"]
    op.create_index("ix_jobs_gallery", "jobs", compared)
    op.create_index("ix_jobs_trash", "jobs", ["trashed_at"], sqlite_where=_IN_TRASH, postgresql_where=_IN_TRASH)


def downgrade() -> None:
    op.drop_index("ix_jobs_trash", table_name="jobs")
    op.drop_index("ix_jobs_gallery", table_name="jobs")
    op.create_index("ix_jobs_owner", "jobs", ["owner", "number"])
    op.drop_table("job_tags")
    op.drop_table("job_prompts")
    with op.batch_alter_table("jobs") as batch:
        for column in ("trashed_at", "tags", "favourite", "layout"):
            batch.drop_column(column)


def _fill(prompts: sa.Table) -> None:
    """Enter the layouts and prompts of the existing jobs, a few documents at a time."""
    connection = op.get_bind()
    last = -1
    query = sa.select(_JOBS.c.number, _JOBS.c.spec).order_by(_JOBS.c.number).limit(_BATCH)
    change = sa.update(_JOBS).where(_JOBS.c.number == sa.bindparam("of")).values(layout=sa.bindparam("kind"))
    while rows := connection.execute(query.where(_JOBS.c.number > last)).all():
        documents = [(row.number, json.loads(row.spec)) for row in rows]
        connection.execute(change, [{"of": number, "kind": said["layout"]["kind"]} for number, said in documents])
        connection.execute(prompts.insert(), [{"number": number, "prompts": _text(said)} for number, said in documents])
        last = rows[-1].number


def _text(document: Any) -> str:
    return "\n".join(dict.fromkeys(filter(None, map(_normal, _prompts(document)))))


def _prompts(value: Any) -> Iterator[str]:
    match value:
        case list():
            for one in value:
                yield from _prompts(one)
        case dict():
            for name, one in value.items():
                if name in ("prompt", "negative_prompt") and isinstance(one, str):
                    yield one
                else:
                    yield from _prompts(one)


def _normal(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).replace("\0", " ").split())
