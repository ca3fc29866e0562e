"""The compared systems by name, in the order in which they take turns and are shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.full_size.sizes import Sizes
from benchmarks.full_size.system import Job, System

PUBLISHED, CACHED, FLOAT32, INT8 = "published", "cached", "float32", "int8"
BUNDLE = "bundle"
"""Ours with any bundle, as it is; not one of those that are compared."""


@dataclass(frozen=True)
class Description:
    """How a system is shown.

    Attributes:
        title: In tables.
        search: The number of beams.
        parameters: How many the published file has, where there is one.
    """

    title: str
    search: str
    parameters: str = ""


SYSTEMS = {
    PUBLISHED: Description("published algorithm, torch", "7 beams"),
    CACHED: Description("the same with a key-value cache", "7 beams"),
    FLOAT32: Description("Earsight, float32", "7 beams"),
    INT8: Description("Earsight, int8", "7 beams"),
    "blip": Description("BLIP-base, transformers", "3 beams", "247 M, shared output weights twice"),
    "vit-gpt2": Description("ViT-GPT2, transformers", "4 beams", "239 M"),
    "smolvlm": Description("SmolVLM-256M, transformers, one tile", "greedy", "256 M"),
    "smolvlm-tiled": Description("SmolVLM-256M, transformers, in tiles (its default)", "greedy", "256 M"),
}


def build(job: Job, sizes: Sizes) -> System:
    """Build the system of a worker. Only what it needs is imported: each process' memory is its own.

    Args:
        job: The worker's.
        sizes: Of the networks.

    Raises:
        ValueError: There is no such system.
    """
    folder = Path(job.folder)
    if job.system in (FLOAT32, INT8):
        from benchmarks.full_size.ours import Ours

        # The published search lets a caption repeat itself.
        return Ours(folder / job.system, job.threads, sizes.beams, sizes.tokens, no_repeat=0)
    if job.system == BUNDLE:
        from benchmarks.full_size.ours import Ours

        return Ours(folder, job.threads)
    return _torch_system(job, folder, sizes)


def _torch_system(job: Job, folder: Path, sizes: Sizes) -> System:
    import torch

    torch.set_num_threads(job.threads)
    torch.manual_seed(1)
    match job.system:
        case "published":
            from benchmarks.full_size.published import Published

            return Published(folder, sizes)
        case "cached":
            from benchmarks.full_size.cached import PublishedWithCache

            return PublishedWithCache(folder, sizes)
    from benchmarks.full_size import alternatives

    match job.system:
        case "blip":
            return alternatives.blip(sizes)
        case "vit-gpt2":
            return alternatives.vit_gpt2(sizes)
        case "smolvlm" | "smolvlm-tiled":
            return alternatives.smolvlm(sizes, tiled=job.system == "smolvlm-tiled")
        case other:
            raise ValueError(f"no such system: {other}")
