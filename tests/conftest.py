"""What holds for all tests."""

import asyncio
from collections.abc import Callable
import functools
import logging
from pathlib import Path
import threading

from hypothesis import settings
import pytest

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


# The plugin has every statement of every database logged.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


# Others do without a record of stays: its database takes longer to open than most of them last.
WITH_RECORD = {
    "analytics",
    "forecast",
    "reliability",
    "test_diagnostics",
    "test_init",
    "test_owner",
}


# Tests of processes that are killed, of brokers and of programs.
WAITING = {"reliability", "sources", "mqtt_publisher", "node"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that wait longest, so that nobody waits for one of them at the end."""
    items.sort(key=lambda item: WAITING.isdisjoint(item.path.parts))


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse what another thread asks the event loop for, as its debug mode does.

    That mode keeps the stack of each task and future as well, which takes a third of the time.
    """
    loop, thread_id = asyncio.get_running_loop(), threading.get_ident()

    def in_its_thread[**P, R](schedule: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(schedule)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if threading.get_ident() != thread_id:
                msg = "Another thread than the event loop's own has asked it for something"
                raise RuntimeError(msg)
            return schedule(*args, **kwargs)

        return checked

    for name in ("call_soon", "call_at"):
        monkeypatch.setattr(loop, name, in_its_thread(getattr(loop, name)))


@pytest.fixture(autouse=True)
def history_folder(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Retain the history of each test's lots apart: all tests share Home Assistant's own folder."""
    if "hass" not in request.fixturenames:
        return
    from custom_components.smart_parking import analytics  # noqa: PLC0415  (only where it is used)
    from custom_components.smart_parking.analytics import writer  # noqa: PLC0415  (as above)
    from custom_components.smart_parking.analytics.manager import (  # noqa: PLC0415  (as above)
        AnalyticsManager,
    )
    from custom_components.smart_parking.forecast.manager import (  # noqa: PLC0415  (as above)
        ForecastManager,
    )

    if not WITH_RECORD & {*request.path.parts, request.path.stem}:

        async def stay_closed(_manager: object) -> None:
            """Leave the record, or the forecast, of a lot closed."""

        for manager in (AnalyticsManager, ForecastManager):
            monkeypatch.setattr(manager, "async_open", stay_closed)
        return

    folder = tmp_path_factory.mktemp("history")

    def path(_hass: object, entry_id: str) -> Path:
        return folder / f"smart_parking.{entry_id}.db"

    monkeypatch.setattr(writer, "database_path", path)
    monkeypatch.setattr(analytics, "database_path", path)
