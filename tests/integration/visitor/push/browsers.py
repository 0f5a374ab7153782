"""Browsers with push subscriptions, and the push service that delivers messages to them."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
import json
import secrets
import socket
import ssl
from typing import Any, override

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
import jwt

from tests.integration.visitor.phones import BASE, Phone

HOST = "fcm.googleapis.com"
TIMEOUT_S = 20.0
RAW = Encoding.X962, PublicFormat.UncompressedPoint


def base64url(data: bytes) -> str:
    """Return octets as browsers write them."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def octets(text: str) -> bytes:
    """Return the octets that a text is written for."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a push service was handed."""

    address: str
    headers: Mapping[str, str]
    body: bytes


class Browser:
    """One browser: its keys are made as RFC 8291 has it, and never leave it."""

    def __init__(self, host: str = HOST) -> None:
        """Subscribe at a push service."""
        self.endpoint = f"https://{host}/fcm/send/{secrets.token_urlsafe(8)}"
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._public = self._private.public_key().public_bytes(*RAW)
        self._auth = secrets.token_bytes(16)

    @property
    def form(self) -> dict[str, str]:
        """What the page's script sends."""
        keys = {"p256dh": base64url(self._public), "auth": base64url(self._auth)}
        return {"do": "on", "endpoint": self.endpoint, **keys}

    def read(self, delivery: Delivery) -> dict[str, Any]:
        """Decrypt a message, step by step as RFC 8291 and RFC 8188 have it."""
        assert delivery.address == self.endpoint
        salt, body = delivery.body[:16], delivery.body[16:]
        record_size, length = int.from_bytes(body[:4]), body[4]
        sender, record = body[5 : 5 + length], body[5 + length :]
        assert len(record) <= record_size <= 4096
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._private.exchange(ec.ECDH(), point)
        keyed = _derive(shared, self._auth, b"WebPush: info\0" + self._public + sender, 32)
        key = _derive(keyed, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(keyed, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert plain[-1] == 2, "the last record ends with a 2"
        read: dict[str, Any] = json.loads(plain[:-1])
        return read

    async def subscribe(self, phone: Phone, **fields: str) -> tuple[int, Any]:
        """Subscribe to push messages of a lot."""
        return await say(phone, **{**self.form, **fields})


async def say(phone: Phone, **fields: str) -> tuple[int, Any]:
    """Send what the page's script sends; return what is answered."""
    page = await phone.look()
    form = {"form": page.hidden["form"], **fields}
    response = await phone.session.post(f"{BASE}push", data=form)
    is_json = response.content_type == "application/json"
    return response.status, await response.json() if is_json else None


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """Return a key made of a secret."""
    return HKDF(SHA256(), length, salt, info).derive(secret)


def signed(delivery: Delivery, key: str) -> dict[str, Any]:
    """Return what is signed, as the push service checks it: by the key that was subscribed with."""
    scheme, _, rest = delivery.headers["Authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", key)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets(key))
    claims: dict[str, Any] = jwt.decode(
        parts["t"], public, algorithms=["ES256"], audience=f"https://{HOST}"
    )
    return claims


@dataclass(slots=True)
class PushService:
    """A push service. It answers as a test wants, and 201 when nothing is wanted."""

    answers: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    deliveries: asyncio.Queue[Delivery] = field(default_factory=asyncio.Queue)

    def answer(self, status: int, **headers: str) -> None:
        """Answer the next delivery so."""
        self.answers.append((status, headers))

    async def next(self) -> Delivery:
        """Return what is delivered next."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self.deliveries.get()

    async def handle(self, request: web.Request) -> web.Response:
        """Capture what is delivered."""
        address = f"https://{request.host}{request.path_qs}"
        delivery = Delivery(address, request.headers.copy(), await request.read())
        self.deliveries.put_nowait(delivery)
        status, headers = self.answers.pop(0) if self.answers else (HTTPStatus.CREATED, {})
        return web.Response(
            status=status, headers={name.replace("_", "-"): one for name, one in headers.items()}
        )


class TheseHosts(AbstractResolver):
    """A DNS that knows one push service; the others are beyond reach."""

    def __init__(self, port: int) -> None:
        """Prepare the push service at a port of this machine."""
        self._port = port

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host != HOST:
            raise OSError(f"{host} is not known")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    @override
    async def close(self) -> None:
        """Prepare nothing to close."""


def certificate(*hosts: str) -> tuple[bytes, bytes]:
    """Return a certificate of hosts, and its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Push services")])
    made = (
        x509.CertificateBuilder(name, name, private.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2060, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
        )
        .sign(private, SHA256())
    )
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM), key


def trusting(pem: bytes) -> ssl.SSLContext:
    """Return what trusts a certificate, and no other."""
    context = ssl.create_default_context(cadata=pem.decode())
    # It is its own authority, which the strict do not like.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
