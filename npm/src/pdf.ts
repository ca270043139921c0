// `scanseal/pdf` in a browser: seals and verifies PDFs in a Web Worker. Nothing is uploaded.

import { throwIfAborted } from "./abort.js";
import type { DocumentWork } from "./documents.js";
import { ScanSealError } from "./errors.js";
import { WorkerTask } from "./pdf/client.js";
import { checkDocuments, type LayoutHost, SealingWork } from "./pdf/document-work.js";
import { checkSize, findInput, pictureBytes, sealInput, timestampResponse, verifyInput } from "./pdf/input.js";
import { type FileWork, moduleFor, type Prepared } from "./pdf/messages.js";
import { Modules } from "./pdf/modules.js";
import type {
  DocumentToSeal,
  FindKeywordOptions,
  FinishSealOptions,
  InitPdfOptions,
  KeywordHit,
  PdfInput,
  PdfOptions,
  PreparedSeal,
  PrepareSealOptions,
  SealDocumentsOptions,
  VerifyPdfOptions,
} from "./pdf/options.js";
import type { PdfReport } from "./pdf/report.js";
import { moduleOrBytes } from "./wasm-source.js";

export * from "./pdf/public.js";

const modules = new Modules(async (name, source) => {
  const loaded = await moduleOrBytes(source ?? (name === "verify" ? verifyModule() : sealModule()));
  return loaded instanceof WebAssembly.Module ? loaded : WebAssembly.compile(loaded);
});
let worker: URL | undefined;

// Written out for bundlers, which look for such a line and put the file beside the page's script.
const verifyModule = () => new URL("../wasm/pdf-verify/pdf-verify_bg.wasm", import.meta.url);
const sealModule = () => new URL("../wasm/pdf-seal/pdf-seal_bg.wasm", import.meta.url);

/**
 * Loads the WebAssembly module for what will be done. Optional: the other functions do it when needed; calling it early
 * saves the user the wait. May be called again after a failure.
 *
 * @throws ScanSealError `wasm-not-served` if the module cannot be had.
 */
export async function initPdf(options: InitPdfOptions = {}): Promise<void> {
  worker = options.worker ?? worker;
  await modules.init(options);
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

/**
 * The documents of a request to seal, for `startScan`: laid out with the phone's seal, read for the phone, finished with its
 * signature. Original files stay where they are; they are hashed at once, before anybody scans. One scan uses them up.
 *
 * @throws ScanSealError `seal-request-invalid` unless there are 1 to 50, `document-too-large`, `wasm-not-served`. Why a
 * document cannot be sealed, its `prepare` tells.
 */
export async function sealDocuments(
  documents: readonly DocumentToSeal[],
  options: SealDocumentsOptions = {},
): Promise<DocumentWork> {
  const { signal } = options;
  throwIfAborted(signal);
  checkDocuments(documents);
  const originals: Blob[] = [];
  for (const { pdf } of documents) originals.push(await snapshot(pdf, signal));
  const [task] = await startWorker({ documents: originals }, undefined, options);
  const host: LayoutHost = {
    hash: (document) => task.ask({ kind: "hash", document }, undefined),
    layOut: (document, input, seal, signal) => task.ask({ kind: "lay-out", document, input, seal }, signal),
    finish: (document, signature, signal) => task.ask({ kind: "finish", document, signature }, signal),
    end: () => task.end(),
  };
  return new SealingWork(originals, documents, host, signal);
}

/** Starts a worker at its task, and gives the first answer. */
async function start<Result>(pdf: PdfInput, work: () => FileWork, options: PdfOptions): Promise<[WorkerTask, Result]> {
  const { signal } = options;
  throwIfAborted(signal);
  const message = { work: work(), pdf: await snapshot(pdf, signal) };
  return startWorker(message, message.work.kind, options);
}

async function startWorker<Result>(
  message: { readonly pdf: Blob; readonly work: FileWork } | { readonly documents: readonly Blob[] },
  kind: FileWork["kind"] | undefined,
  { signal, onProgress }: Pick<PdfOptions, "signal" | "onProgress">,
): Promise<[WorkerTask, Result]> {
  const module = await modules.get(moduleFor(kind));
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
