// `<scanseal-report>` on real reports in Chromium, under a strict content security policy.
// `node --test npm/browser/report.test.mjs`, after a build of the npm package. With SHOTS=FOLDER it keeps pictures.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { openBrowser } from "./page.mjs";
import { sealedFiles } from "./sealed.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS;
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, snippet] = readme.match(
  /```js\nimport \{ verifyPdf \} from "scanseal\/pdf";\nimport "scanseal\/report";\n(.*?)```/s,
);
const script = `
import "/dist/report.js";
import { verifyPdf } from "/dist/pdf.js";
globalThis.asInReadme = (roots, crl) => { ${snippet} };
globalThis.mount = async (report, file, prepare = {}) => {
  const element = document.createElement("scanseal-report");
  Object.assign(element, { report, fileName: "设备采购合同.pdf", ...prepare });
  if (file) element.file = await (await fetch("/files/" + file)).blob();
  document.querySelector("#main").replaceChildren(element);
  await element.updateComplete;
};
globalThis.element = () => document.querySelector("scanseal-report");
globalThis.inside = () => element().shadowRoot;
globalThis.drawn = () => [...inside().querySelectorAll("canvas.crop")].every((canvas) => /ready|failed/.test(canvas.className));
globalThis.ready = true;`;

let samples;
let browser;
let opened;
let page;

before(async () => {
  samples = await sealedFiles();
  browser = await openBrowser({ files: samples.files, script });
  opened = await browser.open({
    viewport: { width: 1100, height: 1000 },
    acceptDownloads: true,
    timezoneId: "Asia/Shanghai",
  });
  page = opened.page;
  if (shots) mkdirSync(shots, { recursive: true });
});

after(() => browser?.close());

afterEach(() => opened.check());

const mount = (name, file = name, prepare = {}) =>
  page.evaluate(([report, file, prepare]) => mount(report, file, prepare), [samples.reports[name], file, prepare]);
const inside = (selector) => page.locator(`scanseal-report ${selector}`);
const text = async (selector) => (await inside(selector).allInnerTexts()).join("\n");
const note = (pattern) => inside(".viewer-note").filter({ hasText: pattern }).waitFor();

describe("somebody asks whether a contract is genuine", () => {
  test("sees who sealed it, and the seal as it stands on the page", async () => {
    await mount("sealed");
    assert.equal(await text("h2"), "签章真实有效，文件未被改动");
    assert.match(await text(".sealers"), /由 星海科技有限公司 签章/);
    assert.match(await text(".sealers"), /2027年1月1日 08:00:00/);
    assert.match(await text(".file"), /所有时间均为中国标准时间/);
    await page.waitForFunction(() => drawn());
    const red = await page.evaluate(() =>
      [...inside().querySelectorAll("canvas.crop")].map((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let at = 0; at < data.length; at += 4) if (data[at] > 150 && data[at + 1] < 120) count += 1;
        return count / (data.length / 4);
      }),
    );
    assert.equal(red.length, 3);
    for (const share of red) assert.ok(share > 0.1, `so much of a picture is red: ${share}`);
  });

  test("is shown the amount that was changed after the seal, and what was signed", async () => {
    await mount("changed");
    assert.equal(await text("h2"), "验证不通过，请勿依赖此文件");
    assert.match(await text(".verdict"), /第 3 版改动了：页面内容/);
    await inside("button").filter({ hasText: "与上一版对比" }).click();
    await note(/与第 2 版不同之处（1 处）/);
    const outlines = await Promise.all(
      ["before", "after"].map((side) =>
        inside(`.${side} .outline-line`).evaluate((line) => {
          const { x, y, width, height } = line.getBBox();
          return [x, y, width, height];
        }),
      ),
    );
    const [[x, y, width, height]] = outlines;
    // 贰 became 捌: one character of 10.5 points, somewhere right of the margin, and not those beside it.
    assert.ok(x > 72 && width < 20 && height < 20 && y > 0, `${[x, y, width, height]}`);
    assert.deepEqual(outlines[1], outlines[0]);
    // Both amounts can be read, side by side.
    const sheets = await inside(".sheet canvas").evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { left, width } = canvas.getBoundingClientRect();
        return {
          left,
          width,
          ink: canvas
            .getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height)
            .data.some((value) => value < 99),
        };
      }),
    );
    assert.equal(sheets.length, 2);
    assert.ok(
      sheets.every(({ ink, width }) => ink && width > 300),
      JSON.stringify(sheets),
    );
    assert.ok(sheets[1].left >= sheets[0].left + sheets[0].width);
    await page.setViewportSize({ width: 360, height: 800 });
    const seen = () => inside(".sheet canvas").evaluateAll((all) => all.map((each) => each.checkVisibility()));
    assert.deepEqual(await seen(), [false, true]);
    await inside(".sides button").first().click();
    assert.deepEqual(await seen(), [true, false]);
    await page.setViewportSize({ width: 1100, height: 1000 });
    await inside("dialog select").selectOption("1");
    await inside("dialog .icon-button[aria-pressed='true']").click();
    await inside(".sheet.ready").waitFor();
    assert.equal(await inside(".outline-line").count(), 0);
    await page.keyboard.press("Escape");
    await inside("dialog").waitFor({ state: "detached" });
  });

  test("is told that nobody can say where signed bytes were changed, and finds it with a copy of their own", async () => {
    await mount("inside");
    assert.equal(await text("h2"), "验证不通过，请勿依赖此文件");
    assert.match(await text(".verdict"), /仅凭这份文件无法得知改了哪里/);
    assert.match(await text(".advice"), /与您自己保存的那一份比对，或向对方索取/);
    const chooser = inside(".own-copy input");
    const file = (name, buffer) => ({ name, mimeType: "application/pdf", buffer });
    const { files } = samples;
    await chooser.setInputFiles(file("我的合同.pdf", files.sealed));
    await note(/与您的文件不同之处（1 处）/);
    assert.deepEqual(await inside(".sheet-caption").allInnerTexts(), ["您的文件 我的合同.pdf", "第 2 版"]);
    assert.equal(await inside(".outline-line").count(), 2);
    // Seen from afar, without lying on the letters: a line above and below, and an arrow in the margin.
    const [stroke, mark] = await page.evaluate(() => [
      getComputedStyle(inside().querySelector(".outline-line")).strokeWidth,
      inside().querySelector(".after .outline-mark").getBoundingClientRect(),
    ]);
    assert.ok(Number.parseFloat(stroke) >= 2, stroke);
    assert.ok(mark.width > 12 && mark.height > 10, `${mark.width} x ${mark.height}`);
    if (shots) await page.screenshot({ path: path.join(shots, "own-copy.png") });
    await page.keyboard.press("Escape");
    await inside("dialog").waitFor({ state: "detached" });

    await chooser.setInputFiles(file("同一份.pdf", files.inside));
    await note(/各页看起来都与您的文件相同/);
    await page.keyboard.press("Escape");
    await chooser.setInputFiles(file("坏.pdf", Buffer.from("no pdf")));
    await note(/您选的文件无法打开/);
    await page.keyboard.press("Escape");

    // Dropped, and left to nobody else.
    const data = await page.evaluateHandle(
      (bytes) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], "拖来的.pdf", { type: "application/pdf" }));
        return transfer;
      },
      [...files.sealed],
    );
    const left = await page.evaluate((dataTransfer) => {
      const event = (type) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true });
      inside().querySelector(".own-copy").dispatchEvent(event("dragover"));
      const drop = event("drop");
      inside().querySelector(".own-copy").dispatchEvent(drop);
      return drop.defaultPrevented;
    }, data);
    assert.ok(left);
    await note(/与您的文件不同之处（1 处）/);
    await page.keyboard.press("Escape");
  });

  test("is offered no comparison where the file itself tells, or is not at hand", async () => {
    await mount("changed");
    assert.equal(await inside(".own-copy").count(), 0);
    await mount("inside", null);
    await inside("h2").filter({ hasText: "验证不通过" }).waitFor();
    assert.equal(await inside(".own-copy").count(), 0);
  });

  test("goes with the keyboard to a version, through its pages, and back to where they were", async () => {
    await mount("sealed");
    const look = inside('[part="signature"] .card-buttons button').first();
    await look.focus();
    await page.keyboard.press("Enter");
    await inside(".sheet.ready").waitFor();
    await page.keyboard.press("ArrowRight");
    await inside('canvas[aria-label="第 2 版的第 2 页"]').waitFor();
    await page.keyboard.press("ArrowLeft");
    await inside('canvas[aria-label="第 2 版的第 1 页"]').waitFor();
    await page.keyboard.press("Escape");
    await inside("dialog").waitFor({ state: "detached" });
    assert.ok(await look.evaluate((button) => button.getRootNode().activeElement === button), "focus is lost");
  });

  test("saves a version, which is the file as it was then, and the report", async () => {
    await mount("changed");
    const save = async (button) => {
      const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
      return [download.suggestedFilename(), readFileSync(await download.path())];
    };
    const [name, bytes] = await save(inside('[part="signature"] .card-buttons button').nth(1));
    assert.equal(name, "设备采购合同-2.pdf");
    assert.deepEqual(bytes, samples.files.sealed);
    const [jsonName, json] = await save(inside("button").filter({ hasText: "导出 JSON" }));
    assert.equal(jsonName, "设备采购合同-report.json");
    assert.deepEqual(JSON.parse(json.toString()), samples.reports.changed);
  });

  test("types the password, once wrong, once right", async () => {
    await mount("protected");
    await page.evaluate(
      ([wrong, right]) => {
        element().addEventListener("password-submit", ({ detail }) => {
          setTimeout(() => {
            element().report = detail.password === "user" ? right : { ...wrong };
          }, 0);
        });
      },
      [samples.reports.protected, samples.reports.open],
    );
    await inside("#password").fill("guess");
    await page.keyboard.press("Enter");
    await inside('[role="alert"]').filter({ hasText: "密码不正确" }).waitFor();
    await inside("#password").fill("user");
    await page.keyboard.press("Enter");
    await inside("h2").filter({ hasText: "此文件没有电子签章" }).waitFor();
  });

  test("chooses a file on a page that is made as the README says", async () => {
    await mount();
    const { root, crl, files } = samples;
    await page.evaluate(
      ([root, crl]) => {
        const input = document.createElement("input");
        input.type = "file";
        document.querySelector("#main").append(input);
        asInReadme([root], crl);
      },
      [root, crl],
    );
    const choose = (name, buffer) =>
      page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/pdf", buffer });
    await choose("a.pdf", files.sealed);
    await inside("h4").filter({ hasText: "星海科技有限公司" }).waitFor();
    assert.match(await text(".file-name"), /^a\.pdf/);
    await choose("b.pdf", files.protected);
    await inside("#password").fill("guess");
    await page.keyboard.press("Enter");
    await inside('[role="alert"]').filter({ hasText: "密码不正确" }).waitFor();
    await inside("#password").fill("user");
    await page.keyboard.press("Enter");
    await inside("h2").filter({ hasText: "此文件没有电子签章" }).waitFor();
  });

  test("finds every seal drawn when printing as browsers do, however far down it is", async () => {
    await page.setViewportSize({ width: 800, height: 200 });
    await mount("twice");
    await page.waitForFunction(() =>
      [...inside().querySelectorAll("canvas.crop")].every((each) => /ready/.test(each.className)),
    );
    assert.ok((await inside("canvas.crop").count()) > 3);
    await page.setViewportSize({ width: 1100, height: 1000 });
  });

  test("prints the report, all of it, in black, and nothing of the page around it", async () => {
    await mount("twice");
    await page.evaluate(() => {
      const beside = document.createElement("nav");
      beside.textContent = "somewhere else";
      document.body.prepend(beside);
      globalThis.print = () => dispatchEvent(new Event("beforeprint"));
      return element().print();
    });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const onPaper = await page.evaluate(() => ({
      beside: getComputedStyle(document.querySelector("nav")).display,
      folded: inside().querySelectorAll("details:not([open])").length,
      buttons: [...inside().querySelectorAll(".buttons")].filter((each) => each.checkVisibility()).length,
      pictures: inside().querySelectorAll("canvas.crop:not(.ready)").length,
      ink: ["h2", ".status-passed", ".quiet"].map((each) => getComputedStyle(inside().querySelector(each)).color),
    }));
    assert.deepEqual(onPaper, {
      beside: "none",
      folded: 0,
      buttons: 0,
      pictures: 0,
      ink: ["rgb(0, 0, 0)", "rgb(0, 0, 0)", "rgb(51, 51, 51)"],
    });
    if (shots) await page.pdf({ path: path.join(shots, "print.pdf"), format: "A4" });
    await page.emulateMedia({ media: null, colorScheme: null });
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    const back = await page.evaluate(() => ({
      beside: getComputedStyle(document.querySelector("nav")).display,
      unfolded: inside().querySelectorAll("details[open]").length,
      sheets: document.adoptedStyleSheets.length,
    }));
    assert.deepEqual(back, { beside: "block", unfolded: 0, sheets: 0 });
    await page.evaluate(() => document.querySelector("nav").remove());
  });
});

const views = [
  { lang: "zh-Hans", width: 1100, colorScheme: "light" },
  { lang: "en", width: 360, colorScheme: "light" },
  { lang: "en", width: 1100, colorScheme: "dark" },
  { lang: "zh-Hans", width: 360, colorScheme: "dark" },
];
const states = {
  empty: [],
  loading: [undefined, undefined, { progress: 0.4 }],
  sealed: ["sealed"],
  twice: ["twice"],
  changed: ["changed"],
  inside: ["inside"],
  unsigned: ["unsigned"],
  protected: ["protected"],
  dialog: ["changed"],
};

for (const { lang, width, colorScheme } of views) {
  test(`in ${lang}, ${width} pixels wide and ${colorScheme}, everybody can use it and nothing is cut off`, async () => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate((lang) => {
      document.documentElement.lang = lang;
    }, lang);
    await page.evaluate(`${axe}; undefined`);
    for (const [name, [report, file, prepare]] of Object.entries(states)) {
      await mount(report, file, prepare);
      if (name === "dialog") {
        await inside(".places button").last().click();
        await inside(".sheet.ready").waitFor();
      } else {
        // Everything unfolded, as what is folded cannot be looked at.
        await page.evaluate(() => {
          for (const details of inside().querySelectorAll("details")) details.open = true;
        });
        await page.evaluate(() =>
          Promise.all(
            element()
              .getAnimations({ subtree: true })
              .map(() => undefined),
          ),
        );
      }
      const found = await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run(document.querySelector("scanseal-report"));
        return violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.flat().join(" ")).join(", ")}`,
        );
      });
      assert.deepEqual(found, [], name);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
      if (shots) {
        await page.waitForFunction(() => drawn(), undefined, { timeout: 3000 }).catch(() => undefined);
        const file = path.join(shots, `${name}-${lang}-${width}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: name !== "dialog" });
      }
    }
  });
}
