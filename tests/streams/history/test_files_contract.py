"""What every place of the history promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.history.files import AlreadyThere, FileGone, Files, HistoryUnavailable
from streams.history.files_arrow import ArrowFiles


def test_what_was_written_is_read_and_listed(files: Files) -> None:
    files.write("records/day=1/feed=a/1.parquet", b"one")
    files.write("records/day=2/feed=a/2.parquet", b"two")
    files.write("commits/1.json", b"")
    assert files.read("records/day=2/feed=a/2.parquet") == b"two"
    assert files.list("records") == ["records/day=1/feed=a/1.parquet", "records/day=2/feed=a/2.parquet"]
    with files.open("records/day=1/feed=a/1.parquet") as opened:
        opened.seek(1)
        assert opened.read(2) == b"ne"


def test_a_file_is_never_replaced(files: Files) -> None:
    files.write("commits/1.json", b"first")
    with pytest.raises(AlreadyThere):
        files.write("commits/1.json", b"second")
    assert files.read("commits/1.json") == b"first"


def test_a_file_in_pieces_is_there_when_it_is_whole(files: Files) -> None:
    def break_off() -> None:
        with files.writing("quarters/1.parquet") as file:
            file.write(b"half of")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert list(files.list("quarters")) == []
    with files.writing("quarters/1.parquet") as file:
        file.write(b"one")
        file.write(b"two")
    assert files.read("quarters/1.parquet") == b"onetwo"
    with pytest.raises(AlreadyThere), files.writing("quarters/1.parquet") as file:
        file.write(b"again")
    assert files.read("quarters/1.parquet") == b"onetwo"
    assert list(files.list("quarters")) == ["quarters/1.parquet"]


def test_what_is_not_there(files: Files) -> None:
    assert list(files.list("records")) == []
    files.remove("records/nothing.parquet")
    files.write("records/gone.parquet", b"x")
    files.remove("records/gone.parquet")
    for ask in (files.read, files.open):
        with pytest.raises(FileGone):
            ask("records/gone.parquet")
    assert list(files.list("records")) == []


def test_a_crash_before_the_name_leaves_only_debris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = ArrowFiles(tmp_path)

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.link", no_space)
        with pytest.raises(HistoryUnavailable, match=r"could not write .*commits/1\.json.*No space left"):
            files.write("commits/1.json", b"never seen")
    assert files.list("commits") == []
    files.write("commits/1.json", b"now")


def test_an_address_that_nobody_opens() -> None:
    with pytest.raises(HistoryUnavailable, match="none that pyarrow opens"):
        ArrowFiles("gopher://old/hole")
