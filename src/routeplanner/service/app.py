"""The routes of the service."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from routeplanner._version import __version__
from routeplanner.errors import RequestError, RoutePlannerError
from routeplanner.export import fault_in_vietnamese, subject_in_vietnamese
from routeplanner.service._openapi import PLAN_BODY, PLAN_ID, answers
from routeplanner.service.desk import BusyError, Desk, GoneError
from routeplanner.service.gate import Gate
from routeplanner.service.headers import wishes
from routeplanner.service.metrics import Metrics
from routeplanner.service.query import query_faults, strange_names
from routeplanner.service.settings import Settings
from routeplanner.service.shelf import Shelf, oembed_xml
from routeplanner.service.store import PlanStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from routeplanner.pool import Answer

__all__ = ["create_app"]

_LOG = logging.getLogger(__name__)
_YEAR_S = 31_536_000
_HOUR_S = 3600

Lang = Annotated[Literal["vi", "en"], Query(description="Language of titles and texts.")]
Seen = Annotated[str | None, Header(alias="If-None-Match")]


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service as an ASGI application.

    Parameters
    ----------
    settings
        By default those of `Settings`.

    Examples
    --------
    >>> import uvicorn
    >>> from routeplanner.service import Settings, create_app
    >>> uvicorn.run(create_app(Settings(database="plans.sqlite")))  # doctest: +SKIP
    """
    settings = settings or Settings()
    metrics = Metrics(
        waiting=lambda: _pool_figure(app, "waiting"), running=lambda: _pool_figure(app, "running")
    )
    app = FastAPI(
        title="routeplanner",
        version=__version__,
        summary="Themed cultural itineraries for Hanoi and the Red River.",
        lifespan=_lifespan,
        docs_url=None,  # its page loads scripts from a web host
        redoc_url=None,
        redirect_slashes=False,  # it would send to an address of the request's making
    )
    app.state.settings, app.state.metrics, app.state.ready = settings, metrics, False
    _add_routes(app, settings)
    for kind, handler in (
        (HTTPException, _on_http_error),
        (RequestValidationError, _on_invalid),
        (RoutePlannerError, _on_fault),
        (Exception, _on_bug),
    ):
        app.add_exception_handler(kind, handler)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "X-API-Key", "Authorization", "If-None-Match"],
            expose_headers=["Location", "ETag", "Retry-After"],
            max_age=_HOUR_S,
        )
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Gate, settings=settings, metrics=metrics)
    return app


def _pool_figure(app: FastAPI, name: str) -> int:
    desk: Desk | None = getattr(app.state, "desk", None)
    return 0 if desk is None else int(getattr(desk.pool, name))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the store, build the network, start the processes; at the end finish what is under way."""
    settings: Settings = app.state.settings
    store = await asyncio.to_thread(PlanStore, settings.database)
    shelf = await asyncio.to_thread(Shelf, settings)
    desk = Desk(shelf.network, store, settings, ground=shelf.ground)
    desk.metrics = app.state.metrics
    app.state.store, app.state.shelf, app.state.desk = store, shelf, desk
    helpers = [asyncio.create_task(_become_ready(app)), asyncio.create_task(_sweep(store, settings))]
    try:
        yield
    finally:
        app.state.ready = False
        for helper in helpers:
            helper.cancel()
            with suppress(asyncio.CancelledError):
                await helper
        await desk.close()
        await asyncio.to_thread(store.close)


async def _become_ready(app: FastAPI) -> None:
    """Say that the service is ready once each process has planned its first trip."""
    ready = app.state.desk.pool.ready
    for _ in range(app.state.settings.workers):
        while not ready.acquire(blocking=False):  # noqa: ASYNC110 - released by threads
            await asyncio.sleep(0.05)
    app.state.ready = True


async def _sweep(store: PlanStore, settings: Settings) -> None:
    while settings.keep_days is not None:
        with suppress(Exception):  # the next hour will do
            await asyncio.to_thread(store.purge, days=settings.keep_days)
        await asyncio.sleep(_HOUR_S)


# --- the routes --------------------------------------------------------------------------------------


def _add_routes(app: FastAPI, settings: Settings) -> None:
    guarded: dict[str, Any] = {"dependencies": [Depends(_key_holder)]} if settings.api_key else {}
    keyed = (401,) if settings.api_key else ()
    plain: dict[str, Any] = {"response_class": Response}
    get: dict[str, Any] = {"methods": ["GET"], **plain}
    app.add_api_route("/", _index, responses=answers("index"), **get)
    app.add_api_route("/sites", _sites, responses=answers("sites", 304, *keyed, 422), **get, **guarded)
    app.add_api_route("/corridors", _corridors, responses=answers("corridors", 304, *keyed), **get, **guarded)
    app.add_api_route(
        "/calendar", _calendar, responses=answers("calendar", 304, *keyed, 422), **get, **guarded
    )
    app.add_api_route(
        "/plans",
        _make_plan,
        methods=["POST"],
        status_code=201,
        responses=answers("plan", 200, *keyed, 408, 413, 415, 422, 429, 500, 503, 504),
        openapi_extra={"requestBody": PLAN_BODY},
        **plain,
        **guarded,
    )
    app.add_api_route(
        "/plans/{plan_id}", _get_plan, responses=answers("export", 304, *keyed, 404, 422), **get, **guarded
    )
    app.add_api_route("/embed/{plan_id}", _embed, responses=answers("embed", 304, 404, 422), **get)
    app.add_api_route("/oembed", _oembed, responses=answers("oembed", 404, 422, 501), **get)
    app.add_api_route("/schemas/{what}", _schema, responses=answers("schema", 304, 404, 422), **get)
    app.add_api_route("/healthz", _healthz, responses=answers("health"), **get)
    app.add_api_route("/readyz", _readyz, responses=answers("health", 503), **get)
    app.add_api_route("/metrics", _metrics, responses=answers("metrics", *keyed), **get, **guarded)


def _key_holder(
    request: Request,
    x_api_key: Annotated[str | None, Header()] = None,
    authorization: Annotated[str | None, Header()] = None,
) -> None:
    """Refuse who does not know the key."""
    known: str = request.app.state.settings.api_key
    bearer = (authorization or "").removeprefix("Bearer ")
    if not any(hmac.compare_digest(given.encode(), known.encode()) for given in (x_api_key or "", bearer)):
        headers = {"WWW-Authenticate": 'Bearer realm="routeplanner"'}
        raise HTTPException(401, "a key is asked for; send it in the header X-API-Key", headers=headers)


def _index() -> Response:
    """Say where things are."""
    names = (
        "sites",
        "corridors",
        "calendar",
        "plans",
        "embed",
        "oembed",
        "schemas",
        "healthz",
        "readyz",
        "metrics",
    )
    links = {"openapi": "/openapi.json", **{name: f"/{name}" for name in names}}
    return JSONResponse({"name": "routeplanner", "version": __version__, **links})


def _sites(
    request: Request,
    text: Annotated[
        str | None, Query(max_length=200, description="Part of a name, with or without diacritics.")
    ] = None,
    kind: Annotated[str | None, Query(max_length=60)] = None,
    craft: Annotated[str | None, Query(max_length=60)] = None,
    theme: Annotated[str | None, Query(max_length=60)] = None,
    corridor: Annotated[str | None, Query(max_length=60)] = None,
    near: Annotated[
        str | None, Query(max_length=60, description="`lat,lon`: sort by distance from here.")
    ] = None,
    within_km: Annotated[float | None, Query(gt=0, le=20_000)] = None,
    seen: Seen = None,
) -> Response:
    """Look places up; GeoJSON."""
    wanted = {"text": text, "kind": kind, "craft": craft, "theme": theme, "corridor": corridor}
    body = request.app.state.shelf.sites(
        wanted, near=near, within_km=within_km, faults=strange_names(request)
    )
    return _fresh(body, "application/geo+json", seen=seen, max_age_s=_HOUR_S)


def _corridors(request: Request, seen: Seen = None) -> Response:
    """List the corridors."""
    return _fresh(request.app.state.shelf.corridors(), "application/json", seen=seen, max_age_s=_HOUR_S)


def _calendar(
    request: Request,
    year: Annotated[int, Query(ge=1900, le=2100)],
    format: Literal["json", "ics"] = "json",  # noqa: A002 - the name in the address
    lang: Lang = "en",
    seen: Seen = None,
) -> Response:
    """List the festivals and national days of a year."""
    if strange := strange_names(request):
        raise RequestError(strange, subject="query")
    body = request.app.state.shelf.calendar(year, format, lang)
    media_type = "application/json" if format == "json" else "text/calendar; charset=utf-8"
    return _fresh(body, media_type, seen=seen, max_age_s=_HOUR_S)


async def _make_plan(
    request: Request, seed: Annotated[int, Query(ge=0, le=2**32 - 1, description="Same seed, same plan.")] = 0
) -> Response:
    """Plan a trip: a request in, its itinerary out, with the id under which it stays."""
    asked = await _request_of(request, strange_names(request))
    desk: Desk = request.app.state.desk
    try:
        plan_id, found = await desk.plan(asked, seed, request.is_disconnected)
    except BusyError as busy:
        words = "too many searches wait; come again later"
        raise HTTPException(429, words, headers={"Retry-After": str(busy.retry_s)}) from None
    except GoneError:
        return Response(status_code=499)  # nobody reads it
    return _told(request, plan_id, found)


def _told(request: Request, plan_id: str, found: Answer) -> Response:
    """Return a plan, or the error that stands for the answer's."""
    if found.itinerary is None:
        raise _search_error(found)
    where = f"{_base(request)}/plans/{plan_id}"
    head = {"id": plan_id, "url": where, "embed_url": f"{_base(request)}/embed/{plan_id}"}
    # the itinerary's text as it was kept, with the three members before its own
    body = json.dumps(head)[:-1] + ", " + found.itinerary.strip()[1:]
    status = 200 if not found.seconds else 201
    return Response(body, status, {"Location": where}, "application/json")


def _search_error(found: Answer) -> HTTPException:
    if found.kind != "WorkerError":
        return HTTPException(422, {"subject": found.subject, "faults": found.faults})
    if found.subject == "time":
        return HTTPException(504, found.faults[0])
    if found.subject == "plan":
        return HTTPException(500, "the planner failed over this request; it is in the service's log")
    return HTTPException(503, "no process could plan this; come again later", headers={"Retry-After": "5"})


async def _request_of(request: Request, faults: list[str]) -> dict[str, Any]:
    """Return the request in the body with all its defaults; its faults come with those found before."""
    asked: dict[str, Any] = {}
    try:
        data = await _json_body(request)
        asked = await asyncio.to_thread(request.app.state.shelf.read_request, data)
    except RequestError as error:
        faults = [*faults, *error.faults]
    if faults:
        raise RequestError(faults, subject="request")
    return asked


async def _json_body(request: Request) -> Any:  # noqa: ANN401 - JSON
    """Read the body as JSON; numbers, depth and letters that no plan needs are refused with a word."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(
            415, "send JSON, with the header Content-Type: application/json, and uncompressed"
        )
    body = await request.body()
    if not body.strip():
        raise RequestError(["the body is empty; send a request as JSON"], subject="request")
    try:
        data = json.loads(body.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_once)
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeError:
        fault = "the text is not UTF-8, or holds halves of characters; save it as UTF-8"
    except RecursionError:
        fault = "it is nested too deeply; a request is an object of fields"
    except ValueError as error:
        fault = f"not JSON: {error}"
    else:
        return data
    raise RequestError([fault], subject="request")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose names all differ; of two values of one name nobody knows which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one object; keep one")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


PlanName = Annotated[str, Path(description="The id, with a suffix such as `.gpx` or without.")]


def _get_plan(
    request: Request,
    plan_id: PlanName,
    format: Annotated[str | None, Query(max_length=12, description="json, geojson, gpx, …")] = None,  # noqa: A002
    lang: Lang = "en",
    accept: Annotated[str | None, Header()] = None,
    seen: Seen = None,
) -> Response:
    """Return a plan in any export format: by suffix, by `format`, or by the header `Accept`."""
    bare, _, suffix = plan_id.partition(".")
    text, created = _kept(request, bare)
    shelf: Shelf = request.app.state.shelf
    key = shelf.format_of(suffix, format, accept)
    body, media_type = shelf.export(bare, text, key, lang, created)
    headers = {"Vary": "Accept"}
    if key == ".html":
        headers["Content-Security-Policy"] = request.app.state.settings.frame_policy
    elif key != ".json":
        headers["Content-Disposition"] = f'attachment; filename="{bare}{key}"'
    return _fresh(body, media_type, seen=seen, max_age_s=_YEAR_S, headers=headers)


def _embed(request: Request, plan_id: PlanName, lang: Lang = "vi", seen: Seen = None) -> Response:
    """Return the self-contained page, which the sites named in the settings may show in a frame."""
    bare, _, suffix = plan_id.partition(".")
    if suffix:
        raise HTTPException(404, "there is no such page; leave the suffix out")
    text, created = _kept(request, bare)
    body, media_type = request.app.state.shelf.export(bare, text, ".html", lang, created)
    base = _base(request)
    headers = {
        "Content-Security-Policy": request.app.state.settings.frame_policy,
        "Link": ", ".join(
            f'<{base}/oembed?url={base}/embed/{bare}&format={form}>; rel="alternate"; type="{kind}+oembed"'
            for form, kind in (("json", "application/json"), ("xml", "text/xml"))
        ),
    }
    return _fresh(body, media_type, seen=seen, max_age_s=_HOUR_S, headers=headers)


def _oembed(
    request: Request,
    url: Annotated[str, Query(max_length=500, description="Address of an `/embed` page of this service.")],
    format: Annotated[str, Query(max_length=12, description="json or xml.")] = "json",  # noqa: A002
    maxwidth: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    maxheight: Annotated[int | None, Query(ge=1, le=10_000)] = None,
) -> Response:
    """Tell other sites how to show a plan (oEmbed 1.0, type `rich`)."""
    if format not in ("json", "xml"):
        raise HTTPException(501, "only JSON and XML are spoken here; ask for format=json or format=xml")
    found = request.app.state.shelf.embedded(url, _base(request))
    if found is None:
        raise HTTPException(404, "this is no /embed page of this service")
    plan_id, lang = found
    text, _ = _kept(request, plan_id)
    page = f"{_base(request)}/embed/{plan_id}" + (f"?lang={lang}" if lang else "")
    told = request.app.state.shelf.oembed(
        page, text, lang or "vi", size=(maxwidth, maxheight), base=_base(request)
    )
    return JSONResponse(told) if format == "json" else Response(oembed_xml(told), media_type="text/xml")


def _schema(
    what: Annotated[str, Path(description="`request` or `itinerary`.")], seen: Seen = None
) -> Response:
    """Return the JSON Schema of a request or an itinerary."""
    from routeplanner.export import json_schema

    if what not in ("request", "itinerary"):
        raise HTTPException(404, "there is no schema of this name; ask for request or itinerary")

    body = json.dumps(json_schema(what), ensure_ascii=False).encode()
    return _fresh(body, "application/schema+json", seen=seen, max_age_s=_HOUR_S)


def _healthz() -> Response:
    """Say that the process lives."""
    return JSONResponse({"status": "ok"})


def _readyz(request: Request) -> Response:
    """Say whether plans can be made and kept."""
    store: PlanStore = request.app.state.store
    if not request.app.state.ready:
        raise HTTPException(503, "the planning processes are starting", headers={"Retry-After": "2"})
    try:
        store.ping()
    except Exception:  # noqa: BLE001 - of whatever kind, by database and driver
        _LOG.exception("the database does not answer")
        raise HTTPException(503, "the database does not answer", headers={"Retry-After": "5"}) from None
    return JSONResponse({"status": "ok"})


def _metrics(request: Request) -> Response:
    """Return figures for Prometheus."""
    return Response(request.app.state.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


# --- what the routes share ---------------------------------------------------------------------------


def _kept(request: Request, plan_id: str) -> tuple[str, Any]:
    store: PlanStore = request.app.state.store
    found = store.get(plan_id) if re.fullmatch(PLAN_ID, plan_id) else None
    if found is None:
        raise HTTPException(404, "there is no plan of this id; ask for it with POST /plans")
    return found


def _base(request: Request) -> str:
    """Return the address at which the service is seen, without a slash at its end."""
    return str(request.app.state.settings.public_url or request.base_url).rstrip("/")


def _fresh(
    body: bytes, media_type: str, *, seen: str | None, max_age_s: int, headers: dict[str, str] | None = None
) -> Response:
    """Return an answer with an entity tag, or 304 to who holds it already."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    told = {"ETag": tag, "Cache-Control": f"private, max-age={max_age_s}", **(headers or {})}
    known = {part.strip().removeprefix("W/") for part in (seen or "").split(",")}
    if tag.removeprefix("W/") in known or "*" in known:
        return Response(status_code=304, headers=told)
    return Response(body, headers=told, media_type=media_type)


def _lang(request: Request) -> str:
    """Return the language of an error: by ``lang``, else by the header ``Accept-Language``, else English."""
    asked: str | None = request.query_params.get("lang")
    if asked == "vi" or asked == "en":  # noqa: PLR1714 - so that the type follows
        return asked
    wanted = (name.partition("-")[0] for name in wishes(request.headers.get("accept-language")))
    return next((name for name in wanted if name in ("vi", "en")), "en")


def _error(
    request: Request,
    status: int,
    detail: str,
    faults: Any = (),  # noqa: ANN401 - texts
    headers: Any = None,  # noqa: ANN401
) -> Response:
    """Return an error in the language that is asked for."""
    lang = _lang(request)
    if lang == "vi":
        detail, faults = fault_in_vietnamese(detail), [fault_in_vietnamese(fault) for fault in faults]
    told = {**(headers or {}), "Content-Language": lang, "Vary": "Accept-Language"}
    return JSONResponse({"detail": detail, "faults": list(faults)}, status_code=status, headers=told)


def _faulty(request: Request, status: int, subject: str, faults: Any) -> Response:  # noqa: ANN401 - texts
    """Return an error with a list of faults."""
    count = len(faults)
    if _lang(request) == "vi":
        detail = f"{subject_in_vietnamese(subject)}: {count} lỗi"
    else:
        detail = f"{subject}: {count} fault{'s' * (count != 1)}"
    return _error(request, status, detail, faults)


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    detail: Any = error.detail
    if isinstance(detail, dict):
        return _faulty(request, error.status_code, detail["subject"], detail["faults"])
    if detail == "Not Found":
        detail = "there is nothing at this address; GET / says what there is"
    elif detail == "Method Not Allowed":
        known = (error.headers or {}).get("Allow", "another method")
        detail = f"this address is not asked with {request.method}; ask it with {known}"
        allowed = {"Allow": "GET, HEAD"} if known == "GET" else error.headers
        return _error(request, error.status_code, str(detail), (), allowed)
    return _error(request, error.status_code, str(detail), (), error.headers)


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    faults = [*query_faults(error.errors()), *strange_names(request)]
    if request.method != "POST":
        return _faulty(request, 422, "query", faults)
    try:  # the body's faults come along
        await _request_of(request, faults)
    except RequestError as all_faults:
        return await _on_fault(request, all_faults)
    except HTTPException as worse:  # too large, too slow, no JSON
        return await _on_http_error(request, worse)
    raise error  # not reached: `faults` is never empty


async def _on_fault(request: Request, error: RoutePlannerError) -> Response:
    return _faulty(
        request, 422, getattr(error, "subject", "request"), getattr(error, "faults", (str(error),))
    )


async def _on_bug(request: Request, error: Exception) -> Response:
    _LOG.error("unexpected", exc_info=error)
    return _error(request, 500, "the service failed over this; it is in its log")
