"""Small models whose every weight matters, as after training, and their graphs at work."""

from __future__ import annotations

import numpy as np
import onnxruntime
import torch
from torch import nn

from earsight_training.networks.clip_encoders import ClipResNet, ClipVisionTransformer, clip_image_encoder
from earsight_training.networks.conv_encoder import ConvEncoder
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.efficientnet import EfficientNetLite
from earsight_training.networks.mapper import CellMapper, MlpMapper, TransformerMapper
from earsight_training.recipe import MlpMapperSettings, TransformerMapperSettings

FORMATS = ("float32", "float16", "int8", "int8-at-rest")
WIDTH = 32


def as_trained(module: nn.Module) -> nn.Module:
    """Norms that are not the identity, and embeddings large enough to be heard."""
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.3)
            layer.running_var.uniform_(0.5, 2)
        if isinstance(layer, nn.BatchNorm2d | nn.LayerNorm):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, 0, 0.3)
        elif isinstance(layer, nn.Embedding):
            nn.init.normal_(layer.weight, 0, 0.3)
    return module.eval()


def heard(network: EfficientNetLite) -> EfficientNetLite:
    """With norms after training on these weights: what goes in decides what comes out, through all blocks."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None
    pictures = np.random.default_rng(1).integers(0, 256, (8, 3, 4, 4))
    with torch.no_grad():
        network.train()(torch.from_numpy(pictures).float().repeat_interleave(16, 2).repeat_interleave(16, 3))
    return network.eval()


def encoder_and_mapper(
    kind: str, clip_state: dict[str, torch.Tensor] | None = None
) -> tuple[
    ConvEncoder | EfficientNetLite | ClipResNet | ClipVisionTransformer,
    CellMapper | MlpMapper | TransformerMapper,
    int,
]:
    """kind: "cells", "efficientnet", "mlp" or "transformer"; clip_state: of a small CLIP, for the latter two.
    And a side."""
    torch.manual_seed(3)
    if kind == "efficientnet":
        return heard(EfficientNetLite(0)), as_trained(CellMapper(1280, WIDTH, 4)), 64
    if clip_state is None:
        encoder = as_trained(ConvEncoder((8, 16, 24, 32), (1, 1, 2, 1)))
        return encoder, as_trained(CellMapper(32, WIDTH, 4)), 64
    tower = clip_image_encoder(clip_state)
    mapping = MlpMapperSettings(kind="mlp", prefix=4, unit_length=False)
    if kind == "transformer":
        mapping = TransformerMapperSettings(kind="transformer", prefix=5, clip_length=3, layers=2, heads=4)
    mapper = {"mlp": MlpMapper, "transformer": TransformerMapper}[kind](tower.width, WIDTH, mapping)
    return tower, as_trained(mapper), tower.side


def decoder(
    causal_prefix: bool, vocabulary: int = 320, layers: int = 2, positions: int = 24
) -> DecoderNetwork:
    torch.manual_seed(4)
    return as_trained(DecoderNetwork(vocabulary, positions, WIDTH, layers, 4, causal_prefix=causal_prefix))


def session(graph) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
