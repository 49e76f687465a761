"""Many plans at once: the same answers as one by one, and nothing lost when processes die."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp
from routeplanner.cli import main
from routeplanner.pool import PlanningPool, Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD: tuple[dict[str, Any], ...] = (
    {"first_day": "2027-03-13", "corridor": "south", "themes": {"handicraft": 1.0}},
    {"first_day": "2027-03-14", "corridor": "west"},
    {"first_day": "2027-03-13", "corridor": "river", "mode": "river"},
    {"first_day": "2027-03-13", "corridor": "south", "themes": {"handicraft": 1.0}},
    {"first_day": "2027-04-01", "corridor": "inner", "pace": "relaxed"},
    {"first_day": "2027-03-21", "corridor": "west"},  # a Sunday like the other: solved once
)
BAD: tuple[Any, ...] = (
    {"first_day": "2027-03-13", "corridor": "souht"},
    "no request",
    {"first_day": "2027-03-15", "must_visit": ["bao-tang-lich-su"]},
)


@pytest.fixture(scope="module")
def one_by_one(network: rp.Network) -> list[str]:
    texts = []
    for data in GOOD:
        request = rp.TripRequest.from_dict(data)
        trip = rp.plan(network, request)
        assert rp.check(trip, network, request) == []
        texts.append(trip.to_json())
    return texts


def itineraries(results: list[rp.PlanResult]) -> list[str]:
    return [found.itinerary.to_json() for found in results if found.itinerary is not None]


def test_the_answers_are_those_of_one_by_one_and_errors_stay_with_their_request(
    network: rp.Network, one_by_one: list[str]
) -> None:
    seen: list[tuple[int, int]] = []
    asked = [rp.TripRequest.from_dict(GOOD[0]), *GOOD[1:], *BAD]
    results = list(rp.plan_many(network, asked, workers=2, progress=lambda *at: seen.append(at)))
    assert [found.index for found in results] == list(range(len(asked)))
    assert itineraries(results) == one_by_one
    errors = {found.index: found for found in results if found.error is not None}
    assert [type(found.error).__name__ for found in errors.values()] == [
        "RequestError",
        "RequestError",
        "InfeasibleError",
    ]
    assert [found.request for found in errors.values()] == list(BAD)
    for found in errors.values():
        with pytest.raises(type(found.error), match="fault"):  # type: ignore[arg-type]
            rp.plan(network, rp.TripRequest.from_dict(found.request))
    assert seen[-1] == (len(asked), len(asked))
    assert sorted(seen) == seen


def test_a_dead_process_costs_no_answer(network: rp.Network, one_by_one: list[str]) -> None:
    with PlanningPool(network, workers=1) as pool:
        futures = [pool.submit(Task(request=data)) for data in GOOD]
        until = time.monotonic() + 60
        while not pool.pids and time.monotonic() < until:
            time.sleep(0.01)
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        assert [future.result(timeout=120).itinerary for future in futures] == one_by_one


def test_a_process_that_dies_as_it_starts_is_said_and_started_again(
    network: rp.Network, caplog: pytest.LogCaptureFixture
) -> None:
    with PlanningPool(network, workers=1, warm=Task(request=GOOD[0], iterations=1)) as pool:
        line = ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())]
        until, started = time.monotonic() + 60, ""
        while "routeplanner.pool" not in started and time.monotonic() < until:
            started = subprocess.run(line, capture_output=True, text=True, check=True).stdout
        (first,) = [row.split()[0] for row in started.splitlines() if "routeplanner.pool" in row]
        os.kill(int(first), signal.SIGKILL)
        assert pool.ready.acquire(timeout=200)
    assert "did not start" in caplog.text


def test_a_request_that_kills_every_process_is_given_up_and_the_others_go_on(network: rp.Network) -> None:
    """A deadline of nothing ends the process that is at it; a task behind it is answered by a new one."""
    with PlanningPool(network, workers=1) as pool:
        late = pool.submit(Task(request=GOOD[0], deadline_s=0.0))
        unwanted = pool.submit(Task(request=GOOD[1]))
        good = pool.submit(Task(request=GOOD[1]))
        pool.cancel(unwanted)
        found = late.result(timeout=60)
        assert (found.kind, found.subject) == ("WorkerError", "time")
        assert good.result(timeout=120).itinerary is not None
        assert unwanted.cancelled()
        assert (pool.waiting, pool.running) == (0, 0)
    with pytest.raises(rp.WorkerError, match="closed"):
        pool.submit(Task(request=GOOD[0]))


def rows(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def test_an_interrupted_run_goes_on_where_it_stopped(
    network: rp.Network, one_by_one: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "plans.parquet"
    asked = [*GOOD, *BAD]
    run = rp.plan_many(network, asked, workers=2, results=out)
    first = [next(run) for _ in range(2)]
    run.close()  # type: ignore[attr-defined]
    parts = (tmp_path / "plans.parquet.parts").iterdir()
    kept = {row["key"]: row for part in parts for row in rows(part)}
    assert len(kept) >= len(first)
    results = list(rp.plan_many(network, asked, workers=1, results=out))
    assert itineraries(results) == one_by_one
    assert [path.name for path in tmp_path.iterdir()] == ["plans.parquet"]
    whole = rows(out)
    assert [row["index"] for row in whole] == list(range(len(asked)))
    assert [json.loads(row["request"]) for row in whole] == asked
    # what was kept was not searched again: its processor time is that of the first run, to the last digit
    assert {row["key"]: row["seconds"] for row in whole if row["key"] in kept} == {
        key: row["seconds"] for key, row in kept.items()
    }
    before = out.read_bytes()
    again = list(rp.plan_many(network, asked, workers=1, results=out))
    assert itineraries(again) == one_by_one
    assert out.read_bytes() == before


def test_a_results_file_of_others_is_not_overwritten(network: rp.Network, tmp_path: Path) -> None:
    out = tmp_path / "plans.parquet"
    list(rp.plan_many(network, BAD[:1], workers=1, results=out))
    before = out.read_bytes()
    with pytest.raises(rp.RequestError, match="of other requests"):
        rp.plan_many(network, BAD[1:2], results=out)
    assert out.read_bytes() == before
    out.write_text("not Parquet")
    with pytest.raises(rp.DataFileError, match="no results file"):
        rp.plan_many(network, BAD[:1], results=out)


def test_wrong_arguments_are_named_together(network: rp.Network) -> None:
    with pytest.raises(rp.RequestError) as caught:
        rp.plan_many("network", [], client="tcp://x", workers=0)  # type: ignore[arg-type]
    assert len(caught.value.faults) == 3
    assert list(rp.plan_many(network, [])) == []


def wish_lines(count: int) -> str:
    days = [
        {"first_day": f"2027-{1 + n // 28:02d}-{1 + n % 28:02d}", "corridor": "inner"} for n in range(count)
    ]
    return "".join(json.dumps(day) + "\n" for day in days)


def test_the_command_line_survives_a_kill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "requests.jsonl").write_text(wish_lines(12), encoding="utf-8")
    line = [
        "batch",
        str(tmp_path / "requests.jsonl"),
        "--out",
        str(tmp_path / "plans.parquet"),
        "--workers",
        "1",
    ]
    first = subprocess.Popen([sys.executable, "-m", "routeplanner", *line], stderr=subprocess.DEVNULL)
    parts = tmp_path / "plans.parquet.parts"
    until = time.monotonic() + 120
    while not list(parts.glob("part-*.parquet")) and first.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    first.kill()
    first.wait()
    kept = {row["key"]: row["seconds"] for part in parts.glob("part-*.parquet") for row in rows(part)}
    assert kept
    assert main([*line, "--quiet", "--json", "-"]) == 0
    out, _ = capsys.readouterr()
    assert json.loads(out) == {"requests": 12, "planned": 12, "errors": []}
    whole = rows(tmp_path / "plans.parquet")
    assert len({row["key"] for row in whole}) == len(whole) == 12
    assert {row["key"]: row["seconds"] for row in whole if row["key"] in kept} == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plans.parquet", "requests.jsonl"]


def test_the_command_line_names_the_lines_that_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps(BAD[0]), "", "{broken", json.dumps(BAD[2])]
    (tmp_path / "r.jsonl").write_text("\n".join(lines), encoding="utf-8")
    line = [
        "batch",
        str(tmp_path / "r.jsonl"),
        "--out",
        str(tmp_path / "p.parquet"),
        "--quiet",
        "--lang",
        "vi",
    ]
    assert main([*line, "--json", str(tmp_path / "s.json")]) == 1
    summary = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert [row["line"] for row in summary["errors"]] == [1, 3, 4]
    assert "yêu cầu 3" in capsys.readouterr().err
    assert main(["batch", "none.jsonl", "--out", "-", "--workers", "x"]) == 2
    err = capsys.readouterr().err
    assert "standard output" in err
    assert "--workers" in err


# --- Dask ----------------------------------------------------------------------------------------------


@pytest.fixture
def quiet_dask() -> Iterator[None]:
    """Keep Dask from writing to a closed stream when its processes end."""
    import logging

    loggers = [
        logging.getLogger(name) for name in ("distributed", "distributed.nanny", "distributed.scheduler")
    ]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("quiet_dask")
def test_a_local_cluster_gives_the_same_and_bears_the_death_of_a_worker(
    network: rp.Network, one_by_one: list[str]
) -> None:
    from distributed import Client, LocalCluster

    asked = [*GOOD, *BAD]
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        results = []
        for found in rp.plan_many(network, asked, client, ordered=False):
            if not results:
                os.kill(client.run(os.getpid).popitem()[1], signal.SIGKILL)
            results.append(found)
        results.sort(key=lambda found: found.index)
        assert [found.index for found in results] == list(range(len(asked)))
        assert itineraries(results) == one_by_one
        assert (
            client.run(
                lambda dask_worker: len(dask_worker.__dict__.get("_routeplanner_networks", ()))
            ).popitem()[1]
            == 0
        )


@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("quiet_dask")
def test_a_scheduler_and_workers_of_their_own(
    one_by_one: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    port = address.rpartition(":")[2]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    options = ("--host", "127.0.0.1", "--no-dashboard")
    lines = [
        ("dask_scheduler", "--port", port, *options),
        *[("dask_worker", address, "--nthreads", "1", "--no-nanny", *options)] * 2,
    ]
    started = [
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.{name}", *rest], **quiet)
        for name, *rest in lines
    ]
    (tmp_path / "requests.jsonl").write_text("".join(json.dumps(r) + "\n" for r in GOOD), encoding="utf-8")
    line = ["batch", str(tmp_path / "requests.jsonl"), "--out", str(tmp_path / "plans.parquet"), "--quiet"]
    try:
        assert main([*line, "--scheduler", address]) == 0, capsys.readouterr().err
    finally:
        for process in started:  # the answers are in: a worker asked to end politely may take its time
            process.kill()
            process.wait(timeout=30)
    whole = rows(tmp_path / "plans.parquet")
    assert [row["itinerary"] for row in whole] == one_by_one
    assert main([*line[:-2], str(tmp_path / "other.parquet"), "--scheduler", "nonsense"]) == 2
    assert "does not answer" in capsys.readouterr().err


def test_dates_in_requests_survive(network: rp.Network) -> None:
    request = rp.TripRequest(
        first_day=date(2027, 3, 13), corridor="south", closed={"ha-thai-lacquer": [date(2027, 3, 13)]}
    )
    (found,) = rp.plan_many(network, [request], workers=1)
    assert found.itinerary is not None
    assert rp.check(found.itinerary, network, request) == []
    assert found.request == request.to_dict()
