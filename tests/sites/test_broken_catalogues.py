"""Two hundred broken catalogues, as offices send them: each is read rightly or refused in words, nothing is lost."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from routeplanner.errors import CatalogueError, DataFileError
from routeplanner.sites.catalog import load_sites, to_geojson, validate_sites
from routeplanner.sites.encodings import _TCVN3

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = ["site_id", "name_vi", "name_en", "kind", "visit_min", "significance", "lon", "lat", "crafts"]
ROWS = [
    [
        "bat-trang",
        "Làng gốm Bát Tràng",
        "Bat Trang",
        "craft_village",
        "60",
        "5",
        "105.9134",
        "20.9768",
        "pottery",
    ],
    [
        "ha-thai",
        "Làng sơn mài Hạ Thái",
        "Ha Thai",
        "craft_village",
        "90",
        "5",
        "105.8659",
        "20.9014",
        "lacquer",
    ],
    [
        "van-mieu",
        "Văn Miếu – Quốc Tử Giám",
        "Temple of Literature",
        "heritage_site",
        "75",
        "5",
        "105.8355",
        "21.0286",
        "",
    ],
    [
        "chuong",
        "Làng nón Chuông (Phương Trung)",
        "Chuong",
        "craft_village",
        "45",
        "4",
        "105.7612",
        "20.8292",
        "conical_hat",
    ],
]
RIGHT = [row[1] for row in ROWS]


def text(rows: list[list[str]] = ROWS, head: list[str] = HEAD, delimiter: str = ",", end: str = "\n") -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end)
    writer.writerows([head, *rows])
    return buffer.getvalue()


def windows_1258(string: str) -> bytes:
    """Encode as Vietnamese Windows did: a letter, then its tone."""
    out = b""
    for char in string:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", char)
            tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
            letter = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark not in tones))
            out += (letter + "".join(tones)).encode("cp1258")
    return out


def tcvn3(string: str) -> bytes:
    """Encode as the ABC fonts did; they have no capitals with tones and no dash."""
    back = {char: code for code, char in _TCVN3.items()}
    return "".join(back.get(char, back.get(char.lower(), char)) for char in string.replace("–", "-")).encode(
        "latin-1"
    )


def columns(**changed: Callable[[str], str]) -> list[list[str]]:
    return [[changed.get(name, str)(cell) for name, cell in zip(HEAD, row, strict=True)] for row in ROWS]


def dms(letter: str) -> Callable[[str], str]:
    def spell(cell: str) -> str:
        degrees = float(cell)
        minutes = (degrees % 1) * 60
        return f"{int(degrees)}°{int(minutes):02d}'{(minutes % 1) * 60:05.2f}\"{letter}"

    return spell


def renamed(**names: str) -> list[str]:
    return [names.get(name, name) for name in HEAD]


def comma(cell: str) -> str:
    return cell.replace(".", ",")


BOTH = [[*row[:6], f"{row[7]}, {row[6]}", row[8]] for row in ROWS]
WKT = [[*row[:6], f"POINT ({row[6]} {row[7]})", row[8]] for row in ROWS]
NORTHING_FIRST = [[*row[:6], "2325000", "587000", row[8]] for row in ROWS]
EASTING_FIRST = [[*row[:6], "587000", "2325000", row[8]] for row in ROWS]
VIETNAMESE = {"name_vi": "Tên", "name_en": "Tên tiếng Anh", "site_id": "Mã", "kind": "Loại"}
SWAPPED = [[*row[:6], row[7], row[6], row[8]] for row in ROWS]
NAMES = [
    ("lon", "lat"), ("Lon", "Lat"), ("LONGITUDE", "LATITUDE"), ("lng", "lat"), ("long", "lat"), ("x", "y"),
    ("X", "Y"), ("Kinh độ", "Vĩ độ"), ("KINH ĐỘ", "VĨ ĐỘ"), ("kinh_do", "vi_do"), ("Kinh độ (X)", "Vĩ độ (Y)"),
    ("GPS lon", "GPS lat"),
]  # fmt: skip

READ: dict[str, bytes] = {
    "utf-8": text().encode(),
    "utf-8 with a mark": text().encode("utf-8-sig"),
    "utf-16": text().encode("utf-16"),
    "windows-1258": windows_1258(text()),
    "decomposed letters": unicodedata.normalize("NFD", text()).encode(),
    "Windows line ends": text(end="\r\n").encode(),
    "semicolons and decimal commas": text(columns(lon=comma, lat=comma), delimiter=";").encode("utf-8-sig"),
    "tabs": text(delimiter="\t").encode(),
    "bars": text(delimiter="|").encode(),
    "decimal commas in quotes": text(columns(lon=comma, lat=comma)).encode(),
    "degrees, minutes, seconds": text(columns(lon=dms("E"), lat=dms("N"))).encode(),
    "Vietnamese letters of the axes": text(columns(lon=dms("Đ"), lat=dms("B"))).encode(),
    "degree signs only": text(columns(lon=dms(""), lat=dms(""))).encode(),
    "spaces around": text(columns(lon=" {} ".format, lat=" {} ".format, name_vi="  {} ".format)).encode(),
    "swapped columns": text(SWAPPED).encode(),
    "both in one cell": text(BOTH, [*HEAD[:6], "Tọa độ", "crafts"]).encode(),
    "a point in words": text(WKT, [*HEAD[:6], "wkt", "crafts"]).encode(),
    "empty rows between": text([ROWS[0], [""] * 9, *ROWS[1:], [""] * 9]).encode(),
    "whole numbers with .0": text(columns(visit_min="{}.0".format)).encode(),
    "headers in Vietnamese": text(head=renamed(**VIETNAMESE)).encode(),
    "headers in capitals": text(head=[name.upper() for name in HEAD]).encode(),
    "headers with spaces": text(head=[name.replace("_", " ").title() for name in HEAD]).encode(),
    "short rows": "\n".join(line.rstrip(",") for line in text().splitlines()).encode(),
    "another column": text([[*row, "x"] for row in ROWS], [*HEAD, "ghi chú"]).encode(),
    **{f"columns {x} and {y}": text(head=renamed(lon=x, lat=y)).encode() for x, y in NAMES},
    **{f"columns {y} before {x}": text(SWAPPED, head=renamed(lon=y, lat=x)).encode() for x, y in NAMES},
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_table_is_read_rightly(name: str, tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(READ[name])
    sites = load_sites(path)
    assert sorted(sites["name_vi"]) == sorted(RIGHT)
    assert sites.loc["bat-trang", "crafts"] == ["pottery"]
    for row in ROWS:
        point = sites.loc[row[0], "geometry"]
        assert (point.x, point.y) == pytest.approx((float(row[6]), float(row[7])), abs=2e-6)


def test_tcvn3_loses_nothing_but_what_it_never_had(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(tcvn3(text()))
    assert sorted(load_sites(path)["name_vi"]) == sorted(name.replace("–", "-") for name in RIGHT)


def test_the_whole_catalogue_survives_every_encoding(tmp_path: Path) -> None:
    table = pd.DataFrame([{"site_id": key, **row} for key, row in _plain_rows().items()])
    csv_text = table.to_csv(index=False)
    path = tmp_path / "all.csv"
    for encode in (str.encode, windows_1258, lambda t: t.encode("utf-16")):
        path.write_bytes(encode(csv_text))
        assert load_sites(path)["name_vi"].to_dict() == table.set_index("site_id")["name_vi"].to_dict()


def _plain_rows() -> dict[str, dict[str, Any]]:
    keep = ("name_vi", "name_en", "kind", "visit_min", "significance")
    sites = load_sites()
    return {
        row.Index: {**{name: getattr(row, name) for name in keep}, "lon": point.x, "lat": point.y}
        for row, point in zip(sites.itertuples(), sites.geometry, strict=True)
        if all(char.isascii() or unicodedata.category(char)[0] == "L" for char in row.name_vi + row.name_en)
    }


def _with(row: int, field: str, value: str) -> bytes:
    rows = [list(cells) for cells in ROWS]
    rows[row][HEAD.index(field)] = value
    return text(rows).encode()


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"", "no rows"),
    "a header only": (text([]).encode(), ""),
    "zero bytes": (text().encode().replace(b"Bat", b"B\x00t"), "zero bytes"),
    "an open quote": (text().encode() + b'"x,y\n', "not CSV"),
    "too many cells": (text().encode() + b"a,b,c,d,e,f,g,h,i,j,k\n", "has 11 cells"),
    "random bytes": (bytes(number * number % 251 for number in range(3_000)), ""),
    "half a UTF-16 letter": (text().encode("utf-16")[:-1], "UTF-16"),
    "no coordinates": (text(head=renamed(lon="a", lat="b")).encode(), "no geometry"),
    "metres of VN-2000": (text(NORTHING_FIRST).encode(), "EPSG:5897"),
    "metres, easting first": (text(EASTING_FIRST).encode(), "metres of a projection"),
    "kilometres": (text([[*r[:6], "587", "2325", r[8]] for r in ROWS]).encode(), "outside Vietnam"),
    "one row swapped": (_with(1, "lon", "20.9014").replace(b"20.9014,20.9014", b"20.9014,105.8659"), "swapped"),
    "one longitude missing": (_with(0, "lon", ""), "not two numbers"),
    "a longitude in words": (_with(0, "lon", "gần cầu"), "not two numbers"),
    "minutes above 59": (_with(0, "lon", "105°75'00\"E"), "not two numbers"),
    "west of Greenwich": (_with(0, "lon", "105.9 W"), "not two numbers"),
    "zero, zero": (_with(0, "lon", "0").replace(b"20.9768", b"0"), "outside Vietnam"),
    "Paris": (_with(0, "lon", "2.35").replace(b"20.9768", b"48.85"), "outside Vietnam"),
    "an identifier twice": (_with(1, "site_id", "bat-trang"), "is also at"),
    "an identifier with marks": (_with(1, "site_id", "Hạ Thái"), "not an identifier"),
    "no identifier": (_with(1, "site_id", ""), "is missing or not an identifier"),
    "no name": (_with(1, "name_vi", ""), "field name_vi: missing"),
    "a kind in words": (_with(1, "kind", "Làng nghề"), "field kind"),
    "a kind misspelt": (_with(1, "kind", "craft village"), "did you mean 'craft_village'"),
    "minutes in words": (_with(1, "visit_min", "60 phút"), "not a whole number"),
    "minutes with a comma": (_with(1, "visit_min", "60,5"), "not a whole number"),
    "minutes below one": (_with(1, "visit_min", "0"), "out of range"),
    "six stars": (_with(1, "significance", "6"), "out of range"),
    "a craft nobody knows": (_with(1, "crafts", "quantum"), "field crafts"),
    "a question mark for a letter": (_with(1, "kind", "?"), "field kind"),
    "two name columns": (text(head=renamed(name_en="Tên", name_vi="Name")).encode(), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_is_refused_in_words(name: str, tmp_path: Path) -> None:
    content, words = REFUSED[name]
    path = tmp_path / "places.csv"
    path.write_bytes(content)
    faults = validate_sites(path)
    if name == "a header only":
        assert len(load_sites(path)) == 0
        return
    assert faults
    assert words in "\n".join(faults)
    assert all("places.csv" in fault for fault in faults)
    with pytest.raises((CatalogueError, DataFileError)):
        load_sites(path)


ENGLISH = re.compile(
    r"\b(give|write|save|is not|missing|not known|keep|known are|did you mean|rename|close each)\b"
)


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_is_refused_in_vietnamese_too(name: str, tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(REFUSED[name][0])
    for fault in validate_sites(path, lang="vi"):
        assert not ENGLISH.search(fault), fault


def test_the_words_looked_for_stand_in_the_english_faults(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    found = 0
    for content, _ in REFUSED.values():
        path.write_bytes(content)
        found += any(ENGLISH.search(fault) for fault in validate_sites(path))
    assert found > len(REFUSED) // 2


BUNDLED = to_geojson(load_sites().head(40))
JUNK: list[Any] = [
    None,
    "",
    "x",
    -1,
    10**30,
    1.5,
    float("nan"),
    True,
    [],
    {},
    [None],
    {"a": 1},
    [[105.8, 21.0]],
    "105,8",
    "\x00",
    "﻿",
]


@pytest.mark.parametrize("seed", range(130))
def test_a_fuzzed_collection_is_read_whole_or_refused_whole(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)  # noqa: S311 - a test that can be repeated
    document = json.loads(json.dumps(BUNDLED))
    for _ in range(rng.randint(1, 4)):
        _break(document, rng)
    path = tmp_path / "broken.geojson"
    path.write_text(
        json.dumps(document, ensure_ascii=rng.random() < 0.5), encoding=rng.choice(["utf-8", "utf-8-sig"])
    )
    before = path.read_bytes()
    faults, vietnamese = validate_sites(path), validate_sites(path, lang="vi")
    assert len(faults) == len(vietnamese)
    assert all(fault.startswith("broken.geojson") and len(fault) < 1_000 for fault in faults)
    if faults:
        with pytest.raises(CatalogueError) as caught:
            load_sites(path)
        assert list(caught.value.faults) == faults
    else:
        sites = load_sites(path)
        assert sorted(sites.index) == sorted(
            feature["properties"]["site_id"] for feature in document["features"]
        )
        for feature in document["features"]:
            point = sites.loc[feature["properties"]["site_id"], "geometry"]
            assert (point.x, point.y) == tuple(feature["geometry"]["coordinates"][:2])
    assert path.read_bytes() == before


def _break(document: dict[str, Any], rng: random.Random) -> None:
    """Do one thing that happens to files."""
    features = document["features"]
    feature = rng.choice(features)
    name = rng.choice(
        list(feature["properties"])
        if isinstance(feature.get("properties"), dict) and feature["properties"]
        else ["x"]
    )
    what = rng.randrange(8)
    if what == 0:
        features.append(json.loads(json.dumps(feature)))  # the same twice
    elif what == 1:
        features.remove(feature)
    elif what == 2:
        feature["geometry"] = rng.choice([None, {}, {"type": "MultiPoint", "coordinates": [[105.8, 21.0]]},
            {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [105.8, 21.0]}]},
            {"type": "Point", "coordinates": rng.choice(JUNK)}])  # fmt: skip
    elif what == 3:
        feature["properties"] = rng.choice(JUNK)
    elif isinstance(feature.get("properties"), dict):
        if what == 4:
            feature["properties"].pop(name, None)
        elif what == 5:
            feature["properties"][name.upper()] = feature["properties"].pop(name, None)
        else:
            feature["properties"][name] = rng.choice(JUNK)


def test_two_hundred_were_tried() -> None:
    assert len(READ) + len(REFUSED) + 130 >= 200
