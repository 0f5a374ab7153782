"""The sign as an A4 page: two codes to scan, and few words.

The form for its choices is shown by the browser and not printed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final, Self
from urllib.parse import urlencode

import segno
from segno.helpers import make_wifi_data

from ..texts import DriverTexts
from ..visitor.preferences import GATE

# IEEE 802.11: a name has at most 32 bytes, a WPA passphrase 8 to 63 characters, or 64 hex digits.
SSID_BYTES: Final = 32
PASSWORD_MIN, PASSWORD_MAX = 8, 64


class WifiError(ValueError):
    """The data of the Wi-Fi is invalid."""


@dataclass(frozen=True, slots=True)
class Wifi:
    """The Wi-Fi of a lot, with the data that a phone needs to join."""

    name: str
    password: str = ""
    is_hidden: bool = False

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self | None:
        """Return the Wi-Fi of a form, or None without one; raises `WifiError` for invalid data."""
        name, password = form.get("wifi", ""), form.get("password", "")
        if not name:
            return None
        if len(name.encode(errors="replace")) > SSID_BYTES:
            raise WifiError
        if password and not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
            raise WifiError
        return cls(name, password, is_hidden="hidden" in form)

    @property
    def code(self) -> str:
        """The content of the code for phones."""
        return make_wifi_data(
            self.name,
            self.password or None,
            "WPA" if self.password else "nopass",
            hidden=self.is_hidden,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPage:
    """The content of the sign, and its choices."""

    name: str
    texts: DriverTexts
    languages: Mapping[str, str]
    """The name of each language in itself."""
    origin: str
    origins: Iterable[str]
    path: str
    gates: Mapping[str, str]
    """What each gate is called, by its id."""
    gate_id: str
    """The gate that the sign stands at; without one it is chosen on the page."""
    wifi: Wifi | None
    nonce: str

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"{self.origin}{self.path}"

    @property
    def gate_address(self) -> str:
        """Where the page is, from the gate."""
        query = f"?{urlencode({GATE: self.gate_id})}" if self.gate_id else ""
        return f"{self.address}{query}"


def render(sheet: SignPage) -> str:
    """Return the page."""
    texts = sheet.texts
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        f"<title>{escape(sheet.name)}</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f'<style nonce="{sheet.nonce}">{STYLE}</style></head><body>{_form(sheet)}'
        f"<main><header>{MARK}<h1>{escape(sheet.name)}</h1></header>"
        f'<p class="find">{escape(texts.text("sign_find"))}</p>'
        f'<div class="codes">{_wifi(sheet)}{_page(sheet)}</div>'
        f'<p class="note">{escape(texts.text("sign_no_app"))}</p></main>'
        f'<script nonce="{sheet.nonce}">{SCRIPT}</script></body></html>'
    )


def _wifi(sheet: SignPage) -> str:
    """Return the part about the Wi-Fi."""
    if sheet.wifi is None:
        return ""
    texts = sheet.texts
    return _code(
        "wifi",
        f"1. {texts.text('sign_wifi')}",
        sheet.wifi.code,
        texts.text("sign_network", name=sheet.wifi.name),
    )


def _page(sheet: SignPage) -> str:
    """Return the part about the page."""
    shown = sheet.address.removeprefix("https://").removeprefix("http://")
    step = "2. " if sheet.wifi else ""
    return _code("page", f"{step}{sheet.texts.text('sign_scan')}", sheet.gate_address, shown)


def _code(name: str, title: str, content: str, below: str) -> str:
    """Return a code with its texts.

    Level M corrects errors in 15 % of a code, because sun and rain damage a sign.
    """
    code = segno.make_qr(content, error="m")
    drawing = code.svg_inline(border=4, light="#fff", omitsize=True)
    return (
        f'<figure id="{name}"><figcaption>{escape(title)}</figcaption>{drawing}'
        f"<p>{escape(below)}</p></figure>"
    )


def _form(sheet: SignPage) -> str:
    """Return the form of choices, which is not printed."""
    texts, wifi = sheet.texts, sheet.wifi or Wifi("")
    addresses = ((one, one) for one in sheet.origins)
    languages = sheet.languages.items()
    return (
        '<form method="post" autocomplete="off">'
        f"<label>{escape(texts.text('sign_form_wifi'))}"
        f'<input name="wifi" maxlength="{SSID_BYTES}" value="{escape(wifi.name)}"></label>'
        f"<label>{escape(texts.text('sign_form_password'))}"
        f'<input name="password" minlength="{PASSWORD_MIN}" maxlength="{PASSWORD_MAX}" '
        f'value="{escape(wifi.password)}"></label>'
        f'<label class="tick"><input name="hidden" type="checkbox" value="1"'
        f"{' checked' if wifi.is_hidden else ''}>{escape(texts.text('sign_form_hidden'))}</label>"
        f"{_gates(sheet)}"
        f"{_select('address', texts.text('sign_form_address'), addresses, sheet.origin)}"
        f"{_select('language', texts.text('sign_form_language'), languages, texts.language)}"
        f"<p><button>{escape(texts.text('sign_form_show'))}</button> "
        f'<button type="button" id="print">{escape(texts.text("sign_form_print"))}</button></p>'
        f"<p>{escape(texts.text('sign_form_note'))}</p></form>"
    )


def _gates(sheet: SignPage) -> str:
    """Return the choice of the gate that the sign stands at, if there is one."""
    texts = sheet.texts
    if len(sheet.gates) < 2:
        return f'<input type="hidden" name="{GATE}" value="{escape(sheet.gate_id)}">'
    options = [("", texts.text("sign_form_any_gate")), *sheet.gates.items()]
    return _select(GATE, texts.text("sign_form_gate"), options, sheet.gate_id)


def _select(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
    """Return a select element."""
    inside = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(text)}</option>"
        for value, text in options
    )
    return f'<label>{escape(label)}<select name="{name}">{inside}</select></label>'


SCRIPT = 'document.getElementById("print").addEventListener("click", () => window.print());'

MARK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="4" '
    'fill="#0b5cad"/><path fill="#fff" d="M8 5h5.2a4.6 4.6 0 0 1 0 9.2H11V19H8zm3 2.8v3.6h2a1.8 '
    '1.8 0 0 0 0-3.6z"/></svg>'
)

# A code of 85 mm can be scanned from almost a metre, and two fit side by side.
STYLE = """
@page { size: A4 portrait; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0; background: #e9edf1; color: #16202a; font: 1rem/1.4 system-ui, sans-serif; }
form { max-width: 186mm; margin: 16px auto; padding: 16px; display: grid; gap: 12px 16px;
  grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); background: #fff;
  border-radius: 12px; }
form p { margin: 0; align-self: center; }
form p:last-child { grid-column: 1 / -1; }
label { display: grid; gap: 4px; align-content: start; font-size: 14px; }
label.tick { grid-auto-flow: column; justify-content: start; align-items: center; }
input, select, button { font: inherit; padding: 8px; min-width: 0; }
button { padding: 8px 20px; }
main { width: 186mm; max-width: 100%; min-height: 272mm; margin: 16px auto; padding: 10mm;
  display: flex; flex-direction: column; align-items: center; text-align: center;
  justify-content: space-evenly; gap: 6mm; background: #fff; }
header { display: flex; gap: 6mm; align-items: center; max-width: 100%; }
header svg { flex: none; width: 26mm; }
h1 { margin: 0; font-size: 34pt; line-height: 1.1; text-align: left; overflow-wrap: anywhere; }
.find { margin: 0; font-size: 40pt; line-height: 1.1; font-weight: 700; }
.codes { display: grid; grid-template-columns: repeat(auto-fit, minmax(75mm, 1fr)); gap: 2mm 8mm;
  justify-items: center; width: 100%; }
figure { margin: 0; width: 100%; max-width: 120mm; display: grid; grid-row: span 3;
  grid-template-rows: subgrid; }
figcaption { font-size: 20pt; line-height: 1.2; font-weight: 600; align-self: end; }
figure svg { width: 100%; display: block; }
figure p { margin: 0; font-size: 13pt; overflow-wrap: anywhere; }
.note { margin: 0; font-size: 20pt; color: #44525f; }
@media print {
  form { display: none; }
  body { background: none; }
  main { margin: 0; padding: 0; width: 100%; }
}
"""
