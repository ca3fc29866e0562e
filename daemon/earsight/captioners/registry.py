"""Every captioner by the name that the settings have for its engine.

A new engine is a module, an entry here, and a class in config/captioner.py. Its module is imported when it is
chosen: where its library crashes, there must still be a voice to say so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from earsight.bundles.bundle import BundleOpener, bundle_folder, open_bundle
from earsight.captioners.captioner import Captioner
from earsight.config.captioner import (
    CaptionerSection,
    GreedyDecoding,
    HuggingFaceCaptionerSection,
    NucleusDecoding,
    OnnxCaptionerSection,
)
from earsight.errors import CaptionerError

_log = logging.getLogger(__name__)


def build_captioner(
    section: CaptionerSection, language: str = "en", opened: BundleOpener = open_bundle
) -> Captioner:
    """Load the configured captioner.

    Args:
        section: The settings.
        language: Code of that of the captions, where the captioner has it.
        opened: Opens bundles.

    Raises:
        CaptionerError: It can't be loaded.
    """
    captioner = CAPTIONERS[section.engine](section, language, opened)
    if problem := captioner.placement.problem:
        _log.warning("%s; using the processor instead", problem)
    return captioner


def _onnx(section: OnnxCaptionerSection, language: str, opened: BundleOpener) -> Captioner:
    from earsight.captioners.onnx import OnnxCaptioner
    from earsight.captioners.sampling import Nucleus
    from earsight.inference.providers import Provider

    decode, nucleus = section.decode, None
    if isinstance(decode, NucleusDecoding):
        nucleus = Nucleus(decode.samples, decode.top_p, decode.temperature, decode.seed)
    return OnnxCaptioner(
        opened(bundle_folder(str(section.bundle))),
        threads=section.threads,
        beams=1 if isinstance(decode, GreedyDecoding) else section.beams,
        max_tokens=section.max_tokens,
        provider=Provider(section.provider, section.provider_options),
        time_limit=section.time_limit,
        language=language,
        nucleus=nucleus,
    )


def _huggingface(section: HuggingFaceCaptionerSection, _language: str, _opened: BundleOpener) -> Captioner:
    try:
        from earsight.captioners.huggingface import HuggingFaceCaptioner
    except (ImportError, OSError) as error:  # OSError: a torch that was built for another board
        raise CaptionerError(
            f"the engine huggingface can't be loaded ({error}): pip install 'earsight[huggingface]'"
        ) from error
    return HuggingFaceCaptioner(
        section.model,
        threads=section.threads,
        beams=section.beams,
        max_tokens=section.max_tokens,
        provider=section.provider,
        time_limit=section.time_limit,
    )


CAPTIONERS: Mapping[str, Callable[[Any, str, BundleOpener], Captioner]] = {
    "onnx": _onnx,
    "huggingface": _huggingface,
}
"""What loads a captioner from its own class of settings."""
