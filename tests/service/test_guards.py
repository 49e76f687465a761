"""Keys, settings, stops and kills: what must hold when things go wrong."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import routeplanner as rp
from routeplanner.cli import main
from routeplanner.service import Settings
from routeplanner.service.store import PlanStore
from standing import SOUTH, free_port, served, until_ready

KEY = "0123456789abcdef0123"


def test_a_key_is_asked_for_where_it_is_set(tmp_path: Path) -> None:
    import httpx

    settings = Settings(database=str(tmp_path / "p.sqlite"), workers=1, api_key=KEY)
    with served(settings, wait=False) as base, httpx.Client(base_url=base, timeout=60) as client:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                client.get("/healthz")
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        for path in ("/sites", "/corridors", "/calendar?year=2027", "/metrics", "/plans/" + "0" * 24):
            refused = client.get(path)
            assert (refused.status_code, refused.json()["faults"]) == (401, [])
            assert client.get(path, headers={"X-API-Key": KEY[:-1]}).status_code == 401
            assert client.get(path, headers={"X-API-Key": KEY}).status_code in (200, 404)
            assert client.get(path, headers={"Authorization": f"Bearer {KEY}"}).status_code in (200, 404)
        assert client.post("/plans", json={}).status_code == 401
        assert [client.get(path).status_code for path in ("/healthz", "/openapi.json", "/embed/x")] == [
            200,
            200,
            404,
        ]
        assert (
            "access-control-allow-origin"
            not in client.get("/healthz", headers={"Origin": "https://x.example"}).headers
        )


def test_all_faults_of_settings_come_at_once() -> None:
    with pytest.raises(rp.RequestError) as caught:
        Settings(
            workers=0,
            queue=-1,
            time_budget_s=0,
            api_key="short",
            cors_origins=("*",),
            frame_ancestors=("https://a.example; script-src *", "javascript:x"),
            public_url="ftp://x",
        )
    assert len(caught.value.faults) == 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--port", "x", "--workers", "two", "--time-budget", "-1"),
            ("--port", "--workers", "--time-budget"),
        ),
        (("--port", "70000"), ("70000", "65535")),
        (("--frame", "*"), ("frame_ancestors", "https://hanoi.example")),
        (("--api-key-file", "none.txt"), ("none.txt", "does not exist")),
    ],
)
def test_serve_refuses_wrong_options(arguments: tuple[str, ...], words: tuple[str, ...], capsys: Any) -> None:
    assert main(["serve", *arguments]) == 2
    err = capsys.readouterr().err
    assert all(word in err for word in words)


def test_a_stop_loses_no_plan_under_way(tmp_path: Path) -> None:
    """SIGTERM while a search runs: it is finished, answered and kept, and the service ends with code 0."""
    import httpx

    port = free_port()
    base = f"http://127.0.0.1:{port}"
    line = ["serve", "--port", str(port), "--database", str(tmp_path / "p.sqlite"), "--workers", "1"]
    service = subprocess.Popen([sys.executable, "-m", "routeplanner", *line], stderr=subprocess.DEVNULL)
    answers: list[httpx.Response] = []
    try:
        until_ready(base, alive=lambda: service.poll() is None)
        asking = threading.Thread(
            target=lambda: answers.append(httpx.post(f"{base}/plans", json=SOUTH, timeout=60))
        )
        asking.start()
        end = time.monotonic() + 30
        while (
            time.monotonic() < end and "running 1.0" not in httpx.get(f"{base}/metrics").text and not answers
        ):
            time.sleep(0.005)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0
        asking.join(timeout=60)
    finally:
        service.kill()
        service.wait()
    assert answers[0].status_code == 201
    with sqlite3.connect(tmp_path / "p.sqlite") as kept:
        assert kept.execute("SELECT id FROM routeplanner_plans").fetchall() == [(answers[0].json()["id"],)]
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept.close()


WRITER = """
import itertools, sys
from routeplanner.service.store import PlanStore
store = PlanStore(sys.argv[1])
for number in itertools.count():
    store.put(f"{sys.argv[2]}-{number}", "{}", "x" * 50_000)
    print(number, flush=True)
"""


def killed_writer(database: str, name: str, after: int) -> int:
    """Write until some plans are acknowledged, kill in the middle, return the last one acknowledged."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, database, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert writer.stdout is not None
    for _ in range(after):
        writer.stdout.readline()
    writer.kill()
    last = (writer.stdout.read().split() or [str(after - 1)])[-1]
    writer.wait()
    writer.stdout.close()
    return int(last)


def acknowledged_are_there(database: str, rounds: int) -> PlanStore:
    told = {f"run{turn}": killed_writer(database, f"run{turn}", 3 + turn) for turn in range(rounds)}
    store = PlanStore(database)
    for name, last in told.items():
        for number in range(last + 1):
            assert store.get(f"{name}-{number}") is not None, (name, number)
    return store


def test_a_kill_in_the_middle_of_writes_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "plans.sqlite"
    store = acknowledged_are_there(str(path), rounds=5)
    store.close()
    with sqlite3.connect(path) as kept:
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept.close()


@pytest.fixture
def postgres() -> Any:
    """A PostgreSQL server of Debian's package, in a folder of this test, on a socket of its own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or shutil.which("runuser") is None:
        pytest.skip("no PostgreSQL server found: apt-get install postgresql")
    import os
    import pwd
    import tempfile

    programmes = found[-1].parent
    as_user: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="rp-pg-"))
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    data = folder / "data"
    subprocess.run(
        [*as_user, programmes / "initdb", "-D", data, "-A", "trust", "-U", "rp", "-E", "UTF8"],
        check=True,
        **quiet,
    )
    server = subprocess.Popen(
        [*as_user, programmes / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="], **quiet
    )
    end = time.monotonic() + 30
    while not (folder / ".s.PGSQL.5432").exists() and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.3)
    yield f"postgresql://rp@/postgres?host={folder}"
    subprocess.run([*as_user, programmes / "pg_ctl", "-D", data, "stop", "-m", "fast"], check=False, **quiet)
    server.wait(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_keeps_plans_as_sqlite_does(postgres: str) -> None:
    pytest.importorskip("psycopg")
    store = acknowledged_are_there(postgres, rounds=2)
    assert store.count() >= 7
    store.put("vi", '{"start": "Hồ Hoàn Kiếm"}', '{"name": "Làng gốm Bát Tràng"}')
    store.put("vi", "{}", "another")
    found = store.get("vi")
    assert found is not None
    assert found[0] == '{"name": "Làng gốm Bát Tràng"}'
    assert found[1].utcoffset() is not None
    assert store.purge(days=1) == 0
    store.close()


def test_old_plans_are_purged_and_a_bad_database_is_named(tmp_path: Path) -> None:
    store = PlanStore(str(tmp_path / "p.sqlite"))
    store.put("a", "{}", "{}")
    assert (store.purge(days=1), store.count()) == (0, 1)
    with sqlite3.connect(tmp_path / "p.sqlite") as raw:
        raw.execute("UPDATE routeplanner_plans SET created = '2020-01-01 00:00:00'")
    raw.close()
    assert (store.purge(days=1), store.count()) == (1, 0)
    store.close()
    with pytest.raises(rp.DataFileError, match="cannot be opened"):
        PlanStore(str(tmp_path / "no" / "p.sqlite"))
    with pytest.raises(rp.DataFileError) as caught:
        PlanStore("postgresql://rp:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)
