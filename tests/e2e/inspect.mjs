/** Looks at pages as an inspector does: accessibility, width, languages, and what the keyboard has. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { settled, shot } from "./harness.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LARGE = { width: 1440, height: 900 };
const SMALL = { width: 360, height: 780 };
const TALL = { width: 390, height: 844 };

/** How each colour scheme looks at a page. Together both see either language at either size. */
const VIEWS = {
  desktop: {
    light: [
      { lang: "zh-Hans", viewport: LARGE, label: "zh-wide" },
      { lang: "en", viewport: SMALL, label: "en-narrow" },
    ],
    dark: [
      { lang: "en", viewport: LARGE, label: "en-wide" },
      { lang: "zh-Hans", viewport: SMALL, label: "zh-narrow" },
    ],
  },
  phone: {
    light: [
      { lang: "zh-Hans", viewport: TALL, label: "zh" },
      { lang: "en", viewport: SMALL, label: "en-narrow" },
    ],
    dark: [
      { lang: "en", viewport: TALL, label: "en" },
      { lang: "zh-Hans", viewport: SMALL, label: "zh-narrow" },
    ],
  },
};

/** Fails on what axe-core finds serious or critical, and on what is wider than the screen; keeps a picture. */
export async function inspect(page, name) {
  // A dialog is seen as the person sees it, a page as a whole.
  await shot(page, name, { fullPage: (await page.locator("dialog[open]").count()) === 0 });
  assert.deepEqual(await faults(page), [], name);
  await fits(page, name);
}

/** An inspector for one colour scheme. `look` sees what is there; with `open` it opens it anew in each language, and leaves by Esc. */
export function inspector(colorScheme, device = "desktop") {
  const [usual] = VIEWS.desktop.light;
  return async (page, name, open) => {
    const before = page.viewportSize();
    for (const { lang, viewport, label } of VIEWS[device][colorScheme]) {
      await page.setViewportSize(viewport);
      await speak(page, lang);
      await open?.();
      await inspect(page, `${name}-${label}-${colorScheme}`);
      if (open) await page.keyboard.press("Escape");
      // The other language needs other room; only its width is looked at.
      await speak(page, lang === "en" ? "zh-Hans" : "en");
      await settled(page);
      await fits(page, `${name} at ${viewport.width} in the other language`);
    }
    await page.setViewportSize(before);
    // The steps are found by their Chinese words.
    await speak(page, usual.lang);
  };
}

/** Switches the language by the page's own button, which an open dialog puts out of a person's reach. */
export async function speak(page, lang) {
  await page.evaluate((wanted) => document.querySelector(`button[lang="${wanted}"]`)?.click(), lang);
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, lang);
}

/** How a page comes out of a printer, on A4, in both languages. */
export async function onPaper(page, name, { landscape = false } = {}) {
  const before = page.viewportSize();
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(landscape ? { width: 1123, height: 794 } : { width: 794, height: 1123 });
  for (const lang of ["en", "zh-Hans"]) {
    await speak(page, lang);
    await shot(page, `print-${name}-${lang}`, { fullPage: true });
    await fits(page, `${name} on paper`);
  }
  await page.emulateMedia({ media: null });
  await page.setViewportSize(before);
}

/** Presses Tab until what has focus bears this name. Focus must be seen at every stop. */
export async function tabTo(page, name, presses = 60) {
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press("Tab");
    const { text, visible, what } = await focused(page);
    assert.ok(visible, `focus cannot be seen on ${what}`);
    if (text.startsWith(name)) return;
  }
  throw new Error(`Tab never reached "${name}"`);
}

/** What has the focus: its name, and whether a person sees that it has it. */
export async function focused(page) {
  await settled(page);
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const label = element.labels?.[0]?.textContent ?? element.textContent;
    // Whoever tabs past the last element is at the browser's own buttons for a moment.
    const outside = element === document.body || element === document.documentElement;
    // The ring of a choice that is drawn as a card may be the card's.
    const seen = [element, element.closest("label"), element.nextElementSibling].some((one) => {
      if (!one) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      const { width, height } = one.getBoundingClientRect();
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && width > 4 && height > 4;
    });
    return {
      text: (element.getAttribute("aria-label") ?? label ?? "").trim(),
      visible: outside || seen,
      what: element.outerHTML.slice(0, 160),
      outside,
    };
  });
}

/** What axe-core finds, serious or critical. Evaluated by the debugger, so the page's policy stays as it is. */
async function faults(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      resultTypes: ["violations"],
      rules: { "label-content-name-mismatch": { enabled: true } },
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join(" | ")}`,
      );
  });
}

async function fits(page, name) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(width <= 0, `${name} is ${width} px wider than the screen`);
  const dialog = await page.evaluate(() => {
    const open = document.querySelector("dialog[open]");
    return open ? open.scrollWidth - open.clientWidth : 0;
  });
  assert.ok(dialog <= 0, `a dialog of ${name} is ${dialog} px wider than itself`);
}
