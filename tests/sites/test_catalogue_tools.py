"""Forms of files, merge, diff, candidates, health, and the commands that show them."""

from __future__ import annotations

import json
import re
import threading
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon

import routeplanner as rp
from routeplanner.cli import main
from routeplanner.sites.catalog import to_geojson
from routeplanner.sites.coordinates import parse_degrees, parse_pair
from routeplanner.sites.tables import rename_columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sites() -> gpd.GeoDataFrame:
    return rp.load_sites()


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet", "csv", "xlsx"])
def test_the_whole_catalogue_comes_back_from_every_form(
    sites: gpd.GeoDataFrame, tmp_path: Path, suffix: str
) -> None:
    path = rp.save_sites(sites, tmp_path / f"all.{suffix}")
    again = rp.load_sites(path)
    assert to_geojson(again) == to_geojson(sites)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_excel_with_a_title_above_the_header_and_a_second_sheet(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Phòng Văn hóa", None])
    sheet = book.create_sheet("Danh mục")
    for row in (
        ["DANH MỤC LÀNG NGHỀ NĂM 2026"],
        [],
        ["Mã", "Tên", "Tên tiếng Anh", "Loại", "Visit min", "Significance", "Vĩ độ", "Kinh độ", None],
        ["bat-trang", "Bát Tràng", "Bat Trang", "craft_village", 60, 5, "20,9768", "105,9134", "x"],
        [None] * 9,
    ):
        sheet.append(row)
    path = tmp_path / "danh-muc.xlsx"
    book.save(path)
    point = rp.load_sites(path).loc["bat-trang", "geometry"]
    assert (point.x, point.y) == (105.9134, 20.9768)


def test_text_that_looks_like_a_formula_stays_text(sites: gpd.GeoDataFrame, tmp_path: Path) -> None:
    odd = sites.head(1).copy()
    odd["name_en"] = ["=1+1"]
    odd["phone"] = ["+84 24 3825 2853"]
    again = rp.load_sites(rp.save_sites(odd, tmp_path / "odd.xlsx"))
    assert again[["name_en", "phone"]].to_numpy().tolist() == [["=1+1", "+84 24 3825 2853"]]


@pytest.mark.parametrize("crs", ["EPSG:5897", "EPSG:3405", "EPSG:32648"])
def test_metres_with_their_projection_are_read_to_the_metre(tmp_path: Path, crs: str) -> None:
    point = gpd.GeoSeries([Point(105.87, 20.9)], crs=4326).to_crs(crs).iloc[0]
    head = "site_id,name_vi,name_en,kind,visit_min,significance,"
    for names, values in (
        ("x,y", (point.x, point.y)),
        ("X (m),Y (m)", (point.y, point.x)),
    ):  # surveys: X is north
        path = tmp_path / "survey.csv"
        path.write_text(
            f"{head}{names}\nx,Làng,Village,craft_village,60,3,{values[0]},{values[1]}\n", encoding="utf-8"
        )
        if "(" in names:
            path.write_text(
                path.read_text(encoding="utf-8").replace("X (m),Y (m)", "Toạ độ X,Toạ độ Y"), encoding="utf-8"
            )
        found = rp.load_sites(path, crs=crs).geometry.iloc[0]
        assert (found.x, found.y) == pytest.approx((105.87, 20.9), abs=1e-5)
        assert "metres of a projection" in rp.validate_sites(path)[0]
    assert "crs 'EPSG:1' is not known" in rp.validate_sites(path, crs="EPSG:1")[0]


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("105.87", (105.87, None)),
        ("105,87", (105.87, None)),
        ("105°52'12\"E", (105.87, "lon")),
        ("105°52′12″ Đông", (105.87, "lon")),
        ("E105.87", (105.87, "lon")),
        ("21 01 42 N", (21.028333, "lat")),
        ("21°1'42\"B", (21.028333, "lat")),
        ("-21.5", (-21.5, None)),
        ("21°61'", None),
        ("1.2.3", None),
        ("105.5°30'", None),
        ("W105.8", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_degrees_as_people_write_them(text: Any, degrees: tuple[float, str | None] | None) -> None:
    found = parse_degrees(text)
    if degrees is None:
        assert found is None
    else:
        assert found is not None
        assert found[0] == pytest.approx(degrees[0], abs=1e-6)
        assert found[1] == degrees[1]


@pytest.mark.parametrize(
    "text",
    [
        "21.03, 105.85",
        "105.85 21.03",
        "105,85; 21,03",
        "21,03 105,85",
        "POINT(105.85 21.03)",
        "(21.03,105.85)",
    ],
)
def test_a_pair_in_either_order(text: str) -> None:
    assert parse_pair(text) == pytest.approx((105.85, 21.03))


@pytest.fixture
def web(sites: gpd.GeoDataFrame, tmp_path: Path) -> Iterator[str]:
    """A server of its own on the loopback."""
    rp.save_sites(sites.head(5), tmp_path / "few.geojson")
    rp.save_sites(sites.head(5), tmp_path / "few.csv")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(timeout=10)


def test_a_catalogue_is_read_from_the_web(web: str) -> None:
    assert len(rp.load_sites(f"{web}/few.geojson")) == 5
    assert len(rp.load_sites(f"{web}/few.csv")) == 5
    with pytest.raises(rp.CatalogueError, match="cannot be read"):
        rp.load_sites(f"{web}/none.geojson")


def test_an_address_of_another_kind_is_refused() -> None:
    assert "ftp:// cannot be read" in rp.validate_sites("ftp://example.org/a.geojson")[0]
    assert "file:// cannot be read" in rp.validate_sites("file:///etc/passwd")[0]


# ---------------------------------------------------------------------------------------------- merge and diff


def test_a_catalogue_does_not_differ_from_itself(sites: gpd.GeoDataFrame) -> None:
    assert rp.diff_sites(sites, sites.copy()) == []
    merged = rp.merge_sites(sites, sites.copy())
    assert (merged.added, merged.filled, merged.conflicts, merged.matched) == ((), (), (), {})
    assert to_geojson(merged.sites) == to_geojson(sites)


def test_every_difference_is_listed(sites: gpd.GeoDataFrame) -> None:
    after = sites.drop(index="chu-dau").rename(index={"dong-ky": "dong-ky-moi"})
    after.loc["bat-trang", "fee_vnd"] = 20_000
    after.loc["co-loa", "geometry"] = Point(105.9, 21.1)
    found = {(one.site_id, one.field): (one.before, one.after) for one in rp.diff_sites(sites, after)}
    assert found[("bat-trang", "fee_vnd")] == (None, 20_000)
    assert found[("co-loa", "geometry")][1] == [105.9, 21.1]
    assert found[("chu-dau", "site")][1] is None
    assert set(found) == {
        ("bat-trang", "fee_vnd"), ("co-loa", "geometry"), ("chu-dau", "site"), ("dong-ky", "site"),
        ("dong-ky-moi", "site"),
    }  # fmt: skip


def test_merging_fills_names_conflicts_and_overwrites_nothing_silently(sites: gpd.GeoDataFrame) -> None:
    mine = sites.loc[["bat-trang", "van-phuc-silk-village"]]
    theirs = mine.rename(index={"bat-trang": "gom-su-bat-trang"}).copy()
    theirs.loc["gom-su-bat-trang", "name_vi"] = "Làng nghề gốm Bát Tràng"
    theirs.loc["gom-su-bat-trang", "fee_vnd"] = 10_000
    theirs["visit_min"] = 33
    merged = rp.merge_sites(mine, theirs)
    assert merged.matched == {"gom-su-bat-trang": "bat-trang"}
    assert [(one.site_id, one.field, one.after) for one in merged.filled] == [
        ("bat-trang", "fee_vnd", 10_000)
    ]
    assert {(one.site_id, one.field) for one in merged.conflicts} == {
        ("bat-trang", "name_vi"), ("bat-trang", "visit_min"), ("van-phuc-silk-village", "visit_min"),
    }  # fmt: skip
    assert merged.sites["visit_min"].to_dict() == mine["visit_min"].to_dict()
    other = rp.merge_sites(mine, theirs, take="theirs")
    assert set(other.sites["visit_min"]) == {33}
    assert {one.taken for one in other.conflicts} == {"theirs"}


def test_neighbours_of_like_names_are_not_made_one(sites: gpd.GeoDataFrame) -> None:
    pagodas = sites.loc[["chua-dau", "chua-dau-thuong-tin"]]  # Dâu and Đậu, 30 km apart
    theirs = pagodas.rename(index={"chua-dau": "a", "chua-dau-thuong-tin": "b"})
    assert rp.match_sites(pagodas, theirs) == {"a": "chua-dau", "b": "chua-dau-thuong-tin"}
    assert rp.match_sites(pagodas.loc[["chua-dau"]], theirs.loc[["b"]], within_m=100_000) == {}


def test_all_sites_under_new_identifiers_find_themselves(sites: gpd.GeoDataFrame) -> None:
    theirs = sites.rename(index={key: f"x-{key}" for key in sites.index})
    found = rp.match_sites(sites, theirs)
    wrong = {other: site for other, site in found.items() if other != f"x-{site}"}
    assert len(found) == len(sites)
    assert not wrong


# ---------------------------------------------------------------------------------------------- OpenStreetMap


def features() -> gpd.GeoDataFrame:
    """A few features as osmnx gives them."""
    square = Polygon([(105.81, 21.01), (105.812, 21.01), (105.812, 21.012), (105.81, 21.012)])
    open_to_all, nonsense = (
        {"opening_hours": "Tu-Su 08:00-17:00", "wheelchair": "yes"},
        {"opening_hours": "nonsense"},
    )
    rows = [
        (("node", 1), "Bảo tàng Thử", {"tourism": "museum", **open_to_all}, Point(105.8, 21.0)),
        (("way", 2), "Chùa Thử", {"amenity": "place_of_worship", "name:en": "Test pagoda"}, square),
        (("node", 3), "Làng nghề thử", {"website": "https://example.org", **nonsense}, Point(105.7, 21.0)),
        (("node", 4), None, {"tourism": "museum"}, Point(105.7, 21.1)),
        (("node", 5), "ATM", {"amenity": "atm"}, Point(105.7, 21.2)),
        (("way", 6), "Bến thử", {"amenity": "ferry_terminal"}, LineString([(105.9, 20.9), (105.91, 20.9)])),
        (("node", 7), "Văn Miếu – Quốc Tử Giám", {"historic": "yes"}, None),
    ]  # fmt: skip
    known = rp.load_sites().loc["van-mieu-quoc-tu-giam", "geometry"]
    index = pd.MultiIndex.from_tuples([key for key, *_ in rows], names=["element", "id"])
    table = pd.DataFrame([{"name": name, **tags} for _, name, tags, _ in rows], index=index)
    return gpd.GeoDataFrame(table, geometry=[shape or known for *_, shape in rows], crs=4326)


def test_candidates_wait_for_a_person(sites: gpd.GeoDataFrame) -> None:
    found = rp.osm_candidates(features(), sites, seen="2026-11-22")
    assert found["kind"].to_dict() == {
        "bao-tang-thu": "museum", "chua-thu": "heritage_site", "lang-nghe-thu": "craft_village",
        "ben-thu": "waterway_stop",
    }  # fmt: skip
    assert rp.validate_sites(found) == []
    assert not found["accepted"].any()
    museum = found.loc["bao-tang-thu"]
    assert museum.provenance("opening_hours").sources == ("https://www.openstreetmap.org/node/1",)
    assert museum.provenance("opening_hours").seen == "2026-11-22"
    assert (museum["wheelchair"], found.loc["lang-nghe-thu", "page"]) == ("yes", "https://example.org")
    assert found.loc["lang-nghe-thu", "opening_hours"] is None  # OpenStreetMap's nonsense is not taken over
    assert found.loc["chua-thu", "name_en"] == "Test pagoda"
    assert len(rp.accept_candidates(found, sites)) == len(sites)
    found.loc["chua-thu", "accepted"] = True
    grown = rp.accept_candidates(found, sites)
    assert set(grown.index) - set(sites.index) == {"chua-thu"}
    with pytest.raises(rp.RequestError, match="already in the catalogue"):
        rp.accept_candidates(found, grown)


# ---------------------------------------------------------------------------------------------- health, commands


def test_the_health_report_counts_what_is_there(sites: gpd.GeoDataFrame) -> None:
    health = rp.catalogue_health(sites, day=date(2026, 12, 2))
    assert health.sites == len(sites)
    assert health.without_source == ()
    fee = next(one for one in health.fields if one.field == "fee_vnd")
    assert fee.known == sites["fee_vnd"].notna().sum()
    assert sum(fee.certainty.values()) == len(sites)
    assert sum(group.sites for group in health.districts) == len(sites)
    assert sum(health.precision.values()) == len(sites)
    south = next(group for group in health.corridors if group.key == "south")
    assert south.sites == sum("south" in keys for keys in sites["corridors"])
    assert health.median_age_days == 10
    shared = {frozenset(group) for group in health.on_one_point}
    assert frozenset({"ao-vua", "tan-vien-pagoda"}) in shared
    assert json.loads(json.dumps(health.to_dict()))["sites"] == len(sites)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_health_page_escapes_and_asks_for_nothing(sites: gpd.GeoDataFrame, lang: str) -> None:
    odd = sites.head(20).copy()
    odd.loc[odd.index[0], ["name_vi", "name_en"]] = "<script>alert(1)</script>"
    odd.loc[odd.index[0], "district_2024"] = "</td><img src=x onerror=alert(1)>"
    page = rp.health_to_html(rp.catalogue_health(odd), odd, lang=lang)
    assert "<script" not in page
    assert "<img" not in page
    assert "http://" not in page
    with pytest.raises(rp.RequestError, match="lang"):
        rp.health_to_text(rp.catalogue_health(odd), lang="fr")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["catalog", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_shows_health(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page, picture, figures = (tmp_path / name for name in ("h.html", "h.svg", "h.json"))
    code, out, _ = run(capsys, "health", "--html", str(page), "--map", str(picture), "--json", str(figures))
    assert code == 0
    assert out.startswith("Health of the catalogue")
    assert "<svg" in page.read_text(encoding="utf-8")
    assert picture.read_text(encoding="utf-8").startswith("<svg xmlns=")
    assert json.loads(figures.read_text(encoding="utf-8"))["without_source"] == []
    assert run(capsys, "health", "--lang", "vi")[1].startswith("Tình trạng danh mục")


def test_the_commands_validate_merge_and_diff(
    sites: gpd.GeoDataFrame, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mine, theirs, broken = (str(tmp_path / name) for name in ("mine.gpkg", "theirs.csv", "broken.geojson"))
    rp.save_sites(sites.head(10), mine)
    changed = sites.head(12).copy()
    changed["visit_min"] = 31
    rp.save_sites(changed, theirs)
    code, out, _ = run(capsys, "diff", mine, theirs)
    assert code == 1
    assert "visit_min:" in out
    report = tmp_path / "report.json"
    code, out, _ = run(
        capsys, "merge", mine, theirs, "--out", str(tmp_path / "both.geojson"), "--report", str(report)
    )
    assert code == 1
    assert "10 + 12 sites make 12: 2 added" in out
    assert len(json.loads(report.read_text(encoding="utf-8"))["conflicts"]) == sum(
        sites.head(10)["visit_min"] != 31
    )
    document = to_geojson(sites.head(1))
    document["features"][0]["properties"]["visit_min"] = 6000
    (tmp_path / "broken.geojson").write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = run(capsys, "validate", mine, broken, "--lang", "vi")
    assert code == 2
    assert "không có lỗi" in out
    assert "nằm ngoài khoảng; hãy ghi từ 1 đến 600 (min)" in out


def test_the_commands_make_and_accept_candidates(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source, found, grown = (tmp_path / name for name in ("osm.geojson", "found.geojson", "grown.geojson"))
    features().reset_index().to_file(source, driver="GeoJSON")
    assert run(capsys, "candidates", str(source), "--seen", "2026-11-22", "--out", str(found))[0] == 0
    text = found.read_text(encoding="utf-8")
    found.write_text(text.replace('"accepted": false', '"accepted": true', 1), encoding="utf-8")
    assert run(capsys, "accept", str(found), "--out", str(grown))[0] == 0
    assert len(rp.load_sites(grown)) == len(rp.load_sites()) + 1


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run(capsys, "schema")[1])["$schema"].endswith("2020-12/schema")
    assert run(capsys, "schema", "--dictionary")[1].startswith("| Field |")


def test_every_action_speaks_vietnamese(
    sites: gpd.GeoDataFrame, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mine, theirs, out = (str(tmp_path / name) for name in ("mine.gpkg", "theirs.csv", "out.geojson"))
    code, _, err = run(capsys, "convert", "bundled", str(tmp_path / "all.foo"), "--lang", "vi")
    assert (code, "không ghi được dạng này" in err) == (2, True)
    rp.save_sites(sites.head(10), mine)
    rp.save_sites(sites.head(12).assign(visit_min=31), theirs)
    assert "khác biệt" in run(capsys, "diff", mine, theirs, "--lang", "vi")[2]
    code, said, err = run(capsys, "merge", mine, theirs, "--out", out, "--lang", "vi")
    assert code == 1
    assert "10 + 12 điểm thành 12" in said
    assert "mâu thuẫn" in said
    assert err == f"đã ghi {out}\n"
    code, _, err = run(capsys, "accept", out, "--out", out, "--lang", "vi")
    assert (code, "accepted: thiếu cột này" in err) == (2, True)
    for action in ("migrate", "history"):
        code, _, err = run(capsys, action, "postgresql://x@127.0.0.1:1/db", "--lang", "vi")
        assert (code, "không kết nối được" in err) == (2, True)
    (tmp_path / "empty.csv").write_text("site_id,lon,lat,visit minutes\nx,105.9,20.9,60\n", encoding="utf-8")
    code, said, _ = run(capsys, "validate", str(tmp_path / "empty.csv"), "--lang", "vi")
    assert code == 2
    assert said.count("thiếu; hãy điền ") == said.count("\n") - 1 == 5
    assert not re.search(r"missing|give|\bis it\b", said)


def test_wrong_options_are_refused_before_any_work(sites: gpd.GeoDataFrame, tmp_path: Path) -> None:
    few = sites.head(3)
    for call, words in (
        (lambda: rp.catalogue_health(few, day="soon"), "date"),
        (lambda: rp.health_to_svg(few, lang="fr"), "lang"),
        (lambda: rp.validate_sites(few, lang="fr"), "lang"),
        (lambda: rp.merge_sites(few, few, within_m=-1, take="both"), "(?s)within_m.*take"),  # type: ignore[arg-type]
        (lambda: rp.match_sites(few, few, within_m=float("nan")), "within_m"),
        (lambda: rp.accept_candidates(few, few), "accepted"),
    ):
        with pytest.raises(rp.RequestError, match=words):
            call()
    for name in ("places.shp", "places"):
        with pytest.raises(rp.DataFileError, match="such a form is not written"):
            rp.save_sites(few, tmp_path / name)
        assert not (tmp_path / name).exists()
    assert rp.catalogue_health(few, day="2026-12-01").day.isoformat() == "2026-12-01"


@pytest.mark.parametrize(
    ("across", "along"),
    [
        ("Kinh độ (E)", "Vĩ độ (N)"),
        ("POINT_X", "POINT_Y"),
        ("lon_wgs84", "lat_wgs84"),
        ("Longitude (deg)", "Latitude (deg)"),
        ("Easting", "Northing"),
        ("Tọa độ X (m)", "Tọa độ Y (m)"),
    ],
)
def test_names_of_coordinates_may_say_their_unit_and_system(across: str, along: str) -> None:
    place = {
        "site_id": "x",
        "name_vi": "X",
        "name_en": "X",
        "kind": "museum",
        "visit_min": 60,
        "significance": 3,
    }
    degrees = pd.DataFrame([{**place, along: "20,97", across: "105,91"}])
    made = rename_columns(degrees)
    assert (made["lon"][0], made["lat"][0]) == (105.91, 20.97)


def test_degrees_go_before_metres_and_metres_may_have_their_thousands_apart(tmp_path: Path) -> None:
    head = "site_id;name_vi;name_en;kind;visit_min;significance"
    place = "x;X;X;museum;60;3"
    path = tmp_path / "survey.csv"
    path.write_text(
        f"{head};X VN2000;Y VN2000;Kinh độ;Vĩ độ\n{place};2319300;594700;105.5;20.5\n", encoding="utf-8"
    )
    assert rp.load_sites(path).geometry.iloc[0].coords[0] == (105.5, 20.5)
    path.write_text(f"{head};X (m);Y (m)\n{place};2.319.300,5;594.700,25\n", encoding="utf-8")
    point = rp.load_sites(path, crs="EPSG:5897").geometry.iloc[0]
    back = gpd.GeoSeries([point], crs=4326).to_crs(5897).iloc[0]
    assert (back.x, back.y) == pytest.approx((594700.25, 2319300.5), abs=0.01)
    for crs in ("EPSG:4756", "vn2000"):
        with pytest.raises(rp.CatalogueError, match="counts in degrees, the points are metres"):
            rp.load_sites(path, crs=crs)


def test_whoever_reads_a_broken_catalogue_is_told_in_vietnamese(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("site_id,name_vi\nx,Làng X\n", encoding="utf-8")
    code, _, err = run(capsys, "health", "--catalogue", str(tmp_path / "a.csv"), "--lang", "vi")
    assert code == 2
    assert "không có tọa độ; hãy cho hình học điểm" in err
    (tmp_path / "b.csv").write_text("site_id,kind,lon,lat\nx,musem,105.9,20.9\n", encoding="utf-8")
    code, _, err = run(capsys, "merge", "bundled", str(tmp_path / "b.csv"), "--out", "o.csv", "--lang", "vi")
    assert (code, "dòng 1, điểm 'x'" in err, "missing" in err) == (2, True, False)
