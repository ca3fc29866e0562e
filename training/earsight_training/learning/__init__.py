"""From data to a trained captioner: the loop, its processes, its curve, and the steps of a recipe."""
