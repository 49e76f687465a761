"""How long the calendar takes: a year of the whole catalogue, a year's festivals, the best dates of a season.

python benchmarks/almanac.py
"""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

import routeplanner as rp

if TYPE_CHECKING:
    from collections.abc import Callable

YEAR = 2027
SEASON = (date(2027, 1, 15), date(2027, 4, 15))


def seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of a piece of work, so that a busy machine does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print one line a measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--corridor", default="inner", help="of the best dates (%(default)s)")
    corridor = parser.parse_args().corridor
    sites = rp.load_sites()
    rp.open_sites(sites, date(2026, 1, 1))  # libraries loaded
    year = [date(YEAR, 1, 1) + timedelta(days=n) for n in range(365)]
    other = [date(YEAR + 1, 1, 1) + timedelta(days=n) for n in range(365)]
    rows = [
        (f"opening of {len(sites)} sites on 365 days, one call", seconds(lambda: rp.open_sites(sites, year))),
        ("the same, one call a day", seconds(lambda: [rp.open_sites(sites, day) for day in other])),
        ("festival calendar of a year", seconds(lambda: rp.festival_calendar(YEAR, sites))),
    ]
    network = rp.build_network(sites)
    request = rp.TripRequest(first_day=SEASON[0], corridor=corridor)
    rp.plan(network, request, iterations=10)  # the search compiled, the way times computed
    rows.append(
        (
            f"best dates of {(SEASON[1] - SEASON[0]).days + 1} days, corridor {corridor}",
            seconds(lambda: rp.best_dates(network, request, within=SEASON)),
        )
    )
    for words, taken in rows:
        print(f"{words:<60} {taken:7.2f} s")


if __name__ == "__main__":
    main()
