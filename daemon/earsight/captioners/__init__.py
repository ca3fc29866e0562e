"""From a picture to words: model bundles and the engine that runs them."""
