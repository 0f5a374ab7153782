"""The topics on which nodes elsewhere and Home Assistant speak to one another.

A node speaks on `smart_parking/nodes/NAME/…` and listens to `smart_parking/nodes/NAME/set/…`. So
one filter hears all nodes and nothing that is meant for them, and a broker can be told in two lines
what a node may do.
"""

from enum import StrEnum
import re

NODES = "smart_parking/nodes"
# A name is a part of topics, of a user's name at the broker, and of a file's name.
NAME_MAX = 48
_NAME = re.compile(rf"[a-z0-9](?:[a-z0-9_-]{{0,{NAME_MAX - 2}}}[a-z0-9])?")


class Said(StrEnum):
    """What a node says."""

    ANNOUNCE = "announce"
    """Retained: what the node is."""
    STATUS = "status"
    """Retained, and its last will: `online` or `offline`."""
    CONFIG_RESULT = "config_result"
    """Retained: whether it measures as its configuration says, or why not."""
    STATE = "state"
    """What is believed of all its bays."""
    CHANGES = "changes"
    """What has changed of its bays."""
    HEARTBEAT = "heartbeat"
    """That it is there, though nothing has changed."""
    ANSWER = "answer"
    """What came of a request."""


class Told(StrEnum):
    """What a node is told."""

    CONFIG = "config"
    """Retained: its bays and their wiring; empty when it has none any more."""
    AIR = "air"
    """Retained: how warm the air is."""
    REQUEST = "request"
    """Something that it shall do, and answer."""
    ACK = "ack"
    """Up to where its changes have arrived."""


RETAINED = frozenset({Said.ANNOUNCE, Said.STATUS, Said.CONFIG_RESULT})
"""What the broker keeps; anything else that it had kept is old."""
ONLINE = "online"
OFFLINE = "offline"
FROM_NODES = f"{NODES}/+/+"
"""Hears everything that any node says."""
ANNOUNCEMENTS = f"{NODES}/+/{Said.ANNOUNCE}"


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a node."""
    return _NAME.fullmatch(text) is not None


def said_topic(name: str, said: Said) -> str:
    """Return the topic on which a node says something."""
    return f"{NODES}/{name}/{said}"


def told_topic(name: str, told: Told) -> str:
    """Return the topic on which a node is told something."""
    return f"{NODES}/{name}/set/{told}"


def told_filter(name: str) -> str:
    """Return the filter that hears everything that a node is told."""
    return f"{NODES}/{name}/set/+"


def read_said(topic: str) -> tuple[str, Said] | None:
    """Return which node says what on a topic; None when it is none of a node's."""
    name, _, word = topic.removeprefix(f"{NODES}/").partition("/")
    if not topic.startswith(f"{NODES}/") or word not in _SAID or not is_name(name):
        return None
    return name, _SAID[word]


def read_told(topic: str) -> Told | None:
    """Return what a node is told on a topic; None when it is nothing that it knows."""
    return _TOLD.get(topic.rpartition("/")[2])


_SAID = {said.value: said for said in Said}
_TOLD = {told.value: told for told in Told}
