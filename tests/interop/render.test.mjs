// Every way to place a seal, as poppler draws it: within a point of where it was asked for, in its colours, with the text
// below it readable, and the slices of a cross-page seal meeting exactly. Golden pictures are in golden/; after a wanted
// change, UPDATE=1 writes them anew: look at them.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { PNG } from "pngjs";
import { bounds, isRed, renderPage } from "./render.mjs";
import { makePki, makeShapes, must, seal } from "./tools.mjs";

/** How far an edge may be off, in points. */
const TOLERANCE = 1;
/** Resolution of the golden pictures. */
const GOLDEN_DPI = 48;
/** How different a golden picture may be: mean difference of a channel, and the share of pixels that clearly differ. */
const GOLDEN_MEAN = 1.5;
const GOLDEN_SHARE = 0.01;

const folder = mkdtempSync(path.join(tmpdir(), "scanseal-render-"));
const file = (name) => path.join(folder, name);
const shape = (name) => file(`shapes/${name}.pdf`);
const pki = file("pki");
/** Millimetres of the test seal, which is a red frame with a red disc in it, clear elsewhere. */
const MILLIMETRES = 42;
const POINTS = (MILLIMETRES * 72) / 25.4;

before(async () => {
  await makePki(pki);
  await makeShapes(file("shapes"), "small", "pages", "rotated90", "rotated180", "rotated270", "shifted", "units");
  writeFileSync(file("seal.png"), testSeal());
});

after(() => rmSync(folder, { recursive: true }));

/** Seals a shape; returns the path. */
async function sealed(name, ...options) {
  const target = file(`${name}-${options.join("").replace(/[^\w]/g, "")}.pdf`);
  const image = ["--image", file("seal.png"), "--image-width", `${MILLIMETRES}mm`];
  await seal(shape(name), target, pki, "p256", ...image, ...options);
  return target;
}

function near(actual, expected, what) {
  actual.forEach((edge, index) => {
    assert.ok(Math.abs(edge - expected[index]) <= TOLERANCE, `${what}: ${actual} instead of ${expected}`);
  });
}

describe("a seal at coordinates", () => {
  for (const name of ["small", "rotated90", "rotated180", "rotated270", "shifted"]) {
    test(`is where it was asked for, upright, at its size: ${name}`, async () => {
      const target = await sealed(name, "--at", "1:60,90");
      const page = renderPage(target, 1);
      near(bounds(page, isRed), [60, 90, 60 + POINTS, 90 + POINTS], name);
      // The mark in the upper left corner tells how it is turned.
      const mark = bounds(page, (r, _g, b) => b > 150 && b - r > 60);
      near(mark, [60 + POINTS * 0.1, 90 + POINTS * 0.8, 60 + POINTS * 0.2, 90 + POINTS * 0.9], `${name}: mark`);
      golden(`at-${name}`, target, 1);
    });
  }

  test("is measured in the page's own unit", async () => {
    // The page is 8.3 x 11.7 inches in units of 1/36 inch. Poppler ignores the unit, so everything shows at half its size.
    const page = renderPage(await sealed("units", "--at", "1:60,90"), 1);
    near(bounds(page, isRed), [30, 45, 30 + POINTS / 2, 45 + POINTS / 2], "units");
  });

  test("fills the size that was asked for", async () => {
    const page = renderPage(await sealed("small", "--at", "1:100,100,50,50"), 1);
    near(bounds(page, isRed), [100, 100, 150, 150], "50 points");
  });

  test("leaves text below it readable, and has its own colour beside it", async () => {
    // Over the line "Contract 2026-007 ...", whose baseline is at 760.
    const target = await sealed("small", "--at", "1:60,700");
    const [plain, page] = [renderPage(shape("small"), 1), renderPage(target, 1)];
    const dark = (red, green, blue) => red + green + blue < 240;
    const inside = (picture) => {
      let count = 0;
      for (let y = Math.round(((842 - 775) * picture.dpi) / 72); y < ((842 - 755) * picture.dpi) / 72; y += 1) {
        for (let x = Math.round((60 * picture.dpi) / 72); x < ((60 + POINTS) * picture.dpi) / 72; x += 1) {
          if (dark(...picture.at(x, y))) count += 1;
        }
      }
      return count;
    };
    assert.ok(inside(plain) > 200, "there is no text in the original");
    assert.ok(inside(page) > 0.9 * inside(plain), "the seal hides text");
    const [x, y] = [60 + POINTS / 2, 842 - 700 - POINTS / 2].map((point) => Math.round((point * page.dpi) / 72));
    const [red, green, blue] = page.at(x, y);
    assert.ok(red > 190 && green < 40 && blue < 70, `the disc is ${red},${green},${blue}`);
    golden("text-below", target, 1);
  });
});

describe("a seal at a word", () => {
  test("is centred on it", async () => {
    const page = renderPage(await sealed("small", "--keyword", "(seal)"), 1);
    const [left, bottom, right, top] = bounds(page, isRed);
    const word = /<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">\(seal\)</;
    const [x0, y0, x1, y1] = word
      .exec(await must("pdftotext", "-bbox", shape("small"), "-"))
      .slice(1)
      .map(Number);
    // Poppler measures a word from the descent to the ascent of its font, so its middle is a little off ours.
    const off = [(left + right) / 2 - (x0 + x1) / 2, (bottom + top) / 2 - (842 - (y0 + y1) / 2)];
    assert.ok(Math.abs(off[0]) <= 1 && Math.abs(off[1]) <= 3, `off by ${off}`);
  });
});

describe("a cross-page seal", () => {
  for (const side of ["right", "left", "top", "bottom"]) {
    test(`is the seal again when the pages are put together: ${side}`, async () => {
      const target = await sealed("pages", "--cross-page", side);
      const slices = [1, 2, 3, 4, 5].map((page) => renderPage(target, page));
      const widths = slices.map((page) => bounds(page, isRed));
      const across = side === "left" || side === "right";
      const total = widths.reduce((sum, [left, bottom, right, top]) => sum + (across ? right - left : top - bottom), 0);
      assert.ok(Math.abs(total - POINTS) <= 5 * 0.5, `the slices are ${total} points, the seal ${POINTS}`);
      for (const [left, bottom, right, top] of widths) {
        const edge = { right: 595 - right, left, top: 842 - top, bottom }[side];
        assert.ok(Math.abs(edge) <= TOLERANCE, `${side}: ${edge} points from the edge`);
        if (across) near([bottom, top], [421 - POINTS / 2, 421 + POINTS / 2], side);
        else near([left, right], [297.5 - POINTS / 2, 297.5 + POINTS / 2], side);
      }
      golden(`cross-${side}-1`, target, 1);
      golden(`cross-${side}-5`, target, 5);
    });
  }
});

/** Compares a page with its golden picture. */
function golden(name, target, number) {
  const url = new URL(`golden/${name}.png`, import.meta.url);
  const { width, height, pixels } = renderPage(target, number, GOLDEN_DPI);
  if (process.env.UPDATE) {
    const png = new PNG({ width, height, colorType: 2 });
    for (let i = 0; i < width * height; i += 1) {
      pixels.copy(png.data, 4 * i, 3 * i, 3 * i + 3);
      png.data[4 * i + 3] = 255;
    }
    writeFileSync(url, PNG.sync.write(png, { colorType: 2 }));
    return;
  }
  const expected = PNG.sync.read(readFileSync(url));
  assert.deepEqual([width, height], [expected.width, expected.height], `${name}: another size`);
  let [sum, different] = [0, 0];
  for (let i = 0; i < width * height; i += 1) {
    const off = [0, 1, 2].map((channel) => Math.abs(pixels[3 * i + channel] - expected.data[4 * i + channel]));
    sum += off[0] + off[1] + off[2];
    if (Math.max(...off) > 64) different += 1;
  }
  const [mean, share] = [sum / (3 * width * height), different / (width * height)];
  assert.ok(mean <= GOLDEN_MEAN && share <= GOLDEN_SHARE, `${name}: mean ${mean}, ${100 * share} % differ`);
}

/** A red frame, a red disc in the middle, a blue mark in the upper left corner; clear elsewhere. */
function testSeal() {
  const size = 200;
  const png = new PNG({ width: size, height: size });
  const red = [200, 16, 46, 255];
  const blue = [31, 63, 200, 255];
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const frame = Math.min(x, y, size - 1 - x, size - 1 - y) < 6;
      const disc = Math.hypot(x - size / 2 + 0.5, y - size / 2 + 0.5) < size / 6;
      const mark = x >= 20 && x < 40 && y >= 20 && y < 40;
      const colour = mark ? blue : frame || disc ? red : [0, 0, 0, 0];
      for (let channel = 0; channel < 4; channel += 1) png.data[4 * (y * size + x) + channel] = colour[channel];
    }
  }
  return PNG.sync.write(png);
}
