import json

import pytest

from earsight.voice.volume import LEVELS, Volume


def test_steps_end_at_what_can_still_be_heard(tmp_path):
    volume = Volume(1.0, tmp_path / "volume.json")
    steps = 0
    while volume.quieter():
        steps += 1
    assert (steps, volume.value) == (len(LEVELS) - 1, LEVELS[0])
    assert not volume.louder() or volume.value == LEVELS[1]
    while volume.louder():
        pass
    assert volume.value == 1.0


def test_between_levels_the_next_one_is_taken():
    volume = Volume(0.5, None)
    assert volume.louder()
    assert volume.value == 0.56
    volume = Volume(0.0, None)
    assert not volume.quieter()
    assert volume.louder()
    assert volume.value == LEVELS[0]
    volume.keep()


def test_it_is_kept_until_the_configuration_says_something_new(tmp_path):
    path = tmp_path / "volume.json"
    volume = Volume(1.0, path)
    volume.quieter()
    volume.keep()
    assert Volume(1.0, path).value == 0.56
    assert Volume(0.8, path).value == 0.8
    volume.configure(1.0)
    assert volume.value == 0.56
    volume.configure(0.8)
    assert volume.value == 0.8


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\x00", b'{"configured": 1.0}', b'{"configured": 1.0, "volume": "loud"}']
    + [json.dumps({"configured": 1.0, "volume": volume}).encode() for volume in (0.0, -1, 77, [], None)],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path, content):
    path = tmp_path / "volume.json"
    path.write_bytes(content)
    assert Volume(1.0, path).value == 1.0


def test_where_it_can_not_be_kept_it_still_works(tmp_path, caplog):
    volume = Volume(1.0, tmp_path / "volume.json")
    (tmp_path / "volume.json.partial").mkdir()
    assert volume.quieter()
    volume.keep()
    assert "will be forgotten" in caplog.text
