"""How many machines, how much bandwidth and money it takes to serve many wearers: Markdown tables.

What machines can do has to be measured before: `script/bench server`. All else is an assumption that an
option changes. Photos are sent by the device's own engine `server`, to see how large they are. How busy a
machine may be follows from a simulation: photos arrive at random, each goes to the less busy of two machines
(as Ray Serve sends them), and is described when those before it are.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from earsight.cameras.photos import load_photo
from earsight.cameras.replay import demo_photos
from earsight.captioners.remote.earsight_server import EarsightServer
from earsight.captioners.remote.picture import jpeg
from earsight.captioners.remote.transport import Transport
from earsight.config.remote import RemoteSection

WEARERS = (1_000, 100_000)
HOURS_A_MONTH = 730
_ARRIVALS, _STEP = 20_000, 0.05
_LOADS = (0.5, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Machine:
    """Something to rent.

    Attributes:
        name: For people.
        rate: Photos a second that it describes.
        price: Of an hour, in dollars.
    """

    name: str
    rate: float
    price: float


@dataclass(frozen=True, slots=True)
class Use:
    """How wearers use it.

    Attributes:
        name: For people.
        looks: Photos that a wearer who uses it sends in an hour.
        hours: In which a wearer uses it, of a day.
        peak: Share of the wearers who use it at the busiest time of the day.
        picture_bytes: Of a photo's request.
    """

    name: str
    looks: float
    hours: float
    peak: float
    picture_bytes: float

    def arrivals(self, wearers: int) -> float:
        """Photos a second at the busiest time."""
        return wearers * self.peak * self.looks / 3600

    def megabit(self, wearers: int) -> float:
        """Megabit a second that come in at the busiest time."""
        return self.arrivals(wearers) * self.picture_bytes * 8 / 1e6

    @property
    def megabytes_a_month(self) -> float:
        """Sent by a wearer, in megabytes of 10**6 bytes."""
        return self.looks * self.hours * HOURS_A_MONTH / 24 * self.picture_bytes / 1e6

    @property
    def average(self) -> float:
        """What there is to do on average, as a share of what there is at the busiest time."""
        return self.hours / 24 / self.peak


def waiting(machines: int, load: float, seed: int = 1) -> float:
    """How long 95 of 100 photos wait at most before they are looked at, in times of a description.

    Args:
        machines: Each describes one photo after the other, and takes 1 for each.
        load: Of each machine, as a share of what it can do; below 1.
        seed: Of the arrivals.
    """
    chance = np.random.default_rng(seed)
    arrivals = np.cumsum(chance.exponential(1 / (machines * load), _ARRIVALS)).tolist()
    pairs = chance.integers(0, machines, (_ARRIVALS, 2)).tolist()
    free_at, waits = [0.0] * machines, []
    for now, (one, other) in zip(arrivals, pairs, strict=True):
        chosen = min(one, other, key=free_at.__getitem__)
        begins = max(now, free_at[chosen])
        waits.append(begins - now)
        free_at[chosen] = begins + 1
    return float(np.percentile(waits[_ARRIVALS // 10 :], 95))


def needed(arrivals: float, rate: float, limit: float, busiest: float) -> int:
    """The fewest machines with which 95 of 100 photos are described in time, and one that may fail.

    Args:
        arrivals: Photos a second.
        rate: Photos a second that a machine describes.
        limit: Seconds of waiting and description.
        busiest: Share of what they can do that the machines do at most, without the one that may fail. In
            that, what is no photo like the others has room.

    Raises:
        ValueError: A description alone takes longer.
    """
    if rate * limit <= 1:
        raise ValueError(f"a description takes {1 / rate:.1f} s, longer than {limit:g} s")
    machines = math.ceil(arrivals / rate / busiest)
    while (1 + waiting(machines, arrivals / rate / machines)) / rate > limit:
        machines += max(1, int(_STEP * machines))
    return machines + 1


def cost(machines: float, price: float, wearers: int) -> float:
    """Dollars a wearer and month.

    Args:
        machines: That run all month.
        price: Of an hour of one, in dollars.
        wearers: Who share them.
    """
    return machines * price * HOURS_A_MONTH / wearers


def table(machines: Sequence[Machine], uses: Sequence[Use], limit: float, busiest: float) -> Iterator[str]:
    """The lines of the table.

    Args:
        machines: To rent.
        uses: By which they are used.
        limit, busiest: See needed().
    """
    yield (
        "| wearers | photos a second | coming in | machine | machines | busy | $ a wearer and month | "
        "$ by load |"
    )
    yield "|---|---:|---:|---|---:|---:|---:|---:|"
    for wearers in WEARERS:
        for use in uses:
            arrivals = use.arrivals(wearers)
            for machine in machines:
                count = needed(arrivals, machine.rate, limit, busiest)
                always = cost(count, machine.price, wearers)
                by_load = cost(max(2.0, count * use.average), machine.price, wearers)
                yield (
                    f"| {wearers:,}, {use.name} | {arrivals:,.1f} | {use.megabit(wearers):,.1f} Mbit/s | "
                    f"{machine.name} | {count:,} | {arrivals / machine.rate / count:.0%} | "
                    f"{always:.2f} | {by_load:.2f} |"
                )


async def request_bytes(side: int) -> float:
    """Bytes of a request of the engine `server` without TCP and TLS: the mean of the demo photos.

    Args:
        side: Pixels of the longer side of a photo.
    """
    received = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        size = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
        received += len(head) + len(await reader.readexactly(size))
        body = json.dumps({"caption": None, "confidence": None, "language": None}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    photos = [jpeg(load_photo(path), side) for path in demo_photos()]
    async with await asyncio.start_server(count, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        engine = EarsightServer(Transport(f"http://127.0.0.1:{port}"))
        for photo in photos:
            await engine.caption(photo, "en", limit=10)
        await engine.close()
    return received / len(photos)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables.

    Args:
        arguments: Words after the program's name; None takes the process'.
    """
    options = _options(arguments)
    picture_bytes = asyncio.run(request_bytes(RemoteSection.model_fields["side"].default))
    on_wire = picture_bytes * (1 + options.overhead)
    uses = [
        Use("presses", options.presses, options.hours, options.peak, on_wire),
        Use("narration", options.narration, options.hours, options.peak, on_wire),
    ]
    machines = [
        Machine("2 cores, built-in model", options.built_in, options.core_price),
        Machine("2 cores, full size, int8", options.full_size, options.core_price),
        Machine("one GPU, full size (assumed)", options.gpu, options.gpu_price),
    ]
    print(
        f"A photo's request has {picture_bytes / 1000:.1f} kB, {on_wire / 1000:.1f} kB with TCP and TLS; "
        f"95 of 100 are described within {options.limit:g} s.\n"
    )
    print("\n".join(table(machines, uses, options.limit, options.busiest)))
    print()
    for use in uses:
        print(f"- {use.name}: {use.megabytes_a_month:,.0f} MB a month are sent by each wearer")
    print("\n| | " + " | ".join(f"{load:.0%} busy" for load in _LOADS) + " |")
    print("|---" + "|---:" * len(_LOADS) + "|")
    for count in (1, 2, 10, 100):
        print(
            f"| {count} {'machine' if count == 1 else 'machines'} | "
            + " | ".join(f"{waiting(count, load):.1f}" for load in _LOADS)
            + " |"
        )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench sizing", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter

    def number(name: str, default: float | None, text: str) -> None:
        said = text if default is None else f"{text} (%(default)s)"
        parser.add_argument(name, type=_positive, default=default, required=default is None, help=said)

    number("--built-in", None, "captions a second of the built-in model on two cores, as measured")
    number("--full-size", None, "captions a second at full size in int8 on two cores, as measured")
    number("--gpu", 25, "captions a second at full size on a GPU: assumed, not measured")
    number("--core-price", 0.10, "dollars for an hour of a machine with two cores")
    number("--gpu-price", 1.00, "dollars for an hour of a machine with a GPU")
    number("--presses", 20, "photos that a wearer sends in an hour of presses")
    number("--narration", 120, "photos that a wearer sends in an hour of narration")
    number("--hours", 4, "hours of a day in which a wearer uses it")
    number("--peak", 0.35, "share of the wearers who use it at the busiest time of the day")
    number("--limit", 2, "seconds in which 95 of 100 photos are to be described")
    number("--busiest", 0.7, "share of what they can do that machines do at most")
    number("--overhead", 0.05, "of TCP and TLS, as a share of what is sent")
    return parser.parse_args(arguments)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: not a number above 0")
    return value


if __name__ == "__main__":
    main()
