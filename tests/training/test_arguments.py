import argparse
from pathlib import Path

import pytest

from earsight_training.cli import main
from earsight_training.commands.arguments import add_data, data_files


def files(*words):
    parser = argparse.ArgumentParser()
    add_data(parser)
    return data_files(parser.parse_args(["--data", *map(str, words)]))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "captions.csv").touch()
    (tmp_path / "tokens.txt").touch()
    return tmp_path


@pytest.mark.parametrize("data", ["", "captions.csv", "tokens.txt"])
def test_images_lie_beside_the_captions_unless_said_otherwise(folder, data):
    captions = folder / (data or "captions.csv")
    assert files(folder / data) == (captions, folder)
    (folder / "images").mkdir()
    assert files(folder / data) == (captions, folder / "images")
    assert files(folder / data, "--images", "elsewhere") == (captions, Path("elsewhere"))


@pytest.mark.parametrize("words", [["--nothing", "700"], ["--nothing"]])
def test_an_option_under_its_old_name_says_the_new_one(capsys, words):
    with pytest.raises(SystemExit) as left:
        main(["evaluate", "--data", "photos", "--bundle", "bundle", *words])
    assert left.value.code == 2
    assert "--nothing is now called --uninformative" in capsys.readouterr().err
