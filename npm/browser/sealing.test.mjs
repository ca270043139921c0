// Documents of a request to seal in Chromium, where they are laid out in a worker and stay where they are.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { openBrowser } from "./page.mjs";
import { makeContract } from "./pdf-files.mjs";
import { sealPng } from "./seal.mjs";
import { fromTests } from "./typescript.mjs";

/** Longest task that a person does not feel. */
const MAX_TASK = 100;
/** Milliseconds for fifty contracts of one page, without the person and the network. */
const MAX_BATCH = 5000;

const fixture = (name) => readFileSync(new URL(`../test/pdf/${name}`, import.meta.url), "utf8");
const [root, signer, crl] = ["root.pem", "signer.pem", "root.crl"].map(fixture);
const { makeSeal, pemToDer } = await fromTests("electronic-seal.ts");
const { checkLayout } = await fromTests("phone/documents.ts");
const { testKey } = await fromTests("test-keys.ts");

const certificate = pemToDer(signer);
const seal = makeSeal({ picture: sealPng(), millimetres: [42, 42], certificate, maker: pemToDer(root) });
const files = { seal, "small.pdf": makeContract(2), "large.pdf": makeContract(500, { picture: 450 }) };
const places = [
  { type: "keyword", word: "甲方（采购人）" },
  { type: "cross-page", side: "right" },
];

const script = `
import { sealDocuments, verifyPdf } from "/dist/pdf.js";
const time = new Date("2027-01-01T00:00:00Z");
const never = new AbortController().signal;
const load = async (name) => (await fetch("/files/" + name)).blob();
let longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
}).observe({ entryTypes: ["longtask"] });
globalThis.sealing = {
  load,
  longest: () => longest,
  async setUp(jwk, certificates) {
    this.key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    this.choice = { certificates, seal: new Uint8Array(await (await load("seal")).arrayBuffer()) };
  },
  async timed(name, work) {
    const start = performance.now();
    const value = await work;
    this.times[name] = Math.round(performance.now() - start + (this.times[name] ?? 0));
    return value;
  },
  async begin(pdfs, places) {
    this.work?.dispose();
    Object.assign(this, { pdfs, times: {}, progress: [] });
    longest = 0;
    const hashed = new Promise((resolve) => {
      this.onProgress = ({ done, total }) => {
        this.progress.push(done / total);
        if (done === total) resolve();
      };
    });
    const documents = pdfs.map((pdf) => ({ pdf, options: { time, places } }));
    const onProgress = (told) => this.onProgress(told);
    this.work = await this.timed("begin", sealDocuments(documents, { onProgress }));
    await this.timed("hash", hashed);
  },
  /** As a phone: gets what is appended, and signs. */
  async seal(document) {
    const layout = await this.timed("prepare", this.work.prepare(document, this.choice, never));
    const before = await this.work.read(document, "appended", 0, layout.appended);
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const signature = new Uint8Array(await crypto.subtle.sign(algorithm, this.key, layout.attributes));
    const appended = await this.timed("finish", this.work.finish(document, signature, never));
    this.sealed = new Blob([this.pdfs[document], appended]);
    return { layout, before };
  },
  /** Reads what a phone would fetch, and forgets it. */
  async readAll(document) {
    const piece = 196_608;
    for (let at = 0; at < this.pdfs[document].size; at += piece) await this.work.read(document, "original", at, piece);
  },
  async verify(trust, crl) {
    const { document, signatures } = await verifyPdf(this.sealed, { trust: [trust], crls: [crl], time });
    return { verdict: document.verdict, shown: signatures.map(({ appearance }) => appearance.length) };
  },
  code: (work) => work.then(() => undefined, ({ code }) => code),
};
globalThis.ready = true;`;

let browser;
let opened;
let page;

before(async () => {
  browser = await openBrowser({ files, script });
  opened = await browser.open();
  ({ page } = opened);
  const jwk = testKey("pdf signer").export({ format: "jwk" });
  await page.evaluate(([jwk, certificates]) => sealing.setUp(jwk, certificates), [jwk, `${signer}${root}`]);
});

after(() => browser?.close());

const verdict = () => page.evaluate(([root, crl]) => sealing.verify(root, crl), [root, crl]);

test("a contract is laid out, read, signed and finished in a worker, and passes", async () => {
  await page.evaluate(async (places) => sealing.begin([await sealing.load("small.pdf")], places), places);
  const { layout, bytes } = await page.evaluate(async () => {
    const { layout, before } = await sealing.seal(0);
    const { state, tail, attributes } = layout;
    return { layout, bytes: [state, tail, attributes, before].map((each) => Array.from(each)) };
  });
  const original = files["small.pdf"];
  const named = { size: original.length, sha256: createHash("sha256").update(original).digest() };
  const [state, tail, attributes, appended] = bytes.map((each) => Buffer.from(each));
  checkLayout({ ...layout, state, tail, attributes }, named, appended, certificate);
  assert.deepEqual(await verdict(), { verdict: "passed", shown: [3] });
  opened.check();
});

test("500 pages and 100 MB never block the page, and come into memory in pieces", async () => {
  const { longest, times, progress } = await page.evaluate(async (places) => {
    await sealing.begin([await sealing.load("large.pdf")], places);
    await sealing.seal(0);
    await sealing.timed("read", sealing.readAll(0));
    return { longest: sealing.longest(), times: sealing.times, progress: sealing.progress };
  }, places);
  console.log(`    ${JSON.stringify(times)} ms, longest task ${longest.toFixed(0)} ms`);
  assert(longest <= MAX_TASK, `a task took ${longest} ms`);
  assert(progress.length > 20 && progress.at(-1) === 1);
  assert.deepEqual(
    progress,
    [...progress].sort((left, right) => left - right),
  );
  assert.deepEqual(await verdict(), { verdict: "passed", shown: [501] });
  opened.check();
});

test("fifty contracts are laid out and finished one after the other", async () => {
  const { longest, times } = await page.evaluate(async (places) => {
    const pdf = await sealing.load("small.pdf");
    await sealing.begin(
      Array.from({ length: 50 }, () => pdf),
      places,
    );
    for (let document = 0; document < 50; document += 1) await sealing.seal(document);
    return { longest: sealing.longest(), times: sealing.times };
  }, places);
  console.log(`    ${JSON.stringify(times)} ms, longest task ${longest.toFixed(0)} ms`);
  const sum = Object.values(times).reduce((sum, each) => sum + each, 0);
  assert(sum <= MAX_BATCH, `${sum} ms`);
  assert(longest <= MAX_TASK, `a task took ${longest} ms`);
  assert.deepEqual(await verdict(), { verdict: "passed", shown: [3] });
  opened.check();
});

test("a file that changes on the disk after it was chosen is not sealed", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "scanseal-"));
  try {
    const file = path.join(folder, "contract.pdf");
    writeFileSync(file, files["small.pdf"]);
    await page.evaluate(() => {
      const input = Object.assign(document.createElement("input"), { type: "file", id: "file" });
      document.body.append(input);
    });
    await page.setInputFiles("#file", file);
    await page.evaluate((places) => sealing.begin([...document.querySelector("#file").files], places), places);
    writeFileSync(file, Buffer.concat([files["small.pdf"], Buffer.from("changed")]));
    const codes = await page.evaluate(async () => [
      await sealing.code(sealing.seal(0)),
      await sealing.code(sealing.work.read(0, "original", 0, 10)),
    ]);
    assert.deepEqual(codes, ["document-changed", "document-changed"]);
    opened.check();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an abort ends the worker", async () => {
  const outcome = await page.evaluate(async () => {
    await sealing.begin([await sealing.load("small.pdf")], []);
    const stop = new AbortController();
    const preparing = sealing.work.prepare(0, sealing.choice, stop.signal);
    // Its document is hashed: the message is on its way when this is said.
    setTimeout(() => stop.abort(new Error("enough")));
    const message = await preparing.catch(({ message }) => message);
    return [message, await sealing.code(sealing.work.finish(0, new Uint8Array(64), new AbortController().signal))];
  });
  assert.deepEqual(outcome, ["enough", "cancelled"]);
  opened.check();
});
