"""The Content-Security-Policy of a page: what it may run and load, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["fingerprint", "origin", "policy"]

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_LINKED_SCRIPT = re.compile(r'<script [^>]*src="([^"]+)"', re.IGNORECASE)
_LINKED_STYLE = re.compile(r'<link [^>]*href="([^"]+)"', re.IGNORECASE)


def fingerprint(content: str | bytes) -> str:
    """Return ``sha256-…`` as a policy and an ``integrity`` attribute write it.

    Examples
    --------
    >>> fingerprint("alert('Hello, world.');")  # the example of Mozilla's reference
    'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='
    """
    data = content.encode() if isinstance(content, str) else content
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")


def origin(url: str) -> str:
    """Return the source expression for an address: its scheme and host, or ``'self'`` where it has none.

    Examples
    --------
    >>> origin("https://{s}.tile.opentopomap.org/{z}/{x}/{y}.png"), origin("/tiles/{z}/{x}/{y}.png")
    ('https://*.tile.opentopomap.org', "'self'")
    """
    parts = urlsplit(url.replace("{s}.", "*.", 1))
    if not parts.netloc:
        return "'self'"
    host = f"{parts.scheme or 'https'}://{parts.netloc}"
    return "https:" if re.search(r"[^\w.:/*-]", host) else host


def policy(
    head: str, *, scripts: Sequence[str], styles: Sequence[str], pictures: Iterable[str], foreign: bool
) -> str:
    """Return the policy of a page.

    Parameters
    ----------
    head
        Markup of the page's head: its inline scripts and styles are allowed by their hashes, its linked ones
        by their address.
    scripts, styles
        Text of further inline scripts and styles.
    pictures
        Addresses of tiles.
    foreign
        Whether the user added layers of Folium, which write style attributes and may load pictures and data.
    """
    linked_scripts, linked_styles = _LINKED_SCRIPT.findall(head), _LINKED_STYLE.findall(head)
    script_hashes = [f"'{fingerprint(text)}'" for text in [*_SCRIPT.findall(head), *scripts]]
    style_hashes = [f"'{fingerprint(text)}'" for text in [*_STYLE.findall(head), *styles]]
    images = ["data:", *(["https:", "blob:"] if foreign else []), *map(origin, pictures)]
    if linked_styles:
        images += map(origin, linked_styles)
    rules = [
        ["default-src", "'none'"],
        ["script-src", *map(_source, linked_scripts), *script_hashes],
        ["style-src", *map(_source, linked_styles), *style_hashes],
        ["img-src", *images],
        ["base-uri", "'none'"],
        ["form-action", "'none'"],
    ]
    if foreign:
        fonts = ["data:", *map(origin, linked_styles)]
        rules += [["style-src-attr", "'unsafe-inline'"], ["connect-src", "https:"], ["font-src", *fonts]]
    return "; ".join(" ".join(dict.fromkeys(rule)) for rule in rules)


def _source(url: str) -> str:
    """Return the source expression for one file."""
    return url if urlsplit(url).netloc and re.fullmatch(r"[\w.:/@%+~-]+", url) else origin(url)
