"""Moonshine: a network that writes down what it hears, run by ONNX Runtime.

Jeffries et al., "Moonshine: speech recognition for live transcription and voice commands", 2024
(arXiv 2410.15608). The package moonshine-voice brings the weights of its smallest English model (MIT).
"""

from __future__ import annotations

import copy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from earsight.listening.tokens import START

_PACKAGE = "moonshine_voice"
_ENCODER, _DECODER = "encoder_model.ort", "decoder_model_merged.ort"
TOKENIZER = "tokenizer.bin"
_LAYERS, _HEADS, _HEAD_SIZE = 6, 8, 36
_CACHED = [
    f"{layer}.{side}.{part}"
    for layer in range(_LAYERS)
    for side in ("decoder", "encoder")
    for part in ("key", "value")
]


class ModelMissingError(ImportError):
    """The package is not installed, or brings no weights."""


def model_folder() -> Path:
    """Where the installed package has its model.

    Raises:
        ModelMissingError: There is none.
    """
    # Found, not imported: its own library and what it downloads with are not needed.
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelMissingError(f"no package {_PACKAGE}")
    folder = Path(spec.origin).parent / "assets" / "tiny-en"
    if not all((folder / name).is_file() for name in (_ENCODER, _DECODER, TOKENIZER)):
        raise ModelMissingError(f"the installed package {_PACKAGE} brings no model")
    return folder


class SpeechModel:
    """The two networks: one that hears, and one that writes, token by token."""

    def __init__(self, folder: Path) -> None:
        """Args:
        folder: See model_folder().
        """
        self._encoder = _session(folder / _ENCODER)
        self._decoder = _session(folder / _DECODER)

    def hear(self, samples: np.ndarray) -> Dictation:
        """Hear a sound.

        Args:
            samples: float32, -1..1, of 16,000 a second; at least half a second.
        """
        sound = samples[np.newaxis]
        everything = np.ones(sound.shape, np.int64)
        (heard,) = self._encoder.run(None, {"input_values": sound, "attention_mask": everything})
        return Dictation(self._decoder, heard, len(samples))


class Dictation:
    """Texts that are written of one sound, each a token longer at every step.

    Attributes:
        chances: float32, texts x tokens: the logarithm of the probability of what each goes on with.
    """

    def __init__(self, decoder: Any, heard: np.ndarray, samples: int) -> None:
        """Begin with one empty text.

        Args:
            decoder: The network that writes.
            heard: What the other one gives.
            samples: Of the sound.
        """
        self._decoder, self._heard, self._samples = decoder, heard, samples
        self._cache = {name: np.zeros((1, _HEADS, 0, _HEAD_SIZE), np.float32) for name in _CACHED}
        self._is_first = True
        self.chances = self._run(np.array([START]))

    def fork(self) -> Dictation:
        """Another one at the same place."""
        return copy.copy(self)

    def go_on(self, texts: np.ndarray, tokens: np.ndarray) -> None:
        """Make each text a token longer.

        Args:
            texts: int, one for each that there is to be: which one of now it goes on.
            tokens: int, as many: what is added.
        """
        self._cache = {name: values[texts] for name, values in self._cache.items()}
        self.chances = self._run(tokens)

    def _run(self, tokens: np.ndarray) -> np.ndarray:
        count = len(tokens)
        inputs = {
            "input_ids": tokens[:, np.newaxis].astype(np.int64),
            "encoder_hidden_states": np.repeat(self._heard, count, axis=0),
            # Of the sound's length, though it is for what was made of it.
            "encoder_attention_mask": np.ones((count, self._samples), np.int64),
            "use_cache_branch": np.array([not self._is_first]),
            **{f"past_key_values.{name}": values for name, values in self._cache.items()},
        }
        names = ["logits", *(f"present.{name}" for name in _CACHED)]
        logits, *cached = self._decoder.run(names, inputs)
        # What comes of the sound is computed in the first step only, and empty in all others.
        self._cache |= {
            name: values
            for name, values in zip(_CACHED, cached, strict=True)
            if self._is_first or "decoder" in name
        }
        self._is_first = False
        scores = logits[:, -1] - logits[:, -1].max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


def _session(path: Path) -> Any:
    """Not inference.graph.Graph: it reads bundles too, which takes 16 MB and 0.08 s more in this process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Idle threads must sleep, not spin: the board runs on a battery.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
