"""Hears commands: a microphone, and what recognises words, offline."""
