"""Draw the figures of docs/: ``python tools/figures.py [FOLDER]`` (by default docs/images/concepts).

Each is reckoned by the library, not drawn by hand: the clock of a day by `schedule`, the bounds by `search`, the
calendar by `opening`, the boat by the river's own speeds, the rooms by the contract of import-linter in pyproject.toml.
A test draws most of them anew and compares.
"""

from __future__ import annotations

import math
import sys
import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import routeplanner as rp
from routeplanner.planning.prizes import repeat_factors
from routeplanner.planning.problem import make_problem
from routeplanner.planning.schedule import schedule
from routeplanner.planning.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeplanner.planning.problem import Problem
    from routeplanner.planning.schedule import DayTimes

INK, FAINT, OPEN, VISIT, LUNCH, BAD = "#1f2933", "#9aa5b1", "#d9e8dd", "#2f6f4f", "#d69e2e", "#b03a2e"
NAMES = ("Potters", "Market", "Pagoda", "Hotel")
AT_KM = (18.0, 8.0, 30.0, 0.0)
"""Three places along one road, and the hotel at its beginning: so that a day can be drawn over the clock."""


def line(
    x: float, y: float, to_x: float, to_y: float, *, color: str = INK, width: float = 1.5, dash: str = ""
) -> str:
    """Return a line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{color}" '
        f'stroke-width="{width}"{dashed}/>'
    )


def box(x: float, y: float, width: float, height: float, color: str) -> str:
    """Return a filled rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}"/>'


def word(x: float, y: float, text: str, *, anchor: str = "start", color: str = INK) -> str:
    """Return a text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{escape(text)}</text>'


def svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    """Return a picture with its title, which a screen reader reads."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="13">\n<title>{escape(title)}</title>\n'
        + "\n".join([box(0, 0, width, height, "#ffffff"), *parts])
        + "\n</svg>\n"
    )


def small_day() -> Problem:
    """Return a day with three places on one road: potters, a market of the morning, a pagoda shut at noon."""
    return make_problem(
        travel_s=[[round(abs(a - b) * 120) for b in AT_KM] for a in AT_KM],
        prize=[30, 20, 40],
        service_s=[75 * 60, 45 * 60, 60 * 60],
        windows=[
            [
                [(8 * 3600, 15 * 3600 + 2700)],
                [(8 * 3600, 9 * 3600 + 900)],
                [(8 * 3600, 10 * 3600), (13 * 3600 + 1800, 16 * 3600)],
            ]
        ],
        day_start_s=[8 * 3600],
        day_end_s=[17 * 3600],
        lunch=[True],
        lunch_s=3600,
        lunch_earliest_s=11 * 3600,
        lunch_latest_s=13 * 3600,
    )


def clock_figure(problem: Problem, order: Sequence[int], title: str) -> str:
    """Return a day as a line through distance and time: steep where one drives, level where one stays."""
    times = schedule(problem, [tuple(order)])[0]

    def x(moment: float) -> float:
        return 90 + (moment / 3600 - 7.5) * 62

    def y(place: int) -> float:
        return 260 - AT_KM[place] * 6.6

    parts = [line(x(h * 3600), 40, x(h * 3600), 272, color="#eef1f4") for h in range(8, 18)]
    parts += [word(x(h * 3600), 290, f"{h}:00", anchor="middle", color=FAINT) for h in range(8, 18)]
    parts += [word(10, y(p) + 4, name) for p, name in enumerate(NAMES)]
    for site in range(3):
        for first, last in problem.windows[0, site]:
            if first <= last:
                parts.append(box(x(first), y(site) - 9, x(last) - x(first), 18, OPEN))
    parts += _walked(problem, order, times, x, y)
    parts.append(word(10, 22, title))
    return svg(700, 330, title, [*parts, *_key()])


def _walked(
    problem: Problem,
    order: Sequence[int],
    times: DayTimes,
    x: Callable[[float], float],
    y: Callable[[int], float],
) -> list[str]:
    """Return ways, waits, visits and lunch of a day that keeps all rules."""
    points, bars = [(int(problem.day_start_s[0]), 3)], []
    for site, arrival, start, end in zip(order, times.arrival_s, times.start_s, times.end_s, strict=True):
        points += [(arrival, site), (start, site), (end, site)]
        bars.append(line(x(start), y(site), x(end), y(site), color=VISIT, width=8))
    if times.lunch is not None and times.lunch.position < len(order):
        site = order[times.lunch.position]
        points.append((times.lunch.end_s, site))
        bars.append(
            line(x(times.lunch.start_s), y(site), x(times.lunch.end_s), y(site), color=LUNCH, width=8)
        )
    points = [*sorted(points), (times.arrival_end_s, 3)]
    return [*(line(x(a), y(p), x(b), y(q)) for (a, p), (b, q) in pairwise(points)), *bars]


def _key() -> list[str]:
    return [
        box(90, 304, 26, 14, OPEN),
        word(122, 316, "a visit may begin"),
        line(250, 311, 276, 311, color=VISIT, width=8),
        word(282, 316, "visit"),
        line(340, 311, 366, 311, color=LUNCH, width=8),
        word(372, 316, "lunch"),
        line(430, 318, 456, 304),
        word(462, 316, "way; level where one waits"),
    ]


def prizes_figure() -> str:
    """Return what three villages of one craft and one of another are worth in one trip."""
    worth = {"lacquer A": 10.0, "lacquer B": 9.0, "lacquer C": 8.0, "hats": 6.0}
    groups = {name: name.split()[0] for name in worth}
    factors = repeat_factors(worth, groups)
    parts = [
        word(10, 22, "Worth of each visit when all four are in one trip: a craft seen before counts for less")
    ]
    for row, (name, prize) in enumerate(worth.items()):
        y, counted = 44 + 34 * row, prize * factors[name]
        parts += [
            word(10, y + 15, name),
            box(100, y, 40 * prize, 20, "#e4e7eb"),
            box(100, y, 40 * counted, 20, VISIT),
            word(110 + 40 * prize, y + 15, f"{counted:g} of {prize:g}"),
        ]
    return svg(640, 190, "Prizes of villages of one craft in one trip", parts)


def forty_sites(days: int) -> Problem:
    """Return forty sites in a plane, each open for a stretch of the day: those of the notebook on the solver."""
    import numpy as np

    rng = np.random.default_rng(7)
    xy = rng.uniform(0, 100, (41, 2))
    opens = rng.integers(0, 20_000, 40)
    return make_problem(
        travel_s=np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * 60).astype(int),
        prize=rng.integers(1, 50, 40),
        windows=[[[(int(a), int(a) + 7_200)] for a in opens]] * days,
        service_s=[600] * 40,
        day_start_s=[0] * days,
        day_end_s=[15_000] * days,
    )


def bounds_figure() -> str:
    """Return prize, quick bound and proved bound of one to four half days among forty sites."""
    parts = [word(10, 22, "Forty sites, one to four half days: the trip found, and what no trip can exceed")]
    for row, days in enumerate((1, 2, 3, 4)):
        quick, proved = (search(forty_sites(days), seed=0, proof=proof) for proof in (None, True))
        y, scale = 44 + 44 * row, 0.62
        parts += [
            word(10, y + 18, f"{days} day" + "s" * (days > 1)),
            box(80, y, scale * proved.prize, 26, VISIT),
            word(86, y + 18, f"prize {proved.prize}", color="#ffffff"),
        ]
        for bound, text, color in ((quick.bound, "quick bound", FAINT), (proved.bound, "proved bound", BAD)):
            x = 80 + scale * bound
            parts.append(line(x, y - 4, x, y + 30, color=color, width=3))
            if text == "quick bound" and quick.bound > proved.bound:
                parts.append(word(x + 6, y + 18, f"{text} {bound}", color="#616e7c"))
        if proved.bound == proved.prize:
            parts.append(word(74 + scale * proved.bound, y + 18, "proved", anchor="end", color="#ffffff"))
    return svg(680, 230, "Prize and bounds of one to four days", parts)


CALENDAR = ("chuong-hat-market", "bao-tang-dan-toc-hoc", "van-mieu-night-tour", "lang-chu-tich-ho-chi-minh")


def calendar_figure() -> str:
    """Return March 2027 of four places as `opening` answers it."""
    sites = rp.load_sites()
    days = [date(2027, 3, 1) + timedelta(d) for d in range(31)]
    parts = [word(10, 22, "March 2027: open on green days; a ring where it must be asked for")]
    for column, day in enumerate(days):
        x = 236 + 15 * column
        parts.append(
            word(x + 6, 46, str(day.day) if day.weekday() == 0 else "", anchor="middle", color=FAINT)
        )
    for row, site in enumerate(CALENDAR):
        y = 56 + 30 * row
        parts.append(word(10, y + 14, str(sites.loc[site, "name_en"])))
        for column, day in enumerate(days):
            found = rp.opening(sites.loc[site], day)
            x = 236 + 15 * column
            parts.append(box(x, y, 12, 18, VISIT if found.intervals_s else "#e4e7eb"))
            if found.certainty == "needs_confirmation":
                parts.append(
                    f'<circle cx="{x + 6}" cy="{y + 9}" r="3" fill="none" stroke="#fff" stroke-width="1.5"/>'
                )
    parts.append(word(236, 192, "numbers: Mondays", color=FAINT))
    return svg(720, 204, "Four places in March 2027", parts)


def river_figure() -> str:
    """Return a boat over the clock, downstream and back, at low water and just below the first alarm."""
    parts = [word(10, 22, "25 km down the Red River, an hour ashore, and back: kilometres over the clock")]

    def x(hours: float) -> float:
        return 70 + hours * 88

    def y(km: float) -> float:
        return 220 - km * 6.6

    parts += [line(x(h), 40, x(h), 226, color="#eef1f4") for h in range(7)]
    parts += [word(x(h), 244, f"{h} h", anchor="middle", color=FAINT) for h in range(7)]
    parts += [word(10, y(km) + 4, f"{km} km", color=FAINT) for km in (0, 10, 20)]
    for level, color, dash in ((2.0, VISIT, ""), (9.4, BAD, "7 4")):
        river = rp.load_river(water_level_m=level)
        call = river.call_s / 3600
        there = 2 * call + 25 / river.down_kmh
        back = there + 1 + 2 * call + 25 / river.up_kmh
        path = [(call, 0.0), (there - call, 25.0), (there + 1 + call, 25.0), (back - call, 0.0)]
        parts += [
            line(x(a), y(p), x(b), y(q), color=color, width=2.5, dash=dash)
            for (a, p), (b, q) in pairwise(path)
        ]
        text = f"{level:g} m at Hà Nội: {river.down_kmh:.1f} down, {river.up_kmh:.1f} up, back after {_clock(back)}"
        parts += [line(70, 258 + 2 * level, 96, 258 + 2 * level, color=color, width=2.5, dash=dash)]
        parts += [word(104, 263 + 2 * level, text)]
    return svg(700, 290, "A boat at two water levels", parts)


def _clock(hours: float) -> str:
    minutes = math.ceil(hours * 60)
    return f"{minutes // 60} h {minutes % 60:02d}"


def certainty_figure() -> str:
    """Return the marks of what is known, assumed, and to be asked."""
    rows = (
        ("hours 08:00 to 17:00", "known: a source gives them", ""),
        ("≈ hours", "assumed: the usual ones of its kind", "3 3"),
        ("ask first", "needs_confirmation: by appointment, or not announced yet", "1 5"),
    )
    parts = [word(10, 22, "What a plan says of each stop")]
    for row, (mark, meaning, dash) in enumerate(rows):
        y = 44 + 32 * row
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        fill = OPEN if not dash else "#ffffff"
        parts += [
            f'<rect x="10" y="{y}" width="150" height="22" fill="{fill}" stroke="{VISIT}" stroke-width="2"{dashed}/>',
            word(20, y + 16, mark),
            word(176, y + 16, meaning),
        ]
    parts += [
        line(10, 155, 160, 155, width=3),
        word(176, 160, "a way along known roads"),
        line(10, 183, 160, 183, width=3, dash="8 6"),
        word(176, 188, "estimated: no road is known on it, or the door is over 3 km from one"),
    ]
    return svg(640, 204, "Marks of certainty", parts)


MEANING = {
    "cli": "the command line",
    "service": "plans over HTTP",
    "batch | programme": "many plans at once; a department's routes",
    "pool": "processes that plan",
    "export": "files for other programs",
    "render": "maps and pages",
    "planning": "the question, the search, the judge",
    "itinerary": "the answer",
    "network": "how to get about",
    "sites": "what there is, and when it is open",
    "search | check | compare | measures | restriction": "the search, and the judge that does not know it",
    "schedule": "the only clock",
    "problem": "arrays: all that the search knows",
    "request": "what is asked for",
}


def rooms_figure(contract: str, title: str) -> str:
    """Return the layers of a contract of import-linter: arrows point down only, and modules side by side share none."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(c["layers"] for c in project["tool"]["importlinter"]["contracts"] if c["name"] == contract)
    parts = [word(10, 22, title), line(24, 44, 24, 34 * len(layers) + 32, color=FAINT, width=2)]
    parts.append(f'<path d="M18 {34 * len(layers) + 26} l6 12 l6 -12 z" fill="{FAINT}"/>')
    for row, layer in enumerate(layers):
        x, y = 48.0, 36 + 34 * row
        for name in layer.split(" | "):
            width = 22 + 7.6 * len(name)
            parts += [box(x, y, width, 26, OPEN), word(x + width / 2, y + 18, name, anchor="middle")]
            x += width + 8
        if layer in MEANING:
            parts.append(word(x + 8, y + 18, MEANING[layer], color="#616e7c"))
    return svg(820, 34 * len(layers) + 50, title, parts)


def figures() -> dict[str, str]:
    """Return all figures by file name."""
    day = small_day()
    best = search(day, seed=0).days[0]
    return {
        "day.svg": clock_figure(
            day, best, "The best order: market, pagoda before noon, lunch, potters on the way"
        ),
        "other-order.svg": clock_figure(
            day, (1, 0, 2), "Another order of the same three: the pagoda is shut at noon"
        ),
        "prizes.svg": prizes_figure(),
        "bounds.svg": bounds_figure(),
        "calendar.svg": calendar_figure(),
        "river.svg": river_figure(),
        "certainty.svg": certainty_figure(),
        "rooms.svg": rooms_figure(
            "rooms: arrows point down only", "Rooms: each may use what stands below it"
        ),
        "planning.svg": rooms_figure("inside planning", "Inside planning: each may use what stands below it"),
    }


if __name__ == "__main__":
    to = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/concepts")
    to.mkdir(parents=True, exist_ok=True)
    for name, text in figures().items():
        (to / name).write_text(text, encoding="utf-8")
