"""Reading, checking and writing catalogues."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routeplanner._resources import data_path
from routeplanner.errors import CatalogueError, DataFileError
from routeplanner.sites.catalog import load_sites, save_sites, to_geojson, validate_sites
from routeplanner.sites.model import FIELD_NAMES
from routeplanner.sites.schema import catalogue_schema
from routeplanner.sites.words import load_corridors, load_crafts, load_themes

if TYPE_CHECKING:
    from pathlib import Path

BUNDLED = json.dumps(to_geojson(load_sites()))

PLACE = {
    "site_id": "lang-thu",
    "name_vi": "Làng thử",
    "name_en": "Test village",
    "kind": "craft_village",
    "visit_min": 60,
    "significance": 3,
}


def feature(**changes: object) -> dict[str, Any]:
    point = changes.pop("coordinates", [105.87, 20.9])
    geometry = changes.pop("geometry", {"type": "Point", "coordinates": point})
    properties = {key: value for key, value in {**PLACE, **changes}.items() if value is not ...}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture(scope="module")
def sites() -> gpd.GeoDataFrame:
    return load_sites()


def test_the_catalogue_is_a_geodataframe_as_promised(sites: gpd.GeoDataFrame) -> None:
    assert isinstance(sites, gpd.GeoDataFrame)
    assert sites.crs.to_epsg() == 4326
    assert sites.index.name == "site_id"
    assert sites.index.is_unique
    assert sites.index.is_monotonic_increasing
    assert list(sites.columns) == [*FIELD_NAMES, "geometry"]
    assert set(sites.geom_type) == {"Point"}


def test_unknown_is_none_and_lists_are_lists(sites: gpd.GeoDataFrame) -> None:
    for column in ("opening_hours", "fee_vnd", "booking_required", "part_of", "lunar_days"):
        missing = [value for value in sites[column] if value is None]
        assert missing
        assert not any(value != value for value in sites[column])  # noqa: PLR0124 - no NaN
    assert all(
        isinstance(value, list) for column in ("crafts", "sources", "festivals") for value in sites[column]
    )
    assert all(isinstance(value, int) for value in sites["fee_vnd"] if value is not None)


def test_load_and_save_give_the_bundled_files_byte_by_byte(sites: gpd.GeoDataFrame, tmp_path: Path) -> None:
    save_sites(sites, tmp_path)
    bundled = {path.name: path.read_bytes() for path in data_path("sites").glob("*.geojson")}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == bundled


def test_geopandas_reads_the_files_as_any_gis_would(sites: gpd.GeoDataFrame) -> None:
    theirs = gpd.read_file(data_path("sites") / "museum.geojson").set_index("site_id")
    ours = sites[sites["kind"] == "museum"]
    assert set(theirs.index) == set(ours.index)
    assert theirs.geometry.geom_equals_exact(ours.geometry, 1e-9).all()
    assert list(theirs.loc[ours.index, "name_vi"]) == list(ours["name_vi"])


@pytest.mark.parametrize("name", ["one.geojson", "one.gpkg"])
def test_one_file_reads_like_the_folder(sites: gpd.GeoDataFrame, tmp_path: Path, name: str) -> None:
    part = sites[sites["kind"] == "market"]
    path = tmp_path / name
    if name.endswith("geojson"):
        save_sites(part, path)
    else:
        flat = part.reset_index()
        for column in flat.columns.drop("geometry"):
            if any(isinstance(value, list | dict) for value in flat[column]):
                flat[column] = [
                    None if v is None else json.dumps(v, ensure_ascii=False) for v in flat[column]
                ]
        flat.to_file(path, driver="GPKG")
    again = load_sites(path)
    assert to_geojson(again) == to_geojson(part)


def test_a_folder_of_ones_own_with_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "mine.geojson").write_text(
        json.dumps(collection(feature(themes=["noodles"]))), encoding="utf-8"
    )
    assert "'noodles' is not known" in validate_sites(tmp_path)[0]
    (tmp_path / "themes.toml").write_text(
        '[themes]\nnoodles = { name_vi = "Phở", name_en = "Noodles" }\n'
        '[kinds]\ncraft_village = { name_vi = "Làng nghề", name_en = "Craft village" }\n',
        encoding="utf-8",
    )
    assert validate_sites(tmp_path) == []
    assert load_sites(tmp_path).loc["lang-thu", "themes"] == ["noodles"]


def test_own_columns_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "own.geojson"
    path.write_text(
        json.dumps(collection(feature(my_prize=2.5), feature(site_id="b", my_prize=1))), encoding="utf-8"
    )
    loaded = load_sites(path)
    assert loaded["my_prize"].to_dict() == {"b": 1.0, "lang-thu": 2.5}
    save_sites(loaded, path)
    assert load_sites(path)["my_prize"].tolist() == [1.0, 2.5]


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="does not exist"):
        load_sites(tmp_path / "none.geojson")
    assert "does not exist" in validate_sites(tmp_path / "none.geojson")[0]


@pytest.mark.parametrize("path", [5, 0.5, b"sites", ["sites"], {"path": "sites"}, object()])
def test_what_is_no_name_of_a_file_is_said_to_be_none(sites: gpd.GeoDataFrame, path: Any) -> None:
    for call in (load_sites, load_corridors, catalogue_schema, lambda p: save_sites(sites.head(1), p)):
        with pytest.raises(DataFileError, match=f"path: {type(path).__name__} given; give the name"):
            call(path)


def test_words_of_a_folder_that_is_not_there_are_not_the_bundled_ones(tmp_path: Path) -> None:
    for call in (load_corridors, load_themes, load_crafts, catalogue_schema):
        with pytest.raises(
            DataFileError, match=r"nowhere is no folder; give the one that holds themes\.toml"
        ):
            call(tmp_path / "nowhere")
        assert call(tmp_path) == call()  # an empty folder has no words of its own


def test_an_empty_folder_is_said_to_be_one(tmp_path: Path) -> None:
    assert "no *.geojson file" in validate_sites(tmp_path)[0]


def test_nothing_is_written_when_the_catalogue_has_faults(sites: gpd.GeoDataFrame, tmp_path: Path) -> None:
    broken = sites.head(3).copy()
    broken["visit_min"] = 100_000
    with pytest.raises(CatalogueError) as caught:
        save_sites(broken, tmp_path / "broken.geojson")
    assert len(caught.value.faults) == 3
    assert list(tmp_path.iterdir()) == []


FAULTS = {
    "swapped": ({"coordinates": [20.9, 105.87]}, "longitude and latitude are swapped in [20.9, 105.87]"),
    "abroad": ({"coordinates": [2.35, 48.85]}, "lies outside Vietnam"),
    "metres": ({"coordinates": [583_000.0, 2_325_000.0]}, "are metres of a projection (easting first)"),
    "not numbers": ({"coordinates": ["105,87", "20,9"]}, "are not two numbers"),
    "a polygon": ({"geometry": {"type": "Polygon", "coordinates": []}}, "geometry: a Polygon"),
    "no geometry": ({"geometry": None}, "geometry: missing"),
    "no name": ({"name_vi": ...}, "field name_vi: missing"),
    "empty name": ({"name_vi": "  "}, "field name_vi: '  ' is not text"),
    "misspelt field": ({"visit_min": ..., "visit-min": 60}, "did you mean 'visit_min'?"),
    "kind": ({"kind": "craft_vilage"}, "'craft_vilage' is not known; did you mean 'craft_village'?"),
    "theme": ({"themes": ["handicrafts"]}, "did you mean 'handicraft'?"),
    "craft": ({"crafts": ["laquer"]}, "did you mean 'lacquer'"),
    "corridor": ({"corridors": ["souht"]}, "did you mean 'south'"),
    "status": ({"status": ["unesko"]}, "did you mean 'unesco'?"),
    "precision": ({"coord_precision": "good"}, "field coord_precision: 'good' is not known"),
    "visit as text": ({"visit_min": "60 phút"}, "field visit_min: '60 phút' is not a whole number (min)"),
    "visit too long": ({"visit_min": 6000}, "field visit_min: 6000 is out of range; give 1 to 600 (min)"),
    "significance": ({"significance": 6}, "field significance: 6 is out of range; give 1 to 5"),
    "negative fee": ({"fee_vnd": -1}, "field fee_vnd: -1 is out of range"),
    "truth": ({"booking_required": "có"}, "write true, false or null"),
    "hours without minutes": ({"opening_hours": "Mo 8-17"}, "write minutes too"),
    "hours without comma": ({"opening_hours": "08:00-11:30 13:30-17:00"}, "put a comma between"),
    "hours in words": ({"opening_hours": "8h-17h"}, "with a colon"),
    "Vietnamese weekdays": ({"opening_hours": "T2-CN 08:00-17:00"}, "name weekdays Mo Tu"),
    "impossible hours": ({"opening_hours": "25:00-26:00"}, "ends at 24:00"),
    "lunar day 31": ({"lunar_days": [4, 31]}, "field lunar_days: 31 is out of range; give 1 to 30"),
    "lunar days twice": ({"lunar_days": [4, 4]}, "names a day twice"),
    "unknown whole": ({"part_of": "lang-thuu"}, "field part_of: 'lang-thuu' is not a site of this catalogue"),
    "own part": ({"part_of": "lang-thu"}, "leads back to 'lang-thu'"),
    "identifier": ({"site_id": "Làng Thử"}, "site_id 'Làng Thử' is missing or not an identifier"),
    "no identifier": ({"site_id": ...}, "site_id None is missing"),
    "script as source": ({"sources": ["javascript:alert(1)"]}, "is not an http or https address"),
    "guess of nothing": ({"unverified": ["visitmin"]}, "did you mean 'visit_min'?"),
    "decomposed": ({"name_vi": unicodedata.normalize("NFD", "Làng thử")}, "save it as NFC"),
    "list as text": ({"crafts": "lacquer"}, 'is not a list; write ["..."] or []'),
    "not a number": ({"fee_vnd": float("nan")}, "NaN is not a value"),
    "festival month": (
        {"festivals": [{"name_vi": "Hội", "calendar": "lunar", "month": 13, "day": 1, "days": 1}]},
        "field festivals: festival 1: month 13 is not 1 to 12",
    ),
    "30 February": (
        {"festivals": [{"name_vi": "Hội", "calendar": "solar", "month": 2, "day": 30, "days": 1}]},
        "day 30 does not exist in solar month 2",
    ),
    "hours backwards": (
        {"opening_hours": "Mo-Su 17:00-08:00"},
        "17:00-08:00 closes before it opens; swap the two times",
    ),
    "hours past midnight": ({"opening_hours": "08:00-25:00"}, "a clock time ends at 24:00"),
    "weekday": ({"closed_weekdays": ["Thứ Hai"]}, "field closed_weekdays: 'Thứ Hai' is not known"),
    "start": ({"start_times": ["25:00"]}, "field start_times: '25:00' is not a clock time; write hours"),
    "start without zero": ({"start_times": ["9:00"]}, "write hours and minutes as 09:00"),
    "short month": ({"short_month": "29"}, "field short_month: '29' is not known"),
    "last admission": ({"last_admission_min": 600}, "last_admission_min: 600 is out of range; give 0 to 240"),
    "closure without length": (
        {"closures": [{"name_vi": "Sửa chữa", "calendar": "solar", "month": 6, "day": 1}]},
        "field closures: closure 1: days None is not a length of 1 to 366 days",
    ),
    "season word": (
        {
            "seasons": [
                {"name_vi": "Sen", "calendar": "solar", "month": 6, "day": 1, "days": 60, "olny": True}
            ]
        },
        "field seasons: season 1: 'olny' is not known; did you mean 'only'",
    ),
    "lunar festival on the 31st": (
        {"festivals": [{"name_vi": "Hội", "calendar": "lunar", "month": 1, "day": 31, "days": 1}]},
        "day 31 does not exist in lunar month 1 (1 to 30)",
    ),
    "festival calendar": (
        {"festivals": [{"name_vi": "Hội", "calendar": "âm", "month": 2, "day": 3, "days": 1}]},
        "write 'lunar' or 'solar'",
    ),
}


@pytest.mark.parametrize(("changes", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_place_and_remedy(changes: dict[str, Any], words: str) -> None:
    found = validate_sites(collection(feature(**changes)))
    assert len([fault for fault in found if words in fault]) == 1, found
    assert all(fault.startswith("collection, feature 1") for fault in found)


def test_a_sound_record_has_no_fault() -> None:
    assert validate_sites(collection(feature())) == []


def test_all_faults_come_in_one_message(tmp_path: Path) -> None:
    path = tmp_path / "bad.geojson"
    bad = [
        feature(site_id=f"s{n}", **changes)
        for n, (changes, _) in enumerate(FAULTS.values())
        if "site_id" not in changes
    ]
    path.write_text(json.dumps(collection(*bad), ensure_ascii=False), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_sites(path)
    missed = [
        words
        for changes, words in FAULTS.values()
        if "site_id" not in changes and words not in str(caught.value)
    ]
    assert missed == ["leads back to 'lang-thu'"]  # its identifier is another one here
    assert all("bad.geojson, feature " in fault for fault in caught.value.faults)


def test_duplicates_and_circles_are_found() -> None:
    twice = validate_sites(collection(feature(), feature()))
    assert twice == [
        "collection, feature 2: site_id 'lang-thu' is also at collection, feature 1; rename or remove one"
    ]
    circle = validate_sites(
        collection(
            feature(site_id="a", part_of="b"),
            feature(site_id="b", part_of="c"),
            feature(site_id="c", part_of="a"),
        )
    )
    assert len(circle) == 3


def test_broken_json_is_placed_by_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "cut.geojson"
    path.write_text('{"type": "FeatureCollection",\n "features": [}', encoding="utf-8")
    (fault,) = validate_sites(path)
    assert "cut.geojson: not JSON at line 2, column 15" in fault
    with pytest.raises(CatalogueError):
        load_sites(path)


@pytest.mark.parametrize("text", ["[]", "3", '"x"', '{"type": "Feature"}', "null", "[" * 100_000])
def test_what_is_no_collection_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.geojson"
    path.write_text(text, encoding="utf-8")
    faults = validate_sites(path)
    assert len(faults) == 1
    assert "odd.geojson" in faults[0]


def test_a_table_with_lon_and_lat_reads_too(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    head = "site_id,name_vi,name_en,kind,visit_min,significance,lon,lat,crafts,opening_hours,fee_vnd,lunar_days\n"
    rows = [
        "a-b,Làng A,Village A,craft_village,60,3,105.87,20.9,lacquer;paper,,,4;10\n",
        "b-c,Làng B,Village B,museum,45,2,105.88,20.91,,Mo-Su 08:00-17:00,20000,\n",
    ]
    path.write_text(head + "".join(rows), encoding="utf-8")
    table = load_sites(path)
    assert table["crafts"].tolist() == [["lacquer", "paper"], []]
    assert table["lunar_days"].tolist() == [[4, 10], None]
    assert table["fee_vnd"].tolist() == [None, 20000]
    assert [(point.x, point.y) for point in table.geometry] == [(105.87, 20.9), (105.88, 20.91)]
    swapped = rows[0].replace("105.87,20.9", "20.9,105.87")
    path.write_text(head + swapped, encoding="utf-8")  # every row: the columns are meant the other way round
    assert load_sites(path).geometry.iloc[0].coords[0] == (105.87, 20.9)
    path.write_text(head + swapped + rows[1], encoding="utf-8")  # one row only: a slip
    (fault,) = validate_sites(path)
    assert "table.csv, row 1" in fault
    assert "swapped" in fault


def test_what_geopandas_cannot_read_is_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "notes.dat"
    path.write_text("not a map", encoding="utf-8")
    (fault,) = validate_sites(path)
    assert fault.startswith("notes.dat: geopandas cannot read it")


def test_a_file_that_is_not_utf_8_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "old.geojson"
    path.write_bytes(json.dumps(collection(feature()), ensure_ascii=False).encode("utf-16"))
    assert "not UTF-8" in validate_sites(path)[0]


def test_frames_are_checked_too(sites: gpd.GeoDataFrame) -> None:
    assert validate_sites(sites) == []
    flat = gpd.GeoDataFrame({"site_id": ["x"]}, geometry=[shapely.Point(105.8, 21.0)])
    assert "no coordinate system" in validate_sites(flat)[0]
    in_metres = sites.head(5).to_crs(32648)
    assert validate_sites(in_metres) == []
    assert "cannot read a int" in validate_sites(7)[0]


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
    st.sampled_from(["site_id", *FIELD_NAMES, "coordinates", "geometry", "other"]),
)
def test_any_value_in_any_field_is_judged_not_stumbled_over(value: object, name: str) -> None:
    faults = validate_sites(collection(feature(**{name: value})))
    assert all(isinstance(fault, str) and fault.startswith("collection, feature 1") for fault in faults)


@settings(deadline=None)
@given(
    st.integers(0, len(json.loads(BUNDLED)["features"]) - 1),
    st.sampled_from(["name_vi", "name_en", "kind", "visit_min", "significance"]),
)
def test_a_required_field_is_missed_in_any_record(number: int, name: str) -> None:
    document = json.loads(BUNDLED)
    del document["features"][number]["properties"][name]
    site_id = document["features"][number]["properties"]["site_id"]
    (fault,) = validate_sites(document)
    assert repr(site_id) in fault
    assert f"field {name}: missing" in fault
