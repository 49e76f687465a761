"""The data dictionary says what the model holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from routeplanner.sites.catalog import load_sites, to_geojson, validate_sites
from routeplanner.sites.hours import ASSUMED_HOURS
from routeplanner.sites.model import FIELDS, Field
from routeplanner.sites.schema import catalogue_schema, dictionary_table

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


def test_the_table_of_the_page_is_made_from_the_model() -> None:
    assert dictionary_table() in PAGE.read_text(encoding="utf-8")


def test_the_published_schema_is_that_of_the_code() -> None:
    published = json.loads((PAGE.parent / "catalogue.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(catalogue_schema()))


def test_a_validator_of_its_own_accepts_the_bundled_catalogue() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(catalogue_schema())
    jsonschema.Draft202012Validator.check_schema(catalogue_schema())
    assert list(validator.iter_errors(to_geojson(load_sites()))) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visit_min", 6000),
        ("visit_min", "60"),
        ("kind", "village"),
        ("themes", ["noodles"]),
        ("fee_vnd", -1),
        ("page", "www.example.org"),
        ("start_times", ["9 o'clock"]),
        ("provenance", {"fee_vnd": {"seen": "2026-11-22"}}),
        ("provenance", {"price": {"source": "a page"}}),
        ("provenance", {"fee_vnd": {"source": "a page", "certainty": "sure"}}),
        ("festivals", [{"name_vi": "Hội", "calendar": "lunar", "month": 13, "day": 1, "days": 1}]),
        ("wheelchair", "maybe"),
        ("name_vi", None),
    ],
)
def test_schema_and_rules_refuse_the_same_values(field: str, value: object) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    document = to_geojson(load_sites().head(1))
    document["features"][0]["properties"][field] = value
    assert list(jsonschema.Draft202012Validator(catalogue_schema()).iter_errors(document))
    assert validate_sites(document)
