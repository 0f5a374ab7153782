"""The key by which push services know this Home Assistant (VAPID, RFC 8292).

There is one for all lots, made when it is first needed. The private half is in a store that only
Home Assistant reads; it is shown nowhere.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ...lot.stored import Stored
from ...storage import DurableStore, StoreKind

PRIVATE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class VapidKeys:
    """The two halves of the key."""

    private: ec.EllipticCurvePrivateKey = field(repr=False)
    public: str
    """As browsers want it: the point, not compressed, in base64url."""


KEYS: HassKey[VapidKeys] = HassKey(f"{DOMAIN}_push_keys")


class VapidKeyStore:
    """The private half, as it is written down."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Open the book; nothing is read yet."""
        self._hass = hass
        self._store = DurableStore(hass, StoreKind.PUSH, "", self._stored)
        self._private: ec.EllipticCurvePrivateKey | None = None

    async def async_load(self) -> ec.EllipticCurvePrivateKey:
        """Return the key; it is made, and is on disk, if there is none that can be read."""
        await self._store.async_restore(self._restore)
        if self._private is None:
            self._private = await self._hass.async_add_executor_job(
                ec.generate_private_key, ec.SECP256R1()
            )
            self._store.async_schedule(0.0)
        await self._store.async_write()
        return self._private

    async def async_remove(self) -> None:
        """Forget the key, for good."""
        await self._store.async_remove()

    def _restore(self, data: Stored) -> None:
        """Restore what was written."""
        self._private = data.get("private", _private, None)

    def _stored(self) -> dict[str, str]:
        """Return what is to be written."""
        if self._private is None:
            return {}
        number = self._private.private_numbers().private_value
        return {"private": number.to_bytes(PRIVATE_BYTES).hex()}


def _private(text: Stored) -> ec.EllipticCurvePrivateKey | None:
    """Return a private key as it was written down; raises `ValueError` for none."""
    number = int.from_bytes(bytes.fromhex(text.text()))
    return ec.derive_private_key(number, ec.SECP256R1())


@singleton(KEYS, async_=True)
async def async_push_keys(hass: HomeAssistant) -> VapidKeys:
    """Return the keys; they are made if there are none yet."""
    private = await VapidKeyStore(hass).async_load()
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return VapidKeys(private, urlsafe_b64encode(point).decode().rstrip("="))


async def async_forget_push_keys(hass: HomeAssistant) -> None:
    """Forget the keys, for good: nobody who subscribed with them can be told any more."""
    await VapidKeyStore(hass).async_remove()
    hass.data.pop(KEYS, None)
