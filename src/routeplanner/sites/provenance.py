"""Where each fact of a site comes from: source, the day on which it was seen, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._given import refuse_others
from routeplanner._text import did_you_mean
from routeplanner.errors import RequestError
from routeplanner.sites.model import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["CERTAINTY_NAMES", "FieldSources", "Provenance", "get_site", "provenance"]

CERTAINTY_NAMES = {
    "confirmed": ("đã đối chiếu", "confirmed"),
    "reported": ("theo một nguồn", "reported"),
    "weak": ("nguồn yếu", "weak source"),
    "guess": ("phỏng đoán", "a judgement"),
    "unknown": ("chưa biết", "not known"),
}
"""Names of the certainties in Vietnamese and English."""

_JUDGED = frozenset({"significance", "visit_min", "themes"})
_POINT_FIELDS = frozenset({"geometry", "coord_precision", "coord_source"})


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one fact of one site comes from.

    Parameters
    ----------
    site_id, field
        Which fact; ``geometry`` is the point.
    value
        What the catalogue holds; None where it is not known.
    sources
        Pages, or named data; those of the field itself where the catalogue has them, else of the record.
    seen
        Day (or month, or year) on which the source was read: ``2026-11-22``; None where nobody wrote it down.
    certainty
        One of `routeplanner.sites.model.CERTAINTIES`.
    of_field
        Whether the catalogue says where this very field comes from; otherwise it is what holds for the record.
    note
        What else is known of it.

    Examples
    --------
    >>> import routeplanner as rp
    >>> fact = rp.get_site(rp.load_sites(), "ha-thai-lacquer").provenance("visit_min")
    >>> fact.certainty, fact.of_field, fact.value > 0
    ('guess', False, True)
    >>> fact.to_text(lang="vi").split(";")[0]
    'visit_min: phỏng đoán'
    """

    site_id: str
    field: str
    value: Any
    sources: tuple[str, ...]
    seen: str | None
    certainty: str
    of_field: bool
    note: str | None = None

    def to_text(self, *, lang: str = "en") -> str:
        """Return it as one line for people, in ``vi`` or ``en``."""
        refuse_others("provenance", lang=lang)
        vietnamese = lang == "vi"
        certainty = CERTAINTY_NAMES[self.certainty][0 if vietnamese else 1]
        parts = [f"{self.field}: {certainty}"]
        if self.sources:
            parts.append(("nguồn: " if vietnamese else "source: ") + ", ".join(self.sources))
        if self.seen:
            parts.append(("xem ngày " if vietnamese else "seen ") + self.seen)
        return "; ".join([*parts, *([self.note] if self.note else [])])


class FieldSources(dict[str, Any]):
    """The cell ``provenance`` of a catalogue: by field what the files say, and a question for any field.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> site = load_sites().loc["ha-thai-lacquer"]
    >>> site.provenance("visit_min").certainty
    'guess'
    """

    _record: Mapping[str, Any]

    @classmethod
    def of(cls, fields: Mapping[str, Any], site_id: Any) -> FieldSources:  # noqa: ANN401 - as it was read
        """Make the cell of a record."""
        cell = cls(fields.get("provenance") or {})
        cell._record = {**fields, "site_id": site_id}
        return cell

    def __call__(self, field: str) -> Provenance:
        """Return where `field` comes from."""
        return provenance(self._record, field)


def provenance(site: Any, field: str) -> Provenance:  # noqa: ANN401 - a row of a frame or a mapping
    """Return where a fact of a site comes from.

    Parameters
    ----------
    site
        A row of a catalogue (``sites.loc["bat-trang"]``), or a mapping by field.
    field
        Name of a field, or ``geometry`` for the point.

    Returns
    -------
    Provenance
        With the field's own source where the catalogue has it; otherwise the record's sources, and a certainty
        drawn from ``unverified``: judgements are a ``guess``, the other fields listed there ``weak``, all else
        ``reported``; what is null is ``unknown``.

    Raises
    ------
    RequestError
        For a field that the catalogue does not have.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> provenance(load_sites().loc["bat-trang"], "opening_hours").certainty
    'unknown'
    """
    known = [*FIELD_NAMES, "geometry"]
    if field not in known:
        hint = did_you_mean(field, known) or f"; fields are {', '.join(known)}"
        raise RequestError([f"field {field!r} is not in the catalogue{hint}"], subject="provenance")
    get = site.get
    value = get(field)
    value = None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN
    own = (get("provenance") or {}).get(field)
    site_id = get("site_id") or getattr(site, "name", None)
    if own:
        certainty = own.get("certainty") or _certainty(get, field, value)
        source, seen, note = (own["source"],), own.get("seen"), own.get("note")
        return Provenance(str(site_id), field, value, source, seen, certainty, of_field=True, note=note)
    sources = tuple(get("sources") or ())
    if field in _POINT_FIELDS and get("coord_source"):
        sources = (get("coord_source"),)
    certainty = _certainty(get, field, value)
    return Provenance(
        str(site_id), field, value, () if certainty == "unknown" else sources, None, certainty, of_field=False
    )


def _certainty(get: Any, field: str, value: Any) -> str:  # noqa: ANN401
    doubtful = field in (get("unverified") or ())
    if field == "geometry":
        return "weak" if doubtful or get("coord_precision") in (None, "commune") else "reported"
    if value is None or (isinstance(value, list | dict) and not value):
        return "unknown"
    if field in _JUDGED:
        return "guess" if doubtful or field != "visit_min" else "reported"
    return "weak" if doubtful else "reported"


def get_site(sites: gpd.GeoDataFrame, text: str) -> Any:  # noqa: ANN401 - a row, as pandas gives it
    """Return the one site that `text` names, as a row of the catalogue.

    Parameters
    ----------
    sites
        A catalogue as `load_sites` gives it.
    text
        An identifier or a name, with or without diacritics, as for `find_site`.

    Raises
    ------
    RequestError
        When nothing fits, or more than one site does.

    Examples
    --------
    >>> from routeplanner.sites.catalog import load_sites
    >>> site = get_site(load_sites(), "Gốm Chu Đậu")
    >>> site.provenance("geometry").certainty
    'weak'
    """
    from routeplanner.sites.find import find_site

    refuse_others("get_site", sites=sites, text=text)
    return sites.loc[find_site(sites, text)]
