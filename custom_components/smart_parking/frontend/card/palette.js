/** The palette, written by scripts/palette from rendering/palette.json. */

export const LIGHT = `
  --sp-background: #f4f6f8;
  --sp-paper: var(--ha-card-background, var(--card-background-color, #ffffff));
  --sp-ink: var(--primary-text-color, #16202a);
  --sp-dim: var(--secondary-text-color, #56636f);
  --sp-line: var(--divider-color, #d9dfe6);
  --sp-lane: color-mix(in srgb, var(--sp-ink) 6%, var(--sp-paper));
  --sp-free: color-mix(in srgb, var(--success-color, #43a047) 58%, #04331c);
  --sp-free-bg: color-mix(in srgb, var(--success-color, #43a047) 15%, var(--sp-paper));
  --sp-free-far: color-mix(in srgb, var(--success-color, #43a047) 45%, #d9ffe6);
  --sp-busy: #566779;
  --sp-busy-ink: #ffffff;
  --sp-car: #dde4ea;
  --sp-roof: #1d2a36;
  --sp-held: color-mix(in srgb, var(--warning-color, #ffa600) 38%, #5a2c00);
  --sp-held-bg: color-mix(in srgb, var(--warning-color, #ffa600) 12%, var(--sp-paper));
  --sp-held-far: color-mix(in srgb, var(--warning-color, #ffa600) 70%, var(--sp-paper));
  --sp-held-stripe: color-mix(in srgb, var(--sp-held) 38%, var(--sp-held-bg));
  --sp-off: color-mix(in srgb, var(--sp-ink) 62%, var(--sp-paper));
  --sp-off-pale: color-mix(in srgb, var(--sp-off) 50%, var(--sp-paper));
  --sp-way: color-mix(in srgb, var(--primary-color, #009ac7) 62%, #002a54);
  --sp-way-ink: #ffffff;
  --sp-way-bg: color-mix(in srgb, var(--sp-way) 16%, var(--sp-paper));
  --sp-way-bed: color-mix(in srgb, var(--sp-way) 14%, var(--sp-lane));
  --sp-kind: color-mix(in srgb, var(--info-color, #039be5) 60%, #00205c);
  --sp-kind-pale: color-mix(in srgb, var(--sp-kind) 45%, var(--sp-paper));
  --sp-full: #b3261e;
`;

export const DARK = `
  --sp-background: #0f1419;
  --sp-paper: var(--ha-card-background, var(--card-background-color, #1a2129));
  --sp-ink: var(--primary-text-color, #e8eef4);
  --sp-dim: var(--secondary-text-color, #9fabb8);
  --sp-line: var(--divider-color, #303b47);
  --sp-lane: color-mix(in srgb, var(--sp-ink) 7%, var(--sp-paper));
  --sp-free: color-mix(in srgb, var(--success-color, #43a047) 62%, #b9ffd9);
  --sp-free-bg: color-mix(in srgb, var(--success-color, #43a047) 20%, var(--sp-paper));
  --sp-free-far: color-mix(in srgb, var(--success-color, #43a047) 70%, #04331c);
  --sp-busy: #5b6b7b;
  --sp-busy-ink: #f3f6f8;
  --sp-car: #d3dbe2;
  --sp-roof: #1d2a36;
  --sp-held: color-mix(in srgb, var(--warning-color, #ffa600) 75%, #ffffff);
  --sp-held-bg: color-mix(in srgb, var(--warning-color, #ffa600) 14%, var(--sp-paper));
  --sp-held-far: color-mix(in srgb, var(--warning-color, #ffa600) 45%, var(--sp-paper));
  --sp-held-stripe: color-mix(in srgb, var(--sp-held) 38%, var(--sp-held-bg));
  --sp-off: color-mix(in srgb, var(--sp-ink) 62%, var(--sp-paper));
  --sp-off-pale: color-mix(in srgb, var(--sp-off) 50%, var(--sp-paper));
  --sp-way: color-mix(in srgb, var(--primary-color, #009ac7) 55%, #d2efff);
  --sp-way-ink: #06222f;
  --sp-way-bg: color-mix(in srgb, var(--sp-way) 24%, var(--sp-paper));
  --sp-way-bed: color-mix(in srgb, var(--sp-way) 22%, var(--sp-lane));
  --sp-kind: color-mix(in srgb, var(--info-color, #039be5) 55%, #dff3ff);
  --sp-kind-pale: color-mix(in srgb, var(--sp-kind) 45%, var(--sp-paper));
  --sp-full: #ff7a6b;
`;
