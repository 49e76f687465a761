"""Clusters of places near in travel time and related in theme, how sure each is, and where a centre should stand."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.planning.prizes import NO_PRIZE_KINDS
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.cluster_words import SURE, cluster_names, stability_words
from routeplanner.programme.places import in_corridors, known_corridors, unknown_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from routeplanner.network import Network

__all__ = ["Centres", "Clusters", "clusters", "visitor_centres"]

TIME_ERROR = 0.16
"""Relative error of the network's minutes (median against published ones): what the shaken repeats are shaken by."""

OFF_THEME_MIN = 15.0
"""Minutes that two places without a common theme or craft lie further apart."""

FAR_MIN = 24 * 60.0

FOUND_AGAIN = 0.5
"""Overlap from which a cluster counts as found again in a repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Groups of places, and how sure they are.

    Parameters
    ----------
    table
        One row a cluster, index ``key`` (``C1``, … by falling number of places): name_vi, name_en, crafts, sites
        (number), craft_villages, minutes_across (median travel time within), start, hours_from_start (from there to
        the nearest place),
        stability (0 to 1: mean Jaccard overlap with the best cluster in repeats with shaken times), sure
        (stability of 0.75 or more), stability_vi and stability_en (the same in words: in how many of the repeats at
        least half of it was found again).
    sites
        The places, EPSG:4326, index as in the catalogue: cluster (key or None), together (share of the repeats in
        which the place lies with most of its cluster), geometry.
    """

    table: pd.DataFrame
    sites: gpd.GeoDataFrame

    def _repr_html_(self) -> str:
        """Return the table, for notebooks."""
        from routeplanner.programme.tables import frame_html

        return frame_html(self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centres:
    """Where visitor centres should stand.

    Parameters
    ----------
    sites
        Ids of the chosen places.
    method
        ``coverage`` or ``p_median``.
    value
        For coverage the prize of the places covered, for the p-median the mean minutes to the nearest centre,
        weighted by prize.
    covered_share
        Share of the prize within `within_min` of a centre.
    assignments
        One row a place: centre, minutes, weight, covered.
    proved
        Whether the choice is proved to be the best.
    """

    sites: tuple[str, ...]
    method: str
    value: float
    covered_share: float
    assignments: pd.DataFrame
    proved: bool


def clusters(
    network: Network,
    *,
    corridor: str | None = None,
    places: Sequence[str] | None = None,
    start: str = "ho-hoan-kiem",
    profile: str = "coach",
    least_sites: int = 4,
    repeats: int = 30,
    seed: int = 0,
) -> Clusters:
    """Return groups of places that are near in travel time and related in theme.

    The distance of two places is their travel time (mean of both ways) plus up to 15 minutes where they share
    neither theme nor craft. HDBSCAN finds the groups; places that belong to none stay alone. Stability: times are
    shaken by their known error (16 %), the groups are found again, and each group is held against the nearest one
    (Jaccard overlap; Hennig 2007, doi:10.1016/j.csda.2006.11.025, calls 0.75 and more valid). A
    cluster's name comes from the crafts that many of its places live by (from its themes where none does) and its most
    significant place.

    Parameters
    ----------
    network
        Places and legs.
    corridor
        Only its places.
    places
        Only these; by default all sights.
    start
        Where hours are counted from.
    profile
        Travel profile of the network.
    least_sites
        Fewest places of a cluster, 2 or more.
    repeats
        How often the times are shaken.
    seed
        Of the shaking.

    Raises
    ------
    RequestError
        When a place or corridor is unknown, fewer than two clusters' worth of places is left, or scikit-learn is
        missing.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> found = rp.clusters(network, corridor="south", repeats=3)
    >>> bool(found.table["stability"].between(0, 1).all())
    True
    """
    import numpy as np

    refuse_wrong(
        "clusters",
        optional=["corridor", "places"],
        network=network,
        corridor=corridor,
        places=places,
        start=start,
        profile=profile,
        least_sites=least_sites,
        repeats=repeats,
        seed=seed,
    )
    chosen = _chosen(network, corridor, places, start, least_sites)
    minutes, reachable = _minutes(network, chosen, profile)
    chosen = [site for site, ok in zip(chosen, reachable, strict=True) if ok]
    minutes = minutes[np.ix_(reachable, reachable)]
    apart = _apart(network.sites.loc[chosen])
    labels = _hdbscan(minutes + apart, least_sites)
    rng = np.random.default_rng(seed)
    shaken = [_hdbscan(_shake(minutes, rng) + apart, least_sites) for _ in range(repeats)]
    return _described(network, chosen, minutes, labels, shaken, start=start, profile=profile)


def _chosen(
    network: Network, corridor: str | None, places: Sequence[str] | None, start: str | None, least_sites: int
) -> list[str]:
    sites, faults = network.sites, []
    faults += unknown_places(sites, [*(places or ()), *([start] if start else [])])
    known = known_corridors(sites)
    if corridor is not None and corridor not in known:
        faults.append(f"corridor: {corridor!r} is unknown{did_you_mean(corridor, known)}")
    if faults:
        raise RequestError(faults, subject="clusters")
    rows = sites if places is None else sites.loc[list(dict.fromkeys(places))]
    rows = rows[~rows["kind"].isin(NO_PRIZE_KINDS) & (rows.index != start)]
    if corridor is not None:
        rows = rows[in_corridors(rows, [corridor])]
    elif places is None:
        rows = rows[rows["corridors"].map(lambda keys: keys != ["national"])]
    if len(rows) < 2 * least_sites:
        raise RequestError(
            [f"{len(rows)} places are too few for clusters of {least_sites}; widen the choice"],
            subject="clusters",
        )
    return list(rows.index)


def _minutes(
    network: Network, chosen: Sequence[str], profile: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return minutes between places as the mean of both ways, and which places the road reaches at all."""
    import numpy as np

    seconds = np.asarray(network.matrix(list(chosen), profile).duration_s, dtype=float)
    seconds[seconds < 0] = FAR_MIN * 60
    minutes: npt.NDArray[np.float64] = (seconds + seconds.T) / 120
    np.fill_diagonal(minutes, 0.0)
    others = minutes + np.where(np.eye(len(minutes), dtype=np.bool_), FAR_MIN, 0.0)
    return minutes, np.asarray(np.median(others, axis=1) < FAR_MIN)


def _apart(rows: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """Return the minutes that places lie further apart for being unlike: Jaccard distance of themes and crafts."""
    import numpy as np

    words = [
        {*(themes or ()), *(crafts or ())}
        for themes, crafts in zip(rows["themes"], rows["crafts"], strict=True)
    ]
    known = sorted(set().union(*words))
    has = np.array([[word in own for word in known] for own in words], dtype=float)
    both = has @ has.T
    size = has.sum(axis=1)
    either = np.maximum(size[:, None] + size[None, :] - both, 1.0)
    apart: npt.NDArray[np.float64] = OFF_THEME_MIN * (1 - both / either)
    np.fill_diagonal(apart, 0.0)
    return apart


def _hdbscan(distance: npt.NDArray[np.float64], least_sites: int) -> npt.NDArray[np.int64]:
    try:
        from sklearn.cluster import HDBSCAN
    except ImportError as error:
        raise RequestError(
            ['scikit-learn is not installed; install it with pip install "routeplanner[programme]"'],
            subject="clusters",
        ) from error
    model = HDBSCAN(
        min_cluster_size=least_sites,
        min_samples=2,
        metric="precomputed",
        allow_single_cluster=False,
        copy=True,
    )
    labels: npt.NDArray[np.int64] = model.fit(distance).labels_
    return labels


def _shake(minutes: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    import numpy as np

    factor = np.exp(rng.normal(0.0, TIME_ERROR, minutes.shape))
    upper = np.triu(minutes * factor, 1)
    shaken: npt.NDArray[np.float64] = upper + upper.T
    return shaken


def _groups(labels: npt.NDArray[np.int64]) -> list[frozenset[int]]:
    import numpy as np

    return [
        frozenset(np.flatnonzero(labels == label).tolist())
        for label in range(int(labels.max(initial=-1)) + 1)
    ]


def _described(
    network: Network,
    chosen: Sequence[str],
    minutes: npt.NDArray[np.float64],
    labels: npt.NDArray[np.int64],
    shaken: Sequence[npt.NDArray[np.int64]],
    *,
    start: str,
    profile: str,
) -> Clusters:
    import numpy as np
    import pandas as pd

    sites = network.sites
    found = sorted(_groups(labels), key=lambda own: (-len(own), min(own)))
    repeats = [_groups(other) for other in shaken]
    away = np.asarray(network.matrix([start, *chosen], profile).duration_s, dtype=float)[0, 1:]
    names = cluster_names(sites, [[chosen[i] for i in sorted(own)] for own in found])
    rows, key_of, together = [], dict.fromkeys(chosen), dict.fromkeys(chosen, 0.0)
    for number, own in enumerate(found, 1):
        best = [_nearest(own, others) for others in repeats]
        members = [chosen[i] for i in sorted(own)]
        crafts = Counter(craft for site in members for craft in (sites.loc[site, "crafts"] or ())[:1])
        (name_vi, name_en), overlaps = names[number - 1], [_jaccard(own, other) for other in best]
        stability = float(np.mean(overlaps)) if best else float("nan")
        again = sum(overlap >= FOUND_AGAIN for overlap in overlaps)
        said_vi, said = stability_words(stability, again, len(best))
        index = np.array(sorted(own))
        inner = minutes[np.ix_(index, index)][np.triu_indices(len(index), 1)]
        out = away[index]
        rows.append(
            {
                "key": f"C{number}",
                "name_vi": name_vi,
                "name_en": name_en,
                "crafts": [craft for craft, _ in crafts.most_common(3)],
                "sites": len(members),
                "craft_villages": int((sites.loc[members, "kind"] == "craft_village").sum()),
                "minutes_across": round(float(np.median(inner)), 1),
                "start": start,
                "hours_from_start": round(float(out[out >= 0].min(initial=np.inf)) / 3600, 2),
                "stability": round(stability, 3),
                "sure": stability >= SURE,
                "stability_vi": said_vi,
                "stability_en": said,
            }
        )
        for i in own:
            key_of[chosen[i]] = f"C{number}"
            together[chosen[i]] = round(float(np.mean([i in other for other in best])), 3) if best else 0.0
    table = pd.DataFrame(rows, columns=_TABLE).set_index("key")
    places = sites.loc[list(chosen), ["name_vi", "name_en", "kind", "geometry"]].copy()
    places["cluster"] = [key_of[site] for site in chosen]
    places["together"] = [together[site] for site in chosen]
    return Clusters(table=table, sites=places)


_TABLE = [
    "key",
    "name_vi",
    "name_en",
    "crafts",
    "sites",
    "craft_villages",
    "minutes_across",
    "start",
    "hours_from_start",
    "stability",
    "sure",
    "stability_vi",
    "stability_en",
]


def _nearest(own: frozenset[int], others: Sequence[frozenset[int]]) -> frozenset[int]:
    return max(others, key=lambda other: _jaccard(own, other), default=frozenset())


def _jaccard(one: frozenset[int], two: frozenset[int]) -> float:
    return len(one & two) / len(one | two) if one | two else 0.0


def visitor_centres(
    network: Network,
    count: int = 3,
    *,
    corridor: str | None = None,
    candidates: Sequence[str] | None = None,
    method: str = "coverage",
    within_min: float = 20.0,
    profile: str = "coach",
    weights: pd.Series[Any] | None = None,
) -> Centres:
    """Answer which villages should get the visitor centres.

    Parameters
    ----------
    network
        Places and legs.
    count
        How many centres.
    corridor
        Only its places are to be served.
    candidates
        Where a centre may stand; by default the craft villages among the places.
    method
        ``"coverage"`` (most prize within `within_min` of a centre) or ``"p_median"`` (least mean minutes to the
        nearest centre, weighted by prize).
    within_min
        Minutes within which a place counts as covered.
    profile
        Travel profile of the network.
    weights
        Worth of each place by site id; by default the prizes of a plan (`default_prizes`).

    Returns
    -------
    Centres
        Solved to the optimum by HiGHS.

    Raises
    ------
    RequestError
        With all faults.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> found = rp.visitor_centres(network, 3, corridor="south")
    >>> len(found.sites), found.proved
    (3, True)
    """
    import numpy as np
    import pandas as pd

    refuse_wrong(
        "centres",
        optional=["corridor", "candidates", "weights"],
        network=network,
        corridor=corridor,
        candidates=candidates,
        method=method,
        profile=profile,
        weights=weights,
    )
    if method not in ("coverage", "p_median"):
        raise RequestError(
            [f"method: {method!r} is unknown; give 'coverage' or 'p_median'"], subject="centres"
        )
    sites = network.sites
    served = _chosen(network, corridor, None, None, 2)
    where = (
        list(candidates)
        if candidates is not None
        else [s for s in served if sites.loc[s, "kind"] == "craft_village"]
    )
    faults = unknown_places(sites, where, field="candidates")
    if type(count) is not int or not 1 <= count <= len(where):
        faults.append(f"count: {count!r} is out of range; there are {len(where)} candidates")
    if (
        isinstance(within_min, bool)
        or not isinstance(within_min, int | float)
        or not 0 < within_min < math.inf
    ):
        faults.append(f"within_min: {within_min!r} is no number of minutes above 0")
    if faults:
        raise RequestError(faults, subject="centres")
    everywhere = list(dict.fromkeys([*served, *where]))
    minutes = np.asarray(network.matrix(everywhere, profile).duration_s, dtype=float) / 60
    minutes[minutes < 0] = FAR_MIN
    at = {site: i for i, site in enumerate(everywhere)}
    way = minutes[np.ix_([at[s] for s in where], [at[s] for s in served])]
    worth = _weights(network, served, weights)
    picked, proved = (_cover if method == "coverage" else _median)(way, worth, count, within_min)
    nearest = way[picked].argmin(axis=0)
    least = way[picked].min(axis=0)
    table = pd.DataFrame(
        {
            "centre": [where[picked[i]] for i in nearest],
            "minutes": least.round(1),
            "weight": worth,
            "covered": least <= within_min,
        },
        index=pd.Index(served, name="site_id"),
    )
    covered = float(worth[least <= within_min].sum())
    value = covered if method == "coverage" else float((worth * least).sum() / worth.sum())
    return Centres(
        sites=tuple(where[i] for i in picked),
        method=method,
        value=round(value, 4),
        covered_share=round(covered / float(worth.sum()), 4),
        assignments=table,
        proved=proved,
    )


def _weights(
    network: Network, served: Sequence[str], weights: pd.Series[Any] | None
) -> npt.NDArray[np.float64]:
    from datetime import date

    import numpy as np

    from routeplanner.planning.prizes import default_prizes
    from routeplanner.planning.request import TripRequest

    rows = network.sites.loc[list(served)]
    own = (
        default_prizes(rows, TripRequest(first_day=date(2027, 3, 13)))
        if weights is None
        else weights.reindex(rows.index)
    )
    worth = np.asarray(own, dtype=float)
    if not (np.isfinite(worth) & (worth >= 0)).all() or not worth.sum() > 0:
        raise RequestError(
            ["weights: give a number of 0 or more for each place, not all 0"], subject="centres"
        )
    return worth


def _cover(
    way: npt.NDArray[np.float64], worth: npt.NDArray[np.float64], count: int, within_min: float
) -> tuple[list[int], bool]:
    """Maximal covering location: most weight within reach of `count` centres."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    spots, places = way.shape
    rows = np.zeros((places + 1, spots + places))
    rows[:places, :spots] = -(way <= within_min).T.astype(float)
    rows[:places, spots:] = np.eye(places)
    rows[places, :spots] = 1.0
    found = milp(
        -np.concatenate([np.full(spots, -1e-7), worth]),
        constraints=LinearConstraint(rows, -np.inf, np.concatenate([np.zeros(places), [float(count)]])),
        integrality=np.concatenate([np.ones(spots), np.zeros(places)]),
        bounds=Bounds(0, 1),
    )
    return _filled(np.flatnonzero(found.x[:spots] > 0.5).tolist(), way, worth, count), found.status == 0


def _filled(
    picked: list[int], way: npt.NDArray[np.float64], worth: npt.NDArray[np.float64], count: int
) -> list[int]:
    """Add centres that shorten the way most where fewer already cover all that can be covered."""
    import numpy as np

    while len(picked) < count:
        now = way[picked].min(axis=0) if picked else np.full(way.shape[1], FAR_MIN)
        gain = (worth * np.maximum(now[None, :] - way, 0)).sum(axis=1)
        gain[picked] = -1.0
        picked.append(int(gain.argmax()))
    return sorted(picked)


def _median(
    way: npt.NDArray[np.float64], worth: npt.NDArray[np.float64], count: int, within_min: float
) -> tuple[list[int], bool]:
    """p-median: least weighted minutes to the nearest of `count` centres."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

    del within_min
    spots, places = way.shape
    # columns: centre i open, then place j served by centre i (i by i)
    once = hstack([csr_array((places, spots)), kron(np.ones((1, spots)), eye_array(places))])
    opened = hstack([-kron(eye_array(spots), np.ones((places, 1))), eye_array(spots * places)])
    number = csr_array(np.concatenate([np.ones(spots), np.zeros(spots * places)])[None, :])
    found = milp(
        np.concatenate([np.zeros(spots), (way * worth[None, :]).ravel()]),
        constraints=LinearConstraint(
            vstack([once, opened, number]).tocsr(),
            np.concatenate([np.ones(places), np.full(spots * places, -np.inf), [float(count)]]),
            np.concatenate([np.ones(places), np.zeros(spots * places), [float(count)]]),
        ),
        integrality=np.concatenate([np.ones(spots), np.zeros(spots * places)]),
        bounds=Bounds(0, 1),
    )
    return np.flatnonzero(found.x[:spots] > 0.5).tolist(), found.status == 0
