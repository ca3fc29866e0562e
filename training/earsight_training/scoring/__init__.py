"""Scores of captions: pycocoevalcap's measures with intervals, hallucinated objects, fluency, and a page of
the worst."""
