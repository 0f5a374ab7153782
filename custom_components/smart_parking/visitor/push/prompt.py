"""Offer of push messages on the page; a script adds its buttons where the browser supports it."""

from dataclasses import dataclass
from html import escape

from ...texts import DriverTexts


@dataclass(frozen=True, slots=True)
class Prompt:
    """An offer of push messages."""

    script: str
    """The address of the script."""
    key: str
    """The public key that the browser subscribes with."""
    is_on: bool
    has_promotions: bool


def render_prompt(offer: Prompt | None, texts: DriverTexts) -> str:
    """Return the element of the offer, and its script. Without a script it stays empty."""
    if offer is None:
        return ""
    strings = {name: escape(texts.text(f"push_{name}")) for name in _TEXTS}
    agree = (
        f'<label><input type="checkbox" id="push-promotions"> {strings["agree"]}</label>'
        if offer.has_promotions
        else ""
    )
    return (
        f'<section id="push" data-key="{escape(offer.key)}" data-on="{str(offer.is_on).lower()}" '
        f'data-tell="{strings["offer"]}" data-stop="{strings["stop"]}" '
        f'data-told="{strings["told"]}" '
        f'data-denied="{strings["denied"]}" data-failed="{strings["failed"]}" hidden>'
        f'<p id="push-said" role="status"></p>'
        f'<div id="push-offer">{agree}<small>{strings["privacy"]}</small></div></section>'
        f'<script type="module" src="{escape(offer.script)}"></script>'
    )


_TEXTS = ("offer", "agree", "privacy", "told", "stop", "denied", "failed")
