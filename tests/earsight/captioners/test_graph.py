"""Where graphs are computed, and what is said when that is not to be had."""

import logging

import onnxruntime
import pytest

from earsight.bundles.bundle import BundleError, bundle_folder
from earsight.captioners.graph import Graph
from earsight.errors import CaptionerError

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"
ENCODER = bundle_folder("builtin") / "encoder.onnx"


class Session:
    """In place of ONNX Runtime's: starts those of the providers that it is told to."""

    starting = ()

    def __init__(self, _path, _options, providers):
        self._providers = [name for name in providers if name in self.starting]

    def get_providers(self):
        return self._providers

    def get_inputs(self):
        return []

    get_outputs = get_inputs


@pytest.fixture
def machine(monkeypatch):
    """A machine with these providers installed, of which some start."""

    def is_one_with(*installed, starting=None):
        starting = installed if starting is None else starting
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(installed))
        monkeypatch.setattr(onnxruntime, "InferenceSession", type("S", (Session,), {"starting": starting}))

    return is_one_with


def used(provider):
    return Graph(ENCODER, 1, provider).session.get_providers()


@pytest.mark.parametrize(
    ("provider", "installed", "chain"),
    [
        ("auto", [CPU], [CPU]),
        ("auto", [CUDA, CPU], [CUDA, CPU]),
        ("auto", [TENSORRT, CUDA, CPU], [CUDA, CPU]),
        ("auto", ["AzureExecutionProvider", CPU], [CPU]),
        ("cpu", [TENSORRT, CUDA, CPU], [CPU]),
        ("cuda", [TENSORRT, CUDA, CPU], [CUDA, CPU]),
        ("tensorrt", [TENSORRT, CUDA, CPU], [TENSORRT, CUDA, CPU]),
        ("tensorrt", [TENSORRT, CPU], [TENSORRT, CPU]),
    ],
)
def test_what_is_asked_in_which_order(machine, provider, installed, chain):
    machine(*installed)
    assert used(provider) == chain


@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_a_provider_that_is_not_installed(machine, provider):
    machine(CPU)
    with pytest.raises(CaptionerError) as caught:
        used(provider)
    message = str(caught.value)
    assert message.startswith(f"captioner.provider: this ONNX Runtime has no {provider}; install ")
    assert "set it to auto" in message
    assert message.isprintable()


def test_a_gpu_that_does_not_start_is_an_error_where_it_was_asked_for(machine):
    machine(CUDA, CPU, starting=[CPU])
    with pytest.raises(CaptionerError, match=r"captioner\.provider: cuda .* set it to auto or cpu") as caught:
        used("cuda")
    assert not isinstance(caught.value, BundleError), "the bundle is not at fault"


def test_a_gpu_that_does_not_start_is_done_without_where_it_was_not(machine, caplog):
    machine(CUDA, CPU, starting=[CPU])
    with caplog.at_level(logging.WARNING):
        assert used("auto") == [CPU]
    assert f"{CUDA} does not start; {CPU} is used" in caplog.text


@pytest.mark.skipif(CUDA in onnxruntime.get_available_providers(), reason="ONNX Runtime for GPUs is here")
def test_the_real_one_without_a_gpu():
    assert used("auto") == used("cpu") == [CPU]
    with pytest.raises(CaptionerError, match=r"captioner\.provider: .* no cuda"):
        used("cuda")


def test_a_file_that_is_no_graph_is_named(tmp_path):
    path = tmp_path / "encoder.onnx"
    for content in (b"", b"no graph", b"\x08\x09"):
        path.write_bytes(content)
        with pytest.raises(BundleError, match=r"encoder\.onnx: can't be loaded: .*; copy the bundle again"):
            Graph(path, 1)
