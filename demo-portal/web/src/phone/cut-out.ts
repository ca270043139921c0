/** A photograph in, the seal on it out. */
import { decoded } from "./ink";

/** To the worker: a PNG or JPEG, and the longer side of the seal. */
export interface CutOutQuestion {
  photo: Uint8Array<ArrayBuffer>;
  millimetres: number;
}

/** A seal with a clear ground; width and height are pixels. */
export interface CutOutSeal {
  png: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
  millimetres: readonly [number, number];
}

export type CutOutAnswer = CutOutSeal | { code: string };

/** Pixels of the longer side of what the worker gets: a seal that fills a third of it still has 600 dots per inch. */
const LONGER = 3000;

/** Brings a photograph of any format that the browser opens, upright, to a size that is enough. Rejects with `picture-invalid`. */
export async function prepared(file: Blob): Promise<Blob> {
  const bitmap = await decoded(file);
  const scale = Math.min(1, LONGER / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  // JPEG has no clear places.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(Object.assign(new Error("no JPEG"), { code: "picture-invalid" }))),
      "image/jpeg",
      0.95,
    ),
  );
}

/** Cuts the seal out. Rejects with the code of why not; `signal` ends the work. */
export async function cutSeal(photo: Blob, millimetres: number, signal: AbortSignal): Promise<CutOutSeal> {
  const bytes = new Uint8Array(await photo.arrayBuffer());
  const worker = new Worker(new URL("./cut-out-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<CutOutSeal>((resolve, reject) => {
      const fail = (code: string): void => reject(Object.assign(new Error(code), { code }));
      worker.onmessage = ({ data }: MessageEvent<CutOutAnswer>) => ("code" in data ? fail(data.code) : resolve(data));
      worker.onerror = () => fail("internal");
      signal.addEventListener("abort", () => fail("cancelled"), { once: true });
      worker.postMessage({ photo: bytes, millimetres } satisfies CutOutQuestion, [bytes.buffer]);
    });
  } finally {
    worker.terminate();
  }
}
