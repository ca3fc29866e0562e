"""Models of transformers that fit into a test: every part is there, and all weights are random.

Each function writes a folder as save_pretrained() does, with a vocabulary of whole words.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import (
    BartConfig,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessorPil,
    BlipProcessor,
    CLIPImageProcessorPil,
    Florence2Config,
    Florence2ForConditionalGeneration,
    Florence2Processor,
    GitConfig,
    GitForCausalLM,
    GitProcessor,
    GPT2Config,
    GPT2LMHeadModel,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessorPil,
    Idefics3Processor,
    PreTrainedTokenizerFast,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessorPil,
)
from transformers.utils import logging

PAD, UNKNOWN, BEGIN, END = range(4)
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
_WORDS = "A a the dog cat man street red small on with runs sits two of in Describe image one".split()
_IDS = {"pad_token_id": PAD, "bos_token_id": BEGIN, "eos_token_id": END}
_SIZE = {"height": 32, "width": 32}
_SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}


def blip(folder: Path) -> Path:
    words = _tokenizer()
    config = BlipConfig(
        text_config={
            **_SMALL,
            **_IDS,
            "vocab_size": len(words),
            "encoder_hidden_size": 16,
            "sep_token_id": END,
        },
        vision_config={**_SMALL, "image_size": 32, "patch_size": 16},
    )
    processor = BlipProcessor(BlipImageProcessorPil(size=_SIZE), words)
    return _saved(folder, BlipForConditionalGeneration(config), processor)


def git(folder: Path) -> Path:
    words = _tokenizer()
    config = GitConfig(
        vision_config={**_SMALL, "image_size": 32, "patch_size": 16},
        **_SMALL,
        **_IDS,
        vocab_size=len(words),
        max_position_embeddings=64,
    )
    processor = GitProcessor(CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=_SIZE), words)
    return _saved(folder, GitForCausalLM(config), processor)


def vit_gpt2(folder: Path) -> Path:
    words = _tokenizer()
    decoder = GPT2Config(
        n_embd=16, n_layer=2, n_head=2, vocab_size=len(words), add_cross_attention=True, **_IDS
    )
    encoder = ViTConfig(**_SMALL, image_size=32, patch_size=16)
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id, config.pad_token_id, config.eos_token_id = BEGIN, PAD, END
    return _saved(folder, VisionEncoderDecoderModel(config), ViTImageProcessorPil(size=_SIZE), words)


def smolvlm(folder: Path) -> Path:
    """As SmolVLM-256M: its type is Idefics 3, and it answers in a chat."""
    words = _tokenizer("<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>")
    config = Idefics3Config(
        vision_config={**_SMALL, "image_size": 32, "patch_size": 8},
        text_config={
            "model_type": "llama",
            **_SMALL,
            **_IDS,
            "num_key_value_heads": 2,
            "vocab_size": len(words),
        },
        scale_factor=2,
        image_token_id=words.convert_tokens_to_ids("<image>"),
        pad_token_id=PAD,
        tie_word_embeddings=True,
    )
    pictures = Idefics3ImageProcessorPil(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 32}, do_image_splitting=True
    )
    template = (
        "{% for message in messages %}{% for part in message.content %}"
        "{% if part.type == 'image' %}<image>{% else %} {{ part.text }}{% endif %}"
        "{% endfor %}{% endfor %}{% if add_generation_prompt %} A{% endif %}"
    )
    processor = Idefics3Processor(pictures, words, image_seq_len=4, chat_template=template)
    config.text_config.vocab_size = len(words)  # the processor adds tokens of its own
    return _saved(folder, Idefics3ForConditionalGeneration(config), processor)


def florence2(folder: Path) -> Path:
    words = _tokenizer(image_token="<image>")
    config = Florence2Config(
        vision_config={
            "depths": (1, 1),
            "patch_size": (7, 3),
            "patch_stride": (4, 2),
            "patch_padding": (3, 1),
            "patch_prenorm": (False, True),
            "embed_dim": (8, 16),
            "num_heads": (2, 2),
            "num_groups": (2, 2),
            "window_size": 4,
            "projection_dim": 16,
        },
        text_config=BartConfig(
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            vocab_size=len(words),
            decoder_start_token_id=END,
            forced_eos_token_id=None,
            **_IDS,
        ).to_dict(),
        image_token_id=words.convert_tokens_to_ids("<image>"),
        **_IDS,
    )
    pictures = CLIPImageProcessorPil(size=_SIZE, crop_size=_SIZE)
    pictures.image_seq_length = 17  # 4 x 4 cells, and their mean
    return _saved(folder, Florence2ForConditionalGeneration(config), Florence2Processor(pictures, words))


MAKERS: dict[str, Callable[[Path], Path]] = {
    maker.__name__: maker for maker in (blip, git, vit_gpt2, smolvlm, florence2)
}


def text_only(folder: Path) -> Path:
    """A model of transformers that sees nothing."""
    words = _tokenizer()
    config = GPT2Config(n_embd=16, n_layer=1, n_head=2, vocab_size=len(words), **_IDS)
    return _saved(folder, GPT2LMHeadModel(config), words)


def _tokenizer(*special: str, **named: str) -> PreTrainedTokenizerFast:
    vocabulary = {word: number for number, word in enumerate((*_SPECIAL, *special, *named.values(), *_WORDS))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        bos_token="[CLS]",
        sep_token="[SEP]",
        eos_token="[SEP]",
        additional_special_tokens=list(special),
        extra_special_tokens=named,
    )


def _saved(folder: Path, model: Any, *parts: Any) -> Path:
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():  # larger than at the start of training: opinions differ
            if parameter.ndim > 1:
                parameter.copy_(0.4 * torch.randn(parameter.shape, generator=generator))
    logging.disable_progress_bar()
    for part in (model, *parts):
        part.save_pretrained(folder)
    return folder
