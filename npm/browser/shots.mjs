// Pictures of `<scanseal-placer>` in its states, to look at: `node npm/browser/shots.mjs FOLDER`, after a build.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { openBrowser } from "./page.mjs";
import { files, script } from "./placer.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("say where to put the pictures");
mkdirSync(folder, { recursive: true });

const places = [
  { type: "keyword", word: "甲方（盖章）" },
  { type: "at", pages: "1", x: 360, y: 470 },
  { type: "cross-page", side: "right", offset: 0.45 },
];

const browser = await openBrowser({ files, script });
const looks = [
  { name: "wide-zh-light", viewport: { width: 1280, height: 800 }, colorScheme: "light", lang: "zh-Hans" },
  { name: "wide-en-dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark", lang: "en" },
  { name: "phone-zh-light", viewport: { width: 360, height: 740 }, colorScheme: "light", lang: "zh-Hans", phone: true },
  { name: "phone-en-dark", viewport: { width: 360, height: 740 }, colorScheme: "dark", lang: "en", phone: true },
];
for (const { name, lang, phone = false, ...options } of looks) {
  const { page, check, close } = await browser.open({
    ...options,
    hasTouch: phone,
    isMobile: phone,
    deviceScaleFactor: phone ? 2 : 1,
  });
  const shot = async (what) => {
    await page.waitForTimeout(900);
    await page.screenshot({ path: path.join(folder, `${name}-${what}.png`) });
  };
  await page.evaluate((lang) => {
    document.documentElement.lang = lang;
  }, lang);
  await page.evaluate(() => mount(undefined));
  await shot("1-empty");
  await page.evaluate(() => mount("password.pdf"));
  await shot("2-password");
  await page.evaluate(() => mount("contract.pdf"));
  await shot("3-open");
  await page.evaluate((places) => mount("contract.pdf", { places }), places);
  await shot("4-places");
  if (phone) await page.locator("scanseal-placer .dock .quiet").click();
  await shot("5-panel");
  await page.locator("scanseal-placer .place-main").first().click();
  await shot("6-selected");
  if (phone) await page.locator("scanseal-placer .dock .quiet").click();
  await page.locator("scanseal-placer .chip").first().click();
  await page.locator("scanseal-placer .chip").first().scrollIntoViewIfNeeded();
  await shot("7-keyword");
  await page.evaluate(() => {
    const body = document.querySelector("scanseal-placer").shadowRoot.querySelector(".panel-body");
    body.scrollTop = body.scrollHeight;
  });
  await shot("8-cross");
  if (!phone) {
    const { x, y } = await page.locator("scanseal-placer .seal").first().boundingBox();
    await page.mouse.move(x + 50, y + 50);
    await page.mouse.down();
    await page.mouse.move(x + 370, y + 58, { steps: 6 });
    await shot("9-dragged");
    await page.mouse.up();
  }
  check();
  await close();
}
await browser.close();
