"""What a node remembers over a restart."""

from dataclasses import replace
import json
from math import inf
from pathlib import Path

import pytest

from custom_components.smart_parking.node.store import Learned, NodeMemory, NodeStore
from tests.node.conftest import config_of


def test_what_was_written_is_read(tmp_path: Path) -> None:
    config = config_of()
    memory = NodeMemory(
        replace(config, bays=[replace(config.bays[0], empty_m=inf), config.bays[1]]),
        {"a2": Learned(2.5, 2.45, 3.0), "a3": Learned(None, 2.4)},
        {"a1": True, "a2": False},
    )
    NodeStore(tmp_path).save(memory)
    assert NodeStore(tmp_path).load() == memory


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"bays": 3}', '{"config": {"bays": []}, "bays": []}', "[" * 100_000],
    ids=["empty", "cut off", "a list", "no bays", "a bad configuration", "deep"],
)
def test_what_cannot_be_read_is_nothing(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "node.json").write_text(text)
    assert NodeStore(tmp_path).load() == NodeMemory()
    assert "cannot be read" in caplog.text


def test_without_a_folder_or_a_file_there_is_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for store in (NodeStore(None), NodeStore(tmp_path)):
        assert store.load() == NodeMemory()
    NodeStore(None).save(NodeMemory())
    (tmp_path / "node.json").write_text(json.dumps({"bays": []}) + " " * 1_000_001)
    assert NodeStore(tmp_path).load() == NodeMemory()
    assert caplog.text == ""


def test_a_disk_that_is_full_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = NodeStore(tmp_path / "absent")
    store.save(NodeMemory())
    store.save(NodeMemory())
    assert len(caplog.records) == 1
