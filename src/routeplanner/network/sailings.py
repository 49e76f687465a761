"""Timetabled sailings, kept, read and written as GTFS (https://gtfs.org/schedule/reference)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeplanner._files import read_text, refuse_no_path, write_whole
from routeplanner._resources import data_path
from routeplanner.errors import DataFileError

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

__all__ = ["Call", "Sailing", "load_sailings", "save_sailings"]

FERRY = "4"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COLUMNS = {
    "agency": ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
    "stops": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "routes": ("route_id", "agency_id", "route_long_name", "route_desc", "route_type", "route_url"),
    "trips": ("route_id", "service_id", "trip_id", "trip_headsign"),
    "stop_times": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "timepoint"),
    "calendar": ("service_id", *_WEEKDAYS, "start_date", "end_date"),
}
_OPTIONAL = {"agency_id", "agency_lang", "route_desc", "route_url", "trip_headsign", "timepoint"}


@dataclass(frozen=True, slots=True)
class Call:
    """A landing at which a sailing calls.

    Parameters
    ----------
    stop_id, name, lon, lat
        The landing: the id of the catalogue's site where it is one; degrees, EPSG:4326.
    arrive_s, depart_s
        Seconds after midnight of the day of service, beyond 24 hours after the next midnight; None where
        the timetable leaves them open between two timed calls.
    """

    stop_id: str
    name: str
    lon: float
    lat: float
    arrive_s: int | None
    depart_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sailing:
    """One sailing of a timetable.

    Parameters
    ----------
    key
        Id of the trip.
    route_id, name, note
        The route that it belongs to, its name, and what to know of it.
    operator, url
        Who runs it, and the page that says so.
    calls
        Landings in order, two or more, the first and the last with times.
    weekdays
        For Monday to Sunday whether it runs.
    first_day, last_day
        Dates between which it runs, both included.
    source
        The timetable that it stands in, for the record: ``"bundled"`` or the name of the file.
    """

    key: str
    route_id: str
    name: str
    note: str = ""
    operator: str = ""
    url: str = ""
    calls: tuple[Call, ...]
    weekdays: tuple[bool, ...] = (True,) * 7
    first_day: date
    last_day: date
    source: str = field(default="", compare=False)

    def runs_on(self, day: date) -> bool:
        """Return whether it sails on a date."""
        return self.first_day <= day <= self.last_day and self.weekdays[day.weekday()]


def load_sailings(path: str | os.PathLike[str] | None = None) -> tuple[Sailing, ...]:
    """Return the bundled sailings, or the ferry and boat trips (route type 4) of a GTFS feed.

    The bundled ones are those whose clock times a page has published. They are of 2017 and not confirmed as running
    today; boats are planned as charters unless sailings are given to `routeplanner.build_network`.

    Parameters
    ----------
    path
        A zip file or a folder; the bundled sailings by default. Services dated by ``calendar_dates.txt`` alone are
        not read.

    Raises
    ------
    DataFileError
        With all faults: a file, column, time or date that is missing or malformed, a stop that no row names.

    Examples
    --------
    >>> [call.stop_id for call in load_sailings()[0].calls]
    ['ben-chuong-duong-do', 'ben-phu-dong']
    >>> len(load_sailings(data_path("network", "sailings")))
    2
    """
    if path is not None:
        refuse_no_path(path, "give a GTFS zip file or folder, or nothing for the bundled sailings")
    file = data_path("network", "sailings") if path is None else Path(path)
    subject = str(file)
    texts = _texts(file, subject)
    faults: list[str] = []
    tables = {name: _table(name, texts, faults) for name in _COLUMNS}
    if faults:
        raise DataFileError(faults, subject=subject)
    found = [_sailing(trip, tables, faults) for trip in tables["trips"]]
    if faults:
        raise DataFileError(faults, subject=subject)
    source = "bundled" if path is None else file.name
    return tuple(replace(sailing, source=source) for sailing in found if sailing is not None)


def _texts(path: Path, subject: str) -> dict[str, str]:
    """Return the text files of a feed by name without suffix."""
    if path.is_dir():
        return {file.stem: read_text(file) for file in sorted(path.glob("*.txt"))}
    try:
        with zipfile.ZipFile(path) as feed:
            names = [name for name in feed.namelist() if name.endswith(".txt") and "/" not in name]
            return {name[:-4]: feed.read(name).decode("utf-8-sig") for name in names}
    except FileNotFoundError:
        fault = f"{path} does not exist; give a GTFS zip file or folder"
    except (zipfile.BadZipFile, UnicodeDecodeError, OSError) as error:
        fault = f"no GTFS zip file ({error}); download it again"
    raise DataFileError([fault], subject=subject)


def _table(name: str, texts: dict[str, str], faults: list[str]) -> list[dict[str, str]]:
    if name not in texts:
        faults.append(f"{name}.txt is missing; a GTFS feed needs it")
        return []
    reader = csv.DictReader(io.StringIO(texts[name].removeprefix("\ufeff")))
    missing = [c for c in _COLUMNS[name] if c not in _OPTIONAL and c not in (reader.fieldnames or ())]
    if missing:
        faults.append(f"{name}.txt: column {', '.join(missing)} is missing; add it")
        return []
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


def _sailing(
    trip: dict[str, str], tables: dict[str, list[dict[str, str]]], faults: list[str]
) -> Sailing | None:
    """Return a trip as a sailing, None where it is no boat or cannot be read."""
    key = trip["trip_id"]
    route = _row(tables["routes"], "route_id", trip["route_id"])
    if route is not None and route["route_type"] != FERRY:
        return None
    service = _row(tables["calendar"], "service_id", trip["service_id"])
    before = len(faults)
    if route is None:
        faults.append(f"trips.txt {key}: route_id {trip['route_id']!r} is not in routes.txt")
    if service is None:
        faults.append(f"trips.txt {key}: service_id {trip['service_id']!r} is not in calendar.txt")
    calls = _calls(key, tables, faults)
    dates = _dates(service, faults) if service else None
    if len(faults) > before or route is None or service is None or dates is None:
        return None
    agency = _row(tables["agency"], "agency_id", route.get("agency_id", "")) or next(
        iter(tables["agency"]), {}
    )
    return Sailing(
        key=key,
        route_id=route["route_id"],
        name=route["route_long_name"],
        note=route.get("route_desc", ""),
        operator=agency.get("agency_name", ""),
        url=route.get("route_url") or agency.get("agency_url", ""),
        calls=calls,
        weekdays=tuple(service[day] == "1" for day in _WEEKDAYS),
        first_day=dates[0],
        last_day=dates[1],
    )


def _row(rows: Iterable[dict[str, str]], column: str, value: str) -> dict[str, str] | None:
    return next((row for row in rows if row.get(column, "") == value), None)


def _calls(key: str, tables: dict[str, list[dict[str, str]]], faults: list[str]) -> tuple[Call, ...]:
    own = [row for row in tables["stop_times"] if row["trip_id"] == key]
    bad = [row["stop_sequence"] for row in own if not row["stop_sequence"].isdigit()]
    if bad or len(own) < 2:
        faults.append(
            f"stop_times.txt {key}: "
            + (
                f"stop_sequence {bad[0]!r} is no whole number"
                if bad
                else f"{len(own)} calls; give two or more"
            )
        )
        return ()
    own.sort(key=lambda row: int(row["stop_sequence"]))
    calls = [call for row in own if (call := _call(key, row, tables["stops"], faults)) is not None]
    if len(calls) == len(own):
        ends = (calls[0].depart_s, calls[-1].arrive_s)
        if None in ends:
            faults.append(f"stop_times.txt {key}: the first and the last call need times")
        clock = [t for call in calls for t in (call.arrive_s, call.depart_s) if t is not None]
        if clock != sorted(clock):
            faults.append(f"stop_times.txt {key}: times run backwards; order them by stop_sequence")
    return tuple(calls)


def _call(key: str, row: dict[str, str], stops: list[dict[str, str]], faults: list[str]) -> Call | None:
    stop = _row(stops, "stop_id", row["stop_id"])
    where = f"stop_times.txt {key} {row['stop_id']}"
    if stop is None:
        faults.append(f"{where}: stop_id is not in stops.txt")
        return None
    try:
        lon, lat = float(stop["stop_lon"]), float(stop["stop_lat"])
    except ValueError:
        faults.append(f"stops.txt {row['stop_id']}: stop_lat, stop_lon are no numbers; give degrees")
        return None
    times = [
        _seconds(row[column], f"{where} {column}", faults) for column in ("arrival_time", "departure_time")
    ]
    return Call(row["stop_id"], stop["stop_name"], lon, lat, times[0], times[1])


def _seconds(text: str, where: str, faults: list[str]) -> int | None:
    if not text:
        return None
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts) or max(map(int, parts[1:])) > 59:
        faults.append(f"{where}: {text!r} is no time; write HH:MM:SS")
        return None
    hours, minutes, seconds = map(int, parts)
    return 3600 * hours + 60 * minutes + seconds


def _dates(service: dict[str, str], faults: list[str]) -> tuple[date, date] | None:
    found = []
    for column in ("start_date", "end_date"):
        text = service[column]
        try:
            found.append(date(int(text[:4]), int(text[4:6]), int(text[6:8])))
        except ValueError:
            faults.append(
                f"calendar.txt {service['service_id']}: {column} {text!r} is no date; write YYYYMMDD"
            )
    return (found[0], found[1]) if len(found) == 2 else None


def save_sailings(sailings: Sequence[Sailing], path: str | os.PathLike[str]) -> Path:
    """Write sailings as a GTFS zip file; the same sailings give the same bytes.

    Parameters
    ----------
    sailings
        One or more sailings with keys of their own.
    path
        The zip file.

    Raises
    ------
    DataFileError
        When there is none, two have one key, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save_sailings(load_sailings(), f"{folder}/boats.zip")
    ...     load_sailings(file) == load_sailings()
    True
    """
    refuse_no_path(path, "give the name of a zip file to write")
    given: list[Any] = list(sailings) if isinstance(sailings, Iterable) else [sailings]
    wrong = [sailing for sailing in given if not isinstance(sailing, Sailing)]
    if wrong:
        fault = f"sailings: {wrong[0]!r} is no Sailing; give sailings as load_sailings() returns them"
        raise DataFileError([fault], subject=str(path))
    keys = [sailing.key for sailing in given]
    faults = [
        f"sailing {key!r} stands twice; give each its own key"
        for key in dict.fromkeys(keys)
        if keys.count(key) > 1
    ]
    if not given:
        faults.append("no sailing given; a GTFS feed needs one at least")
    if faults:
        raise DataFileError(faults, subject=str(path))
    return write_whole(path, _zipped(_tables(given)))


def _tables(sailings: Sequence[Sailing]) -> dict[str, list[tuple[object, ...]]]:
    operators = list(dict.fromkeys((s.operator, s.url) for s in sailings))
    services = list(dict.fromkeys((s.weekdays, s.first_day, s.last_day) for s in sailings))
    calls = [(s.key, i, call) for s in sailings for i, call in enumerate(s.calls, 1)]
    return {
        "agency": [
            (f"a{i}", name or "?", url or "https://gtfs.org", "Asia/Ho_Chi_Minh", "vi")
            for i, (name, url) in enumerate(operators)
        ],
        "stops": list(dict.fromkeys((call.stop_id, call.name, call.lat, call.lon) for _, _, call in calls)),
        "routes": list(
            dict.fromkeys(
                (s.route_id, f"a{operators.index((s.operator, s.url))}", s.name, s.note, FERRY, s.url)
                for s in sailings
            )
        ),
        "trips": [
            (s.route_id, f"s{services.index((s.weekdays, s.first_day, s.last_day))}", s.key, s.calls[-1].name)
            for s in sailings
        ],
        "stop_times": [
            (key, _clock(c.arrive_s), _clock(c.depart_s), c.stop_id, i, int(c.arrive_s is not None))
            for key, i, c in calls
        ],
        "calendar": [
            (f"s{i}", *map(int, days), f"{first:%Y%m%d}", f"{last:%Y%m%d}")
            for i, (days, first, last) in enumerate(services)
        ],
    }


def _clock(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _zipped(tables: dict[str, list[tuple[object, ...]]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as feed:
        for name, rows in tables.items():
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(_COLUMNS[name])
            writer.writerows(rows)
            entry = zipfile.ZipInfo(
                f"{name}.txt", (1980, 1, 1, 0, 0, 0)
            )  # no clock: equal feeds, equal bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            feed.writestr(entry, text.getvalue().encode())
    return packed.getvalue()
