/** How the statistics look, on a screen and on paper. */

export const css = /* css */ `
:host { --st-heat: #d9952b; --st-deep: var(--sp-ink); --st-bar: var(--sp-way); --st-over: #b3261e;
  --st-better: #1b6e3c; --st-worse: #b3261e; }
:host([dark]) { --st-heat: #cf8f2b; --st-deep: #16120a; --st-over: #ff7a6b; --st-better: #7ddba0; --st-worse: #ff9b8f; }
ha-card { overflow: visible; background: none; border: 0; box-shadow: none; }
.statistics { container-type: inline-size; display: flex; flex-direction: column; gap: 14px; color: var(--sp-ink);
  font-variant-numeric: tabular-nums; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 10px; }
.bar h2 { font-size: 24px; flex: 1 1 auto; min-width: 0; }
.bar .chip, .bar select, .bar input { min-height: 36px; background: var(--sp-paper); }
.chip.small { min-height: 30px; padding: 0 11px; font-size: 13px; }
.chip[aria-pressed="true"].small { background: var(--sp-ink); }
.bar .chip[aria-pressed="true"] { background: var(--sp-ink); }
.chip:disabled { opacity: 0.4; cursor: default; }
.bar .chips { gap: 6px; }
.bar .chips .chip { min-height: 36px; font-size: 14px; }
.span { display: inline-flex; align-items: center; gap: 6px; }
.span .said { font-weight: 500; min-width: 9em; text-align: center; }
.arrow { width: 36px; padding: 0; justify-content: center; font-size: 20px; color: var(--sp-ink); }
.range { display: inline-flex; align-items: center; gap: 4px; }
.statistics select, .statistics input { font: inherit; font-size: 14px; color: var(--sp-ink); background: var(--sp-paper);
  border: 1px solid var(--sp-line); border-radius: 999px; padding: 0 10px; box-sizing: border-box; max-width: 100%; }
.statistics input { color-scheme: light; }
:host([dark]) .statistics input, :host([dark]) .statistics select { color-scheme: dark; }
.statistics select:focus-visible, .statistics input:focus-visible, .scroll:focus-visible, summary:focus-visible {
  outline: 2px solid var(--sp-way); outline-offset: 2px; }
.hint { color: var(--sp-dim); font-weight: 400; line-height: 1.45; }
.body[aria-busy] { opacity: 0.6; }
.body > .note { background: var(--sp-paper); border-radius: 14px; border: 1px solid var(--sp-line); }
.again { margin: 12px auto; display: flex; width: fit-content; }

.grid { display: grid; grid-template-columns: 1fr; gap: 14px; align-items: stretch; }
.grid > * { min-width: 0; }
.panel, .tile { background: var(--sp-paper); border: 1px solid var(--sp-line);
  border-radius: var(--ha-card-border-radius, 14px); box-sizing: border-box; }
.panel { padding: 14px 16px 16px; display: flex; flex-direction: column; gap: 10px; }
.panel .title { display: flex; justify-content: space-between; align-items: center; gap: 8px; min-height: 30px; }
.panel h3 { font-size: 16px; font-weight: 500; }
.panel h4 { margin: 0; font-size: 13px; font-weight: 500; color: var(--sp-dim); }
.choices { display: flex; flex-wrap: wrap; gap: 8px 16px; margin-bottom: 8px; }
.choices .chips { gap: 6px; }
.measure { color: var(--sp-dim); font-size: 13px; font-weight: 400; margin-bottom: 8px; }
.grid > .note { background: var(--sp-paper); border-radius: 14px; border: 1px solid var(--sp-line); }

.tiles { display: grid; grid-template-columns: repeat(2, 1fr); gap: 12px; }
.tiles.seven > :first-child { grid-column: span 2; }
.tile { padding: 12px 14px; display: flex; flex-direction: column; gap: 2px; min-width: 0; }
.tile .name { color: var(--sp-dim); font-size: 14px; }
.tile strong { white-space: nowrap; font-size: 26px; line-height: 1.2; font-weight: 700; letter-spacing: -0.01em; }
.tile small { font-size: 13px; color: var(--sp-dim); }
.tile .better { color: var(--st-better); }
.tile .worse { color: var(--st-worse); }
.tile .arrow { width: auto; font-size: 9px; color: inherit; margin-inline-end: 4px; vertical-align: 1px; }
.tile .then { color: var(--sp-dim); display: block; }

.map .heat { display: block; width: 100%; max-height: 460px; direction: ltr; }
.heat .lane { fill: var(--sp-lane); stroke: none; fill-opacity: 1; }
.heat g rect { fill: var(--st-heat); stroke: var(--sp-line); stroke-width: 1; }
.heat g.unknown rect { fill: none; stroke-dasharray: 4 4; }
.heat text { text-anchor: middle; fill: var(--sp-ink); font-weight: 600; pointer-events: none; }
.heat .label { font-weight: 400; }
.heat .deep text { fill: var(--st-deep); }
.scale { display: flex; align-items: center; gap: 8px; color: var(--sp-dim); font-size: 12px; margin-top: 8px; }
.scale i { height: 8px; flex: 0 1 160px; border-radius: 4px; background: var(--st-heat);
  -webkit-mask: linear-gradient(to right, rgb(0 0 0 / 0.1), #000); mask: linear-gradient(to right, rgb(0 0 0 / 0.1), #000); }
.scale.blue i { background: var(--st-bar); -webkit-mask: linear-gradient(to right, rgb(0 0 0 / 0.06), #000);
  mask: linear-gradient(to right, rgb(0 0 0 / 0.06), #000); }
[dir="rtl"] .scale i { transform: scaleX(-1); }

.chart { direction: ltr; --gutter: 46px; }
.bars { position: relative; height: 190px; display: flex; align-items: flex-end; gap: clamp(1px, 0.6cqw, 8px);
  border-bottom: 1px solid var(--sp-line); margin-top: 14px; padding-inline-start: var(--gutter); box-sizing: border-box; }
.slot { position: relative; flex: 1; height: 100%; min-width: 0; z-index: 1; }
.slot i { position: absolute; bottom: 0; border-radius: 3px 3px 0 0; }
.slot .now { inset-inline: 12%; background: var(--st-bar); min-height: 0; }
.slot .then { inset-inline: 0; background: var(--sp-dim); opacity: 0.26; }
.slot .over { background: repeating-linear-gradient(45deg, var(--st-over) 0 4px, transparent 4px 6px); }
.bars .line { position: absolute; inset-inline: 0; border-top: 1px dashed var(--sp-line); font-size: 11px;
  color: var(--sp-dim); height: 0; line-height: 13px; white-space: nowrap; }
.ticks { display: flex; gap: clamp(1px, 0.6cqw, 8px); font-size: 12px; color: var(--sp-dim); height: 18px;
  padding-inline-start: var(--gutter); }
.ticks span { flex: 1; min-width: 0; white-space: nowrap; display: flex; justify-content: center; overflow: visible; }
.edges .ticks span { justify-content: flex-start; }
.key { display: flex; align-items: center; gap: 6px; font-size: 13px; color: var(--sp-dim); font-weight: 400; margin-top: 6px; }
.key i { width: 12px; height: 12px; border-radius: 3px; background: var(--st-bar); }
.key i.then { background: var(--sp-dim); opacity: 0.35; margin-inline-start: 12px; }
.key i.over { background: repeating-linear-gradient(45deg, var(--st-over) 0 4px, transparent 4px 6px); }

.today { direction: ltr; --gutter: 46px; }
.curve { position: relative; height: 150px; margin: 14px 0 0 var(--gutter); border-bottom: 1px solid var(--sp-line); }
.curve .line { position: absolute; left: calc(-1 * var(--gutter)); right: 0; border-top: 1px dashed var(--sp-line);
  font-size: 11px; color: var(--sp-dim); height: 0; line-height: 13px; }
.curve svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.curve path { fill: none; stroke-width: 2.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.curve .past { stroke: var(--sp-ink); }
.curve .next { stroke: var(--st-bar); stroke-dasharray: 6 5; }
.curve .band { fill: var(--st-bar); fill-opacity: 0.16; stroke: none; }
.curve .moment { position: absolute; top: -6px; bottom: 0; border-left: 1px solid var(--sp-dim); }
.curve .moment span { position: absolute; top: 0; left: 4px; font-size: 12px; font-style: normal; color: var(--sp-dim); }
.today .hours { position: relative; height: 18px; margin-left: var(--gutter); font-size: 12px; color: var(--sp-dim); }
.today .hours span { position: absolute; white-space: nowrap; }
.today .hours span:last-child { translate: -100% 0; }

.week { border-collapse: separate; border-spacing: 2px; width: 100%; table-layout: fixed; position: relative; }
.week caption { position: absolute; }
.week th { font-weight: 400; font-size: 12px; color: var(--sp-dim); white-space: nowrap; overflow: visible; text-align: start; padding: 0; }
.week thead th { height: 16px; }
.week thead td, .week tbody th { width: 38px; }
.week tbody td { position: relative; height: 24px; padding: 0; border-radius: 4px; overflow: hidden; }
.week tbody td::before { content: ""; position: absolute; inset: 0; background: var(--st-bar); opacity: var(--share, 0); }
.week .unknown { border: 1px dashed var(--sp-line); box-sizing: border-box; }

.scroll { overflow-x: auto; border-radius: 6px; position: relative; }
.data { border-collapse: collapse; width: 100%; font-size: 14px; }
.data caption { position: absolute; }
.data th, .data td { padding: 6px 7px; text-align: end; font-weight: 400; border-bottom: 1px solid var(--sp-line); white-space: nowrap; }
.data thead th { color: var(--sp-dim); font-size: 12px; }
.data .text { text-align: start; }
.data td.text { white-space: normal; }
.data tbody th { font-weight: 500; }
.data tbody tr:last-child > * { border-bottom: 0; }
.data :first-child { padding-inline-start: 0; }
.data :last-child { padding-inline-end: 0; }
.panel[data-panel="full"] .scroll, .panel[data-panel="overstays"] .scroll { max-height: 330px; overflow-y: auto; }
details.behind { font-size: 14px; }
details.behind > summary { cursor: pointer; color: var(--sp-dim); width: fit-content; border-radius: 4px; }
details.behind[open] > summary { margin-bottom: 6px; }
details.behind .scroll { max-height: 360px; overflow-y: auto; }
.facts { display: grid; grid-template-columns: 1fr auto; gap: 8px 16px; margin: 0; font-size: 14px; }
.facts dt { color: var(--sp-dim); }
.facts dd { margin: 0; text-align: end; font-weight: 500; }

@container (min-width: 560px) {
  .tiles { grid-template-columns: repeat(3, 1fr); }
  .tiles.seven { grid-template-columns: repeat(4, 1fr); }
}
@container (min-width: 1100px) {
  .tiles { grid-template-columns: repeat(6, 1fr); }
  .tiles.seven { grid-template-columns: repeat(7, 1fr); }
  .tiles.seven > :first-child { grid-column: auto; }
}
@container (min-width: 640px) {
  .grid { grid-template-columns: 1fr 1fr; }
  .grid > :is(.wide, [data-panel="map"], [data-panel="series"]) { grid-column: 1 / -1; }
}
@container (min-width: 860px) {
  .grid { grid-template-columns: 1.2fr 1fr; }
  .grid > :is([data-panel="map"], [data-panel="series"]) { grid-column: auto; }
}
@container (max-width: 480px) {
  .bar h2 { flex-basis: 100%; font-size: 20px; }
  .span { flex: 1 1 100%; justify-content: space-between; }
  .bar select { flex: 1; }
  .week { border-spacing: 1px; }
  .week thead td, .week tbody th { width: 32px; }
  .week tbody td { height: 20px; border-radius: 2px; }
  .range { flex: 1; justify-content: center; }
}

/* Paper */
.paper { container-type: normal; font-size: 12px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.paper header { border-bottom: 2px solid var(--sp-ink); padding-bottom: 8px; margin-bottom: 2px; }
.paper h1 { font-size: 24px; margin: 0; }
.paper .said { font-size: 17px; font-weight: 500; }
.paper .tools, .paper .choices, .paper .behind { display: none; }
.paper .grid { grid-template-columns: 1fr 1fr; gap: 9px; margin-top: 10px; }
.paper .grid > :is(.wide, [data-panel="map"], [data-panel="series"]) { grid-column: 1 / -1; }
.paper .panel, .paper .tile { break-inside: avoid; border-radius: 8px; }
.paper .panel { padding: 9px 11px; gap: 5px; }
.paper .panel .title { min-height: 0; }
.paper .panel h3 { font-size: 13px; }
.paper .measure { margin-bottom: 2px; font-size: 11px; }
.paper .tiles, .paper .tiles.seven { grid-template-columns: repeat(7, 1fr); gap: 7px; }
.paper .tiles:not(.seven) { grid-template-columns: repeat(6, 1fr); }
.paper .tiles.seven > :first-child { grid-column: auto; }
.paper .tile { padding: 7px; }
.paper .tile strong { font-size: 16px; }
.paper .tile .name, .paper .tile small { font-size: 10px; }
.paper .scroll { max-height: none !important; overflow: visible; }
.paper .data, .paper .facts, .paper .hint { font-size: 10px; }
.paper .data thead th, .paper .ticks, .paper .key, .paper .scale, .paper .week th { font-size: 9px; }
.paper .data th, .paper .data td { padding: 2.5px 5px; }
.paper .facts { gap: 4px 10px; }
.paper .bars { height: 130px; }
.paper .heat { max-height: 240px; }
.paper .chart, .paper .today { --gutter: 40px; }
.paper .curve { height: 110px; }
.paper .week tbody td { height: 16px; }
`;
