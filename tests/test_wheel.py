"""The wheel stands on its own: built, put where no checkout is near, it plans from its own data."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import routeplanner as rp

ROOT = Path(__file__).resolve().parents[1]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs the checkout, to build from"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with wheel and source archive, built without network."""
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--no-isolation",
            "--sdist",
            "--wheel",
            "--outdir",
            str(out),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment that has the wheel, and the libraries of this one without us."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    purelib = next(folder.glob("lib/python*/site-packages"), folder / "Lib" / "site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(purelib)  # noqa: S202 - our own wheel
    (libraries := folder / "libraries").mkdir()
    for name in ("purelib", "platlib"):
        for path in Path(sysconfig.get_path(name)).iterdir():
            # a .pth file in a folder added by another .pth is not read: the editable install stays out
            link = libraries / path.name
            if "routeplanner" not in path.name and path.suffix != ".pth" and not link.exists():
                link.symlink_to(path)
    (purelib / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return next(folder.glob("bin/python"), folder / "Scripts" / "python.exe")


def run(python: Path, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    cache = {"NUMBA_CACHE_DIR": str(where / "cache"), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [str(python), *arguments],
        cwd=where,
        env=bare | cache,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=500,
    )


def in_checkout(*parts: str) -> set[str]:
    """Return the files of a folder that git would ship."""
    folder = ROOT.joinpath(*parts)
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".nbi", ".nbc"}
    }


def test_the_wheel_holds_code_data_and_licences_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    own = {name.removeprefix("routeplanner/") for name in names if name.startswith("routeplanner/")}
    data = {
        f"_data/{room}/{name}"
        for room in ("sites", "network", "programme")
        for name in in_checkout("data", room)
    }
    assert own == in_checkout("src", "routeplanner") | data
    assert {"py.typed", "_data/sites/craft_village.geojson", "_data/network/nodes.csv"} <= own
    info = {name.partition("/")[2] for name in names if ".dist-info/" in name}
    wanted = {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
        "licenses/LICENSE-DATA.md",
        "licenses/data/network/gshhg/COPYING",
        "licenses/data/network/gshhg/COPYING.LESSER",
    }
    assert info == wanted
    assert len(names) == len(own) + len(info)


def test_the_source_archive_can_be_built_and_tested_again(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA.md", "Makefile", "tests/conftest.py"}
    wanted |= {f"data/sites/{name}" for name in in_checkout("data", "sites")}
    wanted |= {f"src/routeplanner/{name}" for name in in_checkout("src", "routeplanner")}
    wanted |= {
        f"{folder}/{name}" for folder in ("examples", "tools", "docs/howto") for name in in_checkout(folder)
    }
    wanted |= {f"notebooks/{name}" for name in in_checkout("notebooks") if name.endswith((".ipynb", ".osm"))}
    assert wanted - names == set()
    assert not [name for name in names if "__pycache__" in name or name.startswith((".venv", "demo"))]


def test_metadata_say_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA"))).decode()
        scripts = archive.read(next(n for n in archive.namelist() if n.endswith("entry_points.txt"))).decode()
    assert f"\nVersion: {rp.__version__}\n" in metadata
    assert "License-Expression: MIT AND ODbL-1.0" in metadata
    assert "routeplanner = routeplanner.cli:main" in scripts
    assert re.findall(r"\]\((?!https?:)[^)]*\)", metadata) == [], "a link that an index cannot follow"


def test_the_readme_on_an_index_has_addresses_of_the_tag_or_none() -> None:
    hook = runpy.run_path(str(ROOT / "tools/readme_hook.py"))["for_an_index"]
    text = "A [page](docs/a.md), [away](https://a.example).\n\n![seen](docs/b.png)\n\nEnd."
    assert hook(text, "", "1.2") == "A page, [away](https://a.example).\n\nEnd."
    at = "https://h.example/o/r"
    assert hook(text, f"{at}/", "1.2") == (
        f"A [page]({at}/blob/v1.2/docs/a.md), [away](https://a.example).\n\n![seen]({at}/raw/v1.2/docs/b.png)\n\nEnd."
    )


def test_the_wheel_plans_from_its_own_data_anywhere(python: Path, tmp_path: Path) -> None:
    where = "import routeplanner, routeplanner._resources as r; print(routeplanner.__file__, r.data_path('sites'))"
    found = run(python, tmp_path, "-c", where)
    assert found.returncode == 0, found.stderr
    module, data = map(Path, found.stdout.split())
    assert module.is_relative_to(python.parents[1])
    assert data == module.parent / "_data" / "sites"
    line = "-m routeplanner plan --corridor south --date 2027-03-13 --time-limit 1 --map south.html --json south.json"
    done = run(python, tmp_path, *line.split())
    assert done.returncode == 0, done.stderr
    trip = json.loads((tmp_path / "south.json").read_text(encoding="utf-8"))
    assert trip["schema"] == "routeplanner/itinerary/1"
    assert len(trip["days"][0]["stops"]) >= 3
    page = (tmp_path / "south.html").read_text(encoding="utf-8")
    assert all(stop["name_vi"] in page for stop in trip["days"][0]["stops"])
    assert run(python, tmp_path, "-m", "routeplanner", "check", "south.json").returncode == 0
