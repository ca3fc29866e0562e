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

    LOOK: needs a picture, so the look begins as soon as a button goes down that may mean it. READ: the same,
    and what it needs is text. ANSWER: takes the place of what is being said. SETTING: changes a setting and
    says so in a word or two; what it interrupts is said afterwards.
    """

    LOOK = auto()
    READ = auto()
    ANSWER = auto()
    SETTING = auto()

    @property
    def looks(self) -> bool:
        """Whether a look begins with the press."""
        return self in (ActionKind.LOOK, ActionKind.READ)


MAX_ARGUMENT = 200
"""Characters of an argument at most."""


class ArgumentError(ValueError):
    """An action was asked for with an argument that makes no sense; in words for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What an action may be asked for with: the thing to find, a question.

    Attributes:
        name: What it is called on the command line, such as NAME.
        help: What it is, for the command line.
        is_needed: Whether the action can't do without.
        check: What raises ArgumentError for an argument that makes no sense, in any language, as
            "module:function" in earsight.interaction.actions: it takes the argument's text. None: any text
            does. What only the detector or the scene can tell is for the action itself, and is spoken.
    """

    name: str
    help: str
    is_needed: bool = False
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a wearer can ask for.

    Attributes:
        handler: What carries it out, as "module:function" in earsight.interaction.actions. A name rather than
            the function itself, so that `earsight do` and the settings need not import what looks and speaks.
        label: What the menu and the help call it.
        help: What it does, for the command line.
        kind: What it does to what is going on.
        argument: What it may be asked for with; None: nothing.
    """

    handler: str
    label: Message
    help: str
    kind: ActionKind = ActionKind.ANSWER
    argument: Argument | None = None

    @property
    def usage(self) -> str:
        """Its help for the command line, with its argument."""
        if self.argument is None:
            return self.help
        name = self.argument.name if self.argument.is_needed else f"[{self.argument.name}]"
        return f"{self.help}; {name}: {self.argument.help}"


ACTIONS: dict[str, Action] = {
    "describe": Action(
        "describe:describe", message("action.describe"), "say what is in front of you", ActionKind.LOOK
    ),
    "detail": Action(
        "describe:detail", message("action.detail"), "say more of what is in front of you", ActionKind.LOOK
    ),
    "read": Action("read:read", message("action.read"), "read text aloud", ActionKind.READ),
    "find": Action(
        "find:find",
        message("action.find"),
        "guide you to a thing by ticks and words",
        argument=Argument("NAME", "what to look for, such as door; without it, asks", check="find:check"),
    ),
    "around": Action(
        "around:around",
        message("action.around"),
        "say what is on the left, ahead and on the right",
        ActionKind.LOOK,
    ),
    "ask": Action(
        "ask:ask",
        message("action.ask"),
        "answer a question about what is in front of you",
        argument=Argument("QUESTION", 'such as "how many people"; without it, says examples'),
    ),
    "scan": Action("scan:scan", message("action.scan"), "read QR codes and barcodes aloud"),
    "light": Action(
        "light:light", message("action.light"), "say how bright it is, and what colour is in the middle"
    ),
    "repeat": Action("repeat:repeat", message("action.repeat"), "say the last description or text again"),
    "spell": Action("read:spell", message("action.spell"), "spell the line that was read last"),
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
    "listen": Action(
        "listen:listen", message("action.listen"), "listen for a command in words, and do what it says"
    ),
    "help": Action("help:help", message("action.help"), "say what the buttons do"),
    "stop": Action("stop:stop", message("action.stop"), "be silent, and give up what is going on"),
    "menu": Action("menu:menu", message("action.menu"), "open the menu, which reaches every action"),
    "switch_off": Action("switch_off:switch_off", message("action.switch_off"), "switch the device off"),
}
"""By the name that settings and `earsight do` use. What is used most comes first, in the menu too."""


def plain_argument(action: str, argument: str | None) -> str | None:
    """Check the argument of an action as far as that needs no words of any language.

    Args:
        action: A name of ACTIONS.
        argument: As it was typed or sent; None without.

    Returns:
        The argument without superfluous spaces; None without.

    Raises:
        ArgumentError: The action takes none, or can't do without, or it is too long or no text.
    """
    taken = ACTIONS[action].argument
    words = " ".join((argument or "").split())
    if not words:
        if taken is not None and taken.is_needed:
            raise ArgumentError(f"the action {action} needs an argument: {taken.name}, {taken.help}")
        return None
    if taken is None:
        raise ArgumentError(f"the action {action} takes no argument")
    if len(words) > MAX_ARGUMENT:
        raise ArgumentError(f"the argument of {action} has more than {MAX_ARGUMENT} characters")
    if not words.isprintable():
        raise ArgumentError(f"the argument of {action} holds characters that are no text")
    return words
