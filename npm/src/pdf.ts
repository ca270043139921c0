// `scanseal/pdf` in a browser: seals and verifies PDFs in a Web Worker. Nothing is uploaded.

import { throwIfAborted } from "./abort.js";
import { ScanSealError } from "./errors.js";
import { WorkerTask } from "./pdf/client.js";
import { checkSize, findInput, pictureBytes, sealInput, timestampResponse, verifyInput } from "./pdf/input.js";
import type { Prepared, Task } from "./pdf/messages.js";
import type {
  FindKeywordOptions,
  FinishSealOptions,
  InitPdfOptions,
  KeywordHit,
  PdfInput,
  PdfOptions,
  PreparedSeal,
  PrepareSealOptions,
  VerifyPdfOptions,
} from "./pdf/options.js";
import type { PdfReport } from "./pdf/report.js";
import { moduleOrBytes, type WasmSource } from "./wasm-source.js";

export * from "./pdf/public.js";

let module: Promise<WebAssembly.Module> | undefined;
let worker: URL | undefined;

/**
 * Loads the WebAssembly module. Optional: the other functions do it when needed; calling it early saves the user the
 * wait. May be called again after a failure.
 *
 * @throws ScanSealError `wasm-not-served` if the module cannot be had.
 */
export async function initPdf(options: InitPdfOptions = {}): Promise<void> {
  worker = options.worker ?? worker;
  await loadModule(options.wasm);
}

/**
 * Checks every signature of a PDF, revision by revision, into a report. A damaged file or a wrong password is a report
 * as well (`unreadable`).
 *
 * @throws ScanSealError `document-too-large`; the signal's reason if aborted.
 */
export async function verifyPdf(pdf: PdfInput, options: VerifyPdfOptions = {}): Promise<PdfReport> {
  const [task, result] = await start<PdfReport>(pdf, () => ({ kind: "verify", input: verifyInput(options) }), options);
  task.end();
  return result;
}

/**
 * Finds where a word stands. Full-width and half-width brackets are the same, spaces do not count.
 *
 * @throws ScanSealError `no-text-layer` if the pages are pictures without text, `document-*` if they cannot be read.
 */
export async function findKeyword(
  pdf: PdfInput,
  word: string,
  options: FindKeywordOptions = {},
): Promise<readonly KeywordHit[]> {
  const work = () => ({ kind: "find", input: findInput(word, options) }) as const;
  const [task, result] = await start<readonly KeywordHit[]>(pdf, work, options);
  task.end();
  return result;
}

const tasks = new WeakMap<PreparedSeal, { readonly task: WorkerTask; readonly original: Blob }>();

/**
 * Prepares a seal: field, impressions, reserved space. The document is unchanged, and the key may be elsewhere: what it
 * has to sign comes back.
 *
 * @throws ScanSealError with the reason why the document cannot be sealed so.
 */
export async function prepareSeal(pdf: PdfInput, options: PrepareSealOptions): Promise<PreparedSeal> {
  throwIfAborted(options.signal);
  const original = await snapshot(pdf, options.signal);
  const picture = await pictureBytes(options.picture);
  const work = () => ({ kind: "prepare", input: sealInput(options), picture }) as const;
  const [task, prepared] = await start<Prepared>(original, work, options);
  const dispose = () => {
    tasks.delete(seal);
    task.end();
  };
  const seal: PreparedSeal = { ...prepared, dispose };
  tasks.set(seal, { task, original });
  return seal;
}

/**
 * Puts the signature into the prepared seal. The sealed document is verified before it is given out. After a failure it
 * may be called again, for example without the time stamp; after an abort not.
 *
 * @throws ScanSealError `assertion-invalid` if the signature is not one of the certificate's key over `toBeSigned`,
 * `signature-too-large` if there is no room left for it, `cancelled` if the seal is finished or disposed of.
 */
export async function finishSeal(prepared: PreparedSeal, options: FinishSealOptions): Promise<Blob> {
  const found = tasks.get(prepared);
  if (found === undefined) {
    throw new ScanSealError("cancelled", { detail: "this seal is finished, being finished, or disposed of" });
  }
  const { task, original } = found;
  const { signature, signal } = options;
  tasks.delete(prepared);
  try {
    const timestamp = await timestampResponse(options, () =>
      task.ask<Uint8Array>({ kind: "timestamp-request", signature }, signal),
    );
    const appended = await task.ask<Uint8Array>({ kind: "finish", signature, timestamp }, signal);
    task.end();
    return new Blob([original, appended as BlobPart], { type: "application/pdf" });
  } catch (error) {
    if (signal?.aborted === true) task.end();
    if (!task.over) tasks.set(prepared, found);
    throw error;
  }
}

/** Starts a worker at its task, and gives the first answer. */
async function start<Result>(
  pdf: PdfInput,
  work: () => Task["work"],
  { signal, onProgress }: PdfOptions,
): Promise<[WorkerTask, Result]> {
  throwIfAborted(signal);
  const message = { work: work(), pdf: await snapshot(pdf, signal) };
  const module = await loadModule();
  throwIfAborted(signal);
  const task = new WorkerTask(worker ?? new URL("./pdf-worker.js", import.meta.url), onProgress);
  try {
    return [task, await task.ask<Result>({ module, ...message }, signal)];
  } catch (error) {
    task.end();
    throw error;
  }
}

/** Copied at once; then the page has a turn. */
const COPY_BYTES = 16 << 20;

/** A file that stays as it is whatever the caller does to the bytes later. */
async function snapshot(pdf: PdfInput, signal: AbortSignal | undefined): Promise<Blob> {
  checkSize(pdf);
  if (pdf instanceof Blob) return pdf;
  const bytes = pdf instanceof ArrayBuffer ? new Uint8Array(pdf) : pdf;
  const parts: Blob[] = [];
  for (let at = 0; at < bytes.length; at += COPY_BYTES) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(signal);
    parts.push(new Blob([bytes.subarray(at, at + COPY_BYTES) as BlobPart]));
  }
  return new Blob(parts);
}

/** The compiled module: loaded once, loaded again after a failure. */
function loadModule(source?: WasmSource): Promise<WebAssembly.Module> {
  if (module === undefined) {
    const loading = compile(source ?? new URL("../wasm/pdf/pdf_bg.wasm", import.meta.url));
    module = loading;
    loading.catch(() => {
      if (module === loading) module = undefined;
    });
  }
  return module;
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  try {
    const loaded = await moduleOrBytes(source);
    return loaded instanceof WebAssembly.Module ? loaded : await WebAssembly.compile(loaded);
  } catch (error) {
    throw ScanSealError.from(error);
  }
}
