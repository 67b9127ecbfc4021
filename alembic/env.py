"""Run the migrations on a connection that `backend.store.migrations.migrating` opens, for SQLite and Postgres."""

from sqlalchemy import Connection

from alembic import context
from backend.store.migrations import migrating
from backend.store.tables import metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    url = context.get_x_argument(as_dictionary=True).get("url")
    if url is None:
        raise SystemExit("Name the database: alembic -x url=sqlite:///data/inlay.db ...")
    with migrating(url) as config:
        run(config.attributes["connection"])
