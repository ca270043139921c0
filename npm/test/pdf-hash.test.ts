import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeHasher } from "../src/pdf/node-hash.js";
import { MAX_TIMES, webHasher } from "../src/pdf/web-hash.js";
import type { DigestJob, Hasher } from "../src/pdf/work.js";

const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => (index * index) % 251);

const job = (algorithm: DigestJob["algorithm"], ...ranges: [number, number][]): DigestJob => ({ algorithm, ranges });

/** As signatures of several revisions have them. */
const jobs = [
  job("SHA-256", [0, 4000], [4200, 5000]),
  job("SHA-256", [0, 100], [9000, 10_000]),
  job("SHA-256", [0, 100], [101, 10_000]),
  job("SHA-384", [0, 7000], [7001, 7002]),
  job("SHA-512", [0, 0], [5, 10]),
  job("SHA-256", [0, 300], [300, 300]),
  job("SHA-256", [0, 10_000]),
  job("SHA-512", [0, 9999]),
];

const expected = jobs.map(({ algorithm, ranges }) => {
  const hash = createHash(algorithm.replace("-", ""));
  for (const [start, end] of ranges) hash.update(bytes.subarray(start, end));
  return hash.digest("hex");
});

const web: Hasher = (...input) => {
  const hasher = webHasher([], bytes.length);
  if (hasher === undefined) throw new Error("no WebCrypto");
  return hasher(...input);
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each([
  ["WebCrypto", web],
  ["Node", nodeHasher(undefined)],
])("%s", (_, hasher) => {
  it("hashes the ranges, and leaves the bytes as they were", async () => {
    const mine = bytes.slice();
    const hashing = hasher(mine, jobs, () => undefined);
    expect(mine, "at once, since the engine reads them meanwhile").toEqual(bytes);
    expect(await hashing).toEqual(expected);
    expect(mine).toEqual(bytes);
  });

  it("has nothing to do for no job", async () => {
    expect(await hasher(bytes, [], () => undefined)).toEqual([]);
  });
});

it("WebCrypto refuses ranges that the engine never asks for, rather than hash something else", async () => {
  for (const ranges of [
    [],
    [[1, 2]],
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  ] as [number, number][][]) {
    await expect(web(bytes, [job("SHA-256", ...ranges)], () => undefined)).rejects.toThrow("no such ranges");
  }
});

it("is left to the engine without WebCrypto, and beyond a number of large signatures", () => {
  const whole = job("SHA-256", [0, bytes.length]);
  const times = (count: number) => Array.from({ length: count }, () => whole);
  expect(webHasher(times(MAX_TIMES), bytes.length)).toBeDefined();
  expect(webHasher([...times(MAX_TIMES), job("SHA-256", [0, 1])], bytes.length)).toBeUndefined();
  vi.stubGlobal("crypto", {});
  expect(webHasher([whole], bytes.length)).toBeUndefined();
});
