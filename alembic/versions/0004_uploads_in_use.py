"""Record the uploads that jobs and saved layouts name, so that all others can be deleted."""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(24), "sqlite")
_BY = (("job", "jobs", "spec"), ("layout", "saved_layouts", "document"))


def upgrade() -> None:
    with op.batch_alter_table("uploads") as batch:
        batch.add_column(sa.Column("used_at", MOMENT, nullable=True))
    op.execute("UPDATE uploads SET used_at = created_at")
    with op.batch_alter_table("uploads") as batch:
        batch.alter_column("used_at", existing_type=MOMENT, nullable=False)
        batch.create_index("ix_uploads_used", ["used_at"])
    for name, table, document in _BY:
        op.create_table(
            f"{name}_uploads",
            sa.Column(f"{name}_id", sa.Uuid(), nullable=False),
            sa.Column("upload", sa.String(length=64), nullable=False),
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{table}.id"], name=op.f(f"fk_{name}_uploads_{name}_id_{table}"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint(f"{name}_id", "upload", name=op.f(f"pk_{name}_uploads")),
        )
        op.create_index(f"ix_{name}_uploads_upload", f"{name}_uploads", ["upload"])
        op.execute(
            f"INSERT INTO {name}_uploads ({name}_id, upload) "
            f"SELECT named.id, uploads.id FROM {table} AS named "
            f"JOIN uploads ON uploads.owner = named.owner AND named.{document} LIKE '%' || uploads.id || '%'"
        )


def downgrade() -> None:
    for name, _, _ in _BY:
        op.drop_table(f"{name}_uploads")
    with op.batch_alter_table("uploads") as batch:
        batch.drop_index("ix_uploads_used")
        batch.drop_column("used_at")
