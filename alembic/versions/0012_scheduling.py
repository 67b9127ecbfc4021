"""Pauses, limits of each owner, a share of background jobs, and a virtual clock of several rows."""

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
CLOCKS = 64
KEEPS_BYTES = sa.text("bytes > 0")
CLAIM_ORDER = [sa.text("priority DESC"), "virtual_start", "number"]


def upgrade() -> None:
    # Without batch mode, which would copy the table: SQLite adds columns of a constant default in place.
    op.add_column("jobs", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("jobs", "frame_packs", "uploads"):
        op.add_column(table, sa.Column("bytes", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("shares", sa.Column("background_finish", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("shares", sa.Column("spent", sa.Double(), nullable=False, server_default="0"))
    op.add_column("shares", sa.Column("spent_at", MOMENT, nullable=True))
    op.add_column("virtual_clock", sa.Column("background", sa.BigInteger(), nullable=False, server_default="0"))
    for id in range(2, CLOCKS + 1):
        op.execute(f"INSERT INTO virtual_clock (id, now) VALUES ({id}, 0)")
    op.create_table("pauses", sa.Column("owner", sa.String(255), nullable=False), sa.PrimaryKeyConstraint("owner"))
    op.drop_index("ix_jobs_claim", table_name="jobs")
    op.create_index("ix_jobs_claim", "jobs", ["state", *CLAIM_ORDER, "owner", "model", "cost", "first_step", "steps"])
    op.create_index("ix_jobs_owner", "jobs", ["owner", "state", *CLAIM_ORDER])
    op.create_index("ix_jobs_bytes", "jobs", ["owner", "bytes"], sqlite_where=KEEPS_BYTES, postgresql_where=KEEPS_BYTES)


def downgrade() -> None:
    for name in ("ix_jobs_bytes", "ix_jobs_owner", "ix_jobs_claim"):
        op.drop_index(name, table_name="jobs")
    op.create_index("ix_jobs_claim", "jobs", ["state", *CLAIM_ORDER])
    op.drop_table("pauses")
    op.execute("UPDATE virtual_clock SET now = (SELECT max(now) FROM virtual_clock), background = 0 WHERE id = 1")
    op.execute("DELETE FROM virtual_clock WHERE id > 1")
    for table, columns in (
        ("virtual_clock", ["background"]),
        ("shares", ["spent_at", "spent", "background_finish"]),
        ("uploads", ["bytes"]),
        ("frame_packs", ["bytes"]),
        ("jobs", ["bytes", "paused"]),
    ):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
