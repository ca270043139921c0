import { describe, expect, test } from "vitest";
import { paperToAlpha } from "../src/phone/ink";
import { boundsOf, fitted, smooth, type Touch } from "../src/phone/strokes";

/** A straight line of so many steps of so many pixels, each taking 10 ms. */
const line = (steps: number, pixels: number): Touch[] =>
  Array.from({ length: steps + 1 }, (_, index) => ({ x: index * pixels, y: 50, at: index * 10 }));

describe("lines", () => {
  test("begin and end where the finger did", () => {
    const dots = smooth({ touches: line(10, 8), width: 6 });
    expect(dots[0]).toMatchObject({ x: 0, y: 50 });
    expect(dots[dots.length - 1]).toMatchObject({ x: 80, y: 50 });
  });

  test("have no gap that can be seen", () => {
    const touches = [
      { x: 0, y: 0, at: 0 },
      { x: 100, y: 0, at: 10 },
      { x: 100, y: 100, at: 20 },
    ];
    const dots = smooth({ touches, width: 6 });
    for (let index = 1; index < dots.length; index += 1) {
      const [from, to] = [dots[index - 1], dots[index]];
      expect(Math.hypot((to?.x ?? 0) - (from?.x ?? 0), (to?.y ?? 0) - (from?.y ?? 0))).toBeLessThan(2.1);
    }
    // The corner is rounded off.
    expect(Math.min(...dots.map(({ x, y }) => Math.hypot(100 - x, y)))).toBeGreaterThan(5);
  });

  test("are thinner where the finger was faster, and never vanish", () => {
    const widths = [2, 8, 40, 4000].map((pixels) => smooth({ touches: line(10, pixels), width: 10 })[5]?.width ?? 0);
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(widths[0]).toBeGreaterThan(8);
    expect(widths[3]).toBeCloseTo(3.5);
  });

  test("of one speed have one width", () => {
    const widths = smooth({ touches: line(20, 6), width: 10 }).map(({ width }) => width);
    expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(0.001);
  });

  test("keep their width when touches share a time stamp", () => {
    const touches = line(5, 6).map((touch) => ({ ...touch, at: 7 }));
    expect(smooth({ touches, width: 10 }).every(({ width }) => Number.isFinite(width) && width > 0)).toBe(true);
  });

  test("of a resting finger are a dot, and of none are nothing", () => {
    const touches = [0, 0.5, 1].map((x, index) => ({ x, y: 0, at: index }));
    expect(smooth({ touches, width: 10 })).toEqual([{ x: 0, y: 0, width: 10 }]);
    expect(smooth({ touches: [], width: 10 })).toEqual([]);
  });

  test("lie in a box with their width", () => {
    expect(boundsOf([[{ x: 10, y: 20, width: 4 }], [{ x: 30, y: 20, width: 2 }]])).toEqual({
      x: 8,
      y: 18,
      width: 23,
      height: 4,
    });
    expect(boundsOf([])).toBeNull();
  });
});

test.each([
  [1000, 250, [50, 13]],
  [250, 1000, [6, 25]],
  [1000, 1, [50, 1]],
])("a picture of %i by %i has its place on paper", (width, height, expected) => {
  expect(fitted(width, height, [50, 25])).toEqual(expected);
});

test("paper becomes clear and ink opaque, in the colour that was chosen, whatever the light", () => {
  for (const light of [1, 0.6]) {
    const shade = (value: number): number[] => [value * light, value * light, value * light, 255];
    const data = new Uint8ClampedArray([
      ...Array.from({ length: 8 }, () => shade(240)).flat(),
      ...shade(20),
      ...shade(170),
    ]);
    paperToAlpha(data, "#1f3f9e");
    expect(data[3]).toBe(0);
    expect([...data.slice(32, 36)]).toEqual([31, 63, 158, 255]);
    expect(data[39]).toBeGreaterThan(20);
    expect(data[39]).toBeLessThan(200);
  }
});
