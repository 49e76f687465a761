"""Find sites by what people type, and narrow a catalogue down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from routeplanner._given import refuse_others
from routeplanner._text import did_you_mean, fold, nfc
from routeplanner.errors import RequestError
from routeplanner.sites.model import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import geopandas as gpd

__all__ = ["filter_sites", "find_site"]

_SHOWN = 5
_WORD = re.compile(r"\w+")
_EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


def find_site(sites: gpd.GeoDataFrame, text: str) -> str:
    """Return the identifier of the one site that `text` names.

    An identifier is taken as it is, also with spaces and diacritics ("Bát Tràng" is ``bat-trang``). Otherwise
    names in Vietnamese and English are compared without regard to case: first the whole name, then whole words
    in it; with diacritics where `text` has any, then without. A whole stands for its parts.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    text
        An identifier or a name, with or without diacritics.

    Raises
    ------
    RequestError
        When nothing fits, with the nearest names, or more than one site does, with their identifiers.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> sites = load_sites()
    >>> find_site(sites, "chua dau thuong tin"), find_site(sites, "Hồ Hoàn Kiếm")
    ('chua-dau-thuong-tin', 'ho-hoan-kiem')
    """
    refuse_others("find_site", sites=sites, text=text)
    if text in sites.index:
        return text
    as_id = fold(text).replace(" ", "-")
    if as_id in sites.index and _may_mean(text, str(sites.at[as_id, "name_vi"])):
        return as_id
    for spell in (_spelt, fold) if _spelt(text) != fold(text) else (fold,):
        names = _names_by_site(sites, spell)
        for fits in (_is_name, _holds_words):
            found = [key for key, known in names.items() if any(fits(spell(text), name) for name in known)]
            found = _wholes_of(sites, found)
            if len(found) == 1:
                return found[0]
            if found:
                raise RequestError([_ambiguous(sites, text, found)], subject="site")
    raise RequestError([_unknown_site(sites, text)], subject="site")


def _may_mean(text: str, name: str) -> bool:
    """Whether the diacritics of `text`, if any, are those of the name ("Chùa Đậu" is not ``chua-dau``)."""
    return _spelt(text) == fold(text) or _holds_words(_spelt(text), _spelt(name))


def _spelt(text: str) -> str:
    """Return `text` in lower case with its diacritics, with single spaces."""
    return " ".join(nfc(text).casefold().split())


def _names_by_site(sites: gpd.GeoDataFrame, spell: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    rows = zip(sites.index, sites["name_vi"], sites["name_en"], strict=True)
    return {
        site_id: (site_id, site_id.replace("-", " "), *_variants(spell(vi)), *_variants(spell(en)))
        for site_id, vi, en in rows
    }


def _variants(name: str) -> tuple[str, ...]:
    """Return a name with and without what stands in brackets, and what stands there."""
    bare = " ".join(re.sub(r"\([^)]*\)", " ", name).split())
    return tuple(dict.fromkeys([name, bare, *re.findall(r"\(([^)]*)\)", name)]))


def _is_name(wanted: str, name: str) -> bool:
    return bool(wanted) and wanted == name


def _holds_words(wanted: str, name: str) -> bool:
    words, known = _words(wanted), _words(name)
    return words.strip() != "" and words in known


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text))} "


def _wholes_of(sites: gpd.GeoDataFrame, found: list[str]) -> list[str]:
    """Leave out a part whose whole was found too: who says Hạ Thái means the village, not its communal house."""
    return [site_id for site_id in found if sites.at[site_id, "part_of"] not in found]


def _ambiguous(sites: gpd.GeoDataFrame, text: str, found: list[str]) -> str:
    ranked = sorted(found, key=lambda site_id: (-int(sites.at[site_id, "significance"]), site_id))
    shown = ", ".join(f"{site_id} ({sites.at[site_id, 'name_vi']})" for site_id in ranked[:_SHOWN])
    more = f" and {len(ranked) - _SHOWN} more" if len(ranked) > _SHOWN else ""
    return f"{text!r} fits {len(ranked)} sites: {shown}{more}; give one identifier"


def _unknown_site(sites: gpd.GeoDataFrame, text: str) -> str:
    near = did_you_mean(text, [*sites.index, *sites["name_vi"], *sites["name_en"]])
    return f"no site is called {text!r}{near or '; list them with: routeplanner sites WORD'}"


def filter_sites(
    sites: gpd.GeoDataFrame,
    *,
    kind: str | None = None,
    craft: str | None = None,
    theme: str | None = None,
    corridor: str | None = None,
    near: tuple[float, float] | None = None,
    within_km: float | None = None,
    text: str | None = None,
) -> gpd.GeoDataFrame:
    """Return the sites that meet all conditions given.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    kind, craft, theme, corridor
        Keys, as the catalogue holds them.
    near
        Latitude and longitude in degrees; adds a column ``distance_km`` (along the great circle) and sorts by it.
    within_km
        Largest distance from `near`, in km.
    text
        Words of a name, identifier or summary, with or without diacritics.

    Returns
    -------
    geopandas.GeoDataFrame
        A part of `sites`; empty when nothing fits.

    Raises
    ------
    RequestError
        For a word that the catalogue does not know, a point outside the globe or a distance without a point; all
        faults at once.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> found = filter_sites(load_sites(), kind="craft_village", craft="lacquer", near=(20.90, 105.87), within_km=10)
    >>> found.index[0], bool(found["distance_km"].max() <= 10)
    ('ha-thai-lacquer', True)
    """
    refuse_others(
        "filter_sites",
        optional=("kind", "craft", "theme", "corridor", "text"),
        sites=sites,
        kind=kind,
        craft=craft,
        theme=theme,
        corridor=corridor,
        text=text,
    )
    from routeplanner.sites.words import corridor_keys

    faults = [
        *_word_faults(sites, kind=kind, craft=craft, theme=theme, corridor=corridor),
        *_near_faults(near, within_km),
    ]
    if faults:
        raise RequestError(faults, subject="search for sites")
    keep = [True] * len(sites)
    wanted = [("crafts", {craft}), ("themes", {theme}), ("corridors", corridor_keys(corridor or ""))]
    for (column, words), asked in zip(wanted, (craft, theme, corridor), strict=True):
        if asked is not None:
            keep = [
                kept and not words.isdisjoint(items) for kept, items in zip(keep, sites[column], strict=True)
            ]
    if kind is not None:
        keep = [kept and value == kind for kept, value in zip(keep, sites["kind"], strict=True)]
    if text is not None:
        keep = [kept and hit for kept, hit in zip(keep, _text_hits(sites, text), strict=True)]
    found = sites[keep]
    return found if near is None else _by_distance(found, near, within_km)


def _word_faults(sites: gpd.GeoDataFrame, **words: str | None) -> Iterable[str]:
    """Name words that the library's vocabulary and this catalogue both lack."""
    from routeplanner.sites.words import load_vocabulary

    vocabulary = load_vocabulary()
    known = {
        "kind": (KINDS, "kind"),
        "craft": (vocabulary.crafts, "crafts"),
        "theme": (vocabulary.themes, "themes"),
        "corridor": (vocabulary.corridors, "corridors"),
    }
    for name, word in words.items():
        terms, column = known[name]
        if word is None or word in terms:
            continue
        held = set(sites[column]) if name == "kind" else {item for items in sites[column] for item in items}
        if word not in held:
            every = sorted({*terms, *held})
            hint = did_you_mean(word, every) or f"; known are {', '.join(every)}"
            yield f"{name} {word!r} is not known{hint}"


def _near_faults(near: tuple[float, float] | None, within_km: float | None) -> Iterable[str]:
    if near is None:
        if within_km is not None:
            yield f"within_km {within_km!r} needs a point; give near=(latitude, longitude)"
        return
    try:
        lat, lon = (float(value) for value in near)
    except (TypeError, ValueError):
        yield f"near {near!r} is not a point; give (latitude, longitude) in degrees"
        return
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        swapped = -90 <= lon <= 90 and -180 <= lat <= 180
        hint = f"; latitude comes first: ({lon}, {lat})" if swapped else ""
        yield f"near {near!r} is not on the globe{hint or '; give (latitude, longitude) in degrees'}"
    if within_km is not None and not within_km > 0:
        yield f"within_km {within_km!r} is not a distance; give km above 0"


def _text_hits(sites: gpd.GeoDataFrame, text: str) -> list[bool]:
    words = fold(nfc(text)).split()
    columns = (sites.index, sites["name_vi"], sites["name_en"], sites["summary_en"])
    stacks = (fold(" ".join(str(part) for part in row if part)) for row in zip(*columns, strict=True))
    return [all(word in stack for word in words) for stack in stacks]


def _by_distance(
    sites: gpd.GeoDataFrame, near: tuple[float, float], within_km: float | None
) -> gpd.GeoDataFrame:
    import numpy as np

    lat, lon = np.radians(np.asarray(near, dtype=float))
    lats, lons = np.radians(sites.geometry.y.to_numpy()), np.radians(sites.geometry.x.to_numpy())
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    distance_km = 2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))
    found = sites.assign(distance_km=distance_km)
    if within_km is not None:
        found = found[found["distance_km"] <= within_km]
    return found.sort_values("distance_km", kind="stable")
