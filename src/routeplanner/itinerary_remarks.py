"""What a reader has to know beside the clock: how sure the facts are, what the price holds, where nights are spent.

Every text is a pair (Vietnamese, English).
"""

from __future__ import annotations

import csv
import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING

from routeplanner._files import read_text
from routeplanner._resources import data_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeplanner.itinerary import Day, Itinerary, Stop, Terminal

__all__ = [
    "ABOUT",
    "cost_left_out",
    "cost_remark",
    "doubt_keys",
    "doubt_words",
    "from_lodging",
    "lodging_name",
    "lodging_words",
    "off_words",
    "to_lodging",
]

Pair = tuple[str, str]

ABOUT = "≈"
"""Sign of what nobody published; read the same without colours."""

_OFF = {"village": ("lệch đến 1 km", "up to 1 km off"), "commune": ("lệch đến 3 km", "up to 3 km off")}
_ASSUMED = {"hours": ("giờ mở cửa", "hours"), "visit": ("thời gian thăm", "visit time")}
_BY_WATER = ("boat", "ferry")
_CITY_REACH_KM = 15
_HUBS = ("Ga ", "Sân bay ", "Bến xe ")


# --- how sure ----------------------------------------------------------------------------------------


def off_words(stop: Stop) -> Pair | None:
    """Return how far off the point of a stop may be, where that matters to a driver."""
    return _OFF.get(stop.position)


def doubt_words(stop: Stop) -> Pair:
    """Return in few words what of a stop is not published, or two empty texts.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> stop = SimpleNamespace(certainty="assumed", visit_certainty="assumed", position="village")
    >>> doubt_words(stop)[1]
    '≈ hours, visit time assumed; position up to 1 km off'
    """
    which = [_ASSUMED[key] for key in _assumed(stop)]
    off = off_words(stop)
    parts_vi = [f"{', '.join(vi for vi, _ in which)}: ước định"] if which else []
    parts_en = [f"{', '.join(en for _, en in which)} assumed"] if which else []
    if off is not None:
        parts_vi.append(f"vị trí {off[0]}")
        parts_en.append(f"position {off[1]}")
    if not parts_vi:
        return ("", "")
    return (f"{ABOUT} {'; '.join(parts_vi)}", f"{ABOUT} {'; '.join(parts_en)}")


def _assumed(stop: Stop) -> Iterator[str]:
    if stop.certainty == "assumed":
        yield "hours"
    if stop.visit_certainty == "assumed":
        yield "visit"


def doubt_keys(stops: Sequence[Stop]) -> Iterator[Pair]:
    """Yield what the signs of the rows mean, as far as these stops have them."""
    said: list[Pair] = []
    assumed = {key for stop in stops for key in _assumed(stop)}
    if "hours" in assumed:
        said.append(
            (
                "giờ mở cửa ước định: không nơi nào công bố, lấy giờ thường lệ của loại điểm",
                "hours assumed: nobody published them, they are the usual ones of its kind",
            )
        )
    if "visit" in assumed:
        said.append(
            ("thời gian thăm ước định: do chúng tôi cân nhắc", "visit time assumed: a judgement of ours")
        )
    if any(off_words(stop) is not None for stop in stops):
        said.append(
            (
                "vị trí lệch: điểm đặt ở giữa làng hoặc giữa xã",
                "position off: the point is the middle of the village or the commune",
            )
        )
    if said:
        vi, en = ("; ".join(part[index] for part in said) for index in (0, 1))
        yield (f"{ABOUT} {vi}. Xác nhận trước khi đi.", f"{ABOUT} {en}. Confirm before you go.")
    if any(stop.certainty == "needs_confirmation" for stop in stops):
        yield (
            "? giờ mở cửa cần xác nhận: phải hẹn trước, hoặc chưa rõ giờ.",
            "? hours to be confirmed: by appointment, or not known for that date.",
        )


# --- what the price holds ----------------------------------------------------------------------------


def cost_left_out(itinerary: Itinerary) -> Pair:
    """Return in few words what the cost a person leaves out.

    Examples
    --------
    >>> from routeplanner.itinerary import Itinerary
    >>> empty = Itinerary(version="", seed=0, request={}, prize=0.0, days=())
    >>> cost_left_out(empty)[1]
    'without meals'
    """
    modes = {leg.mode for day in itinerary.days for leg in day.legs}
    parts = []
    if "air" in modes:
        parts.append(("máy bay", "flights"))
    if "rail" in modes:
        parts.append(("tàu hỏa", "trains"))
    if modes & set(_BY_WATER):
        parts.append(("thuyền, phà", "boats"))
    if _nights(itinerary.days):
        parts.append(("chỗ ở", "lodging"))
    parts.append(("bữa ăn", "meals"))
    return ("chưa gồm " + ", ".join(vi for vi, _ in parts), "without " + ", ".join(en for _, en in parts))


def _nights(days: Sequence[Day]) -> int:
    """Nights at a lodging; those aboard a train aside."""
    return sum(to_lodging(days, number) for number in range(1, len(days) + 1))


def cost_remark(itinerary: Itinerary) -> Pair:
    """Return what the cost a person holds and what it does not; a sentence of its own where there is no cost."""
    cost = itinerary.measures.get("cost_vnd_per_person")
    if "cost_vnd_per_person" not in itinerary.measures:
        return ("", "")
    missing = _not_counted(itinerary)
    vi, en = ("; ".join(part[index] for part in missing) for index in (0, 1))
    if cost is None:
        by_boat = any(leg.mode in _BY_WATER for day in itinerary.days for leg in day.legs)
        what = ("thuyền", "the boat") if by_boat else ("xe", "the vehicle")
        return (
            f"Chi phí: chưa tính được, vì chưa có giá {what[0]} hiện nay. Cũng chưa tính: {vi}.",
            f"Cost: not reckoned, since no present price of {what[1]} is known. Not counted either: {en}.",
        )
    known = sum(stop.fee_vnd is not None for stop in itinerary.stops)
    total, people = len(itinerary.stops), itinerary.request.get("people")
    shared = (f", chia cho {people} người", f", shared by {people}") if isinstance(people, int) else ("", "")
    holds_vi = f"thuê xe (ước tính){shared[0]}; vé của {known} trên {total} điểm"
    holds_en = f"hire of the vehicles (an estimate){shared[1]}; fees of {known} of {total} stops"
    return (
        f"Chi phí một người gồm: {holds_vi}. Chưa gồm: {vi}.",
        f"The cost a person counts: {holds_en}. Not counted: {en}.",
    )


def _not_counted(itinerary: Itinerary) -> list[Pair]:
    legs = [leg for day in itinerary.days for leg in day.legs]
    flights, trains = (sum(leg.mode == mode for leg in legs) for mode in ("air", "rail"))
    nights, unknown = _nights(itinerary.days), sum(stop.fee_vnd is None for stop in itinerary.stops)
    counted = [
        (flights, "chuyến bay", "flight", "flights"),
        (trains, "chuyến tàu", "train ride", "train rides"),
        (nights, "đêm ở", "night's lodging", "nights' lodging"),
    ]
    found = [(f"{n} {vi}", f"{n} {one if n == 1 else many}") for n, vi, one, many in counted if n]
    if any(leg.mode in _BY_WATER for leg in legs):
        found.append(_boat_words())
    if unknown:
        stops = f"{unknown} stop{'s' * (unknown != 1)}"
        found.append((f"vé của {unknown} điểm chưa rõ giá", f"unknown fees of {stops}"))
    return [*found, ("bữa ăn, hướng dẫn viên", "meals, a guide")]


def _boat_words() -> Pair:
    """Return that the boat is not counted, with what was published of it, however old."""
    from routeplanner.network.boats import load_boats

    for boat in load_boats().values():
        if boat.price_person_vnd:
            year, price = boat.price_year, f"{boat.price_person_vnd:,}"
            said_vi = f"giá công bố năm {year} cho một ngày đi ghép: {price.replace(',', '.')} đ"
            said_en = f"published in {year} for a shared day: {price} VND"
            return (f"thuyền, phà ({said_vi})", f"boats and ferries ({said_en})")
    return ("thuyền, phà", "boats and ferries")


# --- where nights are spent --------------------------------------------------------------------------


def from_lodging(days: Sequence[Day], number: int) -> bool:
    """Return whether a day, counted from 1, begins at the place of a night that is not spent aboard a train."""
    return number > 1 and to_lodging(days, number - 1)


def to_lodging(days: Sequence[Day], number: int) -> bool:
    """Return whether a day, counted from 1, ends at the place of a night that is not spent aboard a train."""
    return number < len(days) and days[number - 1].night is None


def lodging_name(place: Terminal) -> Pair | None:
    """Return the city of a night whose place only stands for it: a station, an airport or a corridor's base.

    None where the place is one's own (a hotel's position, a village), or no city is near.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> station = SimpleNamespace(site_id="ga-hue", name_vi="Ga Huế", lon=107.5785, lat=16.4564)
    >>> lodging_name(station)
    ('Huế', 'Hue')
    """
    if not (place.name_vi.startswith(_HUBS) or place.site_id in _bases()):
        return None
    shrink = math.cos(math.radians(place.lat))
    away = [
        (111.2 * math.hypot((lon - place.lon) * shrink, lat - place.lat), name)
        for name, lon, lat in _cities()
    ]
    nearest = min(away, default=(math.inf, ("", "")))
    return nearest[1] if nearest[0] <= _CITY_REACH_KM else None


def lodging_words(place: Terminal, *, leaving: bool) -> Pair:
    """Return what to say of a night's place: that no lodging is chosen, and where times are reckoned to or from."""
    vi, en = place.name_vi or place.name_en, place.name_en or place.name_vi
    if lodging_name(place) is None:
        return ("Xuất phát", "Departure") if leaving else ("Nghỉ đêm", "Overnight")
    if leaving:
        return (f"Xuất phát từ chỗ ở (giờ tính từ {vi})", f"Departure from the lodging (times are from {en})")
    return (
        f"Nghỉ đêm: chưa chọn chỗ ở (giờ tính tới {vi})",
        f"Overnight: lodging not chosen (times are to {en})",
    )


@lru_cache(maxsize=1)
def _bases() -> frozenset[str]:
    from routeplanner.sites.words import load_corridors

    return frozenset(site for told in load_corridors().values() for site in (*told.bases, told.start_site_id))


@lru_cache(maxsize=1)
def _cities() -> tuple[tuple[Pair, float, float], ...]:
    """Return the cities of the bundled map that nights are named after, with an English name of their own."""
    rows = csv.DictReader(io.StringIO(read_text(data_path("network", "country_names.csv"))))
    return tuple(
        ((row["name_vi"], row["name_en"]), float(row["lon"]), float(row["lat"]))
        for row in rows
        if row["kind"] in ("capital", "centre")
    )
