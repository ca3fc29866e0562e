import os
import shutil
from types import SimpleNamespace

import pytest

from earsight_training.preconditions import PreconditionError, require_folder, require_room, require_writable

GB = 2**30


def test_room_is_looked_for_where_it_will_be_needed(tmp_path, monkeypatch):
    asked = []

    def usage(folder):
        asked.append(folder)
        return SimpleNamespace(free=3 * GB)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    require_room(tmp_path / "new" / "work", 2 * GB, "the checkpoints")
    assert asked == [tmp_path]
    with pytest.raises(PreconditionError) as refused:
        require_room(tmp_path / "new" / "work", 3 * GB, "the checkpoints")
    assert str(refused.value) == (
        f"{tmp_path}/new/work: the checkpoints will take about 3.0 GB there, and 3.0 GB are free; make room"
        " first"
    )


def test_files_that_can_be_written_and_files_that_cannot(tmp_path, monkeypatch):
    require_writable(tmp_path / "scores.json")
    require_writable(tmp_path / "a" / "b" / "e.safetensors", parents=True)
    assert not list(tmp_path.iterdir())
    with pytest.raises(PreconditionError, match=r"x\.json: there is no folder .*/a"):
        require_writable(tmp_path / "a" / "x.json")
    with pytest.raises(PreconditionError, match="is a folder; name a file"):
        require_writable(tmp_path)

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(PreconditionError, match=r"scores\.json: can't be written: no room"):
        require_writable(tmp_path / "scores.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PreconditionError, match="Permission denied"):
        require_folder(tmp_path)


def test_folders(tmp_path):
    require_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(PreconditionError, match="file: is a file; name a folder"):
        require_folder(tmp_path / "file")
    with pytest.raises(PreconditionError, match="can't be made: Not a directory"):
        require_folder(tmp_path / "file" / "below")
