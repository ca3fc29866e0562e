"""Standard output that is full, closed, or read by nobody."""

import pytest

from tests.earsight.commands.process import earsight, one_line


@pytest.mark.parametrize("words", [["config", "schema"], ["describe", "{photo}", "--json"]])
def test_standard_output_on_a_full_disk(photos, tmp_path, words):
    words = [word.format(photo=photos / "good.jpg") for word in words]
    ended = earsight(*words, tmp_path=tmp_path, shell=">/dev/full")
    assert ended.returncode == 1
    assert one_line(ended.stderr.decode()) == "earsight: standard output: No space left on device"


def test_standard_output_that_is_closed(tmp_path):
    ended = earsight("config", "schema", tmp_path=tmp_path, shell=">&-")
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_reader_that_goes_away(tmp_path):
    ended = earsight("config", "schema", tmp_path=tmp_path, shell="| true")
    assert ended.stderr == b""
