// The viewer's core in Chromium, under a strict content security policy. `node --test npm/browser/*.test.mjs`, after a
// build of the npm package.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { openBrowser, staysResponsive } from "./page.mjs";
import { embeddedFontPdf, encryptedPdf, makeContract, makePdf } from "./pdf-files.mjs";

const square = (x, y) => [[x, y, 40, "HH"]];
const files = {
  "contract.pdf": makeContract(3),
  "turned.pdf": makePdf([
    { width: 200, height: 100, text: square(10, 10) },
    { width: 200, height: 100, rotate: 90, text: square(10, 10) },
    { width: 400, height: 300, crop: [100, 50, 300, 150], rotate: 270 },
    { width: 100, height: 100, userUnit: 2.5 },
  ]),
  "large.pdf": makeContract(500, { picture: 450 }),
  "font.pdf": embeddedFontPdf(),
  "password.pdf": encryptedPdf(),
  "damaged.pdf": Buffer.from("%PDF-1.7\nnothing of it is left"),
  "empty.pdf": Buffer.from("x").subarray(1),
};
const script = `
import { openDocument } from "/dist/viewer/document.js";
import { setViewerAssets } from "/dist/viewer/assets.js";
import { findKeyword } from "/dist/pdf.js";
Object.assign(globalThis, { openDocument, setViewerAssets, findKeyword });
globalThis.file = async (name) => (await fetch("/files/" + name)).blob();
globalThis.refusal = async (work) => {
  try { await work(); } catch (error) { return { code: error instanceof DOMException ? error.name : error.code, wrong: error.wrong, detail: error.detail }; }
};
/** Share of dark pixels in a part of the canvas, given in fractions from the top left. */
globalThis.ink = (canvas, left, top, right, bottom) => {
  const x = Math.floor(left * canvas.width), y = Math.floor(top * canvas.height);
  const width = Math.floor(right * canvas.width) - x, height = Math.floor(bottom * canvas.height) - y;
  const { data } = canvas.getContext("2d").getImageData(x, y, width, height);
  let dark = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] < 128) dark += 1;
  return dark / (width * height);
};
globalThis.ready = true;`;

let browser;
let opened;
let page;

before(async () => {
  browser = await openBrowser({ files, script });
  opened = await browser.open();
  page = opened.page;
});

after(() => browser?.close());

afterEach(() => opened.check());

describe("an opened document", () => {
  test("is drawn where browsers paint no frames, as in a tab behind others", async () => {
    const dark = await page.evaluate(async () => {
      const paint = globalThis.requestAnimationFrame;
      globalThis.requestAnimationFrame = () => 0;
      try {
        const opened = await openDocument(await file("contract.pdf"));
        const canvas = document.createElement("canvas");
        const late = new Promise((_, reject) => setTimeout(() => reject(new Error("is not drawn")), 10_000));
        await Promise.race([opened.render(1, canvas, 1), late]);
        opened.close();
        return ink(canvas, 0, 0, 1, 1);
      } finally {
        globalThis.requestAnimationFrame = paint;
      }
    });
    assert.ok(dark > 0.001, `${dark}`);
  });

  test("has its pages' sizes as they are shown, in points", async () => {
    const pages = await page.evaluate(async () => {
      const document = await openDocument(await file("turned.pdf"));
      document.close();
      return document.pages.map(({ width, height, rotation, unit }) => [width, height, rotation, unit]);
    });
    assert.deepEqual(pages, [
      [200, 100, 0, 1],
      [100, 200, 90, 1],
      [100, 200, 270, 1],
      [250, 250, 0, 2.5],
    ]);
  });

  test("draws pages upright and at the scale asked for", async () => {
    const drawn = await page.evaluate(async () => {
      const opened = await openDocument(await file("turned.pdf"));
      const canvas = document.createElement("canvas");
      const results = [];
      for (const number of [1, 2]) {
        await opened.render(number, canvas, 2);
        results.push([
          canvas.width,
          canvas.height,
          ink(canvas, 0, 0, 0.5, 0.5) > 0.05,
          ink(canvas, 0, 0.5, 0.5, 1) > 0.05,
          ink(canvas, 0.5, 0.5, 1, 1) > 0.05,
        ]);
      }
      opened.close();
      return results;
    });
    // The text at the bottom left of the page lies at the top left when the page is turned by 90 degrees.
    assert.deepEqual(drawn[0].slice(0, 4), [400, 200, false, true]);
    assert.deepEqual(drawn[1], [200, 400, true, false, false]);
  });

  test("shows Chinese text whose font is not in the file", async () => {
    const title = await page.evaluate(async () => {
      const opened = await openDocument(await file("contract.pdf"));
      const canvas = document.createElement("canvas");
      await opened.render(1, canvas, 1);
      opened.close();
      return ink(canvas, 215 / 595, 78 / 842, 360 / 595, 105 / 842);
    });
    assert(title > 0.03, `${title} of the title is ink`);
  });

  test("shows text in a font of the file, which the policy does not speak of", async () => {
    const square = await page.evaluate(async () => {
      const opened = await openDocument(await file("font.pdf"));
      const canvas = document.createElement("canvas");
      await opened.render(1, canvas, 1);
      opened.close();
      return ink(canvas, 0.35, 0.4, 0.55, 0.6);
    });
    assert.equal(square, 1);
  });

  test("stops drawing when aborted, and when closed", async () => {
    const [aborted, closed] = await page.evaluate(async () => {
      const opened = await openDocument(await file("contract.pdf"));
      const stop = new AbortController();
      const first = opened.render(1, document.createElement("canvas"), 2, stop.signal);
      stop.abort();
      const second = opened.render(2, document.createElement("canvas"), 2);
      const results = [refusal(() => first), refusal(() => second)];
      opened.close();
      return Promise.all(results);
    });
    assert.equal(aborted.code, "AbortError");
    assert.equal(closed.code, "cancelled");
  });

  test("of 500 pages and 100 MB never blocks the page", async () => {
    await staysResponsive(async () => {
      const { pages, longest, milliseconds } = await page.evaluate(async () => {
        const pdf = await file("large.pdf");
        let longest = 0;
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
        }).observe({ entryTypes: ["longtask"] });
        const begin = performance.now();
        const opened = await openDocument(pdf);
        const milliseconds = performance.now() - begin;
        await opened.render(250, document.createElement("canvas"), 1.5);
        await opened.render(500, document.createElement("canvas"), 1.5);
        await new Promise((resolve) => setTimeout(resolve, 100));
        opened.close();
        return { pages: opened.pages.length, longest, milliseconds };
      });
      console.log(`    opened in ${milliseconds.toFixed(0)} ms`);
      assert.equal(pages, 500);
      return longest;
    });
  });
});

describe("the viewer's files", () => {
  test("can lie elsewhere", async () => {
    const requests = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    const codes = await page.evaluate(async () => {
      setViewerAssets("/moved");
      const opened = await openDocument(await file("turned.pdf"));
      opened.close();
      setViewerAssets("/nowhere");
      const missing = await refusal(async () => openDocument(await file("turned.pdf")));
      setViewerAssets(undefined);
      return missing;
    });
    assert(requests.includes("/moved/pdfjs-worker.js"), requests.join());
    assert.equal(codes.code, "wasm-not-served");
    assert.match(codes.detail, /\/nowhere\/pdfjs-worker\.js does not run/);
    opened.forget(/404/);
  });
});

describe("a document that cannot be opened", () => {
  test("says whether a password is missing or wrong", async () => {
    const [missing, wrong, right] = await page.evaluate(async () => {
      const pdf = await file("password.pdf");
      return [
        await refusal(() => openDocument(pdf)),
        await refusal(() => openDocument(pdf, { password: "guess" })),
        (await openDocument(pdf, { password: "user" })).pages.length,
      ];
    });
    assert.deepEqual([missing.code, missing.wrong], ["document-encrypted", false]);
    assert.deepEqual([wrong.code, wrong.wrong], ["document-encrypted", true]);
    assert.equal(right, 1);
  });

  test("is damaged, empty, or too large, by code", async () => {
    const codes = await page.evaluate(async () => {
      const large = new Blob(Array.from({ length: 257 }, () => new Uint8Array(1 << 20)));
      const blobs = [await file("damaged.pdf"), new Blob([]), large];
      return Promise.all(blobs.map(async (blob) => (await refusal(() => openDocument(blob))).code));
    });
    assert.deepEqual(codes, ["document-damaged", "document-damaged", "document-too-large"]);
  });
});

test("older browsers are not asked for what they lack", async () => {
  const lacking =
    "for (const [owner, names] of [[Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted']], " +
    "[String.prototype, ['at']], [Object.getPrototypeOf(Int8Array.prototype), ['at', 'findLast']], " +
    "[Uint8Array, ['fromBase64', 'fromHex']], [Uint8Array.prototype, ['toBase64', 'toHex']], " +
    "[Object, ['hasOwn', 'groupBy']], [globalThis, ['structuredClone', 'Iterator', 'OffscreenCanvas', 'ImageDecoder']], " +
    "[Promise, ['withResolvers', 'try']], [URL, ['parse', 'canParse']], [AbortSignal, ['any', 'timeout']], " +
    "[AbortSignal.prototype, ['throwIfAborted']], [Set.prototype, ['union', 'difference', 'intersection']], " +
    "[Map.prototype, ['getOrInsert', 'getOrInsertComputed']], [Response.prototype, ['bytes']], [Blob.prototype, ['bytes']], " +
    "[Math, ['sumPrecise']], [ArrayBuffer.prototype, ['transfer', 'transferToFixedLength']], [Array, ['fromAsync']]]) " +
    "for (const name of names) delete owner[name];\n";
  const { readFileSync } = await import("node:fs");
  const older = await openBrowser({
    files,
    // An import is done before what stands above it.
    script: lacking + script.replace(/import (\{.*?\}) from (".*?");/g, "const $1 = await import($2);"),
    rewrite: (name, file) => (name === "pdfjs-worker.js" ? lacking + readFileSync(file, "utf8") : undefined),
  });
  try {
    const { page, check } = await older.open();
    const [ink_, hits] = await page.evaluate(async () => {
      const { signal } = new AbortController();
      const opened = await openDocument(await file("contract.pdf"), { signal });
      const canvas = document.createElement("canvas");
      await opened.render(1, canvas, 1);
      opened.close();
      return [ink(canvas, 0, 0, 1, 1), await findKeyword(await file("contract.pdf"), "甲方（盖章）", { signal })];
    });
    assert(ink_ > 0.01, `${ink_} of the page is ink`);
    assert.equal(hits.length, 2);
    check();
  } finally {
    await older.close();
  }
});
