"""Listeners: one that raises stops neither the others nor the caller."""

from collections.abc import Awaitable, Callable, Hashable, Iterable
import logging

from homeassistant.core import CALLBACK_TYPE, callback

_LOGGER = logging.getLogger(__name__)

FAILED = "%s has failed; everybody else is told all the same"


class Listeners[*Args]:
    """Callbacks with the same arguments. A failing one is logged once, by its name."""

    def __init__(self) -> None:
        """Initialize without listeners."""
        self._listeners: list[Callable[[*Args], object]] = []
        self._failed: set[str] = set()

    def __len__(self) -> int:
        """Return the number of listeners."""
        return len(self._listeners)

    @callback
    def async_add(self, listener: Callable[[*Args], object]) -> CALLBACK_TYPE:
        """Add a listener; return a function that removes it."""
        self._listeners.append(listener)

        @callback
        def remove() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return remove

    @callback
    def async_notify(self, *args: *Args) -> None:
        """Call all listeners, while listeners may be added or removed."""
        for listener in list(self._listeners):
            if listener in self._listeners:
                async_call(listener, *args, failed=self._failed)


class KeyedListeners[KeyT: Hashable, *Args]:
    """Callbacks by key."""

    def __init__(self) -> None:
        """Initialize without listeners."""
        self._listeners: dict[KeyT, Listeners[*Args]] = {}

    @callback
    def async_add(self, key: KeyT, listener: Callable[[*Args], object]) -> CALLBACK_TYPE:
        """Add a listener for a key; return a function that removes it."""
        of_key = self._listeners.setdefault(key, Listeners())
        remove_listener = of_key.async_add(listener)

        @callback
        def remove() -> None:
            remove_listener()
            if not of_key and self._listeners.get(key) is of_key:
                del self._listeners[key]

        return remove

    @callback
    def async_notify(self, keys: Iterable[KeyT], *args: *Args) -> None:
        """Call the listeners of some keys."""
        for key in keys:
            if (of_key := self._listeners.get(key)) is not None:
                of_key.async_notify(*args)

    def keys(self) -> list[KeyT]:
        """Return the keys that have listeners."""
        return list(self._listeners)


@callback
def async_call[*Args](function: Callable[[*Args], object], *args: *Args, failed: set[str]) -> bool:
    """Call a function that must not stop its caller, and return whether it succeeded.

    An exception is logged once for each name; `failed` holds the names that were logged.
    """
    try:
        function(*args)
    except Exception:
        if _is_first_failure(name := _name_of(function), failed):
            _LOGGER.exception(FAILED, name)
        return False
    return True


async def async_run(function: Callable[[], Awaitable[None]], *, failed: set[str]) -> None:
    """Await a function that must not stop its caller, as `async_call` calls one."""
    try:
        await function()
    except Exception:
        if _is_first_failure(name := _name_of(function), failed):
            _LOGGER.exception(FAILED, name)


def _is_first_failure(name: str, failed: set[str]) -> bool:
    """Return whether the function of a name fails for the first time, and record the name."""
    is_first = name not in failed
    failed.add(name)
    return is_first


def _name_of(function: Callable[..., object]) -> str:
    """Return the name under which a function is logged."""
    return getattr(function, "__qualname__", repr(function))
