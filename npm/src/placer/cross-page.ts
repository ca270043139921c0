// The seal across pages (骑缝章): which slice of it each page gets, and where that lies. The engine's rules. Pure.

import type { Frame } from "../viewer/page.js";
import type { Size } from "./geometry.js";

/** The edge that a cross-page seal lies on. */
export type Side = "left" | "right" | "top" | "bottom";

/** Which part of the seal a page gets. */
export interface Slice {
  /** From 0: from the left for slices of a seal cut from top to bottom, from the bottom for the others. */
  readonly index: number;
  readonly count: number;
  /** Whether the cuts run from top to bottom. */
  readonly vertical: boolean;
}

/**
 * The slice of each page. Pages are taken in groups, each with one whole seal; a single page left over joins the group
 * before it. Undefined where there are fewer than two pages, or a group would be one.
 */
export function slicesOf(
  pages: readonly number[],
  side: Side,
  group: number = pages.length,
): ReadonlyMap<number, Slice> | undefined {
  if (pages.length < 2 || !Number.isInteger(group) || group < 2) return undefined;
  const slices = new Map<number, Slice>();
  const vertical = side === "left" || side === "right";
  for (let start = 0; start < pages.length; ) {
    const rest = pages.length - start;
    const count = rest - Math.min(group, rest) <= 1 ? rest : group;
    for (let order = 0; order < count; order += 1) {
      // The first page lies on top of the fan of pages, and the others peep out at the side.
      const index = side === "right" || side === "top" ? order : count - 1 - order;
      slices.set(pages[start + order] ?? 0, { index, count, vertical });
    }
    start += count;
  }
  return slices;
}

/** Where the slice of a seal lies on a page. `offset` is 0 at the top or left end of the edge, 1 at the other. */
export function sliceFrame(slice: Slice, side: Side, offset: number, seal: Size, page: Size): Frame {
  const width = slice.vertical ? seal.width / slice.count : seal.width;
  const height = slice.vertical ? seal.height : seal.height / slice.count;
  const along = { x: (page.width - width) * offset, y: (page.height - height) * (1 - offset) };
  switch (side) {
    case "left":
      return { x: 0, y: along.y, width, height };
    case "right":
      return { x: page.width - width, y: along.y, width, height };
    case "top":
      return { x: along.x, y: page.height - height, width, height };
    case "bottom":
      return { x: along.x, y: 0, width, height };
  }
}

/** The offset at which a slice lies where this frame does, as near as the edge allows. */
export function offsetOf(frame: Frame, side: Side, page: Size): number {
  const vertical = side === "left" || side === "right";
  const room = vertical ? page.height - frame.height : page.width - frame.width;
  if (room <= 0) return 0.5;
  const along = vertical ? 1 - frame.y / room : frame.x / room;
  return Math.round(Math.max(0, Math.min(1, along)) * 10_000) / 10_000;
}
