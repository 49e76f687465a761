"""Sphinx: the pages of this folder, the notebooks, and the reference from the docstrings.

`make docs` executes the notebooks; with ``ROUTEPLANNER_DOCS_EXECUTE=off`` they are shown without output.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import routeplanner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent

project = "routeplanner"
author = "The routeplanner developers"
copyright = "The routeplanner developers; data © OpenStreetMap contributors (ODbL)"  # noqa: A001 - Sphinx's name
version = release = routeplanner.__version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.viewcode", "numpydoc"]
exclude_patterns = ["_build", "jupyter_execute"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off" if os.environ.get("ROUTEPLANNER_DOCS_EXECUTE") == "off" else "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
autosummary_generate = True
autodoc_typehints = "none"  # signatures stay readable; numpydoc says what a parameter holds
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
default_role = "py:obj"  # a link where the name is public, code otherwise

html_theme = "furo"
html_title = f"routeplanner {release}"
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["pages.css"]
templates_path = ["_templates"]

ROOMS = {
    "sites": "Sites and their calendar",
    "network": "Network",
    "planning": "Planning",
    "itinerary": "Itinerary",
    "programme": "Programme of routes",
    "render": "Maps and pages",
    "export": "Files of other programs",
    "batch": "Many plans at once",
    "service": "Service",
    "errors": "Errors",
}


def _api_page() -> str:
    """Return the page that lists each public name under its room, read from the package itself."""
    names = defaultdict(list)
    for name in routeplanner.__all__:
        if name == "__version__":
            continue
        names[routeplanner._ROOM_OF[name].split(".")[0]].append(name)  # noqa: SLF001
    parts = ["# API reference", "", "All names can be had from `routeplanner` itself.", ""]
    for room in sorted(names, key=[*ROOMS, *names].index):
        title = ROOMS.get(room, room)
        if names[room]:
            listed = "\n".join(f"   {name}" for name in names[room])
            parts += [
                f"## {title}",
                "",
                "```{eval-rst}",
                ".. currentmodule:: routeplanner",
                ".. autosummary::",
                "   :toctree: generated",
                "",
                listed,
                "```",
                "",
            ]
    return "\n".join(parts)


def _write_if_new(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _generate(_app: Sphinx, _config: object) -> None:
    """Write the reference page, and bring the notebooks into the source folder."""
    _write_if_new(HERE / "api.md", _api_page())
    folder = HERE / "notebooks"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    found = sorted((HERE.parent / "notebooks").glob("*.ipynb"))
    for file in [*found, *(HERE.parent / "notebooks").glob("*.osm")]:
        shutil.copy2(file, folder)
    _write_if_new(HERE / "notebooks.md", _notebooks_page(found))
    changes = (HERE.parent / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "](")
    _write_if_new(HERE / "changelog.md", changes)


def _notebooks_page(found: Iterable[Path]) -> str:
    """Return the list of the notebooks, each with its first lines."""
    rows = []
    for notebook in found:
        first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"]
        title, _, words = "".join(first).partition("\n\n")
        rows.append(
            f"| [{title.removeprefix('# ')}](notebooks/{notebook.name}) | {' '.join(words.split())} |"
        )
    names = [f"notebooks/{notebook.stem}" for notebook in found]
    lead = (
        "Each starts from nothing, runs offline, and leaves its files in a folder `out` beside it. "
        "How long each takes stands with [the release](release.md#notebooks)."
    )
    table = ["# Notebooks", "", lead, "", "| | |", "|---|---|", *rows, ""]
    return "\n".join([*table, "```{toctree}", ":maxdepth: 1", ":hidden:", "", *names, "```", ""])


def _own_signature(
    _app: Sphinx,
    _what: str,
    name: str,
    _of: object,
    _options: object,
    signature: str | None,
    result: str | None,
) -> tuple[str | None, str | None]:
    """Leave out the arguments of a graph's making: networks come from `build_network`."""
    return ("", None) if name == "routeplanner.Network" else (signature, result)


def setup(app: Sphinx) -> None:
    """Connect what is generated."""
    app.connect("config-inited", _generate)
    app.connect("autodoc-process-signature", _own_signature)
