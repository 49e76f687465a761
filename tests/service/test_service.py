"""The service as its users meet it: over a socket, with good and bad requests."""

from __future__ import annotations

import itertools
import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp
from routeplanner.export import FORMATS
from standing import SOUTH, figure

if TYPE_CHECKING:
    import httpx


@pytest.fixture(scope="module")
def plan(base: str, network: rp.Network) -> dict[str, Any]:
    import httpx

    answer = httpx.post(f"{base}/plans", json=SOUTH, timeout=300)
    assert answer.status_code in (200, 201)
    data: dict[str, Any] = answer.json()
    request = rp.TripRequest.from_dict(SOUTH)
    assert rp.check(rp.Itinerary.from_dict(data), network, request) == []
    assert answer.headers["location"] == data["url"]
    return data


def test_a_plan_is_that_of_the_library_and_stays(
    client: httpx.Client, plan: dict[str, Any], network: rp.Network
) -> None:
    expected = rp.plan(network, rp.TripRequest.from_dict(SOUTH))
    kept = client.get(f"/plans/{plan['id']}")
    assert kept.text == expected.to_json()
    again = client.post("/plans", json={**SOUTH, "days": 1})  # the same request, its default written out
    assert (again.status_code, again.json()) == (200, plan)
    other = client.post("/plans?seed=7", json=SOUTH)
    assert other.status_code == 201
    assert (other.json()["seed"], other.json()["id"] == plan["id"]) == (7, False)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_plan_comes_in_every_format(client: httpx.Client, plan: dict[str, Any], suffix: str) -> None:
    by_suffix = client.get(f"/plans/{plan['id']}{suffix}?lang=vi")
    by_name = client.get(f"/plans/{plan['id']}", params={"format": suffix[1:], "lang": "vi"})
    form = FORMATS[suffix]
    by_header = client.get(f"/plans/{plan['id']}?lang=vi", headers={"Accept": form.media_type})
    assert by_suffix.status_code == 200
    assert by_suffix.headers["content-type"].startswith(form.media_type)
    assert by_suffix.content == by_name.content
    if suffix not in (".json", ".png", ".svg", ".parquet", ".ics"):
        trip = rp.Itinerary.from_dict(client.get(f"/plans/{plan['id']}").json())
        assert by_suffix.content == rp.trip_bytes(trip, suffix, lang="vi")
    assert by_header.content == by_suffix.content


def test_what_is_known_is_not_sent_again_and_what_is_sent_is_small(
    client: httpx.Client, plan: dict[str, Any]
) -> None:
    for path in (
        f"/plans/{plan['id']}",
        f"/embed/{plan['id']}",
        "/sites",
        "/corridors",
        "/calendar?year=2027",
        "/schemas/request",
    ):
        first = client.get(path)
        tag = first.headers["etag"]
        for seen in (tag, f'"x", {tag}', "*"):
            again = client.get(path, headers={"If-None-Match": seen})
            assert (again.status_code, again.content) == (304, b"")
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
        if len(first.content) > 1000:
            assert first.headers["content-encoding"] == "gzip"
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == first.content


def test_places_corridors_and_calendar(client: httpx.Client, sites: Any) -> None:
    assert len(client.get("/sites").json()["features"]) == len(sites)
    found = client.get("/sites", params={"text": "bat trang", "near": "20.97,105.91", "within_km": 5}).json()
    assert "bat-trang" in {
        feature["id"] if "id" in feature else feature["properties"]["site_id"]
        for feature in found["features"]
    }
    assert {row["key"] for row in client.get("/corridors").json()} == set(rp.load_corridors())
    rows = client.get("/calendar", params={"year": 2027}).json()
    assert len(rows) == len(rp.festival_calendar(2027))
    ics = client.get("/calendar", params={"year": 2027, "format": "ics", "lang": "en"}).text
    assert ics == rp.calendar_to_ics(rp.festival_calendar(2027, sites), lang="en")
    assert client.get("/schemas/itinerary").json() == rp.json_schema("itinerary")


BAD_BODIES: dict[str, tuple[bytes, int, tuple[str, ...]]] = {
    "all faults at once": (
        b'{"first_day": "tomorrow", "days": 99, "themez": {}}',
        422,
        ("'tomorrow'", "99", "did you mean 'themes'"),
    ),
    "all faults at once, those of the catalogue too": (
        b'{"first_day": "tomorrow", "corridor": "souht", "must_visit": ["bat-trag"], "themes": {"pots": 3}}',
        422,
        ("'tomorrow'", "'south'", "'bat-trang'", "weight 3"),
    ),
    "one name twice": (
        b'{"first_day": "2027-03-13", "first_day": "2027-03-14"}',
        422,
        ("'first_day' stands twice",),
    ),
    "thousands of fields": (
        json.dumps({f"f{number}": 1 for number in range(4000)}).encode(),
        422,
        ("f0: no such field", "3980 further fields"),
    ),
    "thousands of names": (
        json.dumps(
            {"first_day": "2027-03-13", "must_visit": [f"bat {number}" for number in range(4000)]}
        ).encode(),
        422,
        ("'bat 0'", "3980 further names"),
    ),
    "unknown words": (
        b'{"first_day": "2027-03-13", "corridor": "souht", "must_visit": ["bat-trag"]}',
        422,
        ("'south'", "'bat-trang'"),
    ),
    "what cannot be kept": (
        b'{"first_day": "2027-03-15", "must_visit": ["bao-tang-lich-su"]}',
        422,
        ("closed on Mondays", "another date"),
    ),
    "broken JSON": (b'{"first_day": ', 422, ("not JSON", "line 1")),
    "an array": (b"[]", 422, ("list",)),
    "null": (b"null", 422, ("NoneType",)),
    "no number": (b'{"first_day": "2027-03-13", "people": NaN}', 422, ("NaN",)),
    "wrong types": (
        b'{"first_day": 5, "start": [], "themes": 3, "overnight": "x", "lunch": 1}',
        422,
        ("themes", "overnight", "lunch"),
    ),
    "half a letter": (b'{"first_day": "2027-03-13", "start": "\\ud800"}', 422, ("halves",)),
    "another encoding": ('{"start": "Hà Nội"}'.encode("utf-16"), 422, ("UTF-8",)),
    "a nul": (b'{"first_day": "2027-03-13", "start": "\\u0000"}', 422, ("start",)),
    "right to left": ('{"first_day": "2027-03-13", "start": "\u202eiahn"}'.encode(), 422, ("start",)),
    "a number of thousands of digits": (
        b'{"first_day": "2027-03-13", "people": ' + b"9" * 9000 + b"}",
        422,
        ("JSON",),
    ),
    "nested to the ground": (b"[" * 60_000, 422, ("nested",)),
    "too much": (b" " * 70_000, 413, ()),
}


@pytest.mark.parametrize(("body", "status", "words"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_bad_bodies_are_refused_with_all_faults(
    client: httpx.Client, body: bytes, status: int, words: tuple[str, ...]
) -> None:
    answer = client.post("/plans", content=body, headers={"Content-Type": "application/json"})
    data = answer.json()
    assert (answer.status_code, set(data)) == (status, {"detail", "faults"})
    told = data["detail"] + " ".join(data["faults"])
    assert all(word in told for word in words), told
    assert "Traceback" not in told
    assert "/src/" not in told


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/plans/unknown", 404),
        ("/plans/" + "0" * 24, 404),
        ("/plans/" + "0" * 24 + ".gpx", 404),
        ("/plans/..%2f..%2fetc%2fpasswd", 404),
        ("/embed/%00", 404),
        ("/schemas/secret", 404),
        ("/oembed?url=http://elsewhere.example/embed/" + "0" * 24, 404),
        ("/oembed?url=x&format=xml", 404),
        ("/oembed?url=x&format=yaml", 501),
        ("/oembed", 422),
        ("/sites?kind=x", 422),
        ("/sites?near=Hanoi", 422),
        ("/sites?within_km=3", 422),
        ("/sites?within_km=nan&near=21,105", 422),
        ("/calendar?year=1", 422),
        ("/calendar?year=2027&format=pdf", 422),
        ("/nowhere", 404),
    ],
)
def test_bad_addresses_get_a_word_and_no_path(client: httpx.Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert set(answer.json()) == {"detail", "faults"}
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("accept", "query", "vietnamese"),
    [
        ("vi", "", True),
        ("vi-VN,vi;q=0.9,en;q=0.8", "", True),
        ("en;q=0.9, vi", "", True),
        ("en-GB,en;q=0.9,vi;q=0.8", "", False),
        ("fr, *;q=0.1", "", False),
        ("vi;q=x, ;;,q=", "", False),
        ("vi", "?lang=en", False),
        ("en", "?lang=vi", True),
        ("en", "?lang=xx", False),
    ],
)
def test_errors_speak_the_language_that_is_asked_for(
    client: httpx.Client, accept: str, query: str, *, vietnamese: bool
) -> None:
    told = client.post(f"/plans{query}", json={"dayz": 1}, headers={"Accept-Language": accept})
    assert told.headers["content-language"] == ("vi" if vietnamese else "en")
    assert (told.json()["detail"], len(told.json()["faults"])) == (
        "yêu cầu: 2 lỗi" if vietnamese else "request: 2 faults",
        2,
    )
    lost = client.get(f"/plans/{'0' * 24}{query}", headers={"Accept-Language": accept}).json()
    assert ("không có hành trình" in lost["detail"]) == vietnamese
    never = {"first_day": "2027-03-15", "must_visit": ["bao-tang-lich-su"]}
    answer = client.post(f"/plans{query}", json=never, headers={"Accept-Language": accept})
    assert (
        "Đóng cửa" in answer.json()["faults"][0] or "đóng cửa" in answer.json()["faults"][0]
    ) == vietnamese


@pytest.mark.parametrize("vietnamese", [False, True])
def test_a_wrong_address_does_not_hide_the_faults_of_the_body(
    client: httpx.Client, *, vietnamese: bool
) -> None:
    body = {"first_day": "tomorrow", "days": 0}
    for query, word in (
        ("seed=x", "'x'"),
        ("seed=-1", "0"),
        ("seed=9999999999", "4294967295"),
        ("sead=5", "'seed'"),
    ):
        answer = client.post(f"/plans?{query}{'&lang=vi' * vietnamese}", json=body)
        told = answer.json()
        assert answer.status_code == 422
        assert told["detail"] == ("yêu cầu: 3 lỗi" if vietnamese else "request: 3 faults")
        assert word in told["faults"][0]
        assert "tomorrow" in told["faults"][1]
        assert "days" in told["faults"][2]
    alone = client.post("/plans?seed=x", json=SOUTH).json()["faults"]
    assert alone == ["seed: 'x' is no whole number"]
    both = client.post("/plans?seed=x&sead=1", content=b"", headers={"Content-Type": "application/json"})
    assert [fault.partition(":")[0] for fault in both.json()["faults"]] == [
        "seed",
        "'sead'",
        "the body is empty; send a request as JSON",
    ]
    assert client.post("/plans?seed=x", content=b"x").status_code == 415
    large = {"Content-Type": "application/json"}
    assert client.post("/plans?seed=x", content=b" " * 70_000, headers=large).status_code == 413
    assert "beside the request" in client.post("/plans", json={**SOUTH, "seed": 7}).json()["faults"][0]


@pytest.mark.parametrize(
    ("address", "faults"),
    [
        ("/sites?crft=lacquer", ["'crft': no such parameter; did you mean 'craft'?"]),
        (
            "/sites?near=zz&craft=lacqer&kind=mus",
            ["near: 'zz'", "kind 'mus'", "craft 'lacqer'"],
        ),
        ("/sites?near=21,105&within_km=0", ["within_km: '0' is out of range; give more than 0"]),
        ("/calendar?yaer=2027", ["year: missing", "'yaer': no such parameter; did you mean 'year'?"]),
        (
            "/calendar?year=1&lang=de",
            ["year: '1' is out of range; give 1900 or more", "lang: 'de' is unknown"],
        ),
        ("/sites?text=" + "a" * 300, ["text: it is longer than 200 characters"]),
        ("/calendar?year=2027&langue=en", ["'langue': no such parameter; did you mean 'lang'?"]),
    ],
)
def test_parameters_are_refused_by_name_all_at_once(
    client: httpx.Client, address: str, faults: list[str]
) -> None:
    answer = client.get(address)
    told = answer.json()["faults"]
    assert answer.status_code == 422
    assert len(told) == len(faults)
    assert all(fault.startswith(words) for fault, words in zip(told, faults, strict=True))
    vietnamese = client.get(address + "&lang=vi").json()["faults"] if "lang=" not in address else []
    assert not any("did you mean" in fault or "give" in fault for fault in vietnamese)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json;q=0.1, text/html", "text/html"),
        ("text/html;q=0, */*", "application/json"),
        ("text/html;q=0.2, application/gpx+xml;q=0.9", "application/gpx+xml"),
        ("text/html;q=x", "application/json"),
        ("image/avif,*/*;q=0.8,text/html;q=0.1", "application/json"),
        (",;,", "application/json"),
    ],
)
def test_the_most_wished_for_format_is_sent(
    client: httpx.Client, plan: dict[str, Any], accept: str, media_type: str
) -> None:
    answer = client.get(f"/plans/{plan['id']}", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == media_type


def test_who_refuses_gzip_gets_none_and_two_formats_are_one_too_many(
    client: httpx.Client, plan: dict[str, Any]
) -> None:
    for accept, packed in (("gzip;q=0", None), ("gzip;q=0, *", None), ("br, gzip;q=0.1", "gzip"), ("", None)):
        answer = client.get(f"/plans/{plan['id']}", headers={"Accept-Encoding": accept})
        assert answer.headers.get("content-encoding") == packed
        assert answer.json()["schema"] == "routeplanner/itinerary/1"
    both = client.get(f"/plans/{plan['id']}.gpx?format=ics")
    assert both.status_code == 422
    assert both.json()["faults"] == ["format: the address asks for both '.gpx' and '.ics'; keep one"]
    assert client.get(f"/plans/{plan['id']}.gpx?format=GPX").status_code == 200
    for lost in (f"/plans/{plan['id']}/", "/sites/", "/oembed/"):
        assert client.get(lost, follow_redirects=False).status_code == 404
    assert client.post("/healthz").headers["allow"] == "GET, HEAD"


def test_a_format_nobody_knows_is_refused_by_name(client: httpx.Client, plan: dict[str, Any]) -> None:
    answer = client.get(f"/plans/{plan['id']}", params={"format": "docx"})
    assert answer.status_code == 422
    assert ".gpx" in answer.json()["faults"][0]
    assert client.post("/plans", content=b"a=b").status_code == 415
    refused = client.delete("/plans?lang=vi")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.json()["detail"] == "địa chỉ này không nhận DELETE; hãy gọi bằng POST"


POST = "POST /plans HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def wishes() -> Any:
    """Yield requests that nobody made before, and that take their time: two days over the whole catalogue."""
    for day in itertools.count(1):
        yield {"first_day": f"2028-{1 + day // 28:02d}-{1 + day % 28:02d}", "days": 2}


WISHES = wishes()


def test_equal_requests_at_once_share_one_search(client: httpx.Client) -> None:
    wish = next(WISHES)
    before = figure(client, 'routeplanner_plans_total{outcome="searched"}')
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post("/plans", json=wish), range(6)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert figure(client, 'routeplanner_plans_total{outcome="searched"}') == before + 1


def test_a_full_queue_says_when_to_come_again_and_others_are_served(client: httpx.Client) -> None:
    asked = [next(WISHES) for _ in range(12)]
    with ThreadPoolExecutor(13) as pool:
        answers = pool.map(lambda wish: client.post("/plans", json=wish), asked)
        end = time.monotonic() + 60
        while figure(client, "routeplanner_searches_waiting") < 3 and time.monotonic() < end:
            time.sleep(0.01)
        assert client.get("/healthz").status_code == 200
        assert client.get("/corridors").status_code == 200
        found = list(answers)
    statuses = [answer.status_code for answer in found]
    assert set(statuses) == {201, 429}
    assert statuses.count(201) >= 5  # one process and four places in the queue
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in found if answer.status_code == 429)


def test_who_hangs_up_is_not_searched_for(client: httpx.Client, base: str) -> None:
    before = figure(client, 'routeplanner_plans_total{outcome="cancelled"}')
    host, port = base.removeprefix("http://").split(":")
    calls = []
    for _ in range(4):
        body = json.dumps(next(WISHES)).encode()
        call = socket.create_connection((host, int(port)))
        head = f"{POST}Content-Length: {len(body)}\r\n\r\n"
        call.sendall(head.encode() + body)
        calls.append(call)
    end = time.monotonic() + 20
    while figure(client, "routeplanner_searches_waiting") < 2 and time.monotonic() < end:
        time.sleep(0.01)
    for call in calls:
        call.close()
    while figure(client, "routeplanner_searches_waiting") and time.monotonic() < end:
        time.sleep(0.05)
    assert figure(client, 'routeplanner_plans_total{outcome="cancelled"}') >= before + 1
    assert client.post("/plans", json=next(WISHES)).status_code == 201


def test_slow_and_endless_senders_are_let_go_while_others_are_served(client: httpx.Client, base: str) -> None:
    host, port = base.removeprefix("http://").split(":")
    slow = socket.create_connection((host, int(port)))
    slow.sendall(
        b"POST /plans HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    )
    silent = [socket.create_connection((host, int(port))) for _ in range(20)]
    for call in silent[1:]:
        call.sendall(b"GET /sites HT")
    again = socket.create_connection((host, int(port)))  # one whose second request never comes whole
    again.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 200 " in again.recv(300)
    again.sendall(b"GET /sites HT")
    endless = socket.create_connection((host, int(port)))
    endless.sendall(
        b"POST /plans HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    sent = 0
    try:
        while sent < 100_000_000:
            endless.sendall(b"10000\r\n" + b" " * 65_536 + b"\r\n")
            sent += 65_536
    except OSError:
        pass
    assert sent < 20_000_000, "a hundred million bytes were taken"
    assert client.get("/healthz").status_code == 200
    endless.close()
    slow.settimeout(20)
    assert b" 408 " in slow.recv(300)
    for call in (*silent, again):
        call.settimeout(20)
        assert call.recv(300) in (b"", b'{"status":"ok"}')  # hung up on
    for call in (slow, *silent, again):
        call.close()
    huge = client.post(
        "/plans", content=b"x", headers={"Content-Type": "application/json", "Content-Length": "1"}
    )
    assert huge.status_code == 422


def test_head_is_answered_as_get_without_the_body(client: httpx.Client, plan: dict[str, Any]) -> None:
    for path in (
        "/healthz",
        "/sites",
        f"/plans/{plan['id']}.gpx",
        f"/embed/{plan['id']}",
        "/plans/none",
        "/nowhere",
    ):
        plain = {"Accept-Encoding": "identity"}
        got, head = client.get(path, headers=plain), client.head(path, headers=plain)
        assert (head.status_code, head.content) == (got.status_code, b"")
        same = ("content-type", "content-length", "etag", "content-security-policy")
        assert [head.headers.get(name) for name in same] == [got.headers.get(name) for name in same]
    assert client.head("/plans").status_code == 405


def test_headers_guard_every_answer(client: httpx.Client, plan: dict[str, Any]) -> None:
    for path in ("/healthz", "/nowhere", f"/plans/{plan['id']}", "/sites?kind=x"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers
    page = client.get(f"/embed/{plan['id']}").headers
    assert page["content-security-policy"] == "frame-ancestors 'self' http://127.0.0.1:1"
    asked = {"Origin": "https://hanoi.example"}
    assert (
        client.get("/corridors", headers=asked).headers["access-control-allow-origin"]
        == "https://hanoi.example"
    )
    assert (
        "access-control-allow-origin"
        not in client.get("/corridors", headers={"Origin": "https://x.example"}).headers
    )


def test_oembed_tells_how_to_frame_a_plan(client: httpx.Client, plan: dict[str, Any]) -> None:
    told = client.get("/oembed", params={"url": plan["embed_url"], "maxheight": 300}).json()
    assert (told["version"], told["type"], told["height"]) == ("1.0", "rich", 300)
    assert f'src="{plan["embed_url"]}"' in told["html"]
    from xml.etree import ElementTree as ET

    answers = [
        client.get(part[part.index("<") + 1 : part.index(">")])
        for part in client.get(f"/embed/{plan['id']}").headers["link"].split(", ")
    ]
    assert [answer.headers["content-type"].partition(";")[0] for answer in answers] == [
        "application/json",
        "text/xml",
    ]
    root = ET.fromstring(answers[1].content)  # noqa: S314 - our own answer
    assert root.tag == "oembed"
    assert {node.tag: node.text for node in root} == {
        name: str(value) for name, value in answers[0].json().items()
    }


def test_oembed_keeps_the_language_and_the_width_that_are_asked_for(
    client: httpx.Client, plan: dict[str, Any]
) -> None:
    page = plan["embed_url"]
    told = client.get("/oembed", params={"url": f"{page}?utm_source=x&lang=en#day-1", "maxwidth": 320}).json()
    assert f'src="{page}?lang=en"' in told["html"]
    assert (told["width"], 'width="320"' in told["html"]) == (320, True)
    assert "Saturday" in told["title"]
    usual = client.get("/oembed", params={"url": f'{page}?lang="><script>'}).json()
    assert f'src="{page}"' in usual["html"]
    assert 'width="100%"' in usual["html"]
    assert "Thứ Bảy" in usual["title"]
    assert client.get(f"{page}?lang=en").status_code == 200


def test_the_openapi_document_holds_the_schema_of_a_request(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    body = document["paths"]["/plans"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    expected = rp.json_schema("request")["properties"]
    assert body["properties"].keys() == expected.keys()
    for name, field in expected.items():  # the document leaves out defaults of null
        assert body["properties"][name] == {k: v for k, v in field.items() if (k, v) != ("default", None)}
    assert set(document["paths"]["/plans"]["post"]["responses"]) >= {"200", "201", "422", "429", "503", "504"}


def test_the_program_of_the_guide_runs_as_printed(
    base: str, network: rp.Network, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "howto" / "http.md"
    block = re.search(r"```python\n(.*?)```", guide.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    exec(compile(block[1].replace("http://127.0.0.1:8000", base), guide.name, "exec"), names)  # noqa: S102 - our own page
    trip = rp.Itinerary.from_dict(names["plan"])
    assert rp.check(trip, network, rp.TripRequest.from_dict(names["wish"])) == []
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[2] for line in printed[:-1]] == [stop.name_vi for stop in trip.stops]
    assert printed[-1] == names["plan"]["embed_url"]
    assert names["track"].startswith(b"<?xml")
