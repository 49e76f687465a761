"""Roads from files and from OpenStreetMap: what is read, what is refused, what is kept on disk."""

from __future__ import annotations

import gzip
import json
import logging
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely

import routeplanner as rp
from routeplanner.errors import DataFileError, NetworkError
from routeplanner.network import DEFAULT_SPEEDS, build_network, load_river, load_roads
from routeplanner.network.osm import read_elements
from routeplanner.network.roads import keep_largest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd

    from routeplanner.network import River

SMALL = Path(__file__).parent / "small.osm"


@pytest.fixture(scope="module")
def small() -> nx.MultiDiGraph:
    return rp.roads_from_file(SMALL)


def _named(roads: nx.MultiDiGraph, name: str) -> list[tuple[int, int, dict[str, Any]]]:
    return [(u, v, d) for u, v, d in roads.edges(data=True) if d.get("name") == name]


# -- an OpenStreetMap document ---------------------------------------------------------------------


def test_ways_become_directed_streets(small: nx.MultiDiGraph) -> None:
    names = {d.get("name") for *_, d in small.edges(data=True)}
    assert {"Phố Nam", "Phố Bắc", "Cầu Thử", "Phà Thử"} <= names
    assert {(u, v) for u, v, _ in _named(small, "Phố Bắc")} == {(4, 5), (5, 6)}
    assert {(u, v) for u, v, _ in _named(small, "Ngõ Tây")} == {(1, 4), (4, 1)}
    lengths = {(u, v): d["length"] for u, v, d in _named(small, "Ngõ Tây")}
    assert lengths[1, 4] == pytest.approx(1112, abs=2)
    assert not any(d["highway"] in {"construction", "footway"} for *_, d in small.edges(data=True))
    assert not small.has_edge(1, 5)


def test_more_detail_brings_the_paths() -> None:
    everything = rp.roads_from_file(SMALL, detail="all")
    assert "footway" in {d["highway"] for *_, d in everything.edges(data=True)}


def test_what_is_not_joined_is_dropped_and_named(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="routeplanner"):
        roads = rp.roads_from_file(SMALL)
    assert nx.is_strongly_connected(roads)
    assert roads.graph["dropped"] == ["Ngõ Huyện: 2 nodes, 0.1 km, near 21.0300, 105.8000"]
    assert "Ngõ Huyện" in caplog.text
    assert "2 of" in caplog.text


def test_a_one_way_dead_end_is_named_by_its_street() -> None:
    roads = nx.MultiDiGraph(crs="epsg:4326")
    roads.add_nodes_from((n, {"x": 105.8 + n / 100, "y": 21.0}) for n in range(3))
    roads.add_edges_from([(0, 1, {"length": 900}), (1, 0, {"length": 900})])
    roads.add_edge(2, 0, length=500, name=["Ngõ Cụt", "Ngõ Khác"])
    assert keep_largest(roads).graph["dropped"] == ["Ngõ Cụt: 1 node, 0.0 km, near 21.0000, 105.8200"]


def test_a_ferry_has_its_duration_and_half_its_interval(
    small: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    (there, back) = _named(small, "Phà Thử")
    assert there[2]["travel_time"] == pytest.approx(12 * 60)
    assert there[2]["wait_s"] == 600
    assert back[2]["restriction"] == "no_car"
    network = build_network(places_at(a=(105.8198, 21.0001), b=(105.8402, 21.0003)), small, far_river)
    (ferry,) = [leg for leg in network.path("a", "b", "foot") if leg.mode == "ferry"]
    assert ferry.duration_s == pytest.approx(12 * 60 + 10 * 60, abs=1)
    assert {leg.mode for leg in network.path("a", "b", "car")} == {"car"}


def test_landings_that_touch_no_street_are_joined(small: nx.MultiDiGraph) -> None:
    joints = [(u, v) for u, v, d in small.edges(data=True) if d.get("accuracy") == "estimated"]
    assert {frozenset(ends) for ends in joints} == {frozenset({9, 3}), frozenset({10, 11})}


def test_a_banned_turn_is_not_driven(
    small: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    assert small.graph["banned_turns"] == [(1, 2, 5, 0, 0)]
    assert small.graph["banned_ways"] == [((3, 2, 0), (2, 5, 0), (5, 6, 0))]
    assert [note for note in small.graph["notes"] if "turn" in note] == [
        "turn restriction 203 does not end at its node: not applied"
    ]
    # From Phố Nam to Phố Giữa: left at node 2 is banned, so a car goes on to node 3, turns and comes back.
    sites = places_at(a=(105.8080, 20.9999), b=(105.8102, 21.0030))
    network = build_network(sites, small, far_river)

    def metres(a: str, b: str, vehicle: str) -> int:
        return sum(leg.distance_m for leg in network.path(a, b, vehicle))

    direct = 0.002 * 111_195 * np.cos(np.radians(21)) + 0.003 * 111_195
    there_and_back = 2 * 0.01 * 111_195 * np.cos(np.radians(21))
    assert metres("a", "b", "foot") == pytest.approx(direct, abs=40)
    assert metres("b", "a", "car") == pytest.approx(direct, abs=40)  # the ban holds one way only
    assert metres("a", "b", "car") == pytest.approx(direct + there_and_back, abs=40)
    free = small.copy()
    free.graph["banned_turns"] = []
    assert build_network(sites, free, far_river).matrix(["a", "b"], "car").distance_m[0, 1] < 1_000


def test_a_turn_banned_over_a_way_is_not_driven(
    small: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    """From Phố Nam over Phố Giữa into Phố Bắc: a car turns at its end, and comes along Phố Giữa once more."""
    free = small.copy()
    free.graph["banned_ways"] = []
    cos = np.cos(np.radians(21))
    straight = (0.002 * cos + 0.01 + 0.0015 * cos) * 111_195
    twice = straight + 2 * 0.01 * 111_195
    two = places_at(a=(105.812, 20.9999), b=(105.8115, 21.0101))
    for roads, metres in ((free, straight), (small, twice)):
        found = build_network(two, roads, far_river).matrix(["a", "b"], "car").distance_m[0, 1]
        assert found == pytest.approx(metres, abs=60)
    # A place on Phố Giữa is reached, and left for Phố Bắc, as before; walkers turn as they like.
    more = places_at(a=(105.812, 20.9999), b=(105.8115, 21.0101), on_the_way=(105.8102, 21.0050))
    held, open_ = (build_network(more, roads, far_river) for roads in (small, free))
    ways = [n.matrix(list(more.index), "car").distance_m[[0, 2], [2, 1]].tolist() for n in (held, open_)]
    assert ways[0] == ways[1]
    walks = [n.matrix(list(more.index), "foot").duration_s.tolist() for n in (held, open_)]
    assert walks[0] == walks[1]


def test_a_sign_holds_the_table_down(
    small: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    network = build_network(places_at(a=(105.82, 21.0010), b=(105.82, 21.0090)), small, far_river)
    (leg,) = network.path("a", "b", "car")
    driving_s = leg.duration_s - DEFAULT_SPEEDS.modes["car"].terminal_s
    assert leg.distance_m / driving_s * 3.6 == pytest.approx(20, rel=0.02)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALL.read_text("utf-8")[:1500], "cut off"),
        ("<html><body>busy</body></html>", "<html>"),
        ("<osm version='0.6'><remark>runtime error: out of memory</remark></osm>", "out of memory"),
        ("<osm version='0.6'><node id='1' lat='here' lon='105'/></osm>", "node 1"),
        ("<osm version='0.6'></osm>", "no road"),
        ("nothing of the kind", "neither"),
        ("", "neither"),
    ],
)
def test_a_document_that_is_not_whole_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "streets.osm"
    path.write_text(text, "utf-8")
    with pytest.raises(DataFileError, match=words):
        rp.roads_from_file(path)


# -- other files -----------------------------------------------------------------------------------


def _times(roads: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], river: River) -> np.ndarray:
    sites = places_at(a=(105.802, 21.0005), b=(105.8195, 21.0105), c=(105.8402, 21.005), d=(105.8103, 21.0))
    return build_network(sites, roads, river).matrix(list("abcd"), "car").duration_s


def test_each_format_gives_the_same_times(
    tmp_path: Path, small: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    wanted = _times(small, places_at, far_river)
    assert (wanted[~np.eye(4, dtype=bool)] > 0).all()
    osmnx.save_graphml(small, tmp_path / "g.graphml")
    (tmp_path / "g2.graphml.gz").write_bytes(gzip.compress((tmp_path / "g.graphml").read_bytes()))
    (tmp_path / "g.osm.gz").write_bytes(gzip.compress(SMALL.read_bytes()))
    osmnx.save_graph_geopackage(small, tmp_path / "g.gpkg", directed=True)
    nodes, edges = osmnx.graph_to_gdfs(small)
    edges = edges.drop(columns=["osmid"])
    edges.to_parquet(tmp_path / "edges.parquet")
    nodes.to_parquet(tmp_path / "nodes.parquet")
    for name in ("g.graphml", "g2.graphml.gz", "g.osm.gz", "g.gpkg", "edges.parquet"):
        roads = rp.roads_from_file(tmp_path / name)
        if "gpkg" in name or "parquet" in name:  # tables have no place for turns
            roads.graph["banned_turns"] = small.graph["banned_turns"]
            roads.graph["banned_ways"] = small.graph["banned_ways"]
        assert _times(roads, places_at, far_river).tolist() == wanted.tolist(), name


def test_osmnx_tables_of_undirected_streets_lead_both_ways_but_one_way_streets_do_not(
    tmp_path: Path, small: nx.MultiDiGraph, places_at: Callable[..., gpd.GeoDataFrame], far_river: River
) -> None:
    osmnx.save_graph_geopackage(small, tmp_path / "each_way.gpkg", directed=True)
    osmnx.save_graph_geopackage(small, tmp_path / "once.gpkg")  # osmnx's own default
    directed, once = (rp.roads_from_file(tmp_path / name) for name in ("each_way.gpkg", "once.gpkg"))
    ends = sorted((u, v, round(d["length"])) for u, v, d in once.edges(data=True))
    assert ends == sorted((u, v, round(d["length"])) for u, v, d in directed.edges(data=True))
    assert any(not once.has_edge(v, u) for u, v in once.edges())  # there is a one-way street to get wrong
    times = [_times(roads, places_at, far_river).tolist() for roads in (directed, once)]
    assert times[0] == times[1]


def test_a_file_in_which_no_street_leads_back_is_refused(tmp_path: Path) -> None:
    import geopandas as gpd

    line = shapely.LineString([(105.8, 21.0), (105.81, 21.0)])
    table = gpd.GeoDataFrame({"u": [1], "v": [2], "oneway": [True]}, geometry=[line], crs="EPSG:4326")
    table.to_parquet(tmp_path / "edges.parquet")
    with pytest.raises(NetworkError, match="in each direction"):
        rp.roads_from_file(tmp_path / "edges.parquet")


def test_plain_lines_join_at_their_ends(tmp_path: Path) -> None:
    import geopandas as gpd

    lines = gpd.GeoDataFrame(
        {"highway": ["primary", "residential", "residential"], "oneway": [False, True, False]},
        geometry=[
            shapely.LineString([(105.8, 21.0), (105.81, 21.0)]),
            shapely.LineString([(105.81, 21.0), (105.81, 21.01)]),
            shapely.LineString([(105.81, 21.01), (105.8, 21.0)]),
        ],
        crs="EPSG:4326",
    )
    lines.to_file(tmp_path / "streets.gpkg", layer="streets", driver="GPKG")
    roads = rp.roads_from_file(tmp_path / "streets.gpkg")
    assert (roads.number_of_nodes(), roads.number_of_edges()) == (3, 5)
    assert min(d["length"] for *_, d in roads.edges(data=True)) == pytest.approx(1038, abs=3)


def test_a_files_own_times_can_be_set_aside(tmp_path: Path, block: nx.MultiDiGraph) -> None:
    nx.write_graphml(_flat(block), tmp_path / "g.graphml")
    kept = rp.roads_from_file(tmp_path / "g.graphml")
    dropped = rp.roads_from_file(tmp_path / "g.graphml", times="classes")
    assert all("travel_time" in d for *_, d in kept.edges(data=True))
    assert not any("travel_time" in d for *_, d in dropped.edges(data=True))


def _flat(roads: nx.MultiDiGraph) -> nx.MultiDiGraph:
    plain = roads.copy()
    for *_, data in plain.edges(data=True):
        data.update({key: str(value) for key, value in data.items()})
    return plain


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("g.graphml", b"<graphml><graph", "cut off or no GraphML"),
        ("g.graphml.gz", gzip.compress(b"<graphml></graphml>", mtime=0)[:-9], "cut off or damaged"),
        ("g.gpkg", b"SQLite no more", "damaged or no GeoPackage"),
        ("g.parquet", b"PAR1", "damaged or no GeoParquet"),
        ("g.shp", b"", "this format is not read"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataFileError, match=words):
        rp.roads_from_file(tmp_path / name)


def test_a_missing_file_has_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "hanoi.graphml").touch()
    with pytest.raises(DataFileError, match=r"did you mean 'hanoi\.graphml'"):
        rp.roads_from_file(tmp_path / "hanoy.graphml")


# -- combined --------------------------------------------------------------------------------------


def test_streets_join_the_wide_network(small: nx.MultiDiGraph) -> None:
    wide = load_roads()
    both = rp.roads.combine(small, wide)
    assert both.graph["dropped"] == []
    assert nx.is_strongly_connected(both)
    kept = {key for _, key in both.nodes(data="key") if key}
    outside = {
        d["key"]
        for _, d in wide.nodes(data=True)
        if not (105.78 < d["x"] < 105.86 and 20.98 < d["y"] < 21.03)
    }
    assert outside <= kept
    assert set(small.nodes) <= set(both.nodes)
    metres = nx.shortest_path_length(both, 1, _key(both, "hung_yen"), weight="length")
    alone = nx.shortest_path_length(wide, _key(wide, "nga_tu_so"), _key(wide, "hung_yen"), weight="length")
    assert metres == pytest.approx(alone, rel=0.15)


def _key(roads: nx.MultiDiGraph, key: str) -> int:
    return next(node for node, own in roads.nodes(data="key") if own == key)


def test_joints_stay_on_their_bank() -> None:
    wide = load_roads()
    inner = [n for n, d in wide.nodes(data=True) if 105.83 < d["x"] < 105.90 and 21.0 < d["y"] < 21.07]
    both = rp.combine_roads(keep_largest(wide.subgraph(inner).copy()), wide)
    water = shapely.MultiLineString([s.lonlat for s in load_river().streams])
    new = [(u, v) for u, v, d in both.edges(data=True) if "edge_id" not in d]
    assert new
    for u, v in new:
        ends = [(both.nodes[n]["x"], both.nodes[n]["y"]) for n in (u, v)]
        assert not water.intersects(shapely.LineString(ends))


@pytest.mark.shared
@pytest.mark.skipif("ROUTEPLANNER_SHARED" not in os.environ, reason="ROUTEPLANNER_SHARED is not set")
def test_real_streets_are_read_and_joined() -> None:
    folder = Path(os.environ["ROUTEPLANNER_SHARED"]) / "data" / "osm"
    inner = rp.roads_from_file(folder / "hanoi_inner_osm_overpass.json.gz")
    theirs = rp.roads_from_file(folder / "hanoi_inner_drive.graphml.gz", times="classes")
    # The same answer through osmnx alone: the same streets up to the few that only one of the two reads.
    ours_km, theirs_km = (sum(m for *_, m in g.edges(data="length")) / 1000 for g in (inner, theirs))
    assert ours_km == pytest.approx(theirs_km, rel=0.04)
    both = rp.combine_roads(theirs)
    assert nx.is_strongly_connected(both)
    assert {"hung_yen", "son_tay"} & {key for _, key in both.nodes(data="key")}


# -- Overpass --------------------------------------------------------------------------------------


def _answer() -> bytes:
    elements = read_elements(SMALL.read_bytes(), name="small")
    return json.dumps({"version": 0.6, "elements": elements}).encode()


class _Service(BaseHTTPRequestHandler):
    """Recorded answers: what is served depends on the path."""

    asked: list[tuple[str, str]]
    stop: threading.Event

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve(parse_qs(self.path.partition("?")[2]).get("q", [""])[0])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._serve(parse_qs(body)["data"][0])

    def _serve(self, question: str) -> None:
        kind = self.path.partition("?")[0].strip("/")
        self.asked.append((kind, question))
        getattr(self, f"_{kind.replace('-', '_')}")()

    def _send(self, body: bytes, *, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _good(self) -> None:
        self._send(_answer())

    def _empty(self) -> None:
        self._send(b'{"version": 0.6, "elements": []}')

    def _broken(self) -> None:
        self._send(_answer()[:-400])

    def _cut_off(self) -> None:
        self._send(_answer()[:2000], length=len(_answer()))

    def _remark(self) -> None:
        partial = json.loads(_answer()) | {"remark": "runtime error: Query timed out in query at line 1"}
        self._send(json.dumps(partial).encode())

    def _page(self) -> None:
        self._send(b"<!DOCTYPE html><html><body>maintenance</body></html>")

    def _denied(self) -> None:
        self._send(b"no", status=403)

    def _busy(self) -> None:
        self._send(b"slow down", status=429, Retry_After="0")

    def _busy_once(self) -> None:
        if len(self.asked) > 1:
            self._good()
        else:
            self._send(b"slow down", status=504)

    def _huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            try:
                self.wfile.write(b" " * 65_536)
            except OSError:
                return

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            if self.stop.wait(0.05):
                return
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def _silent(self) -> None:
        self.stop.wait(5)

    def _place(self) -> None:
        border = {
            "type": "Polygon",
            "coordinates": [[[105.8, 21], [105.84, 21], [105.84, 21.02], [105.8, 21]]],
        }
        point = {"type": "Point", "coordinates": [105.8, 21.0]}
        self._send(json.dumps([{"geojson": point}, {"geojson": border}]).encode())

    def _point(self) -> None:
        self._send(json.dumps([{"geojson": {"type": "Point", "coordinates": [105.8, 21.0]}}]).encode())

    def _nowhere(self) -> None:
        self._send(b"[]")


@contextmanager
def _serving() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    handler = type("Handler", (_Service,), {"asked": [], "stop": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.asked  # type: ignore[attr-defined]
    finally:
        handler.stop.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()
        server.server_close()


BOX = (105.79, 20.99, 105.85, 21.04)


def _service(url: str, kind: str, **more: Any) -> rp.OsmService:
    patience = {"timeout_s": 2.0, "tries": 2, "pause_s": 0.01, "max_answer_mb": 1.0} | more
    return rp.OsmService(overpass_url=f"{url}/{kind}", nominatim_url=f"{url}/place", **patience)


def test_streets_of_a_box_are_fetched_once(tmp_path: Path, small: nx.MultiDiGraph) -> None:
    with _serving() as (url, asked):
        service = _service(url, "good")
        first = rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=service)
        again = rp.roads_from_osm(BOX, cache=tmp_path, service=service)
        assert len(asked) == 1
        rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=service, refresh=True)
        rp.roads_from_osm(bbox=BOX, cache=None, service=service)
        assert len(asked) == 3
    for roads in (first, again):
        assert set(roads.edges) == set(small.edges)
        assert roads.graph["banned_turns"] == small.graph["banned_turns"]
    # Without the service: the kept answer is enough.
    assert set(rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=service).edges) == set(small.edges)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty", "the answer is empty"),
        ("broken", "cut off or no JSON"),
        ("cut-off", "cut off on the way"),
        ("remark", "stopped before the end.*timed out"),
        ("page", "<!DOCTYPE|cut off or no XML|not <osm>"),
        ("denied", "HTTP 403"),
        ("busy", "busy.*2 tries"),
        ("huge", "larger than 1 MB"),
        ("slow", "no whole answer within 0.5 s"),
        ("silent", "no whole answer within 0.5 s"),
    ],
)
def test_a_bad_answer_is_said_and_never_kept(tmp_path: Path, kind: str, words: str) -> None:
    with _serving() as (url, asked):
        patience = 0.5 if kind in {"slow", "silent"} else 5.0
        with pytest.raises(DataFileError, match=words):
            rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=_service(url, kind, timeout_s=patience))
        assert 1 <= len(asked) <= 2
    assert list(tmp_path.rglob("*")) == []


def test_a_busy_service_is_asked_again(tmp_path: Path) -> None:
    with _serving() as (url, asked):
        rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=_service(url, "busy-once"))
        assert len(asked) == 2


def test_offline_says_what_works_without_a_network(tmp_path: Path) -> None:
    with _serving() as (url, _):
        pass
    with pytest.raises(DataFileError, match=r"cannot be reached.*bundled roads need no network"):
        rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=_service(url, "good"))
    assert list(tmp_path.rglob("*")) == []


def test_a_kept_answer_that_was_cut_off_is_asked_for_again(tmp_path: Path) -> None:
    with _serving() as (url, asked):
        service = _service(url, "good")
        rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=service)
        (kept,) = tmp_path.iterdir()
        whole = kept.read_bytes()
        kept.write_bytes(whole[:-20])
        rp.roads_from_osm(bbox=BOX, cache=tmp_path, service=service)
        assert len(asked) == 2
        assert kept.read_bytes() == whole


def test_a_place_is_found_by_name(tmp_path: Path) -> None:
    with _serving() as (url, asked):
        rp.roads_from_osm("Làng Thử, Việt Nam", cache=tmp_path, service=_service(url, "good"))
        assert asked[0] == ("place", "Làng Thử, Việt Nam")
        assert "poly:" in asked[1][1]
        assert "21.02000 105.84000" in asked[1][1]
        for kind, words in (("point", "no border"), ("nowhere", "no such place")):
            service = rp.OsmService(overpass_url=f"{url}/good", nominatim_url=f"{url}/{kind}", pause_s=0.01)
            with pytest.raises(DataFileError, match=words):
                rp.roads_from_osm(place="Đâu Đó", cache=tmp_path, service=service)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_corridor_and_a_polygon_are_areas(tmp_path: Path) -> None:
    with _serving() as (url, asked):
        service = _service(url, "good")
        rp.roads_from_osm(corridor="south", cache=tmp_path, service=service)
        rp.roads_from_osm("south", cache=tmp_path, service=service)
        rp.roads_from_osm(shapely.box(*BOX), cache=tmp_path, service=service)
        assert len(asked) == 2
    corners = asked[0][1].partition('poly:"')[2].partition('"')[0].split()
    lat = [float(v) for v in corners[::2]]
    assert min(lat) < 20.75
    assert max(lat) > 21.03


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ({}, "give one area"),
        ({"bbox": BOX, "corridor": "south"}, "give one area"),
        ({"bbox": (105, 21)}, "west, south, east, north"),
        ({"bbox": ("a", 1, 2, 3)}, "west, south, east, north"),
        ({"bbox": (21, 105, 22, 106)}, "west, south, east, north"),
        ({"bbox": (104, 20, 108, 22)}, "smaller area"),
        ({"polygon": shapely.Point(105, 21)}, "a Point; give a shapely Polygon"),
        ({"polygon": shapely.box(580_000, 2_320_000, 590_000, 2_330_000)}, "not degrees"),
        ({"corridor": "souht"}, "did you mean 'south'"),
    ],
)
def test_an_area_that_is_none_is_refused_before_asking(area: dict[str, Any], words: str) -> None:
    nowhere = rp.OsmService(overpass_url="http://127.0.0.1:9/none", tries=1)
    with pytest.raises(NetworkError, match=words):
        rp.roads_from_osm(**area, cache=None, service=nowhere)
