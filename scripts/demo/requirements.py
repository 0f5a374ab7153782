"""Print what the demo's Home Assistant would install when its integrations first load.

Home Assistant installs the requirements of an integration, of its dependencies and of those it
would rather load after, the first time it is set up. Installed before, the first start is fast and
every package is pinned by a hash.

usage: requirements.py CONSTRAINTS, run by a Python that has Home Assistant. Home Assistant's own
constraints on versions are written to the file CONSTRAINTS.
"""

import json
from pathlib import Path
import re
import shutil
import sys

import homeassistant
from homeassistant import bootstrap, requirements

CONFIGURATION = Path(__file__).with_name("configuration.yaml")
HOME_ASSISTANT = Path(homeassistant.__file__).parent
MANIFEST = Path(__file__).parents[2] / "custom_components" / "smart_parking" / "manifest.json"
OPTIONAL = {"debugpy", "sentry", "zeroconf"}
"""Set up before everything else, but only when configured."""


def first_integrations() -> set[str]:
    """Return the integrations that the demo configures and those that are always set up.

    What this integration would rather be loaded after is among them.
    """
    early = {domain for _, domains, _ in bootstrap.STAGE_0_INTEGRATIONS for domain in domains}
    configured = re.findall(r"^(\w+):", CONFIGURATION.read_text(), re.MULTILINE)
    return {
        *bootstrap.CORE_INTEGRATIONS,
        *bootstrap.DEFAULT_INTEGRATIONS,
        *(early - OPTIONAL),
        *configured,
        *json.loads(MANIFEST.read_text())["after_dependencies"],
    }


def runtime_requirements() -> set[str]:
    """Return the requirements of those integrations and of all that they bring along."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = first_integrations()
    while waiting:
        domain = waiting.pop()
        seen.add(domain)
        path = HOME_ASSISTANT / "components" / domain / "manifest.json"
        if not path.exists():
            continue
        manifest = json.loads(path.read_text())
        found.update(manifest.get("requirements", []))
        waiting.update(manifest.get("dependencies", []))
        waiting.update(manifest.get("after_dependencies", []))
        waiting.update(
            discovery
            for discovery, keys in requirements.DISCOVERY_INTEGRATIONS.items()
            if manifest.keys() & set(keys)
        )
        waiting -= seen
    return found


def main() -> None:
    """Write the constraints and print the requirements."""
    shutil.copy(HOME_ASSISTANT / requirements.CONSTRAINT_FILE, sys.argv[1])
    print("# Written by scripts/compile-requirements: what the demo's integrations ask for.")
    print("\n".join(sorted(runtime_requirements(), key=str.lower)))


if __name__ == "__main__":
    main()
