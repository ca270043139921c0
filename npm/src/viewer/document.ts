// An open PDF: sizes of its pages, and pictures of them. The only module that knows pdf.js, which it loads when first
// needed; nothing else may import it.

import { abortReason, throwIfAborted, untilAborted } from "../abort.js";
import { ScanSealError } from "../errors.js";
import { checkSize } from "../pdf/input.js";
import { assetUrl } from "./assets.js";
import { ViewerBinaryData } from "./binary-data.js";
import { type ViewerPage, viewerPage } from "./page.js";

/** Bytes read at once where pdf.js needs some: a file of 100 MB is not read as a whole to show one page. */
const RANGE_BYTES = 1 << 18;
/** How many pages are asked for at once when their sizes are read. */
const PAGES_AT_ONCE = 16;
/** Pixels of one picture: what Safari allows a canvas. */
const MAX_PIXELS = 16_777_216;

/** What `openDocument` takes besides the file. */
export interface OpenDocumentOptions {
  readonly password?: string;
  readonly signal?: AbortSignal;
  /** Is told how many pages have been looked at. */
  readonly onProgress?: (progress: { readonly pages: number; readonly of: number }) => void;
}

/** An open document. */
export interface ViewerDocument {
  /** From the first. */
  readonly pages: readonly ViewerPage[];
  /**
   * Draws a page, counted from 1, and makes the canvas as large as that takes. A canvas can be drawn on once at a time.
   * Rejects with the signal's reason when aborted.
   */
  render(page: number, canvas: HTMLCanvasElement, pixelsPerPoint: number, signal?: AbortSignal): Promise<void>;
  /** Ends the worker and frees the memory. What is being drawn is rejected. */
  close(): void;
}

/** The document asks for a password, or for another one. Code `document-encrypted`. */
export class PasswordNeeded extends ScanSealError {
  constructor(
    /** Whether a password was given, and is wrong. */
    readonly wrong: boolean,
  ) {
    super("document-encrypted", { detail: wrong ? "the password is wrong" : "the document asks for a password" });
  }
}

/**
 * Opens a PDF.
 *
 * @throws ScanSealError `document-too-large`, `document-damaged`, `wasm-not-served` if a file of the viewer did not come;
 * {@link PasswordNeeded}; the signal's reason if aborted.
 */
export async function openDocument(pdf: Blob, options: OpenDocumentOptions = {}): Promise<ViewerDocument> {
  const { password, signal, onProgress } = options;
  checkSize(pdf);
  throwIfAborted(signal);
  const library = await load();
  throwIfAborted(signal);
  const { worker, failed } = startWorker();
  const stop = () => {
    worker.terminate();
  };
  try {
    const task = library.getDocument({
      range: new (rangesOf(library))(pdf),
      worker: new library.PDFWorker({ port: worker, verbosity: 0 } as object),
      rangeChunkSize: RANGE_BYTES,
      disableAutoFetch: true,
      disableStream: true,
      useWorkerFetch: false,
      BinaryDataFactory: ViewerBinaryData,
      isEvalSupported: false,
      enableXfa: false,
      verbosity: 0,
      ...(password !== undefined && { password }),
    } as object);
    const document = await untilAborted(Promise.race([task.promise, failed]), signal);
    const pages = await untilAborted(Promise.race([pagesOf(document, onProgress), failed]), signal);
    return new OpenDocument(library, document, pages, stop, failed);
  } catch (error) {
    stop();
    if (signal?.aborted === true) throw abortReason(signal);
    throw refusal(error, password !== undefined);
  }
}

type Library = typeof import("./pdfjs.js");
type PdfDocument = Awaited<ReturnType<Library["getDocument"]>["promise"]>;

class OpenDocument implements ViewerDocument {
  private readonly running = new Set<() => void>();
  private closed = false;
  private endAll: (reason: unknown) => void = () => undefined;
  /** Rejects when the document is closed or its worker dies: pdf.js waits for answers of an ended worker for ever. */
  private readonly ended: Promise<never>;

  constructor(
    private readonly library: Library,
    private readonly document: PdfDocument,
    readonly pages: readonly ViewerPage[],
    private readonly stop: () => void,
    failed: Promise<never>,
  ) {
    const closing = new Promise<never>((_, reject) => {
      this.endAll = reject;
    });
    this.ended = Promise.race([closing, failed]);
    this.ended.catch(() => undefined);
  }

  async render(page: number, canvas: HTMLCanvasElement, pixelsPerPoint: number, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.closed) throw closedError();
    const size = this.pages[page - 1];
    if (size === undefined) throw new RangeError(`there is no page ${page}`);
    const proxy = await untilAborted(Promise.race([this.document.getPage(page), this.ended]), signal);
    if (this.closed) throw closedError();
    const scale = Math.min(pixelsPerPoint, Math.sqrt(MAX_PIXELS / (size.width * size.height)));
    canvas.width = Math.max(1, Math.round(size.width * scale));
    canvas.height = Math.max(1, Math.round(size.height * scale));
    const work = proxy.render({
      canvas,
      viewport: proxy.getViewport({ scale }),
      annotationMode: this.library.AnnotationMode.ENABLE,
      background: "#fff",
    });
    const cancel = () => work.cancel();
    this.running.add(cancel);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      await Promise.race([work.promise, this.ended]);
    } catch (error) {
      if (signal?.aborted === true) throw abortReason(signal);
      throw this.closed ? closedError() : refusal(error, false);
    } finally {
      this.running.delete(cancel);
      signal?.removeEventListener("abort", cancel);
      // Fonts and pictures of the page; without this a long document fills the memory while it is paged through.
      if (!this.closed) proxy.cleanup();
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const cancel of this.running) cancel();
    this.endAll(closedError());
    this.stop();
  }
}

let library: Promise<Library> | undefined;

/** Loaded once, loaded again after a failure. */
function load(): Promise<Library> {
  if (library === undefined) {
    const loading = import("./pdfjs.js");
    library = loading;
    loading.catch(() => {
      if (library === loading) library = undefined;
    });
  }
  return library.catch((cause: unknown) => {
    throw new ScanSealError("wasm-not-served", { detail: "the viewer's script could not be loaded", cause });
  });
}

interface StartedWorker {
  readonly worker: Worker;
  /** Rejects when the script does not come or does not run; never resolves. */
  readonly failed: Promise<never>;
}

function startWorker(): StartedWorker {
  const url = assetUrl("pdfjs-worker.js");
  const notServed = (message: string) =>
    new ScanSealError("wasm-not-served", {
      detail: `the worker ${url.href} does not run; is it served, on this origin, and does the CSP have worker-src 'self'? (${message})`,
    });
  try {
    const worker = new Worker(url);
    const failed = new Promise<never>((_, reject) => {
      worker.onerror = (event) => {
        event.preventDefault();
        reject(notServed(event.message));
      };
    });
    failed.catch(() => undefined);
    return { worker, failed };
  } catch (error) {
    throw notServed(String(error));
  }
}

/** Reads the file where pdf.js asks for it. */
function rangesOf(library: Library) {
  return class Ranges extends library.PDFDataRangeTransport {
    constructor(private readonly pdf: Blob) {
      super(pdf.size, null);
    }

    override requestDataRange(begin: number, end: number): void {
      const part = this.pdf.slice(begin, end).arrayBuffer();
      part.then(
        (bytes) => this.onDataRange(begin, new Uint8Array(bytes)),
        // A file that was changed or removed since it was chosen: pdf.js finds it damaged.
        () => this.onDataRange(begin, new Uint8Array(end - begin)),
      );
    }
  };
}

async function pagesOf(document: PdfDocument, onProgress: OpenDocumentOptions["onProgress"]): Promise<ViewerPage[]> {
  const count = document.numPages;
  const pages: ViewerPage[] = [];
  let done = 0;
  for (let first = 1; first <= count; first += PAGES_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(PAGES_AT_ONCE, count - first + 1) }, (_, index) => first + index);
    const some = await Promise.all(
      numbers.map(async (number) => {
        const { view, rotate, userUnit } = await document.getPage(number);
        return viewerPage([view[0] ?? 0, view[1] ?? 0, view[2] ?? 0, view[3] ?? 0], rotate, userUnit);
      }),
    );
    pages.push(...some);
    done += some.length;
    onProgress?.({ pages: done, of: count });
  }
  return pages;
}

/** What pdf.js complains of, by our codes. */
function refusal(error: unknown, passwordGiven: boolean): unknown {
  if (error instanceof ScanSealError) return error;
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  if (name === "PasswordException") return new PasswordNeeded(passwordGiven);
  return new ScanSealError("document-damaged", { detail: message, cause: error });
}

function closedError(): ScanSealError {
  return new ScanSealError("cancelled", { detail: "the document is closed" });
}
