"""Files of weights, read without running code in them: damaged ones, ones that were not downloaded whole,
and ones of another kind are told apart."""

from __future__ import annotations

import json
import pickle
import pickletools
import zipfile
from collections import deque
from pathlib import Path
from typing import Any

from earsight_files.signatures import HEAD, not_downloaded, server_message
from earsight_training.errors import TrainingError

_ZIP, _SAFETENSORS_MOST = b"PK\x03\x04", 100_000_000
_OTHERS = (
    (0, b"GGUF", "weights of llama.cpp (GGUF)"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"\x93NUMPY", "a numpy array"),
    (4, b"TFL3", "a TensorFlow Lite model"),
    (0, b"\x1f\x8b", "a gzip archive: unpack it first"),
    (0, b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (257, b"ustar", "a tar archive: unpack it first"),
)


class WeightsFileError(TrainingError):
    """A file of weights that can't be read; the message says which and why."""


def refuse_stand_in(path: Path, *, text: bool = False) -> None:
    """Refuse a file that only stands in for one that was not downloaded.

    Args:
        path: Of a file that is there.
        text: Whether the file itself is text, so that XML or JSON is no sign of anything else.

    Raises:
        WeightsFileError: It is a page, a pointer of Git LFS, empty, or the like.
        OSError: It can't be read.
    """
    head = _head(path)
    stand_in = not_downloaded(head) or (None if text else server_message(head))
    if stand_in:
        raise WeightsFileError(f"{path}: it is {stand_in.what}: {stand_in.remedy}")


def load_torch(path: Path) -> Any:
    """Load what torch.save() wrote: tensors, and plain values, on the CPU.

    Args:
        path: Of a file that is there.

    Raises:
        WeightsFileError: It can't be read.
        OSError: It can't be opened.
    """
    import torch

    refuse_stand_in(path)
    if _head(path).startswith(_ZIP):
        _check_zip(path)
    try:
        with path.open("rb") as file:
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # unpickling what is no pickle raises nearly anything
        raise WeightsFileError(f"{path}: {_what_is_wrong(path, error)}") from error


def load_safetensors(path: Path) -> dict[str, Any]:
    """Load a safetensors file as torch tensors.

    Args:
        path: Of a file that is there.

    Raises:
        WeightsFileError: It can't be read.
        OSError: It can't be opened.
    """
    from safetensors.torch import load

    refuse_stand_in(path)
    problem = safetensors_problem(path)
    if problem:
        raise WeightsFileError(f"{path}: {problem}")
    try:
        tensors: dict[str, Any] = load(path.read_bytes())
    except Exception as error:  # numbers of types that torch does not have, and whatever else
        raise WeightsFileError(f"{path}: {_DAMAGED}") from error
    return tensors


def safetensors_problem(path: Path) -> str | None:
    """Say what is wrong with a safetensors file, by its header and its size.

    Args:
        path: Of a file that is there.

    Returns:
        What is wrong; None where nothing seems to be.

    Raises:
        OSError: It can't be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _SAFETENSORS_MOST:
            return f"{_other_kind(path) or 'not a safetensors file'}, or damaged"
        header = file.read(length)
    if len(header) < length:
        return _cut_off(size)
    try:
        tensors = {name: entry for name, entry in json.loads(header).items() if name != "__metadata__"}
        end = max((entry["data_offsets"][1] for entry in tensors.values()), default=0)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return f"{_other_kind(path) or 'not a safetensors file'}, or damaged"
    return _cut_off(size) if 8 + length + end > size else None


_DAMAGED = "damaged: download or copy it again"


def _cut_off(size: int) -> str:
    return f"cut off after {size:,} bytes: it was not downloaded or copied whole; do so again"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _check_zip(path: Path) -> None:
    """torch does not look at the check sums of its archives. Raises WeightsFileError."""
    size = path.stat().st_size
    if not zipfile.is_zipfile(path):
        raise WeightsFileError(f"{path}: {_cut_off(size)}")
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise WeightsFileError(f"{path}: {_DAMAGED}") from error
    if damaged is not None:
        raise WeightsFileError(f"{path}: {_DAMAGED}")
    if not any(name.endswith("/data.pkl") for name in names):
        raise WeightsFileError(f"{path}: a ZIP archive without weights of PyTorch; unpack it first")


def _what_is_wrong(path: Path, error: Exception) -> str:
    said = str(error)
    if isinstance(error, EOFError) or "unexpected EOF" in said or _ends_within_a_pickle(path):
        return _cut_off(path.stat().st_size)
    if "TorchScript" in said:
        return "a TorchScript archive, not what torch.save() wrote"
    if isinstance(error, pickle.UnpicklingError) and "can still be loaded" in said:
        return (
            "it holds other Python objects than tensors and plain values, and to read those could run code;"
            " save its"
            " state_dict() alone"
        )
    if _head(path).startswith((_ZIP, b"\x80")):
        return _DAMAGED
    return _other_kind(path) or "not a file of weights that torch.save() wrote, or damaged"


def _ends_within_a_pickle(path: Path) -> bool:
    """torch's older format begins with five of them. They are looked at, not loaded."""
    with path.open("rb") as file:
        if file.read(1) != b"\x80":
            return False
        file.seek(0)
        try:
            for _ in range(5):
                deque(pickletools.genops(file), maxlen=0)
        except ValueError as error:
            return any(words in str(error) for words in ("exhausted", "not enough", "expected", "no newline"))
        except Exception:  # whatever a damaged one leads to
            return False
    return False


def _other_kind(path: Path) -> str | None:
    head = _head(path)
    for at, magic, what in _OTHERS:
        if head[at : at + len(magic)] == magic:
            return what
    if head.startswith(_ZIP):
        return "weights of PyTorch, or another ZIP archive"
    return "a safetensors file: its name has to end in .safetensors" if head[8:10] == b'{"' else None
