"""The shared catalogue on a real PostgreSQL with PostGIS, started here and stopped again."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import routeplanner as rp
from routeplanner.cli.catalog import _STEPS
from routeplanner.sites.catalog import to_geojson
from routeplanner.sites.store import MIGRATIONS, delete_site, migrate_store, site_history, write_store

if TYPE_CHECKING:
    from collections.abc import Iterator

psycopg = pytest.importorskip("psycopg")


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    for initdb in found:
        version = initdb.parents[1].name
        if Path(f"/usr/share/postgresql/{version}/extension/postgis.control").is_file():
            return initdb.parent
    return None


BIN = _binaries()
pytestmark = pytest.mark.skipif(
    BIN is None, reason="PostgreSQL with PostGIS is not installed (Debian: postgresql-15-postgis-3)"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of its own on a socket in a temporary folder: no port, no traffic, gone at the end."""
    assert BIN is not None
    folder = Path(tempfile.mkdtemp(prefix="rp-pg-", dir="/tmp"))  # a socket's path must be short
    user = getpass.getuser()
    become = []
    if user == "root":  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*become, *command], check=True, capture_output=True, cwd=folder, timeout=60)

    try:
        run(
            str(BIN / "initdb"),
            "-D",
            str(data),
            "-U",
            "editor",
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=20"
        run(
            str(BIN / "pg_ctl"),
            "-D",
            str(data),
            "-l",
            str(folder / "log"),
            "-w",
            "-t",
            "50",
            "-o",
            options,
            "start",
        )
        try:
            yield f"postgresql://editor@/postgres?host={folder}"
        finally:
            run(str(BIN / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def store(server: str) -> str:
    """An empty store."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS routeplanner CASCADE")
    migrate_store(server)
    return server


@pytest.fixture(scope="module")
def sites() -> object:
    return rp.load_sites()


def test_the_schema_is_made_once_and_again_without_harm(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS routeplanner CASCADE")
    taken = migrate_store(server)
    assert taken == [description for description, _ in MIGRATIONS]
    assert migrate_store(server) == []
    assert set(taken) == set(_STEPS)  # the command names each step in Vietnamese as well


def test_many_migrate_at_once_and_each_step_is_taken_once(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS routeplanner CASCADE")
    taken: list[str] = []
    threads = [threading.Thread(target=lambda: taken.extend(migrate_store(server))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(taken) == sorted(description for description, _ in MIGRATIONS)


def test_the_whole_catalogue_goes_in_and_comes_out_the_same(store: str, sites: object) -> None:
    assert write_store(sites, store, editor="Lan")["added"] == len(sites)  # type: ignore[arg-type]
    again = rp.load_sites(store)
    assert set(again["version"]) == {1}
    assert to_geojson(again.drop(columns="version")) == to_geojson(sites)  # type: ignore[arg-type]
    assert write_store(again, store, editor="Lan") == {"added": 0, "changed": 0, "unchanged": len(again)}


def test_every_change_is_kept_with_who_when_before_and_after(store: str, sites: object) -> None:
    write_store(sites.head(2), store, editor="Lan")  # type: ignore[attr-defined]
    mine = rp.load_sites(store)
    key = mine.index[0]
    mine.at[key, "fee_vnd"] = 30_000
    assert write_store(mine, store, editor="Minh") == {"added": 0, "changed": 1, "unchanged": 1}
    delete_site(store, key, version=2, editor="Hoa")
    history = site_history(store, key)
    assert [(entry["operation"], entry["changed_by"]) for entry in history] == [
        ("insert", "Lan"),
        ("update", "Minh"),
        ("delete", "Hoa"),
    ]
    update = history[1]
    assert update["before"]["properties"]["fee_vnd"] is None
    assert update["after"]["properties"]["fee_vnd"] == 30_000
    assert str(update["changed_at"].tzinfo) == "Asia/Ho_Chi_Minh"
    assert history[2]["after"] is None
    assert len(site_history(store)) == 4


def test_the_history_cannot_be_rewritten(store: str, sites: object) -> None:
    write_store(sites.head(1), store, editor="Lan")  # type: ignore[attr-defined]
    for statement in (
        "DELETE FROM routeplanner.change",
        "UPDATE routeplanner.change SET changed_by = 'x'",
        "TRUNCATE routeplanner.change",
    ):
        with psycopg.connect(store) as connection, pytest.raises(psycopg.Error, match="is not changed"):
            connection.execute(statement)
    assert [entry["changed_by"] for entry in site_history(store)] == ["Lan"]


def test_an_edit_by_another_programme_is_in_the_history_too(store: str, sites: object) -> None:
    write_store(sites.head(1), store, editor="Lan")  # type: ignore[attr-defined]
    with psycopg.connect(store) as connection:
        connection.execute("UPDATE routeplanner.site SET geom = ST_SetSRID(ST_MakePoint(105.8, 21), 4326)")
    assert rp.load_sites(store)["version"].tolist() == [2]
    assert [entry["changed_by"] for entry in site_history(store)] == ["Lan", "editor"]


def test_the_second_of_two_editors_is_told_and_loses_nothing(store: str, sites: object) -> None:
    write_store(sites.head(3), store, editor="Lan")  # type: ignore[attr-defined]
    lan, minh = rp.load_sites(store), rp.load_sites(store)
    first, second = lan.index[:2]
    lan.at[first, "fee_vnd"] = 10_000
    write_store(lan, store, editor="Lan")
    minh.at[first, "fee_vnd"] = 20_000
    minh.at[second, "fee_vnd"] = 5_000
    with pytest.raises(
        rp.CatalogueError, match=rf"{first}.*version 2 was written by Lan on .* \+07, you read version 1"
    ):
        write_store(minh, store, editor="Minh")
    now = rp.load_sites(store)
    assert now.at[first, "fee_vnd"] == 10_000
    assert now.at[second, "fee_vnd"] is None  # all or nothing
    now.at[second, "fee_vnd"] = 5_000
    assert write_store(now, store, editor="Minh")["changed"] == 1


def test_two_who_write_at_the_same_moment_do_not_overwrite_each_other(store: str, sites: object) -> None:
    write_store(sites.head(1), store, editor="Lan")  # type: ignore[attr-defined]
    outcomes: list[str] = []
    ready = threading.Barrier(6)

    def edit(number: int) -> None:
        mine = rp.load_sites(store)
        mine["fee_vnd"] = [number]
        ready.wait(timeout=60)
        try:
            write_store(mine, store, editor=f"editor {number}")
        except rp.CatalogueError as error:
            outcomes.append(str(error))
        else:
            outcomes.append("written")

    threads = [threading.Thread(target=edit, args=(1_000 * n,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes).count("written") == 1
    assert len(outcomes) == 6
    assert len(site_history(store)) == 2


def test_a_site_that_was_deleted_meanwhile_does_not_come_back_by_itself(store: str, sites: object) -> None:
    write_store(sites.head(1), store, editor="Lan")  # type: ignore[attr-defined]
    mine = rp.load_sites(store)
    delete_site(store, mine.index[0], version=1, editor="Hoa")
    with pytest.raises(rp.CatalogueError, match="was deleted since you read it"):
        write_store(mine, store, editor="Lan")
    with pytest.raises(rp.CatalogueError, match="is not in the store"):
        delete_site(store, mine.index[0], version=1, editor="Hoa")


def test_any_table_of_points_is_read_in_any_projection(store: str) -> None:
    with psycopg.connect(store) as connection:
        connection.execute("DROP TABLE IF EXISTS public.places")
        connection.execute(
            "CREATE TABLE public.places (site_id text, name_vi text, name_en text, kind text, visit_min int, "
            "significance int, shape geometry(Point, 32648))"
        )
        connection.execute(
            "INSERT INTO public.places VALUES ('x', 'Làng thử', 'Test', 'craft_village', 60, 3, "
            "ST_Transform(ST_SetSRID(ST_MakePoint(105.87, 20.9), 4326), 32648))"
        )
    point = rp.load_sites(f"{store}&table=public.places").geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((105.87, 20.9), abs=1e-6)
    with pytest.raises(rp.CatalogueError, match=r"no table public\.nothing"):
        rp.load_sites(f"{store}&table=public.nothing")


def test_what_has_faults_is_not_written(store: str, sites: object) -> None:
    broken = sites.head(2).copy()  # type: ignore[attr-defined]
    broken["visit_min"] = 100_000
    with pytest.raises(rp.CatalogueError, match="out of range"):
        write_store(broken, store, editor="Lan")
    assert site_history(store) == []


def test_a_database_that_does_not_answer_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(rp.DataFileError, match="not the address of a database"):
        migrate_store("nonsense")
    with pytest.raises(rp.CatalogueError, match="cannot connect"):
        rp.load_sites(f"postgresql://nobody:secret@/none?host={tmp_path}")
