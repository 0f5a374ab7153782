"""Permissions of logged-in users for a lot: actions, commands, images, voice and models.

Home Assistant's own permissions decide: a user who may read the entities of all bays sees the lot,
and a user who may control those of a gate may hold bays. Administrators, and automations, which
have no user, may do everything for any driver. Other users act for themselves only, and the number
and length of their holds and the impressions that they cause are limited. Visitors do not log in:
their access is in `visitor/access.py`.
"""

from dataclasses import dataclass
from math import floor
from typing import Self

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import (
    CAT_ENTITIES,
    POLICY_CONTROL,
    POLICY_EDIT,
    POLICY_READ,
)
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.util.hass_dict import HassKey

from .clock import epoch_s
from .const import DOMAIN
from .coordinator import LotCoordinator
from .data import SmartParkingData
from .lookup import OF_BAY, OF_GATE, OF_LOT, entity_of, get_lot
from .lot.holds.events import HoldError
from .lot.holds.hold import Hold, HoldStatus
from .options import LotOptions
from .rate_limit import Buckets

# A display asks for three a minute, so this is for six of them that share a log-in.
IMPRESSIONS_PER_MINUTE = 20

IMPRESSIONS: HassKey[Buckets] = HassKey(f"{DOMAIN}_impressions")
"""How many more impressions each user may cause now."""


class NotAllowedError(Unauthorized):
    """A user may not do something; the message is in the user's language."""

    def __init__(self, key: str, permission: str, user: User | None, **placeholders: str) -> None:
        """Initialize with the key of the message, the missing permission, and the user."""
        super().__init__(
            user_id=user.id if user else None, perm_category=CAT_ENTITIES, permission=permission
        )
        self.translation_domain = DOMAIN
        self.translation_key = key
        self.translation_placeholders = placeholders
        self.generate_message = True


class TooOftenError(ServiceValidationError):
    """A user asks for something more often than one user may."""

    def __init__(self, key: str) -> None:
        """Initialize with the key of the message."""
        super().__init__(translation_domain=DOMAIN, translation_key=key)


@dataclass(frozen=True, slots=True)
class Caller:
    """A logged-in user who makes a request; without a user, an automation."""

    user: User | None

    @classmethod
    async def of(cls, hass: HomeAssistant, context: Context) -> Self:
        """Return the caller of a context, or raise `UnknownUser`."""
        if context.user_id is None:
            return cls(None)
        if (user := await hass.auth.async_get_user(context.user_id)) is None:
            raise UnknownUser(context=context)
        return cls(user)

    @classmethod
    def of_request(cls, request: web.Request) -> Self:
        """Return the caller of a web request; for a signed path, Home Assistant's own user."""
        return cls(request[KEY_HASS_USER])

    @property
    def is_unlimited(self) -> bool:
        """Whether the caller may act for any driver, without limits."""
        return self.user is None or self.user.is_admin

    @property
    def limited_id(self) -> str:
        """The id that the caller's holds are counted under; empty when they are not limited."""
        return "" if self.user is None or self.is_unlimited else self.user.id

    def may_read(self, coordinator: LotCoordinator) -> bool:
        """Return whether they may read every bay of a lot.

        A lot is shown as a whole or not at all: with bays left out, counts and ways would mislead.
        For bays without entities stands the count of the lot's free bays.
        """
        if self._may_all(POLICY_READ):
            return True
        lot, plan = coordinator.lot, coordinator.bay_entities
        bay_ids = [one.bay.bay_id for one in lot if plan.has(one.bay, OF_BAY)]
        may = (self._may(POLICY_READ, coordinator, bay_id, OF_BAY) for bay_id in bay_ids)
        others = len(bay_ids) == len(lot) or self._may(POLICY_READ, coordinator, None, OF_LOT)
        return len(lot) > 0 and others and all(may)

    def may_control(self, coordinator: LotCoordinator) -> bool:
        """Return whether the caller may hold bays of a lot: with control of an entity of a gate."""
        gate_ids = (gate.gate_id for gate in coordinator.lot.gates)
        may = (self._may(POLICY_CONTROL, coordinator, gate_id, OF_GATE) for gate_id in gate_ids)
        return self._may_all(POLICY_CONTROL) or any(may)

    def check(self, coordinator: LotCoordinator, permission: str) -> None:
        """Raise `NotAllowedError` unless the caller may read a lot, or control it."""
        lot = coordinator.entry.title
        if permission == POLICY_CONTROL and not self.may_control(coordinator):
            raise NotAllowedError("may_not_control", permission, self.user, lot=lot)
        if permission == POLICY_READ and not self.may_read(coordinator):
            raise NotAllowedError("may_not_read", permission, self.user, lot=lot)

    def check_edits(self, lot: str) -> None:
        """Raise `NotAllowedError` unless they may draw the plan of a lot: administrators may."""
        if not self.is_unlimited:
            raise NotAllowedError("may_not_edit", POLICY_EDIT, self.user, lot=lot)

    def check_speaks_for(self, *others: str | None) -> None:
        """Raise `NotAllowedError` when another driver is named, and the caller is limited."""
        if any(others) and not self.is_unlimited:
            raise NotAllowedError("only_for_yourself", POLICY_CONTROL, self.user)

    def check_room(self, data: SmartParkingData) -> None:
        """Raise `HoldError` when the caller has as many holds as one user may have.

        Bays, reservations and places in the queue count alike.
        """
        if not (user_id := self.limited_id):
            return
        most = LotOptions.from_entry(data.entry).user_holds
        held = sum(hold.asked_by == user_id for hold in data.guidance.all())
        if held >= most:
            raise HoldError("too_many_kept", most=str(most))

    def hold_s(self, coordinator: LotCoordinator, wanted_s: float | None) -> float | None:
        """Return how long a bay is held for the caller on the way, at most as long as wanted.

        None is the time in the lot's options, which is never too long.
        """
        if self.is_unlimited or wanted_s is None:
            return wanted_s
        return min(wanted_s, _hold_max_s(coordinator))

    def extra_s(self, coordinator: LotCoordinator, hold: Hold, wanted_s: float) -> float:
        """Return by how much the caller may extend a hold, at most by as much as wanted.

        Raises `HoldError` when the hold is as long as one user may have it.
        """
        if self.is_unlimited or hold.status not in (HoldStatus.HELD, HoldStatus.RESERVED):
            return wanted_s
        options = LotOptions.from_entry(coordinator.entry)
        if hold.is_reservation:
            ends = hold.starts + options.user_reservation_s
        else:
            ends = hold.begun + _hold_max_s(coordinator)
        if (room_s := floor(ends - max(hold.until, epoch_s()))) <= 0:
            raise HoldError("kept_long_enough")
        return min(wanted_s, room_s)

    def check_times(self, coordinator: LotCoordinator, starts: float, until: float) -> None:
        """Raise `HoldError` when a reservation is longer, or later, than one user may have it."""
        if self.is_unlimited:
            return
        options, now = LotOptions.from_entry(coordinator.entry), epoch_s()
        if until - max(starts, now) > options.user_reservation_s:
            most = f"{options.user_reservation_s / 3600.0:g}"
            raise HoldError("user_reservation_too_long", most=most)
        if starts - now > options.user_ahead_s:
            raise HoldError("user_reservation_too_far", most=f"{options.user_ahead_s / 86_400.0:g}")

    @callback
    def async_may_count(self, hass: HomeAssistant) -> bool:
        """Return whether the caller may cause one more impression, and count it."""
        if not (user_id := self.limited_id):
            return True
        if (buckets := hass.data.get(IMPRESSIONS)) is None:
            buckets = hass.data[IMPRESSIONS] = Buckets(IMPRESSIONS_PER_MINUTE)
        return not buckets.wait_s(user_id, hass.loop.time())

    def _may_all(self, permission: str) -> bool:
        """Return whether the caller has a permission for all entities."""
        return self.user is None or self.user.permissions.access_all_entities(permission)

    def _may(
        self,
        permission: str,
        coordinator: LotCoordinator,
        part_id: str | None,
        what: tuple[str, str],
    ) -> bool:
        """Return whether the caller has a permission for an entity of a part of a lot."""
        entry = entity_of(coordinator, part_id, *what)
        return (
            self.user is not None
            and entry is not None
            and self.user.permissions.check_entity(entry.entity_id, permission)
        )


def _hold_max_s(coordinator: LotCoordinator) -> float:
    """Return the longest hold of a user on the way: at least the default of the lot."""
    options = LotOptions.from_entry(coordinator.entry)
    return max(options.user_hold_s, options.hold_s)


async def async_admit(
    hass: HomeAssistant, context: Context, entry_id: str | None, permission: str
) -> tuple[Caller, SmartParkingData]:
    """Return the caller of a context, and the lot, if the caller has a permission for it.

    Raises `Unauthorized` when the permission is missing, `ServiceValidationError` when the lot is
    ambiguous.
    """
    caller = await Caller.of(hass, context)
    data = get_lot(hass, entry_id)
    caller.check(data.coordinator, permission)
    return caller, data
