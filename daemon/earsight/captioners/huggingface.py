"""The captioner that runs an image-to-text model of transformers on torch: BLIP, GIT, Florence-2, SmolVLM ...

For owners whose board can carry one. Importing this module takes torch and transformers (the extra
`huggingface`), so the registry does it only when this engine is chosen.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from huggingface_hub import snapshot_download
from PIL import Image
from transformers import (
    AutoImageProcessor,
    AutoModelForImageTextToText,
    AutoProcessor,
    AutoTokenizer,
    BatchFeature,
    ProcessorMixin,
    StoppingCriteriaList,
)
from transformers.utils import logging

from earsight.captioners.answer_text import first_sentence
from earsight.captioners.captioner import DecodingCancelledError, Encoding, Support, never, unsupported
from earsight.captioners.confidence import agreement, probability_shares
from earsight.captioners.vision_tower import VisionFeatures, VisionTower
from earsight.errors import CaptionerError
from earsight.inference.placement import Placement
from earsight.scene import Caption
from earsight_bundle.confidence import FINISHED, UNCALIBRATED, Ranking, confidence, log_odds
from earsight_bundle.manifest import Calibration

_BEAMS, _MAX_TOKENS = 3, 30

_QUESTION = "Describe the image in one short sentence."
"""Asked of models that chat."""

_TASKS = {"florence2": "<CAPTION>"}
"""Prompts of models that neither chat nor caption without one, by the model's type."""

_LONGEST_REPETITION = 2
"""Tokens in a row that may come a second time in a caption; a model that repeats more runs on for ever."""

_OFFLINE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}


@dataclass(frozen=True, slots=True)
class Prompt:
    """What captions are decoded from.

    Attributes:
        inputs: What the model's generate() reads, on its device.
        vision: What its vision tower gave for the picture.
    """

    inputs: dict[str, Any]
    vision: VisionFeatures


class HuggingFaceCaptioner:
    """Pixels to captions. Not for two threads at once.

    A GPU is used in half precision. The network never is: a wearable is offline.
    """

    def __init__(
        self,
        model: str | Path,
        threads: int = 0,
        beams: int | None = None,
        max_tokens: int | None = None,
        time_limit: float = 3.0,
        provider: str = "auto",
        calibrations: Mapping[str, Calibration] | None = None,
    ) -> None:
        """Load a model.

        Args:
            model: A name on the hub, looked up in the local cache, or a Path, its folder.
            threads: Of the processor; 0 takes what torch finds.
            beams, max_tokens: Captions weighed side by side, and tokens of the longest.
            time_limit: Seconds for the decoding of one picture's captions.
            provider: cpu, cuda, or auto: a CUDA GPU if there is one, else the processor. See placement.
            calibrations: How far its captions are to be believed, by language; without, nothing is known.

        Raises:
            CaptionerError: The model can't be loaded. encode() and describe() raise it if it fails.
        """
        self._name = str(model)
        self._beams = beams or _BEAMS
        self._max_tokens = max_tokens or _MAX_TOKENS
        self._time_limit = time_limit
        self._calibrations = dict(calibrations or {})
        if threads:
            torch.set_num_threads(threads)
        self._device, self._dtype, self._problem = _device(provider)
        folder = _folder(model)
        with self._as_captioner_error(
            "can't be loaded", "name an image-to-text model of transformers that is whole"
        ):
            with _quiet():
                self._model = _load_model(folder, self._device, self._dtype)
            self._tower = VisionTower(self._model)
            self._processor, self._tokenizer = _load_processor(folder)
            self._prompt = _prompt_text(self._model, self._processor)

    @property
    def placement(self) -> Placement:
        """What computes the model, and why not what was wanted, if so."""
        numbers = str(self._dtype).removeprefix("torch.")
        return Placement({self._name: f"{self._device.type.upper()} ({numbers})"}, self._problem)

    @property
    def languages(self) -> tuple[str, ...]:
        """English: what these models were taught."""
        return ("en",)

    def prepare(self, pixels: np.ndarray) -> BatchFeature:
        """Turn a picture, uint8 (height, width, 3), and the prompt into the model's inputs."""
        with self._as_captioner_error("can't read a picture", "name another model"):
            text = {} if self._prompt is None else {"text": self._prompt}
            inputs: BatchFeature = self._processor(
                images=Image.fromarray(pixels), return_tensors="pt", **text
            )
            return inputs

    def encode(self, prepared: BatchFeature) -> Encoding[Prompt]:
        """Run the vision tower on what prepare() returned."""
        with self._as_captioner_error("can't read a picture", "name another model"), torch.inference_mode():
            inputs = dict(prepared.to(self._device, self._dtype))
            vision = self._tower.run(lambda: self._model.generate(**inputs, num_beams=1, max_new_tokens=1))
            return Encoding(Prompt(inputs, vision), vision.embedding())

    def describe(
        self,
        encoding: Encoding[Prompt],
        cancelled: Callable[[], bool] = never,
        support: Support = unsupported,
        language: str | None = None,
    ) -> list[Caption]:
        """Search by mean log-probability. See Captioner.describe().

        Finished captions come before those that were cut short.
        """
        prompt, deadline = encoding.prefix, time.monotonic() + self._time_limit

        def ended(tokens: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
            over = time.monotonic() > deadline or cancelled()
            return torch.full((len(tokens),), over, device=tokens.device)

        with (
            self._as_captioner_error("can't describe a picture", "name another model"),
            torch.inference_mode(),
            self._tower.reusing(prompt.vision),
        ):
            generated = self._model.generate(
                **prompt.inputs,
                num_beams=self._beams,
                num_return_sequences=self._beams,
                max_new_tokens=self._max_tokens,
                do_sample=False,
                length_penalty=1.0,
                early_stopping=True,
                no_repeat_ngram_size=_LONGEST_REPETITION + 1,
                stopping_criteria=StoppingCriteriaList([ended]),
                return_dict_in_generate=True,
                output_logits=True,
            )
            if not cancelled():
                return self._captions(generated, support, language or self.languages[0])
        raise DecodingCancelledError

    def warm_up(self) -> None:
        """Caption a grey picture, so that the first press finds memory and threads ready."""
        self.describe(self.encode(self.prepare(np.full((480, 640, 3), 128, np.uint8))))

    def _captions(self, generated: Any, support: Support, language: str) -> list[Caption]:
        """Read captions from what generate() returned, best first, each text once."""
        special = set(self._tokenizer.all_special_ids)
        found = [
            (first_sentence(str(self._tokenizer.decode(tokens, skip_special_tokens=True))), tokens, log_probs)
            for tokens, log_probs in _hypotheses(generated)
        ]
        texts = [text for text, _, _ in found]
        shares = probability_shares([sum(log_probs) / len(log_probs) for _, _, log_probs in found])
        captions: dict[str, Caption] = {}
        ranks = {}
        for text, tokens, log_probs in found:
            if text in captions:
                continue
            evidence = {
                "mean_log_prob": sum(log_probs) / len(log_probs),
                "lowest_log_prob": min(log_probs),
                "tokens": float(len(tokens)),
                "agreement": agreement(text, texts, shares),
                FINISHED: float(tokens[-1] in special),
                "support": support(text, language),
            }
            captions[text], ranks[text] = self._with_confidence(text, evidence, language)
        return sorted(captions.values(), key=lambda caption: ranks[caption.text], reverse=True)

    def _with_confidence(
        self, text: str, evidence: dict[str, float], language: str
    ) -> tuple[Caption, tuple[float, float]]:
        """A caption, and its rank among those of the picture."""
        calibration = self._calibrations.get(language, UNCALIBRATED)
        odds = log_odds(calibration, text, evidence)
        mean, lowest = evidence.pop("mean_log_prob"), evidence.pop("lowest_log_prob")
        # A model that yields no number is not to be believed.
        sure = 0.0 if math.isnan(mean) else confidence(odds, evidence)
        place = Ranking.of(calibration).key({**evidence, "mean_log_prob": mean}, odds)
        return Caption(text, sure, mean, lowest, evidence, language), place

    @contextlib.contextmanager
    def _as_captioner_error(self, what: str, advice: str) -> Iterator[None]:
        """Within this context, any error of transformers and torch becomes a CaptionerError.

        Args:
            what: What the model can't do.
            advice: What to do about it.
        """
        try:
            yield
        except CaptionerError:
            raise
        except Exception as error:
            raise CaptionerError(f"{self._name}: {what}: {_first_line(error)}; {advice}") from error


def _hypotheses(generated: Any) -> Iterator[tuple[list[int], list[float]]]:
    """Yield each sequence's new tokens, and the log-probability that the model itself gives to each."""
    beams = getattr(generated, "beam_indices", None)
    if beams is None:  # greedy search
        beams = torch.zeros(1, len(generated.logits), dtype=torch.long, device=generated.sequences.device)
    tokens = generated.sequences[:, -beams.shape[1] :]
    # Step by step: all logits at once would be a second time what generate() has kept of them.
    log_probs = torch.stack(
        [
            logits[beams[:, step].clamp(min=0)].float().log_softmax(-1).gather(1, tokens[:, step, None])[:, 0]
            for step, logits in enumerate(generated.logits[: beams.shape[1]])
        ],
        dim=1,
    )
    for row, length in enumerate((beams >= 0).sum(1).tolist()):
        if length:
            yield tokens[row, :length].tolist(), log_probs[row, :length].tolist()


def _device(provider: str) -> tuple[torch.device, torch.dtype, str | None]:
    """Where to compute, and in what numbers; and why that is not the wanted provider, if so."""
    wanted = provider.lower()
    if wanted not in ("auto", "cuda") or not torch.cuda.is_available():
        problem = None if wanted in ("auto", "cpu") else f"captioner.provider: torch has no {provider} here"
        return torch.device("cpu"), torch.float32, problem
    bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.device("cuda"), torch.bfloat16 if bfloat16 else torch.float16, None


def _folder(model: str | Path) -> Path:
    """Find the model's files.

    Raises:
        CaptionerError: They are not on this board, or it is no model that can be loaded.
    """
    if isinstance(model, str):
        try:
            folder = Path(snapshot_download(model, local_files_only=True))
        except (OSError, ValueError) as error:
            raise CaptionerError(
                f"{model}: not on this board, and Earsight downloads no models while it runs: "
                f"run `hf download {model}` as the user that Earsight runs as, or name a folder (/..., ./...)"
            ) from error
    else:
        folder = model
    if not (folder / "config.json").is_file():
        raise CaptionerError(
            f"{model}: not a model of transformers (config.json is missing); give the model's folder"
        )
    if not any(folder.glob("*.safetensors")):
        raise CaptionerError(
            f"{model}: has no weights in safetensors, and other formats can run code: "
            "save it again with save_pretrained(), or choose another model"
        )
    return folder


def _load_model(folder: Path, device: torch.device, dtype: torch.dtype) -> Any:
    load: Any = AutoModelForImageTextToText.from_pretrained
    model, found = load(folder, dtype=dtype, use_safetensors=True, output_loading_info=True, **_OFFLINE)
    # transformers makes up what is missing, and says so in a log. Poolers serve no captioning.
    if missing := sorted(name for name in found["missing_keys"] if "pooler" not in name):
        raise CaptionerError(f"{folder}: weights are missing: {missing[0]}; copy the model again")
    # BART's way of ending (Florence-2) would make a caption that is cut short look like a finished one.
    model.generation_config.forced_eos_token_id = None
    return model.to(device).eval()


def _load_processor(folder: Path) -> tuple[Any, Any]:
    """Load what makes a picture the model's input, and what makes its tokens text."""
    load, load_half, load_other_half = (
        auto.from_pretrained for auto in (AutoProcessor, AutoImageProcessor, AutoTokenizer)
    )
    processor = load(folder, **_OFFLINE)
    if not isinstance(processor, ProcessorMixin):  # VisionEncoderDecoder has the two, but nothing of both
        return load_half(folder, **_OFFLINE), load_other_half(folder, **_OFFLINE)
    if getattr(processor.image_processor, "do_image_splitting", False):
        # SmolVLM reads up to 17 crops a picture, for small print. A short sentence needs but the whole one.
        processor.image_processor.do_image_splitting = False
    return processor, processor.tokenizer


def _prompt_text(model: Any, processor: Any) -> str | None:
    if getattr(processor, "chat_template", None):
        content = [{"type": "image"}, {"type": "text", "text": _QUESTION}]
        return str(
            processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
        )
    return _TASKS.get(model.config.model_type)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Within this context, transformers draws no bars and logs only errors."""
    control: Any = logging
    verbosity, bars = control.get_verbosity(), control.is_progress_bar_enabled()
    control.set_verbosity_error()
    control.disable_progress_bar()
    try:
        yield
    finally:
        control.set_verbosity(verbosity)
        if bars:
            control.enable_progress_bar()


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
