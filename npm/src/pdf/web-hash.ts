// Hashing through WebCrypto, which takes one stretch of memory and gives one digest.

import type { DigestJob, Hasher } from "./work.js";

/**
 * How often the file's bytes may be hashed here before it is left to the engine: half as fast, but it hashes only once what
 * signatures have in common.
 */
export const MAX_TIMES = 3;

/**
 * WebCrypto's hasher; none where the page is not secure (plain http), since browsers hide it there, nor for so many
 * signatures that the engine is faster.
 */
export function webHasher(jobs: readonly DigestJob[], size: number): Hasher | undefined {
  const subtle = globalThis.crypto?.subtle;
  const wanted = jobs.flatMap(({ ranges }) => ranges).reduce((sum, [start, end]) => sum + end - start, 0);
  if (subtle === undefined || wanted > MAX_TIMES * size) return undefined;
  return async (bytes, jobs, hashed) => {
    const digests: string[] = [];
    // One after the other, since WebCrypto copies what it hashes.
    for (const job of jobs) {
      digests.push(await digest(subtle, bytes, job));
      hashed(bytes.length);
    }
    return digests;
  };
}

async function digest(subtle: SubtleCrypto, bytes: Uint8Array, { algorithm, ranges }: DigestJob): Promise<string> {
  const [first, second] = ranges;
  if (first === undefined || ranges.length > 2 || first[0] !== 0) throw new Error("no such ranges are hashed here");
  const hashed =
    second === undefined || second[0] === second[1]
      ? subtle.digest(algorithm, bytes.subarray(0, first[1]) as BufferSource)
      : withoutGap(bytes, first[1], second, (signed) => subtle.digest(algorithm, signed as BufferSource));
  return hexadecimal(new Uint8Array(await hashed));
}

/**
 * Moves the second range over the gap for as long as `use` runs. WebCrypto copies what it is given before it returns
 * (Web Cryptography, `digest` step 2), so the bytes can be put back at once: no second copy of a large file is made.
 */
function withoutGap<Result>(
  bytes: Uint8Array,
  gap: number,
  [start, end]: readonly [number, number],
  use: (signed: Uint8Array) => Result,
): Result {
  const length = end - start;
  // From the gap on, everything that the moved bytes overwrite.
  const saved = bytes.slice(gap, gap + length);
  bytes.copyWithin(gap, start, end);
  try {
    return use(bytes.subarray(0, gap + length));
  } finally {
    bytes.set(saved, gap);
  }
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
