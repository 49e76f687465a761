"""The report: it says what the programme says, carries everything itself, and runs nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

import routeplanner as rp
from routeplanner.cli import main
from routeplanner.programme import charts
from routeplanner.programme.tables import number_words
from routeplanner.programme.words import parameter_words

if TYPE_CHECKING:
    from pathlib import Path


class Seen(HTMLParser):
    """Tags, addresses and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.loads += [value for key, value in given.items() if key in ("src", "srcset", "data") and value]
        self.handlers += [key for key in given if key.startswith("on") or key == "style"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    return parser


@pytest.fixture(scope="module")
def page(programme: rp.Programme, few: rp.Network) -> str:
    return rp.programme_report(programme, few)


def test_the_report_carries_itself_and_runs_nothing(page: str) -> None:
    found = seen(page)
    assert "script" not in found.tags
    assert "link" not in found.tags
    assert not found.handlers
    assert found.loads
    assert all(address.startswith("data:image/svg+xml;base64,") for address in found.loads)
    assert "default-src 'none'" in page


def test_the_report_speaks_both_languages_or_one(programme: rp.Programme, few: rp.Network, page: str) -> None:
    assert '<article class="vi" lang="vi">' in page
    assert '<article class="en" lang="en">' in page
    english = rp.programme_report(programme, few, lang="en")
    assert "Tác động" not in english
    assert "Impact" in english


def test_the_report_says_what_the_programme_says(programme: rp.Programme, few: rp.Network, page: str) -> None:
    text = " ".join(seen(page).text)
    found = rp.impact(programme, few)
    for route in programme.routes:
        for stop in route.stops:
            assert stop.name_vi in text
            assert f"{stop.start:%H:%M}–{stop.departure:%H:%M}" in text
    for commune, row in found.by("commune").iterrows():
        if commune != "(operator)":
            assert str(commune) in text
            assert number_words(round(row["visitor_hours"])) in text
    assert number_words(found.totals["visitors"]) in text
    assert f"{programme.value:.1f}" in text
    assert f"{programme.bound:.1f}" in text
    for place in programme.uncovered:
        assert place.detail in text
        assert place.detail_vi in text


def rows_of(page: str) -> list[list[str]]:
    """The cells of all rows of all tables, as text."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [
        ["".join(text_of(cell)) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in rows
    ]


def text_of(cell: str) -> list[str]:
    return seen(cell).text


def test_sums_of_the_report_agree(programme: rp.Programme, few: rp.Network) -> None:
    rows = rows_of(rp.programme_report(programme, few, lang="en"))
    totals = [row for row in rows if row[0] == "Total" and len(row) == 6]
    assert len(totals) == 3  # communes, fields, routes
    assert totals[0] == totals[1] == totals[2]
    spent = rp.impact(programme, few).totals
    assert totals[0][1] == number_words(round(spent["visitor_hours"]))
    by_kind = next(row for row in rows if row[0] == "Total" and len(row) == 5 and row[1:] == totals[0][2:])
    assert by_kind
    heads = [number for number, row in enumerate(rows) if row[0] == "Route" and row[1] == "Visitor-hours"]
    own = rows[heads[0] + 1 : heads[0] + 1 + len(programme.routes)]
    hours = sum(int(row[1].replace(",", "")) for row in own)
    assert abs(hours - spent["visitor_hours"]) <= len(own)


def test_the_vietnamese_report_holds_no_key_and_no_english(programme: rp.Programme, few: rp.Network) -> None:
    page = rp.programme_report(programme, few, lang="vi")
    told = " ".join(seen(page).text)
    for key in (
        *rp.load_parameters().index,
        "coach",
        "half_day",
        "south",
        "judgement",
        "visitor",
        "needs_confirmation",
    ):
        assert not re.search(
            rf"(?<![\w/.:-]){re.escape(key)}(?![\w/.:-])", re.sub(r"https?://\S+|\S+\.\S+", " ", told)
        ), key
    assert not re.search(r"\d\.\d", re.sub(r"[\w-]+(\.[\w-]+)+\S*|routeplanner [\d.]+", "", told))
    for key in rp.load_parameters().index:
        vi, en = parameter_words(key, "vi"), parameter_words(key, "en")
        assert key not in (vi, en)
        assert vi != en
        assert vi in told
    addresses = set(re.findall(r'href="([^"]+)"', page))
    for source in rp.load_parameters()["source"]:
        assert set(source.split()) <= {address.replace("&#38;", "&") for address in addresses}


def test_one_number_of_places_everywhere(programme: rp.Programme, network: rp.Network) -> None:
    page = rp.programme_report(programme, network, lang="en")
    visited = {stop.site_id for route in programme.routes for stop in route.stops}
    assert f"<b>{len(visited)}</b><span>places</span>" in page
    total = next(row for row in rows_of(page) if row[0] == "Total" and len(row) == 7)
    told = re.search(r"Of the (\d+) places of the corridors routes stop at (\d+);.*?(\d+) gateways", page)
    assert told is not None
    places, stops, gateways = map(int, told.groups())
    assert stops == len(visited)
    assert total[1:3] == [str(places), str(stops)]
    assert places + gateways == rp.corridors(network.sites).loc["south", "sites"]


def test_a_report_opens_in_the_language_asked_for(programme: rp.Programme, few: rp.Network) -> None:
    page = rp.programme_report(programme, few, opens="en")
    assert '<html lang="en">' in page
    assert re.search(r'id="say-en" aria-label="English" checked', page)
    assert '<article class="vi"' in page


def test_figures_come_with_what_is_known_of_them(programme: rp.Programme, few: rp.Network) -> None:
    text = " ".join(seen(rp.programme_report(programme, few, lang="en")).text)
    totals = rp.impact(programme, few).totals
    low, high = (round(100 * totals[f"local_{end}"] / totals[f"spend_{end}"]) for end in ("low", "high"))
    assert f"of it stays local (estimate; {low} – {high} %)" in text
    assert totals["kg_co2e_low"] == pytest.approx(totals["kg_co2e_mid"])
    assert "the low is unknown" in text
    assert f"{totals['visitors']:,.0f}" in text
    assert "Adds at most" in text
    own = rp.load_parameters()
    own.loc["co2:coach", "low"] = 0.01
    other = " ".join(seen(rp.programme_report(programme, few, lang="en", parameters=own)).text)
    assert "the low is unknown" not in other


def test_places_below_the_chart_have_no_more_visitors(programme: rp.Programme, few: rp.Network) -> None:
    load = programme.load + tuple(replace(programme.load[-1], site_id=own) for own in ["ho-hoan-kiem"] * 9)
    text = " ".join(seen(rp.programme_report(replace(programme, load=load), few, lang="en")).text)
    assert "none with more visitors than these" in text


def test_every_route_has_its_key_on_the_map(programme: rp.Programme) -> None:
    routes = (programme.routes[0], *programme.routes[:3])
    same = replace(programme, routes=routes, cards=programme.cards)
    axes = charts.programme_map(same, lang="en").axes[0]
    where = {
        word: label.xy  # type: ignore[attr-defined]
        for label in axes.texts
        for word in label.get_text().split(", ")
        if re.fullmatch(r"R\d+", word)
    }
    assert set(where) == {card.key for card in programme.cards}
    assert len(set(where.values())) == len(where)


def test_a_hostile_name_stays_text(programme: rp.Programme, few: rp.Network) -> None:
    evil = "<script>alert(1)</script>\"'`${x}"
    card = replace(programme.cards[0], name_vi=evil, name_en=evil)
    stop = replace(programme.routes[0].days[0].stops[0], name_vi=evil, name_en=evil)
    day = replace(programme.routes[0].days[0], stops=(stop, *programme.routes[0].days[0].stops[1:]))
    route = replace(programme.routes[0], days=(day, *programme.routes[0].days[1:]))
    bad = replace(
        programme,
        cards=(card, *programme.cards[1:]),
        routes=(route, *programme.routes[1:]),
        notes=((evil, evil),),
        attribution=evil,
    )
    page = rp.programme_report(bad, few, title=evil)
    found = seen(page)
    assert "script" not in found.tags
    assert not re.search(r"<script", page)
    assert evil in "".join(found.text)
    assert "<script" not in bad._repr_html_()


def test_wrong_reports_are_refused(programme: rp.Programme, few: rp.Network) -> None:
    with pytest.raises(rp.RequestError, match="'both'"):
        rp.programme_report(programme, few, lang="fr")
    with pytest.raises(rp.RequestError, match="opens: 'both'"):
        rp.programme_report(programme, few, opens="both")
    with pytest.raises(rp.RequestError, match="no route"):
        rp.programme_report(replace(programme, routes=(), cards=()), few)


def test_the_command_writes_programme_report_and_map(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {kind: tmp_path / f"p.{kind}" for kind in ("json", "report.html", "map.html")}
    code = main(
        [
            *("programme", "--corridor", "northwest", "--routes", "2", "--year", "2027", "--rounds", "1"),
            *(
                "--json",
                str(names["json"]),
                "--report",
                str(names["report.html"]),
                "--map",
                str(names["map.html"]),
            ),
        ]
    )
    assert code == 0
    data = json.loads(names["json"].read_text(encoding="utf-8"))
    assert {"routes", "bound", "uncovered"} <= set(data)
    assert len(data["routes"]) == 2
    assert sum(rp.Itinerary.from_dict(route).prize for route in data["routes"]) <= data["bound"] + 1e-6
    assert names["report.html"].read_text(encoding="utf-8").startswith('<!DOCTYPE html><html lang="en">')
    assert names["map.html"].stat().st_size > 50_000
    assert "at most" in capsys.readouterr().out


def test_the_command_names_all_faults_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "none" / "p.json"
    arguments = ["programme", "--routes", "x", "--mix", "day=a", "--cover", "3", "--json", str(target)]
    assert main(arguments) == 2
    words = capsys.readouterr().err
    for word in ("--routes", "--mix", "cover", "does not exist"):
        assert word in words
    assert not target.parent.exists()
