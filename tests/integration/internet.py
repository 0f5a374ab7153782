"""An internet from which Home Assistant installs packages, or does not."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Self

from homeassistant.core import HomeAssistant
from homeassistant.util import package
import pytest


@dataclass
class Internet:
    """Where packages come from that this Home Assistant has not, or no longer, installed."""

    missing: set[str]
    is_there: bool = True
    slow: Event | None = None
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    constraints: set[str] = field(default_factory=set)

    @classmethod
    def connect(
        cls, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, missing: Collection[str]
    ) -> Self:
        """Make Home Assistant install what is missing."""
        internet = cls({*missing})
        hass.config.skip_pip = False
        monkeypatch.setattr(package, "is_installed", lambda one: one not in internet.missing)
        monkeypatch.setattr(package, "install_package", internet.install)
        return internet

    def install(self, requirement: str, *, constraints: str, **_options: object) -> bool:
        """Do what Home Assistant's function `install_package` does."""
        self.asked.append(requirement)
        self.constraints.add(Path(constraints).name)
        if self.error is not None:
            raise self.error
        if self.slow is not None:
            assert self.slow.wait(20.0)
        if self.is_there:
            self.missing.discard(requirement)
        return self.is_there
