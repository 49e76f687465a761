from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import routeplanner as rp

if TYPE_CHECKING:
    from collections.abc import Callable

HEAVY = (
    "branca",
    "folium",
    "geopandas",
    "llvmlite",
    "lunar_vn",
    "matplotlib",
    "networkx",
    "numba",
    "numpy",
    "opening_hours",
    "osmnx",
    "pandas",
    "pyogrio",
    "scipy",
    "shapely",
)

LIGHT = (
    "errors",
    "itinerary",
    "planning.request",
    "planning.check",
    "planning.planner",
    "cli",
    "export",
    "render",
)


def loaded_by(programme: str) -> set[str]:
    """Return the top-level modules that a fresh process holds after a programme."""
    listing = "\nimport json, sys\nprint(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", programme + listing], capture_output=True, check=True, text=True
    )
    return set(json.loads(done.stdout))


def test_importing_the_library_loads_nothing_heavy() -> None:
    assert loaded_by("import routeplanner").isdisjoint(HEAVY)


@pytest.mark.parametrize("room", LIGHT)
def test_rooms_load_heavy_libraries_only_where_they_use_them(room: str) -> None:
    assert loaded_by(f"import routeplanner.{room}").isdisjoint(HEAVY)


def test_a_request_is_made_without_anything_heavy() -> None:
    programme = (
        "import datetime, routeplanner as rp\n"
        "rp.TripRequest(first_day=datetime.date(2027, 3, 13), corridor='south')\n"
        "rp.Itinerary; rp.check; rp.plan; rp.RequestError; rp.map_itinerary"
    )
    assert loaded_by(programme).isdisjoint(HEAVY)


def test_the_public_names_are_sorted_and_unique() -> None:
    assert rp.__all__ == sorted(set(rp.__all__))
    assert dir(rp) == rp.__all__


@pytest.mark.parametrize("name", rp.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(rp, name)
    if name == "__version__":
        return
    assert inspect.getdoc(value)
    assert value.__module__.startswith("routeplanner.")
    assert value.__name__ == name


@pytest.mark.parametrize("name", [name for name in rp.__all__ if inspect.isfunction(getattr(rp, name))])
def test_a_function_documents_each_of_its_parameters(name: str) -> None:
    function = getattr(rp, name)
    words = inspect.getdoc(function) or ""
    for parameter in inspect.signature(function).parameters:
        assert parameter in words, f"{name} does not say what {parameter} is"
    assert "Examples\n" in words


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'plann'"):
        _ = rp.plann  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_installed_package() -> None:
    assert rp.__version__ == version("routeplanner")


def test_an_old_name_works_for_one_version_and_names_its_successor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rp._RENAMED, "read_sailings", ("load_sailings", "0.2"))
    with pytest.warns(
        DeprecationWarning, match=r"read_sailings is now called load_sailings; .* 0\.2"
    ) as caught:
        assert rp.read_sailings is rp.load_sailings  # type: ignore[attr-defined]
    assert caught[0].filename == __file__  # the line of the one who uses it
    assert "read_sailings" not in dir(rp)


def test_functions_of_one_kind_share_their_words_and_their_order() -> None:
    names = [name for name in rp.__all__ if inspect.isfunction(getattr(rp, name))]
    parameters = {name: list(inspect.signature(getattr(rp, name)).parameters) for name in names}
    order = ["trip", "programme", "network", "request", "brief"]
    for name, given in parameters.items():
        subjects = [word for word in given if word in order and name not in BESIDES.get(word, ())]
        assert subjects == sorted(subjects, key=order.index), name
    for name in (n for n in names if n.startswith("load_")):
        first = inspect.signature(getattr(rp, name)).parameters.values()
        assert all(p.default is not p.empty for p in first), f"{name}() alone gives what is bundled"
    for name in (n for n in names if n.startswith("save_")):
        assert parameters[name][:2][-1] in {"path", "folder"}, f"{name}: the file last of the two"


TWO_KINDS = {  # argument: what it is beside the usual
    "after": "of a kind with `before`",
    "before": "what is compared with: two trips, two catalogues, a programme",
    "candidates": "rows to accept, or places to choose among",
    "day": "a date, or dates of which each is answered; the number of a day in TripRequest.span",
    "days": "dates, or how long a named route takes",
    "names": "one a route, in both languages where a page is drawn",
    "polygon": "corners, or a shape",
    "source": "what is validated, or who says so",
    "title": "one text, or a pair of both languages",
    "trips": "a list, or the programme that holds them",
    "folder": "a text or a path",
}


def test_an_argument_of_one_name_is_of_one_kind_everywhere() -> None:
    kinds: dict[str, set[str]] = {}
    for name in rp.__all__:
        public = getattr(rp, name)
        methods = vars(public).values() if inspect.isclass(public) else [public]
        for method in (getattr(found, "__func__", found) for found in methods):
            if inspect.isfunction(method) and (method is public or not method.__name__.startswith("_")):
                for given in inspect.signature(method).parameters.values():
                    if given.annotation is not given.empty:
                        kinds.setdefault(given.name, set()).add(str(given.annotation).removesuffix(" | None"))
    assert {name for name, found in kinds.items() if len(found) > 1} == TWO_KINDS.keys()
    assert "itinerary" not in kinds  # a trip
    assert "level_m" not in kinds  # water_level_m


def test_pages_and_pictures_speak_vietnamese_where_nothing_is_said_and_texts_and_files_english() -> None:
    spoken = {
        name: inspect.signature(getattr(rp, name)).parameters["lang"].default
        for name in rp.__all__
        if inspect.isfunction(getattr(rp, name)) and "lang" in inspect.signature(getattr(rp, name)).parameters
    }
    shown = {"health_to_svg", "heat_to_html", "isochrone_layer", "to_png", "to_svg"}
    shown |= {name for name in spoken if name.startswith("map_") or name.endswith("_to_html")}
    own = {"programme_report": "both", "save_html": None, "to_html": None}  # both; as the map has it
    assert spoken == {name: own.get(name, "vi" if name in shown else "en") for name in spoken}


WRONG = {
    "accept_candidates": ("candidates", "sites"),
    "calendar_to_html": ("calendar",),
    "calendar_to_ics": ("calendar",),
    "catalogue_health": ("sites",),
    "check": ("trip", "network", "request"),
    "communes_before_2025": ("commune",),
    "communes_since_2025": ("commune",),
    "default_prizes": ("sites", "request"),
    "diff_sites": ("before", "after"),
    "difference": ("before", "after"),
    "explain": ("trip",),
    "filter_sites": ("sites",),
    "find_site": ("sites", "text"),
    "get_site": ("sites", "text"),
    "health_to_svg": ("sites",),
    "health_to_text": ("health",),
    "health_to_html": ("health", "sites"),
    "heat_to_html": ("found",),
    "heat_to_text": ("found",),
    "match_sites": ("mine", "theirs"),
    "merge_sites": ("mine", "theirs"),
    "plan": ("network", "request"),
    "save_trip": ("trip",),
    "trip_bytes": ("trip",),
}


@pytest.mark.parametrize(("name", "subjects"), WRONG.items())
@pytest.mark.parametrize("thing", [None, 5, {"days": []}, [None]], ids=lambda thing: type(thing).__name__)
def test_a_thing_of_another_kind_is_refused_with_what_makes_the_right_one(
    name: str, subjects: tuple[str, ...], thing: object
) -> None:
    function = getattr(rp, name)
    needed = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    with pytest.raises(rp.RequestError) as caught:
        function(**{argument: thing if argument in subjects else "x" for argument in needed})
    told = "\n".join(caught.value.faults)
    assert [s for s in subjects if f"{s}: {type(thing).__name__} given; " not in told] == []
    assert len(caught.value.faults) == len(subjects)


BESIDES = {"trip": {"alternatives"}, "programme": {"gaps"}, "network": {"explain"}}
"""Where a subject is only an option by keyword: `alternatives(network, request, trip=...)`."""


EXAMPLES = "\n".join(
    line.strip()
    for file in sorted(Path(rp.__file__).parent.rglob("*.py"))
    for line in file.read_text(encoding="utf-8").splitlines()
    if line.strip().startswith((">>> ", "... "))
)
NETWORKX = {"size", "copy", "subgraph", "edge_subgraph", "reverse"}
"""Methods that networkx has documented: ours do the same."""


@pytest.mark.parametrize("name", [name for name in rp.__all__ if name != "__version__"])
def test_every_public_name_has_an_example_that_the_doctests_run(name: str) -> None:
    value = getattr(rp, name)
    lines = re.findall(r"^\s*>>> (.*)$", value.__doc__ or "", flags=re.MULTILINE)
    assert lines
    if (
        value.__module__ != "routeplanner.sites.store"
    ):  # these need a database; tests/sites/test_store.py has one
        assert [line for line in lines if "+SKIP" not in line]


@pytest.mark.parametrize("name", [name for name in rp.__all__ if inspect.isclass(getattr(rp, name))])
def test_every_method_says_what_it_does_and_stands_in_some_example(name: str) -> None:
    for method, value in vars(getattr(rp, name)).items():
        inner = getattr(value, "__func__", getattr(value, "fget", value))
        if not method.startswith("_") and inspect.isfunction(inner):
            assert inspect.getdoc(inner), f"{name}.{method} says nothing"
            assert method in NETWORKX or re.search(rf"\.{method}\b", EXAMPLES), f"{name}.{method}: no example"


OPTIONS = {
    "prizes": (lambda n, r: rp.plan(n, r, prizes=5), "prizes: int given; give the name of a column"),  # type: ignore[arg-type]
    "language of a page": (
        lambda n, _: rp.health_to_svg(n.sites, lang="fr"),
        "lang: 'fr' given; give 'vi' or 'en'",
    ),
    "language of a calendar": (
        lambda n, _: rp.calendar_to_ics(rp.festival_calendar(2027, n.sites), lang=5),  # type: ignore[arg-type]
        "lang: int given; give 'vi' or 'en'",
    ),
    "language of a source": (
        lambda n, _: rp.provenance(n.sites.iloc[0], "fee_vnd").to_text(lang="fr"),
        "lang: 'fr' given; give 'vi' or 'en'",
    ),
    "a year in words": (
        lambda n, _: rp.calendar_to_html(rp.festival_calendar(2027, n.sites), "2027"),  # type: ignore[arg-type]
        "year: '2027' is no whole number of 1900 or more",
    ),
    "another table": (
        lambda n, _: rp.heat_to_text(rp.festival_calendar(2027, n.sites)),
        "found: DataFrame given; make it with best_dates",
    ),
    "a day in words": (
        lambda n, _: n.day_matrix(["bat-trang"], "coach", "monday"),
        "day: 'monday' given; give a date",
    ),
    "day before profile": (
        lambda n, r: n.departures(r.first_day, "coach"),
        "day: 'coach' given; give a date",
    ),
}


@pytest.mark.parametrize(("given", "told"), OPTIONS.values(), ids=OPTIONS)
def test_an_option_of_another_kind_is_refused_by_name(
    given: Callable[[rp.Network, rp.TripRequest], object], told: str, network: rp.Network
) -> None:
    with pytest.raises(rp.RoutePlannerError) as caught:
        given(network, rp.TripRequest(first_day=date(2027, 3, 13), corridor="south"))
    assert told in str(caught.value)
