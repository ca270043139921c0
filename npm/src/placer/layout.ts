// A column of pages: where each is, which are seen. Pure; CSS pixels.

import type { Size } from "./geometry.js";

/** Smallest and largest zoom. */
export const ZOOM_RANGE = { least: 0.25, most: 4 } as const;
/** Stops of the zoom buttons. */
const STOPS = [0.25, 0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4] as const;

/** Pages under each other. */
export interface Column {
  /** Upper edge of each page. */
  readonly tops: readonly number[];
  readonly heights: readonly number[];
  readonly widths: readonly number[];
  /** Of everything, margins included. */
  readonly height: number;
  readonly width: number;
}

/** Space around and between pages. */
export interface Spacing {
  readonly margin: number;
  readonly gap: number;
}

/** Lays pages out at a scale. */
export function columnOf(pages: readonly Size[], pixelsPerPoint: number, { margin, gap }: Spacing): Column {
  const tops: number[] = [];
  const heights: number[] = [];
  const widths: number[] = [];
  let top = margin;
  let widest = 0;
  for (const page of pages) {
    const height = Math.round(page.height * pixelsPerPoint);
    const width = Math.round(page.width * pixelsPerPoint);
    tops.push(top);
    heights.push(height);
    widths.push(width);
    top += height + gap;
    widest = Math.max(widest, width);
  }
  return { tops, heights, widths, height: top - gap + margin, width: widest + 2 * margin };
}

/** The page at a height, or the nearest: from 1. */
export function pageAt({ tops }: Column, y: number): number {
  let least = 0;
  let most = tops.length - 1;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if ((tops[middle] ?? 0) <= y) least = middle;
    else most = middle - 1;
  }
  return least + 1;
}

/** First and last page of which something is seen. */
export function seenPages(column: Column, top: number, height: number): readonly [first: number, last: number] {
  const count = column.tops.length;
  if (count === 0) return [1, 0];
  let first = pageAt(column, top);
  // Above the gap below a page: the next one.
  if ((column.tops[first - 1] ?? 0) + (column.heights[first - 1] ?? 0) < top && first < count) first += 1;
  return [first, Math.max(first, pageAt(column, top + height))];
}

/** The page that most people would say they look at: the one across the upper third. */
export function currentPage(column: Column, top: number, height: number): number {
  return pageAt(column, top + height / 3);
}

/** The next stop of zoom. */
export function zoomStep(zoom: number, direction: 1 | -1): number {
  const found =
    direction > 0
      ? STOPS.find((stop) => stop > zoom + 0.005)
      : [...STOPS].reverse().find((stop) => stop < zoom - 0.005);
  return found ?? clampZoom(zoom);
}

export function clampZoom(zoom: number): number {
  return Math.max(ZOOM_RANGE.least, Math.min(ZOOM_RANGE.most, zoom));
}

/** The zoom at which the widest page is as wide as there is room. */
export function fittingZoom(pages: readonly Size[], room: number, pixelsPerPoint: number): number {
  const widest = pages.reduce((most, page) => Math.max(most, page.width), 0);
  return widest > 0 && room > 0 ? clampZoom(room / (widest * pixelsPerPoint)) : 1;
}
