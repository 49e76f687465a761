"""Tables of travel times by several engines on one graph, in one run.

    python benchmarks/matrix.py --graph FILE --places N [--tiles K] [--profile car] [--networkx-rows R]

FILE is anything that `routeplanner.roads_from_file` reads; ``bundled`` is the bundled graph. N nodes are drawn
at random; each engine fills the N × N table of milliseconds in a process of its own, and finds the ways of 50
random pairs. ``--tiles K`` lays K copies side by side, joined at random nodes, for a larger graph.

A line per engine: seconds of processor time for preparation, table and ways, memory above what the process
held before, whether all times agree with the first engine to the millisecond, and how many times faster than
networkx the table is (preparation apart). networkx fills R rows (all of them up to 20, else 20) and is scaled up.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from routeplanner.network import DEFAULT_SPEEDS, load_river, load_roads, roads_from_file
from routeplanner.network.engines import Graph, cch_is_installed
from routeplanner.network.roads import road_table
from routeplanner.network.travel import Ground, RoadRouter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

PAIRS = 50
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Arcs:
    """A graph as arrays: ends, whole milliseconds, whole metres, and where its nodes lie."""

    size: int
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    ms: NDArray[np.float64]
    metres: NDArray[np.float64]
    lonlat: NDArray[np.float64]


def main() -> None:
    """Print a line per engine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--graph", required=True, help="file of roads, or 'bundled'")
    parser.add_argument("--places", type=int, default=200, help="rows and columns of the table (default 200)")
    parser.add_argument("--tiles", type=int, default=1, help="copies of the graph side by side (default 1)")
    parser.add_argument("--profile", default="car", help="vehicle (default car)")
    parser.add_argument("--seed", type=int, default=0, help="draws the places (default 0)")
    parser.add_argument("--networkx-rows", type=int, help="rows that networkx fills (default: 20 at most)")
    options = parser.parse_args()
    roads = load_roads() if options.graph == "bundled" else roads_from_file(options.graph)
    rng = np.random.default_rng(options.seed)
    arcs = tiled(arcs_of(roads, options.profile), options.tiles, rng)
    nodes = np.sort(rng.choice(arcs.size, min(options.places, arcs.size), replace=False))
    pairs = [(int(a), int(b)) for a, b in rng.choice(len(nodes), (PAIRS, 2))]
    rows = min(options.networkx_rows or min(len(nodes), MOST_ROWS), len(nodes))
    print(
        f"{options.graph}: {arcs.size} nodes, {len(arcs.ms)} arcs, {len(nodes)} x {len(nodes)} by {options.profile}"
    )
    # What networkx fills for the first rows is the truth for all others.
    truth, networkx_s = None, 0.0
    for name, work in engines(rows).items():
        found = apart(work, arcs, nodes, pairs)
        whole_s = found["matrix_s"] * len(nodes) / len(found["table"])
        if truth is None:
            truth, networkx_s = found, whole_s
        print(line(name, found, truth, whole_s=whole_s, ratio=networkx_s / max(whole_s, 1e-9)))


def line(name: str, found: dict[str, Any], truth: dict[str, Any], *, whole_s: float, ratio: float) -> str:
    """Return an engine's line."""
    both = min(len(found["table"]), len(truth["table"]))
    same = np.array_equal(found["table"][:both], truth["table"][:both]) and found["ways"] == truth["ways"]
    scaled = "" if len(found["table"]) == found["table"].shape[1] else f" (from {len(found['table'])} rows)"
    return (
        f"{name} preparation_s={found['preparation_s']:.3f} matrix_s={whole_s:.3f}{scaled}"
        f" paths_s={found['paths_s']:.3f} memory_mb={found['memory_mb']:.0f}"
        f" agreement={'exact' if same else 'DIFFERS'}({both}x{found['table'].shape[1]})"
        f" ratio_vs_networkx={ratio:.1f}"
    )


def arcs_of(roads: nx.MultiDiGraph, profile: str) -> Arcs:
    """Return the roads as a vehicle may use them."""
    ground = Ground(
        table=road_table(roads),
        river=load_river(),
        speeds=DEFAULT_SPEEDS,
        places=(),
        access={},
        engine="scipy",
    )
    router = RoadRouter(ground, profile)
    arcs = router.arcs
    return Arcs(arcs.size, arcs.tail, arcs.head, arcs.ms, arcs.metres, router.graph.lonlat)


def tiled(arcs: Arcs, count: int, rng: np.random.Generator) -> Arcs:
    """Return copies of a graph side by side, neighbours joined at 40 random nodes."""
    if count == 1:
        return arcs
    width = np.array([np.ptp(arcs.lonlat[:, 0]) * 1.01, 0.0])
    tails, heads, ms, metres = [], [], [], []
    for k in range(count):
        tails.append(arcs.tail + k * arcs.size)
        heads.append(arcs.head + k * arcs.size)
        ms.append(arcs.ms)
        metres.append(arcs.metres)
        if k:
            ends = rng.choice(arcs.size, 40, replace=False)
            here, there = ends + k * arcs.size, ends + (k - 1) * arcs.size
            tails += [here, there]
            heads += [there, here]
            ms += [np.full(40, 600_000.0)] * 2
            metres += [np.full(40, 10_000.0)] * 2
    tail, head = np.concatenate(tails), np.concatenate(heads)
    order = np.lexsort((head, tail))
    lonlat = np.concatenate([arcs.lonlat + k * width for k in range(count)])
    return Arcs(
        arcs.size * count,
        tail[order],
        head[order],
        np.concatenate(ms)[order],
        np.concatenate(metres)[order],
        lonlat,
    )


def engines(rows: int) -> dict[str, Callable[..., dict[str, Any]]]:
    """Return what fills the table, by name; networkx first."""
    found: dict[str, Callable[..., dict[str, Any]]] = {
        "networkx": lambda *given: by_networkx(*given, rows=rows),
        "scipy": lambda *given: by_us("scipy", *given),
    }
    if cch_is_installed():
        found["routingkit-cch"] = lambda *given: by_us("routingkit-cch", *given)
    else:
        print("routingkit-cch is not installed: pip install 'routeplanner[fast]'")
    return found


def by_networkx(
    arcs: Arcs, nodes: NDArray[np.int64], pairs: list[tuple[int, int]], *, rows: int
) -> dict[str, Any]:
    """Fill the table as a user of networkx would: one Dijkstra a row."""
    start = time.process_time()
    graph = nx.DiGraph()
    graph.add_nodes_from(range(arcs.size))
    graph.add_weighted_edges_from(
        zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.ms.tolist(), strict=True), weight="ms"
    )
    ready = time.process_time()
    table = np.full((rows, len(nodes)), np.inf)
    for i, source in enumerate(nodes[:rows].tolist()):
        reached = nx.single_source_dijkstra_path_length(graph, source, weight="ms")
        table[i] = [reached.get(target, np.inf) for target in nodes.tolist()]
    filled = time.process_time()
    ways = []
    for a, b in pairs:
        try:
            ways.append(nx.bidirectional_dijkstra(graph, int(nodes[a]), int(nodes[b]), weight="ms")[0])
        except nx.NetworkXNoPath:
            ways.append(np.inf)
    return measured(start, ready, filled, table, ways)


def by_us(engine: str, arcs: Arcs, nodes: NDArray[np.int64], pairs: list[tuple[int, int]]) -> dict[str, Any]:
    """Fill the table with one of the library's engines."""
    start = time.process_time()
    graph = Graph(arcs.size, arcs.tail, arcs.head, arcs.ms, arcs.metres, lonlat=arcs.lonlat, engine=engine)
    graph.prepare()
    ready = time.process_time()
    table = graph.milliseconds(nodes, nodes)
    filled = time.process_time()
    ways = []
    for a, b in pairs:
        ms, _ = graph.tree(int(nodes[a]), limit_ms=float(table[a, b]))
        ways.append(float(ms[nodes[b]]))
    return measured(start, ready, filled, table, ways)


def measured(
    start: float, ready: float, filled: float, table: NDArray[np.float64], ways: list[float]
) -> dict[str, Any]:
    """Return the figures of one engine."""
    return {
        "preparation_s": ready - start,
        "matrix_s": filled - ready,
        "paths_s": time.process_time() - filled,
        "table": table,
        "ways": [float(way) for way in ways],
    }


def apart(work: Callable[..., dict[str, Any]], *given: object) -> dict[str, Any]:
    """Run an engine in a process of its own, so that its memory is its own."""
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)

    def child() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = work(*given)
        found["memory_mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        there.send(found)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    there.close()
    try:
        found: dict[str, Any] = here.recv()
    except EOFError as error:
        raise SystemExit(f"an engine stopped without an answer (exit code {process.exitcode})") from error
    process.join()
    return found


if __name__ == "__main__":
    main()
