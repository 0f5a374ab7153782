"""People who have logged in, each with the rights that Home Assistant gives."""

from dataclasses import dataclass

from homeassistant.auth.models import Group, User
from homeassistant.auth.permissions.types import CategoryType
from homeassistant.core import Context, HomeAssistant

READ_ONLY: CategoryType = {"all": {"read": True}}
PLAIN: CategoryType = True
NOTHING: CategoryType = {}


@dataclass(frozen=True, slots=True)
class Person:
    """A logged-in user."""

    hass: HomeAssistant
    user: User

    @property
    def context(self) -> Context:
        """What their actions carry."""
        return Context(user_id=self.user.id)

    async def token(self) -> str:
        """Log in once more, and return the token."""
        refresh = await self.hass.auth.async_create_refresh_token(self.user)
        return self.hass.auth.async_create_access_token(refresh)


async def person(hass: HomeAssistant, entities: CategoryType) -> Person:
    """Return a user with rights to entities, who is no administrator."""
    user = await hass.auth.async_create_system_user("Somebody")
    user.groups = [Group(name="Some", id="some", policy={"entities": entities})]
    user.invalidate_cache()
    return Person(hass, user)
