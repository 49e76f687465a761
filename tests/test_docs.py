"""What the documents promise: links lead somewhere, the README's example and commands run as printed."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from routeplanner.cli import main

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*/*.md")]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_internal_links_lead_to_files(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    missing = [t for t in targets if "://" not in t and not (document.parent / t.split("#")[0]).exists()]
    assert not missing


def test_the_five_lines_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert block is not None
    names: dict[str, object] = {}
    exec(compile(block[1], "README.md", "exec"), names)  # noqa: S102 - our own README
    assert (tmp_path / "trip.html").stat().st_size > 50_000
    check, trip = names["rp"].check, names["trip"]
    assert check(trip, names["network"], names["request"]) == []


def test_the_page_of_the_solver_runs_as_printed() -> None:
    text = (ROOT / "docs/solver.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```pycon\n(.*?)```", text, flags=re.DOTALL))
    example = doctest.DocTestParser().get_doctest(code, {}, "solver.md", None, 0)
    assert len(example.examples) > 10
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


def test_the_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    block = re.search(r"## On the command line\n\n```sh\n(.*?)```", README, flags=re.DOTALL)
    assert block is not None
    (tmp_path / "my-sites.geojson").write_bytes((ROOT / "data/sites/gateway.geojson").read_bytes())
    for line in block[1].splitlines():
        program, *arguments = shlex.split(line)
        assert program == "routeplanner"
        assert main(arguments) == 0, line
    assert {p.name for p in tmp_path.iterdir()} == {
        "my-sites.geojson",
        "south.html",
        "south.json",
        "south.gpx",
        "programme.json",
    }
