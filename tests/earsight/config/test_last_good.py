"""Settings whose file has lost its content, and those that serve instead."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.config.last_good import LastGoodSettings
from earsight.config.loader import ConfigError, LostConfigError, load_config

SETTINGS = "voice: {rate: 200}\ncamera: {replay: photos}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    path = tmp_path / "etc" / "earsight.yaml"
    path.write_text(SETTINGS)
    return path


@pytest.fixture
def last_good(tmp_path: Path, file: Path) -> LastGoodSettings:
    return LastGoodSettings(file, tmp_path / "state")


LOST = {
    "empty": b"",
    "blank": b"\n \t\r\n",
    "byte order mark": b"\xef\xbb\xbf",
    "zeros": bytes(4096),
    "zeros at its end": b"voice: {rate: 200}\n" + bytes(4077),
}


@pytest.mark.parametrize("content", LOST.values(), ids=LOST)
def test_a_file_without_content_is_no_file_with_defaults(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(LostConfigError, match="as after a power failure; write the settings again"):
        load_config(file)


@pytest.mark.parametrize("content", [b"# Everything has its default.", b"---\n", b"voice: {rate: 200}"])
def test_what_somebody_has_written_is_there_also_without_a_last_line_end(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    load_config(file)


def test_without_a_copy_there_is_none(last_good: LastGoodSettings) -> None:
    assert last_good.load() is None


def test_the_copy_serves_when_the_file_is_gone(file: Path, last_good: LastGoodSettings) -> None:
    before = load_config(file)
    last_good.keep()
    file.write_bytes(b"")
    assert last_good.load() == before
    assert before.camera.replay == file.parent / "photos", "paths start at the file's folder, not the copy's"


def test_a_file_with_a_mistake_and_a_lost_one_are_not_kept(file: Path, last_good: LastGoodSettings) -> None:
    before = load_config(file)
    last_good.keep()
    for content in (b"", bytes(100), b"voice: {rate: fast}\n"):
        file.write_bytes(content)
        last_good.keep()
        assert last_good.load() == before


def test_new_settings_take_the_place_of_the_copy(file: Path, last_good: LastGoodSettings) -> None:
    last_good.keep()
    file.write_text("voice: {rate: 250}\n")
    last_good.keep()
    kept = last_good.load()
    assert kept is not None
    assert kept.voice.rate == 250


def test_what_has_not_changed_is_not_written_again(
    tmp_path: Path, last_good: LastGoodSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_good.keep()
    monkeypatch.setattr("earsight.config.last_good.write_whole", lambda *_: pytest.fail("written"))
    last_good.keep()
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["last-good-settings.yaml"]


def test_a_copy_that_no_longer_fits_is_none(tmp_path: Path, last_good: LastGoodSettings) -> None:
    """As after an upgrade that has renamed a key."""
    last_good.keep()
    (tmp_path / "state" / "last-good-settings.yaml").write_text("voice: {speed: 200}\n")
    assert last_good.load() is None


def test_where_nothing_can_be_written_nothing_is_kept(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    last_good = LastGoodSettings(file, Path("/proc/earsight"))  # not even root may
    last_good.keep()
    assert "the settings are not kept" in caplog.text
    assert last_good.load() is None


def test_a_file_that_goes_while_it_is_kept_is_not_kept(file: Path, last_good: LastGoodSettings) -> None:
    file.unlink()
    last_good.keep()
    assert last_good.load() is None


def test_without_a_file_or_a_folder_nothing_is_kept(file: Path) -> None:
    for nothing in (LastGoodSettings(None, file.parent), LastGoodSettings(file, None)):
        nothing.keep()
        assert nothing.load() is None


@given(st.binary(max_size=200), st.integers(0, 200))
def test_whatever_is_cut_off_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, at: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "earsight.yaml"
    path.write_bytes((SETTINGS.encode() + content)[:at])
    with suppress(ConfigError):
        load_config(path)
