"""The links by which jobs are shared."""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shared_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_shared_links"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_shared_links_job_id_jobs", ondelete="CASCADE"),
        sa.UniqueConstraint("hash", name="uq_shared_links_hash"),
    )
    op.create_index("ix_shared_links_job_id", "shared_links", ["job_id"])


def downgrade() -> None:
    op.drop_table("shared_links")
