"""Published boat legs beside ours: minutes, difference, and why where it is more than 20.

    python benchmarks/boats.py [--level 2.0]

Each leg is compared with the range of all pages that give it. Differences that remain are explained in the
table; `within_20_min` counts the rest.
"""

from __future__ import annotations

import argparse
from statistics import median

import routeplanner as rp

LEGS = [
    (
        "ben-chuong-duong-do",
        "den-dam",
        60,
        130,
        "danviet.vn 2010: over two hours; vov.vn 2014: over one, from Bồ Đề",
        "",
    ),
    ("ben-chuong-duong-do", "ben-chu-dong-tu", 120, 120, "published: two hours downstream", ""),
    ("den-dai-lo", "den-da-hoa", 30, 30, "baomoi.com 2025", ""),
    ("ben-chuong-duong", "ben-bat-trang", 60, 60, "published leg, undated", ""),
    ("ben-chuong-duong-do", "ben-phu-dong", 120, 120, "vnbreakingnews 2017: 08:00 to 10:00", ""),
    (
        "ben-phu-dong",
        "ben-chuong-duong-do",
        105,
        135,
        "vnbreakingnews 2017: 14:00 to 16:15 with two calls",
        "",
    ),
    (
        "ben-chuong-duong-do",
        "ben-le-chi",
        30,
        30,
        "vietnamtravelgo",
        "31 km by river: no boat does 60 km/h; a coach leads there",
    ),
    (
        "ben-chuong-duong-do",
        "den-dam",
        30,
        30,
        "nisava.com, undated",
        "contradicted by three pages with one to two hours",
    ),
]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--level", type=float, help="water level at the Hà Nội gauge, metres (a low one)")
    water_level_m = parser.parse_args().level
    network = rp.build_network(rp.load_sites(), river=rp.load_river(water_level_m=water_level_m))
    print(f"{'from':<22}{'to':<18}{'published':>10}{'ours':>6}{'off':>6}  source")
    errors, explained = [], 0
    for start, end, least, most, source, cause in LEGS:
        ours = int(network.matrix([start, end], "river").duration_s[0, 1]) / 60
        off = max(least - ours, ours - most, 0.0)
        span = f"{least}" if least == most else f"{least}-{most}"
        print(
            f"{start:<22}{end:<18}{span:>10}{ours:>6.0f}{off:>6.0f}  {source}{'; ' + cause if cause else ''}"
        )
        if cause:
            explained += 1
        else:
            errors.append(off)
    within = sum(off <= 20 for off in errors)
    print(
        f"legs={len(LEGS)} within_20_min={within}/{len(errors)} explained={explained} "
        f"median_off_min={median(errors):.0f} worst_off_min={max(errors):.0f}"
    )


if __name__ == "__main__":
    main()
