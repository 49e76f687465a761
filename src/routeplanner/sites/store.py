"""A catalogue that a department keeps together: PostGIS with migrations, a history, and no lost edits.

Table ``routeplanner.site`` holds one row a site: identifier, point, the other fields as JSON, and a version that
each change raises. A trigger writes every change, by whichever programme, to ``routeplanner.change``: who, when,
before, after. A writer names the version that he read; where another has changed the site since, nothing is
written and he is told who it was.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from routeplanner._clock import TIMEZONE
from routeplanner.errors import CatalogueError, DataFileError
from routeplanner.sites.model import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

__all__ = [
    "MIGRATIONS",
    "delete_site",
    "is_database",
    "migrate_store",
    "read_database",
    "site_history",
    "write_store",
]

STORE_TABLE = "routeplanner.site"
_CONNECT_S = 10
_LOCK = 7_241_985  # one number for all who migrate: they wait for each other

MIGRATIONS = (
    (
        "sites, each with a version, and the history of every change",
        """
        CREATE EXTENSION IF NOT EXISTS postgis;
        CREATE TABLE routeplanner.site (
            site_id text PRIMARY KEY CHECK (site_id ~ '^[a-z0-9][a-z0-9_-]*$'),
            geom geometry(Point, 4326) NOT NULL,
            properties jsonb NOT NULL CHECK (jsonb_typeof(properties) = 'object'),
            version integer NOT NULL DEFAULT 1,
            changed_by text NOT NULL DEFAULT current_user,
            changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE INDEX site_geom ON routeplanner.site USING gist (geom);
        CREATE TABLE routeplanner.change (
            change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            site_id text NOT NULL,
            operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
            changed_by text NOT NULL,
            changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            before jsonb,
            after jsonb
        );
        CREATE INDEX change_site ON routeplanner.change (site_id, change_id);
        """,
    ),
    (
        "versions and history kept by the database itself, whoever writes",
        """
        CREATE FUNCTION routeplanner.site_as_json(place routeplanner.site) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
            SELECT jsonb_build_object(
                'type', 'Feature',
                'geometry', ST_AsGeoJSON((place).geom, 6)::jsonb,
                'properties', jsonb_build_object('site_id', (place).site_id) || (place).properties
            )
        $$;
        CREATE FUNCTION routeplanner.stamp_site() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_by := coalesce(nullif(current_setting('routeplanner.editor', true), ''), current_user);
            NEW.changed_at := clock_timestamp();
            NEW.version := CASE WHEN TG_OP = 'UPDATE' THEN OLD.version + 1 ELSE 1 END;
            RETURN NEW;
        END $$;
        CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON routeplanner.site
            FOR EACH ROW EXECUTE FUNCTION routeplanner.stamp_site();
        CREATE FUNCTION routeplanner.log_site() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO routeplanner.change (site_id, operation, changed_by, before, after) VALUES (
                CASE WHEN TG_OP = 'DELETE' THEN OLD.site_id ELSE NEW.site_id END,
                lower(TG_OP),
                coalesce(nullif(current_setting('routeplanner.editor', true), ''), current_user),
                CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE routeplanner.site_as_json(OLD) END,
                CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE routeplanner.site_as_json(NEW) END
            );
            RETURN NULL;
        END $$;
        CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON routeplanner.site
            FOR EACH ROW EXECUTE FUNCTION routeplanner.log_site();
        CREATE FUNCTION routeplanner.keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the history of the catalogue is not changed';
        END $$;
        CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON routeplanner.change
            FOR EACH STATEMENT EXECUTE FUNCTION routeplanner.keep_history();
        """,
    ),
    (
        "a view with columns, for desktop GIS",
        """
        CREATE VIEW routeplanner.places AS
        SELECT site_id, properties->>'name_vi' AS name_vi, properties->>'name_en' AS name_en,
               properties->>'kind' AS kind, (properties->>'significance')::integer AS significance,
               (properties->>'visit_min')::integer AS visit_min, properties->>'coord_precision' AS coord_precision,
               properties->>'commune_2025' AS commune_2025, version, changed_by, changed_at, geom
        FROM routeplanner.site;
        """,
    ),
)
"""Steps of the schema, in order; a step that was released is never changed, a new one is added."""


def is_database(url: str) -> bool:
    """Whether an address is that of a PostgreSQL database."""
    return urlsplit(url).scheme in {"postgresql", "postgres"}


def _split(url: str) -> tuple[str, str]:
    """Return the address without ``table``, and the table."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    table = query.pop("table", STORE_TABLE)
    return urlunsplit(parts._replace(query=urlencode(query))), table


def _shown(url: str) -> str:
    """Return an address that may be printed: without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'local'}{parts.path}"


def _psycopg(url: str) -> Any:  # noqa: ANN401 - a module that is loaded where it is used
    if not is_database(url):
        raise DataFileError(["not the address of a database; give postgresql://user@host/name"], subject=url)
    try:
        import psycopg
    except ImportError:
        fault = "a PostGIS database needs: pip install 'routeplanner[database]'"
        raise DataFileError([fault], subject=_shown(url)) from None
    return psycopg


def _connect(url: str) -> Any:  # noqa: ANN401 - a connection of psycopg
    psycopg = _psycopg(url)
    try:
        return psycopg.connect(_split(url)[0], connect_timeout=_CONNECT_S)
    except psycopg.Error as error:
        fault = f"cannot connect: {_first_line(error)}; check host, name, user and password"
        raise DataFileError([fault], subject=_shown(url)) from None


def migrate_store(url: str) -> list[str]:
    """Bring the schema of a store up to date, and return the steps that were taken.

    Parameters
    ----------
    url
        ``postgresql://user@host/name``. Schema ``routeplanner`` is made in it, with extension PostGIS.

    Raises
    ------
    DataFileError
        When the database does not answer, or lacks PostGIS or the right to make it.

    Examples
    --------
    >>> migrate_store("postgresql://lan@db.example/crafts")  # doctest: +SKIP
    ['sites, each with a version, and the history of every change', ...]
    """
    psycopg = _psycopg(url)
    taken = []
    with _connect(url) as connection:
        try:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            connection.execute("CREATE SCHEMA IF NOT EXISTS routeplanner")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS routeplanner.migration "
                "(number integer PRIMARY KEY, description text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            done = {row[0] for row in connection.execute("SELECT number FROM routeplanner.migration")}
            for number, (description, statements) in enumerate(MIGRATIONS, start=1):
                if number not in done:
                    connection.execute(statements)
                    connection.execute(
                        "INSERT INTO routeplanner.migration VALUES (%s, %s)", [number, description]
                    )
                    taken.append(description)
        except psycopg.Error as error:
            fault = f"the schema cannot be made: {_first_line(error)}; ask for PostGIS and the right to create a schema"
            raise DataFileError([fault], subject=_shown(url)) from None
    return taken


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def read_database(url: str) -> gpd.GeoDataFrame:
    """Read a table of points: the store of this library, or any other named by ``?table=schema.table``.

    Raises
    ------
    DataFileError
        When the database does not answer, or has no such table with a geometry.
    """
    psycopg = _psycopg(url)
    import geopandas as gpd
    import shapely
    from psycopg import sql

    _, table = _split(url)
    schema, _, name = table.rpartition(".")
    schema = schema or "public"
    with _connect(url) as connection:
        try:
            found = connection.execute(
                "SELECT f_geometry_column FROM geometry_columns WHERE f_table_schema = %s AND f_table_name = %s",
                [schema, name],
            ).fetchone()
            if found is None:
                remedy = "name one with ?table=schema.table, or make the store with migrate_store"
                fault = f"no table {table} with a geometry; {remedy}"
                raise DataFileError([fault], subject=_shown(url))
            query = sql.SQL("SELECT *, ST_AsBinary(ST_Transform({g}, 4326)) AS _wkb FROM {t}").format(
                g=sql.Identifier(found[0]), t=sql.Identifier(schema, name)
            )
            cursor = connection.execute(query)
            rows = cursor.fetchall()
        except psycopg.Error as error:
            fault = (
                f"table {table} cannot be read: {_first_line(error)}; check its rights and coordinate system"
            )
            raise DataFileError([fault], subject=_shown(url)) from None
    names = [column.name for column in cursor.description]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
    points = shapely.from_wkb([None if wkb is None else bytes(wkb) for wkb in columns.pop("_wkb")])
    columns.pop(found[0])
    if table == STORE_TABLE:
        columns = _of_store(columns)
    return gpd.GeoDataFrame(_objects(columns), geometry=points, crs="EPSG:4326")


def _of_store(columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Unfold the fields of the store's rows; ``version`` stays as a column, for the next writer."""
    properties = columns["properties"]
    own = dict.fromkeys(key for fields in properties for key in fields if key not in FIELD_NAMES)
    unfolded = {key: [fields.get(key) for fields in properties] for key in (*FIELD_NAMES, *own)}
    return {"site_id": columns["site_id"], **unfolded, "version": columns["version"]}


def _objects(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({key: pd.Series(list(values), dtype=object) for key, values in columns.items()})


def write_store(sites: gpd.GeoDataFrame, url: str, *, editor: str) -> dict[str, int]:
    """Write sites to a store: all of them, or none where another editor came first.

    A site whose ``version`` is that of the store is changed, one without a version is added, one that is the same
    is left alone. Sites that are in the store only stay there: `delete_site` removes one.

    Parameters
    ----------
    sites
        A catalogue; read it with ``load_sites(url)`` to have the column ``version``.
    url
        ``postgresql://user@host/name``.
    editor
        Who writes, for the history.

    Returns
    -------
    dict
        How many were ``added``, ``changed`` and ``unchanged``.

    Raises
    ------
    CatalogueError
        When the catalogue has faults, or sites were changed by others since they were read; all are named.
    DataFileError
        When the database does not answer, or has no store.

    Examples
    --------
    >>> url = "postgresql://lan@db.example/crafts"
    >>> sites = load_sites(url)  # doctest: +SKIP
    >>> sites.at["bat-trang", "fee_vnd"] = 0  # doctest: +SKIP
    >>> write_store(sites, url, editor="Lan")  # doctest: +SKIP
    {'added': 0, 'changed': 1, 'unchanged': 566}
    """
    from routeplanner.sites.catalog import to_geojson, validate_sites

    psycopg = _psycopg(url)
    if not editor.strip():
        raise CatalogueError(["editor is empty; say who writes, for the history"], subject="the store")
    versions = sites["version"].to_dict() if "version" in sites.columns else {}
    bare = sites.drop(columns=["version"], errors="ignore")
    faults = validate_sites(bare)
    if faults:
        raise CatalogueError(faults, subject="the catalogue to write")
    count = {"added": 0, "changed": 0, "unchanged": 0}
    with _connect(url) as connection:
        try:
            connection.execute("SELECT set_config('routeplanner.editor', %s, true)", [editor])
            for feature in to_geojson(bare)["features"]:
                site_id = feature["properties"]["site_id"]
                version = versions.get(site_id)
                version = None if version is None or version != version else int(version)  # noqa: PLR0124 - NaN
                outcome = _write_one(connection, feature, version)
                if outcome in count:
                    count[outcome] += 1
                else:
                    faults.append(outcome)
        except psycopg.Error as error:
            fault = f"cannot be written: {_first_line(error)}; make the store with migrate_store, and check the rights"
            raise DataFileError([fault], subject=_shown(url)) from None
        if faults:
            connection.rollback()
            raise CatalogueError(faults, subject="the store")
    return count


def _write_one(connection: Any, feature: Mapping[str, Any], version: int | None) -> str:  # noqa: ANN401
    """Return what became of one site, or the fault that kept it from being written."""
    properties = {key: value for key, value in feature["properties"].items() if key != "site_id"}
    site_id = feature["properties"]["site_id"]
    point = json.dumps(
        {"type": "Point", "coordinates": [round(c, 6) for c in feature["geometry"]["coordinates"][:2]]}
    )
    row = connection.execute(
        "SELECT version, changed_by, changed_at, properties, ST_AsGeoJSON(geom, 6)::jsonb = %s::jsonb "
        "FROM routeplanner.site WHERE site_id = %s FOR UPDATE",
        [point, site_id],
    ).fetchone()
    plain = json.loads(json.dumps(properties, ensure_ascii=False))
    values = [point, json.dumps(plain, ensure_ascii=False), site_id]
    if row is None:
        if version is not None:
            remedy = "add it without a version, or drop it"
            return f"site {site_id!r}: was deleted since you read it (your version {version}); {remedy}"
        connection.execute(
            "INSERT INTO routeplanner.site (geom, properties, site_id) "
            "VALUES (ST_SetSRID(ST_GeomFromGeoJSON(%s), 4326), %s, %s)",
            values,
        )
        return "added"
    if row[4] and row[3] == plain:
        return "unchanged"
    if version != row[0]:
        mine = "you have no version of it" if version is None else f"you read version {version}"
        when = f"{row[2].astimezone(TIMEZONE):%Y-%m-%d %H:%M:%S %Z}"
        return (
            f"site {site_id!r}: version {row[0]} was written by {row[1]} on {when}, {mine}; "
            "read it again, merge, and write"
        )
    connection.execute(
        "UPDATE routeplanner.site SET geom = ST_SetSRID(ST_GeomFromGeoJSON(%s), 4326), properties = %s "
        "WHERE site_id = %s",
        values,
    )
    return "changed"


def delete_site(url: str, site_id: str, *, version: int, editor: str) -> None:
    """Delete one site from a store; its history stays.

    Parameters
    ----------
    url
        ``postgresql://user@host/name``.
    site_id
        Which site.
    version
        The version that was read.
    editor
        Who deletes, for the history.

    Raises
    ------
    CatalogueError
        When it is not there, or has another version.

    Examples
    --------
    >>> delete_site("postgresql://lan@db.example/crafts", "x", version=1, editor="Lan")  # doctest: +SKIP
    """
    with _connect(url) as connection:
        connection.execute("SELECT set_config('routeplanner.editor', %s, true)", [editor])
        gone = connection.execute(
            "DELETE FROM routeplanner.site WHERE site_id = %s AND version = %s", [site_id, version]
        )
        if gone.rowcount == 0:
            now = connection.execute(
                "SELECT version FROM routeplanner.site WHERE site_id = %s", [site_id]
            ).fetchone()
            fault = (
                "is not in the store"
                if now is None
                else f"has version {now[0]}, not {version}; read it again"
            )
            raise CatalogueError([f"site {site_id!r} {fault}"], subject="the store")


def site_history(url: str, site_id: str | None = None) -> list[dict[str, Any]]:
    """Return every change of a site, or of the whole store, oldest first.

    Parameters
    ----------
    url
        ``postgresql://user@host/name``.
    site_id
        Which site; by default all.

    Returns
    -------
    list of dict
        ``change_id``, ``site_id``, ``operation`` (insert, update, delete), ``changed_by``, ``changed_at`` (an aware
        datetime of Asia/Ho_Chi_Minh), ``before`` and ``after`` (GeoJSON features, or None).

    Examples
    --------
    >>> site_history("postgresql://lan@db.example/crafts", "bat-trang")[-1]["changed_by"]  # doctest: +SKIP
    'Lan'
    """
    _psycopg(url)
    from psycopg.rows import dict_row

    where: Iterable[Any] = [site_id, site_id]
    with _connect(url) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        query = "SELECT * FROM routeplanner.change WHERE %s::text IS NULL OR site_id = %s ORDER BY change_id"
        entries = cursor.execute(query, list(where)).fetchall()
    return [{**entry, "changed_at": entry["changed_at"].astimezone(TIMEZONE)} for entry in entries]
