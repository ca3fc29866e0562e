"""Training on captions by cross-entropy, from photos (the decoder first, then the encoder too) or from
embeddings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from earsight_training.data.examples import EmbeddingExamples, PhotoExamples
from earsight_training.data.prefixes import PrefixExamples
from earsight_training.learning.batches import encoder_input
from earsight_training.learning.distributed import Losses, autocast
from earsight_training.learning.run import Run
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.learning.validation import Validation
from earsight_training.networks.caption_model import PADDING, CaptionModel
from earsight_training.recipe import CaptionSettings, PhotoSettings

MONITOR = "CIDEr"
"""The metric by which the best epoch is kept."""


def train_photos(
    model: CaptionModel,
    examples: PhotoExamples | PrefixExamples,
    settings: CaptionSettings,
    photos: PhotoSettings,
    run: Run,
) -> CaptionModel:
    """Train until the last epoch, going on from captions.pt of the run's folder if it is there.

    Args:
        model: With a trained encoder.
        examples: Of the training photos, or of what a bundle's encoder made of them.
        settings: The recipe's section captions.
        photos: The recipe's section captions.photos.
        run: Where, and how long.

    Returns:
        The model with averaged weights, in eval mode; that of the best epoch where validation monitors one.

    Raises:
        TrainingError: As Trainer does.
    """
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def begin_epoch(epoch: int) -> PhotoExamples | PrefixExamples:
        examples.reseed(run.seed * 1000 + epoch)
        model.encoder.requires_grad_(epoch >= photos.frozen_epochs)
        model.train()
        model.encoder.eval()  # its batch norms keep their statistics
        return examples

    optimizer, plan = _photo_optimizer(model, settings, photos), _plan(settings, examples, run.seed)
    trainer = _photo_trainer(model, optimizer, plan, run)
    trained = trainer.run(begin_epoch, _losses(model, settings.smoothing, trainer.device, encoder_input))
    assert isinstance(trained, CaptionModel)
    return trained.eval()


def _photo_trainer(
    model: CaptionModel, optimizer: torch.optim.Optimizer, plan: TrainingPlan, run: Run
) -> Trainer:
    return Trainer(
        "captions",
        model,
        optimizer,
        run.work / "captions.pt",
        plan,
        validation=run.validation,
        curves=run.work / "curves",
        beside=_bytes(model),
        limit=run.limit,
    )


def _photo_optimizer(
    model: CaptionModel, settings: CaptionSettings, photos: PhotoSettings
) -> torch.optim.Optimizer:
    """With a learning rate of its own for the encoder."""
    others = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    groups = [
        {"name": "decoder", "params": others, "lr": settings.learning_rate},
        {"name": "encoder", "params": list(model.encoder.parameters()), "lr": photos.encoder_learning_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=settings.weight_decay, betas=(0.9, 0.98), fused=True)


def train_embeddings(
    model: CaptionModel,
    examples: EmbeddingExamples,
    settings: CaptionSettings,
    work: Path,
    seed: int,
    measure: Callable[[CaptionModel], float],
) -> CaptionModel:
    """Train until the last epoch, or until patience ends; go on from work/captions.pt if it is there.

    Args:
        model: Without an encoder. A decoder whose parameters need no gradients is neither trained nor saved.
        examples: Of the training photos.
        settings: The recipe's section captions.
        work: Folder for the checkpoint and the learning curve.
        seed: Of the order of the photos, and of dropout.
        measure: From a model to its CIDEr on the validation photos.

    Returns:
        The model of the best epoch, on the CPU, in eval mode.

    Raises:
        TrainingError: As Trainer does.
    """
    frozen = not model.decoder.tokens.weight.requires_grad
    learner: nn.Module = model.mapper if frozen else model

    def begin_epoch(_: int) -> EmbeddingExamples:
        model.train()
        model.decoder.train(not frozen)
        return examples

    trainer = _embedding_trainer(model, learner, settings, _plan(settings, examples, seed), work, measure)
    model.to(trainer.device)
    losses = _losses(model, settings.smoothing, trainer.device, lambda embeddings: embeddings)
    return _joined(model, trainer.run(begin_epoch, losses)).cpu().eval()


def _embedding_trainer(
    model: CaptionModel,
    learner: nn.Module,
    settings: CaptionSettings,
    plan: TrainingPlan,
    work: Path,
    measure: Callable[[CaptionModel], float],
) -> Trainer:
    """learner: what of the model is trained."""
    return Trainer(
        "captions",
        learner,
        _embedding_optimizer(learner, settings),
        work / "captions.pt",
        plan,
        validation=_validation(model, measure, settings.patience),
        curves=work / "curves",
        beside=_bytes(model),
    )


def _validation(
    model: CaptionModel, measure: Callable[[CaptionModel], float], patience: int | None
) -> Validation:
    """model: what the trained part is joined with."""

    def validate(learned: nn.Module) -> dict[str, float]:
        return {MONITOR: measure(_joined(model, learned))}

    return Validation(validate, MONITOR, patience)


def _joined(model: CaptionModel, learned: nn.Module) -> CaptionModel:
    """The model with what was learned of it: the mapper alone, or all of it."""
    if isinstance(learned, CaptionModel):
        return learned
    return CaptionModel(model.encoder, learned, model.decoder)  # type: ignore[arg-type]


def _embedding_optimizer(learner: nn.Module, settings: CaptionSettings) -> torch.optim.Optimizer:
    trainable = (parameter for parameter in learner.parameters() if parameter.requires_grad)
    return torch.optim.AdamW(
        trainable, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )


def _losses(
    model: CaptionModel, smoothing: float, device: torch.device, shown: Callable[[Tensor], Tensor]
) -> Losses:
    """From a batch to its losses: see Losses. shown: from a batch's images to what the model takes."""

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], Tensor]:
        images, tokens = batch
        with autocast(device):
            loss = model.loss(shown(images), tokens, smoothing)
        return {"loss": loss}, (tokens != PADDING).sum()

    return losses


def _bytes(model: nn.Module) -> int:
    """Of the file that the caller will write when it is trained."""
    return sum(tensor.nbytes for tensor in model.state_dict().values())


def _plan(
    settings: CaptionSettings, examples: PhotoExamples | PrefixExamples | EmbeddingExamples, seed: int
) -> TrainingPlan:
    warmup, photos = settings.warmup_steps, len(examples)
    return TrainingPlan(
        photos,
        settings.batch,
        settings.epochs,
        seed,
        warmup_steps=photos // settings.batch if warmup is None else warmup,
        schedule=settings.schedule,
        ema=settings.ema,
        captions=examples.captions,
        data=examples.digest,
    )
