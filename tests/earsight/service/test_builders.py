"""What is built for which configuration, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.description import WordingSection
from earsight.config.schema import Config
from earsight.language.language import Phrasing, Style
from earsight.service.builders import build_policy


def test_the_daemon_needs_no_torch() -> None:
    """Neither its service nor any command or check, with a captioner that was built and has worked."""
    code = """
import pkgutil, sys
from importlib import import_module
import earsight
for module in pkgutil.walk_packages(earsight.__path__, "earsight."):
    if module.name not in ("earsight.captioners.huggingface", "earsight.captioners.vision_tower"):
        if not module.name.endswith(("__main__", "pyttsx3_child")):
            import_module(module.name)
from earsight.config.captioner import HuggingFaceCaptionerSection, OnnxCaptionerSection
from earsight.captioners.registry import build_captioner
from earsight.service.builders import build_policy
from earsight.language.language import Phrasing, Style
build_captioner(OnnxCaptionerSection(threads=1, max_tokens=4)).warm_up()
print(sorted({"torch", "transformers", "huggingface_hub"} & set(sys.modules)))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(__file__).parents[3] / "daemon")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.stdout, ended.stderr) == ("[]\n", "")


def test_the_policy_has_the_wording_of_the_configuration():
    wording = WordingSection(
        style="careful", plain_above=0.9, probably_above=0.6, maybe_above=0.3, likely_above=0.7
    )
    policy = build_policy(Config(wording=wording))
    assert policy.phrasing == Phrasing(0.9, probably=0.6, maybe=0.3, likely=0.7, style=Style.CAREFUL)


def test_a_look_has_time_for_a_caption_that_takes_all_of_its_own():
    assert build_policy(Config(captioner=OnnxCaptionerSection(time_limit=20))).look_limit > 20
    assert build_policy(Config()).look_limit == 10
