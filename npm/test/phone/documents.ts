// What a phone looks at before it signs a document, written from docs/protocol.md section 8.2, RFC 5652 and FIPS 180-4.

import { createHash } from "node:crypto";

/** A layout as it travels. */
export interface Layout {
  readonly state: Uint8Array;
  readonly tail: Uint8Array;
  readonly appended: number;
  readonly gap: readonly [number, number];
  readonly attributes: Uint8Array;
}

/** The document as the request names it. */
export interface Named {
  readonly size: number;
  /** Of the original. */
  readonly sha256: Uint8Array;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

/**
 * Checks 1 and 2 of section 8.2: gives the digest of the signed bytes. Throws with what is wrong.
 */
export function checkLayout(layout: Layout, named: Named, appended: Uint8Array, certificate: Uint8Array): Buffer {
  const { state, tail, gap, attributes } = layout;
  const must = (holds: boolean, what: string) => {
    if (!holds) throw new Error(what);
  };
  must(state.length === 32 && tail.length === named.size % 64, "state or tail is as long as it can not be");
  must(appended.length === layout.appended, "what is appended is not as long as it says");
  must(finish(state, tail, named.size).equals(named.sha256), "the state is not that of the document");
  const [begin, end] = gap;
  must(0 < begin && begin < end && end < appended.length, "no gap");
  must(/^<0+>$/.test(Buffer.from(appended.subarray(begin, end)).toString("latin1")), "the gap holds more than zeros");
  const rest = Buffer.concat([tail, appended.subarray(0, begin), appended.subarray(end)]);
  const digest = finish(state, rest, named.size - tail.length + rest.length);
  checkAttributes(attributes, digest, certificate);
  return digest;
}

/** The three signed attributes, and nothing else. */
function checkAttributes(attributes: Uint8Array, digest: Uint8Array, certificate: Uint8Array): void {
  const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
  const attribute = (type: string, value: Uint8Array) => der(0x30, oid(type), der(0x31, value));
  const contentType = attribute("2a864886f70d010903", oid("2a864886f70d010701"));
  const messageDigest = attribute("2a864886f70d010904", der(0x04, digest));
  // Its hash algorithm is the default, SHA-256, and so left out; after the hash, issuer and serial number may stand (RFC 5035).
  const signingCertificate = oid("2a864886f70d010910022f");
  const bytes = Buffer.from(attributes);
  const [found, ...others] = parts(bytes);
  if (found?.tag !== 0x31 || others.length > 0) throw new Error("no SET OF attributes");
  const all = parts(found.content);
  if (all.length !== 3) throw new Error(`${all.length} attributes`);
  const has = (wanted: Buffer) => all.some(({ raw }) => raw.equals(wanted));
  if (!has(contentType)) throw new Error("another content type");
  if (!has(messageDigest)) throw new Error("another digest");
  const third = all.find(({ content }) => content.subarray(0, signingCertificate.length).equals(signingCertificate));
  const [, values] = third ? parts(third.content) : [];
  // SigningCertificateV2, its list of certificates, the first one, its hash.
  let at = values;
  for (let depth = 0; depth < 4 && at; depth += 1) at = parts(at.content)[0];
  if (at?.tag !== 0x04 || !at.content.equals(sha256(certificate))) throw new Error("another certificate");
}

interface Part {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

/** The elements of DER one after the other. */
function parts(bytes: Buffer): Part[] {
  const found: Part[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes.readUInt8(at);
    let length = bytes.readUInt8(at + 1);
    let start = at + 2;
    if (length > 128) {
      const size = length - 128;
      length = bytes.readUIntBE(start, size);
      start += size;
    }
    found.push({ tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return found;
}

/** One element of DER. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length.toString(16).padStart(2, "0");
  const bytes = Buffer.from(length.length % 2 === 0 ? length : `0${length}`, "hex");
  const head = content.length < 128 ? Buffer.of(content.length) : Buffer.concat([Buffer.of(128 + bytes.length), bytes]);
  return Buffer.concat([Buffer.of(tag), head, content]);
}

/** SHA-256 gone on from a state with what comes after it; `length` is that of all bytes (FIPS 180-4 section 5.1.1). */
function finish(state: Uint8Array, rest: Uint8Array, length: number): Buffer {
  const padding = Buffer.alloc(((119 - (length % 64)) % 64) + 9);
  padding.writeUInt8(0x80);
  padding.writeBigUInt64BE(BigInt(length) * 8n, padding.length - 8);
  const bytes = Buffer.concat([rest, padding]);
  let hash: Buffer = Buffer.from(state);
  for (let at = 0; at < bytes.length; at += 64) hash = compress(hash, bytes.subarray(at, at + 64));
  return hash;
}

/** FIPS 180-4 section 6.2.2. */
function compress(state: Buffer, block: Buffer): Buffer {
  const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));
  const w = Array.from({ length: 16 }, (_, index) => block.readInt32BE(4 * index));
  const at = (list: readonly number[], index: number) => list[index] as number;
  for (let t = 16; t < 64; t += 1) {
    const [a, b] = [at(w, t - 15), at(w, t - 2)];
    const small0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const small1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w.push((at(w, t - 16) + small0 + at(w, t - 7) + small1) | 0);
  }
  const before = Array.from({ length: 8 }, (_, index) => state.readInt32BE(4 * index));
  let [a, b, c, d, e, f, g, h] = before as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t += 1) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + big1 + ((e & f) ^ (~e & g)) + at(CONSTANTS, t) + at(w, t)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  const after = Buffer.alloc(32);
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) {
    after.writeInt32BE((at(before, index) + word) | 0, 4 * index);
  }
  return after;
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
const CONSTANTS: readonly number[] = (() => {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < 64; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  // floor(cbrt(prime) * 2^32) modulo 2^32, in whole numbers.
  return primes.map((prime) => {
    const target = BigInt(prime) << 96n;
    let [low, high] = [0n, 1n << 36n];
    while (low < high) {
      const middle = (low + high + 1n) >> 1n;
      if (middle ** 3n <= target) low = middle;
      else high = middle - 1n;
    }
    return Number(BigInt.asIntN(32, low));
  });
})();
