"""Which chip leads to the header, on every Raspberry Pi."""

import pytest

from custom_components.smart_parking.hcsr04.chips import find_chips, find_header_chip
from custom_components.smart_parking.hcsr04.errors import ChipNotFoundError, ChipPermissionError
from custom_components.smart_parking.hcsr04.pin_factory import GpiodFactory
from tests.kernel.rig import LABELS, Rig

BOARDS = {
    "pinctrl-bcm2835": ("Raspberry Pi 3", "3B"),
    "pinctrl-bcm2711": ("Raspberry Pi 4", "4B"),
    "pinctrl-rp1": ("Raspberry Pi 5", "5B"),
}


@pytest.mark.parametrize("label", LABELS)
def test_the_header_is_found_by_its_label(rig: Rig, label: str) -> None:
    rig.relabel(label, LABELS[label])
    rig.add("raspberrypi-exp-gpio")
    chip = find_header_chip()
    assert (chip.path, chip.label, chip.lines) == (rig.path, label, LABELS[label])
    assert chip.header is not None
    assert chip.header.board == BOARDS[label][0]


@pytest.mark.parametrize("label", LABELS)
def test_a_container_without_device_tree_gets_the_board_of_the_label(rig: Rig, label: str) -> None:
    rig.relabel(label, LABELS[label])
    with GpiodFactory() as factory:
        assert factory.board_info.model == BOARDS[label][1]
        factory.lines([2], list(range(4, 28))).close()


def test_chips_are_listed_with_their_boards(rig: Rig) -> None:
    other = rig.add("raspberrypi-exp-gpio")
    described = [
        (chip.path, chip.label, chip.header and chip.header.board) for chip in find_chips()
    ]
    assert described == [
        (rig.path, "pinctrl-rp1", "Raspberry Pi 5"),
        (other, "raspberrypi-exp-gpio", None),
    ]


def test_the_header_need_not_be_the_first_chip(rig: Rig) -> None:
    rig.relabel("gpio-brcmstb@107d508500", 54)
    path = rig.add("pinctrl-rp1")
    assert find_header_chip().path == path


def test_a_machine_without_a_header_says_what_it_has(rig: Rig) -> None:
    rig.relabel("ftdi-cbus", 54)
    with pytest.raises(ChipNotFoundError, match="ftdi-cbus") as caught:
        find_header_chip()
    assert caught.value.placeholders["labels"] == "ftdi-cbus"


def test_a_machine_without_chips_says_so(rig: Rig) -> None:
    rig.unplug()
    with pytest.raises(ChipNotFoundError, match="only: none"):
        find_header_chip()
    rig.plug()


def test_a_chip_can_be_given(rig: Rig) -> None:
    path = rig.add("expander")
    assert find_header_chip(path).label == "expander"
    with pytest.raises(ChipNotFoundError, match="/dev/null"):
        find_header_chip("/dev/null")
    with GpiodFactory(path) as factory:
        assert factory.chip.header is None
        assert factory.board_info.model == "3B"


def test_missing_rights_are_no_missing_chip(rig: Rig) -> None:
    with rig.forbid():
        with pytest.raises(ChipPermissionError, match=rig.path):
            find_header_chip()
        with pytest.raises(ChipPermissionError) as caught:
            find_header_chip(rig.path)
    assert caught.value.placeholders == {"path": rig.path}
