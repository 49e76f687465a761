"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from routeplanner.errors import DataFileError

__all__ = ["read_text", "write_whole"]


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write `content` to `path` through a temporary file beside it and a rename.

    A reader sees the old file or the new one, never half of one; on an error nothing is left behind.
    Text is encoded as UTF-8.

    Raises
    ------
    DataFileError
        When the folder is missing or cannot be written, or `path` is a folder or a device.
    """
    target = Path(os.path.realpath(path))  # a link leads on to its file, it is not replaced
    data = content.encode("utf-8") if isinstance(content, str) else content
    if os.path.isdir(target):  # noqa: PTH112 - pathlib raises where a name is too long
        raise DataFileError([f"{target} is a folder; give a file name"], subject=str(target))
    if os.path.exists(target) and not os.path.isfile(target):  # noqa: PTH110, PTH113 - the same
        raise DataFileError([f"{target} is a device; give a file name"], subject=str(target))
    if not target.parent.is_dir():
        raise DataFileError(
            [f"the folder {target.parent} does not exist; create it or choose another"], subject=str(target)
        )
    name = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as handle:
            name = handle.name
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        Path(name).replace(target)
    except OSError as error:
        raise DataFileError(
            [f"cannot write {target}: {error.strerror or error}; check the folder's permissions and space"],
            subject=str(target),
        ) from error
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)
    return target


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a UTF-8 text file.

    Raises
    ------
    DataFileError
        When it is missing, a folder, unreadable or not UTF-8.
    """
    target = Path(path)
    try:
        return target.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        fault = "the file does not exist; check the name and the folder"
    except IsADirectoryError:
        fault = "this is a folder; name a file in it"
    except UnicodeDecodeError as error:
        fault = f"not UTF-8 text (byte {error.start}); save it as UTF-8"
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}; check its permissions"
    raise DataFileError([fault], subject=str(target))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
