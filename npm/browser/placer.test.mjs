// `<scanseal-placer>` in Chromium, under a strict content security policy, on real PDFs.
// `node --test npm/browser/*.test.mjs`, after a build of the npm package.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { openBrowser, staysResponsive } from "./page.mjs";
import { files, script } from "./placer.mjs";

const POINTS_PER_MM = 72 / 25.4;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let opened;
let page;

before(async () => {
  browser = await openBrowser({ files, script });
});

after(() => browser?.close());

beforeEach(async () => {
  opened = await browser.open({ viewport: { width: 1280, height: 800 } });
  page = opened.page;
});

afterEach(async () => {
  opened.check();
  await opened.close();
});

const show = (name, options) => page.evaluate(([name, options]) => mount(name, options), [name, options]);
const places = () => page.evaluate(() => placer.places);
const part = (name) => page.locator(`scanseal-placer [part~="${name}"]`);
const status = () => part("status").textContent();
const button = (name) => page.locator("scanseal-placer").getByRole("button", { name, exact: true });
const middle = async (locator) => {
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
};
const drag = async (from, to, steps = 8) => {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps });
  await page.mouse.up();
};
/** Waits until the words have been looked for. */
const found = (word, count) => page.getByRole("button", { name: `${word} ${count}` }).waitFor();

describe("without a mouse", () => {
  test("a seal is put on a page, moved, taken to the next, removed and taken back", async () => {
    await show("contract.pdf");
    await page.keyboard.press("Tab");
    for (let stop = 0; stop < 30; stop += 1) {
      if ((await focused()) === "在当前页盖章") break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.getAttribute("part") === "seal");
    const [{ x, y, ...added }] = await places();
    assert.deepEqual(added, { type: "at", pages: "1" });
    assert.equal(await status(), "已在第 1 页放置印章");

    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowUp");
    let [moved] = await places();
    assert.deepEqual(moved, { type: "at", pages: "1", x: round(x + POINTS_PER_MM), y: round(y + 10 * POINTS_PER_MM) });
    assert.match(await status(), /^第 1 页，距左 85 毫米，距下 138 毫米/);

    await page.keyboard.press("PageDown");
    [moved] = await places();
    assert.equal(moved.pages, "2");
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.dataset.page === "2");

    await page.keyboard.press("Delete");
    assert.deepEqual(await places(), []);
    assert.equal(await status(), "已删除");
    await page.keyboard.press("Control+z");
    assert.equal((await places())[0].pages, "2");
  });

  test("a keyword is looked for, and sealed", async () => {
    await show("contract.pdf", { words: [] });
    await page.getByRole("searchbox").focus();
    await page.keyboard.type("乙方（供应商）");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "盖章 第 1 页，第 1 处" }).focus();
    await page.keyboard.press("Space");
    assert.deepEqual(await places(), [{ type: "keyword", word: "乙方（供应商）", occurrence: 1 }]);
  });

  test("pages are gone through by their pictures and by their number", async () => {
    await show("contract.pdf");
    await part("thumbnail").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.dataset.page === "2");
    await page.keyboard.press("End");
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.dataset.page === "12");
    assert.match(await status(), /^第 12 页，共 12 页/);
    const number = page.getByLabel("页码", { exact: true });
    assert.equal(await number.inputValue(), "12");
    await number.fill("5");
    await number.press("Enter");
    assert.equal(await part("page").first().getAttribute("aria-label"), "第 5 页");
  });

  async function focused() {
    return page.evaluate(() => placer.shadowRoot.activeElement?.textContent.trim());
  }
});

describe("with a mouse", () => {
  test("the seal is dragged onto a page, where it is as large as on paper", async () => {
    await show("contract.pdf", { words: [] });
    await button(/实际大小/).click();
    const sheet = await part("page").first().boundingBox();
    assert.deepEqual([sheet.width, sheet.height], [794, 1123], "A4 at 96 pixels to the inch");
    const target = { x: sheet.x + 400, y: sheet.y + 300 };
    await drag(await middle(part("palette")), target);
    const seal = await part("seal").boundingBox();
    assert(Math.abs(seal.width - (42 / 25.4) * 96) < 1, `${seal.width} pixels are 42 mm`);
    const centre = await middle(part("seal"));
    assert(Math.hypot(centre.x - target.x, centre.y - target.y) < 2, JSON.stringify([centre, target]));
    const [place] = await places();
    assert(Math.abs(place.x - (400 * 0.75 - seal.width * 0.375)) < 1);
    // The keys go on where the mouse stopped.
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.getAttribute("part") === "seal");
    await page.keyboard.press("ArrowRight");
    assert(Math.abs((await places())[0].x - place.x - POINTS_PER_MM) < 0.02);
    await page.keyboard.press("PageDown");
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.dataset.page === "2");
    await page.keyboard.press("Control+z");
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.dataset.page === "1");
    await page.keyboard.press("Delete");
    assert.deepEqual(await places(), []);
    await page.keyboard.press("Control+z");
    assert.equal((await places()).length, 1);
  });

  test("a seal held near a keyword is bound to it", async () => {
    await show("contract.pdf", { places: [{ type: "at", pages: "1", x: 200, y: 250 }] });
    await found("甲方（盖章）", 2);
    await part("stage").evaluate((stage) => {
      stage.scrollTop = 500;
    });
    await page.waitForTimeout(100);
    const sheet = await part("page").first().boundingBox();
    const scale = sheet.width / 595.28;
    const from = await middle(part("seal"));
    const word = { x: sheet.x + (72 + 39) * scale, y: sheet.y + (841.89 - 214) * scale };
    await drag(from, { x: word.x + 6, y: word.y + 4 });
    const [place] = await places();
    assert.deepEqual(place, { type: "keyword", word: "甲方（盖章）", occurrence: 1 });
  });

  test("a seal stays on the page, and Escape puts it back", async () => {
    await show("contract.pdf", { words: [], places: [{ type: "at", pages: "1", x: 300, y: 600 }] });
    const from = await middle(part("seal"));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x - 100, from.y, { steps: 4 });
    await page.keyboard.press("Escape");
    await page.mouse.up();
    assert.deepEqual(await places(), [{ type: "at", pages: "1", x: 300, y: 600 }]);
    await drag(from, { x: from.x + 600, y: from.y });
    const [{ x }] = await places();
    assert(Math.abs(x + 42 * POINTS_PER_MM - 595.28) < 0.02, `the right side is at ${x + 42 * POINTS_PER_MM}`);
  });

  test("a seal that is dropped beside the pages, or let go outside, is not placed", async () => {
    await show("contract.pdf", { words: [] });
    const palette = await middle(part("palette"));
    await drag(palette, await middle(part("thumbnails")));
    assert.deepEqual(await places(), []);
    await drag(palette, { x: palette.x, y: 790 });
    assert.deepEqual(await places(), []);
    await drag(palette, await middle(part("page").first()));
    assert.equal((await places()).length, 1, "and the next is");
  });

  test("the slices of a cross-page seal are one seal, and move along the edge together", async () => {
    await show("contract.pdf", { words: [] });
    await button("添加骑缝章").click();
    assert.deepEqual(await places(), [{ type: "cross-page", side: "right", offset: 0.5 }]);
    const sheet = await part("page").first().boundingBox();
    const slice = await part("seal").first().boundingBox();
    const scale = sheet.width / 595.28;
    assert(Math.abs(slice.width - (42 * POINTS_PER_MM * scale) / 12) < 1, `${slice.width} pixels are a twelfth`);
    assert(Math.abs(slice.x + slice.width - sheet.x - sheet.width) < 1, "it lies at the right edge");
    const from = await middle(part("seal").first());
    await drag(from, { x: from.x - 200, y: from.y - 100 });
    const [{ offset }] = await places();
    assert(Math.abs(offset - (0.5 - 100 / (sheet.height - slice.height))) < 0.01, String(offset));
  });

  test("Ctrl and the wheel zoom about the pointer", async () => {
    await show("contract.pdf", { words: [] });
    const sheet = await part("page").first().boundingBox();
    const at = { x: sheet.x + 300, y: sheet.y + 200 };
    await page.mouse.move(at.x, at.y);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -200);
    await page.keyboard.up("Control");
    await page.waitForFunction(
      (before) => placer.shadowRoot.querySelector(".page").clientWidth > before + 50,
      sheet.width,
    );
    const larger = await part("page").first().boundingBox();
    const factor = larger.width / sheet.width;
    assert(Math.abs(larger.x + 300 * factor - at.x) < 3, "what was under the pointer still is");
    assert(Math.abs(larger.y + 200 * factor - at.y) < 3, "what was under the pointer still is");
  });
});

describe("a document", () => {
  test("of 500 pages and 100 MB never blocks the page, and only what is seen exists", async () => {
    await page.evaluate(() => {
      globalThis.tasks = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
        entryTypes: ["longtask"],
      });
    });
    await staysResponsive(async () => {
      await page.evaluate(() => {
        tasks.length = 0;
      });
      await show("large.pdf", { places: [{ type: "cross-page", side: "right", group: 10 }] });
      for (const top of [0.2, 0.4, 0.6, 0.8, 1]) {
        await part("stage").evaluate((stage, top) => {
          stage.scrollTop = top * stage.scrollHeight;
        }, top);
        await page.waitForTimeout(250);
      }
      await part("page").last().locator("> canvas").waitFor();
      return Math.max(0, ...(await page.evaluate(() => tasks)));
    });
    const numbers = await part("page").evaluateAll((pages) => pages.map((each) => each.getAttribute("aria-label")));
    assert(numbers.length <= 3 && numbers.at(-1) === "第 500 页", numbers.join());
    assert((await part("thumbnail").count()) < 15);
  });

  test("that is turned takes seals where they are seen; a page too small takes none", async () => {
    await show("turned.pdf", { words: [] });
    await button("在当前页盖章").click();
    const [{ x, y }] = await places();
    const middles = [x, y].map((value) => Math.round(value + 21 * POINTS_PER_MM));
    assert.deepEqual(middles, [297, 421], "the middle of 595 by 842");
    await button("下一页").click();
    await button("在当前页盖章").click();
    await page.getByText("印章位置超出了页面。").waitFor();
    assert.equal((await places()).length, 1);
    const [type, { code }] = await page.evaluate(() => heard.at(-1));
    assert.deepEqual([type, code], ["placer-error", "seal-off-page"]);
  });

  test("with a password asks for it, again if it is wrong", async () => {
    await show("password.pdf");
    const field = page.getByLabel("文件密码");
    await field.fill("guess");
    await field.press("Enter");
    await page.getByText("密码不正确").waitFor();
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.type === "password");
    await field.fill("user");
    await field.press("Enter");
    await part("page").waitFor();
    assert.deepEqual(await page.evaluate(() => heard.map(([type]) => type)), ["placer-ready"]);
    // Whoever seals needs it as well; it is not asked for again, nor tried on another file.
    assert.equal(await page.evaluate(() => placer.password), "user");
    await page.evaluate(async () => {
      placer.file = await file("contract.pdf");
      await new Promise((resolve) => placer.addEventListener("placer-ready", resolve, { once: true }));
    });
    assert.equal(await page.evaluate(() => placer.password), undefined);
  });

  test("tells of places that would be refused, and which", async () => {
    await show("contract.pdf", {
      words: [],
      places: [
        { type: "at", pages: "1", x: 100, y: 100 },
        { type: "at", pages: "1", x: 100, y: 800 },
      ],
    });
    assert.deepEqual(await page.evaluate(() => placer.problems), [{ place: 1, code: "seal-off-page" }]);
    assert.deepEqual(await page.evaluate(() => heard.map(([type, { code }]) => [type, code])), [
      ["placer-ready", undefined],
      ["placer-error", "seal-off-page"],
    ]);
  });

  test("that is damaged says so", async () => {
    await show("damaged.pdf");
    assert.match(await page.getByRole("alert").textContent(), /文件已损坏/);
    const [type, { code }] = await page.evaluate(() => heard.at(-1));
    assert.deepEqual([type, code], ["placer-error", "document-damaged"]);
  });

  test("can be exchanged and moved, and leaves no worker behind", async () => {
    await show("contract.pdf");
    await page.evaluate(async () => {
      placer.file = await file("turned.pdf");
      await new Promise((resolve) => placer.addEventListener("placer-ready", resolve, { once: true }));
      document.body.append(placer);
      await new Promise((resolve) => placer.addEventListener("placer-ready", resolve, { once: true }));
    });
    assert.equal(page.workers().filter((worker) => worker.url().includes("pdfjs")).length, 1);
    await page.evaluate(() => placer.remove());
    await page.waitForTimeout(100);
    assert.equal(page.workers().length, 0);
  });

  test("is only shown when it is readonly", async () => {
    await show("contract.pdf", { readonly: true, places: [{ type: "at", pages: "1", x: 300, y: 600 }] });
    assert.equal(await page.getByRole("button", { name: "在当前页盖章" }).count(), 0);
    const from = await middle(part("seal"));
    await drag(from, { x: from.x - 100, y: from.y });
    await page.keyboard.press("Control+z");
    assert.deepEqual(await places(), [{ type: "at", pages: "1", x: 300, y: 600 }]);
  });
});

describe("the value", () => {
  test("is told when people change it, and not when the page does", async () => {
    await show("contract.pdf", { words: [] });
    await page.evaluate(() => {
      placer.places = [{ type: "at", pages: "2", x: 10, y: 20 }];
    });
    await page.locator("scanseal-placer .place-main").click();
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.dataset.page === "2");
    assert.deepEqual(await page.evaluate(() => heard.map(([type]) => type)), ["placer-ready"]);
    await page.keyboard.press("Shift+ArrowRight");
    const [[type, { places: told }], same] = await page.evaluate(() => {
      const [type, detail] = heard.at(-1);
      // What a framework does with what it was told.
      placer.places = detail.places;
      return [[type, detail], placer.places === detail.places];
    });
    assert.deepEqual([type, told, same], ["places-change", [{ type: "at", pages: "2", x: 38.35, y: 20 }], true]);
    await page.keyboard.press("Control+z");
    assert.deepEqual(await places(), [{ type: "at", pages: "2", x: 10, y: 20 }]);
  });

  test("can be typed in millimetres, and on several pages", async () => {
    await show("contract.pdf", { words: [], places: [{ type: "at", pages: "1", x: 10, y: 20 }] });
    await page.locator("scanseal-placer .place-main").click();
    const field = (name) => page.locator("scanseal-placer .place .field").filter({ hasText: name }).locator("input");
    const fill = async (name, value) => {
      await field(name).fill(value);
      await field(name).press("Enter");
    };
    await fill("距左", "25.4");
    await fill("距下", "9999");
    await fill("页码范围", "1-3，-1");
    const [{ x, y, pages }] = await places();
    assert.deepEqual([x, pages], [72, "1-3,-1"]);
    assert(Math.abs(y + 42 * POINTS_PER_MM - 841.89) < 0.02, "it stays on the page");
    await fill("页码范围", "99");
    assert.equal(await field("页码范围").inputValue(), "1-3,-1");
  });
});

describe("on a phone", () => {
  beforeEach(async () => {
    await opened.close();
    opened = await browser.open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    page = opened.page;
  });

  /** A finger that goes from one point to another. */
  const swipe = async (from, to) => {
    const session = await page.context().newCDPSession(page);
    const send = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    await send("touchStart", [from]);
    for (let step = 1; step <= 8; step += 1) {
      const along = (one, other) => one + ((other - one) * step) / 8;
      await send("touchMove", [{ x: along(from.x, to.x), y: along(from.y, to.y) }]);
    }
    await send("touchEnd", []);
  };

  test("the panel is a sheet, and a seal is put on the page by the button below", async () => {
    await show("contract.pdf");
    assert.equal(await part("panel").isVisible(), false);
    assert.equal(await part("thumbnails").count(), 0);
    await button("在当前页盖章").click();
    await button("盖章设置（1）").click();
    assert.equal(await part("panel").isVisible(), true);
    await page.keyboard.press("Escape");
    assert.equal(await part("panel").isVisible(), false);
    await page.waitForFunction(() => placer.shadowRoot.activeElement?.getAttribute("aria-expanded") === "false");
    await page.keyboard.press("Enter");
    const sideways = await page.evaluate(() => {
      const { shadowRoot } = placer;
      const wide = [...shadowRoot.querySelectorAll(".base, .toolbar, .dock, .panel-body")];
      return wide.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.className);
    });
    assert.deepEqual(sideways, [], "nothing is wider than the screen");
  });

  test("a finger moves a seal, and scrolls beside it", async () => {
    await show("contract.pdf", { words: [], places: [{ type: "at", pages: "1", x: 300, y: 600 }] });
    const from = await middle(part("seal"));
    await swipe(from, { x: from.x - 60, y: from.y + 80 });
    const [{ x, y }] = await places();
    const scale = (await part("page").first().boundingBox()).width / 595.28;
    assert(Math.abs(x - 300 + 60 / scale) < 3 && Math.abs(y - 600 + 80 / scale) < 3, `${x}, ${y}`);
    const scrolled = () => part("stage").evaluate((stage) => stage.scrollTop);
    assert.equal(await scrolled(), 0);
    await swipe({ x: 60, y: 500 }, { x: 60, y: 200 });
    await page.waitForFunction(() => placer.shadowRoot.querySelector(".stage").scrollTop > 100);
    assert.equal((await places())[0].x, x);
  });

  test("the seal is dragged out of the panel, which makes way", async () => {
    await show("contract.pdf", { words: [] });
    await page.locator("scanseal-placer .dock .quiet").click();
    await page.waitForTimeout(400);
    await swipe(await middle(part("palette")), { x: 180, y: 300 });
    assert.equal((await places()).length, 1);
    assert.equal(await part("panel").isVisible(), false);
  });
});

describe("for everybody", () => {
  for (const { lang, colorScheme, width } of [
    { lang: "zh-Hans", colorScheme: "light", width: 1280 },
    { lang: "en", colorScheme: "dark", width: 1280 },
    { lang: "en", colorScheme: "light", width: 360 },
  ]) {
    test(`axe finds nothing (${lang}, ${colorScheme}, ${width} px)`, async () => {
      await opened.close();
      opened = await browser.open({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      page = opened.page;
      await page.evaluate((lang) => {
        document.documentElement.lang = lang;
      }, lang);
      await page.evaluate(axe);
      const check = async (state) => {
        await page.waitForTimeout(400);
        const { violations } = await page.evaluate(() =>
          // The page around it is the test's.
          axe.run("scanseal-placer", { rules: { region: { enabled: false } } }),
        );
        const told = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
        );
        assert.deepEqual(told, [], state);
      };
      await show(undefined);
      await check("empty");
      await show("password.pdf");
      await check("password");
      await show("contract.pdf", {
        places: [
          { type: "at", pages: "1", x: 300, y: 600 },
          { type: "cross-page", side: "right" },
          { type: "at", pages: "2", x: 590, y: 600 },
        ],
      });
      if (width < 760) await page.locator("scanseal-placer .dock .quiet").click();
      // Of the suggested words, those that are there.
      await page.waitForFunction(() => {
        const chips = [...document.querySelector("scanseal-placer").shadowRoot.querySelectorAll(".chip")];
        return chips.length === 2 && chips.every((chip) => Number(chip.querySelector(".count")?.textContent) > 0);
      });
      await page.locator("scanseal-placer .chip").first().click();
      await page.locator("scanseal-placer .hit").first().waitFor();
      await check("panel");
      await page.locator("scanseal-placer .place-main").first().click();
      await check("chosen");
    });
  }
});

function round(value) {
  return Math.round(value * 100) / 100;
}
