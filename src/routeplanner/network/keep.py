"""Tables of times and distances: filled row by row, kept on disk by what they were computed from."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from routeplanner._files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KeptTables"]

_FORMAT = "1"


class KeptTables:
    """Seconds and metres between places, each row known or not.

    Parameters
    ----------
    count
        Number of places.
    folder
        Where the tables are kept between processes; ``None`` keeps them in memory only.
    content
        The arrays from which they are computed. Their bytes name the file: other roads, speeds, hours or
        places are another file, so that nothing is ever stale.
    """

    def __init__(self, count: int, *, folder: Path | None, content: Sequence[NDArray[np.generic]]) -> None:
        import numpy as np

        self.count = count
        self.duration_s = np.full((count, count), -1, dtype=np.int64)
        self.distance_m = np.full((count, count), -1, dtype=np.int64)
        self._done = {name: np.zeros(count, dtype=bool) for name in ("duration_s", "distance_m")}
        self._path = None if folder is None else folder / f"{_digest(count, content)}.npz"
        if self._path is not None and self._path.exists():
            self._load(self._path)

    def missing(self, rows: Iterable[int], table: str) -> NDArray[np.int64]:
        """Return the rows that a table lacks, each once."""
        import numpy as np

        done = self._done[table]
        return np.array([i for i in dict.fromkeys(rows) if not done[i]], dtype=np.int64)

    def fill(
        self,
        rows: NDArray[np.int64],
        *,
        duration_s: NDArray[np.int64],
        distance_m: NDArray[np.int64] | None = None,
    ) -> None:
        """Enter rows, and keep the tables on disk where a folder was given."""
        self.duration_s[rows] = duration_s
        self._done["duration_s"][rows] = True
        if distance_m is not None:
            self.distance_m[rows] = distance_m
            self._done["distance_m"][rows] = True
        if self._path is not None and len(rows) > 1:  # a single row is sooner found than written
            self._save(self._path)

    def _save(self, path: Path) -> None:
        import numpy as np

        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            duration_s=self.duration_s,
            distance_m=self.distance_m,
            done_duration_s=self._done["duration_s"],
            done_distance_m=self._done["distance_m"],
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, buffer.getvalue())

    def _load(self, path: Path) -> None:
        """Read kept tables; a file that is damaged counts as none and is written anew."""
        import zipfile

        import numpy as np

        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
                tables = {name: kept[name] for name in kept.files}
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            return
        shapes: dict[str, tuple[int, ...]] = {}
        for name in self._done:
            shapes[name] = (self.count, self.count)
            shapes[f"done_{name}"] = (self.count,)
        if any(name not in tables or tables[name].shape != shape for name, shape in shapes.items()):
            return
        self.duration_s, self.distance_m = tables["duration_s"], tables["distance_m"]
        self._done = {name: tables[f"done_{name}"] for name in self._done}


def _digest(count: int, content: Sequence[NDArray[np.generic]]) -> str:
    import numpy as np

    digest = hashlib.sha256(f"{_FORMAT}:{count}".encode())
    for array in content:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]
