"""Learn to caption, from photos (the decoder first, then the encoder too) or from embeddings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from earsight_training.data.examples import EmbeddingExamples, PhotoExamples
from earsight_training.learning.distributed import Losses, autocast
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.learning.validation import Validation
from earsight_training.networks.caption_model import PADDING, CaptionModel
from earsight_training.recipe import CaptionSettings, PhotoSettings

MONITOR = "CIDEr"


def train_photos(
    model: CaptionModel,
    examples: PhotoExamples,
    settings: CaptionSettings,
    photos: PhotoSettings,
    work: Path,
    seed: int,
) -> CaptionModel:
    """Train until the last epoch, going on from work/captions.pt if it is there.

    Returns the model with averaged weights. The encoder's batch-norm statistics stay as distilled.
    """
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def begin_epoch(epoch: int) -> PhotoExamples:
        examples.reseed(seed * 1000 + epoch)
        model.encoder.requires_grad_(epoch >= photos.frozen_epochs)
        model.train()
        model.encoder.eval()
        return examples

    encoder = list(model.encoder.parameters())
    others = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    groups = [
        {"name": "decoder", "params": others, "lr": settings.learning_rate},
        {"name": "encoder", "params": encoder, "lr": photos.encoder_learning_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=settings.weight_decay, betas=(0.9, 0.98), fused=True)
    plan = _plan(settings, len(examples), examples.captions, seed)
    trainer = Trainer("captions", model, optimizer, work / "captions.pt", plan, curves=work / "curves")

    def shown(images: Tensor) -> Tensor:
        return images.permute(0, 3, 1, 2).float()

    trained = trainer.run(begin_epoch, _losses(model, settings.smoothing, trainer.device, shown))
    assert isinstance(trained, CaptionModel)
    return trained.eval()


def train_embeddings(
    model: CaptionModel,
    examples: EmbeddingExamples,
    settings: CaptionSettings,
    work: Path,
    seed: int,
    measure: Callable[[CaptionModel], float],
) -> CaptionModel:
    """Train until the last epoch, or until patience ends; goes on from work/captions.pt if it is there.

    measure: CIDEr of a model on the validation photos. Returns the model of the best epoch by it. The decoder
    learns too, unless its parameters need no gradients: then it is neither trained nor saved on the way.
    """
    frozen = not model.decoder.tokens.weight.requires_grad
    learner: nn.Module = model.mapper if frozen else model

    def begin_epoch(_: int) -> EmbeddingExamples:
        model.train()
        model.decoder.train(not frozen)
        return examples

    def validate(learned: nn.Module) -> dict[str, float]:
        return {MONITOR: measure(_joined(model, learned))}

    optimizer = torch.optim.AdamW(
        _trainable(learner), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    trainer = Trainer(
        "captions",
        learner,
        optimizer,
        work / "captions.pt",
        _plan(settings, len(examples), examples.captions, seed),
        validation=Validation(validate, MONITOR, settings.patience),
        curves=work / "curves",
    )
    model.to(trainer.device)
    losses = _losses(model, settings.smoothing, trainer.device, lambda embeddings: embeddings)
    return _joined(model, trainer.run(begin_epoch, losses)).cpu().eval()


def _joined(model: CaptionModel, learned: nn.Module) -> CaptionModel:
    """The model with what was learned of it: the mapper alone, or all of it."""
    if isinstance(learned, CaptionModel):
        return learned
    return CaptionModel(model.encoder, learned, model.decoder)  # type: ignore[arg-type]


def _trainable(module: nn.Module) -> Iterable[nn.Parameter]:
    return (parameter for parameter in module.parameters() if parameter.requires_grad)


def _losses(
    model: CaptionModel, smoothing: float, device: torch.device, shown: Callable[[Tensor], Tensor]
) -> Losses:
    """shown: from a batch's images to what the model takes."""

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], Tensor]:
        images, tokens = batch
        with autocast(device):
            loss = model.loss(shown(images), tokens, smoothing)
        return {"loss": loss}, (tokens != PADDING).sum()

    return losses


def _plan(settings: CaptionSettings, photos: int, captions: int, seed: int) -> TrainingPlan:
    warmup = settings.warmup_steps
    return TrainingPlan(
        photos,
        settings.batch,
        settings.epochs,
        seed,
        warmup_steps=photos // settings.batch if warmup is None else warmup,
        schedule=settings.schedule,
        ema=settings.ema,
        captions=captions,
    )
