"""ONNX graphs, loaded for this processor or a GPU."""

from __future__ import annotations

import logging
import platform
import re
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime

from earsight.bundles.bundle import BundleError
from earsight.errors import CaptionerError

_log = logging.getLogger(__name__)

Provider = Literal["auto", "cpu", "cuda", "tensorrt"]
"""What computes. auto: a GPU if ONNX Runtime can use it, else the processor. (Not TensorRT, which takes
minutes to start.)"""

_CPU, _CUDA, _TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"
_CHAINS = {"cpu": [_CPU], "cuda": [_CUDA, _CPU], "tensorrt": [_TENSORRT, _CUDA, _CPU]}


class Graph:
    """A loaded graph whose failures are BundleErrors."""

    def __init__(self, path: Path, threads: int, provider: Provider = "cpu") -> None:
        """threads: 0 takes what ONNX Runtime finds.

        Raises BundleError when it can't be loaded, CaptionerError for a provider that is not to be had.
        """
        self.path = path
        chain = _chain(provider)
        try:
            self.session = onnxruntime.InferenceSession(str(path), _options(threads), providers=chain)
        except Exception as error:  # ONNX Runtime raises classes of its own that share no public base.
            raise BundleError(
                f"{path}: can't be loaded: {_first_line(error)}; copy the bundle again"
            ) from error
        # ONNX Runtime goes on without a provider whose libraries are missing.
        if (used := self.session.get_providers()[0]) != chain[0]:
            if provider != "auto":
                raise CaptionerError(
                    f"captioner.provider: {provider} is installed but does not start (CUDA and cuDNN of "
                    "other versions than ONNX Runtime was built for?); set it to auto or cpu"
                )
            _log.warning("%s does not start; %s is used", chain[0], used)
        self.inputs = {node.name: node for node in self.session.get_inputs()}
        self.outputs = {node.name: node for node in self.session.get_outputs()}

    def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        try:
            return list(self.session.run(outputs, inputs))
        except Exception as error:
            raise self._misfit(error) from error

    def run_bound(self, binding: onnxruntime.IOBinding) -> None:
        try:
            self.session.run_with_iobinding(binding)
        except Exception as error:
            raise self._misfit(error) from error

    def _misfit(self, error: Exception) -> BundleError:
        return BundleError(
            f"{self.path}: does not fit the bundle: {_first_line(error)}; export the bundle anew"
        )


def _chain(provider: Provider) -> list[str]:
    """Providers in the order in which they are asked. Raises CaptionerError for one that is not installed."""
    there = onnxruntime.get_available_providers()
    if provider == "auto":
        provider = "cuda" if _CUDA in there else "cpu"
    chain = [name for name in _CHAINS[provider] if name in there]
    if chain[0] != _CHAINS[provider][0]:
        raise CaptionerError(
            f"captioner.provider: this ONNX Runtime has no {provider}; install onnxruntime-gpu (on a Jetson: "
            "NVIDIA's build of it) in place of onnxruntime, or set it to auto"
        )
    return chain


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Idle threads must sleep, not spin: the board runs on a battery, and shares its cores with the voice.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights stored as int8 behind DequantizeLinear become float32 once, at load, rather than at every run.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    if _products_overflow():
        options.add_session_config_entry("session.x64quantprecision", "1")
    # The folded weights are all that is needed; the arena would keep the memory of loading.
    options.enable_cpu_mem_arena = False
    return options


def _products_overflow() -> bool:
    """Whether the sums of uint8 times int8 are not exact: on x86 without VNNI, unless ONNX Runtime is asked
    for it, which takes longer, and more memory at load. On Arm they always are, and asking does harm."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return False
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return True
    return re.search(r"\bavx(512)?_vnni\b", flags) is None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
