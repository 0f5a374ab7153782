"""What a lot does beside measuring: the stages in which a feature takes part."""

from homeassistant.core import callback

from .lot.lot import Changes


class Feature:
    """A feature of one lot, attached to its coordinator; it overrides the stages that it needs.

    A stage is called for all features, in the order in which they were attached, before the next
    stage begins.
    """

    # Setting up: in this order.

    async def async_load(self) -> None:
        """Read what is stored; the lot has no bays yet."""

    @callback
    def async_configure(self) -> None:
        """Apply the entry's configuration, now and whenever it changes; bays and gates are there.

        Nobody has been told of them.
        """

    @callback
    def async_restore(self) -> None:
        """Resume what was stored; the lot has its bays, and nothing measures yet."""

    # A step: in this order.

    @callback
    def async_adjust(self, changes: Changes) -> None:
        """Change the lot because of what changed: what is added is told together with it."""

    @callback
    def async_follow(self, changes: Changes) -> None:
        """Follow what changed; states are written."""

    @callback
    def async_report(self) -> None:
        """Report what `async_adjust` decided; everybody knows what changed."""

    # Changed configuration, after entities and listeners were told.

    @callback
    def async_rebuild(self) -> None:
        """Adapt to other bays and gates."""

    # The end.

    async def async_stop(self) -> None:
        """Stop, and write what is not on disk yet."""
