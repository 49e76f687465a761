"""Faults in Vietnamese: whatever a request, an option or an address has wrong, no English word is left over."""

from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp
from routeplanner.cli import main
from routeplanner.errors import Fault
from routeplanner.export import fault_in_vietnamese, faults_vi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = "2027-03-13"
BAD_REQUESTS: tuple[Any, ...] = (
    [],
    {},
    {"first_day": "tomorrow", "dayz": 1, "zzzzzz": 1},
    {"first_day": DAY, "days": 99, "people": 0, "budget_vnd": -1, "max_stops": 0, "max_leg_min": 0},
    {
        "first_day": DAY,
        "budget_vnd": 10**18,
        "min_crafts": -1,
        "at_most": {"museum": -1},
        "before": [["a", "a"]],
    },
    {
        "first_day": DAY,
        "day_start": "18:00",
        "day_end": "08:00",
        "mode": "fly",
        "vehicle": "tank",
        "pace": "mad",
    },
    {"first_day": DAY, "day_start": "8", "day_end": "08:00:30", "festivals": "seekk", "long_way": "sea"},
    {"first_day": DAY, "long_way": "air", "mode": "river"},
    {"first_day": DAY, "area": [1, 2, 3]},
    {"first_day": DAY, "area": [106, 21, 105, 20]},
    {"first_day": DAY, "area": "x"},
    {"first_day": DAY, "lunch": {"duration_min": 5}},
    {"first_day": DAY, "lunch": {"duration_min": 60, "earliest": "13:00", "latest": "11:00"}},
    {"first_day": DAY, "lunch": {"length": 5}},
    {"first_day": DAY, "themes": {"handicraft": 2, "spiritual": "x"}},
    {"first_day": DAY, "themes": {"handicraft": 0}},
    {"first_day": DAY, "must_visit": "bat-trang", "forbidden": 5, "overnight": ["a", "b", "c"]},
    {"first_day": DAY, "must_visit": ["bat-trang"], "forbidden": ["bat-trang"]},
    {"first_day": DAY, "overnight": ["bat-trang"]},
    {"first_day": DAY, "days": 4, "overnight": ["bat-trang", "ha-thai-lacquer"]},
    {"first_day": DAY, "closed": {"bat-trang": "x"}, "hours": {"bat-trang": "Mo 8-17"}, "rain": 3},
    {"first_day": DAY, "closed": {"bat-trang": ["x"]}, "hours": {"bat-trang": 5}},
    {
        "first_day": DAY,
        "start": 5,
        "end": [],
        "themes": 3,
        "people": "two",
        "corridor": 7,
        "lunch": 1,
        "at_most": 2,
    },
    {"first_day": DAY, "before": 3, "days": "x", "closed": 3, "hours": 4},
    {"first_day": DAY, "start": "200,500"},
    {"first_day": DAY, "corridor": "souht", "start": "Quảng Bá Xyz", "must_visit": ["chua", "bat-trag"]},
    {"first_day": DAY, "corridor": "qqqqqq", "themes": {"qqqqqq": 1}, "at_most": {"qqqqqq": 1}},
    {"first_day": DAY, "corridor": "hanoi-hue-saigon", "days": 2},
    {"first_day": DAY, "day_spans": {"3": ["13:00", "17:30"]}, "lunch_at": {"1": 5}},
    {"first_day": DAY, "day_spans": {"1": ["18:00", "17:30"]}, "lunch_at": 3, "overnight_from": 4},
    {"first_day": DAY, "days": 2, "overnight": ["bat-trang"], "overnight_from": ["ha-thai-lacquer"]},
    {"first_day": DAY, "lunch": None, "lunch_at": {"1": ["bat-trang"]}},
    # what cannot be kept
    {"first_day": "2027-03-15", "must_visit": ["bao-tang-lich-su"]},
    {"first_day": DAY, "must_visit": ["bat-trang"], "day_end": "09:00"},
    {"first_day": DAY, "must_visit": ["bao-tang-lich-su"], "day_start": "16:45", "day_end": "20:00"},
    {"first_day": DAY, "budget_vnd": 1, "end": "bat-trang", "corridor": "south"},
    {"first_day": DAY, "end": "hoi-an", "days": 1},
    {"first_day": DAY, "end": "20.0,105.0", "day_end": "08:30"},
    {"first_day": DAY, "corridor": "south", "min_crafts": 30},
)

ENGLISH = re.compile(
    r"\b(the|is|are|not|no|give|write|or|and|of|with|missing|choose|cannot|must|it|has|an?|for|keep|known|unknown"
    r"|there|this|that|too|list|number|field|such|way|closed on|opens?|reach|open)\b",
    re.IGNORECASE,
)
BARE = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|\([^()]*\)|\[[^\[\]]*\]|[a-z_]+: |must_visit|--[a-z-]+"
)


def left_over(vietnamese: str) -> list[str]:
    """Return the English words of a fault, but for quoted values, names of fields and what stands in brackets."""
    return [found[0] for found in ENGLISH.finditer(BARE.sub(" ", vietnamese))]


def faults_of(network: rp.Network) -> Iterator[str]:
    for data in BAD_REQUESTS:
        with pytest.raises(rp.RoutePlannerError) as caught:
            rp.plan(network, rp.TripRequest.from_dict(data), iterations=50)
        assert isinstance(caught.value, rp.RequestError | rp.InfeasibleError), data
        yield from caught.value.faults


def test_no_english_is_left_in_the_faults_of_requests(network: rp.Network) -> None:
    faults = list(faults_of(network))
    assert len(faults) > 60
    wrong = [
        (fault, told, left) for fault in faults if (left := left_over(told := fault_in_vietnamese(fault)))
    ]
    assert wrong == []
    for fault in faults:  # what was given, and the names of what there is, is still there
        told = fault_in_vietnamese(fault)
        assert re.findall(r"'(?:[^'\\]|\\.)*'", fault)[:1] == re.findall(r"'(?:[^'\\]|\\.)*'", told)[:1]


@pytest.mark.parametrize(
    "line",
    [
        ("plan", "--date", "x", "--days", "two", "--theme", "a=b", "--area", "1,2", "--time-limit", "-1"),
        ("plan", "--date", DAY, "--water-level", "low", "--json", "thiếu/x.json", "--hours", "x"),
        ("plan", "--date", DAY, "--alternatives", "2", "--seeds", "3"),
        ("plan", "--date", DAY, "--mode", "river", "--water-level", "12"),
        ("best-dates", "--within", "2100-12-30", "2101-01-02"),
        ("best-dates", "--within", "soon", "2027-03-15", "--days", "z"),
        ("best-dates", "--within", "2027-03-15", "2027-03-10"),
        ("sites", "--kind", "x", "--near", "1"),
        ("sites", "--within-km", "3"),
        ("best-dates", "--corridor", "south", "--within", "x", "y"),
        ("best-dates", "--corridor", "south", "--within", "2027-03-14", "2027-03-13"),
        ("best-dates", "--corridor", "south", "--within", "2027-03-14", "2090-03-13"),
        ("sites", "--within-km", "x", "--near", "200,1"),
        ("convert", "none.json", "x.gpx"),
        ("convert", "none.json", "x"),
        ("convert", "pyproject.toml", "x.gpx"),
        ("batch", "none.jsonl", "--out", "-", "--workers", "x"),
        ("serve", "--port", "70000", "--workers", "two"),
        ("serve", "--frame", "*", "--public-url", "ftp://x", "--cors", "x"),
        ("embed", "none.json", "x.html", "--height-px", "x"),
    ],
    ids=" ".join,
)
def test_no_english_is_left_on_the_command_line(
    line: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*line, "--lang", "vi"]) == 2
    said = capsys.readouterr().err
    assert "lỗi" in said.splitlines()[0]
    assert {text: left for text in said.splitlines()[1:] if (left := left_over(text))} == {}


def test_a_fault_keeps_its_words_across_processes() -> None:
    fault = pickle.loads(pickle.dumps(Fault("closed", "đóng cửa")))  # noqa: S301 - made here
    assert (fault, fault.vi, fault_in_vietnamese(fault)) == ("closed", "đóng cửa", "đóng cửa")


def test_what_is_quoted_stays_as_it_was_given(tmp_path: Path) -> None:
    given = "corridor: 'is not known; give the list' is unknown; did you mean 'or None'?"
    told = fault_in_vietnamese(given)
    assert "'is not known; give the list' không được biết" in told
    assert "'or None'" in told
    assert str(tmp_path) in fault_in_vietnamese(
        f"the folder {tmp_path} does not exist; create it or choose another"
    )


def test_no_phrase_stands_in_the_list_twice() -> None:
    phrases = [english.pattern for english, _ in faults_vi._COMPILED]
    assert sorted(set(phrases)) == sorted(phrases)
