"""Faults as the one who typed options reads them: the rules of a request speak of its fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["as_typed"]

_OPTIONS = {
    "capacity_a_day": "capacity",
    "corridors": "corridor",
    "day_spans": "day-span",
    "departures_a_week": "departures",
    "first_day": "date",
    "forbidden": "forbid",
    "lock_days": "lock-day",
    "themes": "theme",
    "time_limit_s": "time-limit",
    "villages": "village",
    "water_level_m": "water-level",
}
"""Fields whose option has another name than theirs."""

_QUOTED = re.compile(r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_HEAD = re.compile(r"^([a-z_]+)(?:\[('[^']*'|\w+)\])?(?=: | '| \()")
_FIELD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_WORD = re.compile(r"(?<![\w./=-])[a-z]+(?:_[a-z]+)*(?![\w-]|[./=]\w)")


def as_typed(fault: str, options: Collection[str], lang: str) -> str:
    """Return a fault with the options of a command in the place of a request's fields; quoted words remain.

    Parameters
    ----------
    fault
        A sentence in either language.
    options
        Long options of the command, with their dashes.
    lang
        In Vietnamese every field is told from the words around it; in English, at the head or by an underscore.

    Examples
    --------
    >>> as_typed("day_end: 09:00 is not after day_start 10:00", ["--day-start", "--day-end"], "en")
    '--day-end: 09:00 is not after --day-start 10:00'
    >>> as_typed("themes['silk']: weight 2 is out of range", ["--theme"], "en")
    '--theme silk: weight 2 is out of range'
    >>> as_typed("hãy tăng days, và đặt đuôi .html", ["--days", "--html"], "vi")
    'hãy tăng --days, và đặt đuôi .html'
    >>> as_typed("hãy tăng days, và đặt đuôi .html", ["--days", "--html"], "vi")
    'hãy tăng --days, và đặt đuôi .html'
    """

    def option(name: str) -> str | None:
        found = "--" + _OPTIONS.get(name, name.replace("_", "-"))
        return found if found in options else None

    def head(found: re.Match[str]) -> str:
        key = "" if found[2] is None else f" {found[2].strip(chr(39))}"
        return f"{option(found[1])}{key}" if option(found[1]) else found[0]

    def word(found: re.Match[str]) -> str:
        return option(found[0]) or found[0]

    parts = _QUOTED.split(_HEAD.sub(head, fault))
    pattern = _WORD if lang == "vi" else _FIELD
    return "".join(part if index % 2 else pattern.sub(word, part) for index, part in enumerate(parts))
