"""What captions are worth: pycocoevalcap's measures, made-up objects, intervals, a page to look at."""
