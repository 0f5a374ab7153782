"""What a release consists of is all that there is to install, and works where it is unpacked."""

from pathlib import Path, PurePosixPath
import subprocess
import sys
from zipfile import ZipFile

import pytest

from tests.repository.project import INTEGRATION, ROOT

KINDS = {
    *(".br", ".css", ".gz", ".js", ".json", ".png", ".py", ".svg", ".ttf", ".txt", ".wasm"),
    ".yaml",
}
INSTALL = """
import asyncio, pathlib, sys

from unittest.mock import patch

from homeassistant import loader
from homeassistant.components import frontend
from homeassistant.config_entries import ConfigSubentryDataWithId
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry, async_test_home_assistant, mock_component
)

SERVER = "homeassistant.components.http.HomeAssistantHTTP"
config, domain = sys.argv[1:]
bay = {"bay_id": "a", "label": "A01", "kind": "standard", "level": "1", "x": 0, "y": 0}
node = ConfigSubentryDataWithId(
    data={"source": "simulated", "bays": [bay]},
    subentry_id="roof", subentry_type="node", title="Roof", unique_id=None,
)

async def main():
    async with async_test_home_assistant(config_dir=config) as hass:
        del hass.data[loader.DATA_CUSTOM_COMPONENTS]
        integration = await loader.async_get_integration(hass, domain)
        folder = pathlib.Path(config, "custom_components", domain)
        assert integration.file_path == folder, integration.file_path
        await integration.async_get_platforms(
            [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
        )
        hass.data[frontend.DATA_EXTRA_MODULE_URL] = frontend.UrlManager(lambda *_: None, [])
        mock_component(hass, "frontend")
        entry = MockConfigEntry(domain=domain, title="Garage", subentries_data=[node])
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        print(*hass.states.async_entity_ids())
        assert await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_stop()

with patch(f"{SERVER}.async_bind"), patch(f"{SERVER}.start"):
    asyncio.run(main())
"""


@pytest.fixture(name="archive", scope="module")
def archive_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pack a release."""
    archive = tmp_path_factory.mktemp("release") / "smart_parking.zip"
    subprocess.run([ROOT / "scripts" / "archive", archive], check=True)
    return archive


def committed() -> set[str]:
    """Return the files of the integration in the newest commit."""
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "-z", "--name-only", "HEAD", "."],
        cwd=INTEGRATION,
        capture_output=True,
        text=True,
        check=True,
    )
    return {*listed.stdout.split("\0")} - {""}


def test_all_that_works_is_in_it_and_nothing_else(archive: Path) -> None:
    with ZipFile(archive) as packed:
        assert packed.testzip() is None
        names = {name for name in packed.namelist() if not name.endswith("/")}
    assert names == {name for name in committed() if not name.endswith(".d.ts")}
    assert {"manifest.json", "__init__.py"} <= names
    paths = [PurePosixPath(name) for name in names]
    assert {path.suffix for path in paths} == KINDS
    assert [
        path for path in paths if any(part.startswith((".", "__p")) for part in path.parts)
    ] == []


def test_it_works_where_it_is_unpacked(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "custom_components" / INTEGRATION.name
    with ZipFile(archive) as packed:
        packed.extractall(folder)
    done = subprocess.run(
        [sys.executable, "-c", INSTALL, tmp_path, INTEGRATION.name],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "binary_sensor.garage_bay_a01" in done.stdout.split()
