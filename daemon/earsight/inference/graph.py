"""ONNX graphs, loaded for this processor or a GPU."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

from earsight.bundles.bundle import BundleError
from earsight.inference.providers import CPU, PROCESSOR, Provider, assignment


class Graph:
    """A loaded graph whose failures are BundleErrors.

    Attributes:
        path: Its file.
        session: ONNX Runtime's.
        inputs, outputs: What it takes and gives, by name, with type and shape.
        problem: Why the wanted provider does not compute it, in one line; None if it does.
    """

    def __init__(
        self,
        path: Path,
        threads: int,
        provider: Provider = PROCESSOR,
        trial: Callable[[Graph], object] = lambda _: None,
    ) -> None:
        """Load a graph; where the wanted provider can't compute it, for those that can.

        Args:
            path: The .onnx file.
            threads: Of the processor; 0 takes what ONNX Runtime finds.
            provider: What is to compute it.
            trial: Runs the graph once. Some providers load a graph that they then fail to run.

        Raises:
            BundleError: It can't be loaded.
        """
        self.path = path
        reason = self._load(threads, provider)
        if self._used != CPU:
            try:
                trial(self)
            except BundleError as error:
                reason = _first_line(error.__cause__ or error)
                self._load(threads, PROCESSOR)
        # ONNX Runtime itself goes on without a provider whose libraries are missing.
        self.problem = provider.problem(self._used, path.name, reason)

    @property
    def computed_by(self) -> str:
        """Which provider computes what of it; see providers.assignment()."""
        return assignment(self.session)

    @property
    def _used(self) -> str:
        return str(self.session.get_providers()[0])

    def _load(self, threads: int, provider: Provider) -> str:
        """Make the session. Returns why the wanted provider failed to load the graph; nothing if it did."""
        reason, candidates = "", provider.candidates()
        while True:
            options = _options(threads, several_providers=len(candidates) > 1)
            try:
                # Its own fallback would write to standard output and keep the reason to itself.
                self.session = onnxruntime.InferenceSession(
                    str(self.path), options, providers=candidates, enable_fallback=0
                )
            except Exception as error:  # ONNX Runtime raises classes of its own that share no public base.
                if len(candidates) == 1:
                    raise BundleError(
                        f"{self.path}: can't be loaded: {_first_line(error)}; copy the bundle again"
                    ) from error
                reason, candidates = reason or _first_line(error), candidates[1:]
                continue
            self.inputs = {node.name: node for node in self.session.get_inputs()}
            self.outputs = {node.name: node for node in self.session.get_outputs()}
            return reason

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
            f"{self.path}: does not fit the bundle: {_first_line(error)}; export the bundle again"
        )


def _options(threads: int, *, several_providers: bool) -> onnxruntime.SessionOptions:
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
    if several_providers:  # for assignment(); older ones ignore it
        options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
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


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
