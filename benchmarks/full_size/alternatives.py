"""What a user would pick instead: captioners of transformers, of their published sizes, with random weights.

Sizes are those of the published config.json of Salesforce/blip-image-captioning-base,
nlpconnect/vit-gpt2-image-captioning and HuggingFaceTB/SmolVLM-256M-Instruct. Each writes exactly the given
number of new tokens, with the beams of its authors' own example.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import (
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    GenerationConfig,
    GPT2Config,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessor,
    PreTrainedModel,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessor,
)

from benchmarks.full_size.sizes import Sizes
from benchmarks.full_size.system import Stages

Prepare = Callable[[np.ndarray], dict[str, Tensor]]
"""From an image, uint8 (height, width, 3), to the model's inputs."""


class Generating:
    """A model whose generate() begins with its image encoder, which is timed as such.

    Attributes:
        parameters: Numbers that are learned.
    """

    def __init__(
        self, model: PreTrainedModel, encoder: nn.Module, prepare: Prepare, generation: GenerationConfig
    ) -> None:
        """Take over a model.

        Args:
            model: With generate().
            encoder: The part of it that sees.
            prepare: Makes its inputs.
            generation: How it decodes.
        """
        self.parameters: int | None = sum(parameter.numel() for parameter in model.parameters())
        model.train(False)
        self._model: Any = model  # generate() is not typed
        self._prepare, self._generation = prepare, generation
        self._encoding, self._began = 0.0, 0.0
        encoder.register_forward_pre_hook(self._enter)
        encoder.register_forward_hook(self._leave)

    def _enter(self, *_: Any) -> None:
        self._began = time.perf_counter()

    def _leave(self, *_: Any) -> None:
        self._encoding += time.perf_counter() - self._began

    @torch.no_grad()
    def caption(self, pixels: np.ndarray, stages: Stages) -> tuple[int, ...]:
        """Caption an image: see System."""
        self._encoding = 0.0
        with stages.stage("encode"):
            inputs = self._prepare(pixels)
        with stages.stage("decode"):
            tokens = self._model.generate(**inputs, generation_config=self._generation)
        stages.seconds["encode"] += self._encoding
        stages.seconds["decode"] -= self._encoding
        new: int = self._generation.max_new_tokens
        return tuple(tokens[0, -new:].tolist())


def _generation(tokens: int, beams: int, start: int, end: int, padding: int) -> GenerationConfig:
    return GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=tokens,
        min_new_tokens=tokens,
        num_beams=beams,
        do_sample=False,
        bos_token_id=start,
        decoder_start_token_id=start,
        eos_token_id=end,
        pad_token_id=padding,
    )


def blip(sizes: Sizes) -> Generating:
    """Make BLIP with 3 beams, as in its own configuration for captions (Li et al., arXiv:2201.12086)."""
    tiny = sizes.name == "tiny"
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2} if tiny else {}
    side = 64 if tiny else 384
    # With the default of transformers, 1e-10, the picture encoder would compute with next to nothing.
    vision = {"num_attention_heads": 2 if tiny else 12, "image_size": side, "initializer_range": 0.02}
    text = {"num_attention_heads": 2 if tiny else 12}
    config = BlipConfig(text_config=text | small, vision_config=vision | small)
    model = BlipForConditionalGeneration(config)
    processor = BlipImageProcessor(size={"height": side, "width": side})
    generation = _generation(sizes.tokens, beams=3, start=30_522, end=102, padding=0)
    return Generating(model, model.vision_model, _pixel_values(processor), generation)


def vit_gpt2(sizes: Sizes) -> Generating:
    """Make ViT-GPT2 with 4 beams, as on its model card."""
    tiny = sizes.name == "tiny"
    small: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    side = 64 if tiny else 224
    encoder = ViTConfig(image_size=side, num_attention_heads=2 if tiny else 12, **(small if tiny else {}))
    decoder = GPT2Config(
        vocab_size=sizes.vocabulary,
        n_embd=sizes.width,
        n_layer=sizes.layers,
        n_head=sizes.heads,
        add_cross_attention=True,
    )
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    model = VisionEncoderDecoderModel(config)
    processor = ViTImageProcessor(size={"height": side, "width": side})
    end = sizes.vocabulary - 1
    generation = _generation(sizes.tokens, beams=4, start=end, end=end, padding=end)
    return Generating(model, model.encoder, _pixel_values(processor), generation)


def smolvlm(sizes: Sizes, *, tiled: bool) -> Generating:
    """Make SmolVLM, which decodes greedily.

    Args:
        sizes: Of a caption; the tiny ones make the network tiny.
        tiled: Whether the image is scaled up to 2048 pixels and seen in tiles of 512 besides as a whole, as
            is its processor's default; otherwise only as a whole.
    """
    tiny = sizes.name == "tiny"
    side, image_token = (64, 299) if tiny else (512, 49_190)
    vision = {"image_size": side, "patch_size": 16}
    text = {"model_type": "llama", "head_dim": 64, "vocab_size": 300 if tiny else 49_280, "pad_token_id": 2}
    text |= {"max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "tie_word_embeddings": False}
    if tiny:
        vision |= {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
        text |= {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2}
        text |= {"num_attention_heads": 1, "num_key_value_heads": 1}
    else:
        vision |= {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}
        text |= {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30}
        text |= {"num_attention_heads": 9, "num_key_value_heads": 3}
    config = Idefics3Config(
        text_config=text, vision_config=vision, scale_factor=4, image_token_id=image_token
    )
    model = Idefics3ForConditionalGeneration(config)
    processor = Idefics3ImageProcessor(
        size={"longest_edge": 4 * side}, max_image_size={"longest_edge": side}, do_image_splitting=tiled
    )
    seen = (side // 16 // 4) ** 2

    def prepare(pixels: np.ndarray) -> dict[str, Tensor]:
        inputs = processor(images=pixels, return_tensors="pt")
        tiles = inputs["pixel_values"].shape[1]
        tokens = _prompt(tiles, [image_token] * seen)
        return {**inputs, "input_ids": tokens, "attention_mask": torch.ones_like(tokens)}

    generation = _generation(sizes.tokens, beams=1, start=1, end=2, padding=2)
    return Generating(model, model.model.vision_model, prepare, generation)


def _prompt(tiles: int, seen: list[int]) -> Tensor:
    """As long as the processor's for an image and "Can you describe this image?"; the words do not matter.

    Each tile has two tokens before it; there is a line feed after every four, and a few words around all.
    """
    word = 5
    tokens = [word] * 3
    for tile in range(tiles):
        tokens += [word, word, *seen] + [word] * (tile % 4 == 3)
    return torch.tensor([tokens + [word] * 13])


def _pixel_values(processor: Any) -> Prepare:
    def prepare(pixels: np.ndarray) -> dict[str, Tensor]:
        return {"pixel_values": processor(images=pixels, return_tensors="pt")["pixel_values"]}

    return prepare
