/** Pictures of signatures: drawn, written in a typeface, or taken from a picture; cropped, with a clear ground. */
import { boundsOf, type Dot } from "./strokes";

/** Inks to choose from. */
export const INKS = { black: "#14181c", blue: "#1f3f9e", red: "#c8102e" } as const;
export type InkName = keyof typeof INKS;

/** Pixels of the longer side: 50 mm at 600 dots per inch. */
const LONGER = 1181;
/** Clear margin, as part of the longer side. */
const MARGIN = 0.03;
/** The largest picture that is taken in: what phones photograph, decoded, is 48 MB. */
const LARGEST = 1600;

/** A picture that can become a seal. */
export interface InkPicture {
  png: Blob;
  width: number;
  height: number;
}

/** Draws lines, each dot to dot. `scale` is pixels of the canvas to a CSS pixel. */
export function drawLines(context: CanvasRenderingContext2D, lines: readonly (readonly Dot[])[], colour: string): void {
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = context.fillStyle = colour;
  for (const dots of lines) {
    const [only] = dots;
    if (only && dots.length === 1) {
      context.beginPath();
      context.arc(only.x, only.y, only.width / 2, 0, 2 * Math.PI);
      context.fill();
    }
    for (let index = 1; index < dots.length; index += 1) {
      const from = dots[index - 1] as Dot;
      const to = dots[index] as Dot;
      context.lineWidth = to.width;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
    }
  }
}

/** The lines as a picture, in good resolution whatever the screen has; null if there are none. */
export async function pictureOfLines(lines: readonly (readonly Dot[])[], ink: InkName): Promise<InkPicture | null> {
  const bounds = boundsOf(lines);
  if (!bounds) return null;
  const longer = Math.max(bounds.width, bounds.height, 1);
  const scale = (LONGER * (1 - 2 * MARGIN)) / longer;
  const margin = LONGER * MARGIN;
  const { canvas, context } = blank(bounds.width * scale + 2 * margin, bounds.height * scale + 2 * margin);
  context.translate(margin, margin);
  context.scale(scale, scale);
  context.translate(-bounds.x, -bounds.y);
  drawLines(context, lines, INKS[ink]);
  return encoded(canvas);
}

/** A name in the system's handwriting typeface, where it has one; null for an empty name. */
export async function pictureOfName(name: string, ink: InkName): Promise<InkPicture | null> {
  if (name.trim() === "") return null;
  const size = 300;
  const font = `${size}px "Xingkai SC", "STXingkai", "HanziPen SC", "KaiTi", "STKaiti", "Kaiti SC", "AR PL UKai CN", cursive`;
  const measured = blank(1, 1).context;
  measured.font = font;
  const { width } = measured.measureText(name.trim());
  const { canvas, context } = blank(width + size, size * 2);
  context.font = font;
  context.textBaseline = "middle";
  context.fillStyle = INKS[ink];
  context.fillText(name.trim(), size / 2, size);
  return cropped(canvas);
}

/** What is dark in a picture, in the colour of the ink; null if nothing is. Rejects with `picture-invalid`. */
export async function pictureOfPicture(file: Blob, ink: InkName): Promise<InkPicture | null> {
  const bitmap = await decoded(file);
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const { canvas, context } = blank(bitmap.width * scale, bitmap.height * scale);
  // Clear places of a picture are paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  paperToAlpha(image.data, INKS[ink]);
  context.putImageData(image, 0, 0);
  return cropped(canvas);
}

/**
 * Makes paper clear, and what is darker ink of one colour, as opaque as it is dark. Paper is what most of the picture is:
 * half of its places are lighter than the lightness that is taken for paper.
 */
export function paperToAlpha(data: Uint8ClampedArray, colour: string): void {
  const lightness = (at: number): number =>
    0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  const counts = new Uint32Array(256);
  for (let at = 0; at < data.length; at += 4) {
    const value = Math.round(lightness(at));
    counts[value] = (counts[value] ?? 0) + 1;
  }
  const half = data.length / 8;
  let paper = 255;
  for (let seen = counts[255] ?? 0; seen < half && paper > 0; seen += counts[paper] ?? 0) paper -= 1;
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ];
  // Paper is uneven, and ink is not black: between are the edges.
  const clear = paper * 0.82;
  const full = paper * 0.45;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = (clear - lightness(at)) / Math.max(1, clear - full);
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
    data[at + 3] = Math.round(255 * Math.min(1, Math.max(0, alpha)));
  }
}

/** Opens a picture upright. Rejects with `picture-invalid`. */
export async function decoded(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    throw Object.assign(new Error(String(cause)), { code: "picture-invalid" });
  }
}

/** The part of the canvas that has ink, with a margin; null if there is none. */
async function cropped(canvas: HTMLCanvasElement): Promise<InkPicture | null> {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const { width, height } = canvas;
  const { data } = context.getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if ((data[(y * width + x) * 4 + 3] ?? 0) > 40) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
  if (right < left) return null;
  const [wide, high] = [right - left + 1, bottom - top + 1];
  const scale = Math.min(1, (LONGER * (1 - 2 * MARGIN)) / Math.max(wide, high));
  const margin = Math.max(wide, high) * scale * MARGIN;
  const { canvas: cut, context: into } = blank(wide * scale + 2 * margin, high * scale + 2 * margin);
  into.drawImage(canvas, left, top, wide, high, margin, margin, wide * scale, high * scale);
  return encoded(cut);
}

function blank(width: number, height: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  return { canvas, context: canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D };
}

function encoded(canvas: HTMLCanvasElement): Promise<InkPicture> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((png) => {
      if (png) resolve({ png, width: canvas.width, height: canvas.height });
      else reject(Object.assign(new Error("the canvas gives no PNG"), { code: "internal" }));
    }, "image/png"),
  );
}
