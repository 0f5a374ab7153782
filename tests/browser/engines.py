"""Browsers that Playwright does not drive: those of the system, and old ones.

Each has one window, as wide as a phone, and is spoken to in the protocol that it brings along:
WebDriver BiDi (Firefox), WebDriver (WebKit), DevTools (an old Chromium).
"""

from abc import ABC, abstractmethod
import asyncio
from asyncio.subprocess import STDOUT
from base64 import b64decode
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import count
import json
import os
from pathlib import Path
import shutil
from typing import Any, override

import aiohttp

from tests.browser.home import POLL_S, free_port, until

START_TIMEOUT_S = 60.0
TIMEOUT_S = 20.0
WIDTH_PX, HEIGHT_PX = 390, 844
SCREEN = "1280x1024x24"

QT_WEB = "usr/lib/*/qt5/qml/QtWebEngine"
WPE_BACKEND = "usr/lib/*/libWPEBackend-fdo-1.0.so*"

NOTHING = "about:blank"

# It makes no requests of its own.
FIREFOX_SETTINGS: Mapping[str, object] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}

# The bar with the address would be wider than a phone.
NARROW_BAR = "* { padding: 0; margin: 0; border: 0; min-width: 0; min-height: 0; }"

ONE_VIEW = f"""
import QtQuick 2.15
import QtWebEngine 1.10
WebEngineView {{ width: {WIDTH_PX}; height: {HEIGHT_PX}; url: "about:blank" }}
"""

# Where to put a finger, in px of the window, as soon as what it is to touch lies open there.
PLACE = """
(() => {
  const found = %s;
  if (!found || found.disabled || document.readyState !== "complete") return null;
  found.scrollIntoView({ block: "center" });
  const { left, top, width, height } = found.getBoundingClientRect();
  const [x, y] = [Math.round(left + width / 2), Math.round(top + height / 2)];
  let there = document.elementFromPoint(x, y);
  while (there && there.shadowRoot && there !== found) {
    const inside = there.shadowRoot.elementFromPoint(x, y);
    if (!inside || inside === there) break;
    there = inside;
  }
  return found.contains(there) ? [x, y] : null;
})()
"""


class EngineError(Exception):
    """A browser could not run a command."""


class Window(ABC):
    """A browser's only window."""

    @abstractmethod
    async def open(self, address: str) -> None:
        """Load a page."""

    @abstractmethod
    async def evaluate(self, expression: str) -> Any:
        """Return what an expression comes to in the page."""

    @abstractmethod
    async def picture(self) -> bytes:
        """Return what is seen, as PNG."""

    @abstractmethod
    async def press(self, x: int, y: int) -> None:
        """Press a place of the window, as a finger does."""

    async def tap(self, element: str) -> None:
        """Press the middle of what an expression finds, as soon as it stands still."""
        before, place = None, await self.wait_for(PLACE % element)
        while place != before:
            await asyncio.sleep(POLL_S)
            before, place = place, await self.wait_for(PLACE % element)
        await self.press(*place)

    async def wait_for(self, expression: str) -> Any:
        """Return what an expression comes to as soon as it is true."""
        said: object = None
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while True:
                    try:
                        if said := await self.evaluate(expression):
                            return said
                    except EngineError as err:
                        said = err  # The page is just becoming another one.
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise AssertionError(f"{expression} remained {said!r}") from None


class Talk:
    """Commands and their answers, over a web socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Subscribe to changes."""
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        """Hand out answers."""
        async for message in self._socket:
            said = message.json()
            answer = self._answers.pop(said.get("id"), None)
            if answer is not None and not answer.done():
                answer.set_result(said)

    async def say(self, method: str, **params: object) -> dict[str, Any]:
        """Return the answer to a command."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        said = await asyncio.wait_for(answer, TIMEOUT_S)
        if "error" in said:
            raise EngineError(f"{method}: {said}")
        result: dict[str, Any] = said["result"]
        return result

    async def end(self) -> None:
        """Hang up."""
        self._listening.cancel()
        await self._socket.close()


class BidiWindow(Window):
    """A window that WebDriver BiDi drives."""

    def __init__(self, talk: Talk, context: str) -> None:
        """Apply a window."""
        self._talk, self._context = talk, context

    @override
    async def open(self, address: str) -> None:
        await self._say("browsingContext.navigate", url=address, wait="complete")

    @override
    async def evaluate(self, expression: str) -> Any:
        answer = await self._talk.say(
            "script.evaluate",
            expression=as_text(expression),
            target={"context": self._context},
            awaitPromise=False,
        )
        if answer["type"] == "exception":
            raise EngineError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    @override
    async def picture(self) -> bytes:
        return b64decode((await self._say("browsingContext.captureScreenshot"))["data"])

    @override
    async def press(self, x: int, y: int) -> None:
        await self._say("input.performActions", actions=pressing(x, y))

    async def _say(self, method: str, **params: object) -> dict[str, Any]:
        """Return the answer to a command about this window."""
        return await self._talk.say(method, context=self._context, **params)


class DriverWindow(Window):
    """A window that WebDriver drives."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        """Apply a window."""
        self._session, self._address = session, address

    @override
    async def open(self, address: str) -> None:
        # The driver itself would wait for ever for a page that ends its own loading.
        await self.say("url", url=NOTHING)
        await self.wait_for(f"location.href === '{NOTHING}'")
        await self.say("url", url=address)
        await self.wait_for(f"location.href !== '{NOTHING}' && document.readyState === 'complete'")

    @override
    async def evaluate(self, expression: str) -> Any:
        answer = await self.say("execute/sync", script=f"return {as_text(expression)}", args=[])
        return json.loads(answer or "null")

    @override
    async def picture(self) -> bytes:
        return b64decode(await self.say("screenshot"))

    @override
    async def press(self, x: int, y: int) -> None:
        await self.say("actions", actions=pressing(x, y))

    async def say(self, command: str, **params: object) -> Any:
        """Return the answer to a command; one without parameters is a question."""
        method, address = ("POST" if params else "GET"), f"{self._address}/{command}"
        try:
            async with self._session.request(method, address, json=params or None) as response:
                value = (await response.json())["value"]
        except TimeoutError:
            raise EngineError(f"{command} is not answered") from None
        if not response.ok:
            raise EngineError(f"{command}: {value}")
        return value


class DevToolsWindow(Window):
    """A window that is driven as by Chromium's own tools."""

    def __init__(self, talk: Talk) -> None:
        """Apply a window."""
        self._talk = talk

    @override
    async def open(self, address: str) -> None:
        await self._talk.say("Page.navigate", url=address)
        await self.wait_for("document.readyState === 'complete'")

    @override
    async def evaluate(self, expression: str) -> Any:
        answer = await self._talk.say("Runtime.evaluate", expression=as_text(expression))
        if "exceptionDetails" in answer:
            raise EngineError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    @override
    async def picture(self) -> bytes:
        return b64decode((await self._talk.say("Page.captureScreenshot"))["data"])

    @override
    async def press(self, x: int, y: int) -> None:
        at = {"x": x, "y": y, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            await self._talk.say("Input.dispatchMouseEvent", type=kind, **at)


def as_text(expression: str) -> str:
    """Return an expression for what another one comes to, as JSON."""
    return f"JSON.stringify({expression.strip()})"


def pressing(x: int, y: int) -> list[dict[str, object]]:
    """Return what a finger does, as WebDriver has it."""
    move = {"type": "pointerMove", "x": x, "y": y, "duration": 0}
    acts = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
    return [{"type": "pointer", "id": "finger", "actions": acts}]


@asynccontextmanager
async def program(
    folder: Path, *command: object, env: Mapping[str, str] = {}, fds: Collection[int] = ()
) -> AsyncGenerator[None]:
    """Run a program whose home is a folder, and no other program of its kind."""
    at_home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    with (folder / "output.log").open("ab") as output:
        running = await asyncio.create_subprocess_exec(
            *map(str, command),
            stdout=output,
            stderr=STDOUT,
            env={**os.environ, **at_home, **env},
            pass_fds=fds,
        )
    try:
        yield
    finally:
        if running.returncode is None:
            running.terminate()
        try:
            await asyncio.wait_for(running.wait(), TIMEOUT_S)
        except TimeoutError:
            running.kill()
            await running.wait()


@asynccontextmanager
async def screen(folder: Path) -> AsyncGenerator[str]:
    """Run a virtual display, and return its name."""
    reading, writing = os.pipe()
    command = ("Xvfb", "-displayfd", writing, "-screen", "0", SCREEN, "-nolisten", "tcp")
    with os.fdopen(reading) as told:
        async with program(folder, *command, fds=(writing,)):
            os.close(writing)
            number = await asyncio.to_thread(told.readline)
            yield f":{number.strip()}"


async def reached[T](reach: Callable[[], Awaitable[T]]) -> T:
    """Return what can be reached as soon as a browser answers."""
    async with asyncio.timeout(START_TIMEOUT_S):
        while True:
            try:
                return await reach()
            except aiohttp.ClientError:
                await asyncio.sleep(POLL_S)


@asynccontextmanager
async def firefox(folder: Path) -> AsyncGenerator[Window]:
    """Run Firefox."""
    settings = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in FIREFOX_SETTINGS.items()
    )
    (folder / "user.js").write_text("".join(settings))
    port = free_port()
    command = ("firefox-esr", "--headless", "--profile", folder, "--remote-debugging-port", port)
    address = f"ws://127.0.0.1:{port}/session"
    async with program(folder, *command), aiohttp.ClientSession() as session:
        talk = Talk(await reached(lambda: session.ws_connect(address, max_msg_size=0)))
        await talk.say("session.new", capabilities={})
        (tab,) = (await talk.say("browsingContext.getTree"))["contexts"]
        size = {"width": WIDTH_PX, "height": HEIGHT_PX}
        await talk.say("browsingContext.setViewport", context=tab["context"], viewport=size)
        yield BidiWindow(talk, tab["context"])
        await talk.end()


@asynccontextmanager
async def webkit(folder: Path) -> AsyncGenerator[Window]:
    """Run WebKit, with GTK around it."""
    style = folder / "gtk-3.0"
    style.mkdir()
    (style / "gtk.css").write_text(NARROW_BAR)
    async with (
        screen(folder) as display,
        driven(folder, "WebKitWebDriver", {}, DISPLAY=display) as window,
    ):

        async def is_narrow() -> bool:
            """Ask for the width of a phone: a window that is not shown yet does not take it."""
            await window.say("window/rect", width=WIDTH_PX, height=HEIGHT_PX)
            return bool(await window.evaluate("innerWidth") == WIDTH_PX)

        async with asyncio.timeout(START_TIMEOUT_S):
            await until(is_narrow)
        yield window


@asynccontextmanager
async def wpe(folder: Path) -> AsyncGenerator[Window]:
    """Run WebKit with nothing around it: on Debian 12, that of 2022."""
    browser = {"binary": shutil.which("cog"), "args": ["--platform=headless", "--automation"]}
    async with driven(folder, "WPEWebDriver", {"wpe:browserOptions": browser}) as window:
        yield window


@asynccontextmanager
async def driven(
    folder: Path, driver: str, wanted: Mapping[str, object], **env: str
) -> AsyncGenerator[DriverWindow]:
    """Run a browser that a WebDriver starts."""
    port = free_port()
    root = f"http://127.0.0.1:{port}/session"
    asked = {"capabilities": {"alwaysMatch": {"pageLoadStrategy": "none", **wanted}}}
    async with (
        program(folder, driver, f"--port={port}", env=env),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
    ):
        async with await reached(lambda: session.post(root, json=asked)) as response:
            begun = await response.json()
        assert response.ok, begun
        address = f"{root}/{begun['value']['sessionId']}"
        yield DriverWindow(session, address)
        async with session.delete(address):
            pass


@asynccontextmanager
async def old_chromium(folder: Path) -> AsyncGenerator[Window]:
    """Run the Chromium 87 that is in Qt 5, of 2020."""
    page = folder / "page.qml"
    page.write_text(ONE_VIEW)
    port = free_port()
    env = {
        "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",  # There is none for root.
        "QTWEBENGINE_REMOTE_DEBUGGING": str(port),
        "QT_QUICK_BACKEND": "software",
    }
    async with (
        screen(folder) as display,
        program(folder, "qmlscene", page, env={"DISPLAY": display, **env}),
        aiohttp.ClientSession() as session,
    ):
        async with await reached(lambda: session.get(f"http://127.0.0.1:{port}/json")) as listed:
            (tab,) = await listed.json()
        talk = Talk(await session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0))
        yield DevToolsWindow(talk)
        await talk.end()


@dataclass(frozen=True, slots=True)
class Engine:
    """A browser that there may be."""

    run: Callable[[Path], AbstractAsyncContextManager[Window]]
    needs: tuple[str, ...]
    """Programs, and patterns of files."""
    is_narrow: bool = True
    """Whether its window can be as wide as a phone."""

    @property
    def missing(self) -> str | None:
        """What it cannot be run without, and is not here."""
        return next(
            (one for one in self.needs if not (shutil.which(one) or any(Path("/").glob(one)))), None
        )


ENGINES: Mapping[str, Engine] = {
    "firefox": Engine(firefox, ("firefox-esr",)),
    "webkit": Engine(webkit, ("WebKitWebDriver", "Xvfb")),
    "chromium-87": Engine(old_chromium, ("qmlscene", QT_WEB, "Xvfb")),
    "wpe": Engine(wpe, ("WPEWebDriver", "cog", WPE_BACKEND), is_narrow=False),
}
