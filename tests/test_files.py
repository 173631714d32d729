"""Files that are replaced whole or not at all."""

import pytest

from kg import files


def test_a_file_is_created_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b.txt"

    assert files.replace(path, ["é\r\n", "z"])
    assert path.read_bytes() == b"\xc3\xa9\r\nz"


def test_equal_bytes_leave_the_file_untouched(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"ab")
    stamp = path.stat().st_mtime_ns

    assert not files.replace(path, ["a", "b"])
    assert path.stat().st_mtime_ns == stamp
    assert files.replace(path, ["a"])


def test_a_failure_half_way_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def pieces():
        yield "new"
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        files.replace(path, pieces())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("pieces", "same"),
    [(["a", "é"], True), (["aé"], True), (["a"], False), (["aéx"], False), (["aè"], False)],
)
def test_what_a_file_holds_is_compared_byte_by_byte(tmp_path, pieces, same):
    path = tmp_path / "a.txt"
    path.write_bytes("aé".encode())

    assert files.holds(path, pieces) is same
