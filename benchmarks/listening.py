"""How often voice commands are understood, and how often something else is taken for one.

    script/bench listen [--commands 60] [--others 90] [--sentences FILE ...] [--tuning] [--fit] [--json]

Synthetic voices say commands and other English sentences, quietly and in noise, through the way that sound
takes on a device: the microphone (a WAV file), the process of the recogniser, the decision. They say nothing
about people. Reported are voices and sentences that nothing was tuned on; --tuning takes the others, --fit
fits the weights of listening/hearing.py on them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks import listening_speech as speech
from earsight.actions import ACTIONS
from earsight.listening.grammar import Grammar
from earsight.listening.hearing import ACT_ABOVE, ASK_ABOVE, Evidence, Hearing
from earsight.listening.listener import Listener
from earsight.listening.microphone import RATE
from earsight.listening.wav_microphone import WavMicrophone
from earsight.voice import riff

_OWN_SENTENCES = Path(__file__).with_name("listening_sentences.txt")
_LEVELS = (40.0, 20.0, 10.0)
"""Decibels by which speech is louder than noise: a quiet room, a shop, a street."""


@dataclass(frozen=True)
class Trial:
    """One sentence that was said.

    Attributes:
        voice: That said it.
        noise: That was in the way.
        snr: Decibels by which speech was louder.
        text: What was said.
        is_command: Whether that is one.
        hearing: What was heard.
        seconds: From the end of the sound to the decision, the pause that ends a command not counted.
    """

    voice: str
    noise: str
    snr: float
    text: str
    is_command: bool
    hearing: Hearing
    seconds: float

    def is_right(self, grammar: Grammar) -> bool:
        """Whether what was heard asks for what was asked for: "is there a bus" as "do you see a bus" does."""
        heard = grammar.meanings.get(self.hearing.text)
        return self.is_command and heard == grammar.meanings[self.text]

    def outcome(self, grammar: Grammar) -> str:
        """What comes of it: done, asked, or refused; and "wrong" before it where it is another command."""
        if grammar.command(self.hearing.text) is None or self.hearing.certainty < ASK_ABOVE:
            return "refused"
        wrong = "" if self.is_right(grammar) else "wrong "
        return f"{wrong}{'done' if self.hearing.certainty >= ACT_ABOVE else 'asked'}"


async def hear(listener: Listener, path: Path, samples: np.ndarray) -> tuple[Hearing, float]:
    """Let it hear a recording.

    Args:
        listener: Whose microphone is the file.
        path: The file.
        samples: int16 at RATE.

    Returns:
        What was heard, and the seconds from the end of speech to that.
    """
    wav = riff.header(len(samples), RATE) + samples.astype("<i2").tobytes()
    await asyncio.to_thread(path.write_bytes, wav)
    ended = time.perf_counter()

    async def ready() -> None:
        pass

    async def over() -> None:
        nonlocal ended
        ended = time.perf_counter()

    hearing = await listener.listen(ready, over)
    return hearing, time.perf_counter() - ended


async def trials(
    grammar: Grammar, voices: Sequence[str], texts: Sequence[tuple[str, bool]], seed: int
) -> list[Trial]:
    """Say all texts with all voices, in quiet and in one kind of noise at each further level.

    Args:
        grammar: Of the recogniser.
        voices: Of speech.TUNING or speech.HELD_OUT.
        texts: Each with whether it is a command.
        seed: Of what is chance.
    """
    generator, found = np.random.default_rng(seed), []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        listener = Listener(WavMicrophone(path, real_time=False), grammar, 15.0)
        for voice, (speaks, rate) in _installed(voices):
            babble = speech.babble([await speech.spoken(speaks, rate, text) for text, _ in texts[-6:]])
            noises = {"white": speech.white, "pink": speech.pink, "babble": babble}
            for text, is_command in tqdm(texts, desc=voice, disable=None):
                said = await speech.spoken(speaks, rate, text)
                snr = generator.choice(_LEVELS)
                noise = "white" if snr == _LEVELS[0] else str(generator.choice(list(noises)))
                samples = speech.recorded(said, noises[noise], snr, generator)
                hearing, seconds = await hear(listener, path, samples)
                found.append(Trial(voice, noise, float(snr), text, is_command, hearing, seconds))
            await speaks.close()
        await listener.close()
    return found


def _installed(voices: Sequence[str]) -> Iterator[tuple[str, tuple[speech.Synthesizer, int]]]:
    for voice in voices:
        if (speaks := speech.synthesizer(voice)) is not None:
            yield voice, speaks


def shares(grammar: Grammar, found: Sequence[Trial]) -> dict[str, float]:
    """Of commands: the share of each outcome; of other sentences: the same, after "other"."""
    counted: dict[str, float] = {}
    for is_command, prefix in ((True, ""), (False, "other ")):
        chosen = [trial for trial in found if trial.is_command is is_command]
        for outcome in ("done", "asked", "wrong done", "wrong asked", "refused"):
            share = np.mean([trial.outcome(grammar) == outcome for trial in chosen]) if chosen else np.nan
            counted[prefix + outcome] = round(float(share), 4)
    return counted


def fit(grammar: Grammar, found: Sequence[Trial]) -> dict[str, float]:
    """The weights of listening/hearing.py: a logistic regression of what was right on the evidence."""
    from sklearn.linear_model import LogisticRegression

    names = list(Evidence.__slots__)
    heard = [trial for trial in found if trial.hearing.evidence is not None]
    table = np.array([[getattr(trial.hearing.evidence, name) for name in names] for trial in heard])
    right = [trial.is_right(grammar) for trial in heard]
    centre, spread = table.mean(axis=0), table.std(axis=0)
    model = LogisticRegression(max_iter=2000).fit((table - centre) / spread, right)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ centre)
    return {
        "bias": round(bias, 4),
        **{name: round(float(w), 5) for name, w in zip(names, weights, strict=True)},
    }


def report(grammar: Grammar, found: Sequence[Trial]) -> dict[str, dict[str, float]]:
    """The shares of all, of each level of noise, and of each voice where it is quiet."""
    rows = {"all": shares(grammar, found)}
    for snr in _LEVELS:
        rows[f"{snr:g} dB"] = shares(grammar, [trial for trial in found if trial.snr == snr])
    quiet = [trial for trial in found if trial.snr == _LEVELS[0]]
    for voice in dict.fromkeys(trial.voice for trial in found):
        rows[f"{voice}, quiet"] = shares(grammar, [trial for trial in quiet if trial.voice == voice])
    return rows


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=60, help="for each voice")
    parser.add_argument("--others", type=int, default=90, help="other sentences for each voice")
    parser.add_argument("--sentences", type=Path, nargs="*", default=[], help="further ones, one a line")
    parser.add_argument("--tuning", action="store_true", help="with the voices and sentences of the tuning")
    parser.add_argument("--fit", action="store_true", help="print weights fitted on them instead")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    tuning = given.tuning or given.fit
    grammar = Grammar(ACTIONS)
    chosen = random.Random(given.seed + tuning)
    others: list[str] = []
    for file in (_OWN_SENTENCES, *given.sentences):
        lines = speech.other_sentences(file, held_out=not tuning)
        others += chosen.sample(lines, min(len(lines), given.others // (1 + len(given.sentences))))
    texts = [(text, True) for text in speech.commands(grammar, given.commands, chosen)]
    texts += [(text, False) for text in others]
    voices = speech.TUNING if tuning else speech.HELD_OUT
    found = asyncio.run(trials(grammar, voices, texts, given.seed + tuning))
    if given.fit:
        print(json.dumps(fit(grammar, found)))
        return
    rows = report(grammar, found)
    median = float(np.median([trial.seconds for trial in found]))
    if given.json:
        wrong = [(t.voice, t.snr, t.noise, t.text, t.hearing.text, t.outcome(grammar)) for t in found]
        print(json.dumps({"shares": rows, "seconds": round(median, 3), "trials": wrong}))
        return
    for name, row in rows.items():
        print(f"{name:24}", "  ".join(f"{key} {100 * share:.1f} %" for key, share in row.items() if share))
    print(f"from the end of a command to the decision: {median:.2f} s, median, after the pause that ends it")


if __name__ == "__main__":
    main()
