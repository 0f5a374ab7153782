"""Buckets, places, tokens and choices by themselves."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from ipaddress import ip_address

from hypothesis import given, strategies as st
import pytest

from custom_components.smart_parking.lot.model import BayKind
from custom_components.smart_parking.rate_limit import Buckets, FairBuckets, Places, client_of
from custom_components.smart_parking.visitor.manager import REMEMBERED_MIN
from custom_components.smart_parking.visitor.options import (
    ALPHABET,
    REQUESTS,
    REQUESTS_TOTAL,
    new_secret,
)
from custom_components.smart_parking.visitor.preferences import (
    Preferences,
    accepted_language,
    kind_of,
)
from custom_components.smart_parking.visitor.tokens import Token, Tokens

NOW = 1_790_000_000.0
DAY_S = 86_400.0


@pytest.mark.parametrize(
    ("address", "is_local", "client"),
    [
        ("192.168.1.7", True, "192.168.1.7"),
        ("203.0.113.9", False, "203.0.113.9"),
        ("::ffff:192.168.1.7", True, "192.168.1.7"),
        ("fe80::1%eth0", True, "fe80::1"),
        ("fd00::1:2:3:4", True, "fd00::1:2:3:4"),
    ],
)
def test_what_stands_for_a_phone(address: str, is_local: bool, client: str) -> None:
    assert client_of(ip_address(address), is_local=is_local) == client


def test_on_the_internet_a_whole_network_is_one_phone() -> None:
    one, same, other = (
        client_of(ip_address(address), is_local=False)
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:3::1")
    )

    assert one == same != other


@given(
    st.lists(st.tuples(st.floats(0.0, 30.0), st.sampled_from([0.2, 1.0, 4.0])), max_size=200),
    st.integers(1, 120),
)
def test_nobody_gets_more_than_a_bucket_and_what_flows_in(
    asked: list[tuple[float, float]], per_minute: int
) -> None:
    buckets, now, had = Buckets(per_minute), 0.0, 0.0
    for passed, cost in asked:
        now += passed
        if not buckets.wait_s("phone", now, cost):
            had += min(cost, per_minute)

    assert had <= per_minute + now * per_minute / 60.0 + 1e-6


@given(st.integers(1, 120), st.floats(0.1, 10.0))
def test_who_waits_as_long_as_told_gets_it(per_minute: int, cost: float) -> None:
    buckets = Buckets(per_minute)
    while not (wait_s := buckets.wait_s("phone", 0.0, cost)):
        pass

    assert not buckets.wait_s("phone", wait_s + 1e-6, cost)


def test_of_too_many_clients_the_quietest_are_forgotten() -> None:
    buckets = Buckets(1, most=2)
    for client in ("one", "two", "one", "three"):
        buckets.wait_s(client, 0.0)

    assert len(buckets) == 2
    assert buckets.wait_s("one", 0.0) > 0.0


def test_a_clock_that_goes_back_fills_nothing() -> None:
    buckets = Buckets(1)
    assert not buckets.wait_s("phone", 100.0)

    assert buckets.wait_s("phone", 50.0) == pytest.approx(60.0)


@pytest.mark.parametrize("addresses", [1, 25, 40, 60])
@pytest.mark.parametrize("pages_per_s", [0.4, 2.0, 5.0])
def test_who_has_many_addresses_leaves_room_for_who_comes(
    addresses: int, pages_per_s: float
) -> None:
    buckets = FairBuckets(REQUESTS, REQUESTS_TOTAL, remembered_min=REMEMBERED_MIN)
    page, refused = 4.0, 0
    for moment in range(int(300.0 * pages_per_s)):
        now = moment / pages_per_s
        for number in range(addresses):
            buckets.wait_s(f"theirs {number}", now, page)
        newcomer = f"somebody {moment}"
        if moment % max(1, round(pages_per_s)) == 0:
            # The page, what it loads, a bay.
            refused += sum(bool(buckets.wait_s(newcomer, now, cost)) for cost in (page, 3.0, 5.2))
    assert refused == 0


def test_places_are_given_back() -> None:
    places = Places(each=2, total=3)
    assert [places.take("one") for _ in range(3)] == [True, True, False]
    assert [places.take("two") for _ in range(2)] == [True, False]
    places.leave("one")
    assert places.take("two")
    for client in ("one", "two", "two"):
        places.leave(client)
    assert len(places) == 0


def test_secrets_are_long_differ_and_can_be_typed() -> None:
    made = {new_secret() for _ in range(100)}

    assert len(made) == 100
    assert all(len(one) == 26 for one in made)
    assert set("".join(made)) <= set(ALPHABET)
    assert not set("l1o0") & set(ALPHABET)


@pytest.mark.parametrize("made_at", [0.0, NOW, NOW + 73 * 365 * DAY_S])
def test_a_token_is_known_again_whatever_the_clock_was(made_at: float) -> None:
    tokens = Tokens(b"key")
    token = tokens.new(made_at)

    assert tokens.read(tokens.write(token)) == token
    assert tokens.renewed(token, NOW).driver == token.driver


def test_a_token_cannot_be_told_from_what_bays_are_kept_under() -> None:
    token = Tokens.new(NOW)

    assert token.driver.startswith("visitor:")
    assert token.visitor.hex() not in token.driver
    assert token.driver == Token(token.visitor, 0).driver
    assert token.driver != Tokens.new(NOW).driver


@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    assert Tokens(b"key").read(text) is None


@given(st.binary(min_size=36, max_size=36))
def test_no_bytes_are_a_token(data: bytes) -> None:
    assert Tokens(b"key").read(urlsafe_b64encode(data).decode()) is None


@given(st.integers(0, 35), st.integers(1, 255))
def test_a_changed_token_is_none(position: int, change: int) -> None:
    tokens = Tokens(b"key")
    data = bytearray(urlsafe_b64decode(tokens.write(tokens.new(NOW))))
    data[position] ^= change

    assert tokens.read(urlsafe_b64encode(data).decode()) is None


@pytest.mark.parametrize("text", ["", "a" * 47 + "!", "a" * 47 + "é", "=" * 48, "a" * 49])
def test_what_is_not_even_written_like_a_token_is_none(text: str) -> None:
    assert Tokens(b"key").read(text) is None


def test_tokens_of_another_key_are_none() -> None:
    foreign = Tokens(b"other")
    token = foreign.new(NOW)

    assert Tokens(b"key").read(foreign.write(token)) is None
    assert not Tokens(b"key").is_form(token, foreign.form(token))


@given(st.text(max_size=40))
def test_no_text_is_a_form(text: str) -> None:
    assert not Tokens(b"key").is_form(Token(b"visitor", 0), text)


@pytest.mark.parametrize("cookie", ["kind=ev&a=1&b=2&c=3", "kind=ev&" + "a" * 300])
def test_a_cookie_that_was_not_written_here_is_no_choice(cookie: str) -> None:
    assert Preferences.read(cookie) == Preferences()


@given(st.text(max_size=300))
def test_any_cookie_is_some_choice(text: str) -> None:
    choice = Preferences.read(text)

    assert choice.kind is not BayKind.STAFF


@given(st.sampled_from([None, *BayKind]), st.none() | st.text(min_size=1, max_size=26), st.text())
def test_a_choice_is_read_as_it_was_written(
    kind: BayKind | None, gate_id: str | None, language: str
) -> None:
    choice = Preferences(kind_of(kind), gate_id, language or None)
    text = choice.write()

    assert Preferences.read(text) == (choice if len(text) <= 200 else Preferences())


@given(st.text(max_size=300))
def test_any_header_names_a_known_language_or_none(header: str) -> None:
    assert accepted_language(header, {"en", "de"}) in ("en", "de", None)
