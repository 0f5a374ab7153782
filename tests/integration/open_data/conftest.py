"""What strangers read of a lot as open data is behind the same door as the visitors' page."""

from tests.integration.visitor.conftest import (
    entry_fixture,
    generous_fixture,
    hurry_fixture,
    phone_fixture,
    phones_fixture,
    root_fixture,
)

__all__ = (
    "entry_fixture",
    "generous_fixture",
    "hurry_fixture",
    "phone_fixture",
    "phones_fixture",
    "root_fixture",
)
