"""Running ONNX graphs, for whatever looks at a picture."""
