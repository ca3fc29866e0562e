"""What actions do: a handler for each entry of earsight/actions.py."""
