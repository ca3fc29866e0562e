"""One training run in several processes, as torchrun starts them, on one machine or more."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from earsight_training.errors import TrainingError

Losses = Callable[[list[Tensor]], tuple[dict[str, Tensor], Tensor | float]]
"""From a batch to its named losses (scalars, means, whose sum is minimised), and to their weight: the number
of tokens or photos that the means are over."""

T = TypeVar("T")

# The others wait in a collective operation while the first process validates.
_COLLECTIVE_TIMEOUT = timedelta(hours=3)


@dataclass(frozen=True)
class Process:
    """This process among those of the run.

    Attributes:
        rank: 0 for the main one.
        size: Processes of the run.
        local_size: Processes on this machine.
        device: Of this process.
    """

    rank: int
    size: int
    local_size: int
    device: torch.device

    @property
    def is_main(self) -> bool:
        """Whether this is the process that validates, prints and writes files."""
        return self.rank == 0

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Connect the processes of the run for the length of the block; within another such block, they are
        already.

        Once in the life of a process: torchrun's store keeps the addresses of the first connection. After an
        error they stay connected: closing would wait for the others, which wait for this one. torchrun ends
        them all when one ends.
        """
        if self.size == 1 or dist.is_initialized():
            yield
            return
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo", timeout=_COLLECTIVE_TIMEOUT)
        yield
        dist.barrier()  # none leaves while another still waits for what it sent
        dist.destroy_process_group()

    def all_sum(self, values: Tensor) -> Tensor:
        """Sum over all processes, element by element.

        Args:
            values: Changed in place.

        Returns:
            The same tensor.
        """
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def from_main(self, value: T) -> T:
        """Return what the main process has in place of value, which torch has to be able to pickle."""
        box = [value]
        if self.size > 1:
            dist.broadcast_object_list(box, device=self.device)
        return box[0]

    def copy_from_main(self, module: nn.Module) -> None:
        """Give a module the weights and buffers that it has in the main process."""
        if self.size > 1:
            for tensor in module.state_dict().values():
                dist.broadcast(tensor, 0)

    def share_of_total(self, weight: Tensor | float) -> Tensor | float:
        """Return this process' share of the sum of all processes' weights."""
        if self.size == 1:
            return 1.0
        ours = torch.as_tensor(weight, dtype=torch.float32, device=self.device)
        return ours / self.all_sum(ours.clone())

    def data_parallel(self, model: nn.Module, losses: Losses) -> Losses:
        """Wrap losses so that backward() leaves the mean of all processes' gradients in the model's
        parameters.

        DistributedDataParallel rather than one all_reduce after backward(): it sends the gradients of the
        last layers while those of the first are still computed, which hides most of the transfer of GPT-2's
        500 MB where GPUs are joined by PCIe only.

        Parameters that are frozen when it is made, or that the losses of its first step do not use (the graph
        is static), are left out: wrap anew when either changes. Wrapping gives all processes the main one's
        weights and buffers. After that, buffers are each process' own: BatchNorm that is not frozen sees the
        process' share of a batch alone.

        Args:
            model: Whose parameters the losses depend on.
            losses: See Losses.
        """
        if self.size == 1:
            return losses
        return DistributedDataParallel(
            _Losses(model, losses),
            gradient_as_bucket_view=True,
            static_graph=True,
            forward_sync_buffers=False,
        )


class _Losses(nn.Module):
    """The losses as the forward pass that DistributedDataParallel wants."""

    def __init__(self, model: nn.Module, losses: Losses) -> None:
        super().__init__()
        self.model, self._losses = model, losses

    def forward(self, batch: list[Tensor]) -> tuple[dict[str, Tensor], Tensor | float]:
        return self._losses(batch)


def this_process() -> Process:
    """Describe this process by torchrun's environment variables; without them, it is the only one.

    Returns:
        The process, on a GPU where there is one.

    Raises:
        TrainingError: The variables contradict each other, or there are more processes than GPUs.
    """
    try:
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return Process(0, 1, 1, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
        rank, local_rank, local_size = (
            int(os.environ[name]) for name in ("RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
        )
    except (KeyError, ValueError) as error:
        raise TrainingError(
            f"WORLD_SIZE is set, but not all of what torchrun sets beside it ({error}); start by torchrun"
        ) from error
    if not torch.cuda.is_available():
        return Process(rank, size, local_size, torch.device("cpu"))
    if local_size > torch.cuda.device_count():
        raise TrainingError(
            f"{local_size} processes for {torch.cuda.device_count()} GPUs; make --nproc-per-node smaller"
        )
    return Process(rank, size, local_size, torch.device("cuda", local_rank))


def tune(device: torch.device) -> None:
    """Choose among a GPU's ways to compute the same.

    Pictures keep their size from step to step, so the fastest convolutions are worth looking for. Captions do
    not: cuDNN's attention, which is prepared anew for each length, is left out.

    Args:
        device: Of this process.
    """
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.enable_cudnn_sdp(False)


def autocast(device: torch.device) -> torch.autocast:
    """Compute matrix products and convolutions in bfloat16, and what needs more in float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16)
