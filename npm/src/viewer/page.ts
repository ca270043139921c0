// A page as it is shown, and what lies on it. Pure.

import type { PdfRect } from "../pdf/report.js";

/** A page of an open document. Lengths in points (1/72 inch), with rotation, crop box and user unit applied. */
export interface ViewerPage {
  /** As shown. */
  readonly width: number;
  /** As shown. */
  readonly height: number;
  /** How far the page is turned clockwise when shown. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** The crop box in the page's own coordinates: left, bottom, right, top. */
  readonly box: readonly [left: number, bottom: number, right: number, top: number];
  /** Points to one unit of the page's own coordinates. */
  readonly unit: number;
}

/** A rectangle on a page as it is shown: points from its bottom left. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Makes a page of what its dictionary says (ISO 32000-2 clause 7.7.3.3). */
export function viewerPage(box: ViewerPage["box"], rotate: number, unit: number): ViewerPage {
  const rotation = (((Math.round(rotate / 90) * 90) % 360) + 360) % 360;
  const wide = (box[2] - box[0]) * unit;
  const high = (box[3] - box[1]) * unit;
  const turned = rotation % 180 !== 0;
  return {
    width: turned ? high : wide,
    height: turned ? wide : high,
    rotation: rotation as ViewerPage["rotation"],
    box,
    unit,
  };
}

/** A rectangle in the page's own coordinates, as it is shown. */
export function toShown({ box, rotation, unit }: ViewerPage, rect: PdfRect): Frame {
  const [left, bottom, right, top] = box;
  const wide = rect[2] - rect[0];
  const high = rect[3] - rect[1];
  const scaled = (x: number, y: number, width: number, height: number): Frame => ({
    x: x * unit,
    y: y * unit,
    width: width * unit,
    height: height * unit,
  });
  switch (rotation) {
    case 90:
      return scaled(rect[1] - bottom, right - rect[2], high, wide);
    case 180:
      return scaled(right - rect[2], top - rect[3], wide, high);
    case 270:
      return scaled(top - rect[3], rect[0] - left, high, wide);
    default:
      return scaled(rect[0] - left, rect[1] - bottom, wide, high);
  }
}
