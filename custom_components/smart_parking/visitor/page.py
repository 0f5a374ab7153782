"""HTML of the page: its first view, and all its actions, work without a script.

All values in it pass `escape`, or are JSON that cannot end its element.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from math import ceil
from urllib.parse import quote

from homeassistant.helpers.json import json_bytes

from ..live.snapshot import Json
from ..lot.model import BayKind, Gate
from ..lot.promotions.model import Promotion
from ..lot.routing.directions import Directions
from ..rendering.colours import colour
from ..texts import DriverTexts
from .push.prompt import Prompt, render_prompt
from .state import Action, Status, VisitorState
from .static_files import OWN, PageFiles

# Seconds after which the page reloads, until a script stops that: scripts may be off, or too new
# for the browser. The query marks such a reload.
REFRESH_S = 20
STILL = "still"

# The texts that the script needs beside those of the page.
TEXTS = (
    "left",
    "right",
    "ahead",
    "ramp_up",
    "ramp_down",
    "ramp_other",
    "level",
    "row",
    "separator",
    "full",
    "promotion",
)
PREFIX = "page_"

# Largest number of letters of the biggest word, for each size.
SIZES = (3, 4, 6, 8, 12, 16)

_LABELS: Mapping[Action, str] = {
    Action.ANOTHER: "page_another",
    Action.EXTEND: "page_extend",
    Action.YES: "page_yes",
    Action.NO: "page_no",
    Action.PARKED: "page_parked_here",
    Action.FOUND: "page_found",
    Action.FORGET: "page_forget",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageData:
    """Data of the page."""

    name: str
    texts: DriverTexts
    choice: str
    """The visitor's choice, as a query."""
    languages: Mapping[str, str]
    """The name of each language in itself."""
    form: str
    files: PageFiles
    now: float
    state: VisitorState
    state_data: Mapping[str, Json]
    kinds: Iterable[BayKind]
    kind: BayKind
    gates: list[Gate]
    gate: Gate | None
    free: int
    is_known: bool
    likely: float | None
    """When a bay is likely for who has none, in seconds since the epoch."""
    hours: float
    bay: str | None
    """The label of the bay that is shown: the visitor's, else the nearest."""
    directions: Directions | None
    drawing: str | None
    level: str
    """The level, shown in a corner."""
    promotion: Promotion | None
    offer: Prompt | None
    """The offer of push messages."""
    message: str | None
    facts: Mapping[str, Json] | None
    """Data for search engines and assistants, if the owner permits it."""


def render(sheet: PageData) -> str:
    """Return the page."""
    texts = sheet.texts
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        f"<title>{escape(sheet.name)}</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        '<meta name="color-scheme" content="light dark">'
        f'<meta name="theme-color" content="{colour("background")}">'
        f'<meta name="theme-color" content="{colour("background", "dark")}" '
        'media="(prefers-color-scheme:dark)">'
        f'<meta http-equiv="refresh" content="{_refresh(sheet)}">'
        f"{_links(sheet.files)}"
        f'</head><body data-status="{sheet.state.status}">'
        f'<header><h1 id="name">{escape(sheet.name)}</h1>'
        f'<p id="free"{"" if sheet.free else ' class="none"'}>'
        f"{escape(texts.plural('page_free', sheet.free))}</p></header>"
        f"<main>{_message(sheet)}{_answer(sheet)}{_plan(sheet)}{_acts(sheet)}"
        f"{render_prompt(sheet.offer, texts)}{_choices(sheet)}"
        f"{_promotion(sheet)}</main>{_foot(sheet)}{_data(sheet)}</body></html>"
    )


def _refresh(sheet: PageData) -> str:
    """Return the element that reloads the page, with the visitor's choice.

    A phone without cookies has only the address to store it in.
    """
    query = "&".join(filter(None, (sheet.choice, STILL)))
    return escape(f"{REFRESH_S};url=?{query}")


def _links(files: PageFiles) -> str:
    """Return the links to the page's files: all scripts at once, not one after the other."""
    address = f"{files.address}/{OWN}"
    scripts = "".join(
        f'<link rel="modulepreload" href="{files.address}/{name}">'
        for name in files.by_name
        if name.endswith(".js")
    )
    return (
        f'<link rel="stylesheet" href="{address}/app.css">'
        f'<link rel="icon" href="{address}/icon.svg">'
        f'<link rel="apple-touch-icon" href="{address}/icon-192.png">'
        '<link rel="manifest" href="manifest.webmanifest">'
        f'{scripts}<script type="module" src="{address}/app.js"></script>'
    )


def _message(sheet: PageData) -> str:
    """Return the newest message."""
    if not sheet.message:
        return '<p id="notice" role="status" hidden></p>'
    return f'<p id="notice" role="status">{escape(sheet.message)}</p>'


def _answer(sheet: PageData) -> str:
    """Return the answer: the bay to go to."""
    directions = sheet.directions
    side = None if directions is None else directions.level_change or directions.side
    turn = "" if side is None else f' data-side="{side.value}"'
    way, where = _way(sheet)
    bay = _bay(sheet)
    return (
        f'<section id="answer"><p id="say">{escape(_say(sheet))}{_left(sheet)}</p>'
        f'<p id="bay" data-size="{_size(bay)}">{escape(bay)}</p>'
        f"{_likely(sheet)}"
        f'<div id="go"{"" if way else " hidden"}>'
        f'<span id="turn" aria-hidden="true"{turn}></span>'
        f'<p><span id="where">{escape(where)}</span> <span id="way">{escape(way)}</span></p></div>'
        "</section>"
    )


def _say(sheet: PageData) -> str:
    """Return the line above the bay."""
    texts = sheet.texts
    match sheet.state.status:
        case Status.NONE if not sheet.is_known:
            return texts.text("page_unknown")
        case Status.NONE if sheet.gate is None:
            return texts.text("page_error_no_gate")
        case Status.NONE if sheet.bay is None:
            return texts.text("page_no_bay")
        case Status.NONE:
            return texts.text("page_nearest")
    return texts.text(f"page_{sheet.state.status}")


def _left(sheet: PageData) -> str:
    """Return the time that a hold lasts."""
    until = sheet.state.until
    if until is None:
        return ""
    minutes, seconds = divmod(max(0, round(until - sheet.now)), 60)
    return f' <time id="left" data-until="{round(until)}">{minutes}:{seconds:02}</time>'


def _likely(sheet: PageData) -> str:
    """Return in how many minutes a bay is likely; nothing where nobody can tell."""
    minutes = 0 if sheet.likely is None else ceil((sheet.likely - sheet.now) / 60.0)
    if minutes < 1:
        return '<p id="likely" hidden></p>'
    return f'<p id="likely">{escape(sheet.texts.plural("page_likely", minutes))}</p>'


def _bay(sheet: PageData) -> str:
    """Return the biggest word of the page."""
    if sheet.state.position is not None:
        return str(sheet.state.position)
    if sheet.bay is not None:
        return sheet.bay
    return sheet.texts.text("full") if sheet.is_known and sheet.gate is not None else "?"


def _size(text: str) -> int:
    """Return the size of a text that fits into one line on any phone."""
    return bisect_left(SIZES, len(text))


def _way(sheet: PageData) -> tuple[str, str]:
    """Return the route to the bay, and its place."""
    if sheet.directions is None:
        return "", ""
    return sheet.texts.route_and_place(sheet.directions)


def _plan(sheet: PageData) -> str:
    """Return the plan with the route."""
    # A screen reader reads the labels: separated, not as one word.
    drawing = (sheet.drawing or "").replace("</text>", "</text> ")
    hidden = "" if drawing else " hidden"
    note = f'<figcaption id="level">{escape(sheet.level)}</figcaption>'
    return f'<figure id="plan"{hidden}>{drawing}{note}</figure>'


def _acts(sheet: PageData) -> str:
    """Return the buttons of the actions."""
    buttons = "".join(
        f'<button name="do" value="{do}"{"" if number else ' class="primary"'}>'
        f"{escape(label)}</button>"
        for number, (do, label) in enumerate(_offered(sheet))
    )
    return (
        f'<form id="acts" method="post" action="act">{_hidden(sheet)}'
        f'<input type="hidden" name="bay" value="{escape(sheet.state.label or "")}">'
        f"{buttons}</form>"
    )


def _hidden(sheet: PageData) -> str:
    """Return the hidden field that proves that a form is this visitor's."""
    return f'<input type="hidden" name="form" value="{sheet.form}">'


def _offered(sheet: PageData) -> Iterable[tuple[Action, str]]:
    """Yield the possible actions, with their labels."""
    texts, status = sheet.texts, sheet.state.status
    for do in sheet.state.can:
        if do is Action.GUIDE:
            if sheet.gate is not None and sheet.is_known:
                yield do, texts.text("page_guide" if sheet.bay else "page_queue")
        elif do is Action.RELEASE:
            yield do, texts.text("page_leave" if status is Status.WAITING else "page_release")
        else:
            yield do, texts.text(_LABELS[do])
    if status in (Status.WAITING, Status.HELD) and sheet.state.kind is not sheet.kind:
        yield Action.GUIDE, texts.text("page_instead", kind=texts.text(f"page_kind_{sheet.kind}"))


def _choices(sheet: PageData) -> str:
    """Return the links for choices."""
    texts = sheet.texts
    kinds = "".join(
        _link("kind", kind, texts.text(f"page_kind_{kind}"), chosen=kind is sheet.kind)
        for kind in sheet.kinds
    )
    gates = "".join(
        _link("gate", gate.gate_id, gate.name, chosen=gate is sheet.gate) for gate in sheet.gates
    )
    languages = "".join(
        _link("lang", language, name, chosen=language == texts.language)
        for language, name in sheet.languages.items()
    )
    gate, choosable = "" if sheet.gate is None else sheet.gate.name, len(sheet.gates) > 1
    return (
        f'<nav id="choices" aria-label="{escape(texts.text("page_choices"))}"><div id="kinds">'
        f"{kinds}</div>"
        + (_list("gates", texts.text("page_gate", gate=gate), gates) if choosable else "")
        + _list("languages", texts.text("page_own_name"), languages)
        + f"{_elsewhere(sheet)}</nav>"
    )


def _list(name: str, summary: str, links: str) -> str:
    """Return a list that opens on a tap."""
    return f'<details id="{name}"><summary>{escape(summary)}</summary> {links}</details>'


def _link(name: str, value: str, label: str, *, chosen: bool) -> str:
    """Return a link for a choice."""
    current = ' aria-current="true"' if chosen else ""
    value = escape(quote(value, safe=""))
    return f'<a href="?{name}={value}" data-{name}="{value}"{current}>{escape(label)}</a> '


def _elsewhere(sheet: PageData) -> str:
    """Return the form for a visitor who has parked in another bay."""
    texts = sheet.texts
    hidden = " hidden" if sheet.state.status is Status.PARKED else ""
    return (
        f'<details id="car"{hidden}><summary>{escape(texts.text("page_elsewhere"))}</summary>'
        f'<form method="post" action="act">{_hidden(sheet)}'
        f"<label>{escape(texts.text('page_which'))} "
        '<input name="bay" required maxlength="32" autocomplete="off"></label>'
        f'<button name="do" value="parked">{escape(texts.text("page_parked_here"))}</button>'
        "</form></details>"
    )


def _promotion(sheet: PageData) -> str:
    """Return a promotion, marked as such."""
    one = sheet.promotion
    if one is None:
        return '<aside id="promotion" hidden></aside>'
    address = f"p/{escape(one.promotion_id)}"
    inside = (
        (_picture(address) if one.picture else "")
        + f'<span class="mark">{escape(sheet.texts.text("promotion"))}</span> '
        f"<strong>{escape(one.title)}</strong> <span>{escape(one.text)}</span>"
    )
    if one.link:
        inside = (
            f'<a href="{address}" target="_blank" rel="noopener nofollow sponsored">{inside}</a>'
        )
    return f'<aside id="promotion" data-id="{escape(one.promotion_id)}">{inside}</aside>'


def _picture(address: str) -> str:
    """Return a promotion's picture, which loads after all else."""
    return (
        '<img loading="lazy" decoding="async" fetchpriority="low" '
        f'src="{address}/picture" alt="" width="52" height="52">'
    )


def _foot(sheet: PageData) -> str:
    """Return what is stored of the visitor, and the button that removes it."""
    texts = sheet.texts
    hours = f"{sheet.hours:g}"
    return (
        f'<footer id="foot"><details><summary>{escape(texts.text("page_remembered"))}</summary>'
        f"<p>{escape(texts.text('page_privacy', hours=hours))}</p>"
        f'<form method="post" action="act">{_hidden(sheet)}'
        f'<button name="do" value="forget">{escape(texts.text("page_forget"))}</button></form>'
        "</details></footer>"
    )


def texts_for_script(texts: DriverTexts) -> dict[str, str]:
    """Return the texts for the script."""
    # The unit of distances is part of this text.
    distance = texts.texts[texts.unit].replace(f"{{{texts.unit}}}", "{metres}")
    return texts.of(PREFIX, TEXTS) | {"metres": distance}


def _data(sheet: PageData) -> str:
    """Return the script's first data, and the data for search engines."""
    start: dict[str, Json] = {
        "lang": sheet.texts.language,
        "texts": {**texts_for_script(sheet.texts)},
        "form": sheet.form,
        "kind": sheet.kind.value,
        "gate": None if sheet.gate is None else sheet.gates.index(sheet.gate),
        "mine": {**sheet.state_data},
        "now": int(sheet.now),
    }
    facts = "" if sheet.facts is None else _json("application/ld+json", sheet.facts)
    return _json("application/json", start, ' id="start"') + facts


def _json(kind: str, data: Mapping[str, Json], more: str = "") -> str:
    """Return data in an element that no text in it can end."""
    text = json_bytes(data).decode()
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return f'<script type="{kind}"{more}>{text}</script>'
