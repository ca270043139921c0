// `scanseal/pdf` under the Node condition, and the same functions in `scanseal/server`. The work is done in this thread,
// hashing by Node's own crypto: a server with large files calls this from a worker thread of its own.

import { readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { DocumentWork } from "./documents.js";
import { ScanSealError } from "./errors.js";
import { checkDocuments, SealingWork } from "./pdf/document-work.js";
import { loadModule } from "./pdf/engine.js";
import { checkSize, findInput, pictureBytes, sealInput, timestampResponse, verifyInput } from "./pdf/input.js";
import { Layouts } from "./pdf/layouts.js";
import { Meter } from "./pdf/meter.js";
import { Modules } from "./pdf/modules.js";
import { nodeHasher } from "./pdf/node-hash.js";
import type {
  DocumentToSeal,
  FindKeywordOptions,
  FinishSealOptions,
  InitPdfOptions,
  KeywordHit,
  PdfInput,
  PdfModule,
  PdfOptions,
  PreparedSeal,
  PrepareSealOptions,
  SealDocumentsOptions,
  VerifyPdfOptions,
} from "./pdf/options.js";
import type { PdfReport } from "./pdf/report.js";
import { MemorySource, type Original } from "./pdf/source.js";
import { find, type Host, prepare, type Sealing, verify } from "./pdf/work.js";
import { moduleOrBytes } from "./wasm-source.js";

export * from "./pdf/public.js";

const modules = new Modules(async (name, source) =>
  loadModule(name, await (source ? moduleOrBytes(source) : read(name))),
);

/** A copy in memory of its own: a pooled Buffer is a view of more than the file. */
async function read(name: PdfModule): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../wasm/pdf-${name}/pdf-${name}_bg.wasm`, import.meta.url)));
}

/** Loads the WebAssembly module for what will be done. Optional: the other functions do it when needed. There is no worker here. */
export function initPdf(options: InitPdfOptions = {}): Promise<void> {
  return modules.init(options);
}

/**
 * Checks every signature of a PDF, revision by revision, into a report. A damaged file or a wrong password is a report
 * as well (`unreadable`).
 *
 * @throws ScanSealError `document-too-large`; the signal's reason if aborted.
 */
export function verifyPdf(pdf: PdfInput, options: VerifyPdfOptions = {}): Promise<PdfReport> {
  return work("verify", pdf, options, (bytes, host) => verify(bytes, verifyInput(options), host));
}

/**
 * Finds where a word stands. Full-width and half-width brackets are the same, spaces do not count.
 *
 * @throws ScanSealError `no-text-layer` if the pages are pictures without text, `document-*` if they cannot be read.
 */
export function findKeyword(
  pdf: PdfInput,
  word: string,
  options: FindKeywordOptions = {},
): Promise<readonly KeywordHit[]> {
  return work("seal", pdf, options, (bytes, host) => find(bytes, findInput(word, options), host));
}

interface Pending {
  readonly sealing: Sealing;
  readonly original: Uint8Array;
  disposed: boolean;
}

const sealings = new WeakMap<PreparedSeal, Pending>();

/**
 * Prepares a seal: field, impressions, reserved space. The document is unchanged, and the key may be elsewhere: what it
 * has to sign comes back. Bytes are not copied: leave them as they are until the seal is finished.
 *
 * @throws ScanSealError with the reason why the document cannot be sealed so.
 */
export async function prepareSeal(pdf: PdfInput, options: PrepareSealOptions): Promise<PreparedSeal> {
  const picture = await pictureBytes(options.picture);
  return work("seal", pdf, options, async (original, host) => {
    const sealing = await prepare(original, sealInput(options), picture, host);
    const pending: Pending = { sealing, original, disposed: false };
    const dispose = () => {
      if (pending.disposed) return;
      pending.disposed = true;
      sealings.delete(seal);
      sealing.free();
    };
    const seal: PreparedSeal = { ...sealing.description, toBeSigned: sealing.toBeSigned, dispose };
    sealings.set(seal, pending);
    return seal;
  });
}

/**
 * Puts the signature into the prepared seal. The sealed document is verified before it is given out. After a failure it
 * may be called again, for example without the time stamp; after an abort not.
 *
 * @throws ScanSealError `assertion-invalid` if the signature is not one of the certificate's key over `toBeSigned`,
 * `signature-too-large` if there is no room left for it, `cancelled` if the seal is finished or disposed of.
 */
export async function finishSeal(prepared: PreparedSeal, options: FinishSealOptions): Promise<Uint8Array> {
  const pending = sealings.get(prepared);
  if (pending === undefined) throw over();
  const { sealing, original } = pending;
  sealings.delete(prepared);
  try {
    options.signal?.throwIfAborted();
    const timestamp = await timestampResponse(options, (signature) => sealing.timestampRequest(signature));
    options.signal?.throwIfAborted();
    if (pending.disposed) throw over();
    const appended = sealing.finish(options.signature, timestamp);
    const sealed = new Uint8Array(original.length + appended.length);
    sealed.set(original);
    sealed.set(appended, original.length);
    prepared.dispose();
    return sealed;
  } catch (error) {
    if (options.signal?.aborted === true) prepared.dispose();
    if (!pending.disposed) sealings.set(prepared, pending);
    throw error;
  }
}

/**
 * The documents of a request to seal, for `startScan`: laid out with the phone's seal, read for the phone, finished with its
 * signature. They are hashed at once, before anybody scans. One scan uses them up. Bytes are not copied: leave them as they
 * are.
 *
 * @throws ScanSealError `seal-request-invalid` unless there are 1 to 50, `document-too-large`. Why a document cannot be
 * sealed, its `prepare` tells.
 */
export async function sealDocuments(
  documents: readonly DocumentToSeal[],
  { signal, onProgress }: SealDocumentsOptions = {},
): Promise<DocumentWork> {
  signal?.throwIfAborted();
  checkDocuments(documents);
  await modules.get("seal");
  const originals = await Promise.all(documents.map(({ pdf }) => bytesOf(pdf)));
  signal?.throwIfAborted();
  const stop = new AbortController();
  const layouts = new Layouts(originals.map((bytes) => new MemoryOriginal(bytes, stop.signal)));
  const total = originals.reduce((sum, { length }) => sum + length, 0);
  let done = 0;
  const hashed = (bytes: number) => {
    done += bytes;
    onProgress?.({ phase: "hashing", done, total });
  };
  const host = {
    hash: (document: number) => layouts.hash(document, hashed),
    layOut: async (document: number, input: object, seal: Uint8Array | undefined) =>
      layouts.layOut(document, input, seal),
    finish: async (document: number, signature: Uint8Array) => layouts.finish(document, signature),
    end: () => {
      stop.abort();
      for (const document of documents.keys()) layouts.free(document);
    },
  };
  return new SealingWork(originals, documents, host, signal);
}

/** A document in memory, which is hashed with pauses. */
class MemoryOriginal extends MemorySource implements Original {
  constructor(
    bytes: Uint8Array,
    private readonly stop: AbortSignal,
  ) {
    super(bytes);
  }

  async piece(from: number, length: number): Promise<Uint8Array> {
    await setImmediate();
    this.stop.throwIfAborted();
    return this.read(from, length);
  }

  release(): void {}
}

function over(): ScanSealError {
  return new ScanSealError("cancelled", { detail: "this seal is finished, being finished, or disposed of" });
}

async function work<Result>(
  module: PdfModule,
  pdf: PdfInput,
  { signal, onProgress }: PdfOptions,
  run: (bytes: Uint8Array, host: Host) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  checkSize(pdf);
  await modules.get(module);
  const bytes = await bytesOf(pdf);
  const meter = new Meter(bytes.length, (progress) => {
    onProgress?.(progress);
    signal?.throwIfAborted();
  });
  signal?.throwIfAborted();
  meter.add("reading", bytes.length);
  const result = await run(bytes, { hasher: () => nodeHasher(signal), meter });
  meter.end();
  return result;
}

async function bytesOf(pdf: PdfInput): Promise<Uint8Array> {
  if (pdf instanceof Blob) return new Uint8Array(await pdf.arrayBuffer());
  return pdf instanceof ArrayBuffer ? new Uint8Array(pdf) : pdf;
}
