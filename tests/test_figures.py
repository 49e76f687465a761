"""The figures of the concepts page show what the library reckons."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/images/concepts"
SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the checkout, for its pages")


def test_the_pages_show_each_figure_and_each_has_a_title() -> None:
    pages = [(ROOT / "docs" / name).read_text("utf-8") for name in ("concepts.md", "architecture.md")]
    shown = set(re.findall(r"\(images/concepts/([\w-]+\.svg)\)", "".join(pages)))
    assert shown == {file.name for file in FOLDER.glob("*.svg")}
    for name in shown:
        root = ET.parse(FOLDER / name).getroot()  # noqa: S314 - our own files
        assert root.findtext(f"{SVG}title")


def test_days_prizes_and_the_boat_are_drawn_as_the_library_reckons_them_now() -> None:
    tool = runpy.run_path(str(ROOT / "tools/figures.py"))
    day = tool["small_day"]()
    best = tool["search"](day, seed=0)
    assert best.prize == best.bound == 90
    words = {name: (FOLDER / name).read_text("utf-8") for name in ("day.svg", "prizes.svg", "river.svg")}
    title = ET.fromstring(words["day.svg"]).findtext(f"{SVG}title")  # noqa: S314 - our own files
    assert words["day.svg"] == tool["clock_figure"](day, best.days[0], title)
    assert words["prizes.svg"] == tool["prizes_figure"]()
    assert words["river.svg"] == tool["river_figure"]()


@pytest.mark.parametrize(
    ("name", "contract"),
    [("rooms.svg", "rooms: arrows point down only"), ("planning.svg", "inside planning")],
)
def test_the_drawings_of_the_rooms_are_those_of_the_contract(name: str, contract: str) -> None:
    drawn = (FOLDER / name).read_text("utf-8")
    title = ET.fromstring(drawn).findtext(f"{SVG}title")  # noqa: S314 - our own files
    again = runpy.run_path(str(ROOT / "tools/figures.py"))["rooms_figure"](contract, title)
    assert drawn == again, (
        "the layers of pyproject.toml have changed: python tools/figures.py draws them anew"
    )
