"""What holds for all tests."""

from pathlib import Path

from hypothesis import settings
import pytest

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


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

    folder = tmp_path_factory.mktemp("history")

    def path(_hass: object, entry_id: str) -> Path:
        return folder / f"smart_parking.{entry_id}.db"

    monkeypatch.setattr(writer, "database_path", path)
    monkeypatch.setattr(analytics, "database_path", path)
