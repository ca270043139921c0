import { describe, expect, it } from "vitest";
import { toShown, viewerPage } from "../src/viewer/page.js";

/** A page of 200 x 100 whose lower left corner is at (10, 20). */
const box = [10, 20, 210, 120] as const;

describe("a page as it is shown", () => {
  it.each([
    [0, 200, 100, 0],
    [90, 100, 200, 90],
    [180, 200, 100, 180],
    [-90, 100, 200, 270],
    [450, 100, 200, 90],
  ])("turned by %i degrees is %i x %i points", (rotate, width, height, rotation) => {
    expect(viewerPage(box, rotate, 1)).toMatchObject({ width, height, rotation });
  });

  it("is measured in points whatever its unit", () => {
    expect(viewerPage([0, 0, 100, 50], 0, 2.5)).toMatchObject({ width: 250, height: 125 });
  });

  // The same rectangles as the engine's own test, the other way round.
  it.each([
    [0, [15, 27, 45, 67]],
    [90, [163, 25, 203, 55]],
    [180, [175, 73, 205, 113]],
    [270, [17, 85, 57, 115]],
  ] as const)("turned by %i degrees shows a rectangle where it is seen", (rotate, rect) => {
    expect(toShown(viewerPage(box, rotate, 1), rect)).toEqual({ x: 5, y: 7, width: 30, height: 40 });
  });

  it("shows a rectangle at the page's unit", () => {
    expect(toShown(viewerPage([0, 0, 100, 100], 0, 2.5), [10, 20, 30, 60])).toEqual({
      x: 25,
      y: 50,
      width: 50,
      height: 100,
    });
  });
});
