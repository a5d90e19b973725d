"""Foreign keys that an apply added to large tables of PostgreSQL are proven afterwards, while everybody goes on writing.

Until then they hold for whatever is written. Who is interrupted loses nothing: the next apply proves what is left, and `verify`
looks at the rows itself.
"""

from __future__ import annotations

from contextlib import closing

from dougong.storage import catalogue, ddl
from dougong.storage.apply import LOCK_SECONDS
from dougong.storage.database import Database


def prove(database: Database) -> list[str]:
    """Prove every foreign key that is not yet; gives the names of those whose tables are in use or whose rows break them."""
    if database.dialect != "postgresql":
        return []
    with database.reading() as connection:
        waiting = catalogue.read(connection).unproven
    return [name for name, (table, _) in waiting.items() if not _proven(database, table, name)]


def _proven(database: Database, table: str, name: str) -> bool:
    errors = database.engine.dialect.loaded_dbapi.Error
    statement = ddl.prove_reference(database.engine.dialect, table, name)
    with database.engine.connect() as connection, closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute("SET statement_timeout = 0")
        try:
            cursor.execute(statement)
        except errors as error:
            if getattr(error, "sqlstate", "") not in ("55P03", "23503", "42704"):
                raise
            return False
        finally:
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")
    return True
