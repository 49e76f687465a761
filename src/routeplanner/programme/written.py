"""Tables and numbers as people write them: any separator, thousands and decimals as in Vietnam or in English."""

from __future__ import annotations

import csv
import math
import re
from numbers import Real
from typing import TYPE_CHECKING

from routeplanner._files import read_text
from routeplanner.errors import DataFileError

if TYPE_CHECKING:
    import os

__all__ = ["number_written", "rows_written"]

_PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_GROUPS = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
_BOTH = re.compile(r"[1-9]\d{0,2}((\.\d{3})+,\d+|(,\d{3})+\.\d+)")


def number_written(value: object, unit: str = "") -> float:
    """Return a number that may have been written with thousands apart, ``1.234,5`` or ``1,234.5``.

    One group of three, as ``100.000``, is a hundred thousand where the unit is VND, as nobody counts thousandths of a
    dong; elsewhere it could be either.

    Raises
    ------
    ValueError
        Saying why it is no number, or that it can be read in two ways.

    Examples
    --------
    >>> number_written("100.000", "VND/person"), number_written("1.234,5"), number_written("0,5")
    (100000.0, 1234.5, 0.5)
    >>> number_written("1.500", "kg")
    Traceback (most recent call last):
    ValueError: it can be 1.5 or 1500; write 1500, or 1.5
    """
    if isinstance(value, bool):
        raise ValueError("give a number, 0 or more")  # noqa: TRY004 - one kind of fault for all
    if isinstance(value, Real):
        return float(value)
    text = str(value).strip()
    if _GROUPS.fullmatch(text):
        whole = re.sub("[.,]", "", text)
        if len(re.findall("[.,]", text)) == 1 and not unit.startswith("VND"):
            either = f"{float(text.replace(',', '.')):g}"
            raise ValueError(f"it can be {either} or {whole}; write {whole}, or {either}")
        return float(whole)
    if _BOTH.fullmatch(text):
        decimal = max(".,", key=text.rfind)
        return float(text.replace("." if decimal == "," else ",", "").replace(decimal, "."))
    if not _PLAIN.fullmatch(text) or not math.isfinite(float(text.replace(",", "."))):
        raise ValueError("give a number, 0 or more")
    return float(text.replace(",", "."))


def rows_written(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Return the rows of a table with a line of names: columns apart by commas, semicolons (Excel) or tabs.

    Raises
    ------
    DataFileError
        When the file cannot be read, or a line has more fields than there are names.
    """
    text = read_text(path)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines = csv.reader(text.splitlines(), delimiter=separator)
    names = [name.strip() for name in next(lines, [])]
    rows, faults = [], []
    for fields in lines:
        if not any(field.strip() for field in fields):
            continue
        if any(field.strip() for field in fields[len(names) :]):
            faults.append(
                f"line {lines.line_num}: {len(fields)} fields for {len(names)} names; put numbers with a comma in "
                'quotes ("0,5"), or save the file with semicolons'
            )
        padded = [*fields, *[""] * (len(names) - len(fields))]
        rows.append({name: field.strip() for name, field in zip(names, padded, strict=False)})
    if faults:
        raise DataFileError(faults, subject=str(path))
    return rows
