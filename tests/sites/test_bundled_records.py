"""Every record of the bundled catalogue, one by one, against the catalogue's own promises."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from typing import Any

import pytest

from routeplanner._resources import data_path
from routeplanner.sites.model import CERTAINTIES, FIELD_NAMES, KINDS, SPARSE_NAMES
from routeplanner.sites.provenance import provenance
from routeplanner.sites.words import corridor_keys, load_corridors, load_crafts, load_themes

FILES = sorted(data_path("sites").glob("*.geojson"))
FEATURES = [
    pytest.param(path.stem, feature, id=feature["properties"]["site_id"])
    for path in FILES
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
]
IDS = {param.values[1]["properties"]["site_id"] for param in FEATURES}
PART_OF = {
    param.values[1]["properties"]["site_id"]: param.values[1]["properties"]["part_of"] for param in FEATURES
}

# Boxes of the provinces in question, wide enough for their borders, far narrower than the country.
BOXES = {
    "Hà Nội": (105.28, 20.53, 106.03, 21.39),
    "Thừa Thiên Huế": (107.0, 15.98, 108.25, 16.80),
    "TP. Hồ Chí Minh": (106.35, 10.35, 107.05, 11.17),
}
DELTA_BOX = (105.0, 19.9, 107.0, 21.75)


def of_the_register_alone(properties: dict[str, Any]) -> bool:
    """Tell a village of which only name, craft and commune are known: no plan is to go there by itself."""
    return properties["kind"] == "craft_village" and properties["significance"] == 1


@pytest.mark.parametrize(("kind", "feature"), FEATURES)
def test_a_record_is_sound(kind: str, feature: dict[str, Any]) -> None:
    properties = feature["properties"]
    expected = ["site_id", *(n for n in FIELD_NAMES if n in properties or n not in SPARSE_NAMES)]
    assert list(properties) == expected
    assert all(properties[name] not in (None, [], {}) for name in SPARSE_NAMES & set(properties))
    assert properties["kind"] == kind
    assert kind in KINDS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", properties["site_id"])
    assert properties["corridors"] or of_the_register_alone(properties), "no request would find it"
    assert set(properties["corridors"]) <= set(load_corridors())
    assert set(properties["themes"]) <= set(load_themes())
    assert set(properties["crafts"]) <= set(load_crafts())
    assert properties["themes"] or kind in {"gateway", "waterway_stop"}
    assert properties["sources"], "each record says where it comes from"
    assert properties["coord_source"]
    assert properties["coord_precision"]
    assert 5 <= properties["visit_min"] <= 300
    assert properties["part_of"] is None or properties["part_of"] in IDS


@pytest.mark.parametrize(("kind", "feature"), FEATURES)
def test_a_record_lies_in_its_province(kind: str, feature: dict[str, Any]) -> None:
    properties = feature["properties"]
    lon, lat = feature["geometry"]["coordinates"]
    west, south, east, north = BOXES.get(properties["province_2024"], DELTA_BOX)
    assert west <= lon <= east, kind
    assert south <= lat <= north, kind


@pytest.mark.parametrize(("kind", "feature"), FEATURES)
def test_a_record_is_clean_text(kind: str, feature: dict[str, Any]) -> None:
    text = json.dumps(feature, ensure_ascii=False)
    assert unicodedata.is_normalized("NFC", text), kind
    assert not re.search(r"[\x00-\x1f\u200b-\u200f\ufeff\ufffd]", text)
    assert not re.search(r"\bNaN\b", text)


def test_no_identifier_stands_twice() -> None:
    assert len(FEATURES) == len(IDS) >= 517


def test_no_part_has_parts_of_its_own_that_lead_nowhere() -> None:
    for site_id, whole in PART_OF.items():
        assert whole != site_id
        assert whole is None or PART_OF[whole] is None, f"{site_id} lies two levels deep"


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("chuong-hat-market", "chuong-conical-hat-village"),
        ("mia-pagoda", "duong-lam-ancient-village"),
        ("mong-phu-gate", "duong-lam-ancient-village"),
        ("huong-tich-cave", "perfume-pagoda-complex"),
        ("den-thuong-co-loa", "co-loa"),
        ("chuon-trung-mother-of-pearl", None),  # a village beside Chuôn Ngọ, not in it
        ("van-mieu-night-tour", None),  # a show of its own hours, not a part of the day's visit
        ("ngo-quyen-temple-tomb", None),  # in another hamlet, 1.5 km from the old village
    ],
)
def test_places_lie_in_places(part: str, whole: str | None) -> None:
    assert PART_OF[part] == whole


def test_corridors_start_and_shine_at_sites_of_the_catalogue() -> None:
    for corridor in load_corridors().values():
        assert corridor.start_site_id in IDS
        assert corridor.headline_site_ids
        assert set(corridor.headline_site_ids) <= IDS


def test_headlines_belong_to_their_corridor_and_mean_much() -> None:
    by_id = {param.values[1]["properties"]["site_id"]: param.values[1]["properties"] for param in FEATURES}
    for key, corridor in load_corridors().items():
        for site_id in corridor.headline_site_ids:
            assert not corridor_keys(key).isdisjoint(by_id[site_id]["corridors"])
            assert by_id[site_id]["significance"] >= 4


def test_the_ten_corridors_and_twelve_themes_are_named() -> None:
    assert list(load_corridors()) == [
        *("south", "southwest", "west", "northwest", "river", "inner", "east_north", "delta", "national"),
        "hanoi-hue-saigon",
    ]
    assert len(load_themes()) == 12
    assert load_corridors()["south"].name_vi == "Hà Nội – Thanh Trì – Thường Tín – Phú Xuyên"


def test_every_word_of_the_catalogue_is_used_and_every_used_one_is_named() -> None:
    words = tomllib.loads((data_path("sites") / "themes.toml").read_text(encoding="utf-8"))
    for table, column in (("themes", "themes"), ("crafts", "crafts"), ("statuses", "status")):
        used = {item for param in FEATURES for item in param.values[1]["properties"][column]}
        assert used == set(words[table])


def test_single_events_are_not_yearly_festivals() -> None:
    for param in FEATURES:
        for festival in param.values[1]["properties"]["festivals"]:
            named = re.search(r"\b20\d\d\b", festival["name_vi"])
            assert named is None or festival["year"] == int(named[0])


def test_a_whole_takes_at_least_as_long_as_each_of_its_parts() -> None:
    minutes = {p.values[1]["properties"]["site_id"]: p.values[1]["properties"]["visit_min"] for p in FEATURES}
    assert not [part for part, whole in PART_OF.items() if whole and minutes[part] > minutes[whole]]


def test_the_sources_page_states_the_figures_of_the_files() -> None:
    page = (data_path("sites") / "SOURCES.md").read_text(encoding="utf-8")
    records = [param.values[1]["properties"] for param in FEATURES]
    open_street_map = sum(bool(re.search("OSM|OpenStreetMap", record["coord_source"])) for record in records)
    assert f"OpenStreetMap (OSM; {open_street_map} of {len(records)})" in page
    for precision, words in (
        ("site", "within 150 m"),
        ("village", "within 1 km"),
        ("commune", "on a commune's"),
    ):
        assert f"{sum(record['coord_precision'] == precision for record in records)} {words}" in page
    assert f"| `festivals` | {sum(bool(record['festivals']) for record in records)} sites" in page
    assert f"| `status` | {sum(bool(record['status']) for record in records)} sites" in page
    assert f"| `fee_vnd` | {sum(record['fee_vnd'] is not None for record in records)} sites" in page
    hours = [record for record in records if record["opening_hours"]]
    weak = sum("opening_hours" in record["unverified"] for record in hours)
    assert f"| {len(hours)} sites, of which {weak} rest on one weak source |" in page
    assert (
        f"({sum('visit_min' in record['unverified'] for record in records)} of {len(records)} are marked so)"
        in page
    )


@pytest.mark.parametrize(("kind", "feature"), FEATURES)
def test_a_record_says_where_each_of_its_facts_comes_from(kind: str, feature: dict[str, Any]) -> None:
    properties = feature["properties"]
    for field in (*FIELD_NAMES, "geometry"):
        found = provenance(properties, field)
        known = field == "geometry" or properties.get(field) not in (None, [], {})
        assert bool(found.sources) == known, (kind, field)
        assert (found.certainty == "unknown") == (not known), (kind, field)
    for entry in properties.get("provenance", {}).values():
        assert entry["seen"] >= "2026"
        assert entry["certainty"] in CERTAINTIES


def test_sites_on_one_point_say_so() -> None:
    """Each record on a shared point names the others that stand there, so that nobody takes it for its own."""
    at: dict[tuple[float, ...], list[dict[str, Any]]] = {}
    for param in FEATURES:
        feature = param.values[1]
        at.setdefault(tuple(feature["geometry"]["coordinates"]), []).append(feature["properties"])
    shared = {point: group for point, group in at.items() if len(group) > 1}
    assert shared
    for group in shared.values():
        names = {properties["site_id"] for properties in group}
        for properties in group:
            note = properties.get("provenance", {}).get("geometry", {}).get("note", "")
            others = names - {properties["site_id"]}
            assert others <= set(re.findall(r"[a-z0-9-]+", note)), (properties["site_id"], others)


def test_hanoi_s_register_stands_in_the_catalogue_with_its_sources() -> None:
    register = [
        properties
        for param in FEATURES
        if "recognised_craft_village" in (properties := param.values[1]["properties"])["status"]
        and properties["province_2025"] == "Hà Nội"
    ]
    page = (data_path("sites") / "SOURCES.md").read_text(encoding="utf-8")
    assert f"{len(register)} places of Hà Nội" in " ".join(page.split())
    assert len({properties["name_vi"] for properties in register}) == len(register)
    for properties in register:
        assert properties["district_2024"], properties["site_id"]
        assert properties["commune_2024"], properties["site_id"]
        if properties["kind"] == "craft_village":
            assert properties["crafts"], properties["site_id"]


EXONYMS = {"Hanoi", "Hue", "Saigon"}


def unmarked(vietnamese: str, english: str) -> list[str]:
    """Capitalised words of the English text that stand with marks in the Vietnamese one."""

    def bare(word: str) -> str:
        folded = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
        return "".join(char for char in folded if not unicodedata.combining(char)).lower()

    words = re.findall(r"[^\W\d_]+", vietnamese)
    marked = {bare(word) for word in words} - {word.lower() for word in words}
    return [
        word
        for word in re.findall(r"[^\W\d_]+", english.replace("Ho Chi Minh City", ""))
        if word[0].isupper() and word.isascii() and word.lower() in marked and word not in EXONYMS
    ]


def test_names_in_english_keep_their_marks_but_for_the_cities_with_english_names() -> None:
    assert unmarked("Làng sơn mài Hạ Thái", "Ha Thái lacquer village") == ["Ha"]
    found = {}
    for param in FEATURES:
        properties = param.values[1]["properties"]
        texts = [(properties["name_vi"], properties["name_en"])]
        texts += [(properties["name_vi"], properties["summary_en"] or "")]
        texts += [(one["name_vi"], one["name_en"]) for one in properties["festivals"]]
        if own := [word for vi, en in texts for word in unmarked(vi, en)]:
            found[properties["site_id"]] = own
        assert not re.search("Huế|Hà Nội|Sài Gòn|Hồ Chí Minh City", properties["name_en"]), properties[
            "site_id"
        ]
    assert found == {}
    for corridor in load_corridors().values():
        assert unmarked(corridor.name_vi + corridor.summary_vi, corridor.name_en + corridor.summary_en) == []
        assert "Huế" not in corridor.name_en + corridor.summary_en
