// Lengths, frames and edges: where a seal may lie. Pure; points (1/72 inch) from the bottom left of the page as shown.

import type { Frame, ViewerPage } from "../viewer/page.js";

/** Points to a millimetre. */
export const POINTS_PER_MM = 72 / 25.4;
/** CSS pixels to a point when the page is as large as its paper: a CSS inch is 96 pixels. */
export const PIXELS_PER_POINT = 96 / 72;
/** How far a frame may leave the page, in points: what the engine allows for rounding. */
const SLACK = 0.01;
/** Side of a seal whose picture is not known yet, relative to its width. */
const SQUARE = 1;

/** Width and height in points. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point on a page. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The size of a seal whose picture is so many millimetres wide. `ratio` is the picture's height to its width. */
export function sealSize(widthMm: number, ratio: number = SQUARE): Size {
  const width = widthMm * POINTS_PER_MM;
  return { width, height: width * ratio };
}

/** The size of an impression: the seal's own, unless the place says width, height or both. */
export function impressionSize(seal: Size, width: number | undefined, height: number | undefined): Size {
  if (width !== undefined && height !== undefined) return { width, height };
  if (width !== undefined) return { width, height: (seal.height * width) / seal.width };
  if (height !== undefined) return { width: (seal.width * height) / seal.height, height };
  return seal;
}

/** Whether something of this size has room on the page at all. */
export function fits(size: Size, page: Size): boolean {
  return size.width <= page.width + SLACK && size.height <= page.height + SLACK;
}

/** Whether a frame lies wholly on the page, as the engine demands. */
export function isOnPage(frame: Frame, page: Size): boolean {
  return (
    frame.x >= -SLACK &&
    frame.y >= -SLACK &&
    frame.width > 0 &&
    frame.height > 0 &&
    frame.x + frame.width <= page.width + SLACK &&
    frame.y + frame.height <= page.height + SLACK
  );
}

/** The nearest frame that lies on the page. What does not fit keeps its lower left corner at the page's. */
export function clampToPage(frame: Frame, page: Size): Frame {
  const within = (value: number, room: number) => Math.max(0, Math.min(value, room));
  return {
    ...frame,
    x: within(frame.x, page.width - frame.width),
    y: within(frame.y, page.height - frame.height),
  };
}

export function centreOf(frame: Frame): Point {
  return { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 };
}

/** A frame of this size around a point. */
export function frameAround(centre: Point, { width, height }: Size): Frame {
  return { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
}

/** A box in pixels from the top left of the page, as style sheets count. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a frame is drawn. */
export function toPixels(frame: Frame, page: Pick<ViewerPage, "height">, pixelsPerPoint: number): PixelBox {
  return {
    left: frame.x * pixelsPerPoint,
    top: (page.height - frame.y - frame.height) * pixelsPerPoint,
    width: frame.width * pixelsPerPoint,
    height: frame.height * pixelsPerPoint,
  };
}

/** The point of the page at pixels from its top left. */
export function toPoint(left: number, top: number, page: Pick<ViewerPage, "height">, pixelsPerPoint: number): Point {
  return { x: left / pixelsPerPoint, y: page.height - top / pixelsPerPoint };
}

/** The nearest of some points, if it is no further than `reach`. */
export function nearest<Target extends { readonly centre: Point }>(
  point: Point,
  targets: readonly Target[],
  reach: number,
): Target | undefined {
  let found: Target | undefined;
  let shortest = reach;
  for (const target of targets) {
    const distance = Math.hypot(target.centre.x - point.x, target.centre.y - point.y);
    if (distance <= shortest) {
      found = target;
      shortest = distance;
    }
  }
  return found;
}

/** To a hundredth of a point: finer than any printer, and short in JSON. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

/** Millimetres for people: whole ones. */
export function wholeMm(points: number): number {
  return Math.round(points / POINTS_PER_MM) + 0;
}
