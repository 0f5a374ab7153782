"""Topics and filters of MQTT."""

TOPIC_BYTES_MAX = 65_535


def is_filter(text: str) -> bool:
    """Return whether a text is a valid topic filter."""
    if not text or "\0" in text or len(text.encode(errors="replace")) > TOPIC_BYTES_MAX:
        return False
    *rest, last = text.split("/")
    return not any("#" in level for level in rest) and all(
        level == sign or sign not in level for level in (*rest, last) for sign in "+#"
    )


def wildcards(one: str, topic: str) -> list[str] | None:
    """Return the match of each wildcard of a filter; None where a topic does not fit it."""
    found: list[str] = []
    levels = topic.split("/")
    wanted = one.split("/")
    for number, level in enumerate(wanted):
        if level == "#":
            return [*found, "/".join(levels[number:])]
        if number >= len(levels):
            return None
        if level == "+":
            found.append(levels[number])
        elif level != levels[number]:
            return None
    return found if len(levels) == len(wanted) else None
