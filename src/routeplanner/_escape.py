"""Text on its way into HTML and JavaScript: one function that makes it harmless at every sink.

Folium hands names on as HTML, some of them through a JavaScript template literal. `html.escape` is not
enough there: ``${…}`` still runs and a backtick still ends the literal. So those characters become numeric
entities as well, which every HTML parser turns back into the text that was given.
"""

from __future__ import annotations

import re

__all__ = ["HTML", "escape_for_leaflet", "safe_url"]

_ENTITIES = str.maketrans({char: f"&#{ord(char)};" for char in "&<>\"'\\`${}"})

# What a browser strips or ignores before it reads the scheme of an address.
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SCHEMES = ("http://", "https://", "mailto:")


class HTML(str):
    """Markup that its author vouches for: `escape_for_leaflet` passes it on unchanged.

    Examples
    --------
    >>> escape_for_leaflet(HTML("<b>Bát Tràng</b>"))
    '<b>Bát Tràng</b>'
    """

    __slots__ = ()


def escape_for_leaflet(text: object) -> HTML:
    r"""Return `text` so that it shows as given in any HTML or script that Folium and Leaflet write.

    Encodes ``& < > " ' \\ ` $ { }`` as numeric entities. It is meant for element content, quoted attribute
    values, and strings that a script hands to the HTML parser (popups, tooltips, layer names). `HTML` passes
    unchanged, so that escaping twice does no harm.

    Parameters
    ----------
    text
        Any value; what is no string is written with `str`.

    Examples
    --------
    >>> escape_for_leaflet("Làng `Bát Tràng` <b>")
    'Làng &#96;Bát Tràng&#96; &#60;b&#62;'
    """
    if isinstance(text, HTML):
        return text
    return HTML(str(text).translate(_ENTITIES))


def safe_url(url: object) -> str | None:
    r"""Return the address if it is http, https or mailto, else None.

    Parameters
    ----------
    url
        Any value. Characters that a browser drops before it reads the scheme are dropped here as well.

    Examples
    --------
    >>> safe_url(" https://example.org/a?b=1 ")
    'https://example.org/a?b=1'
    >>> safe_url("java\tscript:alert(1)") is None
    True
    """
    if not isinstance(url, str):
        return None
    bare = _IGNORED_IN_URLS.sub("", url)
    return bare if bare.casefold().startswith(_SCHEMES) else None
