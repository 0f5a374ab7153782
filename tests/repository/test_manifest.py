"""The manifest is one that Home Assistant and HACS accept."""

from importlib.metadata import requires
import re

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.loader import Manifest

from tests.repository.project import HOME_ASSISTANT, INTEGRATION, ROOT, read_json

MANIFEST = read_json(INTEGRATION / "manifest.json")
REQUIRED = {
    "codeowners",
    "config_flow",
    "documentation",
    "domain",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "name",
    "requirements",
    "version",
}


def test_has_what_is_asked_and_nothing_unknown() -> None:
    not_for_files = {"is_built_in", "overwrites_built_in"}
    assert MANIFEST.keys() >= REQUIRED
    assert MANIFEST.keys() <= Manifest.__annotations__.keys() - not_for_files


def test_keys_are_in_order() -> None:
    first = {"domain": ".domain", "name": ".name"}
    assert list(MANIFEST) == sorted(MANIFEST, key=lambda key: first.get(key, key))


def test_domain_is_the_folder_and_not_taken() -> None:
    assert MANIFEST["domain"] == INTEGRATION.name
    assert not (HOME_ASSISTANT / "components" / MANIFEST["domain"]).exists()


def test_kinds_are_known() -> None:
    assert MANIFEST["integration_type"] in {"device", "helper", "hub", "service"}
    assert MANIFEST["iot_class"] in {"calculated", "local_polling", "local_push"}


def test_version_is_one() -> None:
    AwesomeVersion(MANIFEST["version"], ensure_strategy=AwesomeVersionStrategy.SEMVER)
    assert f'version = "{MANIFEST["version"]}"' in (ROOT / "pyproject.toml").read_text()


def test_pages_are_ours() -> None:
    page = r"https://github\.com/[\w-]+/[\w.-]+"
    assert re.fullmatch(page, MANIFEST["documentation"])
    assert MANIFEST["issue_tracker"] == MANIFEST["documentation"] + "/issues"


def test_owners_have_names() -> None:
    assert MANIFEST["codeowners"]
    assert all(re.fullmatch(r"@[\w-]+(/[\w-]+)?", owner) for owner in MANIFEST["codeowners"])


def test_what_is_used_without_being_required_comes_with_home_assistant() -> None:
    brought = {re.split(r"[^\w-]", line)[0].lower() for line in requires("homeassistant") or []}
    assert {"aiohttp", "pillow"} <= brought


def test_dependencies_exist() -> None:
    for key in ("dependencies", "after_dependencies"):
        for domain in MANIFEST.get(key, []):
            assert (HOME_ASSISTANT / "components" / domain / "manifest.json").exists()
