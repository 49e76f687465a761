"""Where a fact comes from, asked as the documentation asks it."""

from __future__ import annotations

import pickle

import pytest

import routeplanner as rp


@pytest.fixture(scope="module")
def sites() -> object:
    return rp.load_sites()


def test_a_site_is_asked_for_one_field(sites: object) -> None:
    site = rp.get_site(sites, "hương Quảng Phú Cầu")  # type: ignore[arg-type]
    fee = site.provenance("fee_vnd")
    assert fee.of_field
    assert (fee.value, fee.seen, fee.certainty) == (50_000, "2026-11-21", "confirmed")
    assert fee.sources[0].startswith("https://vietnam.vn/")
    assert "source" in fee.to_text(lang="en")
    assert "nguồn" in fee.to_text(lang="vi")


def test_what_nobody_found_has_neither_source_nor_certainty(sites: object) -> None:
    hours = sites.loc["bat-trang"].provenance("opening_hours")  # type: ignore[attr-defined]
    assert (hours.value, hours.sources, hours.certainty) == (None, (), "unknown")


def test_the_point_names_its_own_source(sites: object) -> None:
    point = sites.loc["xuan-la-to-he"].provenance("geometry")  # type: ignore[attr-defined]
    assert point.sources == (sites.loc["xuan-la-to-he", "coord_source"],)  # type: ignore[attr-defined]
    assert point.certainty == "weak"


def test_judgements_are_called_so(sites: object) -> None:
    assert sites.loc["bat-trang"].provenance("significance").certainty == "guess"  # type: ignore[attr-defined]


def test_an_unknown_field_is_refused_with_a_hint(sites: object) -> None:
    with pytest.raises(rp.RequestError, match="did you mean 'opening_hours'"):
        sites.loc["bat-trang"].provenance("openinghours")  # type: ignore[attr-defined]


def test_the_question_survives_copies_and_pickles(sites: object) -> None:
    again = pickle.loads(pickle.dumps(sites)).copy()  # noqa: S301 - our own bytes
    for row in again.head(3).itertuples():
        assert row.provenance("name_vi").value == row.name_vi


def test_a_changed_row_is_read_as_it_is(sites: object) -> None:
    row = sites.loc["bat-trang"].copy()  # type: ignore[attr-defined]
    row["fee_vnd"] = 20_000
    assert rp.provenance(row, "fee_vnd").value == 20_000
    assert rp.provenance(row, "fee_vnd").certainty == "reported"
