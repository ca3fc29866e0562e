"""From a picture to the objects in it, and to the place that it shows: the engines that make no captions."""
