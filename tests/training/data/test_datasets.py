import csv
import io
import json
import string
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.datasets import (
    CaptionedPhoto,
    DatasetError,
    in_language,
    photo_name,
    read_photos,
)

CSV = (
    "image,caption,split\nb.jpg,Two dogs .,train\na.jpg,A cat .,val\nb.jpg,'Dogs, two',train\nc.jpg,x,test\n"
)
COCO = {
    "images": [
        {"id": 9, "file_name": "b.jpg"},
        {"id": 7, "file_name": "a.jpg"},
        {"id": 1, "file_name": "n.jpg"},
    ],
    "annotations": [
        {"image_id": 9, "id": 1, "caption": "Two dogs\nplaying.\n"},
        {"image_id": 7, "id": 2, "caption": "A cat."},
        {"image_id": 9, "id": 3, "caption": "Dogs."},
    ],
}
KARPATHY = {
    "dataset": "coco",
    "images": [
        {
            "filename": f"{split}.jpg",
            "filepath": "val2014",
            "split": split,
            "sentences": [{"raw": f"{split} one", "tokens": ["x"]}, {"raw": f"{split} two"}],
        }
        for split in ("train", "restval", "val", "test")
    ],
}


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def entries(photos):
    return [(photo.path.as_posix(), photo.captions, photo.split) for photo in photos]


def test_photos_in_the_order_of_their_names_with_all_captions(tmp_path):
    path = write(tmp_path / "captions.csv", CSV.replace("'", '"'))
    assert read_photos(path, Path("images"), ["train", "val"]) == [
        CaptionedPhoto(Path("images/a.jpg"), ("A cat .",), "val"),
        CaptionedPhoto(Path("images/b.jpg"), ("Two dogs .", "Dogs, two"), "train"),
    ]
    assert [photo.split for photo in read_photos(path, Path("images"))] == ["val", "train", "test"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfimage,caption\r\na.jpg,A cat.\r\n\r\nb.jpg,Dogs.\r\n",
        b'\n caption , image \nA cat.,  a.jpg\n  ,\n"Dogs." ,b.jpg',
        b',image,number,caption\n0,a.jpg,1,A cat.\n1,b.jpg,1,"Dogs."\n',
    ],
    ids=["bom and crlf", "other order, spaces", "more columns"],
)
def test_a_csv_needs_no_splits_and_no_order(tmp_path, content):
    path = tmp_path / "preprocessed_dataset_caption_skripsi.txt"
    path.write_bytes(content)
    assert entries(read_photos(path, Path("i"))) == [
        ("i/a.jpg", ("A cat.",), ""),
        ("i/b.jpg", ("Dogs.",), ""),
    ]


def test_a_photo_in_two_splits_comes_back_for_each(tmp_path):
    path = write(tmp_path / "c.csv", "image,caption,split\na.jpg,one,train\na.jpg,two,test\n")
    assert entries(read_photos(path, Path("i"))) == [
        ("i/a.jpg", ("two",), "test"),
        ("i/a.jpg", ("one",), "train"),
    ]


@pytest.mark.parametrize("lists", [(), ("train",), ("train", "dev", "test")])
def test_flickr8k_tokens_with_the_official_splits_that_are_there(tmp_path, lists):
    tokens = (
        "2.jpg#0\tA cat .\n2.jpg#1\tThe cat , #1 of 2\n\n1.jpg#0 \tDogs .\r\n3.jpg.1#0\tNobody has it .\n"
    )
    path = tmp_path / "Flickr8k.token.txt"
    path.write_bytes(tokens.encode())
    members = {"train": "1.jpg\n", "dev": "2.jpg\r\n\r\n", "test": ""}
    for name in lists:
        write(tmp_path / f"Flickr_8k.{name}Images.txt", members[name])
    assert entries(read_photos(path, Path("i"))) == [
        ("i/1.jpg", ("Dogs .",), "train" if "train" in lists else ""),
        ("i/2.jpg", ("A cat .", "The cat , #1 of 2"), "val" if "dev" in lists else ""),
        ("i/3.jpg.1", ("Nobody has it .",), ""),
    ]


def test_a_photo_in_two_of_the_official_lists_is_refused(tmp_path):
    path = write(tmp_path / "Flickr8k.token.txt", "1.jpg#0\tDogs .\n")
    write(tmp_path / "Flickr_8k.trainImages.txt", "1.jpg\n2.jpg\n")
    write(tmp_path / "Flickr_8k.testImages.txt", "3.jpg\n2.jpg\n")
    with pytest.raises(DatasetError, match=r"testImages.txt: 2.jpg is in Flickr_8k.trainImages.txt too"):
        read_photos(path, Path("i"))


@pytest.mark.parametrize(
    ("name", "split"),
    [("captions_train2014.json", "train"), ("captions_val2017.json", "val"), ("x.json", "")],
)
def test_coco_captions_say_their_split_by_their_name(tmp_path, name, split):
    path = write(tmp_path / name, json.dumps(COCO))
    assert entries(read_photos(path, Path("i"))) == [
        ("i/a.jpg", ("A cat.",), split),
        ("i/b.jpg", ("Two dogs playing.", "Dogs."), split),
    ]


@pytest.mark.parametrize("folder", ["val2014/", ""], ids=["folders by year", "one folder"])
def test_karpathy_splits_with_restval_as_train(tmp_path, folder):
    path = write(tmp_path / "dataset_coco.json", "\ufeff\n " + json.dumps(KARPATHY))
    (tmp_path / folder).mkdir(exist_ok=True)
    photos = read_photos(path, tmp_path, ["train"])
    assert [photo_name(photo, tmp_path) for photo in photos] == [f"{folder}restval.jpg", f"{folder}train.jpg"]
    assert photos[0].captions == ("restval one", "restval two")
    assert {photo.split for photo in read_photos(path, tmp_path)} == {"train", "val", "test"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("image,text\na,b\n", "no column caption: the first line of a CSV file names its columns,"),
        ("", "no column image, caption: "),
        ("image,caption\n", "no captions in it"),
        ("image,caption,split\na.jpg,A cat,train\n", "no photos of split nothing; there are: train"),
        ("image,caption\na.jpg,A cat\n", "no photos of split nothing; there are: (none)"),
        ("image,split,caption\na.jpg,nothing,\n", "line 2: no caption"),
        ("image,caption,split\n\n ,A cat,nothing\n", "line 3: no image"),
        ("image,caption\na.jpg,A cat, asleep\n", "line 2: 3 columns, but 2 names in the first line;"),
        ("image,caption\na.jpg,A\0cat\n", "line 2: characters that are in no text"),
        (f"image,caption\na.jpg,{'x' * 200_000}\n", "line 2: a cell of 200000 characters; at most"),
        (
            'image,caption\na.jpg,"A girl\nb.jpg,A dog\nc.jpg,A cat\n',
            "line 2: the quotation mark that begins the cell '\"A girl' is not closed on this line;",
        ),
        (
            'image,caption\n\na.jpg,"A girl\nb.jpg,A dog\nc.jpg,"Stop" says a sign\n',
            "line 3: the quotation mark that begins the cell",
        ),
        ('image,caption\na.jpg,"two\nlines"\n', "line 2: the quotation mark that begins the cell"),
        ('image,caption\na.jpg,"Stop" says a sign\n', "line 2: text after the quotation mark that ends a"),
        ("image,caption,caption\na.jpg,one,two\n", "line 1: more than one column is called caption"),
        ("image,caption,split, split\na.jpg,x,train,val\n", "line 1: more than one column is called split"),
        ("image;caption\na.jpg;A cat\n", "no column image, caption: "),
        ('{"images": [], "annotations": [], "images": []}', "not JSON: the key 'images' is given twice"),
        (
            '{"images": [{"id": 3, "file_name": "a"}, {"id": 3, "file_name": "b"}], "annotations": []}',
            "images[1]: the id '3' is another photo's, a",
        ),
        ("a.jpg#0\tA cat\nb.jpg Dogs\n", "line 2: not NAME#NUMBER, a tab and a caption"),
        ("a.jpg#0\tA cat\nb.jpg#1\t \n", "line 2: "),
        ("{", "not JSON: "),
        ("[" * 100_000, "not JSON: "),
        ("[]", "no images: captions in COCO's format have a list there"),
        ('{"annotations": []}', "no images: "),
        ('{"images": [3]}', "images[0]: no filename: "),
        ('{"images": [{"filename": "a", "split": "train"}]}', "images[0]: no sentences: "),
        ('{"images": [], "annotations": {}}', "no annotations: captions in COCO's format have a list there"),
        (
            '{"images": [], "annotations": [{"image_id": 3}]}',
            "annotations[0]: image_id '3' is not among images",
        ),
        (
            '{"images": [{"id": 3, "file_name": "\\ud800"}],'
            ' "annotations": [{"image_id": 3, "caption": "x"}]}',
            "annotations[0]: characters that are in no text",
        ),
    ],
)
def test_unfit_files_are_refused_in_one_line(tmp_path, content, said):
    path = write(tmp_path / "captions", content)
    with pytest.raises(DatasetError) as refused:
        read_photos(path, tmp_path, ["nothing"])
    assert str(refused.value).startswith(f"{path}: {said}")
    assert "\n" not in str(refused.value)


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="No such file"):
        read_photos(tmp_path / "none.csv", tmp_path)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"image,caption,split\n\xff\xfe,b,train\n")
    with pytest.raises(DatasetError, match="not a text file in UTF-8"):
        read_photos(binary, tmp_path)


WORDS = st.text(string.ascii_letters + " ,;'\"#\t0é漢", min_size=1, max_size=12).filter(str.strip)
NAMES = st.sampled_from(["a.jpg", "b c.jpg", "ü/d,e.png"])


@given(st.lists(st.tuples(NAMES, WORDS, st.sampled_from(["", "train", "val"])), min_size=1), st.randoms())
def test_any_csv_comes_back_as_it_was_written(tmp_path_factory, rows, random):
    columns = ["image", "caption", "split"]
    random.shuffle(columns)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(dict(zip(("image", "caption", "split"), row, strict=True)) for row in rows)
    path = tmp_path_factory.mktemp("csv") / "captions.csv"
    path.write_bytes(text.getvalue().encode())
    photos = read_photos(path, Path("i"))
    there = [(photo_name(photo, Path("i")), text, photo.split) for photo in photos for text in photo.captions]
    assert sorted(there) == sorted((name, text.strip(), split) for name, text, split in rows)
    assert [photo.path for photo in photos] == sorted(Path("i") / photo_name(p, Path("i")) for p in photos)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["images", "annotations", "id", "image_id", "file_name", "filename", "raw", "split"]
            )
            | st.sampled_from(["sentences", "caption", "filepath"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(JSON.map(json.dumps) | st.text())
@example("image,caption\n\r\r\n")
@example("image,image,caption\na,b,c")
@example('"image,caption')
def test_any_text_is_read_or_refused_in_one_line(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "captions"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    said, photos = "", []
    try:
        photos = read_photos(path, Path("i"))
    except DatasetError as refused:
        said = str(refused)
    assert bool(said) != bool(photos)
    assert "\n" not in said
    assert all(photo.captions and all(photo.captions) for photo in photos)


ENGLISH = "image,caption,split\na.jpg,a dog,train\nb.jpg,a cat,train\n"
INDONESIAN = "image,caption,split\na.jpg,seekor anjing,train\nc.jpg,seekor kuda,val\n"


def languages_of(photos):
    return [(photo.path.name, photo.captions, photo.languages) for photo in photos]


def test_a_column_says_the_language(tmp_path):
    path = tmp_path / "captions.csv"
    path.write_text("image,caption,language\na.jpg,a dog,\na.jpg,seekor anjing,id\na.jpg,un chien,fr\n")
    assert languages_of(read_photos(path, Path("i"), languages=["en", "id"])) == [
        ("a.jpg", ("a dog", "seekor anjing"), ("en", "id"))
    ]
    assert languages_of(read_photos(path, Path("i"), languages=["en"])) == [("a.jpg", ("a dog",), ("en",))]
    assert len(read_photos(path, Path("i"))[0].captions) == 3
    path.write_text("image,caption,language\na.jpg,a dog,en\n")
    with pytest.raises(DatasetError, match="no captions in de in it"):
        read_photos(path, Path("i"), languages=["de"])


def test_captions_in_another_language_lie_beside(tmp_path):
    path = tmp_path / "captions.csv"
    path.write_text(ENGLISH)
    (tmp_path / "captions_id.csv").write_text(INDONESIAN)
    assert languages_of(read_photos(path, Path("i"), languages=["en", "id"])) == [
        ("a.jpg", ("a dog", "seekor anjing"), ("en", "id")),
        ("b.jpg", ("a cat",), ("en",)),
        ("c.jpg", ("seekor kuda",), ("id",)),
    ]
    assert languages_of(read_photos(path, Path("i"), languages=["id"])) == [
        ("a.jpg", ("seekor anjing",), ("id",)),
        ("c.jpg", ("seekor kuda",), ("id",)),
    ]
    # Without languages, and where only one is wanted, the file means what it always did.
    assert languages_of(read_photos(path, Path("i"))) == [
        ("a.jpg", ("a dog",), ()),
        ("b.jpg", ("a cat",), ()),
    ]
    assert [photo.path.name for photo in read_photos(path, Path("i"), languages=["en"])] == ["a.jpg", "b.jpg"]


def test_the_captions_in_one_language(tmp_path):
    path = tmp_path / "captions.csv"
    path.write_text(ENGLISH)
    (tmp_path / "captions_id.csv").write_text(INDONESIAN)
    photos = read_photos(path, Path("i"), languages=["en", "id"])
    assert languages_of(in_language(photos, "id")) == [
        ("a.jpg", ("seekor anjing",), ("id",)),
        ("c.jpg", ("seekor kuda",), ("id",)),
    ]
    unsaid = read_photos(path, Path("i"))
    assert in_language(unsaid, "id") == unsaid
