/** Reads a QR code from the camera or a picture: the browser's own detector, else the self-hosted one. */
import type { BarcodeDetector as Ponyfill } from "barcode-detector/ponyfill";

type Detector = Pick<InstanceType<typeof Ponyfill>, "detect">;

interface NativeDetector {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

let detector: Promise<Detector> | undefined;

function load(): Promise<Detector> {
  detector ??= make().catch((error: unknown) => {
    detector = undefined;
    throw error;
  });
  return detector;
}

async function make(): Promise<Detector> {
  const native = (globalThis as { BarcodeDetector?: NativeDetector }).BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) return new native({ formats: ["qr_code"] });
  const [{ BarcodeDetector, prepareZXingModule }, { default: wasmUrl }] = await Promise.all([
    import("barcode-detector/ponyfill"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  prepareZXingModule({
    overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasmUrl : prefix + path) },
  });
  return new BarcodeDetector({ formats: ["qr_code"] });
}

/** The text of the QR code in a picture, or null when there is none. */
export async function readPicture(picture: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(picture);
  const [found] = await (await load()).detect(bitmap);
  bitmap.close();
  return found?.rawValue ?? null;
}

/** Shows the back camera in `video` and resolves with the first code seen. Rejects when the camera is refused; `signal` stops it. */
export async function readCamera(video: HTMLVideoElement, signal: AbortSignal): Promise<string> {
  const reading = load();
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  try {
    stopIf(signal);
    video.srcObject = stream;
    await video.play();
    const eye = await reading;
    for (;;) {
      stopIf(signal);
      const [found] = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await eye.detect(video) : [];
      if (found) return found.rawValue;
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

/** `AbortSignal.throwIfAborted` is younger than the oldest browser that pages here must run in. */
function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new DOMException("The scan was left", "AbortError");
}
