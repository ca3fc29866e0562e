"""From a trained captioner to a bundle: ONNX graphs, their agreement with torch, calibration, model card."""
