"""Files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeplanner.errors import DataFileError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["path_of", "read_json", "read_text", "refuse_no_path", "write_together", "write_whole"]


def path_of(value: object) -> Path:
    """Return a file's or folder's name as a path.

    Raises
    ------
    DataFileError
        When it is something else.

    Examples
    --------
    >>> path_of("south.json").suffix
    '.json'
    """
    if isinstance(value, str | Path):
        return Path(value)
    named = value.__fspath__() if isinstance(value, os.PathLike) else None
    if not isinstance(named, str):
        fault = f"path: {type(value).__name__} given; give the name of a file or folder as text"
        raise DataFileError([fault], subject="file")
    return Path(named)


def refuse_no_path(path: object, remedy: str) -> None:
    """Refuse what names no file, in a function that takes a path.

    Raises
    ------
    DataFileError
        For anything but a text or a path, and for an empty one.
    """
    if not isinstance(path, str | os.PathLike) or not str(path).strip():
        raise DataFileError([f"path: {path!r} names no file; {remedy}"], subject="path")


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write `content` to `path` through a temporary file beside it and a rename.

    A reader sees the old file or the new one, never half of one; on an error nothing is left behind.
    Text is encoded as UTF-8.

    Raises
    ------
    DataFileError
        When the folder is missing or cannot be written, or `path` is a folder or a device.
    """
    return write_together({path_of(path): content})[0]


def write_together(contents: Mapping[Any, str | bytes]) -> list[Path]:
    """Write several files, all of them or none: a file that cannot be written leaves the others as they were.

    Returns the files in order, links followed.

    Raises
    ------
    DataFileError
        As `write_whole`, with the faults of all files that cannot be written.
    """
    targets = {Path(os.path.realpath(path_of(path))): content for path, content in contents.items()}
    waiting: dict[Path, Path] = {}
    faults = []
    try:
        for target, content in targets.items():
            fault = _unwritable(target)
            try:
                if fault is None:
                    waiting[target] = _write_beside(target, content)
            except OSError as error:
                fault = _refused(target, error)
            if fault is not None:
                faults.append(fault)
        if not faults:
            for target, name in waiting.items():
                try:
                    name.replace(target)
                except OSError as error:
                    faults.append(_refused(target, error))
        if faults:
            subject = str(next(iter(targets))) if len(targets) == 1 else "output"
            raise DataFileError(faults, subject=subject)
    finally:
        for name in waiting.values():
            name.unlink(missing_ok=True)
    return list(targets)


def _unwritable(target: Path) -> str | None:
    """Return what speaks against writing a file there, None if nothing can be seen."""
    if os.path.isdir(target):  # noqa: PTH112 - pathlib raises where a name is too long
        return f"{target} is a folder; give a file name"
    if os.path.exists(target) and not os.path.isfile(target):  # noqa: PTH110, PTH113 - the same
        return f"{target} is a device; give a file name"
    if not target.parent.is_dir():
        return f"the folder {target.parent} does not exist; create it or choose another"
    return None


def _write_beside(target: Path, content: str | bytes) -> Path:
    """Write a temporary file beside the target, ready to take its place; leave nothing behind on an error."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    name = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as handle:
            name = Path(handle.name)
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        name.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
    except BaseException:
        if name is not None:
            name.unlink(missing_ok=True)
        raise
    return name


def _refused(target: Path, error: OSError) -> str:
    return f"cannot write {target}: {error.strerror or error}; check the folder's permissions and space"


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a UTF-8 text file.

    Raises
    ------
    DataFileError
        When it is missing, a folder, unreadable or not UTF-8.
    """
    target = path_of(path)
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


def read_json(path: str | os.PathLike[str]) -> Any:  # noqa: ANN401 - JSON
    """Read a JSON file.

    Raises
    ------
    DataFileError
        When `read_text` cannot read it, or it is not JSON.
    """
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        fault = f"not JSON: {error.msg} in {where}; write the file anew"
    except (ValueError, RecursionError):  # numbers of thousands of digits, lists within lists without end
        en = "not JSON of this library: a number too long or lists too deep; write the file anew"
        vi = "không phải JSON của thư viện này: số quá dài hoặc danh sách lồng quá sâu; hãy ghi lại tệp"
        fault = Fault(en, vi)
    raise DataFileError([fault], subject=str(path))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
