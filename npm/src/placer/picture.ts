// The picture of the seal, drawn whole or in slices. On a canvas: an image address would need a permission of the
// Content-Security-Policy.

import type { Slice } from "./cross-page.js";

/** A seal's picture in memory. */
export type SealPicture = ImageBitmap;

/** Reads a PNG or JPEG; undefined if it is none. */
export async function readPicture(picture: Blob): Promise<SealPicture | undefined> {
  try {
    return await createImageBitmap(picture);
  } catch {
    return undefined;
  }
}

/** Height to width. */
export function ratioOf(picture: SealPicture | undefined): number {
  return picture === undefined || picture.width === 0 ? 1 : picture.height / picture.width;
}

/** Draws a seal, or its slice, into a canvas of so many CSS pixels. */
export function drawSeal(
  canvas: HTMLCanvasElement,
  picture: SealPicture,
  slice: Slice | undefined,
  width: number,
  height: number,
  pixelRatio: number,
): void {
  canvas.width = Math.max(1, Math.round(width * pixelRatio));
  canvas.height = Math.max(1, Math.round(height * pixelRatio));
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.imageSmoothingQuality = "high";
  const { count, index, vertical } = slice ?? { count: 1, index: 0, vertical: true };
  const wide = vertical ? picture.width / count : picture.width;
  const high = vertical ? picture.height : picture.height / count;
  const left = vertical ? wide * index : 0;
  // Slices are counted from the bottom, pictures from the top.
  const top = vertical ? 0 : high * (count - 1 - index);
  context.drawImage(picture, left, top, wide, high, 0, 0, canvas.width, canvas.height);
}
