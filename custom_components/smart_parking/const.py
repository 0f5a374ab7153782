"""Names that are written down: in the registry, in storage, in the configuration."""

from typing import Final

DOMAIN: Final = "smart_parking"

SUBENTRY_NODE: Final = "node"
SUBENTRY_GATE: Final = "gate"

# Of the lot.
CONF_TEMPERATURE_ENTITY: Final = "temperature_entity"

# Of a node.
CONF_SOURCE: Final = "source"
CONF_BAYS: Final = "bays"

# Of a bay.
CONF_BAY_ID: Final = "bay_id"
CONF_LABEL: Final = "label"
CONF_KIND: Final = "kind"
CONF_LEVEL: Final = "level"
CONF_X: Final = "x"
CONF_Y: Final = "y"
CONF_HEADING: Final = "heading"
CONF_WIDTH: Final = "width"
CONF_LENGTH: Final = "length"
CONF_EMPTY_M: Final = "empty_m"

# Of a gate.
CONF_DISTANCES: Final = "distances"
