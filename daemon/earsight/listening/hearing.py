"""What was heard, and how certain it is. Pure.

The recogniser finds the likeliest command in any sound. What speaks for it is that it is about as likely as
the likeliest text of any kind: a likelihood ratio, as confidence measures have it (Jiang, "Confidence
measures for speech recognition: a survey", Speech Communication 45, 2005).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WEIGHTS = {"bias": 3.73, "fit": 0.182, "alone": 0.233, "margin": 0.216, "ends": 0.596, "longer": -1.6}
"""Of logistic regressions on the Evidence, the mean of two that `script/bench listen --fit` fitted."""

_CLEAR = 10.0
"""Logarithm by which a command is likelier than any other: what is clearer still makes no difference."""

_LETTER_SECONDS = 0.07
"""What a letter or a space takes: at some 140 words of five letters a minute."""

_LEAST_LIKELY, _WORST_FIT = -12.0, -8.0
"""Of `alone` and `fit`: what is below either was not said, whatever the rest says. 2 % of the commands of
synthetic voices are below, and 95 % of their other sentences."""

ACT_ABOVE = 0.7
"""Certainty from which a command is done."""

ASK_ABOVE = 0.4
"""Certainty from which the wearer is asked whether it was meant; below, it counts as something else."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a command. Likelihoods are natural logarithms.

    Attributes:
        fit: How much likelier it is than the likeliest text of any kind; at most 0.
        alone: How likely it is.
        margin: How much likelier it is than the next command, at most _CLEAR.
        ends: How likely it is that nothing follows its words.
        longer: Logarithm by which longer was spoken than it takes to say it; at least 0. Who says more than
            the command has said something else.
    """

    fit: float
    alone: float
    margin: float
    ends: float
    longer: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard of a command.

    Attributes:
        text: The likeliest sentence of the grammar; "" for none.
        spoke: Whether somebody has spoken.
        evidence: What speaks for it; None without a sentence.
    """

    text: str
    spoke: bool
    evidence: Evidence | None

    @property
    def certainty(self) -> float:
        """Probability, 0..1, that the sentence was said."""
        return certainty(self.evidence)


def compare(heard: Mapping[str, Any]) -> Evidence | None:
    """What speaks for a command.

    Args:
        heard: Its "text", "" for none, its likelihoods as CommandSearch.find() gives them, and the "seconds"
            that were spoken.
    """
    if not heard["text"]:
        return None
    takes = _LETTER_SECONDS * len(heard["text"])
    return Evidence(
        # The likeliest text is looked for token by token, and may be missed.
        fit=min(heard["command"] - heard["free"], 0.0),
        alone=heard["command"],
        margin=min(heard["command"] - heard["rival"], _CLEAR),
        ends=heard["ends"],
        longer=math.log(max(heard["seconds"] / takes, 1.0)),
    )


def certainty(found: Evidence | None) -> float:
    """The probability, 0..1, that a command was said; 0 without evidence."""
    if found is None or found.alone < _LEAST_LIKELY or found.fit < _WORST_FIT:
        return 0.0
    logit = _WEIGHTS["bias"] + sum(_WEIGHTS[name] * getattr(found, name) for name in Evidence.__slots__)
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))
