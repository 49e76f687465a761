"""Two catalogues of the same places: what differs, and how they become one without losing a word."""

from __future__ import annotations

import difflib
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from routeplanner._given import refuse_others
from routeplanner._text import fold
from routeplanner.errors import Fault, RequestError
from routeplanner.sites.model import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

__all__ = ["Conflict", "Difference", "Merged", "diff_sites", "match_sites", "merge_sites"]

_MOVED_M = 1.0
_METRES_A_DEGREE = 111_195.0
_ALIKE = 0.82  # of difflib: „Làng gốm Bát Tràng" and „Bát Tràng", not „Chùa Đậu" and „Chùa Dâu"
_KIND_WORDS = frozenset(
    [
        "lang",
        "nghe",
        "truyen",
        "thong",
        "co",
        "khu",
        "du",
        "lich",
        "di",
        "tich",
        "diem",
        "tham",
        "quan",
        "xa",
        "phuong",
    ]
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two catalogues.

    Parameters
    ----------
    site_id
        Of which site.
    field
        Name of the field; ``geometry`` for the point, ``site`` where the whole site was added or removed.
    before, after
        Values; None where there is none. Points are [lon, lat].
    """

    site_id: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field in which two catalogues disagree: both values, and which one was taken.

    Parameters
    ----------
    site_id, other_id
        The site in the first and in the second catalogue.
    field
        Name of the field, or ``geometry``.
    mine, theirs
        Both values.
    taken
        ``mine`` or ``theirs``.
    distance_m
        Between the two points.
    """

    site_id: str
    other_id: str
    field: str
    mine: Any
    theirs: Any
    taken: str
    distance_m: int


@dataclass(frozen=True, slots=True)
class Merged:
    """One catalogue of two, with an account of everything that was done.

    Parameters
    ----------
    sites
        The catalogue.
    added
        Identifiers of sites that only the second one had.
    filled
        Fields that were empty in the first one and were taken from the second.
    conflicts
        Fields in which both have a value, and not the same.
    matched
        Identifier in the first by identifier in the second, where they differ: matched by name and distance.
    """

    sites: gpd.GeoDataFrame
    added: tuple[str, ...]
    filled: tuple[Difference, ...]
    conflicts: tuple[Conflict, ...]
    matched: dict[str, str]


def diff_sites(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> list[Difference]:
    """Return what differs between two catalogues, by identifier.

    Parameters
    ----------
    before, after
        Catalogues as `load_sites` gives them.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> before = load_sites()
    >>> after = before.drop(index="bat-trang")
    >>> [(found.site_id, found.field) for found in diff_sites(before, after)]
    [('bat-trang', 'site')]
    """
    refuse_others("diff_sites", kinds={"before": "sites", "after": "sites"}, before=before, after=after)
    mine, theirs = _records(before), _records(after)
    found = []
    for site_id in sorted({*mine, *theirs}):
        if site_id not in mine:
            found.append(Difference(site_id, "site", None, theirs[site_id]["name_vi"]))
        elif site_id not in theirs:
            found.append(Difference(site_id, "site", mine[site_id]["name_vi"], None))
        else:
            found.extend(
                Difference(site_id, field, a, b) for field, a, b in _unequal(mine[site_id], theirs[site_id])
            )
    return found


def match_sites(mine: gpd.GeoDataFrame, theirs: gpd.GeoDataFrame, *, within_m: float = 500) -> dict[str, str]:
    """Return which site of `mine` each site of `theirs` is: by identifier, or by name and distance.

    A pair is matched by name where both are of one kind, nearer than `within_m`, alike in name (without diacritics
    and words as „làng nghề"), and each is the other's best.

    Parameters
    ----------
    mine, theirs
        Catalogues as `load_sites` gives them.
    within_m
        Largest distance of two points of one place, in metres.

    Raises
    ------
    RequestError
        When `within_m` is no length.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> sites = load_sites().loc[["bat-trang"]]
    >>> match_sites(sites, sites.rename(index={"bat-trang": "gom-bat-trang"}))
    {'gom-bat-trang': 'bat-trang'}
    """
    refuse_others("match_sites", mine=mine, theirs=theirs)
    _refuse_options("match_sites", within_m, "mine")
    found = {site_id: site_id for site_id in theirs.index if site_id in mine.index}
    a, b = _records(mine), _records(theirs)
    free = [site_id for site_id in a if site_id not in found]
    cells = defaultdict(list)
    for site_id in free:
        cells[_cell(a[site_id]["geometry"], within_m)].append(site_id)
    best: dict[str, tuple[float, str]] = {}
    chosen: dict[str, tuple[float, str]] = {}
    for other_id, other in b.items():
        if other_id in found:
            continue
        x, y = _cell(other["geometry"], within_m)
        near = [s for dx in (-1, 0, 1) for dy in (-1, 0, 1) for s in cells.get((x + dx, y + dy), ())]
        for site_id in near:
            score = _likeness(a[site_id], other, within_m)
            if score > best.get(other_id, (0.0, ""))[0]:
                best[other_id] = (score, site_id)
            if score > chosen.get(site_id, (0.0, ""))[0]:
                chosen[site_id] = (score, other_id)
    found.update({other: site for other, (_, site) in best.items() if chosen[site][1] == other})
    return found


def _refuse_options(subject: str, within_m: object, take: object) -> None:
    faults = []
    if isinstance(within_m, bool) or not isinstance(within_m, int | float) or not 0 < within_m < math.inf:
        faults.append(
            Fault(
                f"within_m: {within_m!r} is not a number above 0",
                f"within_m: {within_m!r} không phải số lớn hơn 0",
            )
        )
    if take not in ("mine", "theirs"):
        faults.append(
            Fault(
                f"take: {take!r} is not known; write 'mine' or 'theirs'",
                f"take: không có {take!r}; hãy ghi 'mine' hoặc 'theirs'",
            )
        )
    if faults:
        raise RequestError(faults, subject=subject)


def _cell(point: list[float], within_m: float) -> tuple[int, int]:
    size = (
        within_m / _METRES_A_DEGREE * 1.1
    )  # a degree of longitude is shorter: 0.92 of one of latitude at 23° N
    return math.floor(point[0] / size), math.floor(point[1] / size)


def _likeness(a: Mapping[str, Any], b: Mapping[str, Any], within_m: float) -> float:
    """Return how alike two sites are in name, 0 where they cannot be one place."""
    if a["kind"] != b["kind"] or _metres(a["geometry"], b["geometry"]) > within_m:
        return 0.0
    scores = [
        difflib.SequenceMatcher(None, _bare(a[name]), _bare(b[name])).ratio()
        for name in ("name_vi", "name_en")
    ]
    return max(scores) if max(scores) >= _ALIKE else 0.0


def _bare(name: str) -> str:
    words = [word for word in fold(name).split() if word not in _KIND_WORDS]
    return " ".join(words) or fold(name)


def _metres(a: list[float], b: list[float]) -> float:
    x = (a[0] - b[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(x, a[1] - b[1]) * _METRES_A_DEGREE


def merge_sites(
    mine: gpd.GeoDataFrame,
    theirs: gpd.GeoDataFrame,
    *,
    within_m: float = 500,
    take: Literal["mine", "theirs"] = "mine",
) -> Merged:
    """Make one catalogue of two; nothing is overwritten without being named.

    Sites are matched by `match_sites`. What the first lacks is filled from the second; lists of sources are joined;
    where both have a value and not the same, the first one's stays (or the second's, with ``take="theirs"``) and the
    conflict is reported. Sites that match none are added.

    Parameters
    ----------
    mine, theirs
        Catalogues as `load_sites` gives them.
    within_m
        As for `match_sites`.
    take
        Whose value stays in a conflict.

    Raises
    ------
    RequestError
        When `within_m` is no length, or `take` neither word.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> mine = load_sites().loc[["bat-trang"]]
    >>> theirs = mine.copy()
    >>> theirs["visit_min"] = 75
    >>> merged = merge_sites(mine, theirs)
    >>> [(found.site_id, found.mine, found.theirs, found.taken) for found in merged.conflicts]
    [('bat-trang', 120, 75, 'mine')]
    """
    refuse_others("merge_sites", mine=mine, theirs=theirs)
    _refuse_options("merge_sites", within_m, take)
    from routeplanner.sites.records import Record, frame_of

    match = match_sites(mine, theirs, within_m=within_m)
    result, others = _records(mine), _records(theirs)
    filled: list[Difference] = []
    conflicts: list[Conflict] = []
    added = []
    for other_id, other in others.items():
        if other_id not in match:
            added.append(other_id)
            result[other_id] = other
            continue
        site = result[match[other_id]]
        away = round(_metres(site["geometry"], other["geometry"]))
        for field, a, b in list(_unequal(site, other)):
            if _is_empty(a):
                filled.append(Difference(match[other_id], field, a, b))
                site[field] = b
            elif field == "sources":
                site[field] = [*a, *(item for item in b if item not in a)]
            elif not _is_empty(b):
                conflicts.append(Conflict(match[other_id], other_id, field, a, b, take, away))
                site[field] = b if take == "theirs" else a
    rows = [
        Record(
            site_id, site_id, site["geometry"], "Point", {k: v for k, v in site.items() if k != "geometry"}
        )
        for site_id, site in result.items()
    ]
    renamed = {other: site for other, site in match.items() if other != site}
    return Merged(frame_of(rows).sort_index(), tuple(added), tuple(filled), tuple(conflicts), renamed)


def _records(sites: gpd.GeoDataFrame) -> dict[str, dict[str, Any]]:
    """Return plain fields and points [lon, lat] by identifier."""
    from routeplanner.sites.catalog import to_geojson

    return {
        feature["properties"]["site_id"]: {
            **{key: value for key, value in feature["properties"].items() if key != "site_id"},
            "geometry": list(feature["geometry"]["coordinates"]),
        }
        for feature in to_geojson(sites)["features"]
    }


def _unequal(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    if _metres(a["geometry"], b["geometry"]) > _MOVED_M:
        yield "geometry", a["geometry"], b["geometry"]
    own = dict.fromkeys(key for key in (*a, *b) if key not in FIELD_NAMES and key != "geometry")
    for field in (*FIELD_NAMES, *own):
        x, y = a.get(field), b.get(field)
        if x != y and not (_is_empty(x) and _is_empty(y)):
            yield field, x, y


def _is_empty(value: Any) -> bool:  # noqa: ANN401
    return value is None or value in ([], {}) or value == ""
