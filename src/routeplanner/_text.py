"""Vietnamese text: folding for look-up, and the nearest names to a misspelt one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean", "fold", "nfc"]


def nfc(text: str) -> str:
    """Return `text` in Unicode's composed form, the one the catalogue holds."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return `text` in lower case without diacritics, with single spaces.

    Examples
    --------
    >>> fold("Làng  gốm Bát Tràng – Đa Tốn")
    'lang gom bat trang – da ton'
    """
    lowered = text.casefold().replace("đ", "d")
    bare = "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))
    return " ".join(bare.split())


def did_you_mean(word: str, known: Iterable[str], *, count: int = 3) -> str:
    """Return a remedy clause that offers the nearest known names, or an empty string.

    Examples
    --------
    >>> did_you_mean("souht", ["south", "west"])
    "; did you mean 'south'?"
    >>> did_you_mean("silk", ["silver", "silk_weaving"])
    "; did you mean 'silk_weaving' or 'silver'?"
    """
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(fold(name), name)
    asked = fold(word)
    holding = [key for key in by_fold if len(asked) > 2 and asked in re.split(r"[\W_]+", key)]
    near = difflib.get_close_matches(asked, by_fold, n=count, cutoff=0.55)
    close = list(dict.fromkeys([*holding, *near]))[:count]
    if not close:
        close = [key for key in by_fold if asked and asked in key][:count]
    if not close:
        return ""
    return "; did you mean " + " or ".join(repr(by_fold[key]) for key in close) + "?"
