"""JSON into frozen dataclasses, by the types of their fields, with every fault and where it lies.

A field's metadata say what its type does not: ``json`` its name in JSON, ``fields`` the names in JSON of the fields
within it, ``words`` the texts that it may hold.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from routeplanner._clock import TIMEZONE
from routeplanner.errors import Fault

__all__ = ["fault_at", "first_faults", "json_fault", "read_record"]

MOST_FAULTS = 20
"""Faults of a file that are listed."""

_MOST_SHOWN = 60
_MOST_WHOLE = 2**53  # above, programs that know floats alone read another number

Where = tuple[Any, ...]
"""A place in JSON from the inside out, ``(key, (key above, ...))``: written out where there is a fault."""

Reader = Callable[[Any, Where, list[str]], Any]
"""Returns a value read; where it cannot, it adds a fault, and what it returns means nothing."""

Record = TypeVar("Record")

_JSON_NAMES: Mapping[type, tuple[str, str]] = {
    type(None): ("null", "null"),
    bool: ("true or false", "true hoặc false"),
    Mapping: ("an object", "đối tượng"),
    Sequence: ("a list", "danh sách"),
}


def read_record(kind: type[Record], data: Any, faults: list[str]) -> Record | None:  # noqa: ANN401 - JSON
    r"""Return a dataclass read from a JSON object; faults are added, and there is nothing where there are some.

    A field of null counts as one that is not there; unknown names are passed over.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Call:
    ...     pier: str
    ...     wait_s: int = 300
    >>> read_record(Call, {"pier": "ben-bat-trang"}, [])
    Call(pier='ben-bat-trang', wait_s=300)
    >>> read_record(Call, {"wait_s": "long"}, faults := [])
    >>> print(*faults, sep="\n")
    pier: it is missing; the file is cut off or was edited
    wait_s: 'long' is no whole number; mend it, or write the file anew
    """
    before = len(faults)
    found: Record = _record_reader(typing.cast("Any", kind), ())(data, (), faults)
    return found if len(faults) == before else None


def json_fault(where: Sequence[Any], value: object, en: str, vi: str) -> Fault:
    """Return the fault of a value that is not what it should be.

    Examples
    --------
    >>> json_fault(("days", 0, "prize"), "much", "number", "số")
    "days[0].prize: 'much' is no number; mend it, or write the file anew"
    """
    name = _name(where)
    shown = _shown(value)
    return Fault(
        f"{name}: {shown[0]} is no {en}; mend it, or write the file anew",
        f"{name}: {shown[1]} không phải {vi}; hãy sửa lại, hoặc ghi lại tệp",
    )


def fault_at(where: str, fault: str) -> str:
    """Return a fault of what lies at a place within a file.

    Examples
    --------
    >>> fault_at("routes[1]", "days: it is missing; the file is cut off or was edited")
    'routes[1].days: it is missing; the file is cut off or was edited'
    """
    return (
        Fault(f"{where}.{fault}", f"{where}.{fault.vi}") if isinstance(fault, Fault) else f"{where}.{fault}"
    )


def first_faults(faults: Sequence[str]) -> list[str]:
    """Return the faults to be listed, and how many there are besides."""
    more = len(faults) - MOST_FAULTS
    if more <= 0:
        return list(faults)
    vi = f"còn {more} lỗi; hãy sửa các lỗi này trước"
    return [*faults[:MOST_FAULTS], Fault(f"{more} further faults; mend these first", vi)]


def _name(parts: Sequence[Any]) -> str:
    """Return a place as one writes it: ``days[0].stops[1].arrival``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".") or "itinerary"


def _shown(value: object) -> tuple[str, str]:
    for kind, words in _JSON_NAMES.items():
        if isinstance(value, kind) and not isinstance(value, str):
            return (str(value).lower(),) * 2 if isinstance(value, bool) else words
    text = repr(value)
    text = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
    return text, text


def _parts(where: Where) -> list[Any]:
    found = []
    while where:
        found.append(where[0])
        where = where[1]
    return found[::-1]


def _refuse(faults: list[str], where: Where, value: object, en: str, vi: str) -> None:
    faults.append(json_fault(_parts(where), value, en, vi))


# --- texts, numbers, times ---------------------------------------------------------------------------


def _text(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, str):
        return _refuse(faults, where, value, "text", "văn bản")
    try:
        value.encode()
    except UnicodeError:  # halves of characters, which no file can hold
        return _refuse(faults, where, value, "text of whole characters", "văn bản đủ ký tự")
    return value


def _number(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    if _finite(value):
        return float(value)
    return _refuse(faults, where, value, "number", "số")


def _finite(value: object) -> bool:
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, int | float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _whole(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST_WHOLE:
        return _refuse(faults, where, value, "whole number", "số nguyên")
    return value


def _truth(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    return (
        value
        if isinstance(value, bool)
        else _refuse(faults, where, value, "true or false", "true hoặc false")
    )


def _day(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return _refuse(faults, where, value, "date as 2027-03-13", "ngày như 2027-03-13")


def _moment(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found.astimezone(TIMEZONE)
    except (TypeError, ValueError, OverflowError):
        pass
    words = (
        "time with its offset as 2027-03-13T08:00:00+07:00",
        "giờ kèm múi giờ như 2027-03-13T08:00:00+07:00",
    )
    return _refuse(faults, where, value, *words)


def _anything(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    """Return JSON as it is; what JSON cannot write is refused."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            _anything(item, (key, where), faults)
    elif isinstance(value, str):
        _text(value, where, faults)
    elif isinstance(value, Sequence):
        for number, item in enumerate(value):
            _anything(item, (number, where), faults)
    elif isinstance(value, float):
        _number(value, where, faults)
    elif isinstance(value, int) and not isinstance(value, bool):
        _whole(value, where, faults)
    return value


# --- what is made of others --------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _reader(hint: Any) -> Reader:  # noqa: ANN401 - a type, of which typing has many kinds
    """Return what reads a type."""
    known = _READERS.get(hint)
    if known is not None:
        return known
    if is_dataclass(hint):
        return _record_reader(typing.cast("Any", hint), ())
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):  # X | None: a null is not read, see _record_reader
        (inner,) = (part for part in arguments if part is not type(None))
        return _reader(inner)
    if origin is tuple:
        return _list_reader(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _object
    raise TypeError(f"{hint} cannot be read from JSON")


def _object(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, Mapping):
        return _refuse(faults, where, value, "object", "đối tượng")
    return _anything(value, where, faults)


def _list_reader(arguments: tuple[Any, ...]) -> Reader:
    """Return what reads a list: of any length, or of as many items as there are types."""
    count = None if arguments[-1] is Ellipsis else len(arguments)
    reader = _reader(arguments[0])
    if arguments == (float, float):
        return _pair

    def read(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, str) or not isinstance(value, Sequence):
            return _refuse(faults, where, value, "list", "danh sách")
        if count is not None and len(value) != count:
            return _refuse(faults, where, list(value), f"list of {count}", f"danh sách {count} phần")
        return tuple([reader(item, (number, where), faults) for number, item in enumerate(value)])

    return read


@lru_cache(maxsize=64)
def _record_reader(kind: Any, renamed: tuple[tuple[str, str], ...]) -> Reader:  # noqa: ANN401 - a class
    hints = typing.get_type_hints(kind)
    names = dict(renamed)
    parts = []
    for field in fields(kind):
        inner = field.metadata.get("fields")
        reader = _reader(hints[field.name]) if inner is None else _record_reader(hints[field.name], inner)
        if "words" in field.metadata:
            reader = _word_reader(tuple(field.metadata["words"]))
        needed = field.default is MISSING and field.default_factory is MISSING
        parts.append(
            (field.name, names.get(field.name, field.metadata.get("json", field.name)), reader, needed)
        )

    def read(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, Mapping):
            return _refuse(faults, where, value, "object", "đối tượng")
        before, found = len(faults), {}
        for name, key, reader, needed in parts:
            item = value.get(key)
            if item is not None:
                found[name] = reader(item, (key, where), faults)
            elif needed:
                text = _name(_parts((key, where)))
                vi = f"{text}: bị thiếu; tệp bị cắt hoặc đã bị sửa"
                faults.append(Fault(f"{text}: it is missing; the file is cut off or was edited", vi))
        return kind(**found) if len(faults) == before else None

    return read


def _pair(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
    """Return two numbers: an itinerary has hundreds of them."""
    if type(value) is list and len(value) == 2 and _finite(value[0]) and _finite(value[1]):
        return float(value[0]), float(value[1])
    if isinstance(value, tuple):
        return _pair(list(value), where, faults)
    return _refuse(faults, where, value, "list of two numbers", "danh sách hai số")


def _word_reader(words: tuple[str, ...]) -> Reader:
    listed = ", ".join(words)

    def read(value: Any, where: Where, faults: list[str]) -> Any:  # noqa: ANN401 - JSON
        if value in words:
            return value
        return _refuse(faults, where, value, f"word of {listed}", f"từ trong số {listed}")

    return read


_READERS: Mapping[Any, Reader] = {
    str: _text,
    float: _number,
    int: _whole,
    bool: _truth,
    date: _day,
    datetime: _moment,
}
