import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.networks.clip_encoders import (  # noqa: E402
    ClipError,
    ClipResNet,
    ClipVisionTransformer,
    clip_image_encoder,
    prepare,
)
from earsight_training.networks.clip_networks import PIXEL_MEAN, PIXEL_STD, Normalisation  # noqa: E402
from tests.training.clip_models import (  # noqa: E402
    assert_same_embeddings,
    clip_network,
    clip_shapes,
    clip_state,
)

SMALL = ["small resnet", "small transformer"]


def noise(side, count=4):
    """Pixels, from coarse to fine, as a network of CLIP takes them."""
    generator = torch.Generator().manual_seed(5)
    pictures = [
        torch.nn.functional.interpolate(
            torch.rand(1, 3, 2 ** (index + 1), 2 ** (index + 1), generator=generator), side
        )
        for index in range(count)
    ]
    return (255 * torch.cat(pictures)).round()


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("seed", [0, 1])
@torch.no_grad()
def test_same_embedding_as_clips_own_network(name, seed):
    state = clip_state(name, seed)
    ours = clip_image_encoder(state)
    theirs = clip_network().build_model(dict(state)).float()
    weights = {key: value for key, value in state.items() if value.is_floating_point()}
    theirs.load_state_dict(weights, strict=False)  # build_model has rounded them to float16
    pixels = noise(ours.side)
    mean, std = (torch.tensor(of_colours)[:, None, None] for of_colours in (PIXEL_MEAN, PIXEL_STD))
    assert_same_embeddings(ours(pixels), theirs.encode_image((pixels / 255 - mean) / std))


@pytest.mark.parametrize(
    ("name", "kind", "side", "width", "parameters"),
    [  # parameters of the whole CLIP, as OpenAI's notebook prints them
        ("RN50", ClipResNet, 224, 1024, 102_007_137),
        ("RN101", ClipResNet, 224, 512, 119_688_033),
        ("RN50x4", ClipResNet, 288, 640, 178_300_601),
        ("RN50x16", ClipResNet, 384, 768, 290_979_217),
        ("RN50x64", ClipResNet, 448, 1024, 623_258_305),
        ("ViT-B/32", ClipVisionTransformer, 224, 512, 151_277_313),
        ("ViT-B/16", ClipVisionTransformer, 224, 512, 149_620_737),
        ("ViT-L/14", ClipVisionTransformer, 224, 768, 427_616_513),
        ("ViT-L/14@336px", ClipVisionTransformer, 336, 768, 427_944_193),
    ],
)
def test_sizes_are_read_from_the_shapes(name, kind, side, width, parameters):
    with torch.device("meta"):
        state = {key: torch.empty(shape) for key, shape in clip_shapes(name).items() if "num_b" not in key}
    encoder = clip_image_encoder(state)
    assert type(encoder) is kind
    assert (encoder.side, encoder.width) == (side, width)
    assert not encoder.training
    counted = (value.numel() for key, value in state.items() if "running_" not in key)
    assert sum(counted) == parameters


@pytest.mark.parametrize("name", SMALL)
@torch.no_grad()
def test_weights_of_half_precision_become_float32(name):
    state = clip_state(name, half=True)
    assert {value.dtype for value in state.values()} == {torch.float16, torch.float32, torch.int64}
    encoder = clip_image_encoder(state)
    assert {value.dtype for value in encoder.parameters()} == {torch.float32}
    pixels = noise(encoder.side)
    rounded = clip_image_encoder({key: value.float() for key, value in state.items() if value.ndim})
    assert torch.equal(encoder(pixels), rounded(pixels))


@pytest.mark.parametrize("name", SMALL)
@torch.no_grad()
def test_its_own_state_dict_makes_the_same_encoder(name):
    state = clip_state(name)
    encoder = clip_image_encoder(state)
    saved = encoder.state_dict()
    assert {f"visual.{key}" for key in saved} == {key for key in state if key.startswith("visual.")}
    assert torch.equal(clip_image_encoder(saved)(noise(encoder.side)), encoder(noise(encoder.side)))


@torch.no_grad()
def test_pixels_are_normalised_as_clip_was_trained():
    colours = torch.tensor(PIXEL_MEAN)[None, :, None, None] * 255
    assert torch.allclose(Normalisation()(colours), torch.zeros(()), atol=1e-6)
    white = Normalisation()(torch.full((1, 3, 1, 1), 255.0)).flatten()
    assert torch.allclose(white, torch.tensor([1.9303, 2.0749, 2.1459]), atol=1e-4)


def tower(name):
    return {key: value for key, value in clip_state(name).items() if key.startswith("visual.")}


TOWERS = {name: tower(name) for name in SMALL}


def refusal(state):
    with pytest.raises(ClipError) as refused:
        clip_image_encoder(state)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
@given(st.sampled_from(SMALL), st.data())
def test_one_key_amiss_is_named(name, data):
    state = dict(TOWERS[name])
    key = data.draw(st.sampled_from([key for key in state if not key.endswith("tracked")]))
    how = data.draw(st.sampled_from(["missing", "shape", "numbers"]))
    value = state.pop(key)
    if how == "shape":
        state[key] = data.draw(st.sampled_from([value[None], value[..., :0], torch.cat([value, value])]))
    elif how == "numbers":
        state[key] = value.to(torch.int8)
    message = refusal(state)
    # A size that is itself read from this key makes others the ones that do not fit.
    read_from = ("conv1.weight", "positional_embedding", "c_proj.weight", "proj", "class_embedding")
    assert key.removeprefix("visual.") in message or (key.endswith(read_from) and "has not" in message)


def test_an_unknown_key_is_named():
    assert "there is an unknown attnpool.extra" in refusal(
        TOWERS["small resnet"] | {"visual.attnpool.extra": torch.zeros(1)}
    )


def test_blocks_are_numbered_without_gaps():
    gap = {key.replace("layer2.1.", "layer2.7."): value for key, value in TOWERS["small resnet"].items()}
    assert "there is no layer2.1.bn1.bias, the first of" in refusal(gap)


@pytest.mark.parametrize(
    "state",
    [{}, {"vision_model.embeddings.class_embedding": torch.zeros(3)}, {"gpt.wte.weight": torch.zeros(3, 4)}],
    ids=["empty", "Hugging Face's", "another model's"],
)
def test_other_models_are_refused(state):
    assert "not an image encoder of OpenAI's CLIP" in refusal(state)


def test_heads_must_be_as_wide_as_clips():
    state = dict(TOWERS["small transformer"])
    state["visual.conv1.weight"] = torch.zeros(96, 3, 16, 16)
    assert "conv1.weight has not a multiple of 64 channels" in refusal(state)
    state = dict(TOWERS["small resnet"])
    state["visual.layer1.0.conv1.weight"] = torch.zeros(7, 8, 1, 1)
    assert "an even number of channels" in refusal(state)


def test_patches_must_have_pixels():
    state = TOWERS["small transformer"] | {"visual.conv1.weight": torch.zeros(128, 3, 0, 0)}
    assert "conv1.weight has not 4 dimensions, all above 0" in refusal(state)


def gradient(width, height):
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    return Image.fromarray(np.stack([columns % 256, rows % 256, (columns + rows) % 256], 2).astype(np.uint8))


@pytest.mark.parametrize(
    ("size", "scaled", "corner"),
    [  # by torchvision: the longer side cut off, ties of the corner to the even number
        ((640, 427), (431, 288), (72, 0)),
        ((427, 640), (288, 431), (0, 72)),
        ((640, 429), (429, 288), (70, 0)),
        ((288, 500), (288, 500), (0, 106)),
        ((50, 40), (360, 288), (36, 0)),
    ],
)
def test_scaled_and_cut_as_torchvision_does(size, scaled, corner):
    picture = gradient(*size)
    left, top = corner
    expected = np.asarray(picture.resize(scaled, Image.Resampling.BICUBIC))
    assert np.array_equal(prepare(picture, 288), expected[top : top + 288, left : left + 288])


def test_a_picture_of_the_right_size_is_left_alone():
    picture = gradient(288, 288)
    assert np.array_equal(prepare(picture, 288), np.asarray(picture))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I", "F", "I;16"])
def test_any_mode_becomes_rgb(mode):
    picture = Image.new(mode, (30, 20)) if mode == "I;16" else gradient(30, 20).convert(mode)
    assert prepare(picture, 16).shape == (16, 16, 3)


def test_colour_becomes_rgb_after_scaling():
    palette = gradient(64, 48).quantize(8)  # Pillow takes the nearest pixel of a palette
    scaled = palette.resize((21, 16), Image.Resampling.NEAREST).convert("RGB")
    assert np.array_equal(prepare(palette, 16), np.asarray(scaled)[:, 2:18])


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 64))
def test_pictures_of_any_size(width, height, side):
    picture = Image.new("RGB", (width, height), (10, 20, 30))
    if max(width, height) > 100 * min(width, height) or width == 0:
        with pytest.raises(ClipError, match=f"{width} x {height} pixels"):
            prepare(picture, side)
    else:
        pixels = prepare(picture, side)
        assert pixels.dtype == np.uint8
        assert pixels.shape == (side, side, 3)
        assert (pixels == (10, 20, 30)).all()
