// What `<scanseal-placer>` shows is where the engine puts the seal: the same places, given to both.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { openBrowser } from "./page.mjs";
import { makePdf } from "./pdf-files.mjs";
import { sealPng } from "./seal.mjs";

const words = [
  [110, 300, 14, "Seal here"],
  [110, 380, 14, "Seal here"],
];
const A4 = { width: 595.28, height: 841.89 };
const pages = [
  { ...A4, text: words },
  { ...A4, rotate: 90, text: words },
  { ...A4, rotate: 180, crop: [50, 100, 500, 800], text: words },
  { ...A4, rotate: 270, text: words },
  { width: 300, height: 300, userUnit: 2 },
  { ...A4, crop: [-100, -100, 400, 700], text: words },
];
const cases = {
  coordinates: [{ type: "at", pages: "1-4,-1", x: 12.5, y: 34.25 }],
  width: [{ type: "at", pages: "2", x: 10, y: 20, width: 90 }],
  height: [{ type: "at", pages: "3", x: 10, y: 20, height: 60 }],
  "width and height": [{ type: "at", pages: "5", x: 10, y: 20, width: 200, height: 30 }],
  keyword: [{ type: "keyword", word: "Seal here" }],
  "every keyword, moved": [{ type: "keyword", word: "Seal here", occurrence: "all", dx: 20, dy: -15 }],
  "keyword on some pages": [{ type: "keyword", word: "Seal here", occurrence: 2, pages: "2-3" }],
  "last keyword": [{ type: "keyword", word: "Seal here", occurrence: -1 }],
  right: [{ type: "cross-page", side: "right" }],
  left: [{ type: "cross-page", side: "left", offset: 0.2, group: 4 }],
  top: [{ type: "cross-page", side: "top", offset: 0.75, pages: "1-3" }],
  bottom: [{ type: "cross-page", side: "bottom", offset: 0, group: 2 }],
};
const refused = {
  "off the page": [{ type: "at", pages: "1", x: 500, y: 20 }],
  "no such page": [{ type: "at", pages: "7", x: 10, y: 20 }],
  "no such word": [{ type: "keyword", word: "nowhere" }],
  "one page": [{ type: "cross-page", side: "right", pages: "2" }],
  "group of one": [{ type: "cross-page", side: "right", group: 1 }],
};

const script = `
import { findKeyword, prepareSeal } from "/dist/pdf.js";
import { sealSize } from "/dist/placer/geometry.js";
import { impressionsOf } from "/dist/placer/impressions.js";
import { openDocument } from "/dist/viewer/document.js";
import { toShown } from "/dist/viewer/page.js";
const load = async (name) => (await fetch("/files/" + name)).blob();
globalThis.compare = async (places, certificate) => {
  const pdf = await load("pages.pdf");
  const opened = await openDocument(pdf);
  opened.close();
  const { pages } = opened;
  const found = new Map();
  for (const { word } of places) if (word) found.set(word, await findKeyword(pdf, word));
  const surroundings = { pages, seal: sealSize(42), hits: (word) => found.get(word) };
  const { impressions, problems } = impressionsOf(places, surroundings);
  const shown = impressions.map(({ page, frame }) => ({ page, ...frame }));
  try {
    const prepared = await prepareSeal(pdf, { certificate, picture: await load("seal.png"), pictureWidth: 42, places });
    prepared.dispose();
    const made = prepared.impressions.map(({ page, rect }) => ({ page, ...toShown(pages[page - 1], rect) }));
    return { shown, made, problem: problems.get(0) };
  } catch (error) {
    return { refused: error.code, problem: problems.get(0) };
  }
};
globalThis.ready = true;`;

let browser;
let opened;
const certificate = readFileSync(new URL("../test/pdf/signer.pem", import.meta.url), "utf8");

before(async () => {
  browser = await openBrowser({ files: { "pages.pdf": makePdf(pages), "seal.png": sealPng() }, script });
  opened = await browser.open();
});

after(() => browser?.close());

for (const [name, places] of Object.entries(cases)) {
  test(`${name}: shown where it is made`, async () => {
    const { shown, made, problem, refused } = await opened.page.evaluate(
      ([places, certificate]) => compare(places, certificate),
      [places, certificate],
    );
    assert.deepEqual([problem, refused], [undefined, undefined]);
    assert(made.length > 0);
    const order = (one, other) => one.page - other.page || one.y - other.y;
    const rounded = (frames) =>
      frames
        .sort(order)
        .map((frame) => Object.fromEntries(Object.entries(frame).map(([key, value]) => [key, round(value)])));
    assert.deepEqual(rounded(shown), rounded(made));
    opened.check();
  });
}

for (const [name, places] of Object.entries(refused)) {
  test(`${name}: refused for the same reason`, async () => {
    const { problem, refused } = await opened.page.evaluate(
      ([places, certificate]) => compare(places, certificate),
      [places, certificate],
    );
    assert.equal(problem, refused);
    assert.notEqual(refused, undefined);
    opened.check();
  });
}

/** What is written into a PDF has few digits. */
function round(value) {
  return Math.round(value * 20) / 20 + 0;
}
