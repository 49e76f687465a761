"""Old and new names of communes and wards: before and since the reform of July 2025, which ended the districts."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from routeplanner._files import read_text
from routeplanner._given import refuse_others
from routeplanner._resources import data_path
from routeplanner._text import did_you_mean, fold, nfc
from routeplanner.errors import RequestError

__all__ = ["CommuneChange", "communes_before_2025", "communes_since_2025"]

COMMUNES_FILE = "communes.csv"
_RANK = re.compile(
    r"^(xã|phường|thị trấn|đặc khu|quận|huyện|thị xã|thành phố|tỉnh|tp\.|q\.|h\.|p\.|x\.|tt\.)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CommuneChange:
    """What became of a commune or ward in July 2025.

    Parameters
    ----------
    province_2024, district_2024, commune_2024
        The old names; the commune with its rank (``Xã Duyên Thái``).
    province_2025, commune_2025
        The new names; there are no districts any more.
    share
        ``all`` where the whole old commune went there; ``main`` and ``part`` where it was divided.

    Examples
    --------
    >>> change = communes_since_2025("Duyên Thái", district="Thường Tín")[0]
    >>> change.commune_2024, change.commune_2025, change.share
    ('Xã Duyên Thái', 'Xã Hồng Vân', 'main')
    """

    province_2024: str
    district_2024: str
    commune_2024: str
    province_2025: str
    commune_2025: str
    share: str


def communes_since_2025(
    commune: str, *, district: str | None = None, province: str | None = None
) -> list[CommuneChange]:
    """Return what became of an old commune or ward, the largest part first.

    Parameters
    ----------
    commune
        Its name before July 2025, with or without rank and diacritics.
    district, province
        Narrow it down, where several have the name.

    Raises
    ------
    RequestError
        When none of the 16 old provinces in the table has such a commune; with the nearest names.

    Examples
    --------
    >>> [change.commune_2025 for change in communes_since_2025("Duyên Thái", district="Thường Tín")]
    ['Xã Hồng Vân', 'Xã Nam Phù', 'Xã Ngọc Hồi']
    """
    refuse_others("communes_since_2025", commune=commune)
    return _found(commune, "commune_2024", {"district_2024": district, "province_2024": province})


def communes_before_2025(commune: str, *, province: str | None = None) -> list[CommuneChange]:
    """Return the old communes and wards of which a new one was made.

    Parameters
    ----------
    commune
        Its name since July 2025, with or without rank and diacritics.
    province
        Its province since July 2025, where several have the name.

    Raises
    ------
    RequestError
        When the table has no such commune; with the nearest names.

    Examples
    --------
    >>> {change.district_2024 for change in communes_before_2025("Phường Sơn Tây", province="Hà Nội")}
    {'Sơn Tây'}
    """
    refuse_others("communes_before_2025", commune=commune)
    return _found(commune, "commune_2025", {"province_2025": province})


def _found(name: str, column: str, where: dict[str, str | None]) -> list[CommuneChange]:
    table = _table()
    near = [
        change
        for change in table
        if all(word is None or _is_called(getattr(change, key), word) for key, word in where.items())
    ]
    found = [change for change in near if _is_called(getattr(change, column), name)]
    if not found:
        raise RequestError([_unknown(name, column, where, near or list(table))], subject="commune")
    order = {"all": 0, "main": 1, "part": 2}
    return sorted(found, key=lambda change: (change.province_2024, change.district_2024, order[change.share]))


def _is_called(full: str, word: str) -> bool:
    """Whether a name of the table is meant by `word`, which may lack rank and diacritics (Phương is no Phường)."""
    return not _spellings(full).isdisjoint(_spellings(nfc(word)))


@lru_cache(maxsize=16_384)
def _spellings(name: str) -> frozenset[str]:
    return frozenset({fold(name), fold(_bare(name))})


def _bare(name: str) -> str:
    return _RANK.sub("", name) or name


def _unknown(name: str, column: str, where: dict[str, str | None], near: list[CommuneChange]) -> str:
    given = [f"{key[:-5]} {word!r}" for key, word in where.items() if word]
    hint = did_you_mean(name, [_bare(getattr(change, column)) for change in near])
    provinces = ", ".join(sorted({change.province_2024 for change in _table()}))
    where_text = f" in {', '.join(given)}" if given else ""
    return f"no commune is called {name!r}{where_text}{hint or f'; known are those of {provinces}'}"


@cache
def _table() -> tuple[CommuneChange, ...]:
    rows = csv.DictReader(read_text(data_path("sites", COMMUNES_FILE)).splitlines())
    return tuple(CommuneChange(**{**row, "share": row["share"] or "all"}) for row in rows)
