from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("safetensors", reason="safetensors comes with the train extra")

from earsight_training.cli import main
from earsight_training.data import splits
from earsight_training.data.datasets import read_photos
from earsight_training.data.embeddings import EmbeddedPhotos, EncoderIdentity, write_embeddings
from earsight_training.data.fingerprints import LENGTH
from earsight_training.data.splits import SplitError, divide, near_groups

ENCODER = EncoderIdentity("tiny", 32, "ab")
SHARES = {"test": 0.1, "val": 0.2}


def embedded(embeddings, names=None, of=None):
    names = tuple(names or (f"{i:04}.jpg" for i in range(len(embeddings))))
    captions = tuple((f"one of {name}", f"two, of {name}") for name in names)
    fingerprints = np.random.default_rng(7).integers(0, 256, (len(names), LENGTH), np.uint8)
    return EmbeddedPhotos(
        np.asarray(embeddings, np.float32),
        names,
        captions,
        tuple(of or [""] * len(names)),
        ENCODER,
        fingerprints,
    )


def random_photos(count=200, width=16, seed=0):
    """Every fourth photo is nearly the one before it."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, width))
    rows[3::4] = 3 * rows[2::4] + rng.normal(size=rows[3::4].shape) * 0.01
    return embedded(rows)


def groups_by_definition(embeddings, near):
    """All pairs at once, then what can be reached, step by step."""
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    reached = unit @ unit.T >= near - 1e-6
    for _ in range(len(unit)):
        reached = reached @ reached
    return reached.argmax(1)


@given(st.integers(0, 10**6), st.integers(1, 40), st.sampled_from([0.3, 0.6, 0.9]), st.integers(1, 9))
def test_groups_are_what_chains_of_near_pairs_connect(seed, count, near, block):
    embeddings = np.random.default_rng(seed).normal(size=(count, 4)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(splits, "_BLOCK", block)
        assert (near_groups(embeddings, near) == groups_by_definition(embeddings, near)).all()


def test_a_chain_ties_its_ends_and_length_does_not_matter():
    angles = np.deg2rad([0, 15, 30, 45, 120])
    chain = np.stack([np.cos(angles), np.sin(angles)], 1) * [[1], [9], [0.1], [2], [1]]
    assert near_groups(chain.astype(np.float32), np.cos(np.deg2rad(16))).tolist() == [0, 0, 0, 0, 4]
    assert near_groups(chain.astype(np.float32), np.cos(np.deg2rad(14))).tolist() == [0, 1, 2, 3, 4]


def test_equal_photos_are_tied_even_at_1_and_empty_embeddings_are_no_ones():
    rows = np.random.default_rng(0).normal(size=(64, 640)).astype(np.float32)
    rows[40] = 0
    twice = np.concatenate([rows, rows[:40] * 1.7])
    expected = [*range(64), *range(40)]
    assert near_groups(twice, 1.0).tolist() == expected


@pytest.mark.parametrize("seed", range(5))
def test_shares_hold_and_near_duplicates_stay_together(seed):
    photos = random_photos()
    of, groups = divide(photos, SHARES, 0.95, seed)
    assert Counter(of) == {"test": 20, "val": 40, "train": 140}
    assert len(set(groups)) == 150
    assert all(of[row] == of[row - 1] for row in range(3, 200, 4))


def test_the_order_of_the_photos_does_not_matter_and_the_seed_does():
    photos = random_photos()
    order = np.random.default_rng(1).permutation(len(photos))
    shuffled = embedded(photos.embeddings[order], [photos.names[row] for row in order])
    of, _ = divide(photos, SHARES, 0.95, 1)
    assert divide(photos, SHARES, 0.95, 1)[0] == of
    assert [of[row] for row in order] == divide(shuffled, SHARES, 0.95, 1)[0]
    assert divide(photos, SHARES, 0.95, 2)[0] != of


def test_the_same_photo_saved_anew_stays_on_one_side_whatever_its_embedding():
    photos = random_photos()
    prints = photos.fingerprints.copy()
    prints[1] = np.clip(prints[100].astype(int) + 1, 0, 255)
    groups = near_groups(photos.embeddings, 1.0, prints)
    assert groups[1] == groups[100]
    assert near_groups(photos.embeddings, 1.0)[1] != near_groups(photos.embeddings, 1.0)[100]


def test_one_photo_more_leaves_most_where_they_are():
    photos = random_photos()
    more = embedded([*photos.embeddings, np.ones(16)])
    one, other = (divide(p, SHARES, 0.95, 1)[0] for p in (photos, more))
    assert sum(a != b for a, b in zip(one, other[:-1], strict=True)) <= 4


def test_groups_too_large_for_a_side_are_trained_on_and_an_empty_side_is_refused():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20, 8))
    rows[5:] = 1
    of, _ = divide(embedded(rows), {"test": 0.1, "val": 0.1}, 0.95, 1)
    assert of[5:] == ["train"] * 15
    assert Counter(of) == {"test": 2, "val": 2, "train": 16}
    with pytest.raises(
        SplitError, match=r"no photo for test: 20 photos are 1 groups of near-dup.* largest of 20"
    ):
        divide(embedded(np.ones((20, 8))), SHARES, 0.95, 1)
    with pytest.raises(SplitError, match="no photo for train"):
        divide(embedded(np.eye(2)), SHARES, 0.95, 1)


def run(photos, tmp_path, *more):
    write_embeddings(tmp_path / "e.safetensors", photos)
    return main(["split", str(tmp_path / "e.safetensors"), "--out", str(tmp_path / "captions.csv"), *more])


def test_the_command_writes_captions_that_read_photos_reads(tmp_path, capsys):
    photos = random_photos()
    assert run(photos, tmp_path, "--val", "0.2") == 0
    read = read_photos(tmp_path / "captions.csv", Path("i"))
    of, _ = divide(photos, SHARES, 0.95, 1)
    assert [(photo.path.name, photo.captions, photo.split) for photo in read] == list(
        zip(photos.names, photos.captions, of, strict=True)
    )
    said = capsys.readouterr().out.splitlines()
    assert [line.split() for line in said[:4]] == [
        ["split", "photos", "captions", "groups"],
        *(
            [name, str(of.count(name)), str(2 * of.count(name)), said[n].split()[3]]
            for n, name in enumerate(("train", "val", "test"), 1)
        ),
    ]
    assert sum(int(line.split()[3]) for line in said[1:4]) == 150
    assert said[4] == (
        "100 photos are near-duplicates of another (cosine of 0.95 or more), in 50 groups, the largest of 2"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--val", "0.5", "--test", "0.5"], "leave nothing to train on"),
        (["--near", "0.001"], "no photo for"),
        (["--out", "."], ".: is a folder; name a file"),
    ],
)
def test_problems_are_one_line(tmp_path, capsys, more, said):
    assert run(random_photos(), tmp_path, *more) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("wrong", [("--near", "0"), ("--near", "1.1"), ("--val", "1"), ("--test", "-0.1")])
def test_wrong_usage_exits_with_2(tmp_path, wrong):
    with pytest.raises(SystemExit) as ended:
        run(random_photos(), tmp_path, *wrong)
    assert ended.value.code == 2
