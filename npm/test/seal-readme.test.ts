// What the README shows about sealing with the phone runs.

import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import type { DocumentWork, SealedDocument } from "../src/documents.js";
import { ScanSealError } from "../src/errors.js";
import * as pdf from "../src/pdf-node.js";
import type { ScanAnswer, ScanRequest } from "../src/scan.js";
import { makeSeal, pemToDer } from "./electronic-seal.js";
import { makePdf, root, signer } from "./pdf-files.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, section] = readme.split("\n## Seal with the phone\n");
const [, snippet] = section?.match(/```js\nimport [^\n]+\nimport [^\n]+\n(.*?)```/s) ?? [];

interface Element {
  documents: (context: { signal: AbortSignal }) => Promise<DocumentWork>;
  request: () => Promise<ScanRequest>;
  submit: (answer: ScanAnswer) => Promise<unknown>;
  documentCodes: (result: unknown) => unknown;
  addEventListener: (type: string, listener: (event: { detail: { result: unknown } }) => void) => void;
}

const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

it("seals, uploads and tells as shown", async () => {
  // The fonts of the test's PDF have Latin letters only.
  const code = snippet?.replace("甲方（盖章）", "Party A");
  expect(code).toContain("sealDocuments(");
  const contract = makePdf({ pages: 2, word: "Party A" });
  const asked = { request: "jws", relay: "wss://relay.example/relay", link: "https://app.example/S", id: "r1" };
  const post = vi.fn(async (path: string) => {
    if (path === "/api/seal/contracts") return [1, 2, 3].map((id) => ({ id, url: `/contracts/${id}.pdf` }));
    return path === "/api/seal/requests" ? asked : { accepted: true };
  });
  const uploads = new Map<string, Uint8Array>();
  const fetch = vi.fn(async (url: string, init: RequestInit) => {
    if (init.method !== "PUT") return new Response(contract as BodyInit);
    uploads.set(url, init.body as Uint8Array);
    const refusal = new Response(JSON.stringify({ code: "document-changed" }), { status: 409 });
    return url.endsWith("/1") ? refusal : new Response("{}");
  });
  const heard: ((event: { detail: { result: unknown } }) => void)[] = [];
  const element = {
    addEventListener: (_: string, listener: (typeof heard)[number]) => heard.push(listener),
  } as unknown as Element;
  const document = { createElement: () => element, querySelector: () => ({ append: () => undefined }) };
  const show = vi.fn();
  const scope = { ...pdf, post, fetch, document, show, ScanSealError, ids: [1, 2, 3] };
  const Run = Object.getPrototypeOf(async () => undefined).constructor;
  await new Run(...Object.keys(scope), code)(...Object.values(scope));

  expect(await element.request()).toBe(asked);
  const { signal } = new AbortController();
  const work = await element.documents({ signal });
  expect(work.count).toBe(3);
  const maker = pemToDer(root);
  const seal = makeSeal({ picture, millimetres: [42, 42], certificate: pemToDer(signer), maker });
  const layout = await work.prepare(2, { certificates: signer, seal }, signal);
  expect(layout.appended).toBeGreaterThan(layout.gap[1]);
  work.dispose();

  const appended = new Uint8Array([1, 2, 3]);
  const documents: SealedDocument[] = [{ appended }, { appended }, { code: "refused" }];
  const result = await element.submit({ assertion: "a", channelBinding: "c", documents, seal });
  const sent = { assertion: "a", channelBinding: "c", seal: seal.toString("base64") };
  expect(post).toHaveBeenLastCalledWith("/api/seal/requests/r1/assertion", sent);
  expect([...uploads]).toEqual([
    ["/api/seal/requests/r1/documents/0", appended],
    ["/api/seal/requests/r1/documents/1", appended],
  ]);
  expect(element.documentCodes(result)).toEqual([undefined, "document-changed", "refused"]);
  heard[0]?.({ detail: { result } });
  expect(show).toHaveBeenCalledWith(result);
});
