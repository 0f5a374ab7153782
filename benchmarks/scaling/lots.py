"""Lots of many bays on many nodes: by this project, and by MQTT discovery alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched
import json
from typing import Any

from homeassistant.config_entries import ConfigSubentryData

BAYS_OF_A_NODE = 24
LEVELS = 5
BAYS_PER_ROW = 50
TOPIC = "scale"
DISCOVERY = "homeassistant"


class Way(StrEnum):
    """How bays come into Home Assistant."""

    OWN = "own"
    """This project's nodes of the kind MQTT, with the preset *my own*."""
    REMOTE = "remote"
    """This project's nodes elsewhere."""
    DISCOVERY = "discovery"
    """A binary sensor for each bay, by MQTT discovery: without this project."""
    COUNTED = "counted"
    """The same, and a template that counts the free ones, as a sign at the entrance needs it."""

    @property
    def is_ours(self) -> bool:
        """Whether it is this project's."""
        return self in (Way.OWN, Way.REMOTE)


@dataclass(frozen=True, slots=True)
class NodeOfLot:
    """A node, and its bays by their ids."""

    name: str
    bays: tuple[str, ...]


def nodes_of(bays: int) -> Iterator[NodeOfLot]:
    """Yield the nodes of a lot of so many bays."""
    numbers = batched(range(bays), BAYS_OF_A_NODE, strict=False)
    for node, own in enumerate(numbers):
        yield NodeOfLot(f"pi-{node}", tuple(f"b{number:05d}" for number in own))


def topic_of(node: str, bay: str) -> str:
    """Return where a node says what it sees of a bay."""
    return f"{TOPIC}/{node}/{bay}"


def discovery_of(node: NodeOfLot) -> Iterator[tuple[str, bytes]]:
    """Yield what a node says for Home Assistant to make entities of its bays."""
    for bay in node.bays:
        config = {
            "name": bay,
            "unique_id": bay,
            "device_class": "occupancy",
            "state_topic": topic_of(node.name, bay),
            "availability_topic": topic_of(node.name, "status"),
            "qos": 1,
            "device": {"identifiers": [node.name], "name": node.name},
        }
        yield f"{DISCOVERY}/binary_sensor/{bay}/config", json.dumps(config).encode()


def subentries(bays: int, way: Way) -> list[ConfigSubentryData]:
    """Return a lot's nodes and gates as they are written down."""
    found = []
    for node in nodes_of(bays):
        rows = []
        for place, bay in enumerate(node.bays):
            number = int(bay[1:])
            at = number // LEVELS
            rows.append(
                {
                    "bay_id": bay,
                    "label": f"A{number + 1:05d}",
                    "kind": "standard",
                    "level": str(number % LEVELS + 1),
                    "x": 2.5 * (at % BAYS_PER_ROW),
                    "y": 8.0 * (at // BAYS_PER_ROW),
                    **_sensor(way, bay, place),
                }
            )
        data: dict[str, Any] = {"bays": rows, **_settings(way, node.name)}
        found.append(_subentry("node", node.name, data))
    for level in range(LEVELS):
        gate = {"level": str(level + 1), "x": -5.0, "y": 4.0}
        found.append(_subentry("gate", f"Level {level + 1}", gate))
    return found


def _sensor(way: Way, bay: str, place: int) -> dict[str, Any]:
    """Return what a bay's sensor is."""
    if way is Way.OWN:
        return {"device": bay}
    return {"trigger": 2 * place, "echo": 2 * place + 1, "empty_m": 2.5}


def _settings(way: Way, node: str) -> dict[str, Any]:
    """Return what a node is told."""
    if way is Way.OWN:
        return {
            "source": "mqtt",
            "preset": "own",
            "topic": topic_of(node, "+"),
            # As soon as it is told, as the other way has it.
            "on_after_s": 0.0,
            "off_after_s": 0.0,
        }
    return {"source": "remote", "node": node}


def _subentry(kind: str, title: str, data: dict[str, Any]) -> ConfigSubentryData:
    """Return a part of a lot."""
    return ConfigSubentryData(subentry_type=kind, title=title, unique_id=None, data=data)
