"""How Earsight reads files that people hand to it: settings, recipes, photos.

The daemon and the training code read them by the same rules, so both import this package. It imports neither.
"""
