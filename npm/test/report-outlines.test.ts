// @vitest-environment happy-dom
import { render, svg } from "lit";
import { describe, expect, it } from "vitest";
import { marks, merged, outlines } from "../src/report/outlines.js";
import type { Frame } from "../src/viewer/page.js";

const frame = (x: number, y: number, width: number, height: number): Frame => ({ x, y, width, height });
const SIZE = { width: 595, height: 842 };

describe("frames of changed letters", () => {
  it("are one where they stand in one line, near each other", () => {
    const amount = [frame(160, 700, 10, 10), frame(120, 700, 10, 9), frame(140, 701, 10, 10)];
    expect(merged(amount)).toEqual([frame(120, 700, 50, 11)]);
  });

  it("stay apart where more than twice their height is between them", () => {
    expect(merged([frame(100, 700, 10, 10), frame(130, 700, 10, 10)])).toHaveLength(1);
    expect(merged([frame(100, 700, 10, 10), frame(131, 700, 10, 10)])).toHaveLength(2);
  });

  it("stay apart in lines below each other, and come from the top down", () => {
    const [lower, upper] = [frame(100, 680, 10, 10), frame(100, 700, 10, 10)];
    expect(merged([lower, upper])).toEqual([upper, lower]);
    expect(merged([frame(100, 694, 10, 10), upper])).toHaveLength(2);
    expect(merged([frame(100, 695, 10, 10), upper])).toHaveLength(1);
  });

  it("lose none, and cover all of each", () => {
    const all = Array.from({ length: 200 }, (_, at) => frame((at * 97) % 500, 20 * (at % 7), 4 + (at % 9), 6));
    const lines = merged(all);
    expect(lines.length).toBeLessThan(all.length);
    for (const { x, y, width, height } of all) {
      const holder = lines.find(
        (line) => line.x <= x && line.y <= y && line.x + line.width >= x + width && line.y + line.height >= y + height,
      );
      expect(holder).toBeDefined();
    }
  });
});

/** Heights that a part of a path goes to. */
function ys(part: string): number[] {
  const [, , start = "", top = ""] = /^(\S+) (\S+)V(\d+)/.exec(part) ?? [];
  return [Number(start), Number(top)];
}

describe("what is drawn", () => {
  const drawn = (frames: readonly Frame[]): { lines: string[]; marks: string[] } => {
    const host = document.createElement("div");
    render(svg`<svg>${outlines(frames, SIZE)} ${marks(frames, SIZE)}</svg>`, host);
    return {
      lines: [...host.querySelectorAll(".outline-line")].map((each) => each.getAttribute("d") ?? ""),
      marks: [...host.querySelectorAll(".outline-mark")].map((each) => each.getAttribute("d") ?? ""),
    };
  };

  it("stands above and below letters, and crosses none of their line", () => {
    const [line = ""] = drawn([frame(100, 700, 10, 12)]).lines;
    expect(line).toBe("M96 128V126H114v2M96 144V146H114v-2");
    // The letters of the line are from 130 to 142 below the page's upper edge: nothing is drawn there.
    const [above = [], below = []] = line.split("M").slice(1).map(ys);
    expect(Math.max(...above)).toBeLessThan(130);
    expect(Math.min(...below)).toBeGreaterThan(142);
  });

  it("goes all around what is higher than a line of text", () => {
    expect(drawn([frame(100, 700, 10, 40)]).lines[0]).toContain("v");
    expect(drawn([frame(100, 700, 10, 40.5)]).lines).toEqual(["M96 97.5H114V146H96z"]);
  });

  it("has an arrow in the margin for each height, and not two upon each other", () => {
    expect(drawn([frame(100, 700, 10, 12)]).marks).toEqual(["M6 127l22 9l-22 9z"]);
    expect(drawn([frame(100, 700, 10, 12), frame(400, 700, 10, 12)]).marks).toHaveLength(1);
    expect(drawn([frame(100, 700, 10, 12), frame(100, 686, 10, 12)]).marks).toHaveLength(2);
  });
});
