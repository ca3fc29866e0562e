"""Earsight never says that a way is clear: over phrases, over the vocabulary of the built-in bundle, and over
what its search decodes. What is said is judged by a list of this file, not by the rule of earsight.safety."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from earsight.captioners.bundle import bundle_folder, open_bundle
from earsight.captioners.onnx import OnnxCaptioner
from earsight.safety import promises_safety
from earsight.scene import Caption, Encoding
from earsight.wording import CANT_TELL, Style, Thresholds, long_description, short_description

ALL = Thresholds(plain=0.7, probably=0.45, maybe=0.0, likely=0.05)
"""Lets everything be said that may be said at all."""

WAYS = (
    "way path road street sidewalk pavement crossing crosswalk intersection track trail lane alley bridge"
    " corridor hallway platform"
).split()
TRAFFIC = "traffic cars vehicles trucks buses bicycles motorcycles".split()
OPEN = "clear free safe empty open deserted quiet vacant passable".split()

FORBIDDEN = [
    *(f"{word} {way}" for way in WAYS for word in OPEN),
    *(f"{way} {seems} {word}" for way in WAYS for seems in ("is", "looks", "is very") for word in OPEN),
    *(
        f"{none} {traffic}"
        for traffic in TRAFFIC
        for none in ("no", "without", "no moving", "not any", "few")
    ),
    *(f"{traffic} {gone}" for traffic in TRAFFIC for gone in ("are gone", "have stopped", "are waiting")),
    *(
        f"{may} {go}"
        for may in ("can", "safe to", "ok to", "able to", "free to")
        for go in ("cross", "go", "walk")
    ),
    *"safe|safely|to safety|all clear|is clear|clear of|cleared|free of|unobstructed|passable|walkable".split(
        "|"
    ),
    *"nothing|nobody|no one|no people|no obstacle|no danger|not a car|isn't a car|out of danger".split("|"),
    *"green light|light is green|walk sign|go ahead|right of way|you can|you may|your way".split("|"),
]


def plain(text):
    return " ".join(re.findall(r"[a-z']+", text.lower()))


STRICT = re.compile(rf"\b({'|'.join(FORBIDDEN)})\b")


def promise(text):
    """What a sentence promises by the list above; None for nothing."""
    found = STRICT.search(plain(text))
    return found and found[0]


def caption(text):
    return Caption(text, 0.99, -0.1, -0.2)


def sentences(captions):
    for style in Style:
        for describe in (short_description, long_description):
            yield describe(captions, ALL, style)


@pytest.mark.parametrize(
    "text",
    [
        "the way is clear",
        "a clear road ahead",
        "It is SAFE to cross",
        "a man crosses safely",
        "a street with no cars",
        "a road with no traffic",
        "no obstacle on the path",
        "no obstacles",
        "there is no danger",
        "an empty street at night",
        "a deserted country road",
        "an empty city sidewalk",
        "an all-clear sign",
        "the road outside is completely empty",
        "a street empty of cars",
        "a path clear of snow",
        "a wide open road through a field",
        "the street is wide open",
        "a traffic-free street",
        "a car free zone",
        "nothing is coming",
        "there's nothing in front",
        "nobody on the street",
        "there is no one around",
        "no other people",
        "there isn't a car in sight",
        "there aren't any cars",
        "cars aren't moving",
        "a road without any moving vehicles",
        "hardly any traffic",
        "very few cars on the street",
        "light traffic",
        "the cars have stopped",
        "traffic is waiting",
        "drivers let people cross",
        "you can cross",
        "one may go",
        "a person can walk through",
        "able to pass",
        "it's ok to cross",
        "good to go",
        "time to cross the street",
        "go ahead",
        "walk now",
        "pedestrians have the right of way",
        "there is enough room",
        "plenty of space to walk",
        "an unobstructed view of the path",
        "the sidewalk is passable",
        "a quiet street",
        "a smooth path",
        "level ground",
        "an open gate",
        "the crossing is free",
        "a green traffic light",
        "the traffic light is green",
        "the light has turned green",
        "the green man is lit",
        "a walk sign",
        "a sign that says walk",
        "the danger has passed",
        "a man out of danger",
        "children run to safety",
        "a cleared path in the snow",
        "ｃｌｅａｒ road",
        "cle\u00adar road",
        "no  ,  cars",
        "NO CARS",
    ],
)
def test_nothing_is_promised(text):
    assert promises_safety(text)
    assert short_description([caption(text)], ALL) == CANT_TELL
    assert long_description([caption(text)], ALL) == CANT_TELL
    for said in sentences([caption(text), caption("a dog with a ball")]):
        assert promise(said) is None
        assert plain(text) not in plain(said)


@pytest.mark.parametrize(
    "text",
    [
        "a man in a safety vest",
        "a nuclear plant",
        "a clearing in the wood",
        "a clear blue sky over hills",
        "clear water",
        "an empty chair",
        "an empty swimming pool",
        "a street full of cars",
        "a busy street with cars",
        "a man with no shirt",
        "a dog not wearing a collar",
        "a dog with an open mouth on a path",
        "people cross the street",
        "a man waiting for a bus",
        "a woman waits at a bus stop",
        "a red traffic light",
        "a man in green with a light blue shirt",
        "a skydiver in free fall",
        "a green shirt",
        "a person walks across a crosswalk",
        "a car drives down the road",
        "a man crosses an open field",
        "a dog runs through the grass",
        "a flat rock",
        "cars parked on the side of the road",
    ],
)
def test_what_promises_nothing_may_be_said(text):
    assert not promises_safety(text)
    assert promise(text) is None


@pytest.mark.parametrize("text", FORBIDDEN)
def test_the_rule_has_all_that_is_forbidden(text):
    assert promises_safety(text)


filler = st.lists(st.sampled_from("a the man dog red street in on with and runs people".split()), max_size=5)


@given(
    before=filler,
    text=st.sampled_from(FORBIDDEN),
    after=filler,
    between=st.sampled_from([" ", "  ", "-", ", ", " - ", "\u200b "]),
    shout=st.booleans(),
)
def test_in_any_sentence(before, text, after, between, shout):
    text = between.join(" ".join([*before, text, *after]).split())
    text = text.upper() if shout else text
    for said in sentences([caption(text), caption("a cat"), caption(f"a dog {text}")]):
        assert promise(said) is None


# The vocabulary

ROOTS = re.compile(
    r"saf|clear|free|empt|desert|vacan|pass|obstruct|block|hinder|harm|danger|hazard|risk|secur|quiet|calm|open"
    r"|cross|noth|nobod|noone"
    r"|^(none|no|not|never|without|yours?|you|can|may|go|green|light|walk|enough|wide|ok|okay)$"
)
"""Of all words from which a promise is made."""

BY_THEMSELVES = frozenset(
    "safe safer safest safely clear clears cleared clearer free freely passable deserted vacant nothing"
    " nobody noone none you your yours unobstructed unblocked harmless uncrowded walkable crossable".split()
)
"""Never said, whatever is around them but a sky, water or a fall."""

WITH_OTHERS = {
    "no": "no cars",
    "not": "not any traffic",
    "never": "never any traffic",
    "without": "without cars",
    "can": "a man can cross",
    "may": "one may go",
    "go": "a dog can go",
    "cross": "able to cross",
    "pass": "it can pass",
    "walk": "a walk sign",
    "green": "a green light",
    "light": "the light is green",
    "safety": "a man in safety",
    "empty": "an empty street",
    "open": "an open road",
    "opens": "the road opens",
    "opened": "the gate is opened",
    "desert": "a road that is deserted",
    "quiet": "a quiet street",
    "calm": "a calm street",
    "enough": "enough room",
    "wide": "a wide path",
    "danger": "no danger",
    "dangerous": "not dangerous",
    "obstacle": "no obstacle",
    "hazard": "without hazard",
    "risk": "no risk",
    "secure": "a secure path",
    "okay": "okay to cross",
    "ok": "ok to walk",
    "block": "nothing to block the path",
    "blocked": "the path is not blocked",
    "blocking": "no car blocking the road",
    "blocks": "nothing blocks the way",
    "crosswalk": "an empty crosswalk",
    "crossing": "an empty crossing",
}
"""Said, but not in such a phrase."""

NAMES_OR_WARNS = re.compile(
    r"^(a?cross.+|across|.*motocross|lacrosse|pass(e[sd]|ing|eng.*|er.*|age|ion.*|port)"
    r"|(over|under|com|tres)pass.*|opens?|opening|opener|freez.*|freestyle.*|freedom|freeway|freed|unsafe|safari.*"
    r"|safet|clear(ing.*|ly|ance)|(at|con)?tempt.*|deserts|dessert.*|.*harm(s|ful|on.*|ed)?|harness.*|secur(ed|ity)"
    r"|dangers|hazards|hazardous|risks|risky|obstruct.*|obstacles|blocker.*|.*hind(er.*|)|anoth.*|quiet(ly|er)"
    r"|calm(ly|s)|vacation.*|noth|candy|can.|green.+)$"
)


@pytest.fixture(scope="module")
def words():
    """Those that a token of the built-in bundle is."""
    file = bundle_folder("builtin") / "tokenizer.json"
    tokens = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    return sorted({token.removeprefix("Ġ").lower() for token in tokens if token.startswith("Ġ")})


def test_every_word_that_promises_are_made_of_is_known(words):
    """A new vocabulary may bring words of which nobody has thought: put them where they belong."""
    known = BY_THEMSELVES | set(WITH_OTHERS)
    found = [word for word in words if ROOTS.search(word)]
    assert found
    assert [word for word in found if word not in known and not NAMES_OR_WARNS.search(word)] == []


@pytest.mark.parametrize("word", sorted(BY_THEMSELVES))
@pytest.mark.parametrize(
    "frame", ["{}", "the road is {}", "a {} path", "a man stands {}", "a dog with {} and a ball"]
)
def test_words_that_are_never_said(word, frame):
    assert promises_safety(frame.format(word))


@pytest.mark.parametrize("text", WITH_OTHERS.values())
def test_words_that_are_not_said_with_others(text):
    assert promises_safety(text)


@given(st.data())
def test_captions_of_any_words_promise_nothing(words, data):
    promising = st.sampled_from(
        [*BY_THEMSELVES, *WITH_OTHERS, *WAYS, *TRAFFIC, "is", "are", "to", "the", "light"]
    )
    chosen = st.lists(st.one_of(st.sampled_from(words), promising), min_size=1, max_size=12).map(" ".join)
    captions = [caption(text) for text in data.draw(st.lists(chosen, min_size=1, max_size=4))]
    for said in sentences(captions):
        assert promise(said) is None


# What the built-in bundle decodes


@pytest.fixture(scope="module")
def captioner():
    return OnnxCaptioner(open_bundle(bundle_folder("builtin")), beams=3)


def picture(rng):
    """Blocks of colour, a gradient and noise, in any proportions."""
    blocks = rng.integers(0, 256, (*rng.integers(2, 12, 2), 3), np.uint8)
    filters = (Image.Resampling.NEAREST, Image.Resampling.BICUBIC)
    layers = [
        np.asarray(Image.fromarray(blocks).resize((96, 96), filters[rng.integers(2)])),
        np.linspace(*rng.uniform(0, 255, (2, 3)), 96)[:, None, :].repeat(96, 1),
        rng.uniform(0, 255, (96, 96, 3)),
    ]
    shares = rng.dirichlet([1, 1, 0.3])
    return sum(share * layer for share, layer in zip(shares, layers, strict=True)).astype(np.uint8)


def decoded(captioner, count, seed):
    """The captions of so many prefixes: of such pictures, mixed with those of others, and noise."""
    rng = np.random.default_rng(seed)
    known = [captioner.encode(captioner.prepare(picture(rng))) for _ in range(max(4, count // 20))]
    for _ in range(count):
        one, two = (known[at] for at in rng.integers(len(known), size=2))
        share = rng.uniform(-0.5, 1.5)
        prefix = share * one.prefix + (1 - share) * two.prefix
        prefix += rng.normal(0, rng.uniform(0, 0.5) * prefix.std(), prefix.shape)
        yield captioner.describe(Encoding(prefix.astype(one.prefix.dtype), one.embedding))


def check(all_captions, count):
    """Returns the captions that the rule keeps from being said."""
    texts, refused = set(), set()
    for captions in all_captions:
        texts |= {each.text for each in captions}
        refused |= {each.text for each in captions if promises_safety(each.text)}
        for each in captions:
            assert promises_safety(each.text) or not promise(each.text), each.text
        certain = [Caption(each.text, 0.99, each.mean_log_prob, each.lowest_log_prob) for each in captions]
        for said in sentences(certain):
            assert promise(said) is None, said
    assert len(texts) > count / 20, "the same again and again would show little"
    return refused


def steered(captioner, monkeypatch, seed):
    """From here on the search comes upon words of promises, and goes on from them as it does."""
    file = bundle_folder("builtin") / "tokenizer.json"
    tokens = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    wanted = [*BY_THEMSELVES, *WITH_OTHERS, *WAYS, *TRAFFIC, "is", "are", "to", "one"]
    ids = np.array([tokens[f"Ġ{word}"] for word in wanted if f"Ġ{word}" in tokens])
    rng, read = np.random.default_rng(seed), captioner._decoder.read_tokens

    def read_and_steer(parents, chosen):
        log_probs, likeliest = read(parents, chosen)
        if rng.random() < 0.4:
            likeliest = likeliest.copy()
            likeliest[:, 0] = rng.choice(ids, len(likeliest))
        return log_probs, likeliest

    monkeypatch.setattr(captioner._decoder, "read_tokens", read_and_steer)


def test_decoded_captions(captioner):
    check(decoded(captioner, 150, seed=1), 150)


def test_decoded_captions_with_words_of_promises(captioner, monkeypatch):
    steered(captioner, monkeypatch, seed=2)
    assert len(check(decoded(captioner, 150, seed=2), 150)) > 30


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(3, 8))
def test_ten_thousand_decoded_captions(captioner, seed):
    check(decoded(captioner, 2000, seed), 200)


@pytest.mark.heavy
def test_thousands_with_words_of_promises(captioner, monkeypatch):
    steered(captioner, monkeypatch, seed=8)
    assert len(check(decoded(captioner, 2000, seed=8), 2000)) > 400
