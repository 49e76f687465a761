"""What a programme means for communes, cultural fields, visitors and the climate, with low and high values.

One ledger holds every amount once, by route, place, commune, cultural field and category, for a departure and for
the year; each table is a sum over it, so that sums by commune, field and route agree. Every amount is carried as low,
mid and high: all parameters low, at their middle, or high together, which is the widest interval they allow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeplanner._resources import data_path
from routeplanner._text import did_you_mean
from routeplanner.errors import DataFileError, RequestError
from routeplanner.planning.request import VEHICLES
from routeplanner.programme.arguments import refuse_wrong
from routeplanner.programme.written import number_written, rows_written

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from routeplanner.itinerary import Day, Itinerary
    from routeplanner.network import Network
    from routeplanner.programme.model import Programme

__all__ = [
    "FIELDS",
    "GROUP_SIZES",
    "Impact",
    "checked_parameters",
    "field_of",
    "full_cost",
    "impact",
    "load_parameters",
]

LEVELS = ("low", "mid", "high")
GROUP_SIZES = (6, 12, 25, 40)
HIRED = ("coach", "car")
CREW_SEATS = 2
"""Seats that are no guest's: a vehicle is named in Vietnam by all its seats (a "7-seat car" takes six beside its
driver), and the guide who is paid for on each departure sits in it too."""
OPERATOR = "(operator)"
"""Commune of what is paid to those who run the trip: vehicle, guide, boat."""

FIELDS: Mapping[str, tuple[str, str]] = {
    "handicraft": ("Thủ công mỹ nghệ", "Handicraft"),
    "fashion_textiles": ("Dệt may, thời trang", "Textiles and fashion"),
    "cuisine": ("Ẩm thực", "Cuisine"),
    "performing_arts": ("Nghệ thuật biểu diễn", "Performing arts"),
    "design_publishing": ("Thiết kế, tranh và xuất bản", "Design, prints and publishing"),
    "museums": ("Bảo tàng", "Museums"),
    "worship": ("Tín ngưỡng, lễ hội", "Worship and festivals"),
    "heritage": ("Di sản, kiến trúc", "Heritage and architecture"),
    "scholarship": ("Khoa bảng", "Scholarship"),
    "communities": ("Văn hóa cộng đồng các dân tộc", "Ethnic communities"),
    "landscape": ("Cảnh quan, sinh thái", "Landscape"),
    "services": ("Dịch vụ du lịch", "Travel services"),
}
"""Cultural fields with their names in Vietnamese and English; each place counts in exactly one."""

_BY_KIND = {
    "food": "cuisine",
    "market": "cuisine",
    "performance": "performing_arts",
    "museum": "museums",
    "creative_space": "design_publishing",
    "nature": "landscape",
}
_BY_THEME = {
    "scholarship": "scholarship",
    "ethnic_community": "communities",
    "spiritual": "worship",
    "performing_arts": "performing_arts",
    "nature": "landscape",
}
_CUISINE_CRAFTS = frozenset({"food_specialty", "distilling"})
_COLUMNS = ["key", "low", "mid", "high", "unit", "year", "source", "basis", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """The ledger of a programme and what follows from it.

    Parameters
    ----------
    ledger
        One row an amount: route, commune, site_id (None for what is no place's), field, category (a kind of spend,
        or ``hours``), departures, people, and low, mid, high for one departure (VND, or visitor-hours), and
        local_low, local_mid, local_high (VND that stay in the commune).
    emissions
        One row a route and mode: km of a departure for each visitor, departures, people, kg CO2e of a departure as
        low, mid, high.
    cost
        One row a route and group size: vehicle, vehicles, full cost a person as low, mid, high, in VND: vehicle, guide,
        boat, ferries, flights, trains, fees, workshops, meals and nights; no purchases.
    parameters
        The table that was used.
    """

    ledger: pd.DataFrame
    emissions: pd.DataFrame
    cost: pd.DataFrame
    parameters: pd.DataFrame

    def by(self, column: str) -> pd.DataFrame:
        """Return the year's sums by ``"route"``, ``"commune"``, ``"field"``, ``"category"`` or ``"site_id"``.

        Columns: visitor_hours, spend_low, spend_mid, spend_high, local_low, local_mid, local_high (VND a year). Rows
        by falling spend.
        """
        import pandas as pd

        hours = self.ledger["category"] == "hours"
        year = self.ledger["departures"]
        parts = {"visitor_hours": (self.ledger["mid"] * year).where(hours, 0.0)}
        for level in LEVELS:
            parts[f"spend_{level}"] = (self.ledger[level] * year).where(~hours, 0.0)
        for level in LEVELS:
            parts[f"local_{level}"] = (self.ledger[f"local_{level}"] * year).where(~hours, 0.0)
        table = pd.DataFrame(parts).groupby(self.ledger[column]).sum()
        return table.sort_values(["spend_mid", "visitor_hours"], ascending=False, kind="stable")

    @property
    def totals(self) -> dict[str, float]:
        """Sums of the year: visitors, visitor_hours, spend, local spend and kg CO2e, each low, mid and high."""
        table = self.by("route").sum()
        out = {str(name): float(value) for name, value in table.items()}
        for level in LEVELS:
            out[f"kg_co2e_{level}"] = float((self.emissions[level] * self.emissions["departures"]).sum())
        trips = self.ledger.drop_duplicates("route")
        out["visitors"] = float((trips["departures"] * trips["people"]).sum())
        return out

    def by_mode(self) -> pd.DataFrame:
        """Return the year's emissions by mode: passenger_km, and kg CO2e as low, mid and high."""
        import pandas as pd

        own, year = self.emissions, self.emissions["departures"]
        parts = {"passenger_km": own["km"] * own["people"] * year} | {
            f"kg_co2e_{level}": own[level] * year for level in LEVELS
        }
        return pd.DataFrame(parts).groupby(own["mode"]).sum().sort_values("passenger_km", ascending=False)


def load_parameters(path: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """Return the parameters of impact: index `key`; low, mid, high, unit, year, source, basis, note.

    Parameters
    ----------
    path
        A CSV file of the same shape, as ``load_parameters().to_csv("own.csv")`` writes it, columns apart by commas,
        semicolons or tabs; rows that it lacks are taken from the bundled table. Numbers may be written as in Vietnam:
        ``1.234,5``, and ``100.000`` where the unit is VND. Units are those of the bundled table, or left empty.

    Raises
    ------
    DataFileError
        With all faults: unknown keys, other units, values that are no numbers or can be read in two ways, low above
        mid, mid above high, shares above 1.

    Examples
    --------
    >>> load_parameters().loc["guide_day", ["low", "mid", "high"]].tolist()
    [600000.0, 650000.0, 3000000.0]
    """
    bundled = _read(data_path("programme", "parameters.csv"))
    if path is None:
        return bundled
    own = _read(path, bundled=bundled)
    own.loc[own["basis"] == "", "basis"] = "own"
    bundled.loc[own.index] = own
    return bundled


def _read(path: str | os.PathLike[str], *, bundled: pd.DataFrame | None = None) -> pd.DataFrame:
    import pandas as pd

    rows = rows_written(path)
    names = rows[0].keys() if rows else ()
    missing = [name for name in ("key", *LEVELS) if name not in names]
    if missing:
        words = f"; give a CSV file with {', '.join(_COLUMNS)}, apart by commas or semicolons"
        raise DataFileError(
            [f"the column {name!r} is missing{words}" for name in missing] if rows else [f"no rows{words}"],
            subject=str(path),
        )
    table = pd.DataFrame(rows).reindex(columns=_COLUMNS, fill_value="").set_index("key")
    known = None if bundled is None else list(bundled.index)
    strange = [
        f"{key}: no such parameter{did_you_mean(str(key), known) or '; known are ' + ', '.join(known)}"
        for key in table.index
        if known is not None and key not in known
    ]
    units = table["unit"] if bundled is None else bundled["unit"]
    return _checked(table, str(path), dict(units), strange)


def _checked(
    table: pd.DataFrame, subject: str, units: Mapping[str, str], strange: Sequence[str] = ()
) -> pd.DataFrame:
    faults = [*strange, *(f"{key}: stands there twice" for key in table.index[table.index.duplicated()])]
    told = table["unit"] if "unit" in table.columns else [""] * len(table)
    own = ["" if unit != unit or unit is None else str(unit).strip() for unit in told]  # noqa: PLR0124 - NaN
    faults += [
        f"{key}: the unit is {unit!r}; give {units[key]!r}, and the values in it"
        for key, unit in zip(table.index, own, strict=True)
        if unit and unit != units.get(key, unit)
    ]
    table["unit"] = [units.get(key, unit) for key, unit in zip(table.index, own, strict=True)]
    numbers_wrong = len(faults)
    for level in LEVELS:
        table[level] = [
            _amount(key, level, value, units.get(key, ""), faults)
            for key, value in zip(table.index, table[level], strict=True)
        ]
    if len(faults) == numbers_wrong:
        wrong = (table["low"] > table["mid"]) | (table["mid"] > table["high"])
        faults += [f"{key}: low, mid and high do not rise; order them" for key in table.index[wrong]]
        above = table.index.str.startswith(("local_share:", "workshop_uptake")) & (table["high"] > 1)
        faults += [
            f"{key}: high is {high:g}; a share is 1 at most" for key, high in table.loc[above, "high"].items()
        ]
    if faults:
        raise DataFileError(faults, subject=subject)
    return table


def _amount(key: object, level: str, value: object, unit: str, faults: list[str]) -> float:
    """Return a value of the table, and add a fault where it is none."""
    try:
        number = number_written(value, unit)
    except ValueError as error:
        faults.append(f"{key}: {level} is {str(value).strip() or 'missing'}; {error}")
        return 0.0
    if not 0 <= number < math.inf:
        faults.append(f"{key}: {level} is {number:g}; give a number, 0 or more")
        return 0.0
    return number


def checked_parameters(parameters: pd.DataFrame | None, *, subject: str) -> pd.DataFrame:
    """Return a table of parameters that is whole and right; by default the bundled one.

    Raises
    ------
    DataFileError
        When values are no numbers or do not rise from low to high, or units are not those of the bundled table.
    RequestError
        When a parameter is missing.
    """
    bundled = load_parameters()
    if parameters is None:
        return bundled
    table = _checked(parameters.copy(), "parameters", dict(bundled["unit"]))
    missing = sorted(set(bundled.index) - set(table.index))
    if missing:
        words = "; give a row for it, or read your table with load_parameters(path), which fills it in"
        raise RequestError([f"parameters: {key!r} is missing{words}" for key in missing], subject=subject)
    return table


def field_of(kind: str, themes: Sequence[str], crafts: Sequence[str]) -> str:
    """Return the cultural field in which a place counts, one of `FIELDS`.

    Examples
    --------
    >>> field_of("craft_village", ["handicraft", "textile_fashion"], ["silk_weaving"])
    'fashion_textiles'
    >>> field_of("heritage_site", ["architecture", "spiritual"], [])
    'worship'
    """
    if kind == "craft_village":
        if crafts and crafts[0] in _CUISINE_CRAFTS:
            return "cuisine"
        return "fashion_textiles" if "textile_fashion" in themes else "handicraft"
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    for theme, name in _BY_THEME.items():
        if theme in themes:
            return name
    return "heritage"


def impact(
    programme: Programme,
    network: Network,
    *,
    parameters: pd.DataFrame | None = None,
    group_sizes: Sequence[int] = GROUP_SIZES,
) -> Impact:
    """Return what a programme brings to communes and fields, costs a visitor, and emits, over its year.

    Parameters
    ----------
    programme
        With its departures.
    network
        Its catalogue has communes, kinds, themes and fees.
    parameters
        As `load_parameters` gives them, or changed.
    group_sizes
        Numbers of guests whose cost a person is asked for: the smallest vehicle that holds them is hired, in which the
        driver and the guide take a seat each (a 16-seat minibus takes 14 guests).

    Raises
    ------
    RequestError
        When a parameter that is needed is missing, or a group size is no whole number above 0.

    Examples
    --------
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> brief = rp.ProgrammeBrief(year=2027, corridors=("northwest",), routes=2)
    >>> found = rp.impact(rp.design_programme(network, brief, rounds=1), network)
    >>> total = found.totals["spend_mid"]
    >>> all(abs(found.by(column)["spend_mid"].sum() - total) < 1 for column in ("route", "commune", "field"))
    True
    """
    import pandas as pd

    refuse_wrong(
        "impact",
        optional=["parameters"],
        programme=programme,
        network=network,
        parameters=parameters,
        group_sizes=group_sizes,
    )
    table = checked_parameters(parameters, subject="impact")
    sizes = list(group_sizes)
    if not all(type(size) is int and size > 0 for size in sizes):
        raise RequestError([f"group_sizes: {sizes!r} are not whole numbers above 0"], subject="impact")
    tariff = _Tariff(table)
    desk = _Desk(network, tariff, int(programme.brief["people"]), str(programme.brief["vehicle"]))
    ledger, emissions, cost = [], [], []
    for card, route in zip(programme.cards, programme.routes, strict=True):
        head = {"route": card.key, "departures": sum(card.departures), "people": desk.people}
        ledger += [{**head, **row} for row in _rows(route, desk)]
        emissions += [{**head, **row} for row in _emitted(route, desk)]
        cost += [{"route": card.key, **_cost(route, tariff, size, desk.vehicle)} for size in sizes]
    return Impact(
        ledger=pd.DataFrame(ledger, columns=_LEDGER),
        emissions=pd.DataFrame(emissions, columns=_EMISSIONS),
        cost=pd.DataFrame(cost),
        parameters=table,
    )


_LEDGER = [
    "route",
    "departures",
    "people",
    "commune",
    "site_id",
    "field",
    "category",
    "low",
    "mid",
    "high",
    "local_low",
    "local_mid",
    "local_high",
]
_EMISSIONS = ["route", "departures", "people", "mode", "km", "low", "mid", "high"]


@dataclass(frozen=True, slots=True)
class _Tariff:
    """What the parameters say of prices: all that the cost of a trip needs."""

    table: pd.DataFrame

    def of(self, key: str) -> tuple[float, float, float]:
        """Return a parameter as low, mid, high."""
        low, mid, high = (float(self.table.loc[key, level]) for level in LEVELS)
        return low, mid, high


@dataclass(frozen=True, slots=True)
class _Desk:
    network: Network
    tariff: _Tariff
    people: int
    vehicle: str

    def commune(self, site: str) -> str:
        """Return the commune of a place, of 2025 where it is known."""
        if site not in self.network.sites.index:
            return OPERATOR
        row = self.network.sites.loc[site]
        return str(row.get("commune_2025") or row.get("commune_2024") or "?")

    def field(self, site: str) -> str:
        row = self.network.sites.loc[site]
        return field_of(row["kind"], row["themes"] or (), row["crafts"] or ())


Amount = tuple[float, float, float]


def _times(amount: Amount, *factors: Amount | float) -> Amount:
    for factor in factors:
        own = factor if isinstance(factor, tuple) else (factor, factor, factor)
        amount = (amount[0] * own[0], amount[1] * own[1], amount[2] * own[2])
    return amount


def _plus(amounts: Sequence[Amount]) -> Amount:
    return (
        sum(amount[0] for amount in amounts),
        sum(amount[1] for amount in amounts),
        sum(amount[2] for amount in amounts),
    )


def _row(
    desk: _Desk, category: str, amount: Amount, *, site: str | None, field: str, commune: str
) -> dict[str, Any]:
    share = desk.tariff.of(f"local_share:{category}") if category != "hours" else (0.0, 0.0, 0.0)
    local = _times(amount, share)
    return {
        "commune": commune,
        "site_id": site,
        "field": field,
        "category": category,
        **dict(zip(LEVELS, amount, strict=True)),
        **dict(zip((f"local_{level}" for level in LEVELS), local, strict=True)),
    }


def _rows(route: Itinerary, desk: _Desk) -> Iterator[dict[str, Any]]:
    """Yield the amounts of one departure."""
    people = float(desk.people)
    for stop in route.stops:
        place = {
            "site": stop.site_id,
            "field": desk.field(stop.site_id),
            "commune": desk.commune(stop.site_id),
        }
        hours = people * stop.visit_min / 60
        yield _row(desk, "hours", (hours, hours, hours), **place)
        for category, each in _spent_at(stop.kind, stop.fee_vnd, desk.tariff).items():
            yield _row(desk, category, _times(each, people), **place)
    for day in route.days:
        for pause in day.breaks:
            commune = OPERATOR if pause.aboard else desk.commune(pause.site_id)
            yield _row(
                desk,
                "meal",
                _times(desk.tariff.of("meal"), people),
                site=None,
                field="cuisine",
                commune=commune,
            )
    for night in _lodgings(route):
        yield _row(
            desk,
            "lodging",
            _times(desk.tariff.of("lodging"), people),
            site=None,
            field="services",
            commune=desk.commune(night),
        )
    paid = _paid_to_operator(route, desk.tariff, people=desk.people, vehicle=desk.vehicle)
    for category, amount in paid.items():
        yield _row(desk, category, amount, site=None, field="services", commune=OPERATOR)


def _lodgings(route: Itinerary) -> list[str]:
    """Return where nights are bought: none aboard a train, none at the start, where the group is at home."""
    return [
        day.end.site_id for day in route.days[:-1] if day.night is None and not sleeps_at_home(route, day)
    ]


def sleeps_at_home(route: Itinerary, day: Day) -> bool:
    """Whether a day ends where the trip started: its group goes home for the night, which nobody sells."""
    return day.end.site_id == route.days[0].start.site_id


def _spent_at(kind: str, fee_vnd: int | None, tariff: _Tariff) -> dict[str, Amount]:
    """Return what a visitor spends at a place, by category."""
    fee = tariff.of("fee_unknown") if fee_vnd is None else (float(fee_vnd),) * 3
    spent: dict[str, Amount] = {"fee": (fee[0], fee[1], fee[2])}
    if kind == "craft_village":
        spent["workshop"] = _times(tariff.of("workshop"), tariff.of("workshop_uptake"))
        spent["purchase"] = tariff.of("purchase")
    return {category: amount for category, amount in spent.items() if amount[2] > 0}


def _paid_to_operator(route: Itinerary, tariff: _Tariff, *, people: int, vehicle: str) -> dict[str, Amount]:
    """Return what a departure pays for guide, vehicle, boat, ferries, flights and trains."""
    days = [day for day in route.days if day.stops]
    paid = {"guide": _times(tariff.of("guide_day"), float(len(days)))}
    modes = [{leg.mode for leg in day.legs} for day in days]
    boats = sum("boat" in own for own in modes)
    if boats:
        paid["boat"] = _times(tariff.of("boat_person"), float(people * boats))
    for mode, category in (("ferry", "ferry"), ("air", "flight"), ("rail", "train")):
        rides = sum(leg.mode == mode for day in route.days for leg in day.legs)
        if rides:
            paid[category] = _times(tariff.of(f"{category}_person"), float(people * rides))
    driven = [day for day, own in zip(days, modes, strict=True) if own & {"coach", "car"}]
    if driven and f"hire_day:{vehicle}" in tariff.table.index:
        count = _vehicles(people, vehicle)
        km = sum(_km(day, ("coach", "car")) for day in driven)
        day_hire = _times(tariff.of(f"hire_day:{vehicle}"), float(count * len(driven)))
        paid["vehicle"] = _plus([day_hire, _times(tariff.of(f"hire_km:{vehicle}"), count * km)])
    return paid


def _km(day: Day, modes: Sequence[str]) -> float:
    return sum(leg.distance_m for leg in day.legs if leg.mode in modes) / 1000


def _emitted(route: Itinerary, desk: _Desk) -> Iterator[dict[str, Any]]:
    """Yield the emissions of one departure by mode."""
    by_mode: dict[str, float] = {}
    for day in route.days:
        for leg in day.legs:
            by_mode[leg.mode] = by_mode.get(leg.mode, 0.0) + leg.distance_m / 1000
    for mode, km in sorted(by_mode.items()):
        factor = desk.tariff.of(f"co2:{mode}")
        carried: float = desk.people
        if str(desk.tariff.table.loc[f"co2:{mode}", "unit"]).endswith("vehicle-km"):
            carried = _vehicles(desk.people, desk.vehicle if VEHICLES[desk.vehicle].mode == mode else "car4")
        yield {"mode": mode, "km": km, **dict(zip(LEVELS, _times(factor, km * carried), strict=True))}


def full_cost(
    trip: Itinerary, parameters: pd.DataFrame, *, people: int, vehicle: str
) -> tuple[float, float, float]:
    """Return the full cost a person of a trip, low, middle and high, in VND: all that is paid but purchases.

    Vehicle and guide are shared by the group; boats, ferries, flights, trains, fees, workshops, meals and nights are
    paid by the head; a night at the start of the trip is spent at home and costs nothing. `Itinerary.measures` has
    another figure, ``cost_vnd_per_person``: hire of the vehicle and fees.

    Parameters
    ----------
    trip
        The trip.
    parameters
        As `load_parameters` gives them.
    people
        Guests of the group.
    vehicle
        That is hired; as many as the guests need beside a driver and a guide in each.
    """
    tariff = _Tariff(parameters)
    shared = _plus(list(_paid_to_operator(trip, tariff, people=people, vehicle=vehicle).values()))
    each = [
        amount
        for stop in trip.stops
        for category, amount in _spent_at(stop.kind, stop.fee_vnd, tariff).items()
        if category != "purchase"
    ]
    each += [tariff.of("meal") for day in trip.days for _ in day.breaks]
    each += [tariff.of("lodging") for _ in _lodgings(trip)]
    return _plus([_times(shared, 1 / people), *each])


def _cost(route: Itinerary, tariff: _Tariff, size: int, vehicle: str) -> dict[str, Any]:
    """Return the full cost a person of a group in the smallest vehicle that holds it."""
    own = _vehicle_for(size, vehicle)
    total = full_cost(route, tariff.table, people=size, vehicle=own)
    return {
        "people": size,
        "vehicle": own,
        "vehicles": _vehicles(size, own),
        **{level: round(value) for level, value in zip(LEVELS, total, strict=True)},
    }


def _vehicle_for(size: int, vehicle: str) -> str:
    """Return the smallest hired vehicle that holds a group of guests; one's own mode of travel stays."""
    if VEHICLES[vehicle].mode not in HIRED:
        return vehicle
    fitting = [
        key for key in ("car4", "car7", "minibus16", "coach29", "coach45") if _vehicles(size, key) == 1
    ]
    return fitting[0] if fitting else "coach45"


def _vehicles(people: int, vehicle: str) -> int:
    """Return how many vehicles carry some guests; one's own two wheels have no driver and no guide aboard."""
    own = VEHICLES[vehicle]
    return -(-people // (own.seats - CREW_SEATS if own.mode in HIRED else own.seats))
