"""From words to sound: synthesis, playback, earcons."""
