"""Training one more language's decoder for the encoder of a bundle, on the prefixes that it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from earsight_training.data.alignment import translated_vectors
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.inspection import InspectedPhotos
from earsight_training.data.prefixes import PrefixEncoder, PrefixExamples, PrefixViews, encode_photos
from earsight_training.data.squashed_photos import load_images
from earsight_training.data.tokens import Vocabulary, clean_caption
from earsight_training.errors import TrainingError
from earsight_training.learning.caption_training import train_photos
from earsight_training.learning.distributed import this_process
from earsight_training.learning.photo_score import MONITOR, PhotoScore, references_by_language
from earsight_training.learning.run import Run
from earsight_training.learning.self_critical import train_self_critical
from earsight_training.learning.time_limit import TimeLimit
from earsight_training.learning.validation import Validation
from earsight_training.model_factory import build_decoder, build_model, build_vocabulary
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.recipe import BundleEncoderSettings, BundleMapperSettings, OwnDecoderSettings, Recipe
from earsight_training.trained_captioner import TrainedCaptioner, save_captioner


@dataclass(frozen=True)
class Start:
    """The decoder that a new one starts as.

    Attributes:
        decoder: In its own language.
        tokenizer: Of this decoder.
        end: Number of its end token.
        captions: In this decoder's language, by photo.
    """

    decoder: DecoderNetwork
    tokenizer: Tokenizer
    end: int
    captions: Mapping[Path, Sequence[str]]


def require_encoder_fits(encoder: PrefixEncoder, recipe: Recipe) -> None:
    """Refuse a bundle whose encoder is not what the recipe says.

    Args:
        encoder: The bundle's.
        recipe: With encoder: bundle.

    Raises:
        TrainingError: Another number differs.
    """
    assert isinstance(recipe.mapper, BundleMapperSettings)
    assert isinstance(recipe.decoder, OwnDecoderSettings)
    assert recipe.captions.photos is not None
    for key, ours, theirs in (
        ("captions.photos.side", recipe.captions.photos.side, encoder.side),
        ("mapper.prefix", recipe.mapper.prefix, encoder.length),
        ("decoder.width", recipe.decoder.width, encoder.width),
    ):
        if ours != theirs:
            raise TrainingError(f"recipe {recipe.name}: {key}: {ours}, but the bundle's encoder has {theirs}")


def train_on_prefixes(
    recipe: Recipe,
    inspected: InspectedPhotos,
    validation: Sequence[CaptionedPhoto],
    encoder: PrefixEncoder,
    start: Start | None,
    work: Path,
    missing: float,
    limit: TimeLimit,
) -> None:
    """Train, and write model.pt.

    Args:
        recipe: With encoder: bundle.
        inspected: The photos to train on.
        validation: Photos by which the best epoch is found; none: the last one is kept.
        encoder: The bundle's.
        start: What the decoder starts as; None: random weights.
        work: Folder for prefixes, checkpoints, the learning curve and model.pt.
        missing: Share of the photos of the data, 0 to 1, that may be missing.
        limit: Of the time; see train_on_photos().

    Raises:
        TrainingError: The start is of other sizes, or as Trainer does.
    """
    torch.manual_seed(recipe.seed)
    vocabulary = build_vocabulary(recipe, [photo.captions for photo in inspected.photos])
    decoder = build_decoder(recipe, vocabulary)
    if start is not None:
        start_as(decoder, start, vocabulary, inspected.photos)
    run = Run(work, recipe.seed, _validation(recipe, validation, encoder, vocabulary), limit)
    model = _trained(build_model(recipe, 0, decoder), vocabulary, recipe, inspected.photos, encoder, run)
    if this_process().is_main:
        seen, nothing = inspected.fingerprints, torch.zeros(0)
        captioner = TrainedCaptioner(
            recipe, model.cpu(), vocabulary, nothing, trained_on=seen, missing=missing
        )
        save_captioner(work / "model.pt", captioner)


def _trained(
    model: CaptionModel,
    vocabulary: Vocabulary,
    recipe: Recipe,
    photos: Sequence[CaptionedPhoto],
    encoder: PrefixEncoder,
    run: Run,
) -> CaptionModel:
    """By cross-entropy, and then by reward if the recipe says so and the limit leaves time."""
    captions, refine = recipe.captions, recipe.refine
    assert isinstance(recipe.encoder, BundleEncoderSettings)
    assert captions.photos is not None
    pixels = load_images(photos, recipe.data.side)
    views = PrefixViews(encoder, pixels, captions.photos, recipe.seed, run.work / "prefixes")
    texts = [photo.captions for photo in photos]
    examples = PrefixExamples(views, recipe.encoder.views, texts, vocabulary, captions.longest)
    model = train_photos(model, examples, captions, captions.photos, run.measured(captions.keep_best))
    if refine is None or run.limit.reached:
        return model
    references, run = references_by_language(photos, recipe.data.languages), run.measured(refine.keep_best)
    return train_self_critical(model, examples, references, vocabulary, (captions, refine), run)


def start_as(
    decoder: DecoderNetwork, start: Start, vocabulary: Vocabulary, photos: Sequence[CaptionedPhoto]
) -> None:
    """Give a decoder the weights of another one. A token gets the vectors of those that it translates, as far
    as the captions of photos that have equally many in both languages tell: they count as translations of
    each other, in the same order.

    Args:
        decoder: With another vocabulary.
        start: Of the same sizes otherwise.
        vocabulary: The decoder's.
        photos: With captions in the decoder's language.

    Raises:
        TrainingError: It has other sizes.
    """
    weights = start.decoder.state_dict()
    theirs = weights.pop("tokens.weight").numpy()
    own = {name: value.shape for name, value in decoder.state_dict().items() if name != "tokens.weight"}
    if {name: value.shape for name, value in weights.items()} != own:
        raise TrainingError(
            "the bundle's decoder has other sizes than the recipe's: make them the same, or warm_start: false"
        )
    decoder.load_state_dict(weights, strict=False)
    pairs = [
        (
            start.tokenizer.encode(clean_caption(text)).ids,
            vocabulary.tokenizer.encode(clean_caption(ours)).ids,
        )
        for photo in photos
        if len(start.captions.get(photo.path, ())) == len(photo.captions)
        for text, ours in zip(start.captions[photo.path], photo.captions, strict=True)
    ]
    pairs = [pair for pair in pairs if all(pair)]
    if pairs:
        vectors = torch.from_numpy(translated_vectors(theirs, pairs, vocabulary.size))
        known = ~vectors.isnan().any(1)
        with torch.no_grad():
            decoder.tokens.weight[: len(vectors)][known] = vectors[known]
            decoder.tokens.weight[vocabulary.end] = start.decoder.tokens.weight[start.end]


def _validation(
    recipe: Recipe, photos: Sequence[CaptionedPhoto], encoder: PrefixEncoder, vocabulary: Vocabulary
) -> Validation | None:
    if not photos:
        return None
    prefixes = encode_photos(encoder, load_images(photos, encoder.side))
    references = references_by_language(photos, recipe.data.languages)
    score = PhotoScore(prefixes, references, vocabulary, recipe.captions.longest, beams=1)
    return Validation(score, MONITOR, recipe.captions.patience)
