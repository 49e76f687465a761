"""JSON-LD: a schema.org ``TouristTrip`` that search engines accept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from routeplanner._text import nfc
from routeplanner.export._rows import headline, name_of
from routeplanner.itinerary_text import date_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeplanner.itinerary import Day, Itinerary, Stop, Terminal

__all__ = ["to_jsonld"]


def to_jsonld(trip: Itinerary, *, lang: str = "en") -> str:
    r"""Return a ``TouristTrip`` with ``itinerary``, ``touristType`` and ``offers``.

    The text may stand in a ``<script type="application/ld+json">`` as it is: ``<`` is written ``\u003c``.
    There is an offer only where a price is known.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        **_trip(trip.days, headline(trip, lang), lang),
        "touristType": _interests(trip, lang),
        "itinerary": _list(trip.stops, lang),
    }
    if len(trip.days) > 1:
        data["subTrip"] = [
            {**_trip([day], _day_name(number, day, lang), lang), "itinerary": _list(day.stops, lang)}
            for number, day in enumerate(trip.days, 1)
        ]
    offer = _offer(trip, lang)
    if offer is not None:
        data["offers"] = offer
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text + "\n"


def _day_name(number: int, day: Day, lang: str) -> str:
    return f"{'Ngày' if lang == 'vi' else 'Day'} {number} · {date_words(day.date, lang)}"


def _trip(days: Sequence[Day], name: str, lang: str) -> dict[str, Any]:
    stops = [name_of(stop, lang) for day in days for stop in day.stops]
    return {
        "@type": "TouristTrip",
        "name": name,
        "description": ", ".join(stops) or name,
        "departureTime": days[0].start.time.isoformat(),
        "arrivalTime": days[-1].end.time.isoformat(),
        "tripOrigin": _place(days[0].start, lang),
    }


def _place(place: Terminal, lang: str) -> dict[str, Any]:
    return {"@type": "Place", "name": name_of(place, lang), "geo": _geo(place)}


def _geo(place: Stop | Terminal) -> dict[str, Any]:
    return {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon}


def _list(stops: Sequence[Stop], lang: str) -> dict[str, Any]:
    return {
        "@type": "ItemList",
        "numberOfItems": len(stops),
        "itemListElement": [
            {"@type": "ListItem", "position": position, "item": _attraction(stop, lang)}
            for position, stop in enumerate(stops, 1)
        ],
    }


def _attraction(stop: Stop, lang: str) -> dict[str, Any]:
    other = name_of(stop, "en" if lang == "vi" else "vi")
    item: dict[str, Any] = {
        "@type": "TouristAttraction",
        "identifier": stop.site_id,
        "name": name_of(stop, lang),
        "geo": _geo(stop),
    }
    if other != item["name"]:
        item["alternateName"] = other
    if stop.summary_en:
        item["description"] = nfc(stop.summary_en)
    if stop.fee_vnd == 0:
        item["isAccessibleForFree"] = True
    return item


def _interests(trip: Itinerary, lang: str) -> list[str]:
    """Return the themes asked for by name; without any, those who come for culture."""
    from routeplanner.sites.words import load_themes

    asked = trip.request.get("themes")
    asked = asked if isinstance(asked, Mapping) else {}
    known = load_themes()
    names = [
        (known[key].name_vi if lang == "vi" else known[key].name_en) if key in known else str(key)
        for key, weight in asked.items()
        if weight
    ]
    return names or ["Du lịch văn hóa" if lang == "vi" else "Cultural tourism"]


def _offer(trip: Itinerary, lang: str) -> dict[str, Any] | None:
    price = trip.measures.get("cost_vnd_per_person")
    if not isinstance(price, int | float) or isinstance(price, bool) or price < 0:
        return None
    partial = bool(trip.measures.get("cost_is_partial"))
    words = {
        ("vi", True): "Ước tính cho một người; một số vé hoặc thuyền chưa có giá",
        ("vi", False): "Ước tính cho một người",
        ("en", True): "Estimate for one person; some fees or boats have no known price",
        ("en", False): "Estimate for one person",
    }
    return {"@type": "Offer", "price": price, "priceCurrency": "VND", "description": words[lang, partial]}
