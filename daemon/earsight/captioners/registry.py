"""Which captioner runs for which engine of the settings.

An engine's module is imported when it is chosen: where its library crashes, there must still be a voice to
say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from earsight.bundles.bundle import bundle_folder, open_bundle
from earsight.captioners.captioner import Captioner
from earsight.config.captioner import CaptionerSection
from earsight.errors import CaptionerError


def build_captioner(section: CaptionerSection) -> Captioner:
    """Load the captioner that the settings ask for.

    Raises:
        CaptionerError: It can't be loaded.
    """
    return _ENGINES[section.engine](section)


def _onnx(section: CaptionerSection) -> Captioner:
    from earsight.captioners.onnx import OnnxCaptioner

    return OnnxCaptioner(
        open_bundle(bundle_folder(str(section.bundle))),
        threads=section.threads,
        beams=section.beams,
        max_tokens=section.max_tokens,
        provider=section.provider,
        time_limit=section.time_limit,
    )


def _huggingface(section: CaptionerSection) -> Captioner:
    try:
        from earsight.captioners.huggingface import HuggingFaceCaptioner
    except (ImportError, OSError) as error:  # OSError: a torch that was built for another board
        raise CaptionerError(
            f"the engine huggingface can't be loaded ({error}): pip install 'earsight[huggingface]'"
        ) from error
    assert section.model is not None  # the config has checked it
    return HuggingFaceCaptioner(
        section.model,
        threads=section.threads,
        beams=section.beams,
        max_tokens=section.max_tokens,
        time_limit=section.time_limit,
    )


_ENGINES: Mapping[str, Callable[[CaptionerSection], Captioner]] = {"onnx": _onnx, "huggingface": _huggingface}
