// The work on a PDF, wherever it is done: in a Web Worker, or in Node. Digests are left to the host, whose hashing is
// twice as fast as WebAssembly.

import { findKeyword, Sealing as SealingGlue } from "../../wasm/pdf-seal/pdf-seal.js";
import { Verification } from "../../wasm/pdf-verify/pdf-verify.js";
import { HostFile } from "./engine.js";
import type { Meter } from "./meter.js";
import type { KeywordHit, PdfModule, PreparedSeal } from "./options.js";
import type { PdfReport } from "./report.js";
import { MemorySource } from "./source.js";

/** Digests that the engine wants: each over some ranges of the file, one after the other. */
export interface DigestJob {
  readonly algorithm: "SHA-256" | "SHA-384" | "SHA-512";
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

/** Hashes ranges of bytes, and says how many are done; one digest for each job, lower-case hexadecimal. */
export type Hasher = (
  bytes: Uint8Array,
  jobs: readonly DigestJob[],
  hashed: (bytes: number) => void,
) => Promise<readonly string[]>;

/** What an entry point knows and the work does not. */
export interface Host {
  /** The host's hashing; undefined to leave it to the engine. */
  readonly hasher: (jobs: readonly DigestJob[], size: number) => Hasher | undefined;
  readonly meter: Meter;
}

/** Input of {@link verify}, besides the file. */
export interface VerifyInput {
  readonly password?: string;
  readonly trust: readonly string[];
  readonly crls: readonly string[];
  /** Seconds since 1970. */
  readonly time: number;
  readonly fileDigest: boolean;
}

/** Verifies every signature. */
export async function verify(
  bytes: Uint8Array,
  { password, fileDigest, ...trust }: VerifyInput,
  host: Host,
): Promise<PdfReport> {
  const file = hostFile("verify", bytes, host);
  const verification = file.call(() => new Verification(file, password));
  try {
    const all: readonly DigestJob[] = JSON.parse(file.call(() => verification.digests()));
    // The last one is that of the whole file; the engine counts an empty digest as not computed.
    const jobs = fileDigest ? all : all.slice(0, -1);
    const hasher = host.hasher(jobs, bytes.length);
    if (hasher === undefined) {
      const report: PdfReport = JSON.parse(file.call(() => verification.verifyAlone(trust)));
      return fileDigest ? report : { ...report, document: { ...report.document, sha256: null } };
    }
    const hashing = hash(hasher, bytes, jobs, host);
    try {
      // Where the host hashes in threads of its own, the engine looks for hidden signatures meanwhile.
      file.call(() => verification.scan());
    } catch (error) {
      await hashing.catch(() => undefined);
      throw error;
    }
    const digests = [...(await hashing), ...(fileDigest ? [] : [""])];
    return JSON.parse(file.call(() => verification.finish(digests, trust)));
  } finally {
    file.free(verification);
  }
}

/** What is known of a sealing before it is signed. */
export type SealDescription = Pick<PreparedSeal, "field" | "digest" | "byteRange" | "impressions">;

/** A sealing between its two halves. */
export interface Sealing {
  readonly description: SealDescription;
  readonly toBeSigned: Uint8Array;
  timestampRequest(signature: Uint8Array): Uint8Array;
  /** The bytes to append to the original. May be called again after it failed. */
  finish(signature: Uint8Array, timestampResponse: Uint8Array | undefined): Uint8Array;
  free(): void;
}

/** Prepares a sealing. */
export async function prepare(
  bytes: Uint8Array,
  input: object,
  picture: Uint8Array | undefined,
  host: Host,
): Promise<Sealing> {
  const file = hostFile("seal", bytes, host);
  const sealing = file.call(() => new SealingGlue(file, input, picture, false));
  try {
    const { ranges, ...description } = JSON.parse(file.call(() => sealing.description()));
    const jobs: readonly DigestJob[] = [{ algorithm: "SHA-256", ranges }];
    const hasher = host.hasher(jobs, bytes.length);
    const digest =
      hasher === undefined
        ? file.call(() => sealing.digest())
        : await sealedDigest(
            hasher,
            bytes,
            file.call(() => sealing.appended()),
            jobs,
            host,
          );
    return {
      description: { ...description, digest },
      toBeSigned: file.call(() => sealing.toBeSigned(digest)),
      timestampRequest: (signature) => file.call(() => sealing.timestampRequest(signature)),
      finish: (signature, response) => file.call(() => sealing.finish(signature, response)),
      free: () => file.free(sealing),
    };
  } catch (error) {
    file.free(sealing);
    throw error;
  }
}

/** Input of {@link find}, besides the file. */
export interface FindInput {
  readonly word: string;
  readonly password?: string;
  readonly pages?: string;
}

/** Finds where a word stands. */
export async function find(bytes: Uint8Array, input: FindInput, host: Host): Promise<readonly KeywordHit[]> {
  const file = hostFile("seal", bytes, host);
  return JSON.parse(file.call(() => findKeyword(file, input)));
}

function hostFile(module: PdfModule, bytes: Uint8Array, { meter }: Host): HostFile {
  return new HostFile(module, new MemorySource(bytes), (read) => meter.add("checking", read));
}

/** SHA-256 over the byte range of a document that is not written yet. */
async function sealedDigest(
  hasher: Hasher,
  original: Uint8Array,
  appended: Uint8Array,
  jobs: readonly DigestJob[],
  host: Host,
): Promise<string> {
  const whole = new Uint8Array(original.length + appended.length);
  whole.set(original);
  whole.set(appended, original.length);
  const [digest] = await hash(hasher, whole, jobs, host);
  if (digest === undefined) throw new Error("no digest was made");
  return digest;
}

function hash(hasher: Hasher, bytes: Uint8Array, jobs: readonly DigestJob[], { meter }: Host) {
  return hasher(bytes, jobs, (hashed) => meter.add("hashing", hashed / jobs.length));
}
