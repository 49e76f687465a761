"""What the documents promise: links lead somewhere, the README's example and commands run as printed."""

from __future__ import annotations

import doctest
import re
import shlex
import tomllib
from datetime import date, time
from pathlib import Path

import pytest

import routeplanner as rp
from routeplanner.cli import main, parser

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("docs/howto/*.md"),
    *ROOT.glob("data/*/*.md"),
]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_internal_links_lead_to_files(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    missing = [t for t in targets if "://" not in t and not (document.parent / t.split("#")[0]).exists()]
    assert not missing


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=lambda p: p.stem)
def test_pages_link_to_no_page_outside_of_the_built_documentation(page: Path) -> None:
    found = re.findall(r"\]\((\.\.[^)#\s]*\.(?:md|ipynb))", page.read_text(encoding="utf-8"))
    inside = ROOT / "docs"
    assert [to for to in found if not (page.parent / to).resolve().is_relative_to(inside)] == []


def _anchors(document: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_to_headings_lead_to_headings(document: Path) -> None:
    found = re.findall(r"\]\(([^)\s:]*)#([^)\s]+)\)", document.read_text(encoding="utf-8"))
    pages = [((document.parent / page) if page else document, anchor) for page, anchor in found]
    assert [anchor for page, anchor in pages if page.suffix == ".md" and anchor not in _anchors(page)] == []


def test_the_five_lines_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert block is not None
    names: dict[str, object] = {}
    exec(compile(block[1], "README.md", "exec"), names)  # noqa: S102 - our own README
    assert (tmp_path / "trip.html").stat().st_size > 50_000
    check, trip = names["rp"].check, names["trip"]
    assert check(trip, names["network"], names["request"]) == []


def _session(page: Path) -> str:
    return "\n".join(re.findall(r"```pycon\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL))


def _shell_lines(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    return [
        line
        for block in re.findall(r"```(?:sh|bash)\n(.*?)```", text, flags=re.DOTALL)
        for line in block.splitlines()
        if line.startswith("routeplanner ")
    ]


@pytest.mark.parametrize("page", [p for p in DOCUMENTS if _session(p)], ids=lambda p: p.stem)
def test_sessions_in_the_pages_run_as_printed(
    page: Path, network: rp.Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"rp": rp, "date": date, "time": time, "network": network, "sites": network.sites}
    example = doctest.DocTestParser().get_doctest(_session(page), names, page.name, None, 0)
    # the network of the session stands in for the same one built anew
    example.examples = [
        e for e in example.examples if e.source != "network = rp.build_network(rp.load_sites())\n"
    ]
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert not told, "".join(told)


def test_the_pages_that_promise_sessions_have_them() -> None:
    counts = {page.stem: _session(page).count(">>>") for page in DOCUMENTS}
    assert counts["errors"] > 25
    assert counts["solver"] > 10
    assert sum(counts[page.stem] > 0 for page in ROOT.glob("docs/howto/*.md")) >= 8


def test_the_index_of_errors_shows_every_class_or_lists_it() -> None:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    classes = [name for name in rp.__all__ if name.endswith("Error")]
    assert [name for name in classes if name not in text] == []
    raised = set(re.findall(r"routeplanner\.errors\.(\w+):", text))
    assert raised == set(classes) - {"RoutePlannerError", "WorkerError"}


def test_the_page_of_licences_names_every_declared_library() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(r for extra in project["optional-dependencies"].values() for r in extra),
    ]
    declared = {re.match(r"[\w.-]+", line)[0].lower() for line in lines} - {"routeplanner"}
    listed = re.findall(
        r"^\| \[?([\w.-]+)\]?(?:\(\S*\))? \| (.+) \|$", (ROOT / "docs/licences.md").read_text(), re.MULTILINE
    )
    named = {name for name, licence in listed if licence.strip()}
    assert sorted(declared - named - {"pyvrp"}) == []  # pyvrp: only where someone asks for the extra `peers`


@pytest.mark.parametrize("page", [p for p in DOCUMENTS if _shell_lines(p)], ids=lambda p: p.stem)
def test_commands_in_the_pages_are_understood(page: Path) -> None:
    for line in _shell_lines(page):
        for command in line.partition("#")[0].partition(">")[0].split("|"):
            program, *arguments = shlex.split(command)
            if program == "routeplanner":
                assert callable(parser().parse_args(arguments).run), line  # what is not understood exits


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
