"""OpenStreetMap elements as roads: what osmnx leaves out is kept (ferries with their time, turn bans, access).

Elements are dictionaries as in an Overpass answer (``type``, ``id``, ``lat``, ``lon``, ``nodes``,
``members``, ``tags``). The graph that comes out follows osmnx's conventions and is simplified by osmnx.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from routeplanner.errors import DataFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import networkx as nx

__all__ = ["Detail", "read_elements", "roads_from_elements"]

Detail = Literal["roads", "all"]
"""What is read: roads for vehicles and ferries, or service lanes and paths as well."""

ROAD_CLASSES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "motorway_link",
    "trunk_link",
    "primary_link",
    "secondary_link",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "road",
)
PATH_CLASSES = ("service", "pedestrian", "footway", "path", "steps", "cycleway", "track", "bridleway")

_KEPT_TAGS = ("name", "name:en", "ref", "lanes", "maxspeed", "junction", "access", "width", "tunnel")
_MERGED = ("osmid", "reversed", *_KEPT_TAGS)
_ONE_WAY = {"yes", "true", "1", "reverse", "-1"}
_AGAINST = {"reverse", "-1"}
_SHUT = {"no", "private"}
_SNAP_M = 400.0  # a landing drawn as an area: its ferry ends this far from the street at most
_CONNECTOR_FACTOR = 1.3
_FERRY_KMH = 8.0
_CLOCK = re.compile(r"^(?:(\d+):)?(\d+):(\d+)$")
_ISO = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")


@dataclass(slots=True)
class _Draft:
    """What is gathered while the ways are read."""

    graph: nx.MultiDiGraph
    way_nodes: dict[int, list[int]] = field(default_factory=dict)
    ferries: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_elements(content: bytes, *, name: str) -> list[dict[str, Any]]:
    """Return the elements of an .osm document or an Overpass answer, gzipped or not.

    Parameters
    ----------
    content
        The file's bytes.
    name
        Name for error messages.

    Raises
    ------
    DataFileError
        When it is cut off, of another format, or the server's own words for "not all of it".
    """
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as error:
            raise DataFileError(
                [f"the compressed file is cut off or damaged ({error}); fetch it again"], subject=name
            ) from error
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _from_xml(content, name=name)
    if start.startswith(b"{"):
        return _from_json(content, name=name)
    raise DataFileError(
        ["neither an .osm document nor an Overpass answer; check what was saved"], subject=name
    )


def _from_json(content: bytes, *, name: str) -> list[dict[str, Any]]:
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise DataFileError(
            [f"the answer is cut off or no JSON ({error}); fetch it again"], subject=name
        ) from error
    remark = str(answer.get("remark", ""))
    if remark:
        raise DataFileError(
            [f"the server stopped before the end ({remark.strip()}); ask for a smaller area"], subject=name
        )
    elements = answer.get("elements")
    if not isinstance(elements, list):
        raise DataFileError(['no "elements" in the answer; this is no Overpass answer'], subject=name)
    return [element for element in elements if isinstance(element, dict)]


def _from_xml(content: bytes, *, name: str) -> list[dict[str, Any]]:
    from xml.etree import ElementTree as ET

    try:
        root = ET.fromstring(content)  # noqa: S314 - expat refuses runaway entities since 2.4.1
    except ET.ParseError as error:
        raise DataFileError(
            [f"the file is cut off or no XML ({error}); fetch it again"], subject=name
        ) from error
    if root.tag != "osm":
        raise DataFileError([f"the document is <{root.tag}>, not <osm>; check what was saved"], subject=name)
    remark = root.findtext("remark")
    if remark:
        raise DataFileError(
            [f"the server stopped before the end ({remark.strip()}); ask for a smaller area"], subject=name
        )
    faults = [f"{child.tag} {child.get('id')}: an attribute is no number" for child in root if _is_bad(child)]
    if faults:
        raise DataFileError(faults[:20], subject=name)
    return [_element(child) for child in root if child.tag in {"node", "way", "relation"}]


def _is_bad(child: Any) -> bool:  # noqa: ANN401 - an XML element
    if child.tag not in {"node", "way", "relation"}:
        return False
    try:
        _element(child)
    except (TypeError, ValueError):
        return True
    return False


def _element(child: Any) -> dict[str, Any]:  # noqa: ANN401 - an XML element
    element: dict[str, Any] = {
        "type": child.tag,
        "id": int(child.get("id")),
        "tags": {tag.get("k"): tag.get("v") for tag in child.findall("tag")},
    }
    if child.tag == "node":
        element.update(lat=float(child.get("lat")), lon=float(child.get("lon")))
    elif child.tag == "way":
        element["nodes"] = [int(nd.get("ref")) for nd in child.findall("nd")]
    else:
        element["members"] = [
            {"type": m.get("type"), "ref": int(m.get("ref")), "role": m.get("role")}
            for m in child.findall("member")
        ]
    return element


def roads_from_elements(
    elements: Iterable[Mapping[str, Any]], *, detail: Detail = "roads", name: str = "roads"
) -> nx.MultiDiGraph:
    """Return OpenStreetMap elements as a road graph, not yet cut to its largest part.

    One-way streets are directed edges, ferries edges of class ``ferry`` with ``travel_time`` and, where an
    ``interval`` is tagged, ``wait_s`` (half of it). A landing that touches no street is joined to the
    nearest one within 400 m (length × 1.3, ``accuracy="estimated"``). Turn restrictions with a node as their
    ``via`` go to ``graph["banned_turns"]``, (from, via, to, key in, key out); those over ways to
    ``graph["banned_ways"]``, their edges (from, to, key) in order; broken ones are named in ``graph["notes"]``.

    Parameters
    ----------
    elements
        Nodes, ways and relations.
    detail
        ``"roads"`` for vehicles and ferries, ``"all"`` with service lanes, paths and steps.
    name
        Name for error messages.

    Raises
    ------
    DataFileError
        When there is no road among the elements.
    """
    import networkx as nx
    import osmnx

    by_type: dict[str, list[Mapping[str, Any]]] = {"node": [], "way": [], "relation": []}
    for element in elements:
        by_type.get(str(element.get("type")), []).append(element)
    place = {node["id"]: (float(node["lon"]), float(node["lat"])) for node in by_type["node"]}
    draft = _Draft(nx.MultiDiGraph(crs="epsg:4326", created_with="routeplanner"))
    lost = 0
    for way in by_type["way"]:
        lost += _add_way(draft, way, place, detail)
    if draft.graph.number_of_edges() == 0:
        raise DataFileError(
            ["no road in it; widen the area, or check that the streets are mapped there"], subject=name
        )
    if lost:
        draft.notes.append(f"{lost} points of ways were missing from the file; the ways were cut there")
    osmnx.distance.add_edge_lengths(draft.graph)
    _time_ferries(draft)
    _join_landings(draft)
    turns = [turn for relation in by_type["relation"] for turn in _turns(draft, relation)]
    for _, path, _ in turns:
        draft.graph.nodes[path[0]]["turn_ban"] = draft.graph.nodes[path[-1]]["turn_ban"] = True
    roads = osmnx.simplify_graph(
        draft.graph,
        node_attrs_include=["turn_ban"],
        edge_attrs_differ=["highway", "restriction", "bridge", "maxspeed"],
        edge_attr_aggs={"length": sum, "travel_time": sum, **dict.fromkeys(_MERGED, _merged)},
    )
    roads.graph["banned_turns"], roads.graph["banned_ways"] = _turns_of_edges(roads, turns, place)
    roads.graph["notes"] = draft.notes
    roads.graph["attribution"] = "© OpenStreetMap contributors, ODbL 1.0"
    return roads


def _merged(values: list[Any]) -> Any:  # noqa: ANN401 - whatever the tag holds
    """Return one value, or each once in the order of the street: a set's order changes from run to run."""
    once = list(dict.fromkeys(values))
    return once[0] if len(once) == 1 else once


def _add_way(
    draft: _Draft, way: Mapping[str, Any], place: Mapping[int, tuple[float, float]], detail: Detail
) -> int:
    """Add a way's stretches; return how many of its points are missing."""
    tags: Mapping[str, str] = way.get("tags") or {}
    highway = _class_of(tags, detail)
    if highway is None:
        return 0
    refs = list(way.get("nodes") or ())
    data = _attributes(tags, highway, int(way["id"]))
    draft.way_nodes[int(way["id"])] = refs
    if highway == "ferry":
        draft.ferries.append(int(way["id"]))
    forward, backward = _directions(tags, highway)
    for u, v in pairwise(refs):
        if u not in place or v not in place or u == v:
            continue
        for node in (u, v):
            if node not in draft.graph:
                draft.graph.add_node(node, x=place[node][0], y=place[node][1])
        if forward:
            draft.graph.add_edge(u, v, **data, reversed=False)
        if backward:
            draft.graph.add_edge(v, u, **data, reversed=True)
    return sum(node not in place for node in refs)


def _class_of(tags: Mapping[str, str], detail: Detail) -> str | None:
    """Return the class under which a way is read, ``None`` where it is not."""
    if tags.get("area") == "yes":
        return None
    if tags.get("route") == "ferry" or tags.get("ferry") == "yes":
        return None if _own_access(tags, "foot", "access") in _SHUT else "ferry"
    highway = tags.get("highway", "")
    known = highway in ROAD_CLASSES or (detail == "all" and highway in PATH_CLASSES)
    if not known or _own_access(tags, "motor_vehicle", "vehicle", "access") == "private":
        return None
    if tags.get("access") == "no" and not {tags.get("foot"), tags.get("motor_vehicle")} & {
        "yes",
        "designated",
    }:
        return None
    return "residential" if highway == "road" else highway


def _own_access(tags: Mapping[str, str], *keys: str) -> str:
    """Return the first of these access tags that is set, from the narrowest to the widest."""
    return next((tags[key] for key in keys if key in tags), "")


def _attributes(tags: Mapping[str, str], highway: str, way_id: int) -> dict[str, Any]:
    data: dict[str, Any] = {"osmid": way_id, "highway": highway, "accuracy": "measured"}
    data.update({key: tags[key] for key in _KEPT_TAGS if key in tags})
    data["oneway"] = tags.get("oneway", "") in _ONE_WAY or _is_circle(tags)
    data["bridge"] = "yes" if tags.get("bridge", "no") not in {"no", ""} else "no"
    data["restriction"] = _restriction(tags)
    if highway == "ferry":
        data["duration"] = tags.get("duration", "")
        wait_s = _seconds(tags.get("interval", ""))
        if wait_s is not None:
            data["wait_s"] = wait_s / 2
    return data


def _restriction(tags: Mapping[str, str]) -> str:
    """Return our one word for who may not use a way; empty where all may."""
    car = _own_access(tags, "motorcar", "motor_vehicle", "vehicle", "access")
    two_wheels = _own_access(tags, "motorcycle", "motor_vehicle", "vehicle", "access")
    if car in _SHUT:
        return "no_motor" if two_wheels in _SHUT else "no_car"
    if tags.get("motorroad") == "yes" or two_wheels in _SHUT:
        return "motorway_rules"
    if _own_access(tags, "tourist_bus", "coach", "bus", "psv") in _SHUT:
        return "no_coach"
    return ""


def _is_circle(tags: Mapping[str, str]) -> bool:
    return tags.get("junction") in {"roundabout", "circular"} and tags.get("oneway") != "no"


def _directions(tags: Mapping[str, str], highway: str) -> tuple[bool, bool]:
    """Return whether a way leads forward and backward."""
    oneway = tags.get("oneway", "")
    if oneway in _AGAINST:
        return False, True
    implied = _is_circle(tags) or (highway == "motorway" and oneway != "no")
    return True, not (oneway in _ONE_WAY or implied)


def _seconds(text: str) -> float | None:
    """Return a tagged duration in seconds: ``00:15``, ``00:15:00``, ``15`` (minutes), ``PT15M``.

    Examples
    --------
    >>> _seconds("00:15"), _seconds("1:00:30"), _seconds("15"), _seconds("PT1H5M"), _seconds("short")
    (900.0, 3630.0, 900.0, 3900.0, None)
    """
    text = text.strip()
    if text.isdigit():
        return int(text) * 60.0
    clock = _CLOCK.match(text)
    if clock:
        first, middle, last = (int(part or 0) for part in clock.groups())
        return float(first * 3600 + middle * 60 + last) if clock[1] else float(middle * 3600 + last * 60)
    iso = _ISO.match(text)
    if iso and any(iso.groups()):
        hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    return None


def _time_ferries(draft: _Draft) -> None:
    """Give every stretch of a ferry its share of the tagged duration, or 8 km/h."""
    untimed = 0
    for way_id in draft.ferries:
        stretches = [
            data
            for u, v in pairwise(draft.way_nodes[way_id])
            for a, b in ((u, v), (v, u))
            for data in (draft.graph.get_edge_data(a, b) or {}).values()
            if data["osmid"] == way_id
        ]
        own = sum(data["length"] for data in stretches if not data["reversed"]) or 1.0
        for data in stretches:
            whole = _seconds(data.pop("duration", ""))
            untimed += whole is None
            data["travel_time"] = data["length"] / own * whole if whole else data["length"] / _FERRY_KMH * 3.6
    if untimed:
        draft.notes.append(f"ferries without a duration go at {_FERRY_KMH:g} km/h")


def _join_landings(draft: _Draft) -> None:
    """Join the ends of ferries that touch no street to the nearest node of one."""
    import numpy as np
    from scipy.spatial import cKDTree

    ends = {draft.way_nodes[way][at] for way in draft.ferries for at in (0, -1) if draft.way_nodes[way]}
    streets = [n for n in draft.graph if any(h != "ferry" for *_, h in draft.graph.edges(n, data="highway"))]
    loose = [n for n in ends if n in draft.graph and n not in set(streets)]
    if not loose or not streets:
        return
    degree_m = 111_195.0
    east = float(np.cos(np.radians(draft.graph.nodes[loose[0]]["y"]))) * degree_m

    def plane(nodes: list[int]) -> Any:  # noqa: ANN401 - an array
        return np.array(
            [[draft.graph.nodes[n]["x"] * east, draft.graph.nodes[n]["y"] * degree_m] for n in nodes]
        )

    metres, nearest = cKDTree(plane(streets)).query(plane(loose))
    for node, gap, at in zip(loose, metres.tolist(), nearest.tolist(), strict=True):
        if gap > _SNAP_M:
            draft.notes.append(
                f"the landing at node {node} is {gap:.0f} m from any street and was not joined"
            )
            continue
        data = {
            "osmid": 0,
            "highway": "residential",
            "accuracy": "estimated",
            "length": max(gap, 1.0) * _CONNECTOR_FACTOR,
            "oneway": False,
            "bridge": "no",
            "restriction": "",
        }
        draft.graph.add_edge(node, streets[at], **data, reversed=False)
        draft.graph.add_edge(streets[at], node, **data, reversed=True)


_Turn = tuple[int, tuple[int, ...], int]
"""A banned turn: the node before, the junction (or the nodes of the ways between two junctions), the node after."""


def _turns(draft: _Draft, relation: Mapping[str, Any]) -> Iterator[_Turn]:
    """Yield the banned turns of a restriction, over a node or over ways."""
    tags: Mapping[str, str] = relation.get("tags") or {}
    kind = tags.get("restriction") or tags.get("restriction:motorcar") or ""
    if tags.get("type") != "restriction" or not kind.startswith(("no_", "only_")):
        return
    members = {
        role: [m for m in relation.get("members", ()) if m.get("role") == role]
        for role in ("from", "via", "to")
    }
    fault = f"turn restriction {relation['id']} does not end at its node: not applied"
    paths = _via_paths(draft, members)
    if paths is None:
        draft.notes.append(fault)
        return
    for path in paths:
        befores = [n for m in members["from"] for n in _beside(draft, int(m["ref"]), path[0])]
        afters = {n for m in members["to"] for n in _beside(draft, int(m["ref"]), path[-1])}
        if len(befores) != len(members["from"]) or not afters:
            draft.notes.append(fault)
            continue
        for before in befores:
            out = set(draft.graph.successors(path[-1]))
            back = path[-2] if len(path) > 1 else before
            banned = afters & out if kind.startswith("no_") else out - afters - {back}
            yield from ((before, path, after) for after in sorted(banned))


def _via_paths(
    draft: _Draft, members: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[tuple[int, ...]] | None:
    """Return the nodes over which a restriction leads, from where one comes in to where one leaves.

    None where its ways do not join; empty where its node lies outside the file.
    """
    via = members["via"]
    if len(via) == 1 and via[0]["type"] == "node":
        node = int(via[0]["ref"])
        return [(node,)] if node in draft.graph else []
    parts = [draft.way_nodes.get(int(m["ref"]), []) for m in via if m["type"] == "way"]
    if not parts or len(parts) != len(via) or not all(parts):
        return None
    starts = {
        refs[end] for m in members["from"] if (refs := draft.way_nodes.get(int(m["ref"]))) for end in (0, -1)
    }
    for first in (parts[0], parts[0][::-1]):
        path = list(first)
        for refs in parts[1:]:
            onward = refs if refs[0] == path[-1] else refs[::-1]
            if onward[0] != path[-1]:
                break
            path += onward[1:]
        else:
            if path[0] in starts and all(node in draft.graph for node in path):
                return [tuple(path)]
    return None


def _beside(draft: _Draft, way_id: int, via: int) -> list[int]:
    """Return the nodes of a way next to one of its ends."""
    refs = draft.way_nodes.get(way_id, [])
    near = [refs[1]] if len(refs) > 1 and refs[0] == via else []
    return near + ([refs[-2]] if len(refs) > 1 and refs[-1] == via else [])


def _turns_of_edges(
    roads: nx.MultiDiGraph, turns: Iterable[_Turn], place: Mapping[int, tuple[float, float]]
) -> tuple[list[tuple[int, int, int, int, int]], list[tuple[tuple[int, int, int], ...]]]:
    """Return banned turns between simplified edges, (from, via, to, key in, key out), and banned ways, edge by edge."""
    found, ways = [], []
    for before, path, after in turns:
        if path[0] not in roads or path[-1] not in roads:
            continue
        into = [
            (u, k)
            for u, _, k, d in roads.in_edges(path[0], keys=True, data=True)
            if _next(roads, u, d, -2) == place[before]
        ]
        out = [
            (w, k)
            for _, w, k, d in roads.out_edges(path[-1], keys=True, data=True)
            if _next(roads, w, d, 1) == place[after]
        ]
        if len(path) == 1:
            found += [(u, path[0], w, k, j) for u, k in into for w, j in out]
            continue
        between = _edges_along(roads, path, place)
        if between:
            ends = ((path[0], path[-1], start, end) for start in into for end in out)
            ways += [((u, a, k), *between, (b, w, j)) for a, b, (u, k), (w, j) in ends]
    return list(dict.fromkeys(found)), list(dict.fromkeys(ways))


def _edges_along(
    roads: nx.MultiDiGraph, path: Sequence[int], place: Mapping[int, tuple[float, float]]
) -> tuple[tuple[int, int, int], ...]:
    """Return the edges that lead over nodes in order, empty where a one-way street forbids it."""
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(path) - 1:
        step = next(
            (
                (path.index(w, at + 1), (path[at], w, k))
                for _, w, k, d in roads.out_edges(path[at], keys=True, data=True)
                if w in path[at + 1 :] and _next(roads, w, d, 1) == place[path[at + 1]]
            ),
            None,
        )
        if step is None:
            return ()
        at = step[0]
        found.append(step[1])
    return tuple(found)


def _next(roads: nx.MultiDiGraph, other: int, data: Mapping[str, Any], at: int) -> tuple[float, float]:
    """Return the point of an edge next to the end that is not `other`."""
    line = data.get("geometry")
    if line is not None:
        x, y = line.coords[at]
        return float(x), float(y)
    return float(roads.nodes[other]["x"]), float(roads.nodes[other]["y"])
