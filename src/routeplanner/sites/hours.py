"""When a site is open on a date."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["hours_fault"]


@lru_cache(maxsize=4096)
def hours_fault(text: str) -> str | None:
    """Return what is wrong with opening hours, or None.

    Examples
    --------
    >>> hours_fault("Mo-Su 08:00-17:00") is None
    True
    """
    from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

    try:
        OpeningHours(text)
    except ParserError:
        return "does not parse"
    return None
