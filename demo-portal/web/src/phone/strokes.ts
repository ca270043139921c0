/** Handwriting: from the places of a finger to a line whose width follows its speed. Pure. */

/** Where a finger was, in CSS pixels, and when, in milliseconds. */
export interface Touch {
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

/** A place on a line and how wide the line is there. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** One line, from pen down to pen up. */
export interface Stroke {
  readonly touches: readonly Touch[];
  /** Of a slow line, in CSS pixels. */
  readonly width: number;
}

/** At this speed, in pixels a millisecond, a line has half its width. */
const HALVING_SPEED = 1.6;
/** A line is never thinner than this part of its width. */
const THINNEST = 0.35;
/** How much of the speed before is kept: fingers jitter. */
const INERTIA = 0.7;
/** Touches nearer than this, in pixels, are one: they are noise of a resting finger. */
const NEAR = 1.5;
/** Distance of two dots, in pixels: no corner can be seen. */
const STEP = 1;

/**
 * The line through the touches: quadratic curves from middle to middle, so that it has no corners, thinner where the finger
 * was fast. A touch without movement is a dot.
 */
export function smooth({ touches, width }: Stroke): Dot[] {
  const points = thinned(touches);
  const [first] = points;
  if (!first) return [];
  const widths = widthsOf(points, width);
  if (points.length === 1) return [{ x: first.x, y: first.y, width }];
  const dots: Dot[] = [];
  let from: Dot = { x: first.x, y: first.y, width: widths[0] ?? width };
  for (let index = 1; index < points.length; index += 1) {
    const control = points[index - 1] as Touch;
    const point = points[index] as Touch;
    const last = index === points.length - 1;
    const wide = widths[index] ?? width;
    const before = widths[index - 1] ?? width;
    const to: Dot = last
      ? { x: point.x, y: point.y, width: wide }
      : { x: (control.x + point.x) / 2, y: (control.y + point.y) / 2, width: (before + wide) / 2 };
    curve(dots, from, control, to);
    from = to;
  }
  dots.push(from);
  return dots;
}

/** The box around lines as they are drawn; null if there are none. */
export function boundsOf(
  lines: readonly (readonly Dot[])[],
): { x: number; y: number; width: number; height: number } | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width } of lines.flat()) {
    left = Math.min(left, x - width / 2);
    right = Math.max(right, x + width / 2);
    top = Math.min(top, y - width / 2);
    bottom = Math.max(bottom, y + width / 2);
  }
  return left > right ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

/** Whole millimetres of a picture of these proportions that fits the box, both sides at least 1. */
export function fitted(width: number, height: number, box: readonly [number, number]): [number, number] {
  const scale = Math.min(box[0] / width, box[1] / height);
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

function curve(dots: Dot[], from: Dot, control: { x: number; y: number }, to: Dot): void {
  const length = Math.hypot(control.x - from.x, control.y - from.y) + Math.hypot(to.x - control.x, to.y - control.y);
  const steps = Math.max(1, Math.ceil(length / STEP));
  for (let step = 0; step < steps; step += 1) {
    const t = step / steps;
    const u = 1 - t;
    dots.push({
      x: u * u * from.x + 2 * u * t * control.x + t * t * to.x,
      y: u * u * from.y + 2 * u * t * control.y + t * t * to.y,
      width: u * from.width + t * to.width,
    });
  }
}

function widthsOf(points: readonly Touch[], width: number): number[] {
  let speed: number | null = null;
  const speeds = points.map((point, index) => {
    const before = points[index - 1];
    if (!before) return null;
    // Touches that share a time stamp say nothing of speed.
    const elapsed = Math.max(1, point.at - before.at);
    const now = Math.hypot(point.x - before.x, point.y - before.y) / elapsed;
    speed = speed === null ? now : INERTIA * speed + (1 - INERTIA) * now;
    return speed;
  });
  const known = [speeds[1] ?? 0, ...speeds.slice(1)];
  return known.map((value) => width * Math.max(THINNEST, HALVING_SPEED / (HALVING_SPEED + (value ?? 0))));
}

function thinned(touches: readonly Touch[]): Touch[] {
  const kept: Touch[] = [];
  touches.forEach((touch, index) => {
    const before = kept[kept.length - 1];
    const near = before && Math.hypot(touch.x - before.x, touch.y - before.y) < NEAR;
    if (!near) kept.push(touch);
    // The end of a line is where the pen left it.
    else if (index === touches.length - 1 && kept.length > 1) kept[kept.length - 1] = touch;
  });
  return kept;
}
