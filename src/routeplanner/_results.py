"""A results file that a crash does not hurt: parts while the work goes on, one Parquet file at its end."""

from __future__ import annotations

import itertools
import json
import shutil
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeplanner._files import write_whole
from routeplanner.errors import DataFileError, RequestError
from routeplanner.pool import Answer

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["COLUMNS", "NoBook", "ResultsBook"]

COLUMNS = {
    "index": "int64",
    "key": "string",
    "request": "large_string",
    "itinerary": "large_string",
    "error": "string",
    "subject": "string",
    "faults": "large_string",
    "prize": "float64",
    "bound": "float64",
    "stops": "int64",
    "seconds": "float64",
}
"""Columns of a results file with their Arrow types: `request`, `itinerary` and `faults` are JSON."""

_EVERY_ROWS, _EVERY_S = 200, 5.0
_CACHED_PARTS = 12


class NoBook:
    """Keeps nothing."""

    def get(self, key: str) -> Answer | None:
        """Return nothing."""
        del key
        return None

    def add(self, key: str, places: Sequence[int], request: object, found: Answer) -> None:
        """Keep nothing."""

    def flush(self) -> None:
        """Write nothing."""

    def close(self, rows: Sequence[tuple[int, str, object]]) -> None:
        """Write nothing."""


class ResultsBook:
    """Keeps each answer by its key in parts beside the file, and puts them together when all are there.

    Parameters
    ----------
    path
        The Parquet file; parts lie in a folder of the same name with ``.parts`` after it.
    keys
        Of all the requests of this run.
    """

    def __init__(self, path: str | os.PathLike[str], keys: set[str]) -> None:
        if find_spec("pyarrow") is None:
            remedy = 'install it with pip install "routeplanner[files]"'
            raise RequestError([f"pyarrow: it is not installed; {remedy}"], subject="results")
        self._path = Path(path)
        self._parts = self._path.with_name(self._path.name + ".parts")
        self._known: dict[str, tuple[Path, int]] = {}
        self._fresh: list[dict[str, Any]] = []
        self._written = -_EVERY_S  # the first answer goes to disk at once
        self._numbers = itertools.count(1)
        self._read_all()
        if self._known and keys and not keys & self._known.keys():
            fault = (
                f"{path}: it holds {len(self._known)} results of other requests (or of another version, seed or "
                "catalogue); give another name or remove it"
            )
            raise RequestError([fault], subject="results")
        self._known = {key: where for key, where in self._known.items() if key in keys}
        self._tables: dict[Path, Any] = {}

    def get(self, key: str) -> Answer | None:
        """Return the answer of an earlier run, None where there is none."""
        where = self._known.get(key)
        if where is None:
            return None
        row = self._row(*where)
        return Answer(
            itinerary=row["itinerary"],
            kind=row["error"] or "",
            subject=row["subject"] or "",
            faults=tuple(json.loads(row["faults"])),
        )

    def add(self, key: str, places: Sequence[int], request: object, found: Answer) -> None:
        """Keep an answer; every few seconds what is new goes to disk."""
        self._fresh.append(_row_of(key, places[0], request, found))
        if len(self._fresh) >= _EVERY_ROWS or time.monotonic() - self._written > _EVERY_S:
            self.flush()

    def close(self, rows: Sequence[tuple[int, str, object]]) -> None:
        """Put everything into the one file, a row for each request, in their order; remove the parts."""
        import pyarrow as pa

        self.flush()
        sink = pa.BufferOutputStream()
        self._write(sink, rows)
        write_whole(self._path, sink.getvalue().to_pybytes())
        shutil.rmtree(self._parts, ignore_errors=True)

    def _write(self, sink: Any, rows: Sequence[tuple[int, str, object]]) -> None:  # noqa: ANN401
        import pyarrow.parquet as pq

        with pq.ParquetWriter(sink, _schema(), compression="zstd") as writer:
            for batch in _batches(sorted(rows, key=lambda row: row[0]), _EVERY_ROWS):
                found = [{**self._row(*self._known[key]), "index": index} for index, key, _ in batch]
                writer.write_table(_table(found))

    def flush(self) -> None:
        """Write what is new as a part."""
        self._written = time.monotonic()
        if not self._fresh:
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._parts.mkdir(exist_ok=True)
        part = next(p for p in map(self._part, self._numbers) if not p.exists())
        sink = pa.BufferOutputStream()
        pq.write_table(_table(self._fresh), sink, compression="zstd")
        write_whole(part, sink.getvalue().to_pybytes())
        for at, row in enumerate(self._fresh):
            self._known[row["key"]] = part, at
        self._fresh = []

    def _part(self, number: int) -> Path:
        return self._parts / f"part-{number:06d}.parquet"

    def _row(self, path: Path, at: int) -> dict[str, Any]:
        if path not in self._tables:
            import pyarrow.parquet as pq

            while len(self._tables) >= _CACHED_PARTS:
                del self._tables[next(iter(self._tables))]
            self._tables[path] = pq.read_table(path)
        row: dict[str, Any] = self._tables[path].slice(at, 1).to_pylist()[0]
        return row

    def _read_all(self) -> None:
        """Note where each answer of an earlier run lies; failures of processes are tried again."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        for path in [self._path, *sorted(self._parts.glob("part-*.parquet"))]:
            if not path.exists():
                continue
            try:
                table = pq.read_table(path, columns=["key", "error"])
            except (pa.ArrowException, OSError, ValueError, KeyError) as error:
                fault = f"it is no results file of plan_many ({error}); give another name"
                raise DataFileError([fault], subject=str(path)) from error
            if table.column_names != ["key", "error"]:
                fault = "it has no columns 'key' and 'error', so it is no results file of plan_many; give another name"
                raise DataFileError([fault], subject=str(path))
            for at, (key, kind) in enumerate(zip(*table.to_pydict().values(), strict=True)):
                if kind != "WorkerError":
                    self._known.setdefault(key, (path, at))


def _row_of(key: str, index: int, request: object, found: Answer) -> dict[str, Any]:
    trip = json.loads(found.itinerary) if found.itinerary is not None else None
    return {
        "index": index,
        "key": key,
        "request": _writable(json.dumps(request, ensure_ascii=False, default=repr)),
        "itinerary": found.itinerary,
        "error": found.kind or None,
        "subject": found.subject or None,
        "faults": _writable(json.dumps(found.faults, ensure_ascii=False)),
        "prize": None if trip is None else trip["prize"],
        "bound": None if trip is None else trip["bound"],
        "stops": None if trip is None else sum(len(day["stops"]) for day in trip["days"]),
        "seconds": found.seconds,
    }


def _writable(text: str) -> str:
    """Return text without halves of characters, which JSON can name and no file can hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def _schema() -> Any:  # noqa: ANN401 - pyarrow is not typed
    import pyarrow as pa

    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])


def _table(rows: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401
    import pyarrow as pa

    return pa.Table.from_pylist(list(rows), schema=_schema())


def _batches(rows: Sequence[Any], size: int) -> Iterator[Iterable[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
