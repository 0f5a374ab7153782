"""Web addresses as people write them."""

from yarl import URL


def read_address(text: str, *, encoded: bool = False) -> URL:
    """Return an address of which every part can be read, or raise `ValueError`.

    The parts are parsed only when they are read, and may raise other errors: `IndexError`, and
    errors of the encoding of names.
    """
    try:
        url = URL(text, encoded=encoded)
        _ = (url.host, url.raw_authority, url.explicit_port, url.user, url.password, str(url))
    except (LookupError, TypeError, ValueError) as err:
        raise ValueError("This is no address") from err
    return url
