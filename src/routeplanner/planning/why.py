"""Questions to a trip: why is this in, and why not that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routeplanner._given import refuse_others
from routeplanner._text import did_you_mean, fold
from routeplanner.errors import RequestError
from routeplanner.planning.prizes import NO_PRIZE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeplanner.itinerary import Itinerary, Skipped, Stop
    from routeplanner.network import Network

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a site is in a trip, or why it is not.

    Parameters
    ----------
    site_id
        The site asked about.
    visited
        Whether the trip visits it.
    reason
        ``"visited"``, a reason of `Skipped`, ``"terminal"`` for a place where days start or end, or ``"not_asked"``
        for a site that was no candidate.
    text, text_vi
        The answer in English and in Vietnamese.
    figures
        Its numbers in JSON types, as in `Stop.figures` and `Skipped.figures`.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> answer = rp.explain(trip, trip.skipped[0].site_id)
    >>> answer.visited, answer.reason == trip.skipped[0].reason, answer.to_dict()["text"] == answer.text
    (False, True, True)
    """

    site_id: str
    visited: bool
    reason: str
    text: str
    text_vi: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the answer in English."""
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in JSON types."""
        return {
            "site_id": self.site_id,
            "visited": self.visited,
            "reason": self.reason,
            "text": self.text,
            "text_vi": self.text_vi,
            "figures": dict(self.figures),
        }


def explain(trip: Itinerary, site_id: str, *, network: Network | None = None) -> Explanation:
    """Answer "why is this in?" and "why not that?" for one site.

    Parameters
    ----------
    trip
        The itinerary; it carries its reasons and needs nothing else.
    site_id
        A site, by its id or its name, with or without diacritics.
    network
        The network of the trip. With it a site that was no candidate is told why.

    Raises
    ------
    RequestError
        When a network is given and its catalogue has no such site, or the name fits several.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> rp.explain(trip, trip.stops[0].site_id).visited
    True
    >>> answer = rp.explain(trip, trip.skipped[0].site_id)
    >>> answer.visited, answer.text == str(answer)
    (False, True)
    >>> rp.explain(trip, "Văn Miếu – Quốc Tử Giám", network=network).reason
    'not_asked'
    """
    refuse_others("explain", optional=["network"], trip=trip, network=network)
    site = _site(trip, site_id, network)
    for number, day in enumerate(trip.days, 1):
        for stop in day.stops:
            if stop.site_id == site:
                return _visited(trip, stop, number)
    for left in trip.skipped:
        if left.site_id == site:
            return _left_out(trip, left, network)
    return _no_candidate(trip, site, network)


def _site(trip: Itinerary, text: str, network: Network | None) -> str:
    if not isinstance(text, str):
        raise RequestError(
            [f"site_id: {text!r} is {type(text).__name__}; give the id of a site"], subject="explain"
        )
    known = {stop.site_id for stop in trip.stops} | {left.site_id for left in trip.skipped}
    if text in known:
        return text
    named = {
        place.site_id for place in _places(trip) if fold(text) in (fold(place.name_vi), fold(place.name_en))
    }
    if len(named) == 1:
        return named.pop()
    if network is None:
        return text
    from routeplanner.sites.find import find_site

    return str(find_site(network.sites, text))


def _visited(trip: Itinerary, stop: Stop, day: int) -> Explanation:
    """Say what a stop is worth, what it costs, and what would be there instead."""
    must = stop.site_id in trip.request.get("must_visit", ())
    share = round(100 * stop.prize / trip.prize) if trip.prize > 0 else 0
    clock = f"{stop.start:%H:%M}–{stop.departure:%H:%M}"
    text = [f"{stop.name_en or stop.name_vi} is visited on day {day}, {clock} ({stop.visit_min} min)."]
    text_vi = [f"{stop.name_vi} được ghé vào ngày {day}, {clock} ({stop.visit_min} phút)."]
    if must:
        text.append("It was asked for as a must-visit.")
        text_vi.append("Đây là điểm bắt buộc theo yêu cầu.")
    text.append(f"It earns {_number(stop.prize)} of the trip's {_number(trip.prize)} ({share} %).")
    text_vi.append(
        f"Nơi này đóng góp {_number(stop.prize)} trong tổng giá trị {_number(trip.prize)} ({share} %)."
    )
    detour = stop.figures.get("detour_min")
    if detour is not None:
        text.append(f"It adds {detour} min to the day's way.")
        text_vi.append(f"Đường đi dài thêm {detour} phút.")
    if stop.why:
        text.append(f"{stop.why[:1].upper()}{stop.why[1:].rstrip('.')}.")
        text_vi.append(f"{stop.why_vi[:1].upper()}{stop.why_vi[1:].rstrip('.')}.")
    if "instead" in stop.figures and not must:
        other, gain = stop.figures["instead"], stop.figures["instead_worth"]
        worth = _number(stop.figures["worth"])
        if other is None:
            text.append(f"Without it the trip loses {worth}; no other candidate fits in its place.")
            text_vi.append(f"Bỏ nơi này, lịch mất {worth}; không nơi nào khác vừa chỗ này.")
        else:
            name_en, name_vi = _names(trip, other, None)
            text.append(
                f"Without it the trip loses {worth}; the best in its place, {name_en}, adds {_number(gain)}."
            )
            text_vi.append(
                f"Bỏ nơi này, lịch mất {worth}; nơi thay thế tốt nhất, {name_vi}, thêm {_number(gain)}."
            )
    figures = {
        **stop.figures,
        "day": day,
        "prize": stop.prize,
        "visit_min": stop.visit_min,
        "must_visit": must,
    }
    return Explanation(
        site_id=stop.site_id,
        visited=True,
        reason="visited",
        text=" ".join(text),
        text_vi=" ".join(text_vi),
        figures=figures,
    )


def _left_out(trip: Itinerary, left: Skipped, network: Network | None) -> Explanation:
    name_en, name_vi = _names(trip, left.site_id, network)
    return Explanation(
        site_id=left.site_id,
        visited=False,
        reason=left.reason,
        text=f"{name_en} is not visited. {left.detail}",
        text_vi=f"{name_vi} không có trong lịch. {left.detail_vi or left.detail}",
        figures=left.figures,
    )


def _no_candidate(trip: Itinerary, site: str, network: Network | None) -> Explanation:
    name_en, name_vi = _names(trip, site, network)
    ends = {place.site_id for day in trip.days for place in (day.start, day.end)}
    reason, why, why_vi = _why_no_candidate(trip, site, network)
    lead, lead_vi = f"{name_en} is not visited.", f"{name_vi} không có trong lịch."
    if network is None and site not in ends:
        lead, lead_vi = f"{site!r} is unknown to the trip.", f"Lịch không biết mã {site!r}."
    if site in ends:
        reason = "terminal"
        why, why_vi = "It is where a day starts or ends.", "Đây là nơi bắt đầu hoặc kết thúc một ngày."
    return Explanation(
        site_id=site,
        visited=False,
        reason=reason,
        text=f"{lead} {why}",
        text_vi=f"{lead_vi} {why_vi}",
    )


def _why_no_candidate(trip: Itinerary, site: str, network: Network | None) -> tuple[str, str, str]:
    corridor, area = trip.request.get("corridor"), trip.request.get("area")
    if network is None:
        known = [stop.site_id for stop in trip.stops] + [left.site_id for left in trip.skipped]
        hint = (did_you_mean(site, known) or "give the network as well to be told which.").removeprefix("; ")
        return (
            "not_asked",
            f"It is no sight of what was asked for, or not in the catalogue. {hint[:1].upper()}{hint[1:]}",
            "Nơi này không nằm trong phạm vi yêu cầu hoặc không có trong danh mục.",
        )
    row = network.sites.loc[site]
    if row["kind"] in NO_PRIZE_KINDS:
        return (
            "not_asked",
            "It is a way to a sight, no sight.",
            "Đây là đầu mối giao thông, không phải điểm tham quan.",
        )
    if corridor is not None and corridor not in row["corridors"]:
        own = ", ".join(row["corridors"]) or "-"
        return (
            "not_asked",
            f"It lies outside of the corridor {corridor!r} (it belongs to: {own}).",
            f"Nơi này không thuộc tuyến {corridor!r} (thuộc: {own}).",
        )
    if area is not None:
        return (
            "not_asked",
            "It lies outside of the area asked for.",
            "Nơi này nằm ngoài khu vực được yêu cầu.",
        )
    return "not_asked", "It was no candidate of this trip.", "Nơi này không được xét trong lịch này."


def _places(trip: Itinerary) -> list[Stop | Skipped]:
    return [*trip.stops, *trip.skipped]


def _names(trip: Itinerary, site: str, network: Network | None) -> tuple[str, str]:
    for place in _places(trip):
        if place.site_id == site and place.name_vi:
            return place.name_en or place.name_vi, place.name_vi
    if network is None or site not in network.sites.index:
        return site, site
    row = network.sites.loc[site]
    return row["name_en"] or row["name_vi"], row["name_vi"]


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
