"""The words of the catalogue: themes, crafts, kinds, recognitions and corridors, read from TOML."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeplanner._files import path_of, read_text
from routeplanner._resources import data_path
from routeplanner._text import did_you_mean
from routeplanner.errors import CatalogueError, DataFileError
from routeplanner.sites.model import KINDS, Corridor, Term, Theme, Vocabulary

if TYPE_CHECKING:
    from os import PathLike

__all__ = [
    "corridor_keys",
    "load_corridors",
    "load_crafts",
    "load_kinds",
    "load_statuses",
    "load_themes",
    "load_vocabulary",
    "words_in",
]

THEMES_FILE = "themes.toml"
CORRIDORS_FILE = "corridors.toml"
_TERM_KEYS = ("name_vi", "name_en")
_CORRIDOR_TEXTS = ("name_vi", "name_en", "summary_vi", "summary_en", "start_site_id")


def load_corridors(folder: str | PathLike[str] | None = None) -> dict[str, Corridor]:
    """Return the corridors by key, in the order of the file.

    Parameters
    ----------
    folder
        A catalogue folder with its own ``corridors.toml``; by default the bundled one.

    Raises
    ------
    CatalogueError
        When the file has faults; all are named.
    DataFileError
        When there is no such folder.

    Examples
    --------
    >>> load_corridors()["south"].name_vi
    'Hà Nội – Thanh Trì – Thường Tín – Phú Xuyên'
    """
    return dict(words_in(folder).corridors)


def corridor_keys(key: str) -> frozenset[str]:
    """Return the corridors whose sites belong to a corridor: itself, and those that it joins.

    Examples
    --------
    >>> sorted(corridor_keys("hanoi-hue-saigon"))
    ['hanoi-hue-saigon', 'inner', 'national']
    >>> sorted(corridor_keys("south"))
    ['south']
    """
    corridor = load_corridors().get(key)
    return frozenset({key, *(corridor.joins if corridor else ())})


def load_themes(folder: str | PathLike[str] | None = None) -> dict[str, Theme]:
    """Return the themes of interest by key, with names in Vietnamese and English.

    Parameters
    ----------
    folder
        A catalogue folder with its own ``themes.toml``; by default the bundled one.

    Raises
    ------
    CatalogueError
        When the file has faults; all are named.
    DataFileError
        When there is no such folder.

    Examples
    --------
    >>> load_themes()["handicraft"].name_vi
    'Nghề thủ công'
    """
    return dict(words_in(folder).themes)


def load_crafts(folder: str | PathLike[str] | None = None) -> dict[str, Term]:
    """Return the crafts by key, with names in Vietnamese and English.

    Parameters
    ----------
    folder
        A catalogue folder with its own ``themes.toml``; by default the bundled one.

    Raises
    ------
    CatalogueError
        When the file has faults; all are named.
    DataFileError
        When there is no such folder.

    Examples
    --------
    >>> load_crafts()["lacquer"].name_vi
    'Sơn mài'
    """
    return dict(words_in(folder).crafts)


def load_kinds(folder: str | PathLike[str] | None = None) -> dict[str, Term]:
    """Return the kinds of site by key, with names in Vietnamese and English.

    Parameters
    ----------
    folder
        A catalogue folder with its own ``themes.toml``; by default the bundled one.

    Raises
    ------
    CatalogueError
        When the file has faults; all are named.
    DataFileError
        When there is no such folder.

    Examples
    --------
    >>> load_kinds()["waterway_stop"].name_vi
    'Bến thuyền'
    """
    return dict(words_in(folder).kinds)


def load_statuses(folder: str | PathLike[str] | None = None) -> dict[str, Term]:
    """Return the official recognitions by key, with names in Vietnamese and English.

    Parameters
    ----------
    folder
        A catalogue folder with its own ``themes.toml``; by default the bundled one.

    Raises
    ------
    CatalogueError
        When the file has faults; all are named.
    DataFileError
        When there is no such folder.

    Examples
    --------
    >>> load_statuses()["special_national"].name_vi
    'Di tích quốc gia đặc biệt'
    """
    return dict(words_in(folder).statuses)


def load_vocabulary(folder: str | PathLike[str] | None = None) -> Vocabulary:
    """Return all words that a catalogue may use.

    Parameters
    ----------
    folder
        A catalogue folder; each of ``themes.toml`` and ``corridors.toml`` that it lacks is taken from the
        bundled catalogue. By default the bundled one.

    Raises
    ------
    CatalogueError
        When a file has faults; all are named.
    """
    bundled = data_path("sites")
    own = bundled if folder is None else Path(folder)
    paths = [
        own / name if (own / name).is_file() else bundled / name for name in (THEMES_FILE, CORRIDORS_FILE)
    ]
    return _vocabulary_of(*((str(path), path.stat().st_mtime_ns) for path in paths))


def words_in(folder: str | PathLike[str] | None) -> Vocabulary:
    """Return the words of a folder that is there: a mistyped one must not answer with the bundled words."""
    if folder is not None and not path_of(folder).is_dir():
        fault = (
            f"{folder} is no folder; give the one that holds {THEMES_FILE} and {CORRIDORS_FILE}, or nothing"
        )
        raise DataFileError([fault], subject="the words of the catalogue")
    return load_vocabulary(folder)


@lru_cache(maxsize=8)
def _vocabulary_of(themes: tuple[str, int], corridors: tuple[str, int]) -> Vocabulary:
    """Read both files; cached by path and time of change."""
    faults: list[str] = []
    words = _read_toml(themes[0], faults)
    routes = _read_toml(corridors[0], faults)
    name = Path(themes[0]).name
    terms = {table: _terms(words.get(table, {}), f"{name} [{table}]", faults) for table in _TABLES}
    faults.extend(
        f"{name} [kinds]: {key!r} is not a kind that the library knows{did_you_mean(key, KINDS)}"
        for key in terms["kinds"]
        if key not in KINDS
    )
    found = {key: _corridor(key, value, faults) for key, value in routes.items()}
    if faults:
        raise CatalogueError(faults, subject="the words of the catalogue")
    return Vocabulary(corridors={k: c for k, c in found.items() if c}, **terms)


_TABLES = ("themes", "crafts", "kinds", "statuses")


def _read_toml(path: str, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{Path(path).name}: not TOML: {error}")
        return {}


def _terms(table: Any, where: str, faults: list[str]) -> dict[str, Term]:  # noqa: ANN401 - whatever TOML holds
    terms = {}
    for key, value in table.items() if isinstance(table, dict) else ():
        texts = [str(value.get(name) or "") if isinstance(value, dict) else "" for name in _TERM_KEYS]
        if all(texts):
            terms[key] = Term(key, *texts)
        else:
            faults.append(f'{where}: {key} needs {{ name_vi = "...", name_en = "..." }}')
    return terms


def _corridor(key: str, value: Any, faults: list[str]) -> Corridor | None:  # noqa: ANN401 - whatever TOML holds
    table = value if isinstance(value, dict) else {}
    missing = [name for name in _CORRIDOR_TEXTS if not isinstance(table.get(name), str)]
    lists = {name: table.get(name, []) for name in ("headline_site_ids", "joins", "bases")}
    missing += [
        f"{name} (a list of {'corridors' if name == 'joins' else 'site ids'})"
        for name, items in lists.items()
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items)
    ]
    if missing:
        faults.append(f"{CORRIDORS_FILE} [{key}]: give {', '.join(missing)}")
        return None
    texts = {name: table[name] for name in _CORRIDOR_TEXTS}
    joins, bases = tuple(lists["joins"]), tuple(lists["bases"])
    return Corridor(
        key=key, headline_site_ids=tuple(lists["headline_site_ids"]), joins=joins, bases=bases, **texts
    )
