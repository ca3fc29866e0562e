"""When the settings are read again."""

import asyncio
import os
import time

import pytest

from earsight.config.watcher import ConfigWatcher
from earsight.system import time_limits

STAMPED = time.time_ns()


def write(path, second):
    """As an editor does, at a time that is told from others whatever the disk's clock."""
    path.write_text("voice: {}\n")
    os.utime(path, ns=(STAMPED, STAMPED + second * 10**9))


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(time_limits, "CONFIG_POLL", 0.1)
    path = tmp_path / "earsight.yaml"
    write(path, 0)
    return path


def tried(trial):
    asyncio.run(asyncio.wait_for(trial(), 60))


def test_a_file_is_taken_when_it_has_come_to_rest(path):
    async def trial():
        watcher = ConfigWatcher(path)
        changed = asyncio.create_task(watcher.changed())
        for second in range(1, 40):
            write(path, second)
            await asyncio.sleep(0.03)
            assert not changed.done(), "half of it"
        path.unlink()
        await asyncio.sleep(0.3)
        assert not changed.done(), "it is being replaced"
        write(path, 50)
        await changed
        again = asyncio.create_task(watcher.changed())
        await asyncio.sleep(0.3)
        assert not again.done()
        again.cancel()

    tried(trial)


def test_who_asks_is_not_kept_waiting(path, monkeypatch):
    monkeypatch.setattr(time_limits, "CONFIG_POLL", 30.0)

    async def trial():
        watcher = ConfigWatcher(path)
        changed = asyncio.create_task(watcher.changed())
        await asyncio.sleep(0)
        watcher.ask()
        await asyncio.wait_for(changed, 20)

    tried(trial)
