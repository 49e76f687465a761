"""What a visit is worth: a documented formula that a user can replace by a column or a function."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from routeplanner._given import refuse_others
from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from routeplanner.planning.request import TripRequest

__all__ = [
    "NO_PRIZE_KINDS",
    "REPEAT_WORTH",
    "PrizeRule",
    "default_prizes",
    "prize_groups",
    "prizes_by_day",
    "repeat_factors",
    "site_prizes",
]

PrizeRule = Callable[["gpd.GeoDataFrame", "TripRequest"], "pd.Series[float]"]
"""A user's own rule: catalogue rows and the request in, a Series by `site_id` of values >= 0 out."""

NO_PRIZE_KINDS = frozenset({"gateway", "waterway_stop"})
"""Stations, airports and piers are ways to a sight, not sights: they earn nothing."""

REPEAT_WORTH = 0.5
"""A second village of the same craft is worth half of its prize, a third a quarter."""

MOST_PRIZE = 1_000_000
"""Only ratios of prizes matter; larger numbers would leave no room for exact sums."""

OFF_THEME = 0.15
"""Match of a site that has none of the themes asked for: enough to fill an empty hour, no more."""

STATUS_FACTOR: Mapping[str, float] = {
    "unesco": 1.3,
    "special_national": 1.2,
    "recognised_craft_village": 1.15,
    "national": 1.1,
}
"""The highest status of a site multiplies its prize."""

VAGUE_POINT_FACTOR = 0.8
"""A site known only by its commune's centre may cost the group a search: it is worth less."""


_FORMULA_COLUMNS = ("kind", "themes", "significance", "visit_min", "status", "coord_precision")


def default_prizes(sites: gpd.GeoDataFrame, request: TripRequest) -> pd.Series[float]:
    r"""Return the prize of each site by the formula of this library.

    .. math:: p = m \cdot 0.4\,g^2 \cdot h \cdot \sqrt{v / 60} \cdot c

    with the theme match m (the highest weight among the site's themes, 0.15 for none of them, 1 when no
    theme was asked for), the significance g from 1 to 5, the heritage factor h (UNESCO 1.3, special
    national 1.2, recognised craft village 1.15, national 1.1), the visit's minutes v (the root counted
    between 0.5 and 2) and c = 0.8 for a site whose point is only its commune's centre. The square makes
    one place of significance 5 worth more than six of significance 2, and the root lets three hours in an
    old village weigh more than a quarter of an hour at a gate: a day has one headline place, not ten
    shrines. Gateways and piers earn 0. All factors are judgements, stated here so that they can be argued
    with.

    Parameters
    ----------
    sites
        Rows of the catalogue.
    request
        Its `themes` are the weights.

    Returns
    -------
    pandas.Series
        Prizes with the index of `sites`, two decimals.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> request = rp.TripRequest(first_day=date(2027, 3, 13), themes={"handicraft": 0.5})
    >>> prizes = default_prizes(rp.load_sites(), request)
    >>> float(prizes["ga-ha-noi"]), bool(prizes["bat-trang"] > prizes["ha-thai-lacquer"])
    (0.0, True)
    """
    refuse_others("default_prizes", sites=sites, request=request)
    import pandas as pd

    values = [
        _one_prize(row, request.themes) for row in sites[list(_FORMULA_COLUMNS)].itertuples(index=False)
    ]
    return pd.Series(values, index=sites.index, name="prize", dtype=float)


def _one_prize(row: tuple[Any, ...], weights: Mapping[str, float]) -> float:
    kind, themes, significance, visit_min, status, precision = row
    if kind in NO_PRIZE_KINDS:
        return 0.0
    match = theme_match(themes, weights)
    heritage = max((STATUS_FACTOR.get(word, 1.0) for word in status or ()), default=1.0)
    vague = VAGUE_POINT_FACTOR if precision == "commune" else 1.0
    depth = min(max(math.sqrt(visit_min / 60), 0.5), 2.0)
    return float(round(match * 0.4 * significance**2 * heritage * depth * vague, 2))


def theme_match(themes: Iterable[str] | None, weights: Mapping[str, float]) -> float:
    """Return how well a site's themes meet the weights: 0 to 1.

    Examples
    --------
    >>> theme_match(["handicraft", "history"], {"handicraft": 1.0, "history": 0.4})
    1.0
    >>> theme_match(["nature"], {"handicraft": 1.0})
    0.15
    """
    if not weights:
        return 1.0
    asked = [weights[theme] for theme in themes or () if theme in weights]
    return max(asked) if asked else OFF_THEME


def prize_groups(sites: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the group of each site that shares its worth with others.

    Parts of one place form a group (gate, houses and pagoda of Đường Lâm together are worth about one
    Đường Lâm, not five headline places); other sites are grouped by their first craft.
    """
    groups = {}
    for site, whole, crafts in zip(sites.index, sites["part_of"], sites["crafts"], strict=True):
        if isinstance(whole, str):
            groups[site] = f"part of {whole}"
        elif crafts:
            groups[site] = crafts[0]
    return groups


def repeat_factors(worth: Mapping[str, float], groups: Mapping[str, str]) -> dict[str, float]:
    """Return what share of its prize each visited site earns, given all visited ones.

    Within a group the most valuable counts whole, each further one half of the factor before it.

    Examples
    --------
    >>> repeat_factors({"a": 6.0, "b": 10.0, "c": 3.0}, {"a": "lacquer", "b": "lacquer"})
    {'b': 1.0, 'a': 0.5, 'c': 1.0}
    """
    seen: dict[str, int] = {}
    factors = {}
    for site in sorted(worth, key=lambda site: (-worth[site], site)):
        group = groups.get(site)
        rank = seen.get(group, 0) if group is not None else 0
        if group is not None:
            seen[group] = rank + 1
        factors[site] = REPEAT_WORTH**rank
    return factors


def site_prizes(
    sites: gpd.GeoDataFrame, request: TripRequest, rule: str | PrizeRule | None = None
) -> pd.Series[float]:
    """Return the prizes by the default formula, a column of the catalogue, or a user's function.

    The request's dates and weather multiply them (`routeplanner.planning.calendar`): a season, a festival that is
    sought, rain.

    Raises
    ------
    RequestError
        When the column is missing, or values are missing, negative or not numbers.
    """
    return _on_its_days(_bare_prizes(sites, request, rule), sites, request)


def prizes_by_day(
    sites: gpd.GeoDataFrame, request: TripRequest, rule: str | PrizeRule | None = None
) -> pd.DataFrame:
    """Return what a visit of each site is worth on each day of the trip.

    The prizes of `site_prizes`, with the season and the festival of the very day.

    Returns
    -------
    pandas.DataFrame
        Indexed like `sites`, a column for each day, numbered from 0.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> request = rp.TripRequest(first_day=date(2027, 3, 13), days=2)
    >>> prizes_by_day(rp.load_sites(), request).shape[1]
    2
    """
    import pandas as pd

    from routeplanner.planning.calendar import trip_days

    bare = _bare_prizes(sites, request, rule)
    days = [_on_its_days(bare, sites, request, day) for day in trip_days(request)]
    return pd.concat(days, axis=1, keys=range(request.days))


def _bare_prizes(
    sites: gpd.GeoDataFrame, request: TripRequest, rule: str | PrizeRule | None
) -> pd.Series[float]:
    """Return the prizes before dates and weather."""
    refuse_others("request", optional=["prizes"], prizes=rule)
    if rule is None:
        return default_prizes(sites, request)
    if isinstance(rule, str):
        if rule not in sites.columns:
            raise RequestError(
                [f"prizes: the catalogue has no column {rule!r}{did_you_mean(rule, sites.columns)}"],
                subject="request",
            )
        values = sites[rule]
    else:
        values = rule(sites, request)
    return _checked(values, sites)


def _on_its_days(
    values: pd.Series[float], sites: gpd.GeoDataFrame, request: TripRequest, day: date | None = None
) -> pd.Series[float]:
    from routeplanner.planning.calendar import calendar_factor

    return (values * [calendar_factor(row, request, day) for row in sites.itertuples()]).round(4)


def _checked(values: pd.Series[float], sites: gpd.GeoDataFrame) -> pd.Series[float]:
    import numpy as np
    import pandas as pd

    if not isinstance(values, pd.Series):
        raise RequestError(
            [f"prizes: the function returned {type(values).__name__}; return a pandas Series by site_id"],
            subject="request",
        )
    numbers = pd.to_numeric(values.reindex(sites.index), errors="coerce")
    wrong = numbers.index[~(np.isfinite(numbers) & (numbers >= 0) & (numbers <= MOST_PRIZE))]
    if len(wrong):
        faults = [
            f"prizes[{site!r}]: {values.get(site, 'missing')!r} is no prize; "
            f"give a finite number >= 0, at most {MOST_PRIZE:,}"
            for site in wrong[:20]
        ]
        if len(wrong) > len(faults):
            faults.append(f"prizes: {len(wrong) - len(faults)} more sites have no usable prize")
        raise RequestError(faults, subject="request")
    return numbers.astype(float).round(4)
