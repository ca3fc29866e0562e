"""The comparison of captioners, whole, on weights so small that it takes a moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")

from benchmarks.full_size import noise, weights  # noqa: E402
from benchmarks.full_size.__main__ import agreements_of, main  # noqa: E402
from benchmarks.full_size.cached import Cached  # noqa: E402
from benchmarks.full_size.comparison import Measured, compare, missed, ratios  # noqa: E402
from benchmarks.full_size.identity import agreement  # noqa: E402
from benchmarks.full_size.plot import alternative_text, write_plot  # noqa: E402
from benchmarks.full_size.published import Uncached  # noqa: E402
from benchmarks.full_size.search import beam_search  # noqa: E402
from benchmarks.full_size.sizes import TINY  # noqa: E402
from benchmarks.full_size.system import Job  # noqa: E402
from benchmarks.full_size.systems import BUNDLE, CACHED, FLOAT32, INT8, PUBLISHED, SYSTEMS  # noqa: E402
from benchmarks.full_size.table import as_json, markdown  # noqa: E402
from benchmarks.full_size.worker import InProcess, Worker, WorkerError, child_environment  # noqa: E402
from tests.training.bundles.test_identity import talkative  # noqa: E402
from tests.training.gpt2_models import gpt2_model  # noqa: E402
from tests.training.published_search import published_search  # noqa: E402

PREFIXES, BEAMS, LONGEST, STOP = 20, 7, 12, 13


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("work") / TINY.name
    weights.make(made, TINY)
    return made


@pytest.fixture(scope="module")
def systems(folder):
    """Without processes of their own: importing torch in each would take most of the time."""
    return {name: InProcess(Job(name, str(folder), TINY.name, threads=1)) for name in SYSTEMS}


def measured(system, *totals):
    return Measured(system, [{"encode": 0.1, "total": total} for total in totals], 6, None, 100.0, 120.0)


def test_the_table_has_every_system(systems, tmp_path):
    rows = compare(systems, 2, TINY.tokens)
    agreements = agreements_of(systems, PREFIXES)
    text = markdown(rows, agreements, 1)
    assert [row.system for row in rows] == list(SYSTEMS)
    for description in SYSTEMS.values():
        assert f"| {description.title} | " in text
        assert f"{description.title}: " in alternative_text(rows)
    assert all(set(row.seconds[0]) >= {"encode", "decode", "total"} for row in rows)
    assert json.loads(json.dumps(as_json(rows, agreements, 1)))["ratios"][PUBLISHED] == 1
    write_plot(tmp_path / "plot.svg", rows, "a machine")
    assert alternative_text(rows)[:40] in (tmp_path / "plot.svg").read_text()


def test_published_cached_and_ours_find_the_same_tokens(systems):
    ours, published = agreements_of(systems, PREFIXES)
    assert (ours.systems, ours.prefixes, published.prefixes) == ((FLOAT32, CACHED), PREFIXES, 1)
    assert not ours.differences
    assert not published.differences
    assert ours.score_error < 1e-4
    assert ours.captions > PREFIXES / 2, "the same caption again and again would show little"


@pytest.mark.parametrize("reader", [Uncached, Cached])
def test_the_search_is_the_plain_reading_of_the_published_one(reader):
    """With captions that end, and are of several lengths."""
    gpt2 = talkative(gpt2_model(), STOP, willing=3.0)
    prefixes = torch.randn(12, 4, 64, generator=torch.Generator().manual_seed(4))
    lengths = set()
    for prefix in prefixes:
        expected = published_search(gpt2, prefix, BEAMS, LONGEST, STOP)
        found = beam_search(reader(gpt2), prefix[None], BEAMS, LONGEST, STOP)
        assert [tokens for tokens, _ in found] == [tokens for tokens, _ in expected]
        assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)
        lengths |= {len(tokens) for tokens, _ in found}
    assert len(lengths) > 2


class Liar:
    """Finds what another does, but for one token after one prefix."""

    def __init__(self, system):
        self.system = system

    def ask(self, question, prefix):
        found = self.system.ask(question, prefix=prefix)
        if prefix == 1:
            tokens, score = found[2]
            found[2] = ((*tokens[:3], (tokens[3] + 1) % TINY.vocabulary, *tokens[4:]), score)
        return found


def test_another_token_is_found_and_judged(systems):
    cached = systems[CACHED]
    found = agreement(("liar", CACHED), Liar(cached), cached, cached, 3)
    (difference,) = found.differences
    assert (found.same, difference.prefix, difference.beam, difference.position) == (2, 1, 2, 3)
    assert difference.token_gap != 0
    assert "prefix 1, beam 3, token 4: liar's token is likelier" in markdown(
        [measured(CACHED, 1.0)], [found], 1
    )


def test_weights_are_kept_until_what_makes_them_changes(folder, monkeypatch):
    written = (folder / "published.pt").stat().st_mtime_ns
    weights.make(folder, TINY)
    assert (folder / "published.pt").stat().st_mtime_ns == written
    monkeypatch.setattr(weights, "_code", lambda: "another exporter")
    monkeypatch.setattr(weights, "_write_bundles", lambda *_: None)
    weights.make(folder, TINY)
    assert (folder / "published.pt").stat().st_mtime_ns > written


def test_ratios_are_of_medians():
    rows = [measured(PUBLISHED, 9.0, 10.0, 50.0), measured(FLOAT32, 0.9, 1.0, 1.1)]
    assert ratios(rows) == {PUBLISHED: 1.0, FLOAT32: 10.0}
    assert missed(rows) == ["float32 is 10.0 times as fast as the published algorithm, wanted 15"]
    assert missed([measured(PUBLISHED, 9.0), measured(FLOAT32, 0.5)]) == []
    assert ratios(rows[1:]) == {}


def test_int8_is_to_stay_within_its_memory():
    row = replace(measured(INT8, 1.0), resident_mb=500.0)
    assert missed([row]) == ["int8 holds 500 MB, wanted at most 450"]


def test_a_caption_of_another_length_is_refused(systems):
    with pytest.raises(ValueError, match=r"float32: a caption of 6 tokens, not 7"):
        compare({FLOAT32: systems[FLOAT32]}, 1, 7)


def test_a_worker_answers_from_a_process_of_its_own_and_says_when_it_ends(folder, systems):
    worker = Worker(Job(FLOAT32, str(folder), TINY.name, threads=1))
    try:
        ours = worker.ask("search", prefix=5)
        assert [tuple(tokens) for tokens, _ in ours] == [
            tokens for tokens, _ in systems[FLOAT32].ask("search", prefix=5)
        ]
        assert len(worker.ask("caption")["tokens"]) == TINY.tokens
        memory, here = worker.ask("memory"), systems[FLOAT32].ask("memory")
        assert memory["resident_mb"] <= memory["peak_mb"] < here["resident_mb"], "without torch"
        with pytest.raises(WorkerError, match="float32: the worker ended with status"):
            worker.ask("nonsense")
    finally:
        worker.close()


def test_workers_die_with_their_parent():
    start = (
        "import subprocess, sys\n"
        "from benchmarks.full_size import noise\n"
        "with noise.noise() as child:\n"
        "    print(child, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-P", "-c", start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=child_environment(1),
        text=True,
    )
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            break
        time.sleep(0.02)
    else:
        assert not Path(f"/proc/{child}").exists(), "it goes on without its parent"


def test_captions_of_a_bundle_in_quiet_and_under_noise(folder):
    job = Job(BUNDLE, str(folder / "int8"), TINY.name, threads=1)
    found = noise.spreads(InProcess(job), 5)
    assert list(found) == ["quiet", "noise"]
    assert all(spread.p50 <= spread.p99 <= spread.longest for spread in found.values())
    assert noise.markdown(found).count("\n") == 3


def test_the_command_prints_the_table_and_writes_figures_and_plot(folder, tmp_path, capsys):
    figures, plot = tmp_path / "figures.json", tmp_path / "plot.png"
    options = ["--sizes", "tiny", "--work", str(folder.parent), "--rounds", "2", "--threads", "1"]
    options += ["--only", FLOAT32, INT8, "--json", str(figures), "--plot", str(plot)]
    assert main(options) == 0
    said = capsys.readouterr().out
    assert "1 threads each; python 3." in said
    assert f"| {SYSTEMS[INT8].title} |" in said
    assert [len(row["seconds"]) for row in json.loads(figures.read_text())["systems"]] == [2, 2]
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--rounds", "0"], "not a whole number above 0"),
        (["--plot", "plot.pdf"], "has to end in .svg or .png"),
        (["--identity", "5", "--only", FLOAT32], "leave them in --only"),
    ],
)
def test_impossible_wishes_are_refused(options, problem, capsys):
    with pytest.raises(SystemExit):
        main(options)
    assert problem in capsys.readouterr().err
