"""What the service has kept of the wearer's choices."""

import json

from earsight.interaction.preferences import VOLUMES

NAME = "preferences.json"


def chosen_volume(content: str | bytes) -> float:
    """The volume in a file that must be whole, of a service whose configuration has a volume of 1."""
    choices = json.loads(content)
    if "volume" not in choices:
        return 1.0
    assert choices["volume"]["configured"] == 1.0
    assert choices["volume"]["chosen"] in VOLUMES
    return choices["volume"]["chosen"]
