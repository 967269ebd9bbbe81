"""The table of collectors, and that each folder is complete."""

import tomllib
from pathlib import Path

import pytest

from collectors.contract import Collector
from collectors.registry import COLLECTORS, registry

FOLDER = Path(__file__).parents[2] / "collectors"


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_folder_is_complete(name: str) -> None:
    folder = FOLDER / name
    assert (folder / "parse.py").is_file()
    assert (folder / "README.md").read_text("utf-8").startswith("# ")
    assert list((folder / "cases").glob("*.txt"))


@pytest.mark.parametrize("name", COLLECTORS)
def test_the_sample_is_good(name: str) -> None:
    (feed,) = tomllib.loads((FOLDER / name / "sample.toml").read_text("utf-8"))["feeds"].values()
    assert feed.pop("collector") == name
    of_every_feed = {"path", "supplies"}
    assert of_every_feed <= set(feed)
    COLLECTORS[name].read_options({key: value for key, value in feed.items() if key not in of_every_feed})


def test_a_name_is_taken_once() -> None:
    twice = Collector("twice", "", COLLECTORS["columns"].read_options)
    with pytest.raises(ValueError, match="twice"):
        registry([twice, twice])
