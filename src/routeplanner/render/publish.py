"""Maps on their way to a website: one file, its policy, its assets on a server of one's own, its frame."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from routeplanner._escape import escape_for_leaflet
from routeplanner._files import write_together, write_whole
from routeplanner.errors import RequestError
from routeplanner.render.given import checked, flag_faults, text_faults
from routeplanner.render.maps import ground_for

if TYPE_CHECKING:
    import folium

__all__ = ["embed_snippet", "save_assets", "save_html", "to_html"]

KEEP = "keep"
"""The basemap that the map was made with."""

_HEIGHT_PX = 680
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\\]")


def to_html(
    canvas: folium.Map,
    *,
    assets: str = "inline",
    basemap: str | folium.TileLayer | None = KEEP,
    lang: str | None = None,
    csp: bool = True,
) -> str:
    """Return a map of this library as the text of one web page.

    Parameters
    ----------
    canvas
        What `map_itinerary`, `map_sites` or `map_network` gave, with or without layers added to it.
    assets
        ``"inline"`` puts Leaflet and our style and script (some 200 kB) into the page, which then needs
        nothing but itself. ``"cdn"`` loads Leaflet from jsDelivr, with integrity hashes. Any other text is
        the address of a folder that `save_assets` wrote, relative or http(s), as ``"/static/routeplanner"``:
        such a page has no inline script or style at all, so that it works on a site that sends
        ``Content-Security-Policy: default-src 'self'`` with every file. The script of layers that were added with
        Folium is the exception: `save_html` writes it to a file of its own.
    basemap
        ``"keep"`` for that of the map, or another as for `map_itinerary`.
    lang
        Language at first, ``"vi"`` or ``"en"``; by default that of the map.
    csp
        Whether the page carries a Content-Security-Policy in a ``<meta>`` tag, which allows its own
        scripts and styles by their hashes and nothing else. Scripts that a user puts into the body of
        the page by hand do not run under it.

    Returns
    -------
    str
        The same map and arguments give the same text.

    Raises
    ------
    RequestError
        When `canvas` is no map of this library, or an argument is unknown.

    Examples
    --------
    >>> from routeplanner.render.maps import map_sites
    >>> from routeplanner.sites.catalog import load_sites
    >>> page = to_html(map_sites(load_sites().head(3)), assets="/static/rp", lang="en")
    >>> page.count("<script>"), page.count("<style>"), page.count('src="/static/rp/')
    (0, 0, 2)
    """
    return _parts(canvas, assets=assets, basemap=basemap, lang=lang, csp=csp, script_src=None)[0]


def _parts(
    canvas: folium.Map,
    *,
    assets: str = "inline",
    basemap: str | folium.TileLayer | None = KEEP,
    lang: str | None = None,
    csp: bool = True,
    script_src: str | None,
) -> tuple[str, str]:
    """Return the page and the script of layers that the user added."""
    from routeplanner.render._page import Page, SheetMap

    if not isinstance(canvas, SheetMap) or not isinstance(canvas.get_root(), Page):
        kind = type(canvas).__name__
        remedy = "give what map_itinerary, map_sites, map_network or map_programme returned"
        raise RequestError([f"map: this {kind} is no map of this library; {remedy}"], subject="map")
    faults = [] if assets in ("inline", "cdn") else _address_faults("assets", assets)
    faults += flag_faults("csp", csp)
    checked("vi" if lang is None else lang, None if basemap == KEEP else basemap, faults)
    ground = canvas.ground if basemap == KEEP else ground_for(basemap, canvas.where)
    root: Page = canvas.get_root()
    return root.render_parts(lang=lang, assets=assets, ground=ground, csp=csp, script_src=script_src)


def save_html(
    canvas: folium.Map,
    path: str | os.PathLike[str],
    *,
    assets: str = "inline",
    basemap: str | folium.TileLayer | None = KEEP,
    lang: str | None = None,
    csp: bool = True,
) -> Path:
    """Write a map as one web page, whole or not at all, and return its path.

    With ``assets="<address>"`` the script of Folium layers that were added to the map is written beside the page
    (``trip.js`` for ``trip.html``), since a server that asks for such pages lets no script in a page run.

    Parameters
    ----------
    canvas
        The map.
    path
        The file; its folder must exist.
    assets, basemap, lang, csp
        As for `to_html`.

    Raises
    ------
    RequestError
        As `to_html`.
    DataFileError
        When the folder is missing or cannot be written.

    Examples
    --------
    >>> from datetime import date
    >>> import routeplanner as rp
    >>> network = rp.build_network(rp.load_sites())
    >>> trip = rp.plan(network, rp.TripRequest(corridor="south", first_day=date(2027, 3, 13)))
    >>> rp.save_html(rp.map_itinerary(trip), "trip.html", lang="en").name
    'trip.html'
    """
    target = _file(path)
    apart = assets not in ("inline", "cdn")
    beside = target.with_suffix(".js")
    page, script = _parts(
        canvas,
        assets=assets,
        basemap=basemap,
        lang=lang,
        csp=csp,
        script_src=quote(beside.name) if apart else None,
    )
    if apart and script:
        write_together({beside: script, target: page})
        return target
    return write_whole(target, page)


def _file(path: object) -> Path:
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise RequestError([f"path: {path!r} is no path; give one as 'trip.html'"], subject="map")
    return Path(path)


def save_assets(folder: str | os.PathLike[str]) -> list[Path]:
    """Write Leaflet and our style and script to a folder of a web server, for ``assets="<address>"``.

    Parameters
    ----------
    folder
        It is made if it is missing. Write it anew after an update of the library.

    Returns
    -------
    list of Path
        The files.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(path.name for path in save_assets(folder))[:4]
    ['LICENSE', 'layers-2x.png', 'layers.png', 'leaflet.css']
    """
    from routeplanner.render._page import asset_files

    written = []
    for name, content in asset_files():
        target = Path(folder, *name.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        written.append(write_whole(target, content))
    return written


def embed_snippet(
    url: str,
    *,
    title: str = "Bản đồ hành trình · Itinerary map",
    width_px: int | None = None,
    height_px: int = _HEIGHT_PX,
) -> str:
    """Return the line that shows a saved map inside another page.

    A frame with an address of its own keeps its own policy; a map pasted as ``srcdoc`` would fall under that
    of the page around it and stay blank there.

    Parameters
    ----------
    url
        Address of the saved map, relative or http(s).
    title
        What a screen reader says of the frame; escaped here.
    width_px
        Width in pixels; by default that of what holds the frame.
    height_px
        Height in pixels.

    Raises
    ------
    RequestError
        When the address is neither relative nor http(s), or width or height is not above 0.

    Examples
    --------
    >>> print(embed_snippet("/maps/south.html", title="Làng nghề phía nam"))
    <iframe src="/maps/south.html" title="Làng nghề phía nam" width="100%" height="680" loading="lazy"
      referrerpolicy="strict-origin-when-cross-origin" allow="fullscreen"></iframe>
    """
    faults = _address_faults("url", url)
    faults += text_faults("title", title)
    for name, pixels in (("width_px", width_px), ("height_px", height_px)):
        if name == "width_px" and pixels is None:
            continue
        if not isinstance(pixels, int) or isinstance(pixels, bool) or pixels <= 0:
            faults.append(f"{name}: {pixels!r} is not a whole number above 0")
    if faults:
        raise RequestError(faults, subject="embed_snippet")
    return (
        f'<iframe src="{escape_for_leaflet(url)}" title="{escape_for_leaflet(title)}" '
        f'width="{width_px or "100%"}" '
        f'height="{height_px}" loading="lazy"\n'
        '  referrerpolicy="strict-origin-when-cross-origin" allow="fullscreen"></iframe>'
    )


def _address_faults(name: str, url: object) -> list[str]:
    if not isinstance(url, str) or not url.strip():
        return [f"{name}: {url!r} is no address; give a relative or http(s) one, as '/static/routeplanner'"]
    scheme = _SCHEME.match(url)
    good = scheme is None or (scheme[0].lower() in ("http:", "https:") and bool(urlsplit(url).netloc))
    if good and not _UNSEEN.search(url) and not (scheme is None and url.startswith("//")):
        return []
    return [f"{name}: {url!r} is neither relative nor http(s); write it as 'maps/trip.html' or 'https://…'"]
