import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_training.scoring.chair import ObjectListError, ObjectVocabulary, chair, read_objects

SYNONYMS = """person, man, woman, people, baby, adult, passenger
dog, puppy
hot dog
bear, cub
bird
cat
knife
bus
dish, plate
chair, seat
toilet
tie
train, locomotive
"""
VOCABULARY = ObjectVocabulary([[word.strip() for word in line.split(",")] for line in SYNONYMS.splitlines()])


@pytest.mark.parametrize(
    ("caption", "things"),
    [
        ("Two men and a woman", ["person", "person"]),
        ("a PUPPY chases cats", ["dog", "cat"]),
        ("knives near the buses", ["knife", "bus"]),
        ("a man eats a hot dog", ["person", "hot dog"]),  # no dog
        ("a teddy bear", []),  # one thing, and none of these
        ("home plate", []),
        ("a plate", ["dish"]),
        ("a baby bird", ["bird"]),  # no person
        ("a passenger train", ["train"]),
        ("a toilet seat", ["toilet"]),  # no chair
        ("a bow tie", ["tie"]),
        ("the glass is on the grass", []),
        ("", []),
    ],
)
def test_what_a_caption_names(caption, things):
    assert [mention.thing for mention in VOCABULARY.mentions(caption)] == things


@given(st.lists(st.text(string.ascii_lowercase + " -'s"), max_size=8))
def test_any_words(words):
    mentions = VOCABULARY.mentions(" ".join(words))
    assert len(mentions) <= sum(len(word.split()) + 1 + word.count("-") + word.count("'") for word in words)


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def synonyms(tmp_path):
    return written(tmp_path / "synonyms.txt", SYNONYMS)


def test_chair_as_in_the_paper(tmp_path, synonyms):
    rows = "image,object\none.jpg,dog\none.jpg,person\ntwo.jpg,\n"
    objects = read_objects(written(tmp_path / "objects.csv", rows), synonyms)
    said = [
        ("one.jpg", "a man with a puppy on a seat, a bird and a bird", ["an animal", "a chair"]),
        ("two.jpg", "grass", ["a field"]),
    ]
    found = [objects.made_up(Path("images") / name, *texts) for name, *texts in said]
    assert [mention.words for mention in found[0][0]] == ["bird", "bird"]  # the chair is in a reference
    share, captions = chair(found)
    assert (share.name, share.value) == ("CHAIR_i", pytest.approx(2 / 5))
    assert (captions.name, captions.value) == ("CHAIR_s", pytest.approx(1 / 2))
    assert share.per_photo.tolist()[0] == pytest.approx(2 / 5)
    assert str(share.per_photo[1]) == "nan"


def test_cocos_instances(tmp_path, synonyms):
    content = {
        "images": [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "b.jpg"}],
        "categories": [{"id": 1, "name": "person"}, {"id": 9, "name": "kite"}],
        "annotations": [{"image_id": 7, "category_id": 1}, {"image_id": 7, "category_id": 9}],
    }
    objects = read_objects(written(tmp_path / "instances.json", json.dumps(content)), synonyms)
    assert objects.of(Path("/somewhere/val2014/a.jpg")) == {"person", "kite"}
    assert objects.of(Path("b.jpg")) == set()
    assert [m.thing for m in objects.vocabulary.mentions("a woman flies kites")] == ["person", "kite"]


def test_photos_in_folders(tmp_path):
    rows = "image,object\nwest/1.jpg,dog\neast/1.jpg,cat\n"
    objects = read_objects(written(tmp_path / "objects.csv", rows))
    assert objects.of(Path("images/east/1.jpg")) == {"cat"}
    with pytest.raises(ObjectListError, match=r"nothing about 2\.jpg"):
        objects.check([Path("east/1.jpg"), Path("2.jpg")])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("photo,object\na.jpg,dog\n", "no column image"),
        ("image,object\n,dog\n", "line 2: no image"),
        ("image,object\n", "no objects"),
        ('{"images": [{"id": 1}]}', "not COCO's instances JSON"),
        ('{"images": [], "categories": [], "annotations": [{"image_id": 3}]}', "not COCO's instances JSON"),
        ("{nothing", "not COCO's instances JSON"),
        ("", "no column image, object"),
        (
            'image,object\na.jpg,"dog\nb.jpg,cat\nc.jpg,cow\n',
            "line 2: the quotation mark that begins the cell",
        ),
        ("image,object\na.jpg,dog,cat\n", "line 2: 3 columns, but 2 names"),
        ("image,object\na.jpg\n", "line 2: 1 columns, but 2 names"),
        ("image,object,object\na.jpg,dog,cat\n", "line 1: more than one column is called object"),
        ("image;object\na.jpg;dog\n", "there are: image;object; or COCO's instances JSON"),
        (
            '{"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}], "categories": [],'
            ' "annotations": []}',
            "the id 1 is of a and of b",
        ),
        ('{"images": [], "images": []}', "the key 'images' is given twice"),
    ],
)
def test_files_of_another_kind(tmp_path, content, complaint):
    with pytest.raises(ObjectListError, match=complaint):
        read_objects(written(tmp_path / "objects", content))


def test_synonyms_with_an_open_quotation_mark(tmp_path):
    objects = written(tmp_path / "objects.csv", "image,object\na.jpg,dog\n")
    words = written(tmp_path / "synonyms.txt", 'dog, puppy\ncat, "kitten\ncow, calf\n')
    with pytest.raises(ObjectListError, match="line 2: the quotation mark that begins the cell"):
        read_objects(objects, words)


def test_files_that_are_none(tmp_path):
    with pytest.raises(ObjectListError, match="No such file"):
        read_objects(tmp_path / "objects.csv")
    (tmp_path / "objects.csv").write_bytes(b"image,object\n\xff\xfe,dog\n")
    with pytest.raises(ObjectListError, match="UTF-8"):
        read_objects(tmp_path / "objects.csv")
