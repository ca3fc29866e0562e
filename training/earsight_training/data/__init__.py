"""Captioned photos, from the files they come in to what a step of training sees."""
