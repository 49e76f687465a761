"""The health of a catalogue for people: a page with tables and a map, and the same as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeplanner._escape import HTML, escape_for_leaflet
from routeplanner._given import refuse_others
from routeplanner.sites.provenance import CERTAINTY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd

    from routeplanner.sites.health import GroupHealth, Health

__all__ = ["health_to_html", "health_to_svg", "health_to_text"]

_BOX = (105.25, 20.2, 106.55, 21.42)  # Hà Nội and the delta along the river
_WIDTH, _HEIGHT = 720, 720
_WORDS = {
    "title": ("Tình trạng danh mục", "Health of the catalogue"),
    "sites": ("điểm", "sites"),
    "on": ("ngày", "on"),
    "precision": ("Độ chính xác của tọa độ", "Precision of the points"),
    "site": ("trong 150 m", "within 150 m"),
    "village": ("trong 1 km", "within 1 km"),
    "commune": ("tâm xã", "commune's centre"),
    "unknown": ("chưa biết", "not known"),
    "fields": ("Từng trường", "By field"),
    "field": ("Trường", "Field"),
    "known": ("Đã biết", "Known"),
    "own": ("Có nguồn riêng", "Own source"),
    "seen": ("Xem lần cuối", "Last seen"),
    "corridors": ("Theo tuyến", "By corridor"),
    "districts": ("Theo quận, huyện (trước 7/2025)", "By district (before July 2025)"),
    "group": ("Nhóm", "Group"),
    "complete": ("Đầy đủ", "Complete"),
    "sources": ("Nguồn mỗi điểm", "Sources a record"),
    "none": ("(không thuộc tuyến)", "(no corridor)"),
    "map": (
        "Bản đồ: chấm đặc trong 150 m, vòng trong 1 km, chữ thập tâm xã",
        "Map: dots within 150 m, rings within 1 km, crosses a commune's centre",
    ),
    "without": ("Không có nguồn", "Without a source"),
    "shared": ("Nhiều điểm trên một tọa độ", "Several places on one point"),
    "vague": ("Điểm quan trọng (4–5) chỉ biết tới xã", "Important places (4–5) known only to their commune"),
    "age": (
        "Tuổi trung vị của các nguồn riêng (ngày)",
        "Median age of the sources that fields name themselves (days)",
    ),
    "nothing": ("không có", "none"),
}
_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;color:#222;background:#fff;margin:0}"
    "main{max-width:980px;margin:0 auto;padding:16px}"
    "h1{font-size:1.5em;margin:.2em 0}h2{font-size:1.1em;margin:1.6em 0 .4em}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:right;padding:3px 8px;border-bottom:1px solid #ddd;font-variant-numeric:tabular-nums}"
    "th:first-child,td:first-child{text-align:left}thead th{border-bottom:2px solid #555;vertical-align:bottom}"
    ".bar{display:inline-block;height:.7em;background:#1b6f72;vertical-align:middle;margin-right:.4em}.scroll{overflow-x:auto}"
    "svg{width:100%;height:auto;border:1px solid #ccc}li{margin:.15em 0}p.note{color:#444}"
    "@media print{main{max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}"
)


def _word(key: str, lang: str) -> str:
    return _WORDS[key][0 if lang == "vi" else 1]


def health_to_text(health: Health, *, lang: str = "en") -> str:
    """Return the health of a catalogue as tables in text.

    Parameters
    ----------
    health
        As `catalogue_health` gives it.
    lang
        ``vi`` or ``en``.

    Examples
    --------
    >>> import routeplanner as rp
    >>> health_to_text(rp.catalogue_health(rp.load_sites())).startswith("Health of the catalogue: ")
    True
    """
    refuse_others("health_to_text", health=health, lang=lang)
    lines = [
        f"{_word('title', lang)}: {health.sites} {_word('sites', lang)}, {_word('on', lang)} {health.day:%d/%m/%Y}"
    ]
    lines += [f"  {_word(key, lang):<18}{count:>6}" for key, count in health.precision.items()]
    head = [
        _word("field", lang),
        _word("known", lang),
        *(CERTAINTY_NAMES[c][lang == "en"] for c in CERTAINTY_NAMES if c != "unknown"),
    ]
    rows = [
        [
            one.field,
            f"{one.known}",
            *(f"{one.certainty[c]}" for c in CERTAINTY_NAMES if c != "unknown"),
            f"{one.own_source}",
            one.newest or "",
        ]
        for one in health.fields
    ]
    lines += ["", *_columns([*head, _word("own", lang), _word("seen", lang)], rows)]
    for key, groups in (("corridors", health.corridors), ("districts", health.districts)):
        head = [
            _word(key, lang),
            _word("sites", lang),
            *(_word(p, lang) for p in ("site", "village", "commune")),
            _word("complete", lang),
            _word("sources", lang),
        ]
        lines += ["", *_columns(head, [_group_cells(group, lang) for group in groups])]
    lines.append("")
    lines += [
        f"{title}: {', '.join(found) or _word('nothing', lang)}" for title, found in _findings(health, lang)
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]


def _group_cells(group: GroupHealth, lang: str) -> list[str]:
    counts = [f"{group.precision.get(key, 0)}" for key in ("site", "village", "commune")]
    return [
        group.key or _word("none", lang),
        f"{group.sites}",
        *counts,
        f"{group.completeness:.0%}",
        f"{group.sources:.1f}",
    ]


def _findings(health: Health, lang: str) -> list[tuple[str, list[str]]]:
    age = [] if health.median_age_days is None else [str(health.median_age_days)]
    return [
        (_word("age", lang), age),
        (_word("without", lang), list(health.without_source)),
        (_word("vague", lang), list(health.vague_headlines)),
        (_word("shared", lang), [" = ".join(group) for group in health.on_one_point]),
    ]


def health_to_html(health: Health, sites: gpd.GeoDataFrame, *, lang: str = "vi") -> str:
    """Return the health of a catalogue as one page: findings, map, tables; it needs no network and prints.

    Parameters
    ----------
    health
        As `catalogue_health` gives it.
    sites
        The same catalogue, for the map.
    lang
        ``vi`` or ``en``.

    Examples
    --------
    >>> import routeplanner as rp
    >>> sites = rp.load_sites()
    >>> "<svg" in health_to_html(rp.catalogue_health(sites), sites)
    True
    """
    refuse_others("health_to_html", health=health, sites=sites, lang=lang)
    title = escape_for_leaflet(_word("title", lang))
    lead = f"{health.sites} {_word('sites', lang)}, {_word('on', lang)} {health.day:%d/%m/%Y}"
    parts = [
        f"<p>{escape_for_leaflet(lead)}</p>",
        _section(
            _word("precision", lang),
            [
                f"<p class='note'>{escape_for_leaflet(_word('map', lang))}</p>",
                health_to_svg(sites, lang=lang),
                _precision_table(health, lang),
            ],
        ),
        *(_section(text, [_list(found, lang)]) for text, found in _findings(health, lang)),
        _section(_word("corridors", lang), [_group_table(health.corridors, lang)]),
        _section(_word("fields", lang), [_field_table(health, lang)]),
        _section(_word("districts", lang), [_group_table(health.districts, lang)]),
    ]
    return (
        f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>{''.join(parts)}</main></body></html>\n"
    )


def _section(title: str, body: Iterable[str]) -> str:
    return f"<section><h2>{escape_for_leaflet(title)}</h2>{''.join(body)}</section>"


def _list(found: list[str], lang: str) -> str:
    return f"<ul>{''.join(f'<li>{escape_for_leaflet(item)}</li>' for item in found or [_word('nothing', lang)])}</ul>"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    top = "".join(f"<th scope='col'>{escape_for_leaflet(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape_for_leaflet(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<div class='scroll' tabindex='0'><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def _bar(share: float) -> HTML:
    return HTML(f"<span class='bar' style='width:{share * 5:.2f}em'></span>{share:.0%}")


def _precision_table(health: Health, lang: str) -> str:
    rows = [
        (_word(key, lang), count, _bar(count / max(health.sites, 1)))
        for key, count in health.precision.items()
    ]
    return _table([_word("precision", lang), _word("sites", lang), "%"], rows)


def _field_table(health: Health, lang: str) -> str:
    sure = [word for word in CERTAINTY_NAMES if word != "unknown"]
    head = [
        _word("field", lang),
        _word("known", lang),
        "%",
        *(CERTAINTY_NAMES[word][lang == "en"] for word in sure),
        _word("own", lang),
        _word("seen", lang),
    ]
    rows = [
        (
            one.field,
            one.known,
            _bar(one.known / max(health.sites, 1)),
            *(one.certainty[word] for word in sure),
            one.own_source,
            one.newest or "",
        )
        for one in health.fields
    ]
    return _table(head, rows)


def _group_table(groups: Sequence[GroupHealth], lang: str) -> str:
    head = [
        _word("group", lang),
        _word("sites", lang),
        *(_word(p, lang) for p in ("site", "village", "commune")),
        _word("complete", lang),
        _word("sources", lang),
    ]
    rows = []
    for group in groups:
        cells: list[object] = list(_group_cells(group, lang))
        cells[-2] = _bar(group.completeness)
        rows.append(cells)
    return _table(head, rows)


def health_to_svg(sites: gpd.GeoDataFrame, *, lang: str = "vi") -> str:
    """Return a map of the catalogue's precision as SVG: dots, rings and crosses, readable in black and white.

    Places outside of the delta's frame (105.25–106.55° E, 20.2–21.42° N) are left out.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    lang
        Language of the names: ``vi`` or ``en``.

    Raises
    ------
    RequestError
        When `lang` is neither of the two.

    Examples
    --------
    >>> import routeplanner as rp
    >>> health_to_svg(rp.load_sites().loc[["bat-trang"]]).count("<circle")
    1
    """
    refuse_others("health_to_svg", sites=sites, lang=lang)
    from routeplanner.network import load_river

    marks = [
        _mark(point.x, point.y, row.coord_precision, str(row.name_vi if lang == "vi" else row.name_en))
        for point, row in zip(sites.geometry, sites.itertuples(), strict=True)
        if _BOX[0] <= point.x <= _BOX[2] and _BOX[1] <= point.y <= _BOX[3]
    ]
    lines = [[_xy(float(lon), float(lat)) for lon, lat in stream.lonlat] for stream in load_river().streams]
    points = [" ".join(f"{x:.1f},{y:.1f}" for x, y in line) for line in lines]
    water = "".join(
        f"<polyline points='{path}' fill='none' stroke='#9db8cc' stroke-width='4'/>" for path in points
    )
    return (
        f"<svg viewBox='0 0 {_WIDTH} {_HEIGHT}' role='img' aria-label='{escape_for_leaflet(_word('map', lang))}'>"
        f"{water}{''.join(marks)}</svg>"
    )


def _xy(lon: float, lat: float) -> tuple[float, float]:
    x = (lon - _BOX[0]) / (_BOX[2] - _BOX[0]) * _WIDTH
    return x, (_BOX[3] - lat) / (_BOX[3] - _BOX[1]) * _HEIGHT


def _mark(lon: float, lat: float, precision: str | None, name: str) -> str:
    x, y = _xy(lon, lat)
    title = f"<title>{escape_for_leaflet(name)}</title>"
    if precision == "site":
        return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='#123f41'>{title}</circle>"
    if precision == "village":
        return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3.4' fill='#fff' stroke='#1b6f72'>{title}</circle>"
    d = f"M{x - 3.5:.1f} {y - 3.5:.1f}l7 7m0 -7l-7 7"
    return f"<path d='{d}' stroke='#b3441e' stroke-width='1.8' fill='none'>{title}</path>"
