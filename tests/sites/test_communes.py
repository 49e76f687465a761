"""Old and new communes: decrees known by heart, both directions, and the catalogue against the table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeplanner.errors import RequestError
from routeplanner.sites.catalog import load_sites
from routeplanner.sites.communes import _table, communes_before_2025, communes_since_2025


@pytest.mark.parametrize(
    ("old", "district", "new"),
    [  # resolution 1656/NQ-UBTVQH15 on the communes of Hà Nội
        ("Đường Lâm", "Sơn Tây", "Phường Sơn Tây"),
        ("Bát Tràng", "Gia Lâm", "Xã Bát Tràng"),
        ("Vạn Phúc", "Hà Đông", "Phường Hà Đông"),
        ("Hàng Bạc", "Hoàn Kiếm", "Phường Hoàn Kiếm"),
        ("Chuyên Mỹ", "Phú Xuyên", "Xã Chuyên Mỹ"),
        ("Phương Trung", "Thanh Oai", "Xã Thanh Oai"),  # not „Phường Trung"
    ],
)
def test_known_communes_went_where_the_resolution_says(old: str, district: str, new: str) -> None:
    assert communes_since_2025(old, district=district, province="Hà Nội")[0].commune_2025 == new


def test_a_divided_commune_names_its_main_part_first() -> None:
    found = communes_since_2025("Duyên Thái", district="Thường Tín")
    assert [change.share for change in found] == ["main", "part", "part"]


@pytest.mark.parametrize(
    "name", ["Duyên Thái", "xã Duyên Thái", "duyen thai", "Xa Duyen Thai", " DUYÊN THÁI "]
)
def test_rank_diacritics_and_case_do_not_matter(name: str) -> None:
    assert communes_since_2025(name) == communes_since_2025("Duyên Thái", district="huyện Thường Tín")


@given(st.sampled_from(_table()))
def test_there_and_back_again(change: object) -> None:
    there = communes_since_2025(
        change.commune_2024, district=change.district_2024, province=change.province_2024
    )  # type: ignore[attr-defined]
    back = communes_before_2025(change.commune_2025, province=change.province_2025)  # type: ignore[attr-defined]
    assert change in there
    assert change in back


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(RequestError, match="did you mean 'Duyên Thái'"):
        communes_since_2025("Duyen Thay", district="Thường Tín")
    with pytest.raises(RequestError, match="known are those of"):
        communes_before_2025("Xyzzyx")


def test_the_catalogue_follows_the_table() -> None:
    contradicting = {}
    unknown = []
    for row in load_sites().itertuples():
        if row.commune_2025 is None:
            unknown.append(row.Index)  # its old commune was divided, and on which side it lies was not found
            continue
        try:
            changes = communes_since_2025(row.commune_2024, district=row.district_2024)
        except RequestError:
            continue  # a name older than the mergers of January 2025, or a province outside the table
        if not any(_same(change.commune_2025, row.commune_2025) for change in changes):
            contradicting[row.Index] = (row.commune_2024, row.commune_2025)
    assert set(contradicting) <= {"suoi-hai-lake"}, contradicting  # a lake between two communes
    assert set(unknown) == {
        "an-dinh-carpentry",
        "an-phu-malt-candy",
        "bang-so-rattan",
        "dai-thinh-flowers",
        "lai-xa-photography",
        "minh-hong-starch",
        "ngoc-than-carpentry",
        "tien-thinh-noodles",
        "van-long-weaving",
        "xam-duong-3-rattan",
    }


def _same(full: str, bare: str) -> bool:
    from routeplanner.sites.communes import _is_called

    return _is_called(full, bare)
