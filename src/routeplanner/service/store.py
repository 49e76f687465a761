"""Where plans are kept: one table, in SQLite or PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from routeplanner.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PlanStore"]


class PlanStore:
    """Plans by id. Once `put` returns, a plan outlives a crash of the process and of the machine.

    Parameters
    ----------
    database
        A file for SQLite, or a URL.

    Raises
    ------
    DataFileError
        When the database cannot be opened.

    Examples
    --------
    >>> store = PlanStore("sqlite://")
    >>> store.put("abc", "{}", "{}")
    >>> store.get("abc")[0], store.get("xyz")
    ('{}', None)
    """

    def __init__(self, database: str) -> None:
        import sqlalchemy as sa

        self._plans = sa.Table(
            "routeplanner_plans",
            sa.MetaData(),
            sa.Column("id", sa.String(64), primary_key=True),
            sa.Column("created", sa.DateTime(timezone=True), nullable=False, index=True),
            sa.Column("request", sa.Text, nullable=False),
            sa.Column("itinerary", sa.Text, nullable=False),
        )
        try:
            self._engine = _engine(database)
            self._plans.metadata.create_all(self._engine, checkfirst=True)
        except ImportError as error:
            remedy = 'install it with pip install "routeplanner[database]"'
            raise DataFileError([f"{error.name} is not installed; {remedy}"], subject="database") from error
        except sa.exc.SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            fault = f"it cannot be opened ({reason}); check the file's folder, or that the server runs"
            raise DataFileError([fault], subject=_shown(database)) from error

    def get(self, plan_id: str) -> tuple[str, datetime] | None:
        """Return an itinerary as JSON text and when it was made, None where there is none."""
        import sqlalchemy as sa

        columns = self._plans.c
        query = sa.select(columns.itinerary, columns.created).where(columns.id == plan_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        created = row.created if row.created.tzinfo else row.created.replace(tzinfo=UTC)
        return row.itinerary, created

    def put(self, plan_id: str, request: str, itinerary: str) -> None:
        """Keep a plan; one that is there already stays as it is."""
        row = {"id": plan_id, "created": datetime.now(UTC), "request": request, "itinerary": itinerary}
        insert = _insert_for(self._engine.dialect.name)
        with self._engine.begin() as connection:
            connection.execute(insert(self._plans).values(**row).on_conflict_do_nothing())

    def count(self) -> int:
        """Return the number of plans; fails where the database does not answer."""
        import sqlalchemy as sa

        with self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(self._plans)).scalar_one())

    def ping(self) -> None:
        """Do nothing, but fail where the database does not answer."""
        import sqlalchemy as sa

        with self._engine.connect() as connection:
            connection.execute(sa.select(1))

    def purge(self, *, days: int) -> int:
        """Delete plans older than some days and return how many they were."""
        import sqlalchemy as sa

        limit = datetime.now(UTC) - timedelta(days=days)
        with self._engine.begin() as connection:
            return int(
                connection.execute(sa.delete(self._plans).where(self._plans.c.created < limit)).rowcount
            )

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


def _insert_for(dialect: str) -> Callable[..., Any]:
    from sqlalchemy.dialects import postgresql, sqlite

    insert: Callable[..., Any] = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert


def _engine(database: str) -> Any:  # noqa: ANN401 - sqlalchemy is not typed here
    import sqlalchemy as sa

    url = database if "://" in database else f"sqlite:///{database}"
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            url = "postgresql+psycopg://" + url.removeprefix(scheme)
    if url in ("sqlite://", "sqlite:///:memory:"):
        return sa.create_engine(
            "sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False}
        )
    if url.startswith("sqlite"):
        engine = sa.create_engine(url, connect_args={"timeout": 30})
        sa.event.listen(engine, "connect", _durable)
        return engine
    return sa.create_engine(url, pool_pre_ping=True, pool_size=10, connect_args={"connect_timeout": 10})


def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401
    """Let readers go on while one writes, and let a commit mean that it is on the disk."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _shown(database: str) -> str:
    """Return a database's name without a password."""
    scheme, sign, rest = database.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if sign else database
