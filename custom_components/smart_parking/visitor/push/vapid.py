"""VAPID key, by which push services identify this Home Assistant (RFC 8292).

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
    """In the format of browsers: the point, not compressed, in base64url."""


KEYS: HassKey[VapidKeys] = HassKey(f"{DOMAIN}_push_keys")


class VapidKeyStore:
    """The private half, as stored."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize; nothing is read yet."""
        self._hass = hass
        self._store = DurableStore(hass, StoreKind.PUSH, "", self._stored)
        self._private: ec.EllipticCurvePrivateKey | None = None

    async def async_load(self) -> ec.EllipticCurvePrivateKey:
        """Return the key; a new one is made and stored if none is readable."""
        await self._store.async_restore(self._restore)
        if self._private is None:
            self._private = await self._hass.async_add_executor_job(
                ec.generate_private_key, ec.SECP256R1()
            )
            self._store.async_schedule(0.0)
        await self._store.async_write()
        return self._private

    async def async_remove(self) -> None:
        """Remove the key."""
        await self._store.async_remove()

    def _restore(self, data: Stored) -> None:
        """Restore the stored data."""
        self._private = data.get("private", _private, None)

    def _stored(self) -> dict[str, str]:
        """Return the data to write."""
        if self._private is None:
            return {}
        number = self._private.private_numbers().private_value
        return {"private": number.to_bytes(PRIVATE_BYTES).hex()}


def _private(text: Stored) -> ec.EllipticCurvePrivateKey | None:
    """Return a private key from stored data; raises `ValueError` for none."""
    number = int.from_bytes(bytes.fromhex(text.text()))
    return ec.derive_private_key(number, ec.SECP256R1())


@singleton(KEYS, async_=True)
async def async_push_keys(hass: HomeAssistant) -> VapidKeys:
    """Return the keys; they are made if there are none yet."""
    private = await VapidKeyStore(hass).async_load()
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return VapidKeys(private, urlsafe_b64encode(point).decode().rstrip("="))


async def async_forget_push_keys(hass: HomeAssistant) -> None:
    """Remove the keys: all subscriptions that were made with them become useless."""
    await VapidKeyStore(hass).async_remove()
    hass.data.pop(KEYS, None)
