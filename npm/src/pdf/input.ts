// From what callers pass to what the engine reads.

import { untilAborted } from "../abort.js";
import { ScanSealError } from "../errors.js";
import type {
  FindKeywordOptions,
  FinishSealOptions,
  PdfInput,
  PemOrDer,
  PrepareSealOptions,
  VerifyPdfOptions,
} from "./options.js";
import type { FindInput, VerifyInput } from "./work.js";

/** Largest PDF that is taken: it is held in memory, and hashing and sealing hold it once more. */
export const MAX_PDF_BYTES = 256 << 20;

/** Refuses a file that is too large. Throws `document-too-large`. */
export function checkSize(pdf: PdfInput): void {
  const size = pdf instanceof Blob ? pdf.size : pdf.byteLength;
  if (size > MAX_PDF_BYTES) {
    throw new ScanSealError("document-too-large", { detail: `${size} bytes; at most ${MAX_PDF_BYTES}` });
  }
}

export function findInput(word: string, { password, pages }: FindKeywordOptions): FindInput {
  return { word, ...(password !== undefined && { password }), ...(pages !== undefined && { pages }) };
}

export function verifyInput(options: VerifyPdfOptions): VerifyInput {
  return {
    ...(options.password !== undefined && { password: options.password }),
    trust: (options.trust ?? []).map(text),
    crls: (options.crls ?? []).map(text),
    time: seconds(options.time),
    fileDigest: options.fileDigest ?? false,
  };
}

export function sealInput(options: PrepareSealOptions): object {
  const { signal: _signal, onProgress: _onProgress, picture: _picture, ...rest } = options;
  return {
    ...rest,
    certificate: text(options.certificate),
    chain: (options.chain ?? []).map(text),
    places: options.places ?? [],
    time: seconds(options.time),
    lock: typeof options.lock === "string" ? [] : options.lock,
    lockAll: options.lock === "all",
    timestamp: options.timestamp ?? false,
  };
}

/** The picture's bytes. */
export async function pictureBytes(picture: PrepareSealOptions["picture"]): Promise<Uint8Array | undefined> {
  return picture instanceof Blob ? new Uint8Array(await picture.arrayBuffer()) : picture;
}

/** What a time-stamp authority answers to the request for this signature; nothing if none is asked. */
export async function timestampResponse(
  { signature, timestamp, signal }: FinishSealOptions,
  request: (signature: Uint8Array) => Promise<Uint8Array> | Uint8Array,
): Promise<Uint8Array | undefined> {
  return timestamp === undefined ? undefined : untilAborted(timestamp(await request(signature)), signal);
}

/** PEM as it is, DER in base64: the engine tells them apart by the first dash. */
function text(value: PemOrDer): string {
  if (typeof value === "string") return value;
  return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
}

function seconds(time: Date | undefined): number {
  return Math.floor((time?.getTime() ?? Date.now()) / 1000);
}
