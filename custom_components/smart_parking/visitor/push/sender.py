"""Sender of messages to push services, with retries until a message expires."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
import logging
from typing import Final

from aiohttp import ClientError, ClientTimeout, hdrs
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ...data import SmartParkingConfigEntry
from .encryption import encrypt
from .messages import PushMessage, Topic
from .subscription import Subscription
from .vapid import async_push_keys

_LOGGER = logging.getLogger(__name__)

# A push service answers within a second; a longer wait helps only against a slow internet.
TIMEOUT: Final = ClientTimeout(total=10.0)
# How long to wait before each further try.
WAITS_S = (2.0, 10.0, 40.0)
# A service that asks for a longer wait is given up.
WAIT_MAX_S: Final = 120.0
# Most requests at a time: when an owner closes a level, many visitors are notified.
AT_ONCE: Final = 4

_GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class PushSender:
    """The messages on their way to the visitors of one lot: of each topic, only the newest."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: SmartParkingConfigEntry,
        drop: Callable[[str], None],
    ) -> None:
        """Initialize; `drop` is called with the driver whose subscription has ended."""
        self.sent = 0
        self.failed = 0
        self.ended = 0
        """Number of subscriptions that push services have ended since the start."""
        self._hass = hass
        self._entry = entry
        self._drop = drop
        self._on_its_way: dict[tuple[str, Topic], asyncio.Task[bool]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    @callback
    def async_send(
        self,
        driver: str,
        subscription: Subscription,
        message: PushMessage,
        tell: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """Send a message, in place of one of the same topic that has not been sent yet.

        `tell` is called at the end, with whether a push service has accepted it.
        """
        key = driver, message.topic
        if (before := self._on_its_way.pop(key, None)) is not None:
            before.cancel()
        task = self._entry.async_create_background_task(
            self._hass,
            self._async_deliver(driver, subscription, message),
            f"{DOMAIN} push",
            # The task has to be registered as the newest before it begins.
            eager_start=False,
        )
        self._on_its_way[key] = task
        task.add_done_callback(lambda done: self._async_done(key, done))
        task.add_done_callback(lambda done: _tell_end(done, tell))

    @callback
    def async_stop(self, driver: str | None = None) -> None:
        """Cancel the messages on their way, to one visitor or to all."""
        for key in [key for key in self._on_its_way if driver in (None, key[0])]:
            self._on_its_way.pop(key).cancel()

    @callback
    def _async_done(self, key: tuple[str, Topic], task: asyncio.Task[bool]) -> None:
        """Remove a message that is no longer on its way."""
        if self._on_its_way.get(key) is task:
            del self._on_its_way[key]

    async def _async_deliver(
        self, driver: str, subscription: Subscription, message: PushMessage
    ) -> bool:
        """Send a message, with retries; return whether it was accepted."""
        waits = iter(WAITS_S)
        while True:
            async with self._places:
                status, asked_s = await self._async_try(subscription, message)
            # A cancellation at the moment of a request's timeout may get lost.
            if self._on_its_way.get((driver, message.topic)) is not asyncio.current_task():
                return False
            if status in _GONE:
                self.ended += 1
                self._drop(driver)
                return False
            if status is not None and status // 100 == 2:
                self.sent += 1
                return True
            _LOGGER.debug("A push service has not taken a message: %s", status or "no answer")
            may_try = status is None or status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500
            if not may_try or (least_s := next(waits, None)) is None:
                break
            wait_s = max(least_s, asked_s)
            if wait_s > WAIT_MAX_S or _left_s(message) <= wait_s:
                break
            await asyncio.sleep(wait_s)
        self.failed += 1
        return False

    async def _async_try(
        self, subscription: Subscription, message: PushMessage
    ) -> tuple[int | None, float]:
        """Send a message once; return the status, and how long the service asks to wait."""
        keys = await async_push_keys(self._hass)
        now = dt_util.utcnow().timestamp()
        sealed = await self._hass.async_add_executor_job(encrypt, keys, subscription, message, now)
        headers = {
            hdrs.AUTHORIZATION: sealed.authorization,
            hdrs.CONTENT_ENCODING: "aes128gcm",
            hdrs.CONTENT_TYPE: "application/octet-stream",
            "Topic": message.topic.value,
            "TTL": str(max(1, round(_left_s(message)))),
            "Urgency": message.urgency.value,
        }
        try:
            async with async_get_clientsession(self._hass).post(
                subscription.url,
                data=sealed.body,
                headers=headers,
                timeout=TIMEOUT,
                # A redirect would lead to an address that was not checked.
                allow_redirects=False,
            ) as response:
                return response.status, _asked_s(response.headers.get(hdrs.RETRY_AFTER, ""))
        except ClientError, TimeoutError:
            return None, 0.0


def _tell_end(task: asyncio.Task[bool], tell: Callable[[bool], None]) -> None:
    """Report whether a push service has accepted a message; errors are logged as usual."""
    taken = False
    try:
        taken = not task.cancelled() and task.result()
    finally:
        tell(taken)


def _left_s(message: PushMessage) -> float:
    """Return the seconds for which a message is valid."""
    return message.until - dt_util.utcnow().timestamp()


def _asked_s(retry_after: str) -> float:
    """Return the seconds that a push service asks to wait; dates are ignored."""
    return float(retry_after) if retry_after.isdecimal() else 0.0
