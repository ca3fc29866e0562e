"""Training: one loop for every model, and what the recipes' steps do with it."""
