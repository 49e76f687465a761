"""What can be set on the service, checked with all faults at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from routeplanner.errors import RequestError

__all__ = ["Settings"]

_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", re.IGNORECASE)
_LOCAL = re.compile(r"https?://\[[0-9a-f:]+\](:\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the service.

    Parameters
    ----------
    database
        Where plans are kept: a file for SQLite, or a URL (``postgresql://user@host/name``).
    catalogue
        A folder or file of GeoJSON; by default the bundled catalogue.
    roads, traffic
        A file of streets, and ``"bundled"`` or a file of hours; by default the bundled roads, alike at all hours.
    boat, water_level_m
        Kind of boat, and metres at the Hà Nội gauge.
    sailings
        ``"bundled"`` or a GTFS file: boats sail by it instead of by charter.
    workers
        Processes that search.
    queue
        Requests that may wait for a process; further ones are answered 429.
    time_budget_s
        Cap on the seconds of a search; a process that is at it for three times that and 20 s more is ended.
    max_body_bytes
        Largest body of a request.
    body_timeout_s
        How long the body of a request may take to arrive.
    keep_days
        Plans older than this are deleted; None keeps them all.
    api_key
        Asked for in the header ``X-API-Key`` (or ``Authorization: Bearer``), except for health, embedded pages
        and oEmbed; None asks for nothing.
    cors_origins
        Sites whose scripts may ask; empty for none.
    frame_ancestors
        Sites that may show ``/embed`` pages in a frame, as ``https://hanoi.example``; the service's own always may.
    public_url
        Address at which the world sees the service; by default as each request has it.
    drain_s
        How long a stop waits for searches that are under way.

    Raises
    ------
    RequestError
        With all faults.

    Examples
    --------
    >>> Settings(frame_ancestors=("https://hanoi.example",)).frame_policy
    "frame-ancestors 'self' https://hanoi.example"
    """

    database: str = "plans.sqlite"
    catalogue: str | None = None
    roads: str | None = None
    traffic: str | None = None
    boat: str | None = None
    water_level_m: float | None = None
    sailings: str | None = None
    workers: int = 2
    queue: int = 32
    time_budget_s: float = 10.0
    max_body_bytes: int = 65_536
    body_timeout_s: float = 15.0
    keep_days: int | None = None
    api_key: str | None = None
    cors_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    public_url: str | None = None
    drain_s: float = 25.0

    def __post_init__(self) -> None:
        """Gather the faults."""
        faults = [*_number_faults(self), *_origin_faults(self)]
        if self.api_key is not None and len(self.api_key) < 16:
            faults.append(
                "api_key: it has fewer than 16 characters; give a random one, as `openssl rand -hex 16` does"
            )
        if self.api_key is not None and not self.api_key.isascii():
            faults.append("api_key: it holds letters beyond ASCII, which no header carries; give another")
        if not self.database:
            faults.append("database: it is empty; give a file or a URL")
        if faults:
            raise RequestError(faults, subject="settings")

    @property
    def frame_policy(self) -> str:
        """The policy that says which sites may frame an embedded page."""
        return " ".join(["frame-ancestors 'self'", *self.frame_ancestors])


def _number_faults(settings: Settings) -> list[str]:
    least = {"workers": 1, "queue": 0, "max_body_bytes": 256, "keep_days": 1}
    faults = []
    for name, bound in least.items():
        value = getattr(settings, name)
        if name == "keep_days" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < bound:
            faults.append(f"{name}: {value!r} is no whole number of {bound} or more")
    for name in ("time_budget_s", "body_timeout_s", "drain_s"):
        value = getattr(settings, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 3600:
            faults.append(f"{name}: {value!r} is no number of seconds between 0 and 3600")
    return faults


def _origin_faults(settings: Settings) -> list[str]:
    faults = [
        f"{name}: {value!r} is no origin; write scheme and host, as https://hanoi.example"
        for name in ("cors_origins", "frame_ancestors")
        for value in getattr(settings, name)
        if not (_ORIGIN.fullmatch(value) or _LOCAL.fullmatch(value))
    ]
    url = settings.public_url
    if url is not None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            faults.append(f"public_url: {url!r} is no http(s) address; write it as https://plans.example")
    return faults
