"""Execution providers of ONNX Runtime: which one is wanted, and which ones there are.

Any provider of the installed ONNX Runtime can be named. Where it is missing or does not start, the processor
takes its place: slower, but the wearer hears a description.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

import onnxruntime

_REASON = 150
"""Characters of what ONNX Runtime said."""

_SUFFIX = "ExecutionProvider"
CPU = f"CPU{_SUFFIX}"
_CUDA, _TENSORRT = f"CUDA{_SUFFIX}", f"Tensorrt{_SUFFIX}"


@dataclass(frozen=True, slots=True)
class Provider:
    """What is to compute graphs.

    Attributes:
        name: An execution provider, in any case, with or without "ExecutionProvider" at its end; or auto,
            which is CUDA if ONNX Runtime has it, and else the processor. (Not TensorRT, which takes minutes
            to start.)
        options: Passed to it, by the names of its documentation.
    """

    name: str
    options: Mapping[str, str | int | float] = field(default_factory=dict)

    def candidates(self) -> list[tuple[str, dict[str, str]]]:
        """The installed providers to try, each with its options: the wanted one first, the processor last.

        TensorRT leaves to CUDA what it can't compute.
        """
        wanted = self._wanted()
        chain = dict.fromkeys((wanted, _CUDA, CPU) if wanted == _TENSORRT else (wanted, CPU))
        options = {name: str(value) for name, value in self.options.items()}
        installed = {*onnxruntime.get_available_providers(), CPU}
        return [(name, options if name == wanted else {}) for name in chain if name in installed]

    def problem(self, used: str, graph: str, reason: str) -> str | None:
        """Say why the wanted provider does not compute a graph; None if it does.

        Args:
            used: The full name of the first provider of the loaded graph.
            graph: The name of its file.
            reason: What ONNX Runtime said; empty if it said nothing.
        """
        wanted, installed = self._wanted(), onnxruntime.get_available_providers()
        if used == wanted:
            return None
        if wanted in installed:
            said = f" ({textwrap.shorten(reason, _REASON, placeholder=' ...')})" if reason else ""
            return f"captioner.provider: {short_name(wanted)} can't compute {graph}{said}"
        others = ", ".join(short_name(name) for name in installed)
        return f"captioner.provider: this ONNX Runtime has no {self.name}; it has {others}"

    def _wanted(self) -> str:
        if self.name == "auto":
            return _CUDA if _CUDA in onnxruntime.get_available_providers() else CPU
        plain = self.name.lower().removesuffix(_SUFFIX.lower())
        known = (*onnxruntime.get_available_providers(), CPU)
        return next((name for name in known if short_name(name).lower() == plain), f"{self.name}{_SUFFIX}")


AUTO, PROCESSOR = Provider("auto"), Provider("cpu")


def short_name(provider: str) -> str:
    """A provider's name for people: "CUDA" for CUDAExecutionProvider."""
    return provider.removesuffix(_SUFFIX)


def assignment(session: onnxruntime.InferenceSession) -> str:
    """Say which provider computes what of a graph: "CUDA 118 nodes, CPU 2 nodes (Cast, Resize)".

    An ONNX Runtime that does not know, as those before 1.24, has only the names of the providers.
    """
    names = session.get_providers()
    if len(names) == 1:
        return short_name(names[0])
    try:
        subgraphs = session.get_provider_graph_assignment_info()
    except Exception:  # an older one has no such method, or was not asked to take notes
        return ", ".join(short_name(name) for name in names)
    nodes: dict[str, list[str]] = {}
    for subgraph in subgraphs:
        nodes.setdefault(subgraph.ep_name, []).extend(node.op_type for node in subgraph.get_nodes())
    first, *others = (name for name in names if name in nodes)
    shares = [f"{short_name(first)} {len(nodes[first])} nodes"]
    for name in others:
        operators = ", ".join(sorted(set(nodes[name])))
        shares.append(f"{short_name(name)} {len(nodes[name])} nodes ({operators})")
    return ", ".join(shares)
