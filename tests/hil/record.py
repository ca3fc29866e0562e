"""What a run leaves of each scenario: its result, its timings, what was heard, and the journal."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

SOUND, JOURNAL = "heard.wav", "journal.txt"

PASSED, FAILED = "passed", "failed"
FAILED_FIRST, PASSED_LATE = "failed at the first try", "passed at the second try"


@dataclass
class Scenario:
    """name: of its folder in the report. once: not to be tried again where it fails. timings: seconds by what
    took them. counts: how many of what."""

    name: str
    title: str
    result: str = PASSED
    message: str = ""
    seconds: float = 0.0
    once: bool = False
    timings: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def took(self, what: str, seconds: float) -> None:
        """Note a time for the report; of several with one name the longest counts."""
        self.timings[what] = round(max(seconds, self.timings.get(what, 0.0)), 3)

    def counted(self, what: str, count: int) -> None:
        self.counts[what] = count

    def figures(self) -> dict[str, str]:
        """All of them, as they are to be read."""
        times = {what: f"{seconds:.2f} s" for what, seconds in self.timings.items()}
        return times | {what: str(count) for what, count in self.counts.items()}

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scenario.json").write_text(json.dumps(asdict(self), indent=1))


def load_all(folder: Path) -> list[Scenario]:
    """In the order in which they ran."""
    files = sorted(folder.glob("*/scenario.json"), key=lambda file: file.stat().st_mtime_ns)
    return [Scenario(**json.loads(file.read_text())) for file in files]
