"""The report of a programme: one HTML file that carries everything, in Vietnamese and English, made to be printed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._escape import HTML, escape_for_leaflet, safe_url
from routeplanner.errors import RequestError
from routeplanner.itinerary_text import date_words, mode_words
from routeplanner.planning.prizes import NO_PRIZE_KINDS
from routeplanner.programme import charts
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.brief import ProgrammeBrief, form_counts
from routeplanner.programme.design import corridors_of
from routeplanner.programme.gaps import gaps
from routeplanner.programme.impact import FIELDS, OPERATOR, Impact, impact
from routeplanner.programme.places import in_corridors
from routeplanner.programme.statistics import field_statistics
from routeplanner.programme.tables import number_words, table_html
from routeplanner.programme.words import (
    CATEGORY_WORDS,
    FORM_WORDS,
    corridor_words,
    counted,
    parameter_words,
    weekday_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from routeplanner.itinerary import Day, Itinerary
    from routeplanner.network import Network
    from routeplanner.programme.model import Programme, RouteCard

__all__ = ["programme_report"]

LANGUAGES = {"vi": ("vi",), "en": ("en",), "both": ("vi", "en")}
MOST_GAPS = 12
MOST_COMMUNES = 14
LONGEST_NAME = 44
WHOLE_TABLE = 10
"""Rows of a table that is not cut when printed."""

_STYLE = """
:root{--ink:#1b2530;--soft:#4d5861;--rule:#c9ced2}
body{font:15px/1.5 "Noto Sans","Segoe UI",system-ui,sans-serif;color:var(--ink);background:#fff;margin:0 auto;
max-width:58rem;padding:1.2rem}
h1{font-size:1.7rem;line-height:1.2;margin:.2rem 0 .3rem}h2{font-size:1.2rem;margin:2.2rem 0 .5rem;
border-bottom:2px solid var(--ink);padding-bottom:.15rem}h3{font-size:1rem;margin:1.1rem 0 .2rem}
p{margin:.35rem 0}.soft,caption,figcaption{color:var(--soft);font-size:.85rem;text-align:left}
table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.84rem}caption{caption-side:top;padding:.2rem 0}
th,td{border-bottom:1px solid var(--rule);padding:.22rem .45rem;text-align:left;vertical-align:top}
th{border-bottom:1.5px solid var(--ink);font-weight:600}td.n,th.n{text-align:right}
td.n{font-variant-numeric:tabular-nums;
white-space:nowrap}
.sums{display:grid;grid-template-columns:repeat(4,1fr);gap:.6rem;margin:.9rem 0}
.sums div{border:1px solid var(--rule);padding:.45rem .6rem}.sums b{display:block;font-size:1.25rem;line-height:1.25}
.sums span{font-size:.78rem;color:var(--soft)}
figure{margin:.6rem 0}img{max-width:100%;height:auto}.route{break-inside:avoid;border-left:4px solid var(--ink);
padding:.1rem 0 .1rem .8rem;margin:.9rem 0}.route.long{break-inside:auto}
.route h3,.route p{break-after:avoid;break-inside:avoid}
.route ol{break-inside:avoid;margin:.25rem 0;padding-left:0;list-style:none}
.route time{display:inline-block;min-width:6.6rem;font-variant-numeric:tabular-nums}
a{color:inherit;overflow-wrap:anywhere}.pick{position:absolute;opacity:0}
.tabs{display:flex;gap:.5rem;margin-bottom:.6rem}.tabs label{border:1px solid var(--ink);padding:.1rem .7rem;
cursor:pointer;font-size:.85rem}
#say-vi:checked~.tabs label[for=say-vi],#say-en:checked~.tabs label[for=say-en]{background:var(--ink);color:#fff}
.pick:focus-visible~.tabs label{outline:2px solid var(--ink);outline-offset:2px}
article{display:none}#say-vi:checked~article.vi,#say-en:checked~article.en{display:block}
@media(max-width:40rem){.sums{grid-template-columns:repeat(2,1fr)}table{display:block;overflow-x:auto}}
.routes{columns:2;column-gap:1.4rem}.keep{break-inside:avoid}
.route li{display:flex;gap:.4rem}.route time{flex:none}.route .soft{font-size:inherit}
.sources{font-size:.74rem;padding:0;columns:2;column-gap:1.6rem}
.sources li{break-inside:avoid;overflow-wrap:anywhere;margin-left:1.7rem}
@page{size:A4;margin:16mm 14mm 18mm;@bottom-center{content:counter(page) " / " counter(pages);
font:8.5pt "Noto Sans","Segoe UI",system-ui,sans-serif;color:#4d5861}}
@media(max-width:40rem){.routes{columns:1}.sources{columns:1}}
@media print{body{max-width:none;padding:0;font-size:9.6pt}.tabs{display:none}h2,h3{break-after:avoid}
h2{margin-top:1.5rem}figure,.sums{break-inside:avoid}thead{display:table-header-group}tr{break-inside:avoid}
p{orphans:3;widows:3}a{text-decoration:none}img{max-height:190mm}.map img{max-height:228mm}
table{font-size:8.2pt}
.sums{grid-template-columns:repeat(4,1fr)}.routes{columns:2}.route{margin:0 0 .7rem;font-size:8.6pt}
.route h3{margin-top:.3rem;font-size:9.4pt}}
"""


def programme_report(
    programme: Programme,
    network: Network,
    *,
    lang: str = "both",
    opens: str = "vi",
    title: str | tuple[str, str] | None = None,
    parameters: pd.DataFrame | None = None,
) -> str:
    """Return the report of a programme as the text of one HTML page, ready to be printed.

    Map, routes with their timetables, calendar, cover and gaps, load, cost, impact, method, parameters and places with
    their sources. The page needs nothing but itself, runs no script and asks no server; charts read in black and white.
    To get a PDF, print it from a browser (A4).

    Parameters
    ----------
    programme
        What to report on.
    network
        That it was designed on.
    lang
        ``"vi"``, ``"en"``, or ``"both"``: both in one file, with a switch.
    opens
        Language in which a file of both opens, ``"vi"`` or ``"en"``.
    title
        Headline, one text or a pair (Vietnamese, English).
    parameters
        Of impact, as `load_parameters` gives them.

    Raises
    ------
    RequestError
        When `lang` or `opens` is unknown, the programme has no route, or matplotlib is missing.

    Examples
    --------
    >>> from pathlib import Path
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=2)
    >>> programme = rp.design_programme(network, brief, rounds=1)
    >>> Path("report.html").write_text(rp.programme_report(programme, network), encoding="utf-8") > 100_000
    True
    """
    refuse_wrong(
        "report",
        optional=["title", "parameters"],
        programme=programme,
        network=network,
        lang=lang,
        title=title,
        parameters=parameters,
    )
    if opens not in ("vi", "en"):
        raise RequestError([f"opens: {opens!r} is unknown; give 'vi' or 'en'"], subject="report")
    if not programme.routes:
        raise RequestError(["programme: it has no route; there is nothing to report"], subject="report")
    made = impact(programme, network, parameters=parameters)
    desk = _Desk(
        programme,
        network.sites,
        made,
        gaps(network, ProgrammeBrief.from_dict(programme.brief), programme=programme),
        field_statistics(programme, network, impact=made),
    )
    spoken = sorted(LANGUAGES[lang], key=lambda code: code != opens)
    titles = _titles(programme, title)
    articles = "".join(
        f'<article class="{code}" lang="{code}">{"".join(_sections(desk, code, titles[code]))}</article>'
        for code in spoken
    )
    return _page(articles, spoken, titles)


def _page(articles: str, spoken: Sequence[str], titles: Mapping[str, str]) -> str:
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    name = {"vi": "Tiếng Việt", "en": "English"}
    picks = "".join(
        f'<input class="pick" type="radio" name="say" id="say-{code}" aria-label="{name[code]}"'
        f"{' checked' if number == 0 else ''}>"
        for number, code in enumerate(spoken)
    )
    tabs = (
        "".join(f'<label for="say-{code}">{name[code]}</label>' for code in spoken) if len(spoken) > 1 else ""
    )
    return (
        f'<!DOCTYPE html><html lang="{spoken[0]}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape_for_leaflet(titles[spoken[0]])}</title><style>{_STYLE}</style></head><body><main>"
        f'{picks}<div class="tabs">{tabs}</div>{articles}</main></body></html>\n'
    )


def _titles(programme: Programme, title: str | tuple[str, str] | None) -> dict[str, str]:
    if isinstance(title, str):
        return {"vi": title, "en": title}
    if title is not None:
        return dict(zip(("vi", "en"), title, strict=True))
    year = programme.brief["year"]
    return {
        "vi": f"Chương trình tuyến du lịch văn hóa {year}",
        "en": f"Programme of cultural routes {year}",
    }


@dataclass(frozen=True, slots=True)
class _Desk:
    programme: Programme
    sites: gpd.GeoDataFrame
    impact: Impact
    gaps: gpd.GeoDataFrame
    fields: pd.DataFrame

    def name(self, site: str, lang: str) -> str:
        row = self.sites.loc[site]
        return str(row["name_vi"] if lang == "vi" else row["name_en"] or row["name_vi"])


def _p(text: str, *, soft: bool = False) -> str:
    kind = ' class="soft"' if soft else ""
    return f"<p{kind}>{escape_for_leaflet(text)}</p>"


def _h2(text: str) -> str:
    return f"<h2>{escape_for_leaflet(text)}</h2>"


def _section(head: str, *parts: str) -> str:
    """Return a heading with what follows it at once, not to be parted from it by the end of a page."""
    return f'<div class="keep">{head}{"".join(parts)}</div>'


def _table(head: Sequence[object], rows: Sequence[Sequence[object]], *, lang: str, caption: str = "") -> str:
    """Return a table; one that fits on a page is not cut."""
    table = table_html(head, rows, lang=lang, caption=caption)
    return f'<div class="keep">{table}</div>' if len(rows) <= WHOLE_TABLE else str(table)


def _million(value: float, lang: str) -> str:
    return number_words(round(value / 1e6) if value >= 1e7 else round(value / 1e6, 1), lang)


def _span(low: float, high: float, lang: str) -> str:
    """Return a span in millions."""
    return f"{_million(low, lang)} – {_million(high, lang)}"


def _one(value: float, lang: str) -> str:
    """Return a number with one decimal place."""
    return f"{value:.1f}".replace(".", "," if lang == "vi" else ".")


def _sections(desk: _Desk, lang: str, title: str) -> Iterator[str]:
    yield f"<h1>{escape_for_leaflet(title)}</h1>"
    yield from _summary(desk, lang)
    yield _overview(desk, lang)
    yield _asked(desk.programme, lang)
    yield from _routes(desk, lang)
    yield from _calendar(desk, lang)
    yield from _cover(desk, lang)
    yield from _money(desk, lang)
    yield from _impact(desk, lang)
    yield from _method(desk, lang)
    yield from _parameters(desk, lang)
    yield from _places(desk, lang)


def _summary(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme, totals = lang == "vi", desk.programme, desk.impact.totals
    places = {stop.site_id for route in programme.routes for stop in route.stops}
    corridors = list(dict.fromkeys(card.corridor for card in programme.cards))
    yield _p("; ".join(corridor_words(key, lang) for key in corridors), soft=True)
    visitors = totals["visitors"] or 1.0
    share = totals["local_mid"] / totals["spend_mid"] if totals["spend_mid"] else 0.0
    least, most = (100 * end for end in _local_span(totals))
    sums = [
        (str(len(programme.routes)), "tuyến" if vi else "route" if len(programme.routes) == 1 else "routes"),
        (str(len(places)), "điểm đến" if vi else "place" if len(places) == 1 else "places"),
        (
            f"{len(programme.covered)}/{len(programme.to_cover)}",
            "làng nghề cần phủ" if vi else "villages to be covered",
        ),
        (number_words(totals["visitors"]), "lượt khách một năm" if vi else "visitors a year"),
        (number_words(totals["visitor_hours"]), "giờ khách tại điểm" if vi else "visitor-hours at places"),
        (
            _million(totals["spend_mid"], lang),
            f"triệu đồng chi tiêu một năm ({_span(totals['spend_low'], totals['spend_high'], lang)})"
            if vi
            else f"million VND spent a year ({_span(totals['spend_low'], totals['spend_high'], lang)})",
        ),
        (
            f"{100 * share:.0f} %",
            f"ở lại địa phương (ước tính; {least:.0f} – {most:.0f} %)"
            if vi
            else f"of it stays local (estimate; {least:.0f} – {most:.0f} %)",
        ),
        (
            f"{_one(totals['kg_co2e_mid'] / visitors, lang)} kg",
            ("CO₂e một khách" if vi else "CO₂e a visitor") + _emitted_span(totals, visitors, lang),
        ),
    ]
    boxes = "".join(
        f"<div><b>{escape_for_leaflet(a)}</b><span>{escape_for_leaflet(b)}</span></div>" for a, b in sums
    )
    yield f'<div class="sums">{boxes}</div>'
    value, bound, gap = (_one(x, lang) for x in (programme.value, programme.bound, 100 * programme.gap))
    yield _p(
        f"Tổng giá trị của các tuyến là {value} điểm. Điểm là thước đo không đơn vị: điểm đến càng có ý nghĩa và càng "
        "hợp chủ đề thì càng cao; nơi thứ hai của cùng một nghề được tính một nửa. Không chương trình nào giữ các quy "
        f"định này và phủ chừng ấy làng vượt quá {bound} điểm: chương trình kém phương án tốt nhất nhiều nhất {gap} %."
        if vi
        else f"The routes are worth {value} together. Worth has no unit: it grows with how much a place means and how "
        "well it fits the themes; the second place of one craft on a route counts half. No programme that keeps these "
        f"rules and covers as many places exceeds {bound}, so this one is at most {gap} % below the best."
    )
    for en, text_vi in programme.notes:
        yield _p("⚠ " + (text_vi if vi else en))


def _local_span(totals: Mapping[str, float]) -> tuple[float, float]:
    """Return the share that stays local with all parameters low and with all high, the smaller first."""
    shares = [
        totals[f"local_{level}"] / totals[f"spend_{level}"] if totals[f"spend_{level}"] else 0.0
        for level in ("low", "mid", "high")
    ]
    return min(shares), max(shares)


def _emitted_span(totals: Mapping[str, float], visitors: float, lang: str) -> str:
    """Return low and high kilograms a visitor; a low that is but the middle is told as unknown."""
    vi = lang == "vi"
    low, high = (_one(totals[f"kg_co2e_{end}"] / visitors, lang) for end in ("low", "high"))
    if totals["kg_co2e_low"] < 0.999 * totals["kg_co2e_mid"]:
        return f" ({low} – {high})"
    return f" (đến {high}; mức thấp không rõ)" if vi else f" (up to {high}; the low is unknown)"


def _asked(programme: Programme, lang: str) -> str:
    """Return what was asked for, as a table."""
    from routeplanner.planning.request import VEHICLES
    from routeplanner.sites.words import load_themes

    vi, at, brief = lang == "vi", 0 if lang == "vi" else 1, ProgrammeBrief.from_dict(programme.brief)
    words, vehicle = load_themes(), VEHICLES[brief.vehicle]
    themes = [
        f"{words[key].name_vi if vi else words[key].name_en} ({number_words(weight, lang)})"
        for key, weight in brief.themes.items()
        if key in words and weight > 0
    ]
    forms = ", ".join(
        f"{count} × {FORM_WORDS[form][at]}" for form, count in form_counts(brief).items() if count
    )
    quiet = ", ".join(map(str, brief.quiet_months))
    rows = [
        (("Số tuyến", "Routes"), f"{brief.routes} ({forms})"),
        (("Chủ đề", "Themes"), ", ".join(themes) or ("mọi chủ đề như nhau" if vi else "all alike")),
        (("Giờ trong ngày", "Hours of a day"), f"{brief.day_start:%H:%M} – {brief.day_end:%H:%M}"),
        (
            ("Đoàn", "Group"),
            f"{brief.people} khách, {vehicle.name_vi}"
            if vi
            else f"{brief.people} visitors, {vehicle.name_en}",
        ),
        (
            ("Số chuyến mỗi tuyến một tuần", "Departures of a route in a week"),
            f"{brief.departures_a_week}; tháng vắng ({quiet}): {brief.quiet_departures_a_week}"
            if vi
            else f"{brief.departures_a_week}; in the quiet months ({quiet}): {brief.quiet_departures_a_week}",
        ),
        (
            ("Trùng điểm", "Overlap"),
            f"mỗi điểm nhiều nhất {brief.routes_per_site} tuyến; hai tuyến chung nhiều nhất {brief.shared_sites} điểm"
            if vi
            else f"at most {counted(brief.routes_per_site, 'route', 'routes')} at a place; "
            f"{brief.shared_sites} shared by two at most",
        ),
        (
            ("Sức đón một ngày", "Capacity a day"),
            f"{brief.usual_capacity} khách mỗi điểm, trừ nơi nêu riêng (giả định)"
            if vi
            else f"{brief.usual_capacity} visitors a place, but where named (an assumption)",
        ),
    ]
    head = ["Yêu cầu", ""] if vi else ["What was asked for", ""]
    return _table(head, [[told[at], HTML(escape_for_leaflet(text))] for told, text in rows], lang=lang)


def _overview(desk: _Desk, lang: str) -> str:
    """Return the routes as a table, for the first page."""
    vi, programme = lang == "vi", desk.programme
    columns = (
        [
            "",
            "Tuyến",
            "Loại",
            "Điểm đến",
            "Giá trị",
            "Trên đường (giờ)",
            "km",
            "Trọn gói, đồng/khách",
            "kg CO₂e",
            "Chuyến/năm",
        ]
        if vi
        else [
            "",
            "Route",
            "Form",
            "Places",
            "Value",
            "Road (h)",
            "km",
            "Full cost, VND",
            "kg CO₂e",
            "Trips/year",
        ]
    )
    people = int(programme.brief["people"])
    cost = _own_cost(desk, people)
    emitted = (desk.impact.emissions.groupby("route")["mid"].sum() / people).to_dict()
    rows = [
        [
            card.key,
            card.name_vi if vi else card.name_en,
            FORM_WORDS[card.form][0 if vi else 1],
            len(route.stops),
            _one(route.prize, lang),
            _one(route.measures["travel_min"] / 60, lang),
            round(route.measures["distance_km"]),
            cost[card.key],
            _one(emitted.get(card.key, 0.0), lang),
            sum(card.departures),
        ]
        for card, route in zip(programme.cards, programme.routes, strict=True)
    ]
    total = [
        "",
        "Tổng" if vi else "Total",
        "",
        "",
        _one(programme.value, lang),
        "",
        "",
        "",
        "",
        sum(sum(c.departures) for c in programme.cards),
    ]
    return _table(columns, [*rows, total], lang=lang)


def _routes(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme = lang == "vi", desk.programme
    head = _h2("Bản đồ các tuyến" if vi else "Map of the routes")
    alt = "Bản đồ các tuyến trên nền sông và đường" if vi else "Map of the routes on rivers and roads"
    caption = (
        "Mỗi tuyến một kiểu nét; mã tuyến đặt tại một điểm của tuyến; ô vuông là nơi khởi hành."
        if vi
        else "Each route has its own dash; its key stands at one of its places; the square is the start."
    )
    picture = charts.figure_html(charts.programme_map(programme, lang=lang), alt=alt)
    yield _section(
        head, f'<figure class="map">{picture}<figcaption>{escape_for_leaflet(caption)}</figcaption></figure>'
    )
    yield _h2("Giờ giấc từng tuyến" if vi else "Timetables")
    cards = zip(programme.cards, programme.routes, strict=True)
    yield f'<div class="routes">{"".join(_route(card, route, lang) for card, route in cards)}</div>'


def _own_cost(desk: _Desk, people: int) -> dict[str, float]:
    """Return what a visitor of the brief's group pays by route: the ledger of a departure without purchases."""
    ledger = desk.impact.ledger
    paid = ledger[~ledger["category"].isin(["hours", "purchase"])].groupby("route")["mid"].sum() / people
    return {str(key): float(round(value / 1000) * 1000) for key, value in paid.items()}


def _route(card: RouteCard, route: Itinerary, lang: str) -> str:
    vi = lang == "vi"
    name = card.name_vi if vi else card.name_en
    days = "".join(_day(day, number, len(route.days), lang) for number, day in enumerate(route.days, 1))
    when = (
        f"Khởi hành {weekday_words(card.weekdays, lang)} (mùa vắng: {weekday_words(card.quiet_weekdays, lang)}); "
        f"{sum(card.departures)} chuyến một năm, {card.cancelled} ngày bỏ vì có điểm đóng cửa."
        if vi
        else f"Departs {weekday_words(card.weekdays, lang)} "
        f"(quiet months: {weekday_words(card.quiet_weekdays, lang)}); "
        f"{counted(sum(card.departures), 'departure', 'departures')} a year, "
        f"{card.cancelled} {'date' if card.cancelled == 1 else 'dates'} left out as a place is closed."
    )
    head = escape_for_leaflet(f"{card.key} · {name}")
    kind = "route long" if len(route.days) > 1 else "route"
    return f'<section class="{kind}"><h3>{head}</h3>{_p(when, soft=True)}{days}</section>'


def _day(day: Day, number: int, days: int, lang: str) -> str:
    vi = lang == "vi"
    lines: list[tuple[str, str, str]] = [
        (
            f"{day.start.time:%H:%M}",
            day.start.name_vi if vi else day.start.name_en,
            "khởi hành" if vi else "leave",
        )
    ]
    lines += [
        (
            f"{stop.start:%H:%M}–{stop.departure:%H:%M}",
            stop.name_vi if vi else stop.name_en or stop.name_vi,
            "giờ mở cửa phải hỏi lại" * (stop.certainty == "needs_confirmation")
            if vi
            else "hours to be confirmed" * (stop.certainty == "needs_confirmation"),
        )
        for stop in day.stops
    ]
    lines += [(f"{b.start:%H:%M}–{b.end:%H:%M}", "Ăn trưa" if vi else "Lunch", "") for b in day.breaks]
    lines.sort(key=lambda line: line[0])
    lines.append(
        (f"{day.end.time:%H:%M}", day.end.name_vi if vi else day.end.name_en, "về đến" if vi else "arrive")
    )
    items = "".join(
        f"<li><time>{escape_for_leaflet(at)}</time><span>{escape_for_leaflet(name)}"
        f"{f' <span class=soft>({escape_for_leaflet(note)})</span>' if note else ''}</span></li>"
        for at, name, note in lines
    )
    head = f"<p><b>{'Ngày' if vi else 'Day'} {number}</b></p>" if days > 1 else ""
    return f"{head}<ol>{items}</ol>"


def _calendar(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme = lang == "vi", desk.programme
    alt = "Số chuyến theo tuyến và tháng" if vi else "Departures by route and month"
    yield _section(
        _h2("Lịch khởi hành và lượng khách" if vi else "Calendar and load"),
        _p(
            "Số chuyến theo tháng: ngày nào có điểm đóng cửa vào giờ ghé thì không chạy."
            if vi
            else "Departures by month: dates on which a place is closed when the route calls are left out."
        ),
        f"<figure>{charts.figure_html(charts.departure_grid(programme, lang=lang), alt=alt)}</figure>",
    )
    brief = programme.brief
    names = {load.site_id: _short(desk.name(load.site_id, lang)) for load in programme.load}
    alt = "Khách theo điểm và thứ trong tuần" if vi else "Visitors by place and weekday"
    rest = len(programme.load) - charts.MOST_PLACES
    yield _section(
        _p(
            f"Khách tại mỗi điểm trong một tuần mùa cao điểm ({brief['people']} khách một chuyến; sức đón thường lệ "
            f"{brief['usual_capacity']} khách một ngày là giả định)."
            if vi
            else f"Visitors by place in a week of the season ({brief['people']} a departure; the usual capacity of "
            f"{brief['usual_capacity']} a day is an assumption)."
        ),
        f"<figure>{charts.figure_html(charts.load_grid(programme, names, lang=lang), alt=alt)}</figure>",
        _p(
            f"và {rest} điểm nữa, không điểm nào đông khách hơn."
            if vi
            else f"and {counted(rest, 'more place', 'more places')}, none with more visitors than these.",
            soft=True,
        )
        if rest > 0
        else "",
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip(' ,(')}…"


def _cover(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme, table = lang == "vi", desk.programme, desk.gaps
    names = ", ".join(desk.name(site, lang) for site in programme.covered)
    told = f"{len(programme.covered)}/{len(programme.to_cover)}"
    yield _section(
        _h2("Độ phủ và khoảng trống" if vi else "Cover and gaps"),
        _p((f"Có tuyến ghé ({told} làng cần phủ): " if vi else f"Covered ({told}): ") + (names or "–")),
    )
    if programme.uncovered:
        rows = [
            [u.name_vi if vi else u.name_en, u.detail_vi if vi else u.detail] for u in programme.uncovered
        ]
        yield _table(["Chưa phủ", "Vì sao"] if vi else ["Not covered", "Why"], rows, lang=lang)
    yield _p(_counts_words(desk, lang))
    blocked = table[table["blocked_by"].map(len) > 0].head(MOST_GAPS)
    words = {
        "point": ("chỉ biết tâm xã", "only its commune's centre is known"),
        "hours": ("giờ mở cửa chưa chắc", "hours unsure"),
    }
    if len(blocked):
        yield _table(
            [
                "Dữ kiện còn thiếu (xếp theo giá trị có thể thêm)",
                "Thiếu gì",
                "Đã có tuyến ghé",
                "Thêm nhiều nhất (điểm giá trị)",
            ]
            if vi
            else [
                "Missing facts, by what they could add",
                "What is missing",
                "On a route",
                "Adds at most (worth)",
            ],
            [
                [
                    desk.name(str(site), lang),
                    ", ".join(words[fact][0 if vi else 1] for fact in row["blocked_by"]),
                    ("có" if vi else "yes") if row["on_routes"] else ("chưa" if vi else "no"),
                    _one(float(row["would_add"]), lang),
                ]
                for site, row in blocked.iterrows()
            ],
            lang=lang,
            caption=(
                "Điểm đã có tuyến ghé: phần giá trị tăng thêm khi biết dữ kiện. Điểm khác: cả giá trị của điểm, nếu "
                "một tuyến còn chỗ và không mất điểm nào."
                if vi
                else "Where a route stops: by how much the fact raises its worth. Elsewhere: its whole worth, if a "
                "route had room for it and lost nothing."
            ),
        )
    away = table[table["status"] == "out_of_reach"].sort_values("prize", ascending=False).head(MOST_GAPS)
    if len(away):
        yield _table(
            ["Ngoài tầm một ngày", "Vì sao"] if vi else ["Out of reach of a day", "Why"],
            [
                [desk.name(str(site), lang), row["reason_vi" if vi else "reason"]]
                for site, row in away.iterrows()
            ],
            lang=lang,
        )


def _counts_words(desk: _Desk, lang: str) -> str:
    """Say how many places of the corridors have a stop, and which are not counted."""
    table = desk.gaps
    count = table["status"].value_counts()
    on, shown, near, far = (int(count.get(s, 0)) for s in ("on_a_route", "shown", "in_reach", "out_of_reach"))
    brief = ProgrammeBrief.from_dict(desk.programme.brief)
    inside = desk.sites[in_corridors(desk.sites, corridors_of(brief, desk.sites))]
    ways = int((inside["kind"].isin(NO_PRIZE_KINDS) & ~inside.index.isin(table.index)).sum())
    if lang == "vi":
        told = f"Trong {len(table)} điểm của các hành lang: {on} có tuyến dừng, "
        told += f"{shown} thuộc nơi có tuyến dừng (tuyến không dừng riêng), " if shown else ""
        told += f"{near} trong tầm một ngày mà chưa có tuyến, {far} ngoài tầm."
        left = f" Không tính {ways} bến xe, nhà ga, bến thuyền: là lối đến, không phải điểm tham quan."
        return told + (left if ways else "")
    told = f"Of the {counted(len(table), 'place', 'places')} of the corridors routes stop at {on}; "
    told += f"{shown} belong to a place with a stop and have none of their own; " if shown else ""
    told += f"{near} are within reach of a day and on no route, {far} out of reach."
    left = f" Not counted: {counted(ways, 'gateway or pier', 'gateways and piers')}, ways in and no sights."
    return told + (left if ways else "")


def _money(desk: _Desk, lang: str) -> Iterator[str]:
    vi, cost = lang == "vi", desk.impact.cost
    sizes = sorted(set(cost["people"]))
    rows = []
    for card in desk.programme.cards:
        own = cost[cost["route"] == card.key].set_index("people")
        rows.append(
            [
                card.key,
                card.name_vi if vi else card.name_en,
                *(HTML(escape_for_leaflet(_thousands(own.loc[size], lang))) for size in sizes),
            ]
        )
    people = "khách" if vi else "people"
    uptake = round(100 * float(desk.impact.parameters.loc["workshop_uptake", "mid"]))
    yield _section(
        _h2("Chi phí" if vi else "Cost"),
        _p(
            "Chi phí trọn gói một khách, nghìn đồng: mức giữa (thấp – cao). Gồm xe, hướng dẫn, vé, bữa ăn, "
            f"{uptake} % số khách dự trải nghiệm nghề; không gồm mua sắm. Xe nhỏ nhất chở đủ đoàn, "
            "trừ một chỗ cho lái xe và một chỗ cho hướng dẫn viên."
            if vi
            else "Full cost of a visitor, thousand VND: middle (low – high). Vehicle, guide, fees, meals, "
            f"{uptake} % of them in a workshop; no purchases. The smallest vehicle that holds the group, "
            "less a seat for the driver and one for the guide."
        ),
        _table(["", "Tuyến" if vi else "Route", *(f"{size} {people}" for size in sizes)], rows, lang=lang),
    )
    kinds = desk.impact.by("category")
    kinds = kinds[kinds.index != "hours"].rename(
        index={k: w[0 if vi else 1] for k, w in CATEGORY_WORDS.items()}
    )
    yield _sums_table(kinds, "Khoản chi một năm" if vi else "Spend of a year", lang, hours=False)


def _thousands(row: pd.Series[Any], lang: str) -> str:
    low, mid, high = (number_words(round(float(row[level]) / 1000), lang) for level in ("low", "mid", "high"))
    return f"{mid} ({low} – {high})"


def _impact(desk: _Desk, lang: str) -> Iterator[str]:
    vi, at, totals = lang == "vi", 0 if lang == "vi" else 1, desk.impact.totals
    spent, hours = _million(totals["spend_mid"], lang), number_words(totals["visitor_hours"], lang)
    operator = "(đơn vị tổ chức)" if vi else "(operators)"
    commune = _by_commune(desk, vi=vi).rename(index={OPERATOR: operator})
    yield _section(
        _h2("Tác động" if vi else "Impact"),
        _p(
            "Một năm; triệu đồng, mức giữa (thấp – cao). Mọi bảng cộng từ cùng một sổ nên tổng theo xã, lĩnh vực và "
            f"tuyến bằng nhau: {spent} triệu đồng, {hours} giờ khách."
            if vi
            else "A year; million VND, middle (low – high). All tables are sums over one ledger, so that commune, "
            f"field and route agree: {spent} million VND, {hours} visitor-hours."
        ),
        _sums_table(commune, "Xã, phường" if vi else "Commune", lang),
    )
    yield _bars(commune.drop(index=operator, errors="ignore"), "local", vi=vi)
    field = desk.impact.by("field")
    shown = field[field["visitor_hours"] > 0].rename(index={key: pair[at] for key, pair in FIELDS.items()})
    field = field.rename(index={key: pair[at] for key, pair in FIELDS.items()})
    yield _sums_table(field, "Lĩnh vực văn hóa" if vi else "Cultural field", lang)
    yield _bars(shown, "hours", vi=vi)
    yield _fields_table(desk, lang)
    routes = desk.impact.by("route").sort_index(key=lambda keys: keys.str[1:].astype(int))
    yield _sums_table(routes, "Tuyến" if vi else "Route", lang)
    columns = ["passenger_km", "kg_co2e_low", "kg_co2e_mid", "kg_co2e_high"]
    modes = desk.impact.by_mode()[columns].round().astype(int)
    rows: list[list[object]] = [
        [mode_words(str(mode), lang), *(int(value) for value in row)]
        for mode, row in zip(modes.index, modes.to_numpy(), strict=True)
    ]
    total: list[object] = ["Tổng" if vi else "Total", *(int(value) for value in modes.sum())]
    yield _table(
        ["Phương tiện", "Khách-km một năm", "kg CO₂e thấp", "giữa", "cao"]
        if vi
        else ["Mode", "Passenger-km a year", "kg CO₂e low", "middle", "high"],
        [*rows, total],
        lang=lang,
        caption=_low_words(modes, vi=vi),
    )


def _low_words(modes: pd.DataFrame, *, vi: bool) -> str:
    """Say that a low value which is but the middle stands for an unknown one."""
    if not (modes["kg_co2e_low"].eq(modes["kg_co2e_mid"]) & modes["kg_co2e_mid"].gt(0)).any():
        return ""
    return (
        "Nơi mức thấp bằng mức giữa: không tìm được nguồn cho mức thấp hơn."
        if vi
        else "Where low equals middle, no source for a lower value was found."
    )


def _fields_table(desk: _Desk, lang: str) -> str:
    """Return the statistics by cultural field."""
    vi, table = lang == "vi", desk.fields
    rows = [
        [
            row["name_vi" if vi else "name_en"],
            *(
                int(row[name])
                for name in ("places", "on_routes", "recognised", "recognised_on_routes", "routes")
            ),
            round(float(row["visits"])),
        ]
        for _, row in table.iterrows()
    ]
    sums = [int(table[name].sum()) for name in ("places", "on_routes", "recognised", "recognised_on_routes")]
    rows.append(["Tổng" if vi else "Total", *sums, "", int(table["visits"].sum())])
    head = (
        [
            "Lĩnh vực văn hóa",
            "Điểm trong hành lang",
            "có tuyến ghé",
            "Làng được công nhận",
            "có tuyến ghé",
            "Số tuyến",
        ]
        if vi
        else [
            "Cultural field",
            "Places in the corridors",
            "on a route",
            "Recognised villages",
            "on a route",
            "Routes",
        ]
    )
    return _table([*head, "Lượt khách đến điểm" if vi else "Visits a year"], rows, lang=lang)


def _by_commune(desk: _Desk, *, vi: bool) -> pd.DataFrame:
    """Return the largest communes, and the rest as one line, so that the sum stays whole."""
    table = desk.impact.by("commune")
    if len(table) <= MOST_COMMUNES + 1:
        return table
    shown, rest = table.iloc[:MOST_COMMUNES].copy(), table.iloc[MOST_COMMUNES:]
    shown.loc[f"{len(rest)} xã khác" if vi else f"{len(rest)} other communes"] = rest.sum()
    return shown


def _sums_table(table: pd.DataFrame, first: str, lang: str, *, hours: bool = True) -> str:
    vi = lang == "vi"
    head = (
        [first, "Giờ khách", "Chi tiêu", "(thấp – cao)", "Ở lại địa phương", "(thấp – cao)"]
        if vi
        else [first, "Visitor-hours", "Spend", "(low – high)", "Stays local", "(low – high)"]
    )

    def cells(name: str, row: Any) -> list[object]:  # noqa: ANN401 - a row
        made = [
            name,
            round(float(row["visitor_hours"])),
            _million(row["spend_mid"], lang),
            _span(row["spend_low"], row["spend_high"], lang),
            _million(row["local_mid"], lang),
            _span(row["local_low"], row["local_high"], lang),
        ]
        return made if hours else [made[0], *made[2:]]

    rows = [cells(str(name), row) for name, row in table.iterrows()]
    total = cells("Tổng" if vi else "Total", table.sum())
    return _table(head if hours else [head[0], *head[2:]], [*rows, total], lang=lang)


def _bars(table: pd.DataFrame, what: str, *, vi: bool) -> str:
    names = [str(name) for name in table.index]
    if what == "hours":
        values = [float(x) for x in table["visitor_hours"]]
        unit = "giờ khách một năm" if vi else "visitor-hours a year"
        figure = charts.bars(names, {unit: values}, unit=unit)
    else:
        values = [float(x) / 1e6 for x in table["local_mid"]]
        errors = [
            (low / 1e6, high / 1e6) for low, high in zip(table["local_low"], table["local_high"], strict=True)
        ]
        unit = "triệu đồng ở lại địa phương một năm" if vi else "million VND a year that stay local"
        figure = charts.bars(names, {unit: values}, unit=unit, errors=errors)
    return f"<figure>{charts.figure_html(figure, alt=unit)}</figure>"


def _method(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme, bounds = lang == "vi", desk.programme, desk.programme.bounds
    words = _method_words(programme, vi=vi)
    yield _section(_h2("Phương pháp và giới hạn" if vi else "Method and limits"), _p(words[0]))
    yield from map(_p, words[1:])
    yield _p(_hours_words(programme, vi=vi))
    names = {
        "pool": ("lựa chọn tốt nhất trong các tuyến đã thử", "best choice among the routes that were tried"),
        "pool_relaxed": (
            "cận trên của lựa chọn ấy (chỉ cho các tuyến đã thử)",
            "bound on that choice (of the routes tried only)",
        ),
        "routes": (
            "cận trên cho mọi chương trình cùng quy định và độ phủ",
            "bound on every programme of these rules and this cover",
        ),
        "any_cover": ("cận trên khi không bắt buộc phủ", "the same without the duty to cover"),
    }
    rows = [[names[key][0 if vi else 1], float(value)] for key, value in bounds.items() if key in names]
    yield _table(["Giá trị và cận", "Điểm"] if vi else ["Value and bounds", "Worth"], rows, lang=lang)
    yield _p(f"{programme.attribution}. routeplanner {programme.version}.", soft=True)


def _hours_words(programme: Programme, *, vi: bool) -> str:
    """Say how sure the opening hours of the visits are."""
    sure = {stop.site_id: stop.certainty for route in programme.routes for stop in route.stops}
    known, assumed, asked = (
        sum(own == word for own in sure.values()) for word in ("known", "assumed", "needs_confirmation")
    )
    return (
        f"Giờ mở cửa của {len(sure)} điểm: {known} có nguồn, {assumed} theo lệ thường của loại điểm (giả định), "
        f"{asked} phải hỏi lại trước khi bán tuyến."
        if vi
        else f"Opening hours of the {len(sure)} places: {known} from a source, {assumed} as usual for their kind "
        f"(assumed), {asked} to be confirmed before the routes are sold."
    )


def _parameters(desk: _Desk, lang: str) -> Iterator[str]:
    """Yield the parameters of impact, those of means that no route uses left out, with numbers of their sources."""
    vi, used = lang == "vi", desk.impact.parameters
    urls = _addresses(used["source"])
    head = (
        ["Tham số", "Thấp", "Giữa", "Cao", "Đơn vị", "Năm", "Căn cứ"]
        if vi
        else ["Parameter", "Low", "Middle", "High", "Unit", "Year", "Basis"]
    )
    basis = {
        "judgement": ("nhận định", "judgement"),
        "sourced": ("có nguồn", "sourced"),
        "own": ("tự khai", "one's own"),
    }
    rows = [
        [
            parameter_words(str(key), lang),
            *(_figure(float(row[level]), lang) for level in ("low", "mid", "high")),
            _unit(str(row["unit"]), vi=vi),
            HTML(escape_for_leaflet(row["year"] or "–")),
            HTML(_basis(row, basis, urls, vi=vi)),
        ]
        for key, row in used.iterrows()
    ]
    yield _h2("Tham số và nguồn" if vi else "Parameters and sources")
    yield _table(head, rows, lang=lang)
    yield _source_list(urls)


def _places(desk: _Desk, lang: str) -> Iterator[str]:
    """Yield the places of the routes with what is known of them, and from where."""
    vi = lang == "vi"
    sure = {stop.site_id: stop.certainty for route in desk.programme.routes for stop in route.stops}
    rows_of = desk.sites.loc[list(sure)]
    urls = _addresses([" ".join(sources or ()) for sources in rows_of["sources"]])
    hours = {
        "known": ("có nguồn", "sourced"),
        "assumed": ("giả định", "assumed"),
        "needs_confirmation": ("hỏi lại", "to be confirmed"),
    }
    points = {
        "site": ("tại chỗ (150 m)", "site (150 m)"),
        "village": ("làng (1 km)", "village (1 km)"),
        "commune": ("tâm xã (2–3 km)", "commune's centre (2–3 km)"),
    }
    at = 0 if vi else 1
    rows = [
        [
            desk.name(str(site), lang),
            row["commune_2025"] or row["commune_2024"] or "–",
            hours.get(sure.get(str(site), ""), ("–", "–"))[at],
            HTML(escape_for_leaflet(points.get(row["coord_precision"], ("–", "–"))[at])),
            HTML(_numbers(" ".join(row["sources"] or ()), urls) or "–"),
        ]
        for site, row in rows_of.iterrows()
    ]
    yield _h2("Các điểm đến và nguồn" if vi else "Places and their sources")
    yield _table(
        ["Điểm đến", "Xã, phường", "Giờ mở cửa", "Vị trí", "Nguồn"]
        if vi
        else ["Place", "Commune", "Hours", "Position", "Sources"],
        rows,
        lang=lang,
    )
    yield _source_list(urls)


def _addresses(texts: Iterable[str]) -> dict[str, int]:
    """Return the addresses in texts, numbered as they first stand there."""
    found = (url for text in texts for url in map(safe_url, str(text).split()) if url)
    return {url: number for number, url in enumerate(dict.fromkeys(found), 1)}


def _numbers(text: str, urls: Mapping[str, int]) -> str:
    numbers = [urls[url] for url in map(safe_url, text.split()) if url]
    return " ".join(f"[{number}]" for number in dict.fromkeys(numbers))


def _source_list(urls: Mapping[str, int]) -> str:
    items = "".join(
        f'<li><a href="{escape_for_leaflet(url)}">{escape_for_leaflet(url.split("//")[-1])}</a></li>'
        for url in urls
    )
    return f'<ol class="sources">{items}</ol>' if urls else ""


_UNITS = {
    "VND": "đồng",
    "vehicle-day": "xe-ngày",
    "vehicle-km": "xe-km",
    "passenger-km": "khách-km",
    "person-night": "khách-đêm",
    "person-day": "khách-ngày",
    "person": "khách",
    "day": "ngày",
    "crossing": "lượt phà",
    "kg CO2e": "kg CO₂e",
    "share of visitors": "phần khách",
    "share of spend": "phần chi tiêu",
}


def _unit(text: str, *, vi: bool) -> str:
    """Return a unit in the language of the page."""
    return "/".join(_UNITS.get(part, part) for part in text.split("/")) if vi else text


def _figure(value: float, lang: str) -> str:
    return (
        f"{value:.5g}".replace(".", "," if lang == "vi" else ".")
        if value < 1000
        else number_words(value, lang)
    )


def _basis(
    row: pd.Series[Any], names: Mapping[str, tuple[str, str]], urls: Mapping[str, int], *, vi: bool
) -> str:
    """Return the basis of a parameter with the numbers of its sources."""
    word = names.get(str(row["basis"]), (str(row["basis"]),) * 2)[0 if vi else 1]
    return f"{escape_for_leaflet(word)} {_numbers(str(row['source']), urls)}".strip()


def _method_words(programme: Programme, *, vi: bool) -> list[str]:
    brief = programme.brief
    if vi:
        return [
            (
                f"Mỗi tuyến là một hành trình đủ giờ giấc: giờ mở cửa, lịch âm, bữa trưa, cầu phà; mốc giờ tính "
                "cho ngày "
                f"{date_words(programme.routes[0].days[0].date, 'vi')}. Các tuyến được chọn cùng nhau: trước hết "
                "phủ nhiều làng nhất, rồi đến chủ đề, rồi tổng giá trị lớn nhất (quy hoạch nguyên, HiGHS; tìm tuyến "
                "bằng sinh cột)."
            ),
            (
                f"Quy định: mỗi điểm nhiều nhất {brief['routes_per_site']} tuyến, hai tuyến chung nhiều nhất "
                f"{brief['shared_sites']} điểm, không điểm nào vượt sức đón trong ngày."
            ),
            (
                "Giới hạn: giá trị, độ dài tham quan và sức đón là nhận định; nhiều giờ mở cửa chưa được xác "
                "nhận; hơn nửa đường "
                "ngoài nội thành là ước tính. Cận thấp và cao lấy mọi tham số cùng thấp hoặc cùng cao, là "
                "khoảng rộng nhất."
            ),
        ]
    return [
        (
            f"Each route is an itinerary on the clock: opening hours, lunar days, lunch, bridges and ferries; "
            "it is timed for "
            f"{date_words(programme.routes[0].days[0].date, 'en')}. Routes are chosen together: first the most "
            "villages covered, then themes, then the greatest sum of prizes (an integer programme, HiGHS; routes by "
            "column generation)."
        ),
        (
            f"Rules: at most {counted(int(brief['routes_per_site']), 'route', 'routes')} at a place, "
            f"at most {brief['shared_sites']} "
            f"{'place' if brief['shared_sites'] == 1 else 'places'} shared by two routes, "
            "no place above its capacity on any day."
        ),
        (
            "Limits: prizes, lengths of visits and capacities are judgements; many opening hours are not "
            "confirmed; over half of "
            "the roads outside the inner city are estimates. Low and high take all parameters low, or high, "
            "together: the widest "
            "interval."
        ),
    ]
