"""Where graphs are computed, and what is said when that is not to be had."""

import re
from types import SimpleNamespace

import onnxruntime
import pytest

from earsight.bundles.bundle import BundleError, bundle_folder
from earsight.inference.graph import Graph
from earsight.inference.providers import Provider, assignment

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"
XNNPACK = "XnnpackExecutionProvider"
ENCODER = bundle_folder("builtin") / "encoder.onnx"


class Session:
    """In place of ONNX Runtime's: starts those of the providers that it is told to."""

    starting, failing = (), ()

    def __init__(self, _path, _options, providers, enable_fallback):
        assert not enable_fallback, "it would print, and keep the reason to itself"
        names = [name for name, _ in providers]
        if names[0] in self.failing:
            raise RuntimeError(f"{names[0]}: no such device\nand more")
        self.options = dict(providers)
        self._providers = [name for name in names if name in self.starting]

    def get_providers(self):
        return self._providers

    def get_inputs(self):
        return []

    get_outputs = get_inputs


@pytest.fixture
def machine(monkeypatch):
    """A machine with these providers installed, of which some start, and some raise an error."""

    def is_one_with(*installed, starting=None, failing=()):
        kind = {"starting": installed if starting is None else starting, "failing": failing}
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(installed))
        monkeypatch.setattr(onnxruntime, "InferenceSession", type("S", (Session,), kind))

    return is_one_with


def loaded(name, **options):
    return Graph(ENCODER, 1, Provider(name, options))


@pytest.mark.parametrize(
    ("provider", "installed", "chain"),
    [
        ("auto", [CPU], [CPU]),
        ("auto", [CUDA, CPU], [CUDA, CPU]),
        ("auto", [TENSORRT, CUDA, CPU], [CUDA, CPU]),
        ("auto", [XNNPACK, CPU], [CPU]),
        ("cpu", [TENSORRT, CUDA, CPU], [CPU]),
        ("cuda", [TENSORRT, CUDA, CPU], [CUDA, CPU]),
        ("tensorrt", [TENSORRT, CUDA, CPU], [TENSORRT, CUDA, CPU]),
        ("tensorrt", [TENSORRT, CPU], [TENSORRT, CPU]),
        ("xnnpack", [XNNPACK, CPU], [XNNPACK, CPU]),
        ("XNNPACK", [XNNPACK, CUDA, CPU], [XNNPACK, CPU]),
        ("XnnpackExecutionProvider", [XNNPACK, CPU], [XNNPACK, CPU]),
    ],
)
def test_any_provider_is_taken_by_its_name(machine, provider, installed, chain):
    machine(*installed)
    graph = loaded(provider)
    assert graph.session.get_providers() == chain
    assert graph.problem is None


def test_the_options_are_for_the_wanted_provider_alone(machine):
    machine(TENSORRT, CUDA, CPU)
    graph = loaded("tensorrt", trt_fp16_enable=1, device="a")
    assert graph.session.options == {
        TENSORRT: {"trt_fp16_enable": "1", "device": "a"},
        CUDA: {},
        CPU: {},
    }


@pytest.mark.parametrize("provider", ["cuda", "tensorrt", "openvino"])
def test_the_processor_takes_the_place_of_a_provider_that_is_not_installed(machine, provider):
    machine(XNNPACK, CPU)
    graph = loaded(provider)
    assert graph.session.get_providers() == [CPU]
    assert graph.problem == f"captioner.provider: this ONNX Runtime has no {provider}; it has Xnnpack, CPU"


@pytest.mark.parametrize("provider", ["auto", "cuda"])
def test_the_processor_takes_the_place_of_a_gpu_that_does_not_start(machine, provider):
    machine(CUDA, CPU, starting=[CPU])
    graph = loaded(provider)
    assert graph.session.get_providers() == [CPU]
    assert graph.problem == "captioner.provider: CUDA can't compute encoder.onnx"


def test_the_reason_of_a_provider_that_fails_is_told_in_short(machine):
    machine(TENSORRT, CUDA, CPU, failing=[TENSORRT])
    graph = loaded("tensorrt")
    assert graph.session.get_providers() == [CUDA, CPU], "the next best"
    reason = f"{TENSORRT}: no such device"
    assert graph.problem == f"captioner.provider: Tensorrt can't compute encoder.onnx ({reason})"


def test_a_provider_that_loads_a_graph_and_fails_to_run_it(machine):
    def fails(graph):
        tried.append(graph.session.get_providers()[0])
        raise BundleError("encoder.onnx: does not fit") from RuntimeError(
            "no kernel " + 99 * "for that " + "\n"
        )

    machine(XNNPACK, CPU)
    tried = []
    graph = Graph(ENCODER, 1, Provider("xnnpack"), fails)
    assert tried == [XNNPACK], "the processor is not tried"
    assert graph.session.get_providers() == [CPU]
    assert graph.problem.startswith(
        "captioner.provider: Xnnpack can't compute encoder.onnx (no kernel for that"
    )
    assert graph.problem.endswith(" ...)")
    assert len(graph.problem) < 250


@pytest.mark.skipif(CUDA in onnxruntime.get_available_providers(), reason="ONNX Runtime for GPUs is here")
def test_the_real_one_without_a_gpu():
    for provider in ("auto", "cpu"):
        graph = loaded(provider)
        assert (graph.session.get_providers(), graph.problem) == ([CPU], None)
        assert graph.computed_by == "CPU"
    graph = loaded("cuda")
    assert graph.session.get_providers() == [CPU]
    assert "has no cuda; it has " in graph.problem


AZURE = "AzureExecutionProvider"


@pytest.mark.skipif(AZURE not in onnxruntime.get_available_providers(), reason="not in this ONNX Runtime")
def test_what_each_provider_computes_is_told():
    """Azure's takes no node of these graphs; it is in ONNX Runtime's own wheels."""
    graph = loaded("azure")
    assert graph.session.get_providers() == [AZURE, CPU]
    assert graph.problem is None
    assert re.fullmatch(r"CPU \d+ nodes", graph.computed_by)


def test_shares_of_a_graph():
    def subgraph(provider, *operators):
        nodes = [SimpleNamespace(op_type=operator) for operator in operators]
        return SimpleNamespace(ep_name=provider, get_nodes=lambda: nodes)

    parts = [subgraph(CPU, "Resize"), subgraph(CUDA, "Conv", "Add", "Conv"), subgraph(CPU, "Cast", "Cast")]
    session = SimpleNamespace(
        get_providers=lambda: [TENSORRT, CUDA, CPU], get_provider_graph_assignment_info=lambda: parts
    )
    assert assignment(session) == "CUDA 3 nodes, CPU 3 nodes (Cast, Resize)"
    older = SimpleNamespace(get_providers=lambda: [CUDA, CPU])
    assert assignment(older) == "CUDA, CPU"


def test_a_file_that_is_no_graph_is_named(tmp_path):
    path = tmp_path / "encoder.onnx"
    for content in (b"", b"no graph", b"\x08\x09"):
        path.write_bytes(content)
        with pytest.raises(BundleError, match=r"encoder\.onnx: can't be loaded: .*; copy the bundle again"):
            Graph(path, 1)
