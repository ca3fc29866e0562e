"""Which captioner is loaded for which settings."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from earsight.bundles.bundle import bundle_folder, open_bundle
from earsight.captioners.onnx import OnnxCaptioner
from earsight.captioners.registry import CAPTIONERS, build_captioner
from earsight.config.captioner import (
    AnyDecoding,
    BeamDecoding,
    GreedyDecoding,
    HuggingFaceCaptionerSection,
    NucleusDecoding,
    OnnxCaptionerSection,
)
from earsight.config.schema import Config
from earsight.config.section import section_kinds
from earsight.doctor.examination import checks, run_checks
from earsight.doctor.finding import Status
from earsight.errors import CaptionerError

HUGGINGFACE = HuggingFaceCaptionerSection(engine="huggingface", model=Path("somewhere"))


def test_every_engine_that_the_settings_take_is_registered() -> None:
    kinds = section_kinds(Config.model_fields["captioner"].annotation)
    assert [get_args(kind.model_fields["engine"].annotation)[0] for kind in kinds] == list(CAPTIONERS)


def test_the_engine_onnx_is_the_default() -> None:
    assert isinstance(build_captioner(OnnxCaptionerSection(threads=1)), OnnxCaptioner)


@pytest.fixture(params=["torch", "transformers"])
def missing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    for module in ("huggingface", "vision_tower"):
        monkeypatch.delitem(sys.modules, f"earsight.captioners.{module}", raising=False)
    monkeypatch.setitem(sys.modules, request.param, None)
    return str(request.param)


@pytest.mark.usefixtures("missing")
def test_without_its_packages_the_engine_huggingface_says_how_to_get_them() -> None:
    with pytest.raises(CaptionerError, match=r"pip install 'earsight\[huggingface\]'$"):
        build_captioner(HUGGINGFACE)


@pytest.mark.usefixtures("missing")
def test_the_doctor_says_so_too() -> None:
    model = checks(Config(captioner=HUGGINGFACE))["model"]
    (finding,) = asyncio.run(run_checks({"model": model}))
    assert finding.status is Status.FAILURE
    assert finding.detail.endswith("pip install 'earsight[huggingface]'")


def test_a_provider_that_is_missing_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    section = OnnxCaptionerSection(threads=1, provider="abacus", provider_options={"beads": 10})
    assert build_captioner(section).placement.problem
    (record,) = caplog.records
    assert record.message.startswith("captioner.provider: this ONNX Runtime has no abacus; it has ")
    assert record.message.endswith("; using the processor instead")


def test_the_doctor_tells_what_computes_and_warns_of_a_provider_that_is_missing() -> None:
    def found(provider: str):
        model = checks(Config(captioner=OnnxCaptionerSection(threads=1, provider=provider)))["model"]
        (finding,) = asyncio.run(run_checks({"model": model}))
        return finding

    fine = found("cpu")
    assert fine.status is Status.OK
    assert re.search(r"; encoder\.onnx(, [a-z]+\.onnx)* and [a-z]+\.onnx on CPU$", fine.detail)
    missing = found("abacus")
    assert missing.status is Status.WARNING
    assert "has no abacus" in missing.detail
    assert missing.detail.endswith(".onnx on CPU")
    assert missing.advice


@pytest.mark.parametrize(
    ("decode", "drawn"),
    [
        (BeamDecoding(), False),
        (GreedyDecoding(method="greedy"), False),
        (NucleusDecoding(method="nucleus", samples=2, seed=3), True),
    ],
)
def test_captions_are_found_as_the_settings_say(decode: AnyDecoding, drawn: bool) -> None:
    captioner = build_captioner(OnnxCaptionerSection(threads=1, decode=decode, max_tokens=8))
    assert isinstance(captioner, OnnxCaptioner)
    prefix = captioner.encode(captioner.prepare(np.full((9, 9, 3), 99, np.uint8))).prefix
    found = captioner.search(prefix)
    assert found == captioner.search(prefix)
    beams = open_bundle(bundle_folder("builtin")).manifest.captioning.decode.beams
    assert len(found) == {"beam": beams, "greedy": 1, "nucleus": 2}[decode.method]
    if drawn:
        other = NucleusDecoding(method="nucleus", samples=2, seed=4, temperature=3.0)
        captioner = build_captioner(OnnxCaptionerSection(threads=1, decode=other, max_tokens=8))
        assert isinstance(captioner, OnnxCaptioner)
        assert found != captioner.search(prefix)
