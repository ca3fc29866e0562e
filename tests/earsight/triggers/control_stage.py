"""The control socket with a service, or an odd client, at its other end."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

from earsight.triggers.control import ControlServer
from earsight.triggers.control_protocol import (
    PressRequest,
)
from earsight.triggers.trigger import Gesture

SHORT = PressRequest(Gesture.SHORT)


@asynccontextmanager
async def serving(path, presses):
    task = asyncio.create_task(ControlServer(path).run(presses.append))
    try:
        while not task.done():
            await asyncio.sleep(0.005)
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(str(path)) == 0:
                    break
        if task.done():
            await task
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def serve(path, client):
    """What the client (a coroutine) gives, and the gestures that arrived."""
    presses = []

    async def main():
        async with serving(path, presses), asyncio.timeout(30):
            return await client()

    return asyncio.run(main()), [press.gesture for press in presses]


async def exchange(path, data, end=True):
    """Every line that comes back for the bytes."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(data)
    if end:
        writer.write_eof()
    try:
        answer = await reader.read()
    except ConnectionResetError:
        answer = b""
    writer.close()
    return [json.loads(line) for line in answer.splitlines()]
