"""What may never be said in English: that a way is clear, that nothing is coming, that one may go.

Earsight sees no obstacles, and captioners say what pictures usually show. A wearer who hears that a street is
empty may step onto it. So no sentence may promise, in whatever wording,

- that anything is safe, clear, free or passable;
- that there is nothing: no traffic, no one, nothing in front; that cars have stopped, wait or are gone;
- that a way, or whatever one would walk on, is empty, open, quiet, even or wide enough;
- that one can, may or should go. Nothing tells what a light shows to people on foot: "a green light" is a
  description to those who see it, and permission to cross to those who don't; and captioners guess colours
  more than anything else.

Descriptions do not speak to the wearer either; Earsight's own messages may ("the voice you chose").

What warns (a red light, a busy road) and what only names (a crosswalk, people who cross it) may be said. In
doubt a caption is lost, and the next is said. Case, hyphens, punctuation and accents make no difference.
"""

from __future__ import annotations

import re

from earsight.language.plain import folded, words

_WAY = (
    r"(?:ways?|(?:path|walk|drive|hall|high|motor|free|road|bike|stair)ways?|(?:cross|rail)?roads?|streets?"
    r"|lanes?|alleys?|paths?|trails?|tracks?|routes?|sidewalks?|crosswalks?|pavements?|footpaths?|crossings?"
    r"|intersections?|junctions?|corners?|curbs?|kerbs?|corridors?|aisles?|passages?|tunnels?|bridges?|stairs?"
    r"|staircases?|steps|ramps?|platforms?|entrances?|exits?|gates?|lots?|garages?|squares?|spaces?|areas?"
    r"|grounds?|surfaces?|ahead|front|surroundings|everything)"
)
_TRAFFIC = (
    r"(?:traffic|cars?|vehicles?|trucks?|lorry|lorries|bus|buses|vans?|taxis?|bikes?|bicycles?|bikers?"
    r"|cyclists?|motorcycles?|motorists?|trams?|trains?|drivers?)"
)
_DANGER = (
    r"(?:obstacles?|obstructions?|barriers?|hazards?|hazardous|dangers?|dangerous|risks?|risky|threats?|trouble"
    r"|worry|worries|coming|approaching|oncoming|blocked|blocking|blocks?|obstructed|obstructing|occupied"
    r"|crowded|busy|anyone|anybody|anything|steps|stairs|curbs?|kerbs?|holes?|reason)"
)
_ANYONE = (
    r"(?:one|body|people|persons?|humans?|pedestrians?|man|men|woman|women|child|children|walkers?|life|sign)"
)
# "Not sure: a car on the left" is doubt.
_NOT = (
    r"(?:no|not(?! sure\b)|never|without|zero|neither|nor|hardly|barely|scarcely|lacks?|lacking|absence of"
    r"|void of)"
)
_IS = r"(?:is|are|was|were|be|being|been|looks?|seems?|appears?|lies|stays?|remains?|stands?|has|have)"
_EMPTY = (
    r"(?:empty|emptied|empties|open|opens|opened|abandoned|unoccupied|unused|quiet|calm|peaceful|silent|lonely"
    r"|desolate|bare|smooth|level|even|flat|wide|available|accessible|usable|secure|good|fine|ok|okay)"
)
_GO = r"(?:go|walk|cross|pass|proceed|continue|advance|step|enter|drive|move|through|ahead)"
_ADJECTIVE = r"(?: (?!(?:in|on|at|of|with|by|to|and|near|from|over|through|down|up|for) )\w+)"
_TALKS = (
    r"(?:says?|saying|reads?|reading|shows?|showing|displays?|displaying|tells?|signals?|lights?)"
    r"(?: (?:to|that|the|a|it|is|word))*"
)
_LIT = (
    r"(?: (?:is|are|was|were|has|have|just|turns?|turned|turning|shows?|showing|glows?|glowing|changes?"
    r"|changed|now|to|at|on|lit))*"
)

_PROMISES = re.compile(
    r"\b(?:"
    + "|".join(
        (
            # Safe, clear, free. A clear sky, clear water and what is worn for safety promise nothing.
            r"(?:safe|safer|safest|safely|harmless|unobstructed|unblocked|unimpeded|passable)",
            r"(?:walkable|crossable|traversable|navigable|uncrowded|deserted|vacant|freely|clearing the way)",
            r"safety(?! (?:vests?|helmets?|hats?|gear|harness|goggles|glasses|jackets?|suits?|ropes?|lines?"
            r"|nets?|equipment|cones?|rails?|railings?|belts?|straps?|tape|wires?|pads?|masks?|uniforms?)\b)",
            r"clear(?:s|ed|er|est)",
            r"clear(?! (?:(?:light|bright|dark|blue|green|gr[ae]y|sunny|cold|shallow) )*"
            r"(?:sky|skies|day|waters?|glass|plastic|lake|ocean|sea|pool|bottle|bag|bowl|cup|bubbles?)\b)",
            rf"{_IS} (?:\w+ )?clearing",
            # What is said to be clear or free is no clear sky or free fall: "the way is clear water".
            rf"(?:{_IS}|all)(?: (?:very|so|quite|all|now|mostly|completely|totally))? (?:clear|free)",
            r"(?:to|into) safety",
            r"free(?! (?:falls?|falling|throws?|kicks?|style|hand|handed|standing|climber|climbing|weights))",
            # Nothing there.
            r"(?:nothing|nobody|noone|no one|no body|none|nowhere)",
            rf"{_NOT}(?: \w+){{0,3}} (?:{_TRAFFIC}|{_DANGER})",
            rf"{_NOT}(?: (?:a|any|single|other|many|moving|visible|more)){{0,3}} {_ANYONE}",
            rf"(?:few|fewer|less|little|(?<!traffic )light|low|sparse|minimal|slow)"
            rf" (?:\w+ )?(?:traffic|{_TRAFFIC}s)",
            rf"(?:few|fewer) {_TRAFFIC}",
            rf"{_TRAFFIC}(?: \w+){{0,3}} (?:gone|absent|missing)",
            rf"gone(?: \w+){{0,3}} {_TRAFFIC}",
            rf"{_TRAFFIC}(?: \w+){{0,3}} (?:stopped|halted|waits?|waiting|yields?|yielding)",
            rf"(?:stopped|halted|waiting|yielding) {_TRAFFIC}",
            rf"(?:{_DANGER}|{_TRAFFIC}) {_IS} (?:\w+ )?(?:gone|not|never|none)",
            r"(?:dangers?|risks?|hazards?|threats?) (?:\w+ )?(?:over|past|passed)",
            r"(?:out of|away from|past) danger",
            # A way, and that it is open.
            rf"{_EMPTY}{_ADJECTIVE}{{0,2}} {_WAY}",
            rf"{_WAY}(?: \w+){{0,5}} {_IS}(?: \w+){{0,2}} {_EMPTY}",
            rf"{_WAY} (?:\w+ )?{_EMPTY}(?! (?:mouth|mouthed|arms|field|book)\b)",
            r"(?:enough|plenty of|lots of|ample) (?:room|space)",
            r"(?:room|space) to \w+",
            rf"(?:easy|easily|possible|simple)(?: to)? {_GO}\w*",
            # Leave to go.
            rf"(?:can|could|may|might|should|must|able to|allowed to|permitted to|ok to|okay to|fine to"
            rf"|good to|time to|right to|alright to)(?: (?:now|then|just|all|be|also))? {_GO}",
            r"(?:right of way|gives? way|giving way|go ahead|all good|no need|carry on|keep going)",
            r"(?:walk|cross|go|proceed|pass|step|move) (?:now|here|forward|ahead|straight|freely)",
            r"lets?(?: \w+){1,3} (?:cross|pass|through|by)",
            r"letting(?: \w+){1,3} (?:cross|pass|through|by)",
            # What lights tell.
            r"green (?:\w+ )?(?:lights?|signals?|man|figure|arrow)",
            rf"(?:lights?|signals?|stoplights?){_LIT} green",
            r"walk (?:signs?|signals?|lights?|symbols?|man|icon|phase)",
            rf"{_TALKS} (?:walk|go|cross|proceed|pass)",
        )
    )
    + r")\b"
)


_ADDRESS = re.compile(r"\b(?:you|your|yours|yourself)\b")


def promises_safety(text: str) -> bool:
    """Whether the text breaks the rule above, or might."""
    return bool(_PROMISES.search(_plain(text)))


def unfit_for_description(text: str) -> bool:
    """Whether the text promises safety or speaks to the wearer: no caption that does is said."""
    return promises_safety(text) or bool(_ADDRESS.search(_plain(text)))


def _plain(text: str) -> str:
    """Plain words in which "isn't" is "is not"."""
    joined = re.sub(r"n['’]t\b", "nt", folded(text))
    return words(
        re.sub(r"\b(is|are|was|were|do|does|did|has|have|ca|could|wo|would|should)nt\b", r"\1 not", joined)
    )
