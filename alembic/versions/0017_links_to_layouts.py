"""Links to saved layouts, beside those to jobs."""

import sqlalchemy as sa

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("shared_links") as batch:
        batch.alter_column("job_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("layout_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            "fk_shared_links_layout_id_saved_layouts", "saved_layouts", ["layout_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_check_constraint("ck_shared_links_one_object", "(job_id IS NULL) != (layout_id IS NULL)")
    op.create_index("ix_shared_links_layout_id", "shared_links", ["layout_id"])


def downgrade() -> None:
    op.execute("DELETE FROM shared_links WHERE layout_id IS NOT NULL")
    op.drop_index("ix_shared_links_layout_id", table_name="shared_links")
    with op.batch_alter_table("shared_links") as batch:
        batch.drop_constraint("ck_shared_links_one_object", type_="check")
        batch.drop_constraint("fk_shared_links_layout_id_saved_layouts", type_="foreignkey")
        batch.drop_column("layout_id")
        batch.alter_column("job_id", existing_type=sa.Uuid(), nullable=False)
