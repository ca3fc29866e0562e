"""The rewards of a step's captions, computed by several processes: they are n-grams, which no GPU counts."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.pool import Pool
from types import TracebackType
from typing import Self

import torch
from torch import Tensor

from earsight_training.data.tokens import Vocabulary
from earsight_training.learning.decoding import text_of
from earsight_training.learning.rewards import Rewards
from earsight_training.networks.caption_model import PADDING

_Rows = list[list[int]]


@dataclass(frozen=True)
class CaptionRewards:
    """From tokens to rewards, a photo at a time.

    Attributes:
        rewards: By the code of a language; their order is that of the captions.
        vocabulary: The model's.
    """

    rewards: Mapping[str, Rewards]
    vocabulary: Vocabulary

    def of(self, said: list[_Rows], references: _Rows) -> list[list[float]]:
        """Compute the rewards of one photo's captions.

        Args:
            said: Tokens of the captions in each language.
            references: Tokens of the references in all languages.

        Returns:
            A reward for each caption. One without an end token gets the lowest reward that there is; all get
            0 in a language in which the photo has no reference.
        """
        found = []
        for (code, rewards), ours in zip(self.rewards.items(), said, strict=True):
            known = [self._text(row) for row in references if self._is_in(row, code)]
            if not any(known):
                found.append([0.0] * len(ours))
                continue
            values = rewards.of([self._text(row) for row in ours], [text for text in known if text])
            ended = [self.vocabulary.end in row for row in ours]
            lowest = rewards.lowest
            found.append([value if whole else lowest for value, whole in zip(values, ended, strict=True)])
        return found

    def _is_in(self, row: list[int], code: str) -> bool:
        starts = self.vocabulary.starts
        return row[0] != PADDING and (not starts or row[0] == starts[code])

    def _text(self, row: list[int]) -> str:
        return text_of([token for token in row if token != PADDING], self.vocabulary)


_installed: CaptionRewards | None = None


def _install(rewards: CaptionRewards) -> None:
    global _installed  # of a worker process, which has it from its parent: it can't be pickled
    _installed = rewards


def _of_photo(task: tuple[list[_Rows], _Rows]) -> list[list[float]]:
    assert _installed is not None
    return _installed.of(*task)


class RewardPool:
    """Computes rewards in worker processes where there are processors for them."""

    def __init__(self, rewards: CaptionRewards, local_size: int) -> None:
        """Start the workers.

        Args:
            rewards: Computes those of a photo.
            local_size: Training processes on this machine.
        """
        self._rewards = rewards
        workers = (os.cpu_count() or 1) // local_size - 2  # the training itself and its views need some
        self._pool: Pool | None = None
        if workers > 1:
            os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else it warns of the fork
            context = multiprocessing.get_context("fork")
            self._pool = context.Pool(workers, _install, (rewards,))
        self._workers = workers

    def of(self, said: Tensor, references: Tensor) -> Tensor:
        """Compute the rewards of a batch.

        Args:
            said: int64 (batch, languages, beams, tokens).
            references: int64 (batch, references, tokens).

        Returns:
            Float32 (batch, languages, beams), on the CPU.
        """
        tasks = list(zip(said.tolist(), references.tolist(), strict=True))
        if self._pool is None:
            return torch.tensor([self._rewards.of(*task) for task in tasks])
        size = max(1, len(tasks) // (2 * self._workers))
        return torch.tensor(self._pool.map(_of_photo, tasks, chunksize=size))

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the workers."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
