// A browser for the pages, and the looks at which they are looked at.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CHROMIUM =
  process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));

/** Both languages, both schemes, both widths: each at least once with each other. */
export const LOOKS = [
  { name: "wide-zh-light", lang: "zh-Hans", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "wide-en-dark", lang: "en", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "narrow-en-light", lang: "en", colorScheme: "light", viewport: { width: 360, height: 780 } },
  { name: "narrow-zh-dark", lang: "zh-Hans", colorScheme: "dark", viewport: { width: 390, height: 844 } },
];

/** Starts Chromium. */
export function launch() {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/** A page in one of the looks; `check` fails on what it complained about, and on requests to others. */
export async function openPage(browser, { now, lang = "zh-Hans", ...options } = {}) {
  const context = await browser.newContext({ locale: "zh-CN", timezoneId: "Asia/Shanghai", ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  if (now) await page.clock.setFixedTime(now);
  await page.addInitScript((wanted) => localStorage.setItem("locale", wanted), lang);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    // The browser tells of each answer that is no success; that is tested by what the page says about it.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) problems.push(message.text());
  });
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== "localhost" && protocol !== "data:" && protocol !== "blob:") problems.push(request.url());
  });
  return {
    page,
    context,
    check: () => assert.deepEqual(problems.splice(0), [], "the page complains, or asks others"),
  };
}

/** Waits until nothing fades in or moves any more. */
export async function settled(page) {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Fails on what axe-core finds serious or critical, and on what is wider than the screen. */
export async function inspect(page, what) {
  await settled(page);
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const faults = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      resultTypes: ["violations"],
      rules: { "label-content-name-mismatch": { enabled: true } },
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ""}`).join(" | ")}`,
      );
  });
  assert.deepEqual(faults, [], what);
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(width <= 0, `${what} is ${width} px wider than the screen`);
}
