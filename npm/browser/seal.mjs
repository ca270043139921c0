// Draws the seal of an enterprise: a ring, a star. With a transparent ground, as PNG.

import { PNG } from "pngjs";

const SIDE = 420;

/** A PNG of a round red seal. */
export function sealPng() {
  const png = new PNG({ width: SIDE, height: SIDE });
  const middle = SIDE / 2;
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const ink = coverage(x - middle + 0.5, y - middle + 0.5);
      const at = 4 * (y * SIDE + x);
      png.data.set([0xc8, 0x1e, 0x22, Math.round(255 * ink)], at);
    }
  }
  return PNG.sync.write(png);
}

function coverage(x, y) {
  const radius = Math.hypot(x, y);
  const ring = clamp(9 - Math.abs(radius - 199));
  const thin = clamp(2.5 - Math.abs(radius - 182));
  const letters = Math.abs(radius - 150) < 17 && y < 60 && Math.sin(Math.atan2(y, x) * 34) > -0.15 ? 0.9 : 0;
  return Math.max(ring, thin, letters, clamp(starDistance(x, y)));
}

/** How far inside a five-pointed star of radius 62. */
function starDistance(x, y) {
  const angle = Math.atan2(x, -y);
  const sector = (2 * Math.PI) / 5;
  const folded = Math.abs(((((angle + sector / 2) % sector) + sector) % sector) - sector / 2);
  const radius = Math.hypot(x, y);
  const [px, py] = [radius * Math.sin(folded), radius * Math.cos(folded)];
  const inner = 62 * 0.382;
  const [ix, iy] = [inner * Math.sin(sector / 2), inner * Math.cos(sector / 2)];
  const [ex, ey] = [ix, iy - 62];
  return (px * ey - (py - 62) * ex) / Math.hypot(ex, ey);
}

function clamp(value) {
  return Math.max(0, Math.min(1, value));
}
