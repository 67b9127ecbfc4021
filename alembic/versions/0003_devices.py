"""Create the table of devices, with the memory budgets of the workers."""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("budget_bytes", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_devices")),
    )


def downgrade() -> None:
    op.drop_table("devices")
