// @vitest-environment happy-dom
import { render, svg } from "lit";
import { describe, expect, it } from "vitest";
import { boxes, marks, merged } from "../src/report/outlines.js";
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

describe("what is drawn", () => {
  const drawn = (frames: readonly Frame[]): { boxes: Element[]; marks: string[] } => {
    const host = document.createElement("div");
    render(svg`<svg>${boxes(frames, SIZE)} ${marks(frames, SIZE)}</svg>`, host);
    return {
      boxes: [...host.querySelectorAll(".outline-line")],
      marks: [...host.querySelectorAll(".outline-mark")].map((each) => each.getAttribute("d") ?? ""),
    };
  };

  it("leaves four points around the letters", () => {
    const [box] = drawn([frame(100, 700, 10, 12)]).boxes;
    expect(["x", "y", "width", "height"].map((name) => Number(box?.getAttribute(name)))).toEqual([96, 126, 18, 20]);
  });

  it("has an arrow in the margin for each height, and not two upon each other", () => {
    expect(drawn([frame(100, 700, 10, 12)]).marks).toEqual(["M6 127l22 9l-22 9z"]);
    expect(drawn([frame(100, 700, 10, 12), frame(400, 700, 10, 12)]).marks).toHaveLength(1);
    expect(drawn([frame(100, 700, 10, 12), frame(100, 686, 10, 12)]).marks).toHaveLength(2);
  });
});
