"""Where CLIP's weights come from: a file, or OpenAI's published ones by name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path

import torch
from torch import Tensor

from earsight_training.networks.clip_encoders import (
    ClipError,
    clip_image_encoder,
)
from earsight_training.networks.encoders import ClipEncoder
from earsight_training.weights_files import WeightsFileError, load_safetensors, load_torch

# OpenAI's files, as their package names them, with their SHA-256.
PUBLISHED = {
    "RN50": ("RN50.pt", "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762"),
    "RN101": ("RN101.pt", "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599"),
    "RN50x4": ("RN50x4.pt", "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd"),
    "RN50x16": ("RN50x16.pt", "52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa"),
    "RN50x64": ("RN50x64.pt", "be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c"),
    "ViT-B/32": ("ViT-B-32.pt", "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
    "ViT-B/16": ("ViT-B-16.pt", "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f"),
    "ViT-L/14": ("ViT-L-14.pt", "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836"),
    "ViT-L/14@336px": (
        "ViT-L-14-336px.pt",
        "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02",
    ),
}


def load_clip(name_or_path: str, *, local_files_only: bool = False) -> ClipEncoder:
    """Load CLIP's image encoder. No pickled code is ever run.

    A name is looked for in ~/.cache/clip, where the package `clip` keeps what it downloads. What lies there
    is used if its hash is right; otherwise `clip` downloads it.

    Args:
        name_or_path: A file (OpenAI's TorchScript archive, a state dict of torch.save, or .safetensors), or a
            key of PUBLISHED.
        local_files_only: Whether nothing is downloaded.

    Returns:
        The network, float32, in eval mode, on the CPU.

    Raises:
        ClipError: The weights can't be had, read or fitted.
    """
    path = Path(name_or_path)
    if path.is_file():
        return _encoder_of(path)
    if name_or_path not in PUBLISHED:
        known = ", ".join(PUBLISHED)
        raise ClipError(f"{name_or_path}: no such file, and none of OpenAI's names for CLIP ({known})")
    file, sha256 = PUBLISHED[name_or_path]
    path = Path("~/.cache/clip", file).expanduser()
    if path.is_file() and _sha256(path) == sha256:
        return _encoder_of(path)
    if local_files_only:
        raise ClipError(f"{name_or_path}: {path} is missing or not what OpenAI published; put it there")
    return clip_image_encoder(_downloaded(name_or_path))


def _encoder_of(path: Path) -> ClipEncoder:
    try:
        return clip_image_encoder(_read(path))
    except ClipError as error:
        raise ClipError(f"{path}: {error}") from error


def _read(path: Path) -> Mapping[str, Tensor]:
    """The state dict in a file of any of the three kinds."""
    try:
        if path.suffix == ".safetensors":
            return load_safetensors(path)
        state = _read_archive(path) or load_torch(path)
    except WeightsFileError as error:
        raise ClipError(str(error).removeprefix(f"{path}: ")) from error
    except OSError as error:
        raise ClipError(f"can't be read: {_first_line(error)}") from error
    if not isinstance(state, dict) or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in state.items()
    ):
        raise ClipError("not a state dict: it holds other things than tensors by name")
    return state


def _read_archive(path: Path) -> dict[str, Tensor] | None:
    """The state dict of a TorchScript archive, or None for a file that is none."""
    try:
        with path.open("rb") as file:
            archive = torch.jit.load(file, map_location="cpu")  # type: ignore[no-untyped-call]
    except RuntimeError:
        return None
    return dict(archive.state_dict())


def _downloaded(name: str) -> Mapping[str, Tensor]:
    """The state dict of a CLIP that the package `clip` downloads, checks and keeps in ~/.cache/clip."""
    try:
        from clip import load
    except (ImportError, RuntimeError) as error:  # RuntimeError: a torchvision that does not fit torch
        problem = f"OpenAI's package clip can't be imported ({_first_line(error)})"
        way_out = "pip install 'earsight[clip]', or give a checkpoint file"
        raise ClipError(f"{name}: {problem}; {way_out}") from error
    try:
        model, _ = load(name, device="cpu", jit=False)
    except (OSError, HTTPException, RuntimeError) as error:
        problem = f"can't be downloaded ({_first_line(error)})"
        raise ClipError(f"{name}: {problem}; give a checkpoint file, or try again") from error
    state: dict[str, Tensor] = model.state_dict()
    return state


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
