import asyncio
import errno
import json
import os
import socket
import stat
import tempfile
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.system import time_limits
from earsight.triggers import control, control_client
from earsight.triggers.control import ControlServer
from earsight.triggers.control_client import NoServiceError, ask, ask_any
from earsight.triggers.control_protocol import (
    PressRequest,
)
from earsight.triggers.trigger import Gesture, TriggerError
from tests.earsight.triggers.control_stage import SHORT, exchange, serve, serving


@pytest.fixture
def path():
    with tempfile.TemporaryDirectory(prefix="ear") as folder:  # short: pytest's own paths may be too long
        yield Path(folder) / "control.sock"


def test_the_client_finds_the_installed_service_where_the_user_has_none(path):
    none, other = path.with_name("user.sock"), path.with_name("other.sock")

    async def client():
        await asyncio.to_thread(ask_any, [none, path], SHORT)
        await asyncio.to_thread(ask_any, [path, none], PressRequest(Gesture.LONG))
        with pytest.raises(NoServiceError, match=f"nobody listens on {none} or {other}. .* --config FILE"):
            await asyncio.to_thread(ask_any, [none, other, none], SHORT)

    assert serve(path, client)[1] == ["short", "long"]


def test_a_service_of_another_user_is_told_from_none(path, monkeypatch):
    class Refusing(socket.socket):
        def connect(self, _address):
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(control_client.socket, "socket", Refusing)
    with pytest.raises(TriggerError, match="with sudo"):
        ask_any([path, path], SHORT)


def test_the_client_presses(path):
    async def client():
        for gesture in Gesture:
            await asyncio.to_thread(ask, path, PressRequest(gesture), 20)
        with pytest.raises(TriggerError, match='refused: there is no gesture "touch"'):
            await asyncio.to_thread(ask, path, PressRequest("touch"), 20)

    assert serve(path, client)[1] == list(Gesture)


def test_many_requests_on_one_connection_and_one_without_a_newline(path):
    async def client():
        return await exchange(path, b'{"press": "short"}\nwhat\n{"press": "long"}')

    answers, gestures = serve(path, client)
    assert [answer["ok"] for answer in answers] == [True, False, True]
    assert gestures == ["short", "long"]


def test_only_the_owner_can_connect_whatever_the_umask(path):
    async def client():
        return stat.S_IMODE(path.stat().st_mode)

    old = os.umask(0)
    try:
        assert serve(path, client)[0] == 0o600
    finally:
        os.umask(old)
    assert not path.exists()


def test_the_folder_is_made(path):
    async def client():
        return stat.S_IMODE(path.parent.stat().st_mode)

    deep = path.parent / "run" / "control.sock"
    assert serve(deep, client)[0] & 0o777 == 0o700


def test_the_socket_of_a_dead_service_is_replaced(path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    async def client():
        return await exchange(path, b'{"press": "short"}\n')

    assert serve(path, client) == ([{"ok": True}], ["short"])


def test_a_living_service_keeps_its_socket(path):
    async def client():
        with pytest.raises(TriggerError, match="another Earsight is running"):
            await ControlServer(path).run(lambda _: None)
        return await exchange(path, b'{"press": "short"}\n')

    assert serve(path, client) == ([{"ok": True}], ["short"])


def test_a_file_in_the_way_is_left_alone(path):
    path.write_text("precious")
    with pytest.raises(TriggerError, match="is not a socket"):
        asyncio.run(ControlServer(path).run(lambda _: None))
    assert path.read_text() == "precious"


def test_a_successor_s_socket_is_left_alone(path):
    async def main():
        async with serving(path, []):
            path.unlink()
            with socket.socket(socket.AF_UNIX) as other:
                other.bind(str(path))

    asyncio.run(main())
    assert path.exists()


@pytest.mark.parametrize(
    "where", ["/dev/null/control.sock", "/nowhere/at/all/control.sock", "/tmp/" + "x" * 103]
)
def test_impossible_places(where):
    with pytest.raises(TriggerError, match=r"^triggers\.control_socket: [^\n]*$"):
        asyncio.run(ControlServer(Path(where)).run(lambda _: None))


def test_pressing_without_a_service(path):
    with pytest.raises(TriggerError, match=rf"nobody listens on {path}\. Start one with `earsight run`"):
        ask(path, SHORT)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(TriggerError, match="no service is running"):
        ask(path, SHORT)
    with pytest.raises(TriggerError, match="longer than"):
        ask(path.parent / ("x" * 120), SHORT)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "not an Earsight service"),
        (b"[1]\n", "not an Earsight service"),
        (b"[" * 2000, "not an Earsight service"),
        (b'{"ok": false, "error": "no\\nway"}\n', "refused: no way"),
        (None, "does not answer within 0.2 s"),
    ],
)
def test_the_client_with_odd_servers(path, answer, told):
    def odd_server():
        connection, _ = listener.accept()
        with connection:
            if answer is None:
                time.sleep(0.5)
            else:
                connection.recv(4096)
                connection.sendall(answer)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=odd_server)
        thread.start()
        with pytest.raises(TriggerError) as caught:
            ask(path, SHORT, 0.2 if answer is None else 20)
        thread.join()
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_long_line_is_refused(path):
    async def client():
        return await exchange(path, b"x" * 5000), await exchange(path, b'{"press": "short"}\n')

    (refused, accepted), gestures = serve(path, client)
    assert refused in ([], [{"ok": False, "error": "a line of more than 512 bytes"}])
    assert accepted == [{"ok": True}]
    assert gestures == ["short"]


def test_a_silent_client_is_dropped(path, monkeypatch):
    monkeypatch.setattr(time_limits, "CONTROL_LINE", 0.1)

    async def client():
        return await exchange(path, b'{"press": "sh', end=False)

    assert serve(path, client) == ([], [])


def test_too_many_clients_are_refused_and_the_others_served(path):
    async def client():
        idle = [await asyncio.open_unix_connection(str(path)) for _ in range(control.MAX_CLIENTS)]
        await asyncio.sleep(0.05)
        refused = await exchange(path, b"")
        idle[0][1].write(b'{"press": "long"}\n')
        served = json.loads(await idle[0][0].readline())
        for _, writer in idle:
            writer.close()
        return refused, served

    (refused, served), gestures = serve(path, client)
    assert refused == [{"ok": False, "error": "too many clients at once"}]
    assert served == {"ok": True}
    assert gestures == ["long"]


@pytest.mark.parametrize("turns", range(10))
def test_cancelled_at_any_moment_nothing_is_left(path, turns):
    def descriptors():
        return len(list(Path("/proc/self/fd").iterdir()))

    async def main():
        before = descriptors()
        task = asyncio.create_task(ControlServer(path).run(lambda _: None))
        clients = []
        for turn in range(turns):
            await asyncio.sleep(0)
            if turn > 2 and path.exists():
                client = socket.socket(socket.AF_UNIX)
                client.connect(str(path))
                clients.append(client)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for client in clients:
            client.close()
        for _ in range(20):  # a connection that was being accepted takes its turns to end
            await asyncio.sleep(0)
        assert descriptors() == before
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())
    assert not path.exists()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.binary(max_size=700) | st.sampled_from([b"\n", b"{", b'"press"', b'{"press": "short"}\n']))
)
def test_any_bytes_leave_the_service_well(chunks):
    with tempfile.TemporaryDirectory(prefix="ear") as folder:
        path = Path(folder) / "s"

        async def client():
            answers = await exchange(path, b"".join(chunks))
            return answers, await exchange(path, b'{"press": "double"}\n')

        (answers, last), gestures = serve(path, client)
    assert last == [{"ok": True}]
    assert gestures[-1] == "double"
    assert len([a for a in answers if a["ok"]]) <= len(gestures) - 1
