"""The process that measures one bundle.

Usage: python -m earsight.bench.child SETTINGS STARTED CALLER
SETTINGS is measurement.BenchSettings as JSON, STARTED the time.monotonic() at which the process was started,
CALLER the process that reads the answer, and with which this one ends. Prints one JSON object: the figures,
or {"error"}.
"""

from __future__ import annotations

import ctypes
import dataclasses
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from earsight.bench.machine import available_memory, most_resident, resident
from earsight.bench.measurement import BenchError, BenchSettings
from earsight.bench.roofline import Roofline
from earsight.bench.stages import Captioned, captioned, quantiles
from earsight.bench.work import UncountedError, Work, graph_work
from earsight.bundles.bundle import Bundle, bundle_folder, open_bundle
from earsight.captioners.onnx import OnnxCaptioner
from earsight.detectors.onnx import OnnxDetector
from earsight.detectors.place_head import PlaceHead
from earsight.errors import EarsightError
from earsight.inference.providers import PROCESSOR
from earsight.vision.describer import Describer
from earsight_bundle.files import DECODER, DETECTOR

_NO_TOKEN = -1
_PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who interrupts the command interrupts this, too
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[3]):  # it ended before it could be noticed
        return
    try:
        answer = figures(BenchSettings(**json.loads(sys.argv[1])), float(sys.argv[2]))
    except EarsightError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))


def figures(settings: BenchSettings, started: float) -> dict[str, Any]:
    """Measure a bundle.

    Args:
        settings: What to measure.
        started: When the process was started, in seconds on time.monotonic().

    Returns:
        load_ms: check (hashes of the files), graphs, warm_up and total; ready: from the process's start.
        stages_ms: see stages.STAGES. roofline: the machine's rates, and what they allow for each stage.

    Raises:
        EarsightError: The bundle can't be measured.
    """
    describer, bundle, load = _loaded(settings, started)
    memory = {"loaded": resident()}
    captions = captioned(describer, Path(settings.photo), settings.captions)
    memory |= {"captioned": resident(), "peak": most_resident()}
    del describer  # the counting of work loads its graphs again
    stages = quantiles(captions)
    beams = settings.beams or bundle.manifest.captioning.decode.beams
    work = _work(bundle, captions, beams)
    roofline = Roofline(settings.threads, available_memory())
    return {
        "bundle": settings.bundle,
        "name": bundle.manifest.name,
        "encoder": captions[0].encoder.name,
        "beams": beams,
        "tokens": sum(caption.tokens for caption in captions) / len(captions),
        "caption": captions[0].text,
        "load_ms": _rounded(load),
        "stages_ms": stages,
        "resident_mb": _rounded(memory),
        "roofline": {
            "float32_gflops": round(2 * roofline.float_macs / 1e9, 2),
            "int8_gops": round(2 * roofline.integer_macs / 1e9, 2),
            "memory_gb_s": round(roofline.bandwidth / 1e9, 2),
            "stages": work and _against(roofline, stages, work, _mean_steps(captions)),
        },
    }


def _loaded(settings: BenchSettings, started: float) -> tuple[Describer, Bundle, dict[str, float]]:
    """The describer, ready; its bundle; and how long that took, in milliseconds."""
    times = [time.monotonic()]
    bundle = open_bundle(bundle_folder(settings.bundle))
    times.append(time.monotonic())
    captioner = OnnxCaptioner(
        bundle if settings.tokens is None else _endless(bundle, settings.tokens),
        settings.threads,
        settings.beams,
        settings.tokens,
        time_limit=float("inf"),
        provider=PROCESSOR,
    )
    objects, place = bundle.manifest.objects, bundle.manifest.place
    detector = None if objects is None else OnnxDetector(bundle, settings.threads, PROCESSOR)
    place_head = None if place is None else PlaceHead(bundle, settings.threads, PROCESSOR)
    describer = Describer(captioner, detector, place_head)
    times.append(time.monotonic())
    describer.warm_up()
    times.append(time.monotonic())
    names = ("check", "graphs", "warm_up")
    load = {name: 1000 * (times[i + 1] - times[i]) for i, name in enumerate(names)}
    load |= {"total": 1000 * (times[-1] - times[0]), "ready": 1000 * (times[-1] - started)}
    return describer, bundle, load


def _endless(bundle: Bundle, tokens: int) -> Bundle:
    """Let captions end at no token and repeat themselves.

    Raises:
        BenchError: The bundle's captions can't be so long.
    """
    decode = bundle.manifest.captioning.decode
    if tokens > decode.max_tokens:
        raise BenchError(
            f"{bundle.folder}: its captions have at most {decode.max_tokens} tokens; lower --tokens"
        )
    endless = decode.model_copy(update={"end_token": _NO_TOKEN, "no_repeat": 0})
    return dataclasses.replace(bundle, manifest=bundle.manifest.model_copy(update={"decode": endless}))


def _work(bundle: Bundle, captions: list[Captioned], beams: int) -> dict[str, Work] | None:
    """The work of encode, detect, prefill, and a mean step in the middle of a caption; None where it is not
    known."""
    steps = [step for caption in captions for step in caption.steps]
    prefix = captions[0].prefix.rows
    rows = round(sum(step.rows for step in steps) / max(1, len(steps)))
    held = prefix + rows * _mean_steps(captions) // 2
    decoder = bundle.path(DECODER)
    try:
        detect = {} if bundle.manifest.objects is None else {"detect": bundle.path(DETECTOR)}
        return {
            "encode": graph_work(captions[0].encoder, {}, {}),
            **{stage: graph_work(path, {}, {}) for stage, path in detect.items()},
            "prefill": graph_work(decoder, {"rows": prefix, "N": 1, "asked": 1}, {"k": beams}),
            "step": graph_work(decoder, {"rows": rows, "N": held, "asked": rows}, {"k": beams}),
        }
    except UncountedError:
        return None


def _mean_steps(captions: list[Captioned]) -> int:
    return round(sum(len(caption.steps) for caption in captions) / len(captions))


def _against(
    roofline: Roofline, stages: dict[str, dict[str, float]], work: dict[str, Work], steps: int
) -> dict[str, dict[str, float]]:
    """Compare the stages with the roofline.

    Args:
        roofline: The machine's rates.
        stages: The times that were measured.
        work: Of each stage.
        steps: Of a caption.

    Returns:
        For each stage its work, the milliseconds that this takes at the least, and how many times that the
        median is.
    """
    least = {stage: 1000 * roofline.seconds(of) for stage, of in work.items()}
    work = {**work, "decode": work["prefill"] + work["step"] * steps}
    least["decode"] = least["prefill"] + steps * least["step"]
    return {
        stage: {
            **dataclasses.asdict(work[stage]),
            "ms": round(ms, 4),
            "ratio": round(stages[stage]["median"] / ms, 2),
        }
        for stage, ms in least.items()
        if stage in stages  # a caption of one token has no steps
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in values.items()}


if __name__ == "__main__":
    main()
