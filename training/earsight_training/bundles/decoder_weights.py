"""The decoder of a bundle as torch has it: what decoder_graph() wrote, read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn

from earsight_bundle.files import DECODER
from earsight_bundle.graphs import cache_input, keys_output
from earsight_training.bundles.reader import BundleError
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.transformer import Block


def read_decoder(bundle: Path) -> DecoderNetwork:
    """Read the decoder of a bundle that `earsight-train export` wrote, at any precision but integer products.

    Args:
        bundle: The folder.

    Raises:
        BundleError: Its decoder is missing, or not such a one.
    """
    path = bundle / DECODER
    try:
        graph = onnx.load(path).graph
        stored = list(_weights(graph))
        layers = sum(node.op_type == "Softmax" for node in graph.node)
        shapes = {info.name: info.type.tensor_type.shape.dim for info in graph.input}
        heads = shapes[cache_input(keys_output(0))][1].dim_value
        positions, (width, vocabulary) = len(stored[0]), stored[-1].shape
        decoder = DecoderNetwork(vocabulary, positions, width, layers, heads, causal_prefix=False)
        _fill(decoder, stored)
    except Exception as error:  # protobuf's own is in no module that promises to stay
        raise BundleError(f"{path}: not a decoder that a new one can start as ({error})") from error
    return decoder.eval()


def _weights(graph: onnx.GraphProto) -> Iterator[np.ndarray]:
    """The weights in the order in which decoder_graph() adds them, as float32."""
    scaled = {node.input[0]: node for node in graph.node if node.op_type == "DequantizeLinear"}
    scales = {node.input[1] for node in scaled.values()}
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for tensor in graph.initializer:
        values = arrays[tensor.name]
        if (
            tensor.data_type in (TensorProto.INT64, TensorProto.UINT8)
            or not values.ndim
            or tensor.name in scales
        ):
            continue
        node = scaled.get(tensor.name)
        if node is None:
            yield values.astype(np.float32)
            continue
        axis = next(attribute.i for attribute in node.attribute if attribute.name == "axis")
        shape = [-1 if at == axis else 1 for at in range(values.ndim)]
        yield values * arrays[node.input[1]].reshape(shape)


def _fill(decoder: DecoderNetwork, stored: list[np.ndarray]) -> None:
    targets = list(_parameters(decoder))
    with torch.no_grad():
        for (target, transposed), values in zip(targets, stored, strict=True):
            if target.shape != (values.T if transposed else values).shape:
                raise ValueError(f"a weight of {values.shape} where one of {tuple(target.shape)} belongs")
            target.copy_(torch.from_numpy(np.array(values.T if transposed else values)))


def _parameters(decoder: DecoderNetwork) -> Iterator[tuple[Tensor, bool]]:
    """Where each weight belongs, and whether the graph has it transposed."""
    yield decoder.positions.weight, False
    for block in decoder.blocks:
        assert isinstance(block, Block)
        for part in (
            block.attention_norm,
            block.queries_keys_values,
            block.attention_output,
            block.feed_norm,
            block.feed_in,
            block.feed_out,
        ):
            yield part.weight, isinstance(part, nn.Linear)
            yield part.bias, False
    yield decoder.norm.weight, False
    yield decoder.norm.bias, False
    yield decoder.tokens.weight, True
