"""Two drivers come home together, and a third one takes a bay: the story of guidance, for real.

usage: python -m scripts.story, from the repository's root; scripts/demo_guidance does it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time

from scripts.story.channel import Channel, Message
from scripts.story.imported import automate, failures, save_options
from scripts.story.phone import HOME, Phone
from tests.browser.home import Home, bay_entity, running
from tests.browser.lots import Bay

BLUEPRINT = "guide_driver"

FIRST_X_M = 40.0
"""So far behind the gate that nobody who has just come in can stand in a bay yet."""
BAY_WIDTH_M = 2.5
SPEED_KMH = 15
SPEED_M_S = SPEED_KMH / 3.6
"""How fast one drives in this lot."""

PNG = b"\x89PNG\r\n\x1a\n"

RE_GUIDED_S = 3.0
TIMEOUT_S = 10.0
MARGIN_S = 1.0


def bays() -> list[Bay]:
    """Return a row of bays."""
    return [
        {
            "bay_id": f"a{number:02}",
            "label": f"A{number:02}",
            "kind": "standard",
            "level": "1",
            "x": FIRST_X_M + (number - 1) * BAY_WIDTH_M,
            "y": 0.0,
        }
        for number in range(1, 7)
    ]


class Story:
    """What happens, told line by line with the seconds since the drivers came."""

    def __init__(self, home: Home, channel: Channel) -> None:
        """Begin."""
        self._home = home
        self._channel = channel
        self._began = time.monotonic()
        self._way_s: dict[str, float] = {}

    @property
    def now_s(self) -> float:
        """The seconds since it began."""
        return time.monotonic() - self._began

    def tell(self, line: str) -> None:
        """Notify what has happened."""
        print(f"{self.now_s:6.2f} s  {line}", flush=True)

    def check(self, *, fact: bool, otherwise: str) -> None:
        """End with an error when something is not so."""
        if not fact:
            raise SystemExit(f"{self.now_s:6.2f} s  NOT SO: {otherwise}")

    async def prepare(self) -> tuple[Phone, Phone]:
        """Set up an owner's settings, two drivers with phones, and the automation."""
        await self._channel.ask(
            "subscribe_events", listener=self._happened, event_type="smart_parking_event"
        )
        await save_options(self._home, hold_minutes=4, speed_kmh=SPEED_KMH, queue_max=20)
        anna, ben = [
            await Phone.register(self._home, self._channel, name, self.tell)
            for name in ("Anna", "Ben")
        ]
        for bay in bays():
            await self._home.wait_for_state(bay_entity(str(bay["label"])), "off")
        for phone in (anna, ben):
            await self._channel.ask(
                "person/create", name=phone.name, device_trackers=[phone.tracker]
            )
            await self._home.wait_for_state(f"person.{phone.name.lower()}", "not_home")
        drivers = ["person.anna", "person.ben"]
        await automate(self._home, self._channel, BLUEPRINT, drivers=drivers)
        return anna, ben

    def _happened(self, event: Message) -> None:
        """Record how long it takes to drive to a bay."""
        data = event["data"]
        if data.get("distance") is not None:
            self._way_s[data["bay"]] = data["distance"] / SPEED_M_S

    async def run(self) -> None:
        """Run it."""
        print("Two drivers are away; the car park is empty.")
        anna, ben = await self.prepare()
        self._began = time.monotonic()
        self.tell("Anna and Ben come home, at the same moment")
        await asyncio.gather(anna.go(HOME), ben.go(HOME))
        for phone in (anna, ben):
            await phone.shows(lambda one: one.title is not None, TIMEOUT_S)
        came_s = self.now_s
        self.check(fact=anna.bay != ben.bay, otherwise=f"two bays: both are sent to {ben.bay}")

        await self._is_taken(ben)

        picture = await anna.picture()
        self.check(fact=picture.startswith(PNG), otherwise="the picture of the way is a PNG")
        self.tell(f"The picture of Anna's way: a PNG of {len(picture) / 1000:.0f} kB")

        arrival_s = came_s + self._way_s[anna.bay] + MARGIN_S
        self.tell(f"Anna drives; it takes her {self._way_s[anna.bay]:.1f} s at least")
        await asyncio.sleep(max(0.0, arrival_s - self.now_s))
        bay = anna.bay
        await self._home.simulate([bay], traffic="park")
        self.tell(f"Anna's car stands in {bay}")
        await anna.shows(lambda one: one.title == f"Parked in {bay}?", TIMEOUT_S)
        await anna.press("Yes")
        await anna.shows(lambda one: one.message is None, TIMEOUT_S)
        self.check(fact=ben.title is not None, otherwise="Ben's message is still there")
        await self._check_health()
        self.tell("All was so.")

    async def _is_taken(self, driver: Phone) -> None:
        """Park somebody else in a driver's bay at once."""
        bay = driver.bay
        self.tell(f"A third car drives into {bay}, which is kept for {driver.name}")
        began = time.monotonic()
        await self._home.simulate([bay], traffic="park")
        await driver.shows(lambda one: one.bay != bay, TIMEOUT_S)
        took_s = time.monotonic() - began
        self.tell(f"{driver.name} is sent to {driver.bay} instead, {took_s:.2f} s after that")
        self.check(fact=took_s <= RE_GUIDED_S, otherwise=f"within {RE_GUIDED_S:.0f} s")

    async def _check_health(self) -> None:
        """Make sure that no run of the automation failed, and that nothing stands in the log."""
        failed = await failures(self._channel, BLUEPRINT)
        self.check(fact=not failed, otherwise=f"no run has failed: {failed}")
        episode = self._home.episode()
        self.check(fact=not episode, otherwise=f"nothing in the log: {episode}")


@asynccontextmanager
async def connected(home: Home) -> AsyncGenerator[Channel]:
    """Connect with a home."""
    channel = await Channel.open(home)
    try:
        yield channel
    finally:
        await channel.close()


async def main() -> None:
    """Run the story."""
    print("Starting a Home Assistant of its own, which takes some ten seconds.", flush=True)
    with TemporaryDirectory() as folder:
        async with running(Path(folder), bays()) as home, connected(home) as channel:
            try:
                await Story(home, channel).run()
            except TimeoutError as err:
                raise SystemExit(f"NOT SO: something did not happen\n{home.log()}") from err


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
