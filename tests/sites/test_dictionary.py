"""The data dictionary says what the model holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from routeplanner.sites.catalog import validate_sites
from routeplanner.sites.hours import ASSUMED_HOURS
from routeplanner.sites.model import FIELDS, Field

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"

pytestmark = pytest.mark.skipif(
    not PAGE.is_file(), reason="the documentation is not part of an installed package"
)


def rows(columns: int) -> dict[str, list[str]]:
    """Return the rows of the page's tables that have so many columns, by their first cell."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return {row[0].strip("`"): row for row in cells if len(row) == columns}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_field_is_explained_as_the_model_has_it(field: Field) -> None:
    _, _, unit, allowed, meaning, null = rows(6)[field.name]
    assert unit == (field.unit or "")
    assert meaning == field.meaning
    assert null == ("required" if field.required else field.null)
    if field.lowest is not None:
        assert allowed == f"{field.lowest:,}–{field.highest:,}"


@pytest.mark.parametrize("kind", ASSUMED_HOURS)
def test_assumed_hours_are_those_of_the_code(kind: str) -> None:
    stated = re.findall(r"(\d\d):(\d\d)–(\d\d):(\d\d)", rows(2)[kind][1])
    seconds = tuple((int(a) * 3600 + int(b) * 60, int(c) * 3600 + int(d) * 60) for a, b, c, d in stated)
    assert seconds == ASSUMED_HOURS[kind]


def test_the_example_is_a_sound_record_and_no_required_field_is_missing_from_it() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    feature = json.loads(block)
    assert validate_sites({"type": "FeatureCollection", "features": [feature]}) == []
    assert {"site_id", *(f.name for f in FIELDS if f.required)} == set(feature["properties"])
