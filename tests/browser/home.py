"""A real Home Assistant with the demo lot, and someone who speaks with it over its own API."""

import asyncio
from asyncio.subprocess import STDOUT, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
import json
import os
from pathlib import Path
import re
import shutil
import signal
import socket
from statistics import fmean

import aiohttp

from tests.browser.lots import Bay

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".local" / "venv-demo"
DEMO = ROOT / "scripts" / "demo"

START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0
STATE_TIMEOUT_S = 15.0
POLL_S = 0.05
"""Waiting is done by asking: the API tells the same as a screen would see."""

PACE_KMH = 3
PACE_M_S = PACE_KMH / 3.6
"""So slow are drivers here that a vehicle can park before any of them could have come."""

TROUBLE = re.compile(
    r"^\S+ \S+ (?:WARNING|ERROR|CRITICAL) .*(?:\n(?!\d{4}-\d\d-\d\d ).*)*", re.MULTILINE
)
SAID_OF_ALL = "which has not been tested by Home Assistant"
"""Of every custom integration, that is."""
LEFT = "ClientConnectionResetError exception in shielded future"
"""Home Assistant's own, when a browser goes while it is answered."""


def is_of_gone_browser(entry: str) -> bool:
    """Return whether Home Assistant itself complains that a browser went while it was answered."""
    return "ClientConnectionResetError" in entry and "smart_parking" not in entry


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(slots=True)
class Home:
    """A running Home Assistant, and its owner's tokens."""

    folder: Path
    port: int
    session: aiohttp.ClientSession
    process: Process | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    tolerated: list[str] = field(default_factory=lambda: [SAID_OF_ALL, LEFT])
    """Parts of what may stand in its log."""
    program: tuple[Path, ...] = (ENVIRONMENT / "bin" / "hass",)

    @property
    def url(self) -> str:
        """The address of its pages."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until everything in it works."""
        await self.begin()
        await self.has_started()

    async def begin(self) -> None:
        """Start it, and wait until it has pages, and the owner has logged in."""
        path = f"{ENVIRONMENT / 'bin'}:{os.environ['PATH']}"
        with (self.folder / "output.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.program,
                "--config",
                self.folder,
                stdout=log,
                stderr=STDOUT,
                env={**os.environ, "PATH": path, "NO_COLOR": "1"},
            )
        async with asyncio.timeout(START_TIMEOUT_S):
            await until(self._answers)
            await self._log_in()

    async def has_started(self) -> None:
        """Wait until everything in it works."""
        async with asyncio.timeout(START_TIMEOUT_S):
            await until(self._runs)

    async def stop(self) -> None:
        """End it as Ctrl-C would."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            self.process.kill()
            raise

    def log(self) -> str:
        """Return what it has written so far."""
        return (self.folder / "output.log").read_text()

    def episode(self) -> list[str]:
        """Return the warnings and errors in its log, each with its traceback."""
        return [
            entry
            for entry in TROUBLE.findall(self.log())
            if not any(part in entry for part in self.tolerated) and not is_of_gone_browser(entry)
        ]

    async def _answers(self) -> bool:
        """Return whether a port is open."""
        assert self.process is not None
        assert self.process.returncode is None, self.log()
        try:
            async with self.session.get(f"{self.url}/manifest.json") as response:
                return response.ok
        except aiohttp.ClientConnectionError:
            return False

    async def _runs(self) -> bool:
        """Return whether everything in it has started."""
        return (await self.get("config"))["state"] == "RUNNING"

    async def _log_in(self) -> None:
        """Get tokens as the log-in page does."""
        client = {"client_id": f"{self.url}/"}
        start = {"handler": ["homeassistant", None], "redirect_uri": f"{self.url}/"}
        async with self.session.post(
            f"{self.url}/auth/login_flow", json=client | start
        ) as response:
            flow = await response.json()
        who = {"username": "owner", "password": "parking"}
        async with self.session.post(
            f"{self.url}/auth/login_flow/{flow['flow_id']}", json=client | who
        ) as response:
            code = (await response.json())["result"]
        async with self.session.post(
            f"{self.url}/auth/token",
            data=client | {"grant_type": "authorization_code", "code": code},
        ) as response:
            self.tokens = await response.json()

    @property
    def remembered(self) -> dict[str, str]:
        """Storage of a browser in which the owner is logged in, and has chosen English."""
        # Expired: so the page refreshes them first, as it does on every later visit.
        tokens = {**self.tokens, "hassUrl": self.url, "clientId": f"{self.url}/", "expires": 0}
        return {"hassTokens": json.dumps(tokens), "selectedLanguage": '"en"'}

    async def request(self, method: str, path: str, data: object = None) -> str:
        """Return the API's answer."""
        token = self.tokens["access_token"]
        async with self.session.request(
            method,
            f"{self.url}/api/{path}",
            json=data,
            headers={"Authorization": f"Bearer {token}"},
        ) as response:
            text = await response.text()
            assert response.ok, f"{method} {path}: {response.status} {text}"
            return text

    async def get(self, path: str) -> dict[str, str]:
        """Return one thing that the API knows."""
        answer: dict[str, str] = json.loads(await self.request("GET", path))
        return answer

    async def act(self, action: str, **data: object) -> None:
        """Perform an action, such as `switch.turn_on`."""
        await self.request("POST", f"services/{action.replace('.', '/')}", data)

    async def reload(self) -> None:
        """Reload the lot."""
        await self.request("POST", f"config/config_entries/entry/{self.entry_id}/reload")

    async def remove(self) -> None:
        """Remove the lot."""
        await self.request("DELETE", f"config/config_entries/entry/{self.entry_id}")

    @property
    def entry_id(self) -> str:
        """The lot's id."""
        path = self.folder / ".storage" / "core.config_entries"
        entries = json.loads(path.read_text())["data"]["entries"]
        found: str = next(one["entry_id"] for one in entries if one["domain"] == "smart_parking")
        return found

    async def devices(self, labels: Iterable[str]) -> list[str]:
        """Return the ids of the bays' devices."""
        ids = ",".join(f"device_id('{bay_entity(label)}')" for label in labels)
        answer = await self.request(
            "POST", "template", {"template": f"{{{{ [{ids}] | to_json }}}}"}
        )
        found: list[str] = json.loads(answer)
        return found

    async def simulate(self, labels: Iterable[str], **data: str) -> None:
        """Park vehicles or leave, or a sensor break."""
        devices = await self.devices(labels)
        await self.act("smart_parking.set_simulation", device_id=devices, **data)

    async def wait_for_state(self, entity_id: str, state: str) -> datetime:
        """Wait until an entity has a state, and return since when it has."""

        async def has_it() -> bool:
            return (await self.get(f"states/{entity_id}"))["state"] == state

        async with asyncio.timeout(STATE_TIMEOUT_S):
            await until(has_it)
        now = await self.get(f"states/{entity_id}")
        return datetime.fromisoformat(now["last_changed"])

    async def wait_for_status(self, label: str, status: str) -> None:
        """Wait until a bay is vacant, occupied, held or out of service."""

        async def has_it() -> bool:
            answer = await self.request("GET", f"states/{bay_entity(label)}")
            return bool(json.loads(answer)["attributes"].get("status") == status)

        async with asyncio.timeout(STATE_TIMEOUT_S):
            await until(has_it)

    async def park(self, *labels: str) -> None:
        """Park vehicles, and wait until they are seen."""
        await self.simulate(labels, traffic="park")
        for label in labels:
            await self.wait_for_state(bay_entity(label), "on")

    async def break_sensor(self, label: str) -> None:
        """Make a sensor fall silent, and wait until that is seen."""
        await self.simulate([label], fault="no_response")
        await self.wait_for_state(bay_entity(label), "unavailable")

    async def close(self, label: str) -> None:
        """Take a bay out of service."""
        switch = bay_entity(label).replace("binary_sensor", "switch") + "_out_of_service"
        await self.act("switch.turn_on", entity_id=switch)

    async def leave(self, *labels: str) -> None:
        """Make vehicles leave, and wait until that is seen."""
        await self.simulate(labels, traffic="leave")
        for label in labels:
            await self.wait_for_state(bay_entity(label), "off")

    async def holds(self) -> list[str]:
        """Return the ids of all holds."""
        asked = {"id": 1, "type": "smart_parking/holds", "entry_id": self.entry_id}
        log_in = {"type": "auth", "access_token": self.tokens["access_token"]}
        async with self.session.ws_connect(f"{self.url}/api/websocket") as socket:
            await socket.send_json(log_in)
            await socket.send_json(asked)
            while (said := await socket.receive_json())["type"] != "event":
                assert said.get("success", True), said
        return [hold["hold_id"] for hold in said["event"]["holds"]]

    async def clear(self) -> None:
        """Make all vehicles leave, release all holds, and put all bays into service."""
        for hold_id in await self.holds():
            await self.act("smart_parking.release", hold_id=hold_id)
        on = [
            one["entity_id"]
            for one in json.loads(await self.request("GET", "states"))
            if one["state"] == "on"
        ]
        for switch in (one for one in on if OUT_OF_SERVICE.fullmatch(one)):
            await self.act("switch.turn_off", entity_id=switch)
        labels = [found[1].upper() for one in on if (found := OCCUPANCY.fullmatch(one))]
        if labels:
            await self.leave(*labels)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition without an event."""
    while not await condition():  # noqa: ASYNC110 - another process can set no event here
        await asyncio.sleep(POLL_S)


OCCUPANCY = re.compile(r"binary_sensor\.market_square_bay_([abd]\d\d)")
OUT_OF_SERVICE = re.compile(r"switch\.market_square_bay_([abd]\d\d)_out_of_service")


def bay_entity(label: str) -> str:
    """Return the bay's occupancy sensor."""
    return f"binary_sensor.market_square_bay_{label.lower()}"


_OF_HISTORY = ("stay_limits", "free_minutes", "interval_minutes", "day_maximum", "rates")


def rebuild(folder: Path, bays: list[Bay] | None, of_history: Iterable[str] = ()) -> None:
    """Stop the traffic of the demo lot, and replace its bays if any are given."""
    path = folder / ".storage" / "core.config_entries"
    stored = json.loads(path.read_text())
    (entry,) = stored["data"]["entries"]
    kept = {name: entry["options"][name] for name in of_history}
    entry["options"] = {"speed_kmh": PACE_KMH, **kept}
    node = next(one for one in entry["subentries"] if one["subentry_type"] == "node")
    node["data"]["occupancy"] = 0
    if bays is not None:
        node["data"]["bays"] = bays
        gates = [one["data"] for one in entry["subentries"] if one["subentry_type"] == "gate"]
        width_m = max(float(bay["x"]) for bay in bays) + float(bays[0]["x"])
        middle_m = fmean(float(bay["y"]) for bay in bays)
        for gate, x_m in zip(gates, (0.0, width_m), strict=True):
            gate |= {"x": x_m, "y": middle_m}
    path.write_text(json.dumps(stored))


async def seed(folder: Path, port: int, *, has_history: bool = False) -> None:
    """Prepare a folder as `scripts/develop` does."""
    (folder / "custom_components").symlink_to(ROOT / "custom_components")
    (folder / "automations.yaml").write_text("[]\n")
    seeding = await asyncio.create_subprocess_exec(
        ENVIRONMENT / "bin" / "python",
        DEMO / "seed.py",
        folder,
        str(port),
        *(["--history"] if has_history else []),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert await seeding.wait() == 0
    shutil.copy(DEMO / "configuration.yaml", folder)


@asynccontextmanager
async def running(
    folder: Path, bays: list[Bay] | None = None, *, has_history: bool = False
) -> AsyncGenerator[Home]:
    """Run a Home Assistant in an empty folder, with the demo lot or other bays, all free.

    With a history, the lot keeps its tariff and its limits of stay.
    """
    port = free_port()
    await seed(folder, port, has_history=has_history)
    rebuild(folder, bays, of_history=_OF_HISTORY if has_history else ())
    async with aiohttp.ClientSession() as session:
        home = Home(folder, port, session)
        try:
            await home.start()
            yield home
        finally:
            await home.stop()
