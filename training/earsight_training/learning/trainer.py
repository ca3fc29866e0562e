"""The training loop: epochs that can be interrupted and shared between processes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import Dataset
from tqdm import tqdm

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.errors import TrainingError
from earsight_training.learning.batches import epoch_order, load_batches
from earsight_training.learning.distributed import Losses, Process, this_process, tune
from earsight_training.learning.history import EpochRecord
from earsight_training.learning.learning_curves import Curves
from earsight_training.learning.schedules import FACTORS, Schedule
from earsight_training.learning.time_limit import TimeLimit
from earsight_training.learning.validation import Validation
from earsight_training.preconditions import require_room
from earsight_training.weights_files import WeightsFileError


@dataclass(frozen=True)
class TrainingPlan:
    """How long a model is trained, in what steps and at what rates.

    Attributes:
        photos: Of the data that begin_epoch gives.
        batch: Photos of a step, over all processes. What is left over at the end of an epoch is not used in
            it.
        epochs: Passes over the data.
        seed: Of the order of the photos, and of dropout.
        warmup_steps: Steps until the learning rate is reached.
        schedule: How the learning rate goes on from there.
        ema: Decay of the exponential moving average of the weights; None: no average.
        average_buffers: Whether buffers are averaged too, for BatchNorm that is not frozen.
        captions: Of all photos together, for the captions per second of the learning curve.
        data: Digest of the data: a run that was interrupted does not go on with other data.
    """

    photos: int
    batch: int
    epochs: int
    seed: int
    warmup_steps: int
    schedule: Schedule = "cosine"
    ema: float | None = None
    average_buffers: bool = False
    captions: int | None = None
    data: str = ""

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return self.photos // self.batch


def _check_batch(plan: TrainingPlan, process: Process) -> None:
    if not plan.steps:
        raise TrainingError(
            f"{plan.photos} photos are less than a batch of {plan.batch}; make the batch smaller"
        )
    if plan.batch < process.size:
        raise TrainingError(f"a batch of {plan.batch} is too small to share between {process.size} processes")


def _average(model: nn.Module, plan: TrainingPlan) -> AveragedModel | None:
    if plan.ema is None:
        return None
    ema_step = get_ema_multi_avg_fn(plan.ema)  # type: ignore[no-untyped-call]
    return AveragedModel(model, multi_avg_fn=ema_step, use_buffers=plan.average_buffers)


def _schedule(optimizer: torch.optim.Optimizer, plan: TrainingPlan) -> torch.optim.lr_scheduler.LambdaLR:
    factor, total = FACTORS[plan.schedule], plan.epochs * plan.steps
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(step, plan.warmup_steps, total))


class Trainer:
    """A model in training, with the average of its weights.

    It goes on from the checkpoint where there is one, to the same weights as without the interruption. The
    number of processes may change in between: everything that is saved is the same in all of them.

    All of the model is saved each time. What never trains (a frozen GPT-2) belongs outside of it: give the
    trained module alone as model, and let the losses and the validation join the two. The caller moves the
    other one to the device.
    """

    def __init__(
        self,
        name: str,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        checkpoint: Path,
        plan: TrainingPlan,
        *,
        validation: Validation | None = None,
        curves: Path | None = None,
        beside: int = 0,
        limit: TimeLimit | None = None,
    ) -> None:
        """Move the model to the device of this process, and load the checkpoint if there is one.

        Args:
            name: For what is printed.
            model: What is trained and saved.
            optimizer: Of its parameters.
            checkpoint: The file; the best weights go beside it.
            plan: How long and how fast.
            validation: What is measured after each epoch.
            curves: Folder for the learning curve.
            beside: Bytes that will be written beside the checkpoint after the last epoch.
            limit: No epoch is begun that would not end within it.

        Raises:
            TrainingError: Too few photos, too little room, or a checkpoint of something else.
        """
        self._process = process = this_process()
        _check_batch(plan, process)
        self._name, self._model, self._optimizer, self._checkpoint = name, model, optimizer, checkpoint
        self._plan, self._validation, self._limit = plan, validation, limit or TimeLimit()
        self._curves = Curves(curves, name) if curves and process.is_main else None
        model.to(process.device)
        self._average = _average(model, plan) if process.is_main else None
        self._schedule = _schedule(optimizer, plan)
        self._done, self._history = self._resume()
        if process.is_main:
            require_room(checkpoint, self._room() + beside, "the checkpoints")

    @property
    def device(self) -> torch.device:
        """The device on which batches come to the losses."""
        return self._process.device

    def _stateful(self) -> dict[str, Any]:
        average = {"average": self._average} if self._average else {}
        return {"model": self._model, "optimizer": self._optimizer, "schedule": self._schedule} | average

    def _resume(self) -> tuple[int, list[EpochRecord]]:
        """The number of epochs that the checkpoint has seen, and their records."""
        try:
            state = load_checkpoint(self._checkpoint)
        except WeightsFileError as error:
            raise TrainingError(f"{error}; or delete it to start anew") from error
        if state is None:
            return 0, []
        try:
            for name, part in self._stateful().items():
                part.load_state_dict(state[name])
            if state.get("data", "") != self._plan.data:
                raise TrainingError(
                    f"{self._checkpoint}: learned from other photos than these; delete it, or give another"
                    " --work"
                )
            return int(state["epochs"]), [EpochRecord.of(row) for row in state.get("history", [])]
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise TrainingError(
                f"{self._checkpoint}: made by another recipe; delete it, or give another --work"
            ) from error

    def _room(self) -> int:
        """Bytes that the files will take more than now: a new one is written beside the one before."""
        model = sum(tensor.nbytes for tensor in self._model.state_dict().values())
        learned = sum(p.nbytes for group in self._optimizer.param_groups for p in group["params"])
        best = model if self._validation and self._validation.monitor else 0
        checkpoint = model + 2 * learned + (model if self._average else 0)
        there = sum(path.stat().st_size for path in (self._checkpoint, self._best_file) if path.exists())
        more: int = 2 * (checkpoint + best) - there
        return max(0, more)

    def run(self, begin_epoch: Callable[[int], Dataset], losses: Losses) -> nn.Module:
        """Train until the last epoch, or until patience ends.

        Args:
            begin_epoch: From the epoch's number (the first is 0) to its data; a TensorDataset is read without
                worker processes.
            losses: See Losses; its batches are on the device.

        Returns:
            In all processes: the averaged model where there is an average, else the model; with the weights
            of the best
            epoch where a metric is monitored.

        Raises:
            TrainingError: A loss is not finite, checkpoints can't be written, or they differ between
                machines.
        """
        tune(self._process.device)
        with self._process.connected():
            if self._process.from_main(self._done) != self._done:
                raise TrainingError(
                    f"{self._checkpoint}: not the same on all machines; they must share --work"
                )
            if self._history and self._validation and not self._history[-1].metrics:
                self._validate()  # interrupted after the epoch was saved
            seconds = 0.0
            while self._done < self._plan.epochs and not self._stopped() and self._in_time(seconds):
                start = time.monotonic()
                self._epoch(begin_epoch(self._done), losses)
                self._validate()
                seconds = time.monotonic() - start
            return self._result()

    def _in_time(self, seconds: float) -> bool:
        """Whether the limit leaves time for one more epoch. seconds: what the last one took."""
        in_time = self._process.from_main(self._limit.leaves(seconds))
        if not in_time:
            self._limit.reached = True
            if self._process.is_main:
                print(
                    f"{self._name}: stopped after epoch {self._done} of {self._plan.epochs}, to end in time",
                    flush=True,
                )
        return in_time

    def _stopped(self) -> bool:
        """Whether early stopping ends the run."""
        if not (self._validation and self._validation.out_of_patience(self._history)):
            return False
        if self._process.is_main:
            best = self._validation.best(self._history)
            print(
                f"{self._name} {self._validation.monitor} has been best in epoch {best}: stopped", flush=True
            )
        return True

    def _epoch(self, data: Dataset, losses: Losses) -> None:
        title = f"{self._name} epoch {self._done + 1}/{self._plan.epochs}"
        # Drawn anew each epoch, so that a resumed run goes on as the uninterrupted one did.
        seeds = np.random.SeedSequence((self._plan.seed, self._done, self._process.rank))
        torch.manual_seed(int(seeds.generate_state(1)[0]))
        start = time.monotonic()
        means = self._train(title, data, losses)
        seconds = time.monotonic() - start
        if not all(map(math.isfinite, means.values())):
            raise TrainingError(f"{title}: the loss is no number any more; make the learning rate smaller")
        self._done += 1
        ours = self._record(means, seconds) if self._process.is_main else None
        record = self._process.from_main(ours)
        assert record is not None
        self._history.append(record)
        if self._process.is_main:
            self._save()  # before it is measured: whatever fails there, the epoch is not lost

    def _validate(self) -> None:
        """Measure the last epoch, keep its weights if they are the best, and tell."""
        if self._validation:
            ours = self._validation.metrics(self._trained()) if self._process.is_main else {}
            self._history[-1] = replace(self._history[-1], metrics=self._process.from_main(ours))
        if not self._process.is_main:
            return
        if self._validation:
            if self._validation.best(self._history) == self._done:
                # Before the checkpoint: whatever happens in between, it has the best weights there were.
                self._write(self._best_file, {"epoch": self._done, "model": self._trained().state_dict()})
            self._save()
        if self._curves:
            self._curves.add(self._history)
        record = self._history[-1]
        values = record.losses | record.metrics
        title = f"{self._name} epoch {self._done}/{self._plan.epochs}"
        print(title, *(f"{name} {value:.4f}" for name, value in values.items()), flush=True)

    def _train(self, title: str, data: Dataset, losses: Losses) -> dict[str, float]:
        """One epoch's steps. Returns the mean of each loss."""
        plan, process = self._plan, self._process
        batches = load_batches(data, epoch_order(plan.photos, plan.batch, plan.seed, self._done), process)
        together = process.data_parallel(self._model, losses)
        totals: dict[str, Tensor] = {}
        for batch in tqdm(batches, title, leave=False, disable=None if process.is_main else True):
            terms, weight = together([tensor.to(process.device, non_blocking=True) for tensor in batch])
            share = process.share_of_total(weight)
            self._optimizer.zero_grad(set_to_none=True)
            # Gradients come as the mean of all processes: times size, by shares, it is the global batch's.
            loss = sum(terms.values(), torch.zeros((), device=process.device)) * (share * process.size)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
            self._optimizer.step()
            self._schedule.step()
            if self._average:
                self._average.update_parameters(self._model)
            for name, term in terms.items():  # on the device: reading them out would wait for it at each step
                totals[name] = totals.get(name, 0) + term.detach().double() * share
        means = process.all_sum(torch.stack(list(totals.values()))) / plan.steps
        return dict(zip(totals, means.tolist(), strict=True))

    def _record(self, losses: dict[str, float], seconds: float) -> EpochRecord:
        throughput = {"photos": self._plan.steps * self._plan.batch / seconds}
        if self._plan.captions is not None:
            throughput["captions"] = throughput["photos"] * self._plan.captions / self._plan.photos
        rates = {
            group.get("name", str(index)): float(group["lr"])
            for index, group in enumerate(self._optimizer.param_groups)
        }
        return EpochRecord(self._done, losses, rates, seconds, throughput)

    def _trained(self) -> nn.Module:
        """What becomes of the model: its average, where there is one."""
        averaged: nn.Module = self._average.module if self._average else self._model
        return averaged

    def _save(self) -> None:
        state = {name: part.state_dict() for name, part in self._stateful().items()}
        history = [record.as_dict() for record in self._history]
        own = {"epochs": self._done, "history": history, "data": self._plan.data}
        self._write(self._checkpoint, own | state)

    @property
    def _best_file(self) -> Path:
        return self._checkpoint.with_suffix(".best.pt")

    def _write(self, path: Path, state: dict[str, Any]) -> None:
        try:
            save_checkpoint(path, state)
        except (OSError, RuntimeError) as error:  # torch reports a full disk as the latter, and at length
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error).splitlines()[0]
            raise TrainingError(
                f"{path}: can't be written ({reason}); the one before is whole; make room and run again"
            ) from error

    def _result(self) -> nn.Module:
        trained = self._trained()
        best = self._validation.best(self._history) if self._validation else None
        if best is not None and self._process.is_main:
            state = load_checkpoint(self._best_file)
            if state is None:
                raise TrainingError(
                    f"{self._best_file}: the weights of epoch {best} are gone; delete {self._checkpoint} too"
                )
            trained.load_state_dict(state["model"])
        self._process.copy_from_main(trained)
        return trained
