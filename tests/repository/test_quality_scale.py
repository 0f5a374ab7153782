"""The quality scale: every rule of Home Assistant's is answered, none without a reason."""

from typing import Any

import pytest
import yaml

from tests.repository.project import HOME_ASSISTANT, INTEGRATION


def rules(path: str) -> dict[str, Any]:
    """Return the answers of an integration."""
    return yaml.safe_load(path)["rules"]  # type: ignore[no-any-return]  # yaml knows no types


OURS = rules((INTEGRATION / "quality_scale.yaml").read_text())
# An integration of the house that answers all of them.
THEIRS = rules((HOME_ASSISTANT / "components" / "tailwind" / "quality_scale.yaml").read_text())


def test_every_rule_is_answered() -> None:
    assert len(THEIRS) >= 54
    assert OURS.keys() == THEIRS.keys()


@pytest.mark.parametrize("rule", sorted(OURS))
def test_answer_is_clear(rule: str) -> None:
    match OURS[rule]:
        case "done" | "todo" | {"status": "done"}:
            pass
        case {"status": "exempt" | "todo", "comment": str(comment)}:
            assert len(comment.split()) >= 4, "a reason is a sentence"
        case answer:
            pytest.fail(f"{answer!r} is not done, todo or exempt with a comment")
