"""What a driver reads and hears of the nearest bay, on every screen that there is."""

import json
from pathlib import Path
import shutil
import subprocess
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockUser
from yarl import URL

from custom_components.smart_parking.data import SmartParkingData
from custom_components.smart_parking.live.snapshot import LotSnapshot
from custom_components.smart_parking.live.texts import PREFIXES, SHARED
from custom_components.smart_parking.rendering.level import draw_level
from custom_components.smart_parking.rendering.scene_builder import build_scene
from custom_components.smart_parking.texts import get_texts
from custom_components.smart_parking.visitor.snapshot import PublicSnapshot
from tests.integration.visitor.phones import Page, Phone
from tests.integration.voice.talk import FIND, told

ROOT = Path(__file__).parents[2]
PRINT = """
const folder = "./custom_components/smart_parking/frontend";
const { wayTexts } = await import(`${folder}/card/guidance.js`);
const { LotState } = await import(`${folder}/card/lot-state.js`);
const { loadTexts, Words } = await import(`${folder}/card/words.js`);
const { VisitorLot } = await import(`${folder}/visitor/lot.js`);
const { view } = await import(`${folder}/visitor/view.js`);
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { card, page, mine, texts, ofCard } = JSON.parse(text);
const connection = { sendMessagePromise: async () => ({ language: "en", texts: ofCard }) };
await loadTexts({ locale: { language: "en" }, connection });
const state = new LotState(card);
const words = new Words({ locale: { language: "en" }, config: { unit_system: {} } });
const shown = view(new VisitorLot(page), mine, { kind: "standard", gate: 0 }, texts, "en");
const bay = state.nearest[0]?.bay.label;
process.stdout.write(JSON.stringify([[bay, ...wayTexts({ state, words }, 0)], shown]));
"""


def printed(
    data: SmartParkingData, user: MockUser, start: dict[str, Any]
) -> tuple[list[str], dict[str, str]]:
    """Return what the card, and the script of a page that begins so, make of what they are sent."""
    node = shutil.which("node")
    assert node is not None, "Node is not installed: version 20 or later is needed"
    sent = {
        "card": json.loads(LotSnapshot(data.coordinator, data.guidance, 0).whole(user)),
        "page": json.loads(PublicSnapshot(data.coordinator, 0).whole()),
        "mine": start["mine"],
        "texts": start["texts"],
        "ofCard": get_texts(data.coordinator.hass, "en").of(PREFIXES["card"], SHARED),
    }
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PRINT],
        cwd=ROOT,
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        check=True,
    )
    card, page = json.loads(done.stdout)
    return card, page


def drawn(data: SmartParkingData, gate_id: str, bay_id: str) -> str:
    """Return the text of a route image for people who do not see it."""
    scene_data = build_scene(data.lot, gate_id, bay_id, get_texts(data.coordinator.hass, "en"))
    (plan,) = Page(draw_level(scene_data, "plan")).all("svg")
    said = plan["aria-label"]
    assert said is not None
    return said


async def screens(
    hass: HomeAssistant, data: SmartParkingData, user: MockUser, root: URL
) -> dict[str, tuple[str, list[str]]]:
    """Return the bay and the way to it by screen, before and after it is kept for a visitor.

    The way is in the parts that directions have: what stands between commas.
    """
    async with Phone(root) as phone:
        free = await phone.look()
        card, page = printed(data, user, free.start)
        spoken = await told(hass, FIND)
        state = await phone.tap("guide")
        (hold,) = data.guidance.all()
        answer = data.guidance.answer(hold, "en")
        bay, directions = str(answer["bay"]), str(answer["directions"])
        _, kept = printed(data, user, state.start)
        picture = drawn(data, hold.gate_id, str(hold.bay_id))
        await phone.tap("release")
    of_voice = spoken.removeprefix("The nearest free bay is ").removesuffix(".").split(". ", 1)
    return {
        "card": (card[0], card[1:]),
        "page": (free.text("bay"), _in_order(free.text("way"), free.text("where"))),
        "page, by its script": (page["bay"], _in_order(page["way"], page["where"])),
        "voice": (of_voice[0], of_voice[1].split(", ")),
        "hold": (bay, directions.split(", ")),
        "page of the hold": (state.text("bay"), _in_order(state.text("way"), state.text("where"))),
        "page of the hold, by its script": (kept["bay"], _in_order(kept["way"], kept["where"])),
        "picture": (picture.split(": ")[0], picture.split(": ")[1].split(", ")),
    }


def _in_order(way: str, where: str) -> list[str]:
    """Return what a page says in two lines as one."""
    return [part for line in (where, way) for part in line.split(", ") if part]
