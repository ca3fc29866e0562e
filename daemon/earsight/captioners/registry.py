"""Every captioner by the name that the settings have for its engine.

A new engine is a module, an entry here, and a class in config/captioner.py. Its module is imported when it is
chosen: where its library crashes, there must still be a voice to say so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from earsight.bundles.bundle import BundleOpener, bundle_folder, open_bundle
from earsight.captioners.calibration_file import read_calibrations
from earsight.captioners.captioner import Captioner
from earsight.config.captioner import (
    CaptionerSection,
    GreedyDecoding,
    HuggingFaceCaptionerSection,
    NucleusDecoding,
    OnnxCaptionerSection,
    RemoteCaptionerSection,
)
from earsight.config.remote import ChatSection
from earsight.errors import CaptionerError

if TYPE_CHECKING:
    from earsight.captioners.remote.model import RemoteModel

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


def _onnx(section: CaptionerSection, language: str, opened: BundleOpener) -> Captioner:
    from earsight.captioners.onnx import OnnxCaptioner
    from earsight.captioners.sampling import Nucleus
    from earsight.inference.providers import Provider

    # What only stands in for another machine decodes as the bundle says.
    decode = section.decode if isinstance(section, OnnxCaptionerSection) else None
    nucleus = None
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
        calibrations=read_calibrations(section.calibration, section.calibrated_as),
    )


def _remote(section: RemoteCaptionerSection, language: str, opened: BundleOpener) -> Captioner:
    model = build_remote_model(section)
    calibrations = read_calibrations(section.calibration, section.calibrated_as)
    own, remote = _onnx(section, language, opened), section.remote
    from earsight.captioners.remote.captioner import RemoteCaptioner

    return RemoteCaptioner(own, model, remote.time_limit, remote.side, remote.second_crop, calibrations)


def build_remote_model(section: RemoteCaptionerSection) -> RemoteModel:
    """What asks another machine. It opens no connection yet.

    Raises:
        CaptionerError: The extra is missing, or the key or the certificate can't be used.
    """
    try:
        from earsight.captioners.remote.transport import Transport
    except ImportError as error:
        raise CaptionerError(
            f"the engine {section.engine} can't be loaded ({error}): pip install 'earsight[remote]'"
        ) from error
    from earsight.captioners.remote.chat import ChatModel
    from earsight.captioners.remote.earsight_server import EarsightServer
    from earsight.captioners.remote.key import read_key

    remote = section.remote
    key = None if remote.key_file is None else read_key(remote.key_file)
    transport = Transport(remote.url, key, remote.certificate, remote.allow_public_http)
    if isinstance(remote, ChatSection):
        return ChatModel(transport, remote.model, remote.prompt, remote.max_tokens)
    return EarsightServer(transport)


CAPTIONERS: Mapping[str, Callable[[Any, str, BundleOpener], Captioner]] = {
    "onnx": _onnx,
    "huggingface": _huggingface,
    "server": _remote,
    "openai": _remote,
}
"""What loads a captioner from its own class of settings."""
