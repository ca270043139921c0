// Where two pictures of a page differ. Pure.

/** Side of the squares that are compared, in pixels: about a letter. */
const CELL = 8;
/** How much a channel may differ, of 255: the edges of letters are never drawn quite alike. */
const TOLERANCE = 32;
/** Squares that have no more than this between them are one place. */
const GAP = 2;
/** More places than this are one: the page is another. */
const MAX_PLACES = 40;

/** Pixels of a picture, as `ImageData` has them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel. */
  readonly data: ArrayLike<number>;
}

/** A part of a picture, in pixels from its top left. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The places where two pictures differ; all of it where they are of different sizes. */
export function differences(before: Pixels, after: Pixels): readonly Area[] {
  const whole = { x: 0, y: 0, width: after.width, height: after.height };
  if (before.width !== after.width || before.height !== after.height) return [whole];
  const columns = Math.ceil(after.width / CELL);
  const rows = Math.ceil(after.height / CELL);
  const marked = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (cellDiffers(before, after, column * CELL, row * CELL)) marked[row * columns + column] = 1;
    }
  }
  const places = placesOf(marked, columns, rows);
  if (places.length > MAX_PLACES) return [whole];
  return places.map(([left, top, right, bottom]) =>
    tightened(before, after, {
      x: left * CELL,
      y: top * CELL,
      width: Math.min(after.width, (right + 1) * CELL) - left * CELL,
      height: Math.min(after.height, (bottom + 1) * CELL) - top * CELL,
    }),
  );
}

/**
 * Whether it is only drawn a little differently there: each pixel lies between those around its place in the other picture,
 * as where a letter is shifted by less than a pixel. A dot or the end of a stroke more is no such thing.
 */
export function isSlight(before: Pixels, after: Pixels, area: Area): boolean {
  if (before.width !== after.width || before.height !== after.height) return false;
  for (let y = area.y; y < area.y + area.height; y += 1) {
    for (let x = area.x; x < area.x + area.width; x += 1) {
      if (!isBetween(before, after, x, y) || !isBetween(after, before, x, y)) return false;
    }
  }
  return true;
}

/** Whether a pixel of one picture is no lighter and no darker than what is around its place in the other. */
function isBetween(one: Pixels, other: Pixels, x: number, y: number): boolean {
  const [left, right] = [Math.max(0, x - 1), Math.min(other.width - 1, x + 1)];
  const [top, bottom] = [Math.max(0, y - 1), Math.min(other.height - 1, y + 1)];
  for (let channel = 0; channel < 4; channel += 1) {
    const value = one.data[(y * one.width + x) * 4 + channel] ?? 0;
    let [least, most] = [255, 0];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        const near = other.data[(row * other.width + column) * 4 + channel] ?? 0;
        least = Math.min(least, near);
        most = Math.max(most, near);
      }
    }
    if (value < least - TOLERANCE || value > most + TOLERANCE) return false;
  }
  return true;
}

/** An area without its margins that do not differ, so that no letter beside it seems to be another, too. */
function tightened(before: Pixels, after: Pixels, area: Area): Area {
  let [left, top, right, bottom] = [area.x + area.width, area.y + area.height, area.x, area.y];
  for (let y = area.y; y < area.y + area.height; y += 1) {
    for (let x = area.x; x < area.x + area.width; x += 1) {
      if (!pixelDiffers(before, after, x, y)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function pixelDiffers(before: Pixels, after: Pixels, x: number, y: number): boolean {
  const start = (y * after.width + x) * 4;
  for (let at = start; at < start + 4; at += 1) {
    if (Math.abs((before.data[at] ?? 0) - (after.data[at] ?? 0)) > TOLERANCE) return true;
  }
  return false;
}

function cellDiffers(before: Pixels, after: Pixels, left: number, top: number): boolean {
  const right = Math.min(left + CELL, after.width);
  const bottom = Math.min(top + CELL, after.height);
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) if (pixelDiffers(before, after, x, y)) return true;
  }
  return false;
}

type Bounds = [left: number, top: number, right: number, bottom: number];

/** Bounds of what is connected. */
function placesOf(marked: Uint8Array, columns: number, rows: number): readonly Bounds[] {
  const places: Bounds[] = [];
  for (let start = 0; start < marked.length; start += 1) {
    if (marked[start] !== 1) continue;
    marked[start] = 2;
    const bounds: Bounds = [columns, rows, 0, 0];
    const waiting = [start];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const column = at % columns;
      const row = Math.floor(at / columns);
      bounds[0] = Math.min(bounds[0], column);
      bounds[1] = Math.min(bounds[1], row);
      bounds[2] = Math.max(bounds[2], column);
      bounds[3] = Math.max(bounds[3], row);
      for (let y = Math.max(0, row - GAP); y <= Math.min(rows - 1, row + GAP); y += 1) {
        for (let x = Math.max(0, column - GAP); x <= Math.min(columns - 1, column + GAP); x += 1) {
          const near = y * columns + x;
          if (marked[near] !== 1) continue;
          marked[near] = 2;
          waiting.push(near);
        }
      }
    }
    places.push(bounds);
  }
  return places;
}
