"""From pixels to a scene: is the picture usable, is it new, what is in it."""
