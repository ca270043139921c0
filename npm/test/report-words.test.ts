// The words of `<scanseal-report>`: those of the verifier, and its own.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reportTextsFile } from "../scripts/report-texts.mjs";
import { REPORT_TEXTS } from "../src/generated/report-texts.js";
import type { PdfReason } from "../src/pdf/report.js";
import { causesOf, fill, fillText, reasonText, reportWords, valueText } from "../src/report/words.js";
import { en } from "../src/report/words-en.js";
import { zhHans } from "../src/report/words-zh-hans.js";

const LOCALES = ["zh-Hans", "en"] as const;
const schema = JSON.parse(readFileSync(new URL("../../docs/report.schema.json", import.meta.url), "utf8"));

/** Every text in a catalogue, by its path. */
function texts(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}/${key}`));
}

const gaps = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string).sort();

describe("the verifier's words", () => {
  it("are those of crates/pades", () => {
    const { url, content } = reportTextsFile();
    expect(readFileSync(url, "utf8")).toBe(content);
  });

  it.each([
    ["documentVerdicts", "documentVerdict"],
    ["signatureVerdicts", "signatureVerdict"],
    ["indications", "indication"],
    ["subIndications", "subIndication"],
    ["reasons", "reason"],
    ["checks", "checkId"],
    ["checkStatuses", "checkStatus"],
    ["changeLevels", "changeLevel"],
    ["changeClasses", "changeClass"],
    ["coverages", "coverage"],
    ["levels", "level"],
  ] as const)("have a text for each of the %s of the schema, in both languages", (section, definition) => {
    const words: string[] = schema.$defs[definition].enum;
    for (const locale of LOCALES) {
      const found: Record<string, unknown> = REPORT_TEXTS[locale][section];
      expect(Object.keys(found).sort()).toEqual([...words].sort());
      for (const [path, text] of texts(found)) expect(text.trim(), `${locale}${path}`).not.toBe("");
    }
  });

  it("stand in for words that are newer than the element", () => {
    expect(reasonText("brand-new" as PdfReason, "en")).toEqual({ means: "brand-new", do: "" });
    expect(valueText("levels", "B-X" as "B-B", "zh-Hans")).toBe("B-X");
  });
});

describe("its own words", () => {
  it("are there in both languages, with the same gaps", () => {
    const chinese = texts(zhHans);
    const english = new Map(texts(en));
    expect(chinese.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
    for (const [path, text] of chinese) {
      expect(text.trim(), path).not.toBe("");
      expect(gaps(text), path).toEqual(gaps(english.get(path) ?? ""));
    }
  });

  it("are Chinese in the Chinese catalogue, and not in the English one", () => {
    const formats = /^\/(version|zoneNote|sha256)$/;
    for (const [path, text] of texts(zhHans)) if (!formats.test(path)) expect(text, path).toMatch(/\p{Script=Han}/u);
    for (const [path, text] of texts(en)) expect(text, path).not.toMatch(/\p{Script=Han}/u);
  });

  it("say a thing once, however many reasons it has, and what has no plain words in the verifier's own", () => {
    const reasons: PdfReason[] = [
      "byte-range-gap",
      "digest-mismatch",
      "cms-content",
      "changed-later",
      "algorithm-weak",
    ];
    for (const locale of LOCALES) {
      const { causes } = reportWords(locale);
      expect(causesOf(reasons, locale)).toEqual([
        causes.structure,
        causes["changed-inside"],
        causes.changed,
        REPORT_TEXTS[locale].reasons["algorithm-weak"],
      ]);
    }
  });

  it("tell for every reason what it means and what to do", () => {
    for (const locale of LOCALES) {
      for (const reason of Object.keys(REPORT_TEXTS.en.reasons) as PdfReason[]) {
        const [cause, ...more] = causesOf([reason], locale);
        expect(more).toEqual([]);
        expect(cause?.means, reason).not.toBe("");
        expect(cause?.do, reason).not.toBe("");
      }
    }
  });

  it("have their gaps filled, and what fills them isolated", () => {
    expect(fillText("{a} of {b}", { a: 1 })).toBe("1 of {b}");
    const [before, who, after] = fill("by {who}!", { who: "\u202eevil" }) as [string, { values: unknown[] }, string];
    expect([before, after]).toEqual(["by ", "!"]);
    expect(who).toMatchObject({ strings: ["<bdi>", "</bdi>"], values: ["\u202eevil"] });
  });
});
