// The page's end of a worker.

import { abortReason } from "../abort.js";
import { ScanSealError } from "../errors.js";
import type { DocumentStep, Report, Step, Task } from "./messages.js";
import type { PdfOptions } from "./options.js";

/** A worker at one task. One message at a time. */
export class WorkerTask {
  private readonly worker: Worker;
  private waiting: { resolve: (result: unknown) => void; reject: (reason: unknown) => void } | undefined;
  private ended: { readonly reason: unknown } | undefined;

  constructor(
    url: URL,
    private readonly onProgress: PdfOptions["onProgress"],
  ) {
    this.worker = startWorker(url);
    this.worker.onmessage = ({ data }: MessageEvent<Report>) => this.hear(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.fail(notServed(url, event.message));
    };
  }

  /** Sends a message and waits for its answer. An abort ends the worker. */
  async ask<Result>(message: Task | Step | DocumentStep, signal: AbortSignal | undefined): Promise<Result> {
    const abort = () => this.fail(signal && abortReason(signal));
    if (signal?.aborted === true) abort();
    if (this.ended !== undefined) throw this.ended.reason;
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise<Result>((resolve, reject) => {
        this.waiting = { resolve: resolve as (result: unknown) => void, reject };
        this.worker.postMessage(message);
      });
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends the worker and frees its memory. */
  end(): void {
    this.fail(new ScanSealError("cancelled", { detail: "this seal was disposed of" }));
  }

  /** Whether nothing can be asked any more. */
  get over(): boolean {
    return this.ended !== undefined;
  }

  private hear(report: Report): void {
    if (this.ended !== undefined) return;
    if (report.kind === "progress") {
      try {
        this.onProgress?.(report.progress);
      } catch (error) {
        this.fail(error);
      }
      return;
    }
    const waiting = this.waiting;
    this.waiting = undefined;
    if (report.kind === "done") {
      waiting?.resolve(report.result);
    } else {
      const options = report.detail === undefined ? {} : { detail: report.detail };
      waiting?.reject(new ScanSealError(report.code, options));
    }
  }

  private fail(reason: unknown): void {
    if (this.ended !== undefined) return;
    this.ended = { reason };
    this.worker.terminate();
    this.waiting?.reject(reason);
    this.waiting = undefined;
  }
}

function startWorker(url: URL): Worker {
  try {
    return new Worker(url);
  } catch (error) {
    // Another origin's script, or a Content-Security-Policy that forbids it.
    throw notServed(url, String(error));
  }
}

function notServed(url: URL, message: string): ScanSealError {
  const detail = `the worker ${url.href} does not run; is it served, on this origin, and does the CSP have worker-src 'self'?`;
  return new ScanSealError("wasm-not-served", { detail: message ? `${detail} (${message})` : detail });
}
