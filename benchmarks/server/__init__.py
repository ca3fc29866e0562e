"""The server under load, against the published page's way of working: script/bench server."""
