"""Features of a lot: the stages in which they take part."""

from homeassistant.core import callback

from .lot.lot import Changes


class Feature:
    """A feature of one lot, attached to its coordinator; it overrides the stages that it needs.

    A stage is called for all features, in the order in which they were attached, before the next
    stage begins.
    """

    # Set-up, in this order.

    async def async_load(self) -> None:
        """Read what is stored; the lot has no bays yet."""

    @callback
    def async_configure(self) -> None:
        """Apply the entry's configuration, now and whenever it changes.

        Bays and gates are set, and listeners are not notified of them yet.
        """

    @callback
    def async_restore(self) -> None:
        """Resume from stored data; the lot has its bays, and nothing measures yet."""

    # A step, in this order.

    @callback
    def async_adjust(self, changes: Changes) -> None:
        """Adjust the lot to changes; further changes are added to them."""

    @callback
    def async_follow(self, changes: Changes) -> None:
        """Follow changes; the states are written."""

    @callback
    def async_report(self) -> None:
        """Report the events of `async_adjust`; all listeners have been notified."""

    # A changed configuration, after entities and listeners.

    @callback
    def async_rebuild(self) -> None:
        """Adapt to other bays and gates."""

    # The end.

    async def async_stop(self) -> None:
        """Stop, and write all data that is not on disk yet."""
