"""The ids of deleted jobs."""

import sqlalchemy as sa

from alembic import op

revision = "0018"
down_revision = "0017"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deleted_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deleted_jobs_at", "deleted_jobs", ["at"])


def downgrade() -> None:
    op.drop_table("deleted_jobs")
