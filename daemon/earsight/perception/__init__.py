"""What can be told from a picture without a caption: is it usable, is it new?"""
