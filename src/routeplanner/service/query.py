"""Faults of what stands behind the question mark of an address, in words of ours and in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeplanner._text import did_you_mean
from routeplanner.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fastapi import Request

__all__ = ["query_faults", "strange_names"]

_OF_ALL = "lang"
"""Each route answers its errors in a language."""


def query_faults(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the faults of parameters, each with name, value and remedy.

    Parameters
    ----------
    errors
        As `fastapi.exceptions.RequestValidationError.errors` gives them.

    Examples
    --------
    >>> query_faults([{"type": "int_parsing", "loc": ("query", "seed"), "input": "x", "msg": ""}])
    ["seed: 'x' is no whole number"]
    """
    return [_fault(error) for error in errors]


def _fault(error: Mapping[str, Any]) -> Fault:
    name, given, kind = str(error["loc"][-1]), repr(error.get("input")), str(error["type"])
    limits = error.get("ctx") or {}
    key = next((key for key in _WORDS if key == kind or key in limits), "")
    english, vietnamese = _WORDS.get(
        key, ("{given}: " + error["msg"].translate(_NO_BRACES), "{given}: không hợp lệ")
    )
    values = {"name": name, "given": given, "limit": limits.get(key, limits.get("expected"))}
    in_vietnamese = {**values, "limit": str(values["limit"]).replace(" or ", " hoặc ")}
    return Fault(f"{name}: {english.format_map(values)}", f"{name}: {vietnamese.format_map(in_vietnamese)}")


_NO_BRACES = str.maketrans("{}", "()")
_WHOLE = ("{given} is no whole number", "{given} không phải số nguyên")
_NUMBER = ("{given} is no number", "{given} không phải số")
_WORDS = {
    "missing": (
        "missing; give it in the address, as ?{name}=…",
        "thiếu; hãy ghi trong địa chỉ, như ?{name}=…",
    ),
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "literal_error": ("{given} is unknown; give {limit}", "không biết {given}; hãy ghi {limit}"),
    "ge": (
        "{given} is out of range; give {limit} or more",
        "{given} ngoài phạm vi; hãy ghi từ {limit} trở lên",
    ),
    "gt": (
        "{given} is out of range; give more than {limit}",
        "{given} ngoài phạm vi; hãy ghi số lớn hơn {limit}",
    ),
    "le": (
        "{given} is out of range; give {limit} at most",
        "{given} ngoài phạm vi; hãy ghi nhiều nhất {limit}",
    ),
    "max_length": (
        "it is longer than {limit} characters; shorten it",
        "dài hơn {limit} ký tự; hãy rút ngắn",
    ),
}
"""By kind of error, or by the limit that was broken: words in English and Vietnamese."""


def strange_names(request: Request) -> list[str]:
    """Return a fault for each parameter that the route does not have: a typing slip must not be passed over."""
    route = request.scope.get("route")
    known = {*(field.alias for field in route.dependant.query_params), _OF_ALL} if route else set()
    return [
        Fault(
            f"{name!r}: no such parameter{did_you_mean(name, known)}",
            f"{name!r}: không có tham số này{did_you_mean(name, known).replace('did you mean', 'ý bạn là')}",
        )
        for name in dict.fromkeys(request.query_params)
        if name not in known
    ]
