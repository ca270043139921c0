import { describe, expect, it } from "vitest";
import { offsetOf, sliceFrame, slicesOf } from "../src/placer/cross-page.js";
import {
  clampToPage,
  fits,
  impressionSize,
  isOnPage,
  nearest,
  PIXELS_PER_POINT,
  POINTS_PER_MM,
  rounded,
  sealSize,
  toPixels,
  toPoint,
} from "../src/placer/geometry.js";
import { columnOf, currentPage, fittingZoom, pageAt, seenPages, zoomStep } from "../src/placer/layout.js";
import { pagesOf } from "../src/placer/page-range.js";

const A4 = { width: 595, height: 842 };
const frame = (x: number, y: number, width = 100, height = 100) => ({ x, y, width, height });

describe("the size of a seal", () => {
  it("is its millimetres, as high as its picture asks for", () => {
    const { width, height } = sealSize(42, 0.5);
    expect(width).toBeCloseTo(119.055, 3);
    expect(height).toBeCloseTo(59.528, 3);
  });

  it("is on the screen what it is on paper, 96 pixels to the inch", () => {
    const { width } = sealSize(25.4);
    expect(width * PIXELS_PER_POINT).toBeCloseTo(96, 9);
  });

  it.each([
    [undefined, undefined, { width: 100, height: 50 }],
    [50, undefined, { width: 50, height: 25 }],
    [undefined, 25, { width: 50, height: 25 }],
    [30, 40, { width: 30, height: 40 }],
  ])("follows the width %s and height %s of its place", (width, height, expected) => {
    expect(impressionSize({ width: 100, height: 50 }, width, height)).toEqual(expected);
  });
});

describe("a frame", () => {
  it("is drawn from the top left, and found again from there", () => {
    const pixels = toPixels(frame(10, 20), A4, 2);
    expect(pixels).toEqual({ left: 20, top: 1444, width: 200, height: 200 });
    expect(toPoint(pixels.left, pixels.top + pixels.height, A4, 2)).toEqual({ x: 10, y: 20 });
  });

  it.each([
    [frame(-50, -1), frame(0, 0)],
    [frame(500, 800), frame(495, 742)],
    [frame(10, 20), frame(10, 20)],
    [frame(30, 40, 700, 900), frame(0, 0, 700, 900)],
  ])("%j is kept on the page at %j", (target, expected) => {
    expect(clampToPage(target, A4)).toEqual(expected);
  });

  it("may leave the page by rounding, and no more", () => {
    expect(isOnPage(frame(-0.005, 742.005), A4)).toBe(true);
    expect(isOnPage(frame(-0.02, 0), A4)).toBe(false);
    expect(isOnPage(frame(0, 742.02), A4)).toBe(false);
    expect(isOnPage(frame(0, 0, 0, 10), A4)).toBe(false);
    expect(isOnPage(frame(Number.NaN, 0), A4)).toBe(false);
  });

  it("does not fit when it is larger than the page", () => {
    expect(fits({ width: 595, height: 842 }, A4)).toBe(true);
    expect(fits({ width: 596, height: 10 }, A4)).toBe(false);
  });

  it("is held by the nearest target within reach", () => {
    const targets = [
      { name: "far", centre: { x: 100, y: 100 } },
      { name: "near", centre: { x: 6, y: 8 } },
    ];
    expect(nearest({ x: 0, y: 0 }, targets, 10)?.name).toBe("near");
    expect(nearest({ x: 0, y: 0 }, targets, 9.99)).toBeUndefined();
  });

  it("is rounded to a hundredth of a point, never to minus nothing", () => {
    expect(rounded(1.234)).toBe(1.23);
    expect(Object.is(rounded(-0.001), 0)).toBe(true);
  });
});

describe("a range of pages", () => {
  it.each([
    ["1", [1]],
    ["1-3,5", [1, 2, 3, 5]],
    ["-1", [5]],
    ["2--1", [2, 3, 4, 5]],
    ["-2--1", [4, 5]],
    ["3,1-3", [1, 2, 3]],
    [" 2 - 3 , 5 ", [2, 3, 5]],
  ])("%j is %j of five pages", (range, expected) => {
    expect(pagesOf(range, 5)).toEqual(expected);
  });

  it.each(["", "0", "6", "-6", "3-2", "a", "1,", "1-2-3", "1.5", "-1-2"])("%j is none", (range) => {
    expect(pagesOf(range, 5)).toBeUndefined();
  });

  it("has a thousand parts at most", () => {
    expect(pagesOf(Array(1000).fill("1").join(","), 5)).toEqual([1]);
    expect(pagesOf(Array(1001).fill("1").join(","), 5)).toBeUndefined();
  });
});

describe("a seal across pages", () => {
  const indices = (count: number, side: "left" | "right" | "top" | "bottom", group?: number) =>
    [
      ...(slicesOf(
        Array.from({ length: count }, (_, index) => index + 1),
        side,
        group,
      ) ?? []),
    ].map(([, { index, count }]) => [index, count]);

  // The same cases as the engine's own test.
  it("lies on the fan of pages with the first on top", () => {
    expect(indices(3, "right")).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(indices(3, "left")).toEqual([
      [2, 3],
      [1, 3],
      [0, 3],
    ]);
    expect(indices(2, "top")).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(indices(2, "bottom")).toEqual([
      [1, 2],
      [0, 2],
    ]);
  });

  it("has a smaller last group, but never one page", () => {
    expect(indices(5, "right", 3)).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
      [0, 2],
      [1, 2],
    ]);
    expect(indices(5, "right", 2)).toEqual([
      [0, 2],
      [1, 2],
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(indices(3, "right", 2)).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
  });

  it("takes two pages at least, and groups of two", () => {
    expect(slicesOf([4], "right")).toBeUndefined();
    expect(slicesOf([1, 2], "right", 1)).toBeUndefined();
    expect(slicesOf([1, 2], "right", 2.5)).toBeUndefined();
  });

  it.each([
    ["left", { x: 0, y: 532.5, width: 40, height: 90 }],
    ["right", { x: 560, y: 532.5, width: 40, height: 90 }],
    ["top", { x: 120, y: 770, width: 120, height: 30 }],
    ["bottom", { x: 120, y: 0, width: 120, height: 30 }],
  ] as const)("on the %s lies at that edge, a quarter along it", (side, expected) => {
    const slice = { index: 0, count: 3, vertical: side === "left" || side === "right" };
    const page = { width: 600, height: 800 };
    const found = sliceFrame(slice, side, 0.25, { width: 120, height: 90 }, page);
    expect(found).toEqual(expected);
    expect(offsetOf(found, side, page)).toBe(0.25);
    expect(offsetOf({ ...found, x: -500, y: 5000 }, side, page)).toBe(0);
  });
});

describe("a column of pages", () => {
  const pages = [A4, { width: 842, height: 595 }, A4];
  const column = columnOf(pages, 1, { margin: 20, gap: 10 });

  it("has each page below the one before", () => {
    expect(column.tops).toEqual([20, 872, 1477]);
    expect([column.width, column.height]).toEqual([882, 2339]);
  });

  it.each([
    [0, 1],
    [20, 1],
    [871, 1],
    [872, 2],
    [99_999, 3],
  ])("has at %i the page %i", (y, page) => {
    expect(pageAt(column, y)).toBe(page);
  });

  it("tells which pages are seen, not those whose gap is", () => {
    expect(seenPages(column, 0, 500)).toEqual([1, 1]);
    expect(seenPages(column, 500, 500)).toEqual([1, 2]);
    expect(seenPages(column, 864, 300)).toEqual([2, 2]);
    expect(currentPage(column, 700, 600)).toBe(2);
  });

  it("zooms in steps, and to the width there is", () => {
    expect(zoomStep(1, 1)).toBe(1.1);
    expect(zoomStep(0.98, 1)).toBe(1);
    expect(zoomStep(1, -1)).toBe(0.9);
    expect(zoomStep(4, 1)).toBe(4);
    expect(fittingZoom(pages, 421, 1)).toBe(0.5);
    expect(fittingZoom(pages, 1, 1)).toBe(0.25);
  });

  it("is a millimetre a millimetre", () => {
    expect(210 * POINTS_PER_MM).toBeCloseTo(595.28, 2);
  });
});
