/** How the editor looks: Home Assistant's colours, light and dark. */

const css = /* css */ `
:host { display: block; position: fixed; inset: 0; z-index: 6;
  --ed-ink: var(--primary-text-color, #1c1c1c);
  --ed-dim: var(--secondary-text-color, #5e5e5e);
  --ed-card: var(--card-background-color, #fff);
  --ed-page: var(--primary-background-color, #f5f6f8);
  --ed-line: var(--divider-color, #e0e0e0);
  --ed-main: color-mix(in srgb, var(--primary-color, #009ac7) 62%, #002a54);
  --ed-soft: color-mix(in srgb, var(--ed-main) 14%, var(--ed-card));
  --ed-good: color-mix(in srgb, var(--success-color, #43a047) 58%, #04331c);
  --ed-good-soft: color-mix(in srgb, var(--success-color, #43a047) 15%, var(--ed-card));
  --ed-bad: color-mix(in srgb, var(--error-color, #db4437) 80%, #3d0000);
  --ed-bad-soft: color-mix(in srgb, var(--error-color, #db4437) 18%, var(--ed-card));
  --ed-warn: color-mix(in srgb, var(--warning-color, #ffa600) 38%, #5a2c00);
  --ed-road: color-mix(in srgb, var(--ed-ink) 8%, var(--ed-page));
  --ed-on-main: #fff;
  color: var(--ed-ink); background: var(--ed-page);
  font-family: var(--ha-font-family-body, Roboto, Noto, sans-serif); font-size: 14px; }
:host([dark]) {
  --ed-main: color-mix(in srgb, var(--primary-color, #009ac7) 55%, #d2efff);
  --ed-good: color-mix(in srgb, var(--success-color, #43a047) 62%, #b9ffd9);
  --ed-bad: color-mix(in srgb, var(--error-color, #db4437) 70%, #ffd8d2);
  --ed-warn: color-mix(in srgb, var(--warning-color, #ffa600) 75%, #fff);
  --ed-on-main: #06222f; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.app { display: grid; height: 100%; grid: "top top top" auto "rail stage side" minmax(0, 1fr) / 72px minmax(0, 1fr) 304px; }
button, input, select { font: inherit; color: inherit; }
button { cursor: pointer; background: none; border: 1px solid var(--ed-line); border-radius: 999px;
  min-height: 36px; padding: 0 14px; -webkit-tap-highlight-color: transparent; }
button:hover { background: color-mix(in srgb, var(--ed-ink) 5%, transparent); }
button:disabled { opacity: 0.4; cursor: default; }
button:focus-visible, input:focus-visible, select:focus-visible, .stage svg:focus-visible
  { outline: 2px solid var(--ed-main); outline-offset: 2px; }
.stage svg:focus-visible { outline-offset: -2px; }
button.main { background: var(--ed-main); border-color: var(--ed-main); color: var(--ed-on-main); font-weight: 500; }
button.main:hover { filter: brightness(1.08); }
button.quiet { border-color: transparent; color: var(--ed-main); }
button.icon { width: 44px; min-height: 40px; padding: 0; display: inline-grid; place-items: center; }
button[aria-pressed="true"]:not(.main) { background: var(--ed-soft); border-color: var(--ed-main); }
svg.glyph { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round; }

.top { grid-area: top; display: flex; align-items: center; gap: 8px; padding: 8px 14px; flex-wrap: wrap;
  background: var(--ed-card); border-bottom: 1px solid var(--ed-line); }
.top h1 { font-size: 18px; font-weight: 500; margin: 0 6px 0 0; max-width: 30ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.levels { display: flex; gap: 8px; flex-wrap: wrap; }
.levels button[aria-selected="true"] { background: var(--ed-ink); color: var(--ed-card); border-color: var(--ed-ink); }
.space { flex: 1; }
.status { color: var(--ed-dim); font-size: 13px; text-align: end; }
.note { flex: none; width: calc(100% + 28px); margin: 0 -14px -8px; padding: 8px 16px; background: var(--ed-soft); border-bottom: 1px solid var(--ed-line); }

.rail { grid-area: rail; display: flex; flex-direction: column; gap: 2px; padding: 8px 6px; overflow: auto;
  background: var(--ed-card); border-inline-end: 1px solid var(--ed-line); }
.rail button { border: 0; border-radius: 10px; padding: 6px 2px; display: flex; flex-direction: column;
  align-items: center; gap: 3px; font-size: 11px; min-height: 50px; line-height: 1.15; color: var(--ed-dim); }
.rail button[aria-pressed="true"]:not(.main) { background: var(--ed-soft); color: var(--ed-main); }

.stage { grid-area: stage; position: relative; overflow: hidden; min-width: 0; min-height: 0; }
.stage > svg { width: 100%; height: 100%; display: block; touch-action: none; cursor: crosshair; user-select: none; }
.app[data-tool="select"] .stage > svg { cursor: default; }
.grid { stroke: color-mix(in srgb, var(--ed-ink) 7%, transparent); stroke-width: 1; vector-effect: non-scaling-stroke; }
.stage text { font-size: 11px; text-anchor: middle; dominant-baseline: central; fill: var(--ed-ink);
  pointer-events: none; paint-order: stroke; }
.zoom { position: absolute; inset-inline-end: 12px; bottom: 12px; display: flex; flex-direction: column; gap: 6px; }
.zoom button { background: var(--ed-card); }
.tip { position: absolute; background: #16212b; color: #fff; border-radius: 8px; padding: 8px 12px; pointer-events: none;
  display: flex; flex-direction: column; gap: 2px; font-size: 13px; max-width: 240px; }
.tip b { font-weight: 500; } .tip span { opacity: 0.75; font-size: 12px; }
.hint { position: absolute; inset-inline: 12px; bottom: 12px; margin-inline: auto; width: fit-content; max-width: min(560px, calc(100% - 150px));
  background: var(--ed-card); border: 1px solid var(--ed-line); border-radius: 999px; padding: 7px 16px;
  color: var(--ed-dim); font-size: 13px; display: flex; gap: 10px; align-items: center; }

.road { fill: none; stroke: var(--ed-road); stroke-linejoin: round; stroke-linecap: round; }
.centre { fill: none; stroke: color-mix(in srgb, var(--ed-ink) 55%, var(--ed-page)); stroke-width: 1.6; stroke-dasharray: 12 8; }
.arrows { fill: none; stroke: color-mix(in srgb, var(--ed-ink) 65%, var(--ed-page)); stroke-width: 2.4; stroke-linejoin: round; }
.wall { fill: none; stroke: color-mix(in srgb, var(--ed-ink) 38%, var(--ed-page)); stroke-width: 6; stroke-linejoin: round; stroke-linecap: round; }
.zone path { fill: color-mix(in srgb, var(--ed-main) 8%, transparent); stroke: var(--ed-main); stroke-width: 1.5; stroke-dasharray: 3 5; }
.zone text { fill: var(--ed-main); font-size: 15px; }
.ramp rect { fill: color-mix(in srgb, var(--ed-ink) 10%, var(--ed-page)); stroke: color-mix(in srgb, var(--ed-ink) 28%, var(--ed-page)); stroke-dasharray: 8 6; }
.ramp path { fill: none; stroke: var(--ed-dim); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.ramp text, .gate text { font-size: 13px; }
.gate circle { fill: var(--ed-main); } .gate path { fill: var(--ed-on-main); }
.bay .floor { fill: color-mix(in srgb, var(--ed-main) 12%, var(--ed-card)); stroke: none; }
.bay .edge { fill: none; stroke: var(--ed-main); stroke-width: 1.6; stroke-dasharray: 5 4; stroke-linejoin: round; }
.bay.paired .floor { fill: var(--ed-good-soft); } .bay.paired .edge { stroke: var(--ed-good); stroke-dasharray: none; }
.bay.stranded .floor { fill: var(--ed-bad-soft); } .bay.stranded .edge { stroke: var(--ed-bad); stroke-width: 2.4; }
.bay .symbol { fill: none; stroke: var(--ed-dim); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.bay .symbol.solid { fill: var(--ed-dim); stroke: none; }
.bay.selected .edge, .ramp.selected rect, .zone.selected path { stroke: var(--ed-main); stroke-width: 4; stroke-dasharray: none; }
.bay.selected .floor { fill: color-mix(in srgb, var(--ed-main) 30%, var(--ed-card)); }
.road.selected { stroke: color-mix(in srgb, var(--ed-main) 26%, var(--ed-page)); }
.wall.selected { stroke: var(--ed-main); }
.gate.selected circle { stroke: var(--ed-ink); stroke-width: 4; }
image.selected { outline: 4px dashed var(--ed-main); }
.ways path { fill: none; stroke: var(--ed-main); stroke-width: 5; stroke-dasharray: 1 10; stroke-linecap: round; stroke-linejoin: round; pointer-events: none; }
.overlay > :not(.handle) { pointer-events: none; }
.overlay .line { fill: none; stroke: var(--ed-main); stroke-width: 2; vector-effect: non-scaling-stroke; }
.overlay .frame { fill: color-mix(in srgb, var(--ed-main) 10%, transparent); stroke: var(--ed-main); stroke-width: 1; vector-effect: non-scaling-stroke; }
.overlay .cross { stroke: var(--ed-main); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.handle { fill: var(--ed-card); stroke: var(--ed-main); cursor: grab; }
.handle.solid { fill: var(--ed-main); }

.side { grid-area: side; overflow: auto; padding: 14px 16px; background: var(--ed-card); border-inline-start: 1px solid var(--ed-line);
  display: flex; flex-direction: column; gap: 12px; }
.side h2 { font-size: 15px; font-weight: 500; margin: 0; display: flex; justify-content: space-between; align-items: baseline; }
.side h2 small { color: var(--ed-dim); font-weight: 400; font-size: 13px; }
.side hr { border: 0; border-top: 1px solid var(--ed-line); width: 100%; margin: 2px 0; }
.part { display: flex; flex-direction: column; gap: 10px; }
.field { display: flex; align-items: center; justify-content: space-between; gap: 10px; color: var(--ed-dim); }
.field input:not([type="checkbox"]):not([type="range"]), .field select { width: 120px; min-height: 38px; padding: 0 10px; border: 1px solid var(--ed-line);
  border-radius: 8px; background: var(--ed-card); color: var(--ed-ink); text-align: end; }
.field input::placeholder { font-size: 13px; }
.field input[type="number"] { appearance: textfield; }
.field input::-webkit-inner-spin-button { display: none; }
.search { width: 100%; min-height: 38px; border: 1px solid var(--ed-line); border-radius: 8px; padding: 0 10px; background: var(--ed-card); }
.field input[type="text"] { text-align: start; width: 150px; }
.field input[type="checkbox"] { width: 22px; height: 22px; accent-color: var(--ed-main); }
.field input[type="range"] { width: 130px; accent-color: var(--ed-main); }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; }
.choices { display: flex; gap: 6px; flex-wrap: wrap; }
.choices button { min-width: 44px; padding: 0 10px; }
.dim { color: var(--ed-dim); margin: 0; line-height: 1.45; }
.offer { display: grid; grid-template-columns: 14px 1fr; gap: 2px 8px; align-items: center; text-align: start;
  width: 100%; border-radius: 10px; padding: 8px 10px; touch-action: pan-y; flex: none; }
.offer::before { content: ""; width: 9px; height: 9px; border-radius: 50%; background: var(--ed-dim); }
.offer.alive::before { background: var(--ed-good); }
.offer small { grid-column: 2; color: var(--ed-dim); }
.offer.fresh { border-color: var(--ed-main); box-shadow: 0 0 0 3px var(--ed-soft); }
.offer.armed { border-color: var(--ed-main); background: var(--ed-soft); }
.offers { display: flex; flex-direction: column; gap: 8px; max-height: 320px; overflow: auto; padding: 3px; margin: -3px; }
.ghost { position: fixed; z-index: 9; pointer-events: none; background: var(--ed-main); color: var(--ed-on-main); padding: 6px 12px; border-radius: 999px; }
.problem { text-align: start; border-radius: 10px; padding: 8px 10px; border-color: transparent; width: 100%; min-height: 0;
  background: color-mix(in srgb, var(--warning-color, #ffa600) 12%, var(--ed-card)); }
.problem.error { background: var(--ed-bad-soft); }
.good { color: var(--ed-good); }
dialog { border: 1px solid var(--ed-line); border-radius: 14px; background: var(--ed-card); color: var(--ed-ink); padding: 20px; width: min(480px, 92vw); }
dialog::backdrop { background: #0006; }
dialog h2 { margin: 0 0 10px; font-size: 18px; font-weight: 500; }
dialog .part { margin-bottom: 14px; }
dialog.wide { width: min(760px, 92vw); }
.preview { height: 50vh; display: flex; align-items: center; justify-content: center; }
.preview[hidden] { display: none; }
.preview + .dim { text-align: center; }
.preview canvas { max-width: 100%; max-height: 100%; border: 1px solid var(--ed-line); }
.pages { align-items: center; justify-content: center; }
.pages .field input:not([type="checkbox"]) { width: 76px; }
.planrow { display: flex; justify-content: space-between; gap: 10px; align-items: center; border-bottom: 1px solid var(--ed-line); padding: 6px 0; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.pick { max-width: 480px; margin: 10vh auto; display: flex; flex-direction: column; gap: 12px; padding: 0 20px; }

@media (max-width: 900px) {
  .app { grid: "top" auto "rail" auto "stage" minmax(0, 1fr) "side" minmax(96px, 34%) / minmax(0, 1fr); }
  .rail { flex-direction: row; border-inline-end: 0; border-bottom: 1px solid var(--ed-line); padding: 4px 6px; }
  .rail button { min-width: 58px; }
  .side { border-inline-start: 0; border-top: 1px solid var(--ed-line); }
}
`;

export const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
