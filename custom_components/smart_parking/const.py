"""Keys in the registry, in storage and in the configuration."""

from typing import Final

DOMAIN: Final = "smart_parking"

EVENT: Final = f"{DOMAIN}_event"

SUBENTRY_NODE: Final = "node"
SUBENTRY_GATE: Final = "gate"
SUBENTRY_PROMOTION: Final = "promotion"

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
CONF_ZONE: Final = "zone"
CONF_X: Final = "x"
CONF_Y: Final = "y"
CONF_HEADING: Final = "heading"
CONF_WIDTH: Final = "width"
CONF_LENGTH: Final = "length"
CONF_EMPTY_M: Final = "empty_m"

# Of a gate.
CONF_DISTANCES: Final = "distances"

# Options of a lot.
CONF_HOLD_MINUTES: Final = "hold_minutes"
CONF_SPEED_KMH: Final = "speed_kmh"
CONF_QUEUE_MAX: Final = "queue_max"
CONF_USER_HOLDS: Final = "user_holds"
CONF_USER_MINUTES: Final = "user_minutes"
CONF_USER_HOURS: Final = "user_hours"
CONF_USER_DAYS: Final = "user_days"
CONF_LANES: Final = "lanes"
CONF_RAMPS: Final = "ramps"
CONF_BAY_ENTITIES: Final = "bay_entities"
CONF_BAY_SWITCHES: Final = "bay_switches"
# What the editor draws, and no form asks for.
CONF_DRAWING: Final = "drawing"

# Of a lane.
CONF_POINTS: Final = "points"
CONF_ONE_WAY: Final = "one_way"

# Of a ramp; the key of its length is a bay's.
CONF_FROM_LEVEL: Final = "from_level"
CONF_FROM_POINT: Final = "from_point"
CONF_TO_LEVEL: Final = "to_level"
CONF_TO_POINT: Final = "to_point"

# Of a promotion.
CONF_TITLE: Final = "title"
CONF_TEXT: Final = "text"
CONF_PICTURE: Final = "picture"
CONF_PICTURE_PATH: Final = "picture_path"
CONF_LINK: Final = "link"
CONF_WHEN: Final = "when"
CONF_FIRST_DAY: Final = "first_day"
CONF_LAST_DAY: Final = "last_day"
CONF_OPENS: Final = "opens"
CONF_CLOSES: Final = "closes"
CONF_WEEKDAYS: Final = "weekdays"
CONF_LANGUAGES: Final = "languages"
CONF_WEIGHT: Final = "weight"
CONF_MOST: Final = "most"
CONF_MOST_PER_VISIT: Final = "most_per_visit"
