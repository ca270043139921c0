// The project's test vectors, in the WebAssembly that this package ships: the same verdicts as natively.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { initSync, runVector } from "../wasm/server/server.js";

interface Vectors {
  readonly cases: readonly { readonly name: string; readonly expect: unknown }[];
}

const folder = new URL("../../tests/vectors/", import.meta.url);
const topics = readdirSync(folder)
  // The audit chain is no part of the WebAssembly.
  .filter((name) => name.endsWith(".json") && name !== "audit.json")
  .map((name) => name.replace(/\.json$/, ""));

initSync({ module: readFileSync(new URL("../wasm/server/server_bg.wasm", import.meta.url)) });

it("there are vectors for all signed objects, the channel and the code", () => {
  expect(topics).toEqual(expect.arrayContaining(["assertion", "channel", "qr", "request", "trust-list"]));
});

describe.each(topics)("%s", (topic) => {
  const { cases } = JSON.parse(readFileSync(new URL(`${topic}.json`, folder), "utf8")) as Vectors;

  it.each(cases)("$name", (vector) => {
    expect(JSON.parse(runVector(topic, JSON.stringify(vector)))).toEqual(vector.expect);
  });
});
