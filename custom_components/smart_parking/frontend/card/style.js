/** How it looks. Colours come from Home Assistant's theme; only the sign has its own. */

import { DARK, LIGHT } from "./palette.js";

export const css = /* css */ `
:host {
  display: block;
  ${LIGHT}
  color: var(--sp-ink);
}
:host([dark]) {
  ${DARK}
}
ha-card { display: block; height: 100%; box-sizing: border-box; overflow: hidden; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; margin: 0;
  text-align: start; cursor: pointer; -webkit-tap-highlight-color: transparent; }
button:focus-visible { outline: 2px solid var(--sp-way); outline-offset: 2px; }
[hidden] { display: none !important; }
h2, h3, p { margin: 0; font-weight: 500; }
.note { padding: 24px 20px; color: var(--sp-dim); text-align: center; line-height: 1.45; }
.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.icon { width: 1.25em; height: 1.25em; flex: none; }
.icon .line { fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.icon .solid { fill: currentColor; }

/* The plan's frame */
.lot { display: flex; flex-direction: column; gap: 12px; padding: 16px; position: relative;
  container-type: inline-size; }
.head { display: flex; justify-content: space-between; align-items: flex-start; gap: 8px 20px; }
.who { min-width: 0; flex: 1; }
h2 { font-size: var(--ha-font-size-xl, 20px); line-height: 1.25; overflow-wrap: anywhere; }
.count { display: flex; align-items: baseline; gap: 0.3em; white-space: nowrap; color: var(--sp-dim);
  font-variant-numeric: tabular-nums; line-height: 1; }
.count strong { font-size: 44px; font-weight: 700; code-spacing: -0.02em; color: var(--sp-free); }
.count.none strong { color: var(--sp-ink); }
.count small { font-size: 17px; }
.ways { display: flex; flex-direction: column; align-items: flex-start; margin-top: 6px; gap: 1px; }
.gateline { display: flex; align-items: center; gap: 7px; padding: 2px 10px 2px 3px; border-radius: 999px;
  color: var(--sp-dim); min-height: 28px; max-width: 100%; box-sizing: border-box; white-space: nowrap; }
.gateline b { color: var(--sp-ink); font-weight: 700; font-size: 17px; }
.gateline .where { color: var(--sp-ink); white-space: normal; text-align: start; }
.gateline .from { flex: 1 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.gateline .icon { width: 20px; height: 20px; }
.gateline .icon .disc { fill: none; stroke: var(--sp-dim); stroke-width: 2; }
.gateline .icon path { fill: var(--sp-dim); }
.gateline[aria-pressed="true"] .disc { fill: var(--sp-way); stroke: none; }
.gateline[aria-pressed="true"] .icon path { fill: var(--sp-way-ink); }
.gateline:hover { background: var(--sp-lane); }
[dir="rtl"] .gateline { padding: 2px 3px 2px 10px; }
[dir="rtl"] .icon.gate { transform: scaleX(-1); }

.chips { display: flex; gap: 8px; flex-wrap: wrap; }
.chip { display: inline-flex; align-items: center; gap: 6px; min-height: 34px; padding: 0 13px;
  border: 1px solid var(--sp-line); border-radius: 999px; font-size: 14px; color: var(--sp-dim);
  box-sizing: border-box; font-variant-numeric: tabular-nums; }
.chip .icon { color: var(--sp-kind); width: 19px; height: 19px; }
.chip[aria-pressed="true"] { background: var(--sp-ink); color: var(--sp-paper); border-color: var(--sp-ink); font-weight: 500; }
.chip[aria-pressed="true"] .icon { color: inherit; }
@media (hover: hover) { .chip[aria-pressed="false"]:hover { background: var(--sp-lane); } }

.banner { background: var(--sp-held-bg); border-inline-start: 4px solid var(--sp-held); border-radius: 8px;
  padding: 10px 14px; line-height: 1.4; }
.stale .stage, .stale .count, .stale .ways, .stale .legend, .compact.stale svg, .stale .first { opacity: 0.55; filter: grayscale(1); }
.foot { display: flex; align-items: center; gap: 12px; }
.foot:not(:has(> :not([hidden]))) { display: none; }
.legend { display: flex; gap: 6px 16px; flex-wrap: wrap; color: var(--sp-dim); font-size: 13px; }
.legend span { display: inline-flex; align-items: center; gap: 5px; }
.legend b { font-weight: 500; color: var(--sp-ink); font-variant-numeric: tabular-nums; }
.sample { width: 18px; height: 18px; flex: none; }
.sample .h .g { stroke-width: 2; }
.sample .u .g { stroke-width: 1.7; }
.sample .u .b { stroke-width: 1.6; stroke-dasharray: 3 2.6; }
.sample .x .g { stroke-width: 0.9; }

/* The plan itself */
.stage { position: relative; direction: ltr; overflow: hidden; border-radius: 8px; }
.plan { display: block; width: 100%; aspect-ratio: var(--ratio); max-height: max(320px, calc(100dvh - var(--header-height, 56px) - 290px));
  user-select: none; -webkit-user-select: none; transform-origin: 0 0; }
.plan.many { overflow: visible; will-change: transform; }
.zoomed .plan { cursor: grab; }
.lane { fill: var(--sp-lane); }
.bay { cursor: pointer; outline: none; }
.b { fill: none; pointer-events: all; stroke: var(--sp-off); stroke-width: 1.5; transition: fill 0.35s, stroke 0.35s; }
.g { fill: none; stroke: none; pointer-events: none; }
.bay text { text-anchor: middle; fill: var(--sp-off); pointer-events: none; font-weight: 500; }
.bay .k { fill: none; stroke: var(--sp-kind); stroke-width: 2.2; stroke-linecap: round;
  stroke-linejoin: round; pointer-events: none; }
.bay .k.solid { fill: var(--sp-kind); stroke: none; }
.v .b { fill: var(--sp-free-bg); stroke: var(--sp-free); stroke-width: 2.6; }
.v text { fill: var(--sp-free); font-weight: 800; }
.o .b { fill: var(--sp-busy); stroke: var(--sp-busy); }
.o .g { fill: var(--sp-car); fill-rule: evenodd; }
.o text { fill: var(--sp-busy-ink); }
.o .k { stroke: var(--sp-roof); }
.o .k.solid { fill: var(--sp-roof); }
.h .b { fill: var(--sp-held-bg); stroke: var(--sp-held); stroke-width: 2.2; }
.h .g { stroke: color-mix(in srgb, var(--sp-held) 38%, transparent); stroke-width: 5; }
.h text { fill: var(--sp-held); font-weight: 700; paint-order: stroke; stroke: var(--sp-held-bg); stroke-width: 7px; stroke-linejoin: round; }
.x .b { fill: none; stroke: var(--sp-off); }
.x .g { stroke: color-mix(in srgb, var(--sp-off) 50%, transparent); stroke-width: 1.3; }
.x text { paint-order: stroke; stroke: var(--sp-paper); stroke-width: 7px; stroke-linejoin: round; }
.u .b { stroke-dasharray: 5 5; stroke-width: 2; fill: var(--sp-paper); }
.u .g { stroke: var(--sp-off); stroke-width: 3.2; stroke-linecap: round; stroke-linejoin: round; }
.x .k { opacity: 0.45; }
.u .k { display: none; }
.bay.target .b { stroke: var(--sp-way); stroke-width: 4.5; }
.bay.target text { fill: var(--sp-way); }
.bay.chosen .b { stroke: var(--sp-ink); stroke-width: 4.5; }
.bay:focus-visible .b { stroke: var(--sp-ink); stroke-width: 6; }
@media (hover: hover) { .bay:hover .b { filter: brightness(0.96); } :host([dark]) .bay:hover .b { filter: brightness(1.15); } }
.marks { pointer-events: none; }
.marks text { text-anchor: middle; fill: var(--sp-held); font-weight: 600; font-variant-numeric: tabular-nums;
  paint-order: stroke; stroke: var(--sp-held-bg); stroke-width: 7px; stroke-linejoin: round; }
.marks .mine { fill: var(--sp-way); stroke: none; font-weight: 800; }
.bay.mine.h .b { fill: color-mix(in srgb, var(--sp-way) 16%, var(--sp-paper)); }
.bay.mine.h .g { display: none; }
.bay.mine.h text { stroke: none; font-weight: 800; }
.bay.mine.o text { fill: var(--sp-busy-ink); }
.many .bay .b { transition: none; }
.far .bay text, .far .marks, .far .bay .k, .far .gate text { display: none; }
.farther .bay .g { display: none; }
.farther .bay .b { stroke-width: 1; rx: 3px; }
.farther .bay.v .b { fill: var(--sp-free-far); stroke-width: 4; }
.farther .bay.h .b { fill: var(--sp-held-far); }
.farther .bay.x .b { fill: color-mix(in srgb, var(--sp-off) 30%, var(--sp-paper)); }
.farther .bay.u .b { stroke-width: 7; stroke-dasharray: 14 10; }
.farther .bay.target .b { stroke-width: 10; stroke: var(--sp-way); fill: var(--sp-way); }
.only-accessible .bay:not(.accessible), .only-ev .bay:not(.ev), .only-family .bay:not(.family),
.only-motorcycle .bay:not(.motorcycle), .only-staff .bay:not(.staff) { opacity: 0.28; }

.gate { cursor: pointer; }
.gate circle { fill: var(--sp-paper); stroke: var(--sp-dim); stroke-width: 2.4; }
.gate path { fill: var(--sp-dim); }
.gate text { fill: var(--sp-dim); font-size: 15px; paint-order: stroke; stroke: var(--sp-lane); stroke-width: 4px; }
.gate.on circle { fill: var(--sp-way); stroke: var(--sp-way); }
.gate.on path { fill: var(--sp-way-ink); }
.gate.on text { fill: var(--sp-ink); font-weight: 500; }
.way { pointer-events: none; }
.way path { fill: none; stroke-linecap: round; stroke-linejoin: round; }
.way .bed { stroke: var(--sp-way); stroke-opacity: 0.14; stroke-width: 15; }
.way .dots { stroke: var(--sp-way); stroke-width: 6; stroke-dasharray: 0.1 13; animation: sp-flow 0.65s linear 5; }
.way .end { fill: var(--sp-way); stroke: var(--sp-paper); stroke-width: 3; }
.far .way path { stroke-width: 8; stroke-dasharray: none; animation: none; }
.far .way .bed { stroke-width: 0; }
.far .way .end { r: 11px; }
.farther .way path { stroke-width: 22; }
.farther .way .end, .farther .gate circle { r: 34px; }
.farther .gate path { scale: 2.2; }
@keyframes sp-flow { from { stroke-dashoffset: 13.1; } to { stroke-dashoffset: 0; } }
.bay.new.o .g { animation: sp-arrive 0.5s ease-out; }
.bay.new.v .b { animation: sp-leave 0.9s ease-out; }
@keyframes sp-arrive { from { opacity: 0; } }
@keyframes sp-leave { 30% { stroke-width: 8; } }

.zoom { display: flex; gap: 6px; margin-inline-start: auto; }
.zoom button { width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center;
  box-sizing: border-box; border: 1px solid var(--sp-line); }
@media (hover: hover) { .zoom button:hover { background: var(--sp-lane); } }
.zoom svg { width: 20px; height: 20px; fill: none; stroke: var(--sp-ink); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }

@container (max-width: 440px) {
  .head { gap: 4px 12px; display: grid; grid-template-columns: 1fr auto; }
  .head .who { display: contents; }
  .head h2 { grid-column: 1; grid-row: 1; align-self: center; }
  .head .count { grid-column: 2; grid-row: 1; }
  .head .ways { grid-column: 1 / -1; }
  .count strong { font-size: 38px; }
  .count small { font-size: 15px; }
  .driver .actions { gap: 6px; }
  .driver .action { padding: 0 12px; font-size: 14px; }
}

/* Where there are no texts in a language that is written from the right, English ones stand in. */
[dir="rtl"] :is(.hint, .note, .banner, .first, .second, .from, .where) { unicode-bidi: plaintext; text-align: right; }
[dir="rtl"] .note { text-align: center; }
[dir="rtl"] .since { unicode-bidi: plaintext; }

/* "Park me" */
.driver { display: flex; flex-direction: column; gap: 8px; outline: none; position: relative; }
.driver.mine { background: color-mix(in srgb, var(--sp-way) 9%, var(--sp-paper)); border-radius: 14px; padding: 12px 14px; }
.driver .body { display: flex; flex-direction: column; gap: 10px; }
.ask { display: flex; flex-wrap: wrap; gap: 8px; }
.driver select, .panel input { font: inherit; font-size: 15px; color: inherit; background: var(--sp-paper); min-height: 40px;
  padding: 0 12px; border: 1px solid var(--sp-off); border-radius: 999px; box-sizing: border-box; min-width: 0; max-width: 100%; }
.driver select:focus-visible, .panel input:focus-visible { outline: 2px solid var(--sp-way); outline-offset: 2px; }
.word { line-height: 1.4; font-weight: 400; }
.word.news { font-weight: 600; color: var(--sp-held); }
.question { font-size: 20px; }
.mybay { display: grid; grid-template-columns: auto 1fr auto; gap: 0 14px; align-items: center; }
.mybay .of { grid-column: 1 / 3; color: var(--sp-dim); font-size: 13px; }
.mybay b { font-size: 34px; line-height: 1.1; code-spacing: -0.01em; color: var(--sp-way); }
.mybay .where { grid-area: 2 / 2; line-height: 1.3; }
.mybay .timer { grid-area: 1 / 3 / 3; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }

/* Compact */
.compact { display: flex; align-items: center; gap: 12px; width: 100%; height: 100%; min-height: 56px;
  padding: 8px 12px; box-sizing: border-box; }
.compact svg { width: 42px; height: 42px; flex: none; }
.compact .ring, .compact .share { fill: none; stroke-width: 4.5; stroke: var(--sp-lane); }
.compact .share { stroke: var(--sp-free); transform: rotate(-90deg); transition: stroke-dasharray 0.4s; }
.compact .code { fill: none; stroke: var(--sp-free); stroke-width: 3.4; stroke-linecap: round; stroke-linejoin: round; }
.compact.none .code { stroke: var(--sp-dim); }
.lines { display: flex; flex-direction: column; min-width: 0; gap: 1px; }
.lines span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.first { font-weight: 500; font-variant-numeric: tabular-nums; }
.second { font-size: 12.5px; color: var(--sp-dim); }

/* Sign */
:host([data-view="sign"]) { container-type: inline-size; }
:host([data-view="sign"]) ha-card { border: 0; border-radius: 0; }
.sign { --u: min(1cqw, calc((100dvh - var(--header-height, 0px)) / 56.25)); background: #05080b; color: #fff;
  height: calc(56.25 * var(--u)); min-height: min(56.25cqw, 100%); box-sizing: border-box;
  padding: calc(3.6 * var(--u)) calc(5 * var(--u)); display: flex; flex-direction: column;
  justify-content: space-between; line-height: 1; font-variant-numeric: tabular-nums; }
:host([panel]) .sign:not(:popover-open) { height: calc(100dvh - var(--header-height, 0px)); }
:host([panel]) ha-card { border-radius: 0; border-width: 0; }
.sign:not(:popover-open) { display: flex; position: static; width: auto; border: 0; margin: 0; inset: auto; }
.sign:popover-open { --u: min(1vw, calc(100dvh / 56.25)); position: fixed; inset: 0; width: 100vw;
  height: 100dvh; max-width: none; max-height: none; margin: 0; border: 0; }
.sign .top, .sign .main { display: flex; justify-content: space-between; align-items: center; gap: calc(3 * var(--u)); }
.sign { cursor: pointer; }
.sign .top { font-size: calc(4.2 * var(--u)); color: #cfd6dc; white-space: nowrap; }
.sign .main { flex: 1; }
.sign .sum { display: flex; flex-direction: column; gap: calc(2.4 * var(--u)); }
.sign .number { font-size: calc(34 * var(--u) * min(1, 3 / (var(--length, 1) + 0.9))); font-weight: 800;
  color: #3ddc97; line-height: 0.8; code-spacing: -0.03em; }
.sign .under { font-size: calc(5.4 * var(--u)); font-weight: 500; }
.sign.full .number { color: #ff7a6b; }
.sign .aim { display: flex; flex-direction: column; align-items: flex-end; text-align: end; gap: calc(1.2 * var(--u)); }
.sign .aim svg { width: calc(20 * var(--u)); height: calc(20 * var(--u)); fill: none; stroke: #fff; stroke-width: 5.4; stroke-linecap: round; stroke-linejoin: round; }
.sign .go { font-size: calc(12.5 * var(--u) * min(1, 4.6 / var(--length, 1))); white-space: nowrap; font-weight: 800; code-spacing: -0.01em; }
.sign .where { font-size: calc(4.4 * var(--u)); color: #cfd6dc; white-space: nowrap; }
.sign .more { display: flex; flex-wrap: wrap; gap: calc(1 * var(--u)) calc(4 * var(--u)); font-size: calc(3.6 * var(--u)); color: #cfd6dc; min-height: 1.2em; }
.sign .more span { display: inline-flex; align-items: center; gap: 0.35em; }
.sign.stale .number { color: #cfd6dc; }
.sign .promotion { display: flex; align-items: center; gap: calc(1.4 * var(--u)); height: calc(7.6 * var(--u)); margin-top: calc(0.8 * var(--u));
  font-size: calc(3.2 * var(--u)); white-space: nowrap; overflow: hidden; flex: none; }
.sign .promotion[hidden] { display: none; }
.sign .promotion .mark { font-size: calc(2.2 * var(--u)); color: #cfd6dc; border: 1px solid #7d8790; border-radius: 0.3em; padding: 0.25em 0.5em; }
.sign .promotion img { height: 100%; max-width: calc(14 * var(--u)); object-fit: contain; border-radius: calc(0.6 * var(--u)); }
.sign .what { display: flex; flex-direction: column; justify-content: center; gap: calc(0.5 * var(--u)); min-width: 0; line-height: 1.25; }
.sign .what > * { overflow: hidden; text-overflow: ellipsis; }
.sign .what strong { font-weight: 600; }
.sign .what span { color: #cfd6dc; font-size: calc(2.4 * var(--u)); }
/* Room for it comes from the arrow and the margins: what has to be read keeps its size. */
.sign:has(.promotion:not([hidden])) { padding-block: calc(2 * var(--u)); }
.sign:has(.promotion:not([hidden])) .aim svg { width: calc(14 * var(--u)); height: calc(14 * var(--u)); }

@media (orientation: portrait) {
  :host([panel]) .sign:not(:popover-open) { --u: min(1.7cqw, calc((100dvh - var(--header-height, 0px)) / 96)); }
  .sign:popover-open { --u: min(1.7vw, calc(100dvh / 96)); }
  :is(:host([panel]) .sign, .sign:popover-open) .main { flex-direction: column; align-items: flex-start; justify-content: space-evenly; }
  :is(:host([panel]) .sign, .sign:popover-open) .aim { align-self: flex-end; }
  :is(:host([panel]) .sign, .sign:popover-open) .what span { display: none; }
  :is(:host([panel]) .sign, .sign:popover-open) .what strong { white-space: normal; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
}

/* Owner */
.panel, .todo { border-top: 1px solid var(--sp-line); padding-top: 12px; display: flex; flex-direction: column; gap: 6px; }
h3 { font-size: 15px; }
.hint { color: var(--sp-dim); font-size: 14px; font-weight: 400; }
.row { display: flex; align-items: center; gap: 10px; min-height: 36px; border-radius: 8px; padding: 0 6px; }
button.row:hover { background: var(--sp-lane); }
.row .since { margin-inline-start: auto; color: var(--sp-dim); font-size: 13px; text-align: end; }
.row.hold { display: grid; grid-template-columns: auto auto 1fr auto; gap: 0 10px; padding-block: 4px; }
.row.hold :is(.sample, b, .action) { grid-row: 1 / 3; }
.row.hold span { grid-column: 3; overflow-wrap: anywhere; }
.row.hold .since { margin: 0; text-align: start; }
.row.hold .action { grid-column: 4; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.action { min-height: 38px; padding: 0 16px; border-radius: 999px; font-weight: 500;
  background: color-mix(in srgb, var(--sp-way) 14%, var(--sp-paper)); color: var(--sp-way); }
.action.main { background: var(--sp-way); color: var(--sp-way-ink); }
a.action { display: inline-flex; align-items: center; width: fit-content; color: inherit; text-decoration: none; }
.action:disabled { opacity: 0.5; cursor: default; }
.action .icon { vertical-align: -0.28em; margin-inline-end: 8px; }
.action .icon .disc { fill: var(--sp-way-ink); }
.action .icon path { fill: var(--sp-way); }
.action:not(.main):hover { background: color-mix(in srgb, var(--sp-way) 22%, var(--sp-paper)); }

/* Busiest hours */
.hours { padding: 16px; display: flex; flex-direction: column; gap: 10px; }
.hours table { border-spacing: 2px; width: 100%; table-layout: fixed; font-size: 11px; color: var(--sp-dim); }
.hours th { font-weight: 400; text-align: start; overflow: hidden; white-space: nowrap; padding: 0; }
.hours .day { width: 2.8em; }
.hours tbody td { height: 20px; border-radius: 4px; padding: 0; background: var(--sp-lane); }

@media (prefers-reduced-motion: reduce) {
  * , .bay .b, .way .dots { animation: none !important; transition: none !important; }
}
@media (forced-colors: active) {
  .lane { fill: Canvas; stroke: GrayText; stroke-width: 1; }
  .bay .b { fill: Canvas !important; stroke: CanvasText !important; forced-color-adjust: none; }
  .bay text, .marks text { fill: CanvasText !important; stroke: Canvas !important; stroke-width: 4px; paint-order: stroke; forced-color-adjust: none; }
  .bay .g { stroke: CanvasText !important; forced-color-adjust: none; }
  .bay.o .b { fill: GrayText !important; }
  .bay.o .g { fill: Canvas !important; stroke: none !important; }
  .bay.o text { fill: Canvas !important; stroke: GrayText !important; }
  .bay.v .b { stroke: LinkText !important; stroke-width: 4; }
  .bay.target .b { stroke: Highlight !important; stroke-width: 6; }
  .bay .k { stroke: CanvasText !important; }
  .way path, .bay:focus-visible .b { stroke: Highlight !important; forced-color-adjust: none; }
  .way .end, .gate.on circle { fill: Highlight; forced-color-adjust: none; }
  .chip[aria-pressed="true"], .gateline[aria-pressed="true"] { outline: 2px solid Highlight; }
}
`;
