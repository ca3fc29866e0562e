"""The networks, in torch: encoders, CLIP's image towers, mappers, the decoder, GPT-2's weights."""
