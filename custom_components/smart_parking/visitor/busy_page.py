"""Page for a client above its limits: it says why, and reloads by itself."""

from html import escape
import secrets
from typing import Final

from aiohttp import hdrs, web

from ..rendering.colours import css
from ..texts import DriverTexts

RETRY_S: Final = "10"
"""Used when the refusal names no time."""

STYLE: Final = f"""
{css()}
:root {{ color-scheme: light dark; background: var(--background); color: var(--ink); }}
body {{ margin: 0; display: grid; place-content: center; min-height: 90vh; padding: 1.5rem;
  font: 1.25rem/1.4 system-ui, sans-serif; text-align: center; }}
"""


def is_page_wanted(request: web.Request) -> bool:
    """Return whether a browser asks for a page, and not for a part of one."""
    return "text/html" in request.headers.get(hdrs.ACCEPT, "")


def busy_page(err: web.HTTPTooManyRequests, texts: DriverTexts, address: str) -> web.Response:
    """Return a refusal as a page that reloads an address when requests are allowed again."""
    wait_s = err.headers.get(hdrs.RETRY_AFTER, RETRY_S)
    nonce = secrets.token_urlsafe(16)
    text = escape(texts.text("page_error_busy"))
    return web.Response(
        status=err.status,
        text=(
            f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
            f"<title>{text}</title>"
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<meta http-equiv="refresh" content="{wait_s};url={escape(address)}">'
            '<link rel="icon" href="data:,">'
            f'<style nonce="{nonce}">{STYLE}</style></head><body><p>{text}</p></body></html>'
        ),
        content_type="text/html",
        headers={
            hdrs.RETRY_AFTER: wait_s,
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
            hdrs.VARY: "Accept, Accept-Language, Cookie",
        },
    )
