"""Base of the card's commands: how they refuse."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND, ERR_UNAUTHORIZED
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .permissions import NotAllowedError, TooOftenError

ERR_TOO_OFTEN = "too_often"

type Message = dict[str, Any]
type Command = Callable[[HomeAssistant, ActiveConnection, Message], None]
type AsyncCommand = Callable[[HomeAssistant, ActiveConnection, Message], Awaitable[None]]


class RefusedError(ServiceValidationError):
    """A command cannot be carried out; the code is for programs, the message for people."""

    def __init__(self, code: str, key: str, **placeholders: str) -> None:
        """Initialize with the code and the key of the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
        )
        self.code = code


def refusing(command: Command) -> Command:
    """Return a command that answers refusals with an error, for programs and for people."""

    @wraps(command)
    def with_refusals(hass: HomeAssistant, connection: ActiveConnection, msg: Message) -> None:
        """Run a command, and answer a refusal with an error."""
        try:
            command(hass, connection, msg)
        except (NotAllowedError, ServiceValidationError) as err:
            _refuse(connection, msg, err)

    return with_refusals


def refusing_later(command: AsyncCommand) -> AsyncCommand:
    """Return an asynchronous command that answers refusals in the same way."""

    @wraps(command)
    async def with_refusals(
        hass: HomeAssistant, connection: ActiveConnection, msg: Message
    ) -> None:
        """Run a command, and answer a refusal with an error."""
        try:
            await command(hass, connection, msg)
        except (NotAllowedError, ServiceValidationError) as err:
            _refuse(connection, msg, err)

    return with_refusals


def _refuse(
    connection: ActiveConnection, msg: Message, err: NotAllowedError | ServiceValidationError
) -> None:
    """Send the error of a refused command."""
    connection.send_error(
        msg["id"],
        _code_of(err),
        str(err),
        translation_domain=err.translation_domain,
        translation_key=err.translation_key,
        translation_placeholders=err.translation_placeholders,
    )


def _code_of(err: NotAllowedError | ServiceValidationError) -> str:
    """Return the code of an error, for programs."""
    match err:
        case NotAllowedError():
            return ERR_UNAUTHORIZED
        case TooOftenError():
            return ERR_TOO_OFTEN
        case RefusedError():
            return err.code
    return ERR_NOT_FOUND
