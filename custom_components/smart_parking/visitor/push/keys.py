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
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN

VERSION: Final = 1
NAME: Final = f"{DOMAIN}.push"
PRIVATE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PushKeys:
    """The two halves of the key."""

    private: ec.EllipticCurvePrivateKey = field(repr=False)
    public: str
    """As browsers want it: the point, not compressed, in base64url."""


KEYS: HassKey[PushKeys] = HassKey(f"{DOMAIN}_push_keys")


@singleton(KEYS, async_=True)
async def async_push_keys(hass: HomeAssistant) -> PushKeys:
    """Return the keys; they are made if there are none yet."""
    store = _store(hass)
    if (kept := await store.async_load()) is None:
        private = await hass.async_add_executor_job(ec.generate_private_key, ec.SECP256R1())
        number = private.private_numbers().private_value
        await store.async_save({"private": number.to_bytes(PRIVATE_BYTES).hex()})
    else:
        private = ec.derive_private_key(int(kept["private"], 16), ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return PushKeys(private, urlsafe_b64encode(point).decode().rstrip("="))


async def async_forget_push_keys(hass: HomeAssistant) -> None:
    """Forget the keys, for good: nobody who subscribed with them can be told any more."""
    await _store(hass).async_remove()
    hass.data.pop(KEYS, None)


def _store(hass: HomeAssistant) -> Store[dict[str, str]]:
    """Return where the private key is kept."""
    return Store(hass, VERSION, NAME, private=True)
