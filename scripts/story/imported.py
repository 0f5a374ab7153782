"""Automations from the blueprints that ship, made through the API that the pages use."""

import asyncio
import json
from pathlib import Path

from scripts.story.channel import Channel
from tests.browser.home import ROOT, Home, until

FOLDER = Path("blueprints/automation/smart_parking")
TIMEOUT_S = 10.0


async def automate(home: Home, channel: Channel, blueprint: str, **inputs: object) -> None:
    """Import a blueprint from its file, and make an automation of its name."""
    path = f"smart_parking/{blueprint}.yaml"
    text = (ROOT / FOLDER / f"{blueprint}.yaml").read_text()
    await channel.ask("blueprint/save", domain="automation", path=path, yaml=text)
    use = {"path": path, "input": inputs}
    await home.request(
        "POST",
        f"config/automation/config/{blueprint}",
        {"alias": blueprint, "use_blueprint": use},
    )

    async def is_on() -> bool:
        template = f"{{{{ states('automation.{blueprint}') }}}}"
        return await home.request("POST", "template", {"template": template}) == "on"

    async with asyncio.timeout(TIMEOUT_S):
        await until(is_on)


async def failures(channel: Channel, blueprint: str) -> list[str]:
    """Return what went wrong in the runs of an automation, and that there were none."""
    runs = await channel.ask("trace/list", domain="automation", item_id=blueprint)
    if not runs:
        return [f"{blueprint} has never run"]
    return [f"{blueprint}: {run['error']}" for run in runs if "error" in run]


async def save_options(home: Home, **options: object) -> None:
    """Set how the lot guides, as its owner does."""
    path = "config/config_entries/options/flow"
    flow = json.loads(await home.request("POST", path, {"handler": home.entry_id}))
    for answers in ({"next_step_id": "guidance"}, options):
        await home.request("POST", f"{path}/{flow['flow_id']}", answers)
