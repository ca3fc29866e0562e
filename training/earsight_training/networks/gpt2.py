"""GPT-2's weights and vocabulary, as Hugging Face's transformers load them, for our decoder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from earsight_files.strict_json import read_json
from earsight_training.errors import TrainingError
from earsight_training.library_paths import library_path
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.weights_files import WeightsFileError, refuse_stand_in, safetensors_problem

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HEAD_WIDTH = 64
"""Of every published GPT-2; no shape of its weights tells it."""
_FILES = (".json", ".txt", ".safetensors", ".bin")
BYTES = 256
"""Tokens that a byte-level vocabulary has at least."""


class Gpt2Error(TrainingError):
    """GPT-2 can't be loaded, or the weights are not GPT-2's; the message says what to do."""


def load_gpt2(name_or_folder: str, dropout: float = 0.0, *, local_files_only: bool = False) -> DecoderNetwork:
    """Load GPT-2 as our decoder.

    HF_HOME and HF_HUB_OFFLINE hold as for transformers itself.

    Args:
        name_or_folder: A name on the hub, or a folder in Hugging Face's format.
        dropout: Probability, 0 to 1.
        local_files_only: Whether nothing is downloaded.

    Raises:
        Gpt2Error: It can't be loaded.
    """
    from transformers import GPT2LMHeadModel

    try:
        with _source_of(name_or_folder) as source:
            loaded = GPT2LMHeadModel.from_pretrained(source, local_files_only=local_files_only)
    except Gpt2Error:
        raise
    except Exception as error:  # whatever a broken file leads transformers to
        raise Gpt2Error(_advice(name_or_folder, error)) from error
    return decoder_from(loaded.state_dict(), heads=loaded.config.n_head, dropout=dropout)


def load_tokenizer(name_or_folder: str, *, local_files_only: bool = False) -> Tokenizer:
    """Load GPT-2's byte-level BPE vocabulary.

    Args:
        name_or_folder: A name on the hub, or a folder in Hugging Face's format.
        local_files_only: Whether nothing is downloaded.

    Raises:
        Gpt2Error: It can't be loaded.
    """
    from transformers import GPT2Tokenizer

    try:
        with _source_of(name_or_folder) as source:
            loaded = GPT2Tokenizer.from_pretrained(source, local_files_only=local_files_only)
    except Gpt2Error:
        raise
    except Exception as error:  # whatever a broken file leads transformers and tokenizers to
        raise Gpt2Error(_advice(name_or_folder, error)) from error
    tokenizer: Tokenizer = loaded.backend_tokenizer
    if tokenizer.get_vocab_size() < BYTES:  # of files that are not there, transformers make an empty one
        raise Gpt2Error(_advice(name_or_folder, "no vocabulary"))
    return tokenizer


@contextmanager
def _source_of(name_or_folder: str) -> Iterator[str]:
    """What transformers are asked for. Raises Gpt2Error for a folder with a file that is not whole."""
    folder = Path(name_or_folder)
    if not folder.is_dir():
        yield name_or_folder
        return
    for file in sorted(folder.iterdir()):
        if file.suffix in _FILES and file.is_file():
            _check_file(file)
    with library_path(folder) as source:
        yield source


def _check_file(file: Path) -> None:
    """Raises Gpt2Error for a file that was not downloaded, or not whole, or is damaged."""
    try:
        if file.suffix == ".json":
            refuse_stand_in(file, text=True)
            read_json(file.read_text(encoding="utf-8"))
        elif file.suffix == ".safetensors":
            refuse_stand_in(file)
            problem = safetensors_problem(file)
            if problem:
                raise Gpt2Error(f"{file}: {problem}")
        else:
            refuse_stand_in(file, text=file.suffix == ".txt")
    except WeightsFileError as error:
        raise Gpt2Error(str(error)) from error
    except UnicodeDecodeError as error:
        raise Gpt2Error(f"{file}: not a text file in UTF-8: {error}") from error
    except ValueError as error:
        raise Gpt2Error(f"{file}: not JSON, or cut off: {error}") from error


def _advice(name_or_folder: str, problem: object) -> str:
    first = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
    return f"{name_or_folder}: GPT-2 can't be loaded ({first}); give a folder in Hugging Face's format"


def decoder_from(
    state: Mapping[str, Tensor], heads: int | None = None, prefix: str = "", dropout: float = 0.0
) -> DecoderNetwork:
    """Make our decoder of the weights of a GPT2LMHeadModel, whose shapes tell its sizes.

    Args:
        state: A state dict; keys without the prefix are ignored.
        heads: Attention heads; None takes heads of HEAD_WIDTH, as in every published GPT-2.
        prefix: What the keys begin with.
        dropout: Probability, 0 to 1.

    Raises:
        Gpt2Error: Keys are missing or do not fit.
    """
    weights = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    try:
        vocabulary, width = weights["transformer.wte.weight"].shape
        positions = len(weights["transformer.wpe.weight"])
    except KeyError as error:
        raise Gpt2Error(f"no {prefix}{error.args[0]}: not GPT-2's weights") from error
    layers = 1 + max(
        (int(key.split(".")[2]) for key in weights if key.startswith("transformer.h.")), default=-1
    )
    heads = heads or max(1, width // HEAD_WIDTH)
    with torch.device("meta"):
        decoder = DecoderNetwork(vocabulary, positions, width, layers, heads, dropout, causal_prefix=True)
    _check_tied(weights, prefix)
    decoder.load_state_dict(_renamed(weights, decoder.state_dict(), prefix), assign=True)
    return decoder


def _renamed(weights: Mapping[str, Tensor], wanted: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """GPT-2's weights under our names, copied, and transposed where ours are."""
    renamed = {}
    for name, empty in wanted.items():
        key, transposed = _source(name)
        if key not in weights:
            raise Gpt2Error(f"no {prefix}{key}: not GPT-2's weights")
        value = weights[key].float()
        value = value.T.contiguous() if transposed else value.clone()
        if value.shape != empty.shape:
            raise Gpt2Error(f"{prefix}{key}: of shape {tuple(value.shape)}, not {tuple(empty.shape)}")
        renamed[name] = value
    return renamed


def _check_tied(weights: Mapping[str, Tensor], prefix: str) -> None:
    """Our output weights are the tokens' embeddings, as in GPT-2."""
    head = weights.get("lm_head.weight")
    if head is not None and not torch.equal(head, weights["transformer.wte.weight"]):
        raise Gpt2Error(f"{prefix}lm_head.weight: other than the tokens' embedding: not GPT-2")


_BLOCK = {
    "attention_norm": "ln_1",
    "queries_keys_values": "attn.c_attn",
    "attention_output": "attn.c_proj",
    "feed_norm": "ln_2",
    "feed_in": "mlp.c_fc",
    "feed_out": "mlp.c_proj",
}
_OUTSIDE = {"tokens": "wte", "positions": "wpe", "norm": "ln_f"}


def _source(name: str) -> tuple[str, bool]:
    """The key of GPT-2's state dict for a name in ours, and whether it is stored transposed (Conv1D)."""
    if not name.startswith("blocks."):
        module, kind = name.split(".")
        return f"transformer.{_OUTSIDE[module]}.{kind}", False
    _, layer, module, kind = name.split(".")
    transposed = kind == "weight" and not module.endswith("norm")
    return f"transformer.h.{layer}.{_BLOCK[module]}.{kind}", transposed
