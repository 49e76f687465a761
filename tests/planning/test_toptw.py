"""The benchmark of the public instances: its reader, its checker and what it writes."""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "toptw.py"
HEAD = "1 1 4 0\n0 0\n"
DEPOT = "0 0.000 0.000 0.00 0.00 0 0 0 100\n"
SITES = (
    "1 3.000 4.000 2.00 7.00 0 1 1 0 20\n"  # five to the depot
    "2 0.000 9.500 2.00 5.00 0 1 1 40 60\n"
    "3 1.000 1.000 1.00 2.00 0 1 1 0 90\n"
    "4 60.000 0.000 1.00 99.00 0 1 1 0 90\n"  # too far
)


@pytest.fixture
def toptw() -> ModuleType:
    spec = importlib.util.spec_from_file_location("toptw", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["toptw"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in ("set/c999.txt", "ttdp/c101.txt", "set/notes.txt"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(HEAD + DEPOT + SITES)
    (tmp_path / "set" / "r101.txt").write_text("nothing of the kind\n")
    return tmp_path


def test_only_instances_are_read_and_distances_are_rounded_down(toptw: Any, folder: Path) -> None:
    (folder / "set" / "c999.txt").rename(folder / "set" / "c109.txt")
    (instance,) = toptw._instances(folder)
    assert instance.name == "c109"
    assert instance.ways[0][:4] == [0, 50, 95, 14]  # 1.414 is 1.4


def test_the_checker_finds_every_fault(toptw: Any, folder: Path) -> None:
    instance = toptw._read(folder / "set" / "c999.txt")
    assert toptw.check(instance, [[1, 2], [3]], 2) == (14, [])
    for routes, words in (
        ([[2, 1]], "closes"),
        ([[4]], "back at"),
        ([[1], [1]], "twice"),
        ([[7]], "no vertex 7"),
        ([[1], [2], [3]], "3 routes for 2 days"),
    ):
        assert any(words in fault for fault in toptw.check(instance, routes, 2)[1])


def test_cases_are_solved_and_written(
    toptw: Any, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "set" / "c999.txt").rename(folder / "set" / "c109.txt")
    known = folder / "known.csv"
    known.write_text("instance,m,bks\nc109,1,13\n")
    out = folder / "out.json"
    words = ["toptw.py", "--instances", str(folder), "--best-known", str(known), "--seconds", "0.05"]
    monkeypatch.setattr(sys, "argv", [*words, "--days", "1", "2", "--solutions", str(out)])
    assert toptw.main() == 0
    rows = json.loads(out.read_text())
    assert [(row["instance"], row["days"]) for row in rows] == [("c109", 1), ("c109", 2)]
    assert all(sorted(itertools.chain(*row["routes"])) == [1, 2, 3] for row in rows)
    printed = capsys.readouterr().out
    assert "NEW: c109, 1 days: 14, the best known was 13" in printed
    assert "c100" in printed


def test_the_routes_of_a_file_are_walked(
    toptw: Any, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "set" / "c999.txt").rename(folder / "set" / "c109.txt")
    routes = folder / "routes.json"
    words = ["toptw.py", "--instances", str(folder), "--verify", str(routes)]
    monkeypatch.setattr(sys, "argv", words)
    routes.write_text(json.dumps([{"instance": "c109", "days": 2, "routes": [[1, 2], [3]]}]))
    assert toptw.main() == 0
    assert capsys.readouterr().out.split() == ["c109", "2", "14", "best", "known", "nan", "right"]
    routes.write_text(
        json.dumps(
            [
                {"instance": "c109", "days": 1, "routes": [[2, 1]]},
                {"instance": "c110", "days": 1, "routes": [[1]]},
            ]
        )
    )
    assert toptw.main() == 1
    told = capsys.readouterr().out
    assert "closes" in told
    assert "c110: no such instance" in told
