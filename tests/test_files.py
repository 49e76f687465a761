from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeplanner._clock import TIMEZONE, at, seconds_of, seconds_since_midnight
from routeplanner._files import read_text, write_together, write_whole
from routeplanner._resources import data_path
from routeplanner._text import did_you_mean, fold, nfc
from routeplanner.errors import CatalogueError, DataFileError, RequestError, RoutePlannerError

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    file = write_whole(tmp_path / "Bát Tràng.txt", "gốm\n")
    assert read_text(file) == "gốm\n"
    assert file.read_bytes() == "gốm\n".encode()
    write_whole(file, b"\x00\x01")
    assert file.read_bytes() == b"\x00\x01"
    assert [path.name for path in tmp_path.iterdir()] == ["Bát Tràng.txt"]


def test_a_file_keeps_its_rights_and_a_new_one_gets_the_usual(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("old")
    file.chmod(0o600)
    write_whole(file, "new")
    assert file.stat().st_mode & 0o777 == 0o600
    (tmp_path / "b").write_text("usual")
    write_whole(tmp_path / "c", "new")
    assert (tmp_path / "c").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_link_leads_on_to_the_file_it_names(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.read_text() == "new"
    assert real.read_text() == "new"
    assert link.is_symlink()


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="has no devices as files")  # noqa: PTH110
def test_a_device_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    link = tmp_path / "sink"
    link.symlink_to("/dev/null")
    with pytest.raises(DataFileError, match="is a device; give a file name"):
        write_whole(link, "x")
    assert link.is_char_device()


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "half \udcff")
    with pytest.raises(TypeError):
        write_whole(file, 3)  # type: ignore[arg-type]
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="is a folder; give a file name"):
        write_whole(tmp_path, "x")
    with pytest.raises(DataFileError, match="does not exist; create it"):
        write_whole(tmp_path / "no" / "a.json", "x")
    with pytest.raises(DataFileError, match="cannot write"):
        write_whole(tmp_path / ("a" * 300), "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_process_killed_while_writing_leaves_the_old_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("old")
    programme = (
        "import os, sys\n"
        "os.fsync = lambda _: os._exit(9)\n"
        "from routeplanner._files import write_whole\n"
        "write_whole(sys.argv[1], 'x' * 10**6)\n"
    )
    done = subprocess.run([sys.executable, "-c", programme, str(file)], check=False)
    assert done.returncode == 9
    assert file.read_text() == "old"


def test_what_cannot_be_read_is_said_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("Đường".encode("cp1258", errors="replace") + b"\xff")
    with pytest.raises(DataFileError, match="does not exist; check the name"):
        read_text(tmp_path / "none")
    with pytest.raises(DataFileError, match="folder"):
        read_text(tmp_path)
    with pytest.raises(DataFileError, match="save it as UTF-8"):
        read_text(tmp_path / "latin")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "excel.csv").write_bytes(b"\xef\xbb\xbfsite_id")
    assert read_text(tmp_path / "excel.csv") == "site_id"


def test_bundled_data_are_found_and_missing_ones_are_named() -> None:
    assert (data_path("sites") / "craft_village.geojson").is_file()
    assert data_path("network", "nodes.csv").is_file()
    with pytest.raises(DataFileError, match=r"'sites/atlantis.geojson' is not installed; reinstall"):
        data_path("sites", "atlantis.geojson")


@given(st.text())
def test_folding_is_done_once_and_for_all(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(nfc(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường Lâm", "duong lam"),
        ("ĐÔNG HỒ", "dong ho"),
        ("Ước Lễ", "uoc le"),
        ("Quất Động", "quat dong"),
        ("  Chùa\tĐậu ", "chua dau"),
        ("Chuông", "chuong"),
        ("Bát Tràng", "bat trang"),
    ],
)
def test_vietnamese_folds_to_what_people_type(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_nearest_names_are_offered_in_their_own_spelling() -> None:
    known = ["Bát Tràng", "Vạn Phúc", "Hạ Thái"]
    assert did_you_mean("bat trag", known).startswith("; did you mean 'Bát Tràng'")
    assert did_you_mean("xyzzy", known) == ""
    assert did_you_mean("", known) == ""
    assert did_you_mean("x", []) == ""


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 30)), seconds=st.integers(0, 2 * 86_400 - 1))
def test_seconds_and_moments_are_two_ways_to_say_a_time(day: date, seconds: int) -> None:
    moment = at(day, seconds)
    assert seconds_since_midnight(moment, day) == seconds
    assert moment.tzinfo is TIMEZONE
    assert moment.utcoffset().total_seconds() == 7 * 3600  # type: ignore[union-attr]
    if seconds < 86_400:
        assert seconds_of(moment.time()) == seconds
        assert moment.date() == day


def test_seconds_of_a_clock() -> None:
    assert seconds_of(time(13, 5, 9)) == 13 * 3600 + 5 * 60 + 9


def test_errors_gather_faults_and_cross_processes() -> None:
    import pickle

    error = CatalogueError(["a: wrong", "b: wrong"], subject="sites.geojson")
    assert str(error) == "sites.geojson: 2 faults\n  - a: wrong\n  - b: wrong"
    assert isinstance(error, ValueError)
    assert isinstance(error, RoutePlannerError)
    assert str(RequestError(["x"])) == "input: 1 fault\n  - x"
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(back), back.faults, back.subject, str(back)) == (
        CatalogueError,
        error.faults,
        error.subject,
        str(error),
    )


def test_several_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.html"
    old.write_text("old")
    with pytest.raises(DataFileError) as caught:
        write_together({old: "1", new: "2", tmp_path / "none" / "x": "3", tmp_path: "4"})
    assert len(caught.value.faults) == 2
    assert old.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.json"]
    assert write_together({old: "1", new: b"2"}) == [old, new]
    assert (old.read_text(), new.read_bytes()) == ("1", b"2")
