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

/** Refuses what is no file, and a file that is too large. Throws `malformed`, `document-too-large`. */
export function checkSize(pdf: PdfInput): void {
  const size = pdf instanceof Blob ? pdf.size : pdf?.byteLength;
  if (size === undefined) throw malformed("the PDF must be a Blob, ArrayBuffer or Uint8Array, no path");
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
    trust: texts("trust", options.trust),
    crls: texts("crls", options.crls),
    time: seconds(options.time),
    fileDigest: options.fileDigest ?? false,
  };
}

export function sealInput(options: PrepareSealOptions): object {
  const { signal: _signal, onProgress: _onProgress, picture: _picture, ...rest } = options;
  return {
    ...rest,
    certificate: text("certificate", options.certificate),
    chain: texts("chain", options.chain),
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

function malformed(detail: string): ScanSealError {
  return new ScanSealError("malformed", { detail });
}

function texts(name: string, values: readonly PemOrDer[] = []): string[] {
  if (!Array.isArray(values)) throw malformed(`${name} must be an array`);
  return values.map((value) => text(name, value));
}

/** PEM as it is, DER in base64: the engine tells them apart by the first dash. */
function text(name: string, value: PemOrDer): string {
  if (value instanceof Uint8Array) return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
  if (typeof value === "string" && value.includes("-----BEGIN")) return value;
  throw malformed(`${name} must be PEM (string) or DER (Uint8Array)`);
}

function seconds(time: Date | undefined): number {
  const now = Number(time ?? Date.now());
  if (Number.isNaN(now)) throw malformed("time must be a Date");
  return Math.floor(now / 1000);
}
