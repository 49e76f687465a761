"""Tables as HTML: every text goes through the one escaping function."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from routeplanner._escape import HTML, escape_for_leaflet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

_FIGURES = re.compile(r"[\d\s.,–()%e+-]*\d[\d\s.,–()%]*")
"""A text that is a figure or a span of figures: it stands right as well."""

__all__ = ["frame_html", "number_words", "table_html"]


def table_html(
    head: Sequence[object], rows: Iterable[Sequence[object]], *, caption: str = "", lang: str = "en"
) -> HTML:
    """Return a table; numbers are set right, with a decimal comma in Vietnamese.

    Examples
    --------
    >>> table_html(["a"], [["<b>"]])
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>&#60;b&#62;</td></tr></tbody></table>'
    """
    told = f"<caption>{escape_for_leaflet(caption)}</caption>" if caption else ""
    cells = [[_cell(cell, lang) for cell in row] for row in rows]
    right = [_is_right(own) for own in zip(*cells, strict=False)]
    right += [False] * (len(head) - len(right))
    top = "".join(
        f'<th scope="col"{" class=n" * is_right}>{escape_for_leaflet(cell)}</th>'
        for cell, is_right in zip(head, right, strict=False)
    )
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return HTML(f"<table>{told}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>")


def _is_right(cells: Sequence[str]) -> bool:
    """Whether a column holds figures alone, empty cells aside."""
    told = [cell for cell in cells if cell != "<td></td>"]
    return bool(told) and all('class="n"' in cell for cell in told)


def _cell(value: object, lang: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td class="n">{escape_for_leaflet(number_words(value, lang))}</td>'
    if isinstance(value, str) and _FIGURES.fullmatch(value):
        return f'<td class="n">{escape_for_leaflet(value)}</td>'
    return f"<td>{escape_for_leaflet('–' if value is None else value)}</td>"


def number_words(value: float, lang: str = "en") -> str:
    """Return a number as people read it: 1,234.5 in English; thin spaces and a decimal comma in Vietnamese.

    Examples
    --------
    >>> number_words(1234567), number_words(12.34), number_words(1234567, "vi"), number_words(12.34, "vi")
    ('1,234,567', '12.3', '1\u202f234\u202f567', '12,3')
    """
    if math.isnan(value):
        return "–"
    whole = float(value).is_integer() or abs(value) >= 1000
    if whole:
        return f"{value:,.0f}".replace(",", "\u202f" if lang == "vi" else ",")
    return f"{value:.1f}".replace(".", "," if lang == "vi" else ".")


def frame_html(frame: pd.DataFrame) -> HTML:
    """Return a table of pandas, its index first."""
    head = [frame.index.name or "", *frame.columns]
    rows = [
        [index, *(_plain(cell) for cell in row)]
        for index, row in zip(frame.index, frame.to_numpy(object), strict=True)
    ]
    return table_html(head, rows)


def _plain(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
