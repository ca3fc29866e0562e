"""The networks, in torch: image encoders, mappers and the decoder, and the weights that others published."""
