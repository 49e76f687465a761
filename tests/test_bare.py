"""Without the extras: what needs a library that is not there says which extra brings it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

import routeplanner as rp

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = {"first_day": "2027-03-13", "corridor": "south"}
DATABASE = "postgresql://lan@127.0.0.1:1/crafts"


@pytest.mark.parametrize(
    ("library", "extra", "use"),
    [
        ("pyarrow", "files", lambda w, n: list(rp.plan_many(n, [REQUEST], results=w / "plans.parquet"))),
        ("openpyxl", "files", lambda w, n: rp.save_sites(n.sites, w / "sites.xlsx")),
        ("psycopg", "database", lambda _w, _n: rp.migrate_store(DATABASE)),
        ("psycopg", "database", lambda _w, _n: rp.load_sites(f"{DATABASE}?table=public.places")),
        ("psycopg", "database", lambda _w, n: rp.write_store(n.sites, DATABASE, editor="Lan")),
        ("psycopg", "database", lambda _w, _n: rp.site_history(DATABASE)),
        ("psycopg", "database", lambda _w, _n: rp.delete_site(DATABASE, "x", version=1, editor="Lan")),
        ("sklearn.cluster", "programme", lambda _w, n: rp.clusters(n, corridor="northwest", repeats=1)),
        ("routingkit_cch", "fast", lambda _w, n: rp.build_network(n.sites, engine="routingkit-cch")),
    ],
)
def test_the_extra_is_named(
    library: str, extra: str, use: Any, network: rp.Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(rp.RoutePlannerError, match=rf"routeplanner\[{extra}\]") as caught:
        use(tmp_path, network)
    assert "None" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
