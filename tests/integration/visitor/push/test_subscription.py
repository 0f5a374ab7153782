"""What browsers may say about themselves: an address outside, at a push service that is known."""

from collections.abc import Callable

from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.smart_parking.visitor.push.subscription import (
    SERVICES,
    Subscription,
    SubscriptionError,
    UnknownServiceError,
)
from tests.integration.visitor.push.browsers import Browser

FORM = Browser().form


def read(**fields: str) -> Subscription:
    """Read what a browser says."""
    return Subscription.read({**FORM, **fields}, "en")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91b-_",
        "https://fcm.googleapis.com:443/wp/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA_-=",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2fB%2b",
        "https://web.push.apple.com/QHJ",
    ],
)
def test_browsers_that_are_known(endpoint: str) -> None:
    subscription = read(endpoint=endpoint)

    # Requests go to exactly the address that was checked.
    assert str(subscription.url) == endpoint.replace(":443", "")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/push",
        "https://localhost/push",
        "https://homeassistant.local/api/services",
        "https://192.168.1.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:192.168.1.1]/",
        "https://[::1%25.push.apple.com]/",
        "https://example.org%2f.push.apple.com/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://push.example.org/",
        "https://fcm.googleapis.com.example.org/",
        "https://evilfcm.googleapis.com/",
        "https://example.org/fcm.googleapis.com",
        "https://example.org?fcm.googleapis.com",
        "https://example.org#fcm.googleapis.com",
        "https://fcm.googleapis.com./",
        "https://FCM.googleapis.com/",
        "https://googleapis.com/",
    ],
)
def test_hosts_that_are_no_push_service(endpoint: str) -> None:
    with pytest.raises(UnknownServiceError):
        read(endpoint=endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "fcm.googleapis.com/fcm/send/abc",
        "//fcm.googleapis.com/",
        "http://fcm.googleapis.com/fcm/send/abc",
        "file://fcm.googleapis.com/etc/passwd",
        "javascript:alert(1)",
        "https://homeassistant.local:8123/api/services",
        "https://fcm.googleapis.com:8123/",
        "https://fcm.googleapis.com:99999/",
        "https://fcm.googleapis.com@192.168.1.1:8123/",
        "https://user@fcm.googleapis.com/",
        "https://@fcm.googleapis.com/",
        "https://192.168.1.1\\@fcm.googleapis.com/",
        "https://fcm.googleapis.com\\.example.org/",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\r\nHost: 192.168.1.1",
        "https://fcm.googleapis.com/\t",
        "https://fcm.googleapis.cöm/",
        "https:///fcm.googleapis.com/",
        "https://[fcm.googleapis.com/",
        "https://fcm.googleapis.com/" + "a" * 1_024,
    ],
)
def test_addresses_that_are_none(endpoint: str) -> None:
    with pytest.raises(SubscriptionError):
        read(endpoint=endpoint)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://fcm.googleapis.com"]))
def test_whatever_is_said_requests_go_to_push_services_only(text: str, begin: str) -> None:
    try:
        url = read(endpoint=begin + text).url
    except SubscriptionError:
        return
    assert isinstance(url, URL)
    assert (url.scheme, url.port, url.user) == ("https", 443, None)
    assert any(url.host == one or str(url.host).endswith(f".{one}") for one in SERVICES)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("p256dh", lambda _: ""),
        ("p256dh", lambda _: "BA"),
        ("p256dh", lambda _: "A" * 87),
        ("p256dh", lambda key: key[:-4]),
        ("p256dh", lambda key: key + "!" * 4),
        ("p256dh", lambda _: "ä" * 87),
        ("auth", lambda _: ""),
        ("auth", lambda key: key[:-4]),
        ("auth", lambda key: key + "AAAA"),
        ("auth", lambda _: "*" * 22),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_keys_that_nobody_could_decrypt_with(name: str, spoil: Callable[[str], str]) -> None:
    with pytest.raises(SubscriptionError):
        read(**{name: spoil(FORM[name])})


def test_keys_may_be_padded() -> None:
    assert read(auth=FORM["auth"] + "==").auth.startswith(FORM["auth"])


def test_promotions_are_agreed_to_in_so_many_words() -> None:
    assert not read().wants_promotions
    assert not read(promotions="").wants_promotions
    assert read(promotions="yes").wants_promotions
