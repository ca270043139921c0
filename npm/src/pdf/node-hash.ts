// Hashing through Node, whose hashes can be cloned: what several digests have in common from the first byte on is hashed
// once.

import { createHash, type Hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { DigestJob, Hasher } from "./work.js";

/** Hashed at once; then everybody else has a turn. */
const CHUNK_BYTES = 16 << 20;

/** Node's hasher, which the signal stops. */
export const nodeHasher =
  (signal: AbortSignal | undefined): Hasher =>
  async (bytes, jobs, hashed) => {
    const digests: string[] = [];
    for (const algorithm of new Set(jobs.map((job) => job.algorithm))) {
      let trunk = createHash(algorithm.replace("-", "").toLowerCase());
      let at = 0;
      const ofThis = [...jobs.entries()].filter(([, job]) => job.algorithm === algorithm);
      ofThis.sort(([, left], [, right]) => firstEnd(left) - firstEnd(right));
      for (const [index, job] of ofThis) {
        trunk = trunk.copy();
        await update(trunk, at, firstEnd(job));
        at = firstEnd(job);
        const branch = trunk.copy();
        for (const [start, end] of job.ranges.slice(1)) await update(branch, start, end);
        digests[index] = branch.digest("hex");
      }
    }
    return digests;

    async function update(hash: Hash, start: number, end: number): Promise<void> {
      for (let from = start; from < end; from += CHUNK_BYTES) {
        const chunk = bytes.subarray(from, Math.min(from + CHUNK_BYTES, end));
        hash.update(chunk);
        hashed(chunk.length);
        await setImmediate();
        signal?.throwIfAborted();
      }
    }
  };

function firstEnd({ ranges }: DigestJob): number {
  return ranges[0]?.[1] ?? 0;
}
