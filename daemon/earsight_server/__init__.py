"""The server: Earsight's eyes and voice for a browser and for programs. The daemon does not know it."""
