"""Text of unknown encoding: UTF-8 and UTF-16, Windows-1258, and TCVN3 (the ABC fonts of older offices)."""

from __future__ import annotations

import codecs
import re
import unicodedata

from routeplanner._text import nfc
from routeplanner.errors import DataFileError

__all__ = ["decode_text", "from_tcvn3"]

_TCVN3 = dict(
    zip(
        "¡¢§£¤¥¦µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ",
        "ĂÂĐÊÔƠƯàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ",
        strict=True,
    )
)
"""TCVN 5712:1993 VN3 as it looks in Latin-1, after the table of the standard; capitals with tones have no code."""

_FROM_TCVN3 = str.maketrans(_TCVN3)
_WORD = re.compile(r"[^\W\d_]+")
_SYLLABLE = re.compile(  # onset, vowels with at most one of the circumflex, breve and horn letters, coda
    r"(b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|qu|r|s|t|th|tr|v|x)?"
    r"(i|y|e|ê|ư|u|o|ô|ơ|a|ă|â|ia|iê|ya|yê|ua|uô|ưa|ươ|oa|oă|oe|oo|uâ|uê|uy|uya|uyê|uơ|ai|ao|au|ay|âu|ây|eo|êu|iu"
    r"|iêu|yêu|oi|ôi|ơi|ui|uôi|ươi|ưi|ưu|ươu|oai|oay|oeo|uây|uyu|uêu|oao)"
    r"(c|ch|m|n|ng|nh|p|t)?"
)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_GOOD = 0.9


def decode_text(data: bytes, *, name: str = "the file") -> str:
    r"""Decode text of a file whose encoding nobody wrote down, in Unicode's composed form.

    UTF-8 (with or without a mark), UTF-16 with a mark, and then whichever of Windows-1258 and TCVN3 makes
    Vietnamese syllables of the words with marks.

    Parameters
    ----------
    data
        The bytes.
    name
        What to call them in a message.

    Raises
    ------
    DataFileError
        When no reading makes sense of nine words in ten.

    Examples
    --------
    >>> decode_text("Làng gốm".encode("utf-8-sig"))
    'Làng gốm'
    >>> decode_text(b"L\xb5ng g\xe8m")
    'Làng gốm'
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strictly(data, encoding, name)
    try:
        return nfc(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        first = error.start
    readings = {"Windows-1258": _windows_1258(data), "TCVN3": from_tcvn3(data.decode("latin-1"))}
    scores = {encoding: _share_of_syllables(text) for encoding, text in readings.items()}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < _GOOD:
        raise DataFileError(
            [
                f"not UTF-8 text (byte {first}), and neither Windows-1258 nor TCVN3 makes sense of it; save it as UTF-8"
            ],
            subject=name,
        )
    return readings[best]


def from_tcvn3(text: str) -> str:
    """Turn TCVN3 text, as Latin-1 shows it, into Unicode.

    Examples
    --------
    >>> from_tcvn3("Hµ Néi")
    'Hà Nội'
    """
    return text.translate(_FROM_TCVN3)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return nfc(data.decode(encoding))
    except UnicodeDecodeError as error:
        fault = f"marked as {encoding.upper()}, but byte {error.start} is none of it; save it as UTF-8"
        raise DataFileError([fault], subject=name) from None


def _windows_1258(data: bytes) -> str:
    return nfc(data.decode("cp1258", errors="replace"))


def _share_of_syllables(text: str) -> float:
    """Return the share of words with marks that are possible Vietnamese syllables; 0 where there is none."""
    marked = [word for word in _WORD.findall(text) if not word.isascii()]
    stray = sum(text.count(char) for char in "\ufffd¸¶·¹»¾¼½®ª«¬¨©µ¡¢§£¤¥¦×÷")
    if not marked:
        return 0.0
    return sum(_is_syllable(word) for word in marked) / (len(marked) + stray)


def _is_syllable(word: str) -> bool:
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [char for char in parts if char in _TONES]
    bare = nfc("".join(char for char in parts if char not in _TONES))
    return len(tones) <= 1 and _SYLLABLE.fullmatch(bare) is not None
