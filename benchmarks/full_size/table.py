"""What was measured, as Markdown with the ratios first, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from typing import Any

from benchmarks.full_size.comparison import WANTED, Measured, ratios
from benchmarks.full_size.identity import TokenAgreement
from benchmarks.full_size.systems import SYSTEMS
from benchmarks.machine import processor
from earsight.bench.machine import machine as of_machine

PACKAGES = ("torch", "onnxruntime", "transformers")
_HEAD = (
    "times as fast",
    "a caption",
    "encode",
    "mapper",
    "decode",
    "resident, peak",
    "search",
    "parameters (as published)",
)


def machine(threads: int) -> str:
    """Describe the machine and the versions, in a line.

    Args:
        threads: Of each system.
    """
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    found = of_machine()
    memory, python = found["memory_gb"], found["python"]
    return f"{processor()}, {memory:.0f} GB; {threads} threads each; python {python}, {versions}"


def markdown(measured: Sequence[Measured], agreements: Sequence[TokenAgreement], threads: int) -> str:
    """Write the comparison as Markdown.

    Args:
        measured: The systems, in order.
        agreements: Comparisons of tokens.
        threads: Of each system.
    """
    rows = list(measured)
    tokens, rounds = rows[0].tokens, len(rows[0].seconds)
    lines = [machine(threads), ""]
    for name, ratio in ratios(rows).items():
        if name in WANTED:
            title = SYSTEMS[name].title
            lines.append(f"- {title}: **{ratio:.1f} times** as fast as the published algorithm")
    lines += ["", "| system | " + " | ".join(_HEAD) + " |", "|---|" + "---:|" * len(_HEAD)]
    lines += [_row(row, ratios(rows).get(row.system)) for row in rows]
    lines += [
        "",
        f"Random weights, {tokens} new tokens, one picture, medians of {rounds} rounds in which the systems "
        "took turns, each in a process of its own. Encode is from pixels, with preprocessing, and with the "
        "mapper where that has no column of its own. Memory is of the whole process: after the first "
        "caption, and at most.",
    ]
    for one in agreements:
        lines += ["", *_agreement(one)]
    return "\n".join(lines)


def _row(row: Measured, ratio: float | None) -> str:
    description = SYSTEMS[row.system]
    published = f" ({description.parameters})" if description.parameters else ""
    cells = (
        description.title,
        "" if ratio is None else f"{ratio:.2f}",
        *(_milliseconds(row.median(stage)) for stage in ("total", "encode", "mapper", "decode")),
        f"{row.resident_mb:.0f}, {row.peak_mb:.0f} MB",
        description.search,
        "" if row.parameters is None else f"{row.parameters / 1e6:.1f} M{published}",
    )
    return "| " + " | ".join(cells) + " |"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:,.0f} ms"


def _agreement(one: TokenAgreement) -> list[str]:
    lines = [
        f"{one.systems[0]} and {one.systems[1]}: all {one.beams} sequences the same, in the same order, "
        f"after {one.same} of {one.prefixes} random prefixes ({one.captions} different best captions; mean "
        f"log-probabilities of the same tokens at most {one.score_error:.1g} apart)."
    ]
    for difference in one.differences:
        lines.append(
            f"- prefix {difference.prefix}, beam {difference.beam + 1}, token {difference.position + 1}: "
            f"{one.systems[0]}'s token is likelier by {difference.token_gap:.2g}, its whole sequence by "
            f"{difference.mean_gap:.2g} a token (log-probabilities by the cached torch)"
        )
    return lines


def as_json(
    measured: Sequence[Measured], agreements: Sequence[TokenAgreement], threads: int
) -> dict[str, Any]:
    """Return all figures as JSON values.

    Args:
        measured: The systems, in order.
        agreements: Comparisons of tokens.
        threads: Of each system.
    """
    found = ratios(list(measured))
    return {
        "ratios": found,
        "machine": machine(threads),
        "threads": threads,
        "systems": [
            asdict(row)
            | {
                "title": SYSTEMS[row.system].title,
                "search": SYSTEMS[row.system].search,
                "median_seconds": {stage: row.median(stage) for stage in row.seconds[0]},
            }
            for row in measured
        ],
        "identity": [asdict(one) | {"same": one.same} for one in agreements],
    }
