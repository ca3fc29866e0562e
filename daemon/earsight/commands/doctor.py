"""earsight doctor: is everything there that Earsight needs, and what to do if not."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import re
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from earsight.commands.arguments import add_language
from earsight.config.loader import ConfigError, load_config, readable_language, readable_voice
from earsight.config.schema import Config
from earsight.config.voice import AutoVoice, VoiceSection
from earsight.doctor.examination import examine
from earsight.doctor.finding import Finding, Status, line, spoken
from earsight.language.language import Language
from earsight.language.languages import load_language
from earsight.language.utterance import Priority, Utterance
from earsight.service.say_once import say

_PLACE = re.compile(r".*?:(\d+): ")
"""FILE:LINE: at the beginning of a mistake in a configuration."""


EXAMPLES = ("--speak --config earsight.yaml",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file to check against")
    add_language(parser, "as configured")
    parser.add_argument("--json", action="store_true", help="print a JSON list of the findings")
    parser.add_argument("--speak", action="store_true", help="say the findings aloud")


def run(arguments: argparse.Namespace) -> int:
    """0: no failure. 1: at least one. Raises ConfigError, and says the mistakes if it is to speak."""
    # The findings have it all: without a handler, Python would print warnings as well.
    logging.getLogger("earsight").addHandler(logging.NullHandler())
    try:
        config = load_config(arguments.config)
    except ConfigError as error:
        if arguments.speak:
            language = load_language(arguments.language or readable_language(arguments.config))
            voice = readable_voice(arguments.config)
            asyncio.run(_speak(voice, language, spoken(_mistakes(error), language)))
        raise
    if arguments.language:
        config = config.model_copy(update={"language": arguments.language})
    return asyncio.run(_run(config, as_json=arguments.json, speak=arguments.speak))


async def _run(config: Config, *, as_json: bool, speak: bool) -> int:
    findings = await examine(config)
    if as_json:
        print(json.dumps([_row(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(line(finding))
    if speak:
        language = load_language(config.language)
        details = [each.detail for each in findings]
        await _speak(config.voice, language, spoken(findings, language), details)
    return 1 if any(finding.status is Status.FAILURE for finding in findings) else 0


def _row(finding: Finding) -> dict[str, str]:
    return {
        "name": finding.name,
        "status": finding.status,
        "detail": finding.detail,
        "advice": finding.advice,
    }


def _mistakes(error: ConfigError) -> list[Finding]:
    return [
        Finding("settings", Status.FAILURE, _PLACE.sub(r"line \1, ", problem, count=1), spoken=(said,))
        for problem, said in zip(error.problems, error.spoken_problems, strict=True)
    ]


async def _speak(
    voice: VoiceSection, language: Language, texts: Sequence[str], on_screen: Collection[str] = ()
) -> None:
    """By the configured voice; where that can't be heard, by whatever can.

    Args:
        voice: The settings of the configured voice.
        language: The language of the texts.
        texts: What to say, an utterance each.
        on_screen: What has been printed: what is wrong with the voice is not told twice.
    """
    utterances = [Utterance(text, Priority.ANSWER, language.code) for text in texts]
    failures = dict.fromkeys(str(error) for error in await say(utterances, (voice, AutoVoice())))
    for failure in failures:
        # The findings are on the screen already, the voice's own failure often among them.
        if not any(failure in told for told in on_screen):
            print(f"earsight: {failure}", file=sys.stderr)
