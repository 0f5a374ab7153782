"""Every blueprint that ships can be imported."""

from pathlib import Path
import re

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.util.yaml import load_yaml_dict
import pytest

from tests.repository.project import INTEGRATION, ROOT, read_json

BLUEPRINTS = sorted((ROOT / "blueprints").rglob("*.yaml"))
REPOSITORY = read_json(INTEGRATION / "manifest.json")["documentation"]
pytestmark = pytest.mark.skipif(not BLUEPRINTS, reason="no blueprint ships yet")


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_blueprint(path: Path) -> None:
    blueprint = Blueprint(
        load_yaml_dict(path), expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    about = blueprint.metadata
    assert blueprint.validate() is None
    assert about["author"]
    assert about["source_url"] == f"{REPOSITORY}/blob/main/{path.relative_to(ROOT)}"
    assert re.fullmatch(r"\d+\.\d+\.\d+", about["homeassistant"]["min_version"])
    assert {"triggers", "actions"} <= blueprint.data.keys()
