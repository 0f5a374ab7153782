"""Phones of visitors: they look at the page, tap its buttons, and listen to what happens."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
import json
from typing import Any, Self, override

from aiohttp import ClientResponse, ClientSession, CookieJar, StreamReader, TCPConnector
from homeassistant.core import HomeAssistant
import pytest
from yarl import URL

from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.visitor.sessions import Session, Sessions

SECRET = "secretsecretsecretsecret22"
BASE = f"/api/smart_parking/v/{SECRET}/"
ON = {"visitors": True, "visitors_secret": SECRET}

TIMEOUT_S = 20.0


async def set_options(
    hass: HomeAssistant, entry: SmartParkingConfigEntry, **options: object
) -> None:
    """Change options of a lot, as its flow does."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})
    await hass.async_block_till_done()


class Page(HTMLParser):
    """A page as its reader sees it."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.source = text
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._texts: dict[str, str] = {}
        self._open: list[tuple[str, str | None]] = []
        self.buttons: dict[str, str] = {}
        self._button: str | None = None
        self.chosen: dict[str, str] = {}
        self.offered: dict[str, list[str]] = {}
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in ("meta", "link", "input", "img"):
            self._open.append((tag, attributes.get("id")))
        if tag == "button":
            self._button = attributes.get("value")
        for name in ("kind", "gate", "lang"):
            if (value := attributes.get(f"data-{name}")) is not None:
                self.offered.setdefault(name, []).append(value)
                if attributes.get("aria-current") == "true":
                    self.chosen[name] = value

    @override
    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "button":
            self._button = None

    @override
    def handle_data(self, data: str) -> None:
        for _, name in self._open:
            if name is not None:
                self._texts[name] = self._texts.get(name, "") + data
        if self._button is not None:
            self.buttons[self._button] = data

    def text(self, name: str) -> str:
        """Return what stands in an element."""
        return self._texts.get(name, "")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for one, attributes in self.tags if one == tag]

    def get(self, name: str) -> dict[str, str | None]:
        """Return the attributes of an element."""
        return next(one for _, one in self.tags if one.get("id") == name)

    @property
    def status(self) -> str | None:
        """How far the visitor has come."""
        return self.all("body")[0]["data-status"]

    @property
    def start(self) -> dict[str, Any]:
        """What a script begins with."""
        found: dict[str, Any] = json.loads(self.text("start"))
        return found

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the form with the buttons."""
        fields = self.all("input")[:2]
        return {str(one["name"]): one["value"] or "" for one in fields}


class Ears:
    """Listens to what the page is sent."""

    def __init__(self, content: StreamReader) -> None:
        """Listen to an answer."""
        self._content = content

    async def raw(self) -> str:
        """Return the next block of the stream, whatever it is."""
        async with asyncio.timeout(TIMEOUT_S):
            return (await self._content.readuntil(b"\n\n")).decode()

    async def hear(self) -> tuple[str, dict[str, Any]]:
        """Return the next event: its name, `delta` when it has none, and its data."""
        while True:
            block = (await self.raw()).strip()
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if "data" in fields:
                return fields.get("event", "delta"), json.loads(fields["data"])

    async def hear_of(self, name: str) -> dict[str, Any]:
        """Return the data of the next event of a name."""
        while True:
            heard, data = await self.hear()
            if heard == name:
                return data

    async def has_ended(self) -> bool:
        """Return whether nothing but the end follows."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self._content.read() == b""


class Phone:
    """One phone, with an address and cookies of its own."""

    def __init__(self, root: URL, address: str = "127.0.0.1", **headers: str) -> None:
        """Join the Wi-Fi."""
        self.jar = CookieJar(unsafe=True)
        self.session = ClientSession(
            root,
            connector=TCPConnector(local_addr=(address, 0), limit=0),
            cookie_jar=self.jar,
            headers=headers,
        )
        self._page: Page | None = None

    async def __aenter__(self) -> Self:
        """Be used."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave."""
        await self.session.close()

    async def get(self, path: str = "", **more: Any) -> ClientResponse:
        """Ask for something below the page's address."""
        return await self.session.get(f"{BASE}{path}", **more)

    async def look(self, query: str = "") -> Page:
        """Open the page, without running a script."""
        response = await self.get(query)
        assert response.status == 200
        self._page = Page(await response.text())
        return self._page

    async def post(self, do: str, **fields: str) -> ClientResponse:
        """Send the page's form, with a button and other fields."""
        page = self._page or await self.look()
        return await self.session.post(
            f"{BASE}act",
            data={**page.hidden, "do": do, **fields},
            allow_redirects=False,
        )

    async def tap(self, do: str, **fields: str) -> Page:
        """Tap a button of the page that is open, and see what comes of it."""
        page = self._page or await self.look()
        assert do in page.buttons, f"no button for {do}: {page.buttons}"
        response = await self.post(do, **fields)
        assert response.status == 303
        location = response.headers["Location"]
        assert location.startswith(BASE)
        return await self.look(location.removeprefix(BASE))

    async def ask(self, do: str, **fields: str) -> tuple[int, dict[str, Any]]:
        """Do as a script does."""
        page = self._page or await self.look()
        response = await self.session.post(
            f"{BASE}act",
            data={"form": page.hidden["form"], "do": do, **fields},
            headers={"Accept": "application/json"},
        )
        return response.status, await response.json()

    @asynccontextmanager
    async def sending(
        self, monkeypatch: pytest.MonkeyPatch, path: str, form: str
    ) -> AsyncGenerator[asyncio.Task[ClientResponse]]:
        """Send a form whose last bytes arrive after a function has run."""
        is_admitted, may_end, touch = asyncio.Event(), asyncio.Event(), Sessions.touch

        def note(sessions: Sessions, driver: str, now: float) -> Session | None:
            is_admitted.set()
            return touch(sessions, driver, now)

        async def slowly() -> AsyncGenerator[bytes]:
            yield form[:-1].encode()
            await may_end.wait()
            yield form[-1:].encode()

        monkeypatch.setattr(Sessions, "touch", note)
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        post = asyncio.create_task(
            self.session.post(f"{BASE}{path}", data=slowly(), headers=head, allow_redirects=False)
        )
        async with asyncio.timeout(TIMEOUT_S):
            await is_admitted.wait()
        try:
            yield post
        finally:
            may_end.set()

    @asynccontextmanager
    async def listen(self) -> AsyncGenerator[Ears]:
        """Listen to what happens."""
        async with self.session.get(f"{BASE}stream") as response:
            assert response.status == 200
            yield Ears(response.content)
