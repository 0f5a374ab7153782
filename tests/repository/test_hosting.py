"""HACS and the workflows find what they look for."""

import json
from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion
import pytest
import yaml

from tests.repository.project import INTEGRATION, ROOT, read_json

HACS = read_json(ROOT / "hacs.json")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def workflow(name: str) -> dict[str | bool, Any]:
    """Return a workflow; YAML reads its key `on` as true."""
    content: dict[str | bool, Any] = yaml.safe_load(
        (ROOT / ".github" / "workflows" / name).read_text()
    )
    return content


def steps(name: str) -> list[dict[str, Any]]:
    """Return all steps of a workflow."""
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


def test_hacs_knows_every_key() -> None:
    assert HACS.keys() <= {
        "content_in_root",
        "country",
        "filename",
        "hacs",
        "hide_default_branch",
        "homeassistant",
        "name",
        "persistent_directory",
        "zip_release",
    }
    assert HACS["name"] == read_json(INTEGRATION / "manifest.json")["name"]


def test_hacs_asks_for_a_home_assistant_that_the_tests_have() -> None:
    tested = re.search(
        r"^homeassistant==(\S+)", (ROOT / "requirements" / "test.txt").read_text(), re.MULTILINE
    )
    assert tested is not None
    assert AwesomeVersion(HACS["homeassistant"]) <= AwesomeVersion(tested[1])


def test_release_makes_the_archive_that_hacs_installs() -> None:
    commands = [step["run"] for step in steps("release.yml") if "run" in step]
    assert HACS["zip_release"] is True
    assert f"scripts/archive {HACS['filename']}" in commands
    assert any("upload" in command and HACS["filename"] in command for command in commands)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_is_whole(path: Path) -> None:
    content = workflow(path.name)
    assert content["name"]
    assert content[True]
    assert "permissions" in content
    for job in content["jobs"].values():
        assert job["runs-on"]
        assert job["steps"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_others_run_here_cannot_change_by_itself(path: Path) -> None:
    used = re.findall(r"uses: *(.*)", path.read_text())
    assert used
    for action in used:
        assert re.fullmatch(
            r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # (v\d+\.\d+\.\d+|main|master)", action
        )


def test_hosting_side_validates_and_tests() -> None:
    used = {step.get("uses", "").split("@")[0] for step in steps("validate.yml")}
    assert {"home-assistant/actions/hassfest", "hacs/action"} <= used
    run = {step.get("run") for step in steps("test.yml")}
    assert {"scripts/test", "scripts/test-lowest"} <= run
    assert "ignore" not in json.dumps(steps("validate.yml"))


def test_issue_form_and_updates_parse() -> None:
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml").read_text())
    assert {"name", "description", "body"} <= form.keys()
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())
    assert updates["version"] == 2
    watched = {(one["package-ecosystem"], one["directory"]) for one in updates["updates"]}
    assert watched == {("github-actions", "/"), ("npm", "/"), ("pip", "/requirements")}
    assert (ROOT / "package-lock.json").is_file()
    assert list((ROOT / "requirements").glob("*.txt"))
