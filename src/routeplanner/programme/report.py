"""The report of a programme: one HTML file that carries everything, in Vietnamese and English, made to be printed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._escape import HTML, escape_for_leaflet, safe_url
from routeplanner.errors import RequestError
from routeplanner.programme import charts
from routeplanner.programme.brief import ProgrammeBrief
from routeplanner.programme.gaps import gaps
from routeplanner.programme.impact import FIELDS, OPERATOR, Impact, impact
from routeplanner.programme.tables import number_words, table_html
from routeplanner.programme.words import FORM_WORDS, weekday_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from routeplanner.itinerary import Day, Itinerary
    from routeplanner.network import Network
    from routeplanner.programme.model import Programme, RouteCard

__all__ = ["programme_report"]

LANGUAGES = {"vi": ("vi",), "en": ("en",), "both": ("vi", "en")}
MOST_GAPS = 12
MOST_COMMUNES = 14

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
padding:.1rem 0 .1rem .8rem;margin:.9rem 0}.route ol{margin:.25rem 0;padding-left:0;list-style:none}
.route time{display:inline-block;min-width:6.6rem;font-variant-numeric:tabular-nums}
a{color:inherit;overflow-wrap:anywhere}.pick{position:absolute;opacity:0}
.tabs{display:flex;gap:.5rem;margin-bottom:.6rem}.tabs label{border:1px solid var(--ink);padding:.1rem .7rem;
cursor:pointer;font-size:.85rem}
#say-vi:checked~.tabs label[for=say-vi],#say-en:checked~.tabs label[for=say-en]{background:var(--ink);color:#fff}
.pick:focus-visible~.tabs label{outline:2px solid var(--ink);outline-offset:2px}
article{display:none}#say-vi:checked~article.vi,#say-en:checked~article.en{display:block}
@media(max-width:40rem){.sums{grid-template-columns:repeat(2,1fr)}table{display:block;overflow-x:auto}}
@page{size:A4;margin:16mm 14mm 16mm}
@media print{body{max-width:none;padding:0;font-size:10pt}.tabs{display:none}h2,h3{break-after:avoid}
figure,.sums,table{break-inside:avoid}table:last-of-type{break-inside:auto}thead{display:table-header-group}tr{break-inside:avoid}h2.page{break-before:page}
a{text-decoration:none}img{max-height:200mm}.map img{max-height:148mm}table{font-size:8.4pt}
.sums{grid-template-columns:repeat(4,1fr)}}
"""


def programme_report(
    programme: Programme,
    network: Network,
    *,
    lang: str = "both",
    title: str | tuple[str, str] | None = None,
    parameters: pd.DataFrame | None = None,
) -> str:
    """Return the report of a programme as the text of one HTML page, ready to be printed.

    Map, routes with their timetables, calendar, cover and gaps, load, cost, impact, method, parameters with their
    sources. The page needs nothing but itself, runs no script and asks no server; charts read in black and white.
    To get a PDF, print it from a browser (A4).

    Parameters
    ----------
    programme
        What to report on.
    network
        That it was designed on.
    lang
        ``"vi"``, ``"en"``, or ``"both"``: both in one file, with a switch.
    title
        Headline, one text or a pair (Vietnamese, English).
    parameters
        Of impact, as `load_parameters` gives them.

    Raises
    ------
    RequestError
        When `lang` is unknown, the programme has no route, or matplotlib is missing.

    Examples
    --------
    >>> from pathlib import Path
    >>> Path("report.html").write_text(rp.programme_report(programme, network), encoding="utf-8")  # doctest: +SKIP
    """
    if lang not in LANGUAGES:
        raise RequestError([f"lang: {lang!r} is unknown; give 'vi', 'en' or 'both'"], subject="report")
    if not programme.routes:
        raise RequestError(["programme: it has no route; there is nothing to report"], subject="report")
    desk = _Desk(
        programme,
        network.sites,
        impact(programme, network, parameters=parameters),
        gaps(network, ProgrammeBrief.from_dict(programme.brief), programme=programme),
    )
    spoken = LANGUAGES[lang]
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

    def name(self, site: str, lang: str) -> str:
        row = self.sites.loc[site]
        return str(row["name_vi"] if lang == "vi" else row["name_en"] or row["name_vi"])


def _p(text: str, *, soft: bool = False) -> str:
    kind = ' class="soft"' if soft else ""
    return f"<p{kind}>{escape_for_leaflet(text)}</p>"


def _h2(text: str, *, page: bool = False) -> str:
    kind = ' class="page"' if page else ""
    return f"<h2{kind}>{escape_for_leaflet(text)}</h2>"


def _million(value: float) -> str:
    return number_words(round(value / 1e6)) if value >= 1e7 else f"{value / 1e6:.1f}"


def _span(low: float, high: float, *, million: bool = False) -> str:
    words = _million if million else number_words
    return f"{words(low)} – {words(high)}"


def _sections(desk: _Desk, lang: str, title: str) -> Iterator[str]:
    vi = lang == "vi"
    yield f"<h1>{escape_for_leaflet(title)}</h1>"
    yield from _summary(desk, vi=vi)
    yield from _routes(desk, lang)
    yield from _calendar(desk, lang)
    yield from _cover(desk, lang)
    yield from _money(desk, lang)
    yield from _impact(desk, lang)
    yield from _method(desk, vi=vi)


def _summary(desk: _Desk, *, vi: bool) -> Iterator[str]:
    programme, totals = desk.programme, desk.impact.totals
    places = {stop.site_id for route in programme.routes for stop in route.stops}
    corridors = list(dict.fromkeys(card.corridor for card in programme.cards))
    yield _p(_where(corridors, vi=vi), soft=True)
    visitors = totals["visitors"] or 1.0
    share = totals["local_mid"] / totals["spend_mid"] if totals["spend_mid"] else 0.0
    sums = [
        (str(len(programme.routes)), "tuyến" if vi else "routes"),
        (str(len(places)), "điểm đến" if vi else "places"),
        (
            f"{len(programme.covered)}/{len(programme.to_cover)}",
            "làng nghề cần phủ" if vi else "villages to be covered",
        ),
        (number_words(totals["visitors"]), "lượt khách một năm" if vi else "visitors a year"),
        (number_words(totals["visitor_hours"]), "giờ khách tại điểm" if vi else "visitor-hours at places"),
        (
            _million(totals["spend_mid"]),
            f"triệu đồng chi tiêu ({_span(totals['spend_low'], totals['spend_high'], million=True)})"
            if vi
            else f"million VND spent ({_span(totals['spend_low'], totals['spend_high'], million=True)})",
        ),
        (f"{100 * share:.0f} %", "ở lại địa phương (ước tính)" if vi else "of it stays local (estimate)"),
        (
            f"{totals['kg_co2e_mid'] / visitors:.1f} kg",
            f"CO₂e một khách ({totals['kg_co2e_low'] / visitors:.1f}–{totals['kg_co2e_high'] / visitors:.1f})"
            if vi
            else f"CO₂e a visitor ({totals['kg_co2e_low'] / visitors:.1f}–{totals['kg_co2e_high'] / visitors:.1f})",
        ),
    ]
    boxes = "".join(
        f"<div><b>{escape_for_leaflet(a)}</b><span>{escape_for_leaflet(b)}</span></div>" for a, b in sums
    )
    yield f'<div class="sums">{boxes}</div>'
    gap = 100 * programme.gap
    yield _p(
        f"Tổng giá trị {programme.value:.1f}; không chương trình nào giữ các quy định này và phủ chừng ấy điểm "
        "vượt quá "
        f"{programme.bound:.1f} (còn cách tối đa {gap:.1f} %)."
        if vi
        else f"Value {programme.value:.1f}; no programme that keeps these rules and covers as many places exceeds "
        f"{programme.bound:.1f} (so this one is at most {gap:.1f} % below the best)."
    )
    for en, text_vi in programme.notes:
        yield _p("⚠ " + (text_vi if vi else en))


def _where(corridors: Sequence[str], *, vi: bool) -> str:
    from routeplanner.sites.words import load_corridors

    known = load_corridors()
    names = [(known[c].name_vi if vi else known[c].name_en) if c in known else c for c in corridors]
    return "; ".join(names)


def _routes(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme = lang == "vi", desk.programme
    yield _h2("Bản đồ và các tuyến" if vi else "Map and routes")
    alt = "Bản đồ các tuyến trên nền sông và đường" if vi else "Map of the routes on rivers and roads"
    caption = (
        "Mỗi tuyến một kiểu nét; mã tuyến đặt tại điểm chính; ô vuông là nơi khởi hành."
        if vi
        else "Each route has its own dash; its key stands at its main place; the square is the start."
    )
    picture = charts.figure_html(charts.programme_map(programme, lang=lang), alt=alt)
    yield f'<figure class="map">{picture}<figcaption>{escape_for_leaflet(caption)}</figcaption></figure>'
    head = (
        ["", "Tuyến", "Loại", "Điểm", "Giá trị", "Đường (giờ)", "km", "Đồng/khách", "kg CO₂e", "Chuyến/năm"]
        if vi
        else [
            "",
            "Route",
            "Form",
            "Places",
            "Value",
            "Road (h)",
            "km",
            "VND/visitor",
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
            round(route.prize, 1),
            round(route.measures["travel_min"] / 60, 1),
            round(route.measures["distance_km"]),
            cost[card.key],
            round(emitted.get(card.key, 0.0), 1),
            sum(card.departures),
        ]
        for card, route in zip(programme.cards, programme.routes, strict=True)
    ]
    total = [
        "Σ",
        "",
        "",
        "",
        round(programme.value, 1),
        "",
        "",
        "",
        "",
        sum(sum(c.departures) for c in programme.cards),
    ]
    yield table_html(head, [*rows, total])
    for card, route in zip(programme.cards, programme.routes, strict=True):
        yield _route(card, route, lang)


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
        f"(quiet months: {weekday_words(card.quiet_weekdays, lang)}); {sum(card.departures)} departures a year, "
        f"{card.cancelled} dates left out as a place is closed."
    )
    head = escape_for_leaflet(f"{card.key} · {name}")
    return f'<section class="route"><h3>{head}</h3>{_p(when, soft=True)}{days}</section>'


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
        f"<li><time>{escape_for_leaflet(at)}</time>{escape_for_leaflet(name)}"
        f"{f' <span class=soft>({escape_for_leaflet(note)})</span>' if note else ''}</li>"
        for at, name, note in lines
    )
    head = f"<p><b>{'Ngày' if vi else 'Day'} {number}</b></p>" if days > 1 else ""
    return f"{head}<ol>{items}</ol>"


def _note(text: str) -> str:
    return f' <span class="soft">({escape_for_leaflet(text)})</span>' if text else ""


def _calendar(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme = lang == "vi", desk.programme
    yield _h2("Lịch khởi hành và lượng khách" if vi else "Calendar and load", page=True)
    yield _p(
        "Số chuyến theo tháng: ngày nào có điểm đóng cửa vào giờ ghé thì không chạy."
        if vi
        else "Departures by month: dates on which a place is closed when the route calls are left out."
    )
    alt = "Số chuyến theo tuyến và tháng" if vi else "Departures by route and month"
    yield f"<figure>{charts.figure_html(charts.departure_grid(programme, lang=lang), alt=alt)}</figure>"
    brief = programme.brief
    yield _p(
        f"Khách tại mỗi điểm trong một tuần mùa cao điểm ({brief['people']} khách một chuyến; sức đón thường lệ "
        f"{brief['usual_capacity']} khách một ngày là giả định)."
        if vi
        else f"Visitors by place in a week of the season ({brief['people']} a departure; the usual capacity of "
        f"{brief['usual_capacity']} a day is an assumption)."
    )
    names = {load.site_id: desk.name(load.site_id, lang)[:44] for load in programme.load}
    alt = "Khách theo điểm và thứ trong tuần" if vi else "Visitors by place and weekday"
    yield f"<figure>{charts.figure_html(charts.load_grid(programme, names, lang=lang), alt=alt)}</figure>"
    if len(programme.load) > charts.MOST_PLACES:
        rest = len(programme.load) - charts.MOST_PLACES
        yield _p(
            f"và {rest} điểm nữa, ít khách hơn." if vi else f"and {rest} more places with fewer visitors.",
            soft=True,
        )


def _cover(desk: _Desk, lang: str) -> Iterator[str]:
    vi, programme, table = lang == "vi", desk.programme, desk.gaps
    yield _h2("Độ phủ và khoảng trống" if vi else "Cover and gaps", page=True)
    names = ", ".join(desk.name(site, lang) for site in programme.covered)
    told = f"{len(programme.covered)}/{len(programme.to_cover)}"
    yield _p((f"Được phủ ({told}): " if vi else f"Covered ({told}): ") + (names or "–"))
    if programme.uncovered:
        rows = [
            [u.name_vi if vi else u.name_en, u.detail_vi if vi else u.detail] for u in programme.uncovered
        ]
        yield table_html(["Chưa phủ", "Vì sao"] if vi else ["Not covered", "Why"], rows)
    counts = table["status"].value_counts()
    yield _p(
        f"Trong {len(table)} điểm của các hành lang: {counts.get('on_a_route', 0)} có tuyến ghé, "
        f"{counts.get('in_reach', 0)} trong tầm một ngày mà chưa có tuyến, {counts.get('out_of_reach', 0)} ngoài tầm."
        if vi
        else f"Of the {len(table)} places of the corridors {counts.get('on_a_route', 0)} are on a route, "
        f"{counts.get('in_reach', 0)} are within reach of a day and on none, {counts.get('out_of_reach', 0)} "
        "out of reach."
    )
    blocked = table[table["blocked_by"].map(len) > 0].head(MOST_GAPS)
    words = {
        "point": ("chỉ biết tâm xã", "only its commune's centre is known"),
        "hours": ("giờ mở cửa chưa chắc", "hours unsure"),
    }
    if len(blocked):
        yield table_html(
            ["Dữ kiện còn thiếu (xếp theo giá trị có thể thêm)", "Thiếu gì", "Thêm được"]
            if vi
            else ["Missing facts, by what they would add", "What is missing", "Would add"],
            [
                [
                    desk.name(str(site), lang),
                    ", ".join(words[fact][0 if vi else 1] for fact in row["blocked_by"]),
                    float(row["would_add"]),
                ]
                for site, row in blocked.iterrows()
            ],
        )
    away = table[table["status"] == "out_of_reach"].sort_values("prize", ascending=False).head(MOST_GAPS)
    if len(away):
        yield table_html(
            ["Ngoài tầm một ngày", "Vì sao"] if vi else ["Out of reach of a day", "Why"],
            [
                [desk.name(str(site), lang), row["reason_vi" if vi else "reason"]]
                for site, row in away.iterrows()
            ],
        )


def _money(desk: _Desk, lang: str) -> Iterator[str]:
    vi, cost = lang == "vi", desk.impact.cost
    yield _h2("Chi phí một khách" if vi else "Cost a visitor")
    yield _p(
        "Nghìn đồng: mức giữa (thấp – cao). Gồm xe, hướng dẫn, vé, bữa ăn, một nửa số khách dự trải nghiệm nghề; "
        "không gồm mua sắm. Xe nhỏ nhất chở đủ đoàn."
        if vi
        else "Thousand VND: middle (low – high). Vehicle, guide, fees, meals, half of the visitors in a workshop; "
        "no purchases. The smallest vehicle that holds the group."
    )
    sizes = sorted(set(cost["people"]))
    rows = []
    for card in desk.programme.cards:
        own = cost[cost["route"] == card.key].set_index("people")
        rows.append(
            [card.key, card.name_vi if vi else card.name_en, *(_thousands(own.loc[size]) for size in sizes)]
        )
    people = "khách" if vi else "people"
    yield table_html(["", "Tuyến" if vi else "Route", *(f"{size} {people}" for size in sizes)], rows)


def _thousands(row: pd.Series[Any]) -> str:
    low, mid, high = (number_words(round(float(row[level]) / 1000)) for level in ("low", "mid", "high"))
    return f"{mid} ({low} – {high})"


def _impact(desk: _Desk, lang: str) -> Iterator[str]:
    vi, totals = lang == "vi", desk.impact.totals
    yield _h2("Tác động" if vi else "Impact", page=True)
    yield _p(
        "Một năm; triệu đồng, mức giữa (thấp – cao). Mọi bảng cộng từ cùng một sổ nên tổng theo xã, lĩnh vực và tuyến "
        f"bằng nhau: {_million(totals['spend_mid'])} triệu đồng, {number_words(totals['visitor_hours'])} giờ khách."
        if vi
        else "A year; million VND, middle (low – high). All tables are sums over one ledger, so that commune, field "
        f"and route agree: {_million(totals['spend_mid'])} million VND, {number_words(totals['visitor_hours'])} "
        "visitor-hours."
    )
    operator = "(đơn vị tổ chức)" if vi else "(operators)"
    commune = _by_commune(desk, vi=vi).rename(index={OPERATOR: operator})
    yield _sums_table(commune, "Xã, phường" if vi else "Commune", vi=vi)
    yield _bars(commune.drop(index=operator, errors="ignore"), "local", vi=vi)
    field = desk.impact.by("field").rename(index={key: pair[0 if vi else 1] for key, pair in FIELDS.items()})
    yield _sums_table(field, "Lĩnh vực văn hóa" if vi else "Cultural field", vi=vi)
    yield _bars(field, "hours", vi=vi)
    yield _sums_table(
        desk.impact.by("route").sort_index(key=lambda keys: keys.str[1:].astype(int)),
        "Tuyến" if vi else "Route",
        vi=vi,
    )
    modes = desk.impact.by_mode()
    rows = [
        [
            str(mode),
            *(
                round(float(row[name]))
                for name in ("passenger_km", "kg_co2e_low", "kg_co2e_mid", "kg_co2e_high")
            ),
        ]
        for mode, row in modes.iterrows()
    ]
    yield table_html(
        ["Phương tiện", "khách-km", "kg CO₂e thấp", "giữa", "cao"]
        if vi
        else ["Mode", "passenger-km", "kg CO₂e low", "middle", "high"],
        rows,
    )


def _by_commune(desk: _Desk, *, vi: bool) -> pd.DataFrame:
    """Return the largest communes, and the rest as one line, so that the sum stays whole."""
    table = desk.impact.by("commune")
    if len(table) <= MOST_COMMUNES + 1:
        return table
    shown, rest = table.iloc[:MOST_COMMUNES].copy(), table.iloc[MOST_COMMUNES:]
    shown.loc[f"{len(rest)} xã khác" if vi else f"{len(rest)} other communes"] = rest.sum()
    return shown


def _sums_table(table: pd.DataFrame, first: str, *, vi: bool) -> str:
    head = (
        [first, "Giờ khách", "Chi tiêu", "(thấp – cao)", "Ở lại địa phương", "(thấp – cao)"]
        if vi
        else [first, "Visitor-hours", "Spend", "(low – high)", "Stays local", "(low – high)"]
    )

    def cells(name: str, row: Any) -> list[object]:  # noqa: ANN401 - a row
        return [
            name,
            round(float(row["visitor_hours"])),
            _million(row["spend_mid"]),
            _span(row["spend_low"], row["spend_high"], million=True),
            _million(row["local_mid"]),
            _span(row["local_low"], row["local_high"], million=True),
        ]

    rows = [cells(str(name), row) for name, row in table.iterrows()]
    return table_html(head, [*rows, cells("Tổng" if vi else "Total", table.sum())])


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


def _method(desk: _Desk, *, vi: bool) -> Iterator[str]:
    programme, bounds = desk.programme, desk.programme.bounds
    yield _h2("Phương pháp, giới hạn và nguồn" if vi else "Method, limits and sources", page=True)
    yield from map(_p, _method_words(programme, vi=vi))
    yield _p(f"{programme.attribution}. routeplanner {programme.version}.", soft=True)
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
    yield table_html(["Giá trị và cận" if vi else "Value and bounds", ""], rows)
    head = (
        ["Tham số", "Thấp", "Giữa", "Cao", "Đơn vị", "Năm", "Căn cứ"]
        if vi
        else ["Parameter", "Low", "Middle", "High", "Unit", "Year", "Basis"]
    )
    basis = {"judgement": ("nhận định", "judgement"), "sourced": ("có nguồn", "sourced")}
    used = desk.impact.parameters
    yield table_html(
        head,
        [
            [
                str(key),
                *(_figure(float(row[level])) for level in ("low", "mid", "high")),
                _unit(str(row["unit"]), vi=vi),
                row["year"],
                HTML(_basis(row, basis, vi=vi)),
            ]
            for key, row in used.iterrows()
        ],
    )


_MODES = {
    "coach": ("xe khách", "coach"),
    "car": ("ô tô", "car"),
    "motorbike": ("xe máy", "motorbike"),
    "bicycle": ("xe đạp", "bicycle"),
    "foot": ("đi bộ", "on foot"),
    "boat": ("thuyền", "boat"),
    "ferry": ("phà", "ferry"),
    "rail": ("tàu hỏa", "rail"),
    "air": ("máy bay", "air"),
}
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


def _figure(value: float) -> str:
    return f"{value:.5g}" if value < 1000 else number_words(value)


def _basis(row: pd.Series[Any], names: Mapping[str, tuple[str, str]], *, vi: bool) -> str:
    """Return the basis of a parameter with links to its sources."""
    word = names.get(str(row["basis"]), (str(row["basis"]),) * 2)[0 if vi else 1]
    links = [url for url in map(safe_url, str(row["source"]).split()) if url]
    shown = " ".join(
        f'<a href="{escape_for_leaflet(url)}">{escape_for_leaflet(url.split("//")[-1].split("/")[0])}</a>'
        for url in links
    )
    return f"{escape_for_leaflet(word)} {shown}"


def _method_words(programme: Programme, *, vi: bool) -> list[str]:
    brief = programme.brief
    if vi:
        return [
            (
                f"Mỗi tuyến là một hành trình đủ giờ giấc: giờ mở cửa, lịch âm, bữa trưa, cầu phà; mốc giờ tính "
                "cho ngày "
                f"{programme.routes[0].days[0].date}. Các tuyến được chọn cùng nhau: trước hết phủ nhiều làng "
                "nhất, rồi đến chủ "
                "đề, rồi tổng giá trị lớn nhất (quy hoạch nguyên, HiGHS; tìm tuyến bằng sinh cột)."
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
            f"{programme.routes[0].days[0].date}. Routes are chosen together: first the most villages covered, "
            "then themes, "
            "then the greatest sum of prizes (an integer programme, HiGHS; routes by column generation)."
        ),
        (
            f"Rules: at most {brief['routes_per_site']} routes at a place, at most {brief['shared_sites']} "
            "places shared by two "
            "routes, no place above its capacity on any day."
        ),
        (
            "Limits: prizes, lengths of visits and capacities are judgements; many opening hours are not "
            "confirmed; over half of "
            "the roads outside the inner city are estimates. Low and high take all parameters low, or high, "
            "together: the widest "
            "interval."
        ),
    ]
