"""The whole package clip, with torchvision, against Earsight's own reading of the same files.

Needs what Earsight itself does not: clip-anytorch with a torchvision that fits torch, and setuptools < 82,
which still has the pkg_resources that clip imports.
"""

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.networks.clip_encoders import prepare  # noqa: E402
from earsight_training.networks.clip_networks import Normalisation  # noqa: E402
from earsight_training.networks.clip_weights import PUBLISHED, load_clip  # noqa: E402
from tests.training.clip_models import assert_same_embeddings, clip_state, photos, write_archive  # noqa: E402

pytestmark = [pytest.mark.heavy, pytest.mark.filterwarnings("ignore:.*torch.jit")]


@pytest.fixture(scope="module")
def clip():
    try:
        import clip
    except (ImportError, RuntimeError) as error:  # RuntimeError: a torchvision that does not fit torch
        pytest.skip(f"the package clip can't be imported: {error}")
    return clip


def test_the_published_files_are_clips(clip):
    files = {name: tuple(url.split("/")[:-3:-1]) for name, url in clip.clip._MODELS.items()}
    assert files == PUBLISHED


@pytest.mark.parametrize("name", ["RN50x4", "ViT-B/32"])
@torch.no_grad()
def test_same_embeddings_from_photo_to_number(clip, tmp_path, name):
    path = str(write_archive(tmp_path / "clip.pt", clip_state(name, half=True)))
    model, preprocess = clip.load(path, device="cpu", jit=False)
    theirs = model.encode_image(torch.stack([preprocess(photo) for photo in photos()]))
    encoder = load_clip(path)
    pixels = np.stack([prepare(photo, encoder.side) for photo in photos()])
    ours = encoder(torch.from_numpy(pixels).permute(0, 3, 1, 2).float())
    print(name, "lowest cosine", torch.cosine_similarity(ours, theirs).min().item())
    assert_same_embeddings(ours, theirs)


@pytest.mark.parametrize("side", [224, 288])
def test_preprocessing_is_the_same_to_the_last_bit(clip, side):
    *steps, _to_tensor, normalise = clip.clip._transform(side).transforms
    generator = np.random.default_rng(3)
    pictures = photos()
    for _ in range(40):
        height, width = generator.integers(40, 700, 2)
        pictures.append(Image.fromarray(generator.integers(0, 256, (height, width, 3), np.uint8)))
    pictures += [photos()[0].convert(mode) for mode in ("L", "LA", "P", "RGBA", "CMYK", "1")]
    for picture in pictures:
        theirs = picture
        for step in steps:
            theirs = step(theirs)
        assert np.array_equal(prepare(picture, side), np.asarray(theirs)), (picture.mode, picture.size)
    pixels = torch.from_numpy(prepare(pictures[0], side)).permute(2, 0, 1)[None].float()
    assert torch.allclose(Normalisation()(pixels), normalise(pixels / 255), atol=1e-6)
