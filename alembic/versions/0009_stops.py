"""Record the request to stop a job and keep its pictures, and the job that a job continues."""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # Without batch mode, which would copy the table: SQLite adds columns of a constant default in place.
    op.add_column("jobs", sa.Column("stop_requested", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("continues", sa.Uuid(), nullable=True))
    op.add_column("jobs", sa.Column("first_step", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_jobs_continues", "jobs", ["continues"])


def downgrade() -> None:
    op.drop_index("ix_jobs_continues", table_name="jobs")
    with op.batch_alter_table("jobs") as batch:
        for column in ("first_step", "continues", "stop_requested"):
            batch.drop_column(column)
