"""A board's report as a page to read aloud or to paste, and as a row of the table in docs/boards.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def page(report: dict[str, Any]) -> str:
    """One sentence a line, the most important first, in an order that can be listened to.

    Args:
        report: What earsight.commands.board_report has measured.
    """
    return "\n".join([*_sentences(report), "", "The row for docs/boards.md:", "", row(report), ""])


def row(report: dict[str, Any]) -> str:
    """A row of the table of measurements in docs/boards.md."""
    machine, presses, camera = report["machine"], report["presses"], report["camera"]
    sensors, bundle = report["sensors"], report["bundles"][0] if report["bundles"] else {}
    cells = [
        f"{machine['processor']}, {machine['system']}",
        _pair(presses, "tone_ms", "ms"),
        _pair(presses, "words_ms", "ms"),
        _figure(camera.get("per_second"), ""),
        _rounded(bundle.get("caption_ms"), "ms"),
        _figure(bundle.get("ratio"), ""),
        _figure(bundle.get("ready_s"), "s"),
        _figure(report["memory_mb"], "MB"),
        _figure(sensors["celsius_most"], "°C") + (", throttled" if sensors["throttled"] else ""),
        _figure(sensors["watts_mean"], "W"),
    ]
    return f"| {' | '.join(cells)} |"


def _sentences(report: dict[str, Any]) -> Iterator[str]:
    machine, presses, camera = report["machine"], report["presses"], report["camera"]
    yield f"Earsight {machine['earsight']} on {machine['processor']}, {machine['system']}."
    yield f"{machine['cores']} cores, {machine['memory_gb']} gigabytes of memory."
    if "error" in presses:
        yield f"Presses could not be measured: {presses['error']}."
    else:
        yield (
            f"From the press to the tone: {_spoken(presses['tone_ms'])}. "
            f"From the press to the first word: {_spoken(presses['words_ms'])}. "
            f"{presses['count']} presses, each a {presses['from']}; the sound went to a {presses['sound']}."
        )
        if presses["described"] < presses["count"]:
            yield f"Only {presses['described']} of them were answered with a description."
    if "error" in camera:
        yield f"The camera could not be measured: {camera['error']}."
    else:
        yield (
            f"The camera, {camera['source']}, gives {camera['per_second']} pictures a second of "
            f"{camera['width']} times {camera['height']} pixels; the longest pause was "
            f"{camera['longest_pause_ms']} milliseconds."
        )
    for bundle in report["bundles"]:
        yield from _bundle(bundle)
    yield f"The service takes {report['memory_mb']} megabytes of memory."
    yield from _sensors(report["sensors"])
    faults = [f"{each['name']} ({each['status']})" for each in report["doctor"] if each["status"] != "ok"]
    yield f"The doctor found: {', '.join(faults)}." if faults else "The doctor found nothing wrong."


def _bundle(bundle: dict[str, Any]) -> Iterator[str]:
    if "error" in bundle:
        yield f"The bundle {bundle['bundle']} could not be measured."
        return
    against = f", {bundle['ratio']} times the least that this machine needs" if bundle["ratio"] else ""
    yield (
        f"A caption of the bundle {bundle['bundle']}: {bundle['caption_ms']:.0f} milliseconds, the "
        f"median{against}. "
        f"It is ready {bundle['ready_s']} seconds after its start."
    )


def _sensors(sensors: dict[str, Any]) -> Iterator[str]:
    if sensors["celsius_most"] is not None:
        yield (
            f"The hottest sensor began at {sensors['celsius_first']} degrees and came to "
            f"{sensors['celsius_most']}."
        )
    yield "The board was slowed down." if sensors["throttled"] else "The board was not slowed down."
    if sensors["watts_mean"] is not None:
        yield f"It used {sensors['watts_mean']} watts on average, {sensors['watts_most']} at most."


def _spoken(milliseconds: dict[str, float] | None) -> str:
    if milliseconds is None:
        return "none sounded"
    return f"{milliseconds['p50']:.0f} milliseconds, 95 of 100 within {milliseconds['p95']:.0f}"


def _pair(figures: dict[str, Any], name: str, unit: str) -> str:
    pair = figures.get(name)
    return "—" if pair is None else f"{pair['p50']:.0f} / {pair['p95']:.0f} {unit}"


def _rounded(value: float | None, unit: str) -> str:
    return _figure(None if value is None else round(value), unit)


def _figure(value: float | None, unit: str) -> str:
    return "—" if value is None else f"{value:g} {unit}".strip()
