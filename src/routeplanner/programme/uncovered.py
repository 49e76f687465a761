"""Why a place that should be shown is on no route: reasons with figures that can be verified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from routeplanner.planning.problem import UNREACHABLE
from routeplanner.programme.model import Uncovered
from routeplanner.programme.words import counted

if TYPE_CHECKING:
    import geopandas as gpd

    from routeplanner.programme.master import Rules
    from routeplanner.programme.pool import Pool, Route

__all__ = ["explain_uncovered"]

MOST_SWAPS = 4
"""For so many places the programme that holds them is worked out; for the others the best route is named."""

Swap = Callable[[str], "tuple[int, float] | None"]


def explain_uncovered(
    missing: Sequence[str],
    pool: Pool,
    rules: Rules,
    sites: gpd.GeoDataFrame,
    *,
    value: float,
    cover: int,
    seed: int,
    swap: Swap,
) -> tuple[Uncovered, ...]:
    """Return each missing place with its reason.

    Parameters
    ----------
    missing
        Ids of the places.
    pool, rules, sites
        What was tried under which rules, and the catalogue.
    value, cover
        Worth and cover of the programme.
    seed
        For the record.
    swap
        Gives cover and worth of the best programme of the pool that holds a place.
    """
    del seed
    made, swaps = [], 0
    for site in missing:
        told = _never(site, pool, sites) or _too_far(site, pool, rules)
        if told is None:
            other = swap(site) if swaps < MOST_SWAPS else None
            swaps += 1
            told = _no_room(site, pool, rules, value=value, cover=cover, other=other)
        reason, detail, detail_vi = told
        row = sites.loc[site]
        made.append(
            Uncovered(
                site_id=site,
                name_vi=row["name_vi"],
                name_en=row["name_en"] or row["name_vi"],
                reason=reason,
                detail=detail,
                detail_vi=detail_vi,
            )
        )
    return tuple(made)


def _never(site: str, pool: Pool, sites: gpd.GeoDataFrame) -> tuple[str, str, str] | None:
    """Return the reason of a place that no kind of route has as a candidate."""
    skipped = pool.closed_out.get(site)
    if skipped is not None:
        return skipped.reason, skipped.detail, skipped.detail_vi
    showing = set(pool.wholes.shown_by(site))
    if any(not showing.isdisjoint(template.sites) for template in pool.templates):
        return None
    corridors = ", ".join(sites.at[site, "corridors"])
    return (
        "unreachable",
        f"It lies in none of the programme's corridors (its own: {corridors}).",
        f"Nằm ngoài các hành lang của chương trình (hành lang của điểm này: {corridors}).",
    )


def _too_far(site: str, pool: Pool, rules: Rules) -> tuple[str, str, str] | None:
    """Return the reason of a place that no route of the pool holds, though each was sought for it."""
    if rules.most_at.get(pool.wholes.place(site), 1) == 0 or rules.most_at.get(site, 1) == 0:
        return (
            "capacity",
            "A single departure brings more visitors than it takes in a day.",
            "Một chuyến đã đông hơn sức đón một ngày của điểm này.",
        )
    if any(site in route.shows for route in pool.routes.values()):
        return None
    needs = []
    showing = pool.wholes.shown_by(site)
    for template, own in ((t, s) for t in pool.templates for s in showing if s in t.sites):
        problem = template.case.problem
        at = template.sites.index(own)
        out = int(problem.travel_s[problem.origin[0], at])
        home = int(problem.travel_s[at, problem.destination[-1]])
        if UNREACHABLE not in (out, home):
            needs.append((out + home, int(problem.max_travel_s[0])))
    if not needs:
        return None
    least, limit = max(
        needs, key=lambda need: (need[1] - need[0], -need[0])
    )  # the kind of route that lacks least
    return (
        "too_far",
        (
            f"There and back takes {least // 60} min on the way; a day of this brief allows {limit // 60} min, "
            "and no route was found that keeps its hours."
        ),
        (
            f"Đi và về mất {least // 60} phút trên đường; một ngày theo yêu cầu chỉ cho {limit // 60} phút, "
            "và không tìm được tuyến nào kịp giờ."
        ),
    )


def _no_room(
    site: str, pool: Pool, rules: Rules, *, value: float, cover: int, other: tuple[int, float] | None
) -> tuple[str, str, str]:
    best = max((route for route in pool.routes.values() if site in route.shows), key=_worth)
    if cover >= rules.cover_least:
        head = (
            "share_reached",
            f"The share asked for is reached without it ({counted(cover, 'place', 'places')}). ",
        )
        head_vi = f"Tỷ lệ yêu cầu đã đạt mà không cần điểm này ({cover} điểm). "
    else:
        head = "no_room", "No route was found that adds it without losing others; that is not proved. "
        head_vi = (
            "Không tìm được tuyến nào thêm điểm này mà không mất điểm khác; điều này chưa được chứng minh. "
        )
    text, text_vi = _price(best, value=value, cover=cover, other=other)
    return head[0], head[1] + text, head_vi + text_vi


def _price(best: Route, *, value: float, cover: int, other: tuple[int, float] | None) -> tuple[str, str]:
    if other is None:
        return (
            f"The best route that was found with it is worth {best.worth:.1f}.",
            f"Tuyến tốt nhất tìm được có điểm này đạt {best.worth:.1f} điểm.",
        )
    gain = f"covers {counted(other[0], 'place', 'places')} and is worth {other[1]:.1f}"
    gain_vi = f"phủ {other[0]} điểm và đạt {other[1]:.1f} điểm"
    return (
        (
            f"A programme of the routes found that holds it {gain}; this one covers {cover} and is worth "
            f"{value:.1f}."
        ),
        (
            f"Một chương trình (từ các tuyến tìm được) có điểm này {gain_vi}; chương trình này phủ {cover} "
            f"và đạt {value:.1f}."
        ),
    )


def _worth(route: Route) -> float:
    return route.worth
