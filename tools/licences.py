"""Write docs/licences.md: what each library that can come along is licensed under, from its own metadata.

Usage: ``python tools/licences.py`` in an environment with everything installed (``make licences``);
``--check`` writes nothing and ends with exit code 1 where the page is not what would be written.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
MARK = "<!-- the tables below are written by tools/licences.py -->\n"
FOR_TESTS = ("test", "docs", "notebook", "peers")
BY_USE = ("calendar", "database", "distributed", "fast", "files", "picture", "programme", "service")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked(package: Distribution, extras: Iterable[str]) -> list[Requirement]:
    """Return what a package needs here, with some of its extras."""
    found = [Requirement(line) for line in package.requires or ()]
    chosen = ["", *extras]
    return [r for r in found if r.marker is None or any(r.marker.evaluate({"extra": e}) for e in chosen)]


def _ours(extras: Iterable[str]) -> list[Requirement]:
    """Return what routeplanner needs, as pyproject.toml says it now."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def closure(extras: Iterable[str]) -> set[str]:
    """Return the names of all that is installed along with routeplanner and some of its extras."""
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [("routeplanner", frozenset(extras))]
    while todo:
        name, own = todo.pop()
        if (name, own) in seen or not _is_installed(name):
            continue
        seen.add((name, own))
        asked = _ours(own) if name == "routeplanner" else _asked(distribution(name), own)
        todo += [(_plain(r.name), frozenset(r.extras)) for r in asked]
    return {name for name, _ in seen} - {"routeplanner"}


def _is_installed(name: str) -> bool:
    """Whether metadata can be had: what another platform needs is not here."""
    try:
        distribution(name)
    except PackageNotFoundError:
        return name == "routeplanner"
    return True


def licence_of(name: str) -> str:
    """Return the licence that a package states, as an expression or in its own words."""
    meta = distribution(name).metadata
    stated = meta.get("License-Expression") or ""
    classified = [
        c.rpartition(" :: ")[2] for c in meta.get_all("Classifier") or () if c.startswith("License :: ")
    ]
    classified = [c for c in classified if c != "OSI Approved"]
    free = next(iter((meta.get("License") or "").strip().splitlines()), "")
    words = stated or ", ".join(classified) or free
    return words.replace("|", "/") if words and len(words) < 100 else "not stated in its metadata"


def _home(name: str) -> str:
    meta = distribution(name).metadata
    links = [line.partition(", ") for line in meta.get_all("Project-URL") or ()]
    ranked = {label.lower(): url for label, _, url in links}
    wanted = ("source", "repository", "source code", "github", "code", "homepage", "home")
    return next((ranked[w] for w in wanted if w in ranked), meta.get("Home-page") or "")


def _table(names: Iterable[str]) -> list[str]:
    rows = ["| library | licence |", "|---|---|"]
    for name in sorted(names):
        home = _home(name)
        shown = f"[{name}]({home})" if home.startswith("http") else name
        rows.append(f"| {shown} | {licence_of(name)} |")
    return [*rows, ""]


def tables() -> str:
    """Return the tables of the page, each library in the first that it belongs to."""
    base = closure(())
    by_use = closure(BY_USE) - base
    tests = closure((*BY_USE, *FOR_TESTS)) - base - by_use
    parts = [
        *("## Always installed", "", *_table(base)),
        *("## With an extra", "", *_table(by_use)),
        *("## For tests and documentation alone", "", *_table(tests)),
    ]
    return "\n".join(parts)


def main() -> int:
    """Write the page, or compare it."""
    before = PAGE.read_text(encoding="utf-8")
    head, mark, _ = before.partition(MARK)
    after = f"{head}{mark}\n{tables()}"
    if "--check" in sys.argv[1:]:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
