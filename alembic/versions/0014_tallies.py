"""Counts that do not fall when jobs are deleted."""

import sqlalchemy as sa

from alembic import op

revision = "0014"
down_revision = "0013"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("label", sa.String(255), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def downgrade() -> None:
    op.drop_table("tallies")
