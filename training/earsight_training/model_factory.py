"""The vocabulary and the decoder that a recipe starts from."""

from __future__ import annotations

from collections.abc import Sequence

from earsight_training.data.tokens import Vocabulary, clean_caption, gpt2_vocabulary, own_vocabulary
from earsight_training.networks.gpt2 import load_gpt2, load_tokenizer
from earsight_training.networks.model import DecoderNetwork
from earsight_training.recipe import Gpt2DecoderSettings, OwnDecoderSettings, Recipe
from earsight_training.trained_captioner import own_decoder, prefix_length


def build_vocabulary(
    recipe: Recipe, captions: Sequence[Sequence[str]], local_files_only: bool = False
) -> Vocabulary:
    """GPT-2's, or one learned from the captions. Raises Gpt2Error."""
    if isinstance(recipe.decoder, Gpt2DecoderSettings):
        return gpt2_vocabulary(load_tokenizer(recipe.decoder.model, local_files_only=local_files_only))
    cleaned = (clean_caption(text) for texts in captions for text in texts)
    return own_vocabulary(cleaned, recipe.decoder.vocabulary)


def build_decoder(recipe: Recipe, vocabulary: Vocabulary, local_files_only: bool = False) -> DecoderNetwork:
    """GPT-2, frozen or not, or one that knows nothing yet. Raises Gpt2Error."""
    settings = recipe.decoder
    if isinstance(settings, OwnDecoderSettings):
        positions = prefix_length(recipe) + recipe.captions.longest
        return own_decoder(settings, vocabulary.tokenizer.get_vocab_size(), positions)
    decoder = load_gpt2(settings.model, settings.dropout, local_files_only=local_files_only)
    return decoder.requires_grad_(not settings.frozen)
