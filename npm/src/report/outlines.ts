// What is drawn on a page to point something out. Pure.

import { svg, type TemplateResult } from "lit";
import type { Frame } from "../viewer/page.js";

/** Points around what is outlined. */
const GAP = 4;
/** So far, in points, the ends of the lines above and below letters turn towards them, and do not reach them. */
const TURN = 2;
/** What is higher, in points, is no line of text, and is outlined all around. */
const LINE_HEIGHT = 40;
/** Frames of one line are one if no more than so many times their height lies between them: about two letters. */
const NEAR = 2;
/** Of two frames of one line, at least this share of the lower one stands beside the other. */
const BESIDE = 0.5;
/** The mark in the margin, in points: seen from afar where the frame is only one letter. */
const MARK = { left: 6, length: 22, height: 18, apart: 14 } as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Frames that stand beside each other in one line, as one. Left to right, so that each meets what it belongs to. */
export function merged(frames: readonly Frame[]): readonly Frame[] {
  const lines: Frame[] = [];
  for (const frame of [...frames].sort((left, right) => left.x - right.x)) {
    const at = lines.findIndex((line) => isBeside(line, frame));
    const [line] = at < 0 ? [] : lines.splice(at, 1);
    lines.push(line === undefined ? frame : around(line, frame));
  }
  return lines.sort((left, right) => right.y + right.height - left.y - left.height || left.x - right.x);
}

function isBeside(line: Frame, frame: Frame): boolean {
  const lower = Math.min(line.height, frame.height);
  const shared = Math.min(line.y + line.height, frame.y + frame.height) - Math.max(line.y, frame.y);
  return shared >= lower * BESIDE && frame.x - (line.x + line.width) <= lower * NEAR;
}

function around(one: Frame, other: Frame): Frame {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
}

/** An outline around each frame on a page of this size, in coordinates from its top. */
export function outlines(frames: readonly Frame[], size: Size, name = "outline-line"): readonly TemplateResult[] {
  return frames.map((frame) => svg`<path class=${name} d=${outlineOf(frame, size)} />`);
}

/** Letters stand close together: a line between two of them would hide both, so it goes above and below only. */
function outlineOf({ x, y, width, height }: Frame, size: Size): string {
  const [left, right] = [x - GAP, x + width + GAP];
  const [top, bottom] = [size.height - y - height - GAP, size.height - y + GAP];
  if (height > LINE_HEIGHT) return `M${left} ${top}H${right}V${bottom}H${left}z`;
  return `M${left} ${top + TURN}V${top}H${right}v${TURN}M${left} ${bottom - TURN}V${bottom}H${right}v${-TURN}`;
}

/** An arrow in the left margin beside each of them; one for those that are near each other. */
export function marks(frames: readonly Frame[], size: Size): readonly TemplateResult[] {
  const { left, length, height, apart } = MARK;
  return markHeights(frames, size, apart).map((y) => {
    const half = height / 2;
    return svg`<path class="outline-mark" d="M${left} ${y - half}l${length} ${half}l${-length} ${half}z" />`;
  });
}

function markHeights(frames: readonly Frame[], size: Size, apart: number): readonly number[] {
  const heights = frames.map(({ y, height }) => size.height - y - height / 2).sort((one, other) => one - other);
  return heights.filter((y, at) => at === 0 || y - (heights[at - 1] ?? 0) >= apart);
}
