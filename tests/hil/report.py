"""The report of a run as one page: a table of all scenarios, then the sound, times and journal of each.

It is read by ear as well: headings and table headers say all that colours say.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from tests.hil.record import FAILED, FAILED_FIRST, JOURNAL, PASSED_LATE, SOUND, Scenario, load_all

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { border: 1px solid #999; padding: .2rem .6rem; text-align: left; }
pre { overflow-x: auto; background: #f3f3f3; color: #111; padding: .6rem; }
.failed { color: #a00; }
"""


def write_html(folder: Path) -> Path:
    """index.html in the folder of the scenarios' records."""
    scenarios = load_all(folder)
    facts = folder / "machine.json"
    machine = json.loads(facts.read_text()) if facts.is_file() else {}
    late = sum(scenario.result == PASSED_LATE for scenario in scenarios)
    failed = sum(scenario.result == FAILED for scenario in scenarios)
    count = sum(scenario.result != FAILED_FIRST for scenario in scenarios)
    rows = "".join(_row(scenario) for scenario in scenarios)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Earsight, simulated</title>'
        f"<style>{_STYLE}</style><h1>Earsight on the simulated device</h1>"
        f"<p>{count} scenarios, {failed} failed, {late} passed at the second try.</p>"
        f"<h2>The machine</h2>{_table(machine)}"
        f"<h2>All scenarios</h2><table><tr><th>Scenario<th>Result<th>Seconds<th>Times</tr>{rows}</table>"
        f"{''.join(_section(folder, scenario) for scenario in scenarios)}</html>"
    )
    index = folder / "index.html"
    index.write_text(page, encoding="utf-8")
    return index


def write_markdown(folder: Path) -> Path:
    """table.md in that folder: the table of docs/reliability.md."""
    lines = ["| scenario | result | times in the device |", "|---|---|---|"]
    for scenario in load_all(folder):
        times = "; ".join(f"{what} {figure}" for what, figure in scenario.figures().items())
        lines.append(f"| {scenario.title} | {scenario.result} | {times} |")
    table = folder / "table.md"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return table


def _row(scenario: Scenario) -> str:
    times = "; ".join(f"{escape(what)} {figure}" for what, figure in scenario.figures().items())
    link = f'<a href="#{escape(scenario.name)}">{escape(scenario.title)}</a>'
    return (
        f'<tr><td>{link}<td class="{escape(scenario.result)}">{escape(scenario.result)}'
        f"<td>{scenario.seconds:.0f}<td>{times}</tr>"
    )


def _section(folder: Path, scenario: Scenario) -> str:
    place = folder / scenario.name
    parts = [f'<h2 id="{escape(scenario.name)}">{escape(scenario.title)}</h2>']
    parts.append(f'<p class="{escape(scenario.result)}">Result: {escape(scenario.result)}</p>')
    if figures := scenario.figures():
        parts.append(_table(figures))
    if scenario.message:
        parts.append(f"<h3>What failed</h3><pre>{escape(scenario.message)}</pre>")
    if (place / SOUND).is_file():
        source = escape(f"{scenario.name}/{SOUND}")
        parts.append(f'<h3>What was heard</h3><audio controls preload="none" src="{source}"></audio>')
    if (place / JOURNAL).is_file():
        parts.append(f"<h3>Journal</h3><pre>{escape((place / JOURNAL).read_text(errors='replace'))}</pre>")
    return "".join(parts)


def _table(values: dict[str, object]) -> str:
    rows = "".join(f"<tr><th>{escape(str(k))}<td>{escape(str(v))}</tr>" for k, v in values.items())
    return f"<table>{rows}</table>"
