"""Pictures below a plan: what is taken, who gets them, and what of an SVG is left."""

from http import HTTPStatus

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smart_parking import ground_pictures as pictures
from custom_components.smart_parking.data import SmartParkingConfigEntry
from custom_components.smart_parking.errors import InvalidInputError
from tests.integration.editor.draftsman import Draftsman
from tests.integration.lots import LOT_ID

URL = f"/api/smart_parking/editor/{LOT_ID}/picture"
PNG = b"\x89PNG\r\n\x1a\n and so on"
SVG = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
  viewBox="0 0 10 10" onload="alert(1)">
  <script>alert(2)</script><style>@import url(https://example.com)</style><!-- note -->
  <foreignObject><p>here</p></foreignObject>
  <defs><path id="p" d="M0 0h9"/></defs>
  <use href="#p"/><use xlink:href="https://example.com/x.svg#p"/>
  <image href="https://example.com/x.png"/><a href="javascript:alert(3)"><rect width="1"/></a>
  <rect fill="url(https://example.com/f)" width="3"/><rect fill="url(#p)" width="4"/>
  <rect style="fill: u\\72l(x)" width="5"/>
</svg>"""


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 and so on", "image/jpeg"),
        (b"RIFF1234WEBPVP8 and so on", "image/webp"),
    ],
)
async def test_pictures_are_taken_and_given(
    entry: SmartParkingConfigEntry,
    hass_client: ClientSessionGenerator,
    body: bytes,
    content_type: str,
) -> None:
    client = await hass_client()
    answer = await client.post(URL, data=body)
    assert answer.status == HTTPStatus.OK
    name = (await answer.json())["picture"]
    got = await client.get(f"{URL}/{name}")
    assert await got.read() == body
    assert got.content_type == content_type
    assert "sandbox" in got.headers["Content-Security-Policy"]


async def test_a_drawing_is_made_safe(
    entry: SmartParkingConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    name = (await (await client.post(URL, data=SVG)).json())["picture"]
    got = await client.get(f"{URL}/{name}")
    assert got.content_type == "image/svg+xml"
    text = await got.text()
    for word in ("script", "alert", "example.com", "import", "foreignObject", "<a", "image", "72l"):
        assert word not in text
    assert text.count("<use") == 2
    assert text.count("#p") == 2
    assert text.count("<rect") == 3
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in text


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_a_picture"),
        (b"%PDF-1.7", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_a_picture"),
        (b"<html/>", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_a_picture"),
        (
            b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>',
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "not_a_picture",
        ),
        (PNG.ljust(300), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "big_picture"),
    ],
)
async def test_what_is_no_picture_is_not_taken(
    entry: SmartParkingConfigEntry,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
    status: HTTPStatus,
    error: str,
) -> None:
    monkeypatch.setattr("custom_components.smart_parking.editor.http.BYTES_MAX", 200)
    answer = await (await hass_client()).post(URL, data=body)
    assert answer.status == status
    assert (await answer.json())["error"] == error


async def test_pictures_are_for_who_may_draw(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    client = await hass_client()
    name = (await (await client.post(URL, data=PNG)).json())["picture"]
    reader = await hass_client(hass_read_only_access_token)
    stranger = await hass_client_no_auth()
    for someone in (reader, stranger):
        assert (await someone.get(f"{URL}/{name}")).status == HTTPStatus.UNAUTHORIZED
        assert (await someone.post(URL, data=PNG)).status == HTTPStatus.UNAUTHORIZED
    for path in (
        f"{URL}/{32 * 'a'}.png",
        f"{URL}/..%2F..%2Fsecrets.yaml",
        URL.replace(LOT_ID, "no") + f"/{name}",
    ):
        status = (await client.get(path)).status
        assert status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)


async def test_pictures_go_when_nothing_shows_them(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    draftsman: Draftsman,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = await hass_client()
    used, unused = [(await (await client.post(URL, data=PNG)).json())["picture"] for _ in range(2)]
    ground = {"level": "1", "picture": used, "x": 0, "y": 0, "width": 40, "height": 30}
    await draftsman.change({"grounds": {"g": ground}})
    await draftsman.publish()
    assert (await client.get(f"{URL}/{unused}")).status == HTTPStatus.OK
    # It may belong to a user who is just about to place it.
    assert (await client.get(f"{URL}/{unused}")).status == HTTPStatus.OK
    monkeypatch.setattr(pictures, "UNUSED_S", -1.0)
    await draftsman.change({"grounds": {"g": {**ground, "x": 5}}})
    await draftsman.publish()
    assert (await client.get(f"{URL}/{unused}")).status == HTTPStatus.NOT_FOUND
    assert (await client.get(f"{URL}/{used}")).status == HTTPStatus.OK
    await hass.config_entries.async_remove(LOT_ID)
    assert not (await hass.async_add_executor_job(pictures._folder(hass, LOT_ID).exists))  # noqa: SLF001 - nothing else says where


async def test_what_is_too_large_is_not_saved(
    hass: HomeAssistant, folder: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "BYTES_MAX", 10)
    with pytest.raises(InvalidInputError, match="big_picture"):
        await pictures.async_save_picture(hass, LOT_ID, PNG)
    assert await pictures.async_read_picture(hass, LOT_ID, "../secrets.yaml") is None


async def test_a_published_picture_is_for_who_may_see_the_lot(
    hass: HomeAssistant,
    entry: SmartParkingConfigEntry,
    draftsman: Draftsman,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    client = await hass_client()
    name = (await (await client.post(URL, data=PNG)).json())["picture"]
    reader, stranger = await hass_client(hass_read_only_access_token), await hass_client_no_auth()
    ground = {"level": "1", "picture": name, "x": 0, "y": 0, "width": 40, "height": 30}
    await draftsman.change({"grounds": {"g": ground}})
    assert (await reader.get(f"{URL}/{name}")).status == HTTPStatus.UNAUTHORIZED
    await draftsman.publish()
    assert (await reader.get(f"{URL}/{name}")).status == HTTPStatus.OK
    assert (await stranger.get(f"{URL}/{name}")).status == HTTPStatus.UNAUTHORIZED
    await hass.config_entries.async_unload(LOT_ID)
    assert (await reader.get(f"{URL}/{name}")).status == HTTPStatus.UNAUTHORIZED
    assert (await client.get(f"{URL}/{name}")).status == HTTPStatus.OK
