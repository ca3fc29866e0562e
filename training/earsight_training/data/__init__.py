"""Captioned photos: from the files they come in to what a training step sees."""
