"""The image encoders, by what their output is."""

from __future__ import annotations

from earsight_training.networks.clip_networks import ClipResNet, ClipVisionTransformer
from earsight_training.networks.conv_encoder import ConvEncoder
from earsight_training.networks.efficientnet import EfficientNetLite

FeatureMapEncoder = ConvEncoder | EfficientNetLite
"""Learn along with the captions. Output: a feature map, float (batch, channels, rows, columns)."""

ClipEncoder = ClipResNet | ClipVisionTransformer
"""Stay frozen. Output: an embedding, float (batch, width)."""

ImageEncoder = FeatureMapEncoder | ClipEncoder
