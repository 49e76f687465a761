"""What the service hands out besides searches: places, calendars, plans in other formats."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from routeplanner.batch import fingerprint
from routeplanner.errors import RequestError
from routeplanner.export import FORMATS, trip_bytes
from routeplanner.itinerary import Itinerary
from routeplanner.service.headers import wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from routeplanner.network import Network
    from routeplanner.service.settings import Settings

__all__ = ["Shelf", "oembed_xml"]

_MOST_BYTES = 64 * 2**20
_EMBED = re.compile(r"/embed/([0-9a-f]{24})/?(?:[?#].*)?", re.ASCII)
_FRAME_PX = (1000, 680)


class Shelf:
    """Catalogue and network, and a memory of what was asked lately.

    Parameters
    ----------
    settings
        With the catalogue.
    """

    def __init__(self, settings: Settings) -> None:
        from routeplanner.network.files import network_of

        self.network: Network = network_of(
            settings.catalogue,
            roads=settings.roads,
            traffic=settings.traffic,
            boat=settings.boat,
            water_level_m=settings.water_level_m,
            sailings=settings.sailings,
        )
        self._sites = self.network.sites
        self.ground = fingerprint(self.network)
        self._memory: OrderedDict[Any, bytes] = OrderedDict()
        self._lock, self._drawing = threading.Lock(), threading.Lock()
        self.calendar: Callable[[int, str, str], bytes] = lru_cache(maxsize=64)(self._calendar)
        self.corridors: Callable[[], bytes] = lru_cache(maxsize=1)(self._corridors)

    def sites(
        self,
        wanted: dict[str, str | None],
        *,
        near: str | None,
        within_km: float | None,
        faults: Sequence[str] = (),
    ) -> bytes:
        """Return places as GeoJSON; what is wrong with the words comes with the faults found before.

        Raises
        ------
        RequestError
            For words that the catalogue does not know.
        """
        from routeplanner.planning.request import parse_place
        from routeplanner.sites.catalog import to_geojson
        from routeplanner.sites.find import filter_sites

        position = None if near is None else parse_place(near)
        found, faults = self._sites, list(faults)
        if near is not None and position is None:
            faults.append(f"near: {near!r} is not lat,lon in degrees, as 20.90,105.87")
        if within_km is not None and near is None:
            faults.append("within_km: needs near=lat,lon to measure from")
        here = None if position is None else (position[1], position[0])
        try:
            found = filter_sites(found, near=here, within_km=None if here is None else within_km, **wanted)
        except RequestError as error:
            faults += error.faults
        if faults:
            raise RequestError(faults, subject="search for sites")
        return _json(to_geojson(found))

    def read_request(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Return a request with all its defaults.

        Raises
        ------
        RequestError
            With all faults at once: of the request itself, and words that the catalogue does not know.
        """
        from routeplanner.planning.request import TripRequest
        from routeplanner.planning.resolve import unknown_words

        try:
            return TripRequest.from_dict(data).to_dict()
        except RequestError as error:
            more = unknown_words(data, self._sites) if isinstance(data, dict) else []
            faults = [*error.faults, *(fault for fault in more if fault not in error.faults)]
            raise RequestError(faults, subject=error.subject) from None

    def _corridors(self) -> bytes:
        from routeplanner.export.listings import corridor_rows

        return _json(corridor_rows(self._sites))

    def _calendar(self, year: int, form: str, lang: str) -> bytes:
        from routeplanner.export.listings import calendar_rows
        from routeplanner.render.ical import calendar_to_ics
        from routeplanner.sites.festivals import festival_calendar

        found = festival_calendar(year, self._sites)
        return calendar_to_ics(found, lang=lang).encode() if form == "ics" else _json(calendar_rows(found))

    def format_of(self, suffix: str, name: str | None, accept: str | None) -> str:
        """Return the suffix of the format that is asked for, by suffix or name, or else by the header ``Accept``.

        Raises
        ------
        RequestError
            For an unknown one, or two that differ.
        """
        asked = [f".{word.lower().removeprefix('.')}" for word in (suffix, name or "") if word]
        faults = [
            f"format: {key.removeprefix('.')!r} is unknown; use one of {' '.join(FORMATS)}"
            for key in asked
            if key not in FORMATS
        ]
        if not faults and len(set(asked)) > 1:
            faults.append(f"format: the address asks for both {asked[0]!r} and {asked[1]!r}; keep one")
        if faults:
            raise RequestError(faults, subject="format")
        if asked:
            return asked[0]
        for wanted in wishes(accept):
            for key, form in FORMATS.items():
                if wanted in (form.media_type.partition(";")[0], "*/*"):
                    return key
        return ".json"

    def export(self, plan_id: str, text: str, suffix: str, lang: str, created: datetime) -> tuple[bytes, str]:
        """Return a plan in a format, and the format's media type."""
        form = FORMATS[suffix]
        if suffix == ".json":
            return text.encode(), form.media_type
        key = plan_id, suffix, lang
        with self._lock:
            known = self._memory.get(key)
            if known is not None:
                self._memory.move_to_end(key)
                return known, form.media_type
        trip = Itinerary.from_dict(json.loads(text))
        if suffix in (".svg", ".png"):
            with self._drawing:  # matplotlib's settings are those of the whole process
                made = trip_bytes(trip, suffix, lang=lang)
        else:
            made = trip_bytes(trip, suffix, lang=lang, stamp=created)
        with self._lock:
            self._memory[key] = made
            while sum(map(len, self._memory.values())) > _MOST_BYTES:
                self._memory.popitem(last=False)
        return made, form.media_type

    @staticmethod
    def embedded(url: str, base: str) -> tuple[str, str] | None:
        """Return the plan's id and the language, where one is named, of an address of an embedded page of ours."""
        found = _EMBED.fullmatch(url.removeprefix(base)) if url.startswith(base) else None
        if found is None:
            return None
        lang = parse_qs(urlsplit(url).query).get("lang", [""])[-1]
        return found[1], lang if lang in ("vi", "en") else ""

    @staticmethod
    def oembed(
        page: str, text: str, lang: str, *, size: tuple[int | None, int | None], base: str
    ) -> dict[str, Any]:
        """Return an oEmbed answer; `size` has the most width and height, in pixels."""
        from routeplanner.export import headline
        from routeplanner.render import embed_snippet

        trip = Itinerary.from_dict(json.loads(text))
        width, height = (min(most, limit or most) for most, limit in zip(_FRAME_PX, size, strict=True))
        title = headline(trip, lang)
        narrow = None if size[0] is None else width
        return {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": "routeplanner",
            "provider_url": base,
            "cache_age": 3600,
            "width": width,
            "height": height,
            "html": embed_snippet(page, title=title, width_px=narrow, height_px=height),
        }


def oembed_xml(told: dict[str, Any]) -> bytes:
    """Return an oEmbed answer as XML.

    Examples
    --------
    >>> oembed_xml({"version": "1.0", "title": "Chùa & làng"}).decode().splitlines()[1]
    '<oembed><version>1.0</version><title>Chùa &amp; làng</title></oembed>'
    """
    root = ET.Element("oembed")
    for name, value in told.items():
        ET.SubElement(root, name).text = str(value)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
