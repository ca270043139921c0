// Pages as poppler draws them: pixels to measure and to compare.

import { execFileSync } from "node:child_process";

/** One page at so many dots per inch: width, height and the colour at a pixel. */
export function renderPage(file, page, dpi = 144) {
  const data = execFileSync("pdftoppm", ["-r", String(dpi), "-f", String(page), "-l", String(page), "-cropbox", file], {
    maxBuffer: 1 << 28,
  });
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(data.subarray(0, 64).toString("latin1"));
  if (!head) throw new Error("pdftoppm gave no picture");
  const [width, height] = [Number(head[1]), Number(head[2])];
  const pixels = data.subarray(head[0].length);
  return {
    width,
    height,
    dpi,
    pixels,
    at: (x, y) => [...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)],
  };
}

/** Where the pixels lie that `wanted` accepts: left, bottom, right, top in points from the bottom left, as on the page. */
export function bounds({ width, height, dpi, pixels }, wanted) {
  let [left, bottom, right, top] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const i = 3 * (y * width + x);
      if (!wanted(pixels[i], pixels[i + 1], pixels[i + 2])) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      bottom = Math.min(bottom, height - y - 1);
      top = Math.max(top, height - y);
    }
  }
  return [left, bottom, right, top].map((pixel) => (pixel * 72) / dpi);
}

/** The ink of the test seals: clearly more red than anything else. */
export const isRed = (red, green, blue) => red > 150 && red - green > 60 && red - blue > 60;
