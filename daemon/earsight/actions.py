"""Everything that a wearer can ask for: the one list of actions.

Settings, the control socket, the command line, the menu and the narrator go by it. A new action is a handler
in earsight/interaction/actions, an entry here, and its messages in the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from earsight.message import Message, message


class ActionKind(Enum):
    """What an action does to what is going on.

    LOOK: needs a picture, so the look begins as soon as a button goes down that may mean it. ANSWER: takes
    the place of what is being said. SETTING: changes a setting and says so in a word or two; what it
    interrupts is said afterwards.
    """

    LOOK = auto()
    ANSWER = auto()
    SETTING = auto()


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a wearer can ask for.

    Attributes:
        handler: What carries it out, as "module:function" in earsight.interaction.actions. A name rather than
            the function itself, so that `earsight do` and the settings need not import what looks and speaks.
        label: What the menu and the help call it.
        help: What it does, for the command line.
        kind: What it does to what is going on.
    """

    handler: str
    label: Message
    help: str
    kind: ActionKind = ActionKind.ANSWER


ACTIONS: dict[str, Action] = {
    "describe": Action(
        "describe:describe", message("action.describe"), "say what is in front of you", ActionKind.LOOK
    ),
    "detail": Action(
        "describe:detail", message("action.detail"), "say more of what is in front of you", ActionKind.LOOK
    ),
    "repeat": Action("repeat:repeat", message("action.repeat"), "say the last description again"),
    "status": Action(
        "status:status", message("action.status"), "say the time, the battery, and what doesn't work"
    ),
    "narration": Action(
        "narration:narration",
        message("action.narration"),
        "start or stop describing what is new without being asked",
        ActionKind.SETTING,
    ),
    "louder": Action("volume:louder", message("action.louder"), "speak louder", ActionKind.SETTING),
    "quieter": Action("volume:quieter", message("action.quieter"), "speak more quietly", ActionKind.SETTING),
    "faster": Action("rate:faster", message("action.faster"), "speak faster", ActionKind.SETTING),
    "slower": Action("rate:slower", message("action.slower"), "speak more slowly", ActionKind.SETTING),
    "help": Action("help:help", message("action.help"), "say what the buttons do"),
    "stop": Action("stop:stop", message("action.stop"), "be silent, and give up what is going on"),
    "menu": Action("menu:menu", message("action.menu"), "open the menu, which reaches every action"),
    "switch_off": Action("switch_off:switch_off", message("action.switch_off"), "switch the device off"),
}
"""By the name that settings and `earsight do` use. What is used most comes first, in the menu too."""
