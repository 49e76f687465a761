"""Where the bundled data lies: inside the installed package, or in the checkout beside it."""

from __future__ import annotations

from pathlib import Path

from routeplanner.errors import DataFileError

__all__ = ["data_path"]


def data_path(*parts: str) -> Path:
    """Return the path of a bundled data file or folder.

    Parameters
    ----------
    *parts
        Path below the data folder, for example ``"sites"`` or ``"network", "nodes.csv"``.

    Raises
    ------
    DataFileError
        When neither the package nor the checkout holds it.

    Examples
    --------
    >>> data_path("sites").is_dir()
    True
    """
    package = Path(__file__).resolve().parent
    for root in (package / "_data", package.parents[1] / "data"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(parts)
    raise DataFileError(
        [f"bundled data {name!r} is not installed; reinstall routeplanner or run from a complete checkout"],
        subject="data",
    )
