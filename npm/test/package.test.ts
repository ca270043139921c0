import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { en } from "../src/i18n/en.js";
import { localeFor, messagesFor } from "../src/i18n/messages.js";
import { zhHans } from "../src/i18n/zh-hans.js";
import * as pdfInBrowser from "../src/pdf.js";
import * as pdfInNode from "../src/pdf-node.js";
import { VERSION } from "../src/version.js";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
  scripts: Record<string, string>;
};

it("the version that the package tells is the one it is published as", () => {
  expect(VERSION).toBe(manifest.version);
});

it("scanseal/pdf has the same names in the browser and in Node", () => {
  expect(Object.keys(pdfInBrowser).sort()).toEqual(Object.keys(pdfInNode).sort());
});

it("nothing runs when the package is installed", () => {
  for (const hook of ["preinstall", "install", "postinstall", "prepare"])
    expect(manifest.scripts).not.toHaveProperty(hook);
});

it.each([
  ["", "zh-Hans"],
  ["zh", "zh-Hans"],
  ["zh-CN", "zh-Hans"],
  ["ZH-Hans", "zh-Hans"],
  ["ug", "zh-Hans"],
  ["en", "en"],
  ["en-GB", "en"],
  ["fr", "en"],
] as const)("a page in language %j is spoken to in %s", (tag, locale) => {
  expect(localeFor(tag)).toBe(locale);
});

it("the catalogues are found under their language", () => {
  expect(messagesFor("en")).toBe(en);
  expect(messagesFor("zh-Hans")).toBe(zhHans);
});
