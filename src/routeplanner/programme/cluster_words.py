"""What a cluster is called, and how sure it is, in words that a planner would use."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import geopandas as gpd

__all__ = ["cluster_names", "name_of_village", "stability_words"]

CHARACTERISTIC = 0.2
"""A craft gives a cluster its name if so large a share of its places, and two at least, live by it."""

FLEETING = frozenset({"food", "performance", "market", "creative_space"})
"""Kinds of which no place gives a cluster its name where there are others."""

SURE, LOOSE = 0.75, 0.5
_GENERIC = re.compile(r"(?:Làng nghề|Làng|Thôn|Gốm|Rèn)\s+(?=\w)")


def cluster_names(sites: gpd.GeoDataFrame, groups: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return a name for each group of places in Vietnamese and English, no two alike.

    A name is made of the crafts that many of its places live by, or of its commonest themes where no craft does, and
    of the place that means most: "Mây tre đan quanh Phú Vinh".

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> cluster_names(load_sites(), [["quat-dong-embroidery", "ha-thai-lacquer"]])[0]
    ('Thêu và sơn mài quanh Hạ Thái', 'Embroidery and lacquer around Hạ Thái')
    """
    made: list[tuple[str, str]] = []
    for members in groups:
        rows = sites.loc[list(members)]
        name = _name(rows, rows)
        if name in made:
            rest = rows[rows.index != _head(rows, _crafts(rows))]
            name = _name(rows, rest)
        if name in made:
            name = (f"{name[0]} ({len(made) + 1})", f"{name[1]} ({len(made) + 1})")
        made.append(name)
    return made


def _name(rows: gpd.GeoDataFrame, heads: gpd.GeoDataFrame) -> tuple[str, str]:
    from routeplanner.sites.words import load_crafts, load_themes

    crafts = _crafts(rows)
    words: Mapping[str, Any] = load_crafts() if crafts else load_themes()
    keys = crafts or _commonest(theme for themes in rows["themes"] for theme in themes or ())
    told = [(words[key].name_vi, words[key].name_en) for key in keys if key in words]
    head = heads.loc[_head(heads, crafts)]
    near_vi, near_en = _near(head)
    if not told:
        return f"Quanh {near_vi}", f"Around {near_en}"
    vi = _listed([name for name, _ in told], "và")
    en = _listed([name for _, name in told], "and")
    return f"{vi} quanh {near_vi}", f"{en} around {near_en}"


def _listed(names: Sequence[str], joint: str) -> str:
    """Return names as one, a name that is a pair itself last.

    Examples
    --------
    >>> _listed(["Rattan and bamboo", "Lacquer"], "and"), _listed(["Thêu", "Mộc, chạm gỗ"], "và")
    ('Lacquer, rattan and bamboo', 'Thêu, mộc và chạm gỗ')
    """
    parts = [part for name in names for part in name.split(", ")]
    parts.sort(key=lambda part: f" {joint} " in part)
    parts = [parts[0][:1].upper() + parts[0][1:], *(part[:1].lower() + part[1:] for part in parts[1:])]
    if len(parts) == 1 or f" {joint} " in parts[-1]:
        return ", ".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def _crafts(rows: gpd.GeoDataFrame) -> list[str]:
    """Return one or two crafts that are characteristic of some places, the commonest first."""
    villages = rows[rows["kind"] == "craft_village"]
    counts = Counter(crafts[0] for crafts in villages["crafts"] if crafts)
    many = [
        craft
        for craft, count in counts.items()
        if (count >= 2 and count >= CHARACTERISTIC * len(rows)) or count >= len(rows) / 2
    ]
    return sorted(many, key=lambda craft: (-counts[craft], craft))[:2]


def _commonest(words: Any) -> list[str]:  # noqa: ANN401 - an iterator of texts
    counts = Counter(words)
    return sorted(counts, key=lambda word: (-counts[word], word))[:2]


def _head(rows: gpd.GeoDataFrame, crafts: Sequence[str]) -> Hashable:
    """Return the place that means most, among the villages of the crafts where there are some."""
    own = [
        site
        for site, kind, listed in zip(rows.index, rows["kind"], rows["crafts"], strict=True)
        if kind == "craft_village" and listed and listed[0] in crafts
    ]
    lasting = [site for site, kind in zip(rows.index, rows["kind"], strict=True) if kind not in FLEETING]
    best: Hashable = max(
        own or lasting or list(rows.index),
        key=lambda site: (int(rows.loc[site, "significance"]), float(rows.loc[site, "visit_min"]), str(site)),
    )
    return best


def _near(head: Any) -> tuple[str, str]:  # noqa: ANN401 - a row
    """Return how a place is called after "around": a craft village by its own name alone."""
    vi, en = head["name_vi"], head["name_en"] or head["name_vi"]
    if head["kind"] != "craft_village":
        return _bare(vi), _bare(en)
    own = name_of_village(vi, en)
    return (own if " " in own else f"làng {own}"), own


def _bare(name: str) -> str:
    return re.sub(r"\s*\([^)]*\)", "", name).strip() or name


def name_of_village(name_vi: str, name_en: str) -> str:
    """Return the name of a village without its craft: English names begin with it.

    Examples
    --------
    >>> name_of_village("Làng mây tre đan Phú Vinh", "Phú Vinh rattan and bamboo village")
    'Phú Vinh'
    >>> name_of_village("Phố Hàng Bạc", "Hàng Bạc (Silver Street)"), name_of_village("Làng Mơ", "Làng Mơ")
    ('Hàng Bạc', 'Mơ')
    """
    own: list[str] = []
    for word in _GENERIC.sub("", _bare(name_en), count=1).split():
        if not (word[0].isupper() or word[0].isdigit()):
            break
        own.append(word.rstrip(",;:"))
    return " ".join(own) or _bare(name_vi)


def stability_words(stability: float, again: int, repeats: int) -> tuple[str, str]:
    """Say how sure a cluster is: how often it was found again when travel times were off by their known error.

    Examples
    --------
    >>> stability_words(0.9, 29, 30)[1]
    'sure: found again in 29 of 30 trials with shaken travel times'
    >>> stability_words(0.3, 4, 30)[0]
    'không chắc: chỉ gặp lại trong 4/30 lần thử với giờ đi lại xê dịch; đừng dựa vào'
    """
    if not repeats:
        return "chưa thử", "not tried"
    if stability >= SURE:
        vi, en = (
            "chắc: gặp lại trong {} lần thử với giờ đi lại xê dịch",
            "sure: found again in {} trials with shaken travel times",
        )
    elif stability >= LOOSE:
        vi = "lõi chắc, rìa chưa rõ: gặp lại phần lớn trong {} lần thử với giờ đi lại xê dịch"
        en = "its core is sure, its edge is not: most of it found again in {} trials with shaken travel times"
    else:
        vi = "không chắc: chỉ gặp lại trong {} lần thử với giờ đi lại xê dịch; đừng dựa vào"
        en = "unsure: found again in only {} trials with shaken travel times; do not build on it"
    return vi.format(f"{again}/{repeats}"), en.format(f"{again} of {repeats}")
