// The generated source with the words of reports, from the catalogues of crates/pades.

import { readFileSync } from "node:fs";

const catalogues = new URL("../../crates/pades/texts/", import.meta.url);

/** Section of a catalogue, and the type of its words in src/pdf/report.ts. */
const SECTIONS = {
  documentVerdicts: { word: "PdfVerdict", advises: true },
  signatureVerdicts: { word: 'PdfSignatureReport["verdict"]', advises: false },
  indications: { word: 'PdfSignatureReport["indication"]', advises: false },
  subIndications: { word: "PdfSubIndication", advises: false },
  reasons: { word: "PdfReason", advises: true },
  checks: { word: "PdfCheckId", advises: false },
  checkStatuses: { word: 'PdfCheck["status"]', advises: false },
  changeLevels: { word: "PdfChangeLevel", advises: false },
  changeClasses: { word: "PdfChangeClass", advises: false },
  coverages: { word: 'PdfSignatureReport["coverage"]', advises: false },
  levels: { word: 'NonNullable<PdfSignatureReport["level"]>', advises: false },
};

/** The generated file as it ought to be: address and content. */
export function reportTextsFile() {
  return {
    url: new URL("../src/generated/report-texts.ts", import.meta.url),
    content: `// Generated from crates/pades by \`npm run generate -w npm\`. Do not edit.
// biome-ignore-all format: generated

import type {
  PdfChangeClass,
  PdfChangeLevel,
  PdfCheck,
  PdfCheckId,
  PdfReason,
  PdfSignatureReport,
  PdfSubIndication,
  PdfVerdict,
} from "../pdf/report.js";

/** What a word of a report means, and what to do about it. */
export interface ReportText {
  readonly means: string;
  readonly do: string;
}

/** The words of reports, for people. */
export interface ReportTexts {
${Object.entries(SECTIONS)
  .map(
    ([name, { word, advises }]) =>
      `  readonly ${name}: Readonly<Record<${word}, ${advises ? "ReportText" : "string"}>>;`,
  )
  .join("\n")}
}

export const REPORT_TEXTS: Readonly<Record<"zh-Hans" | "en", ReportTexts>> = {
${["zh-Hans", "en"].map(catalogue).join("\n")}
};
`,
  };
}

function catalogue(locale) {
  const texts = JSON.parse(readFileSync(new URL(`${locale}.json`, catalogues), "utf8"));
  const strangers = Object.keys(texts).filter((name) => !(name in SECTIONS));
  if (strangers.length > 0) throw new Error(`${locale}.json has sections that are not known here: ${strangers}`);
  const sections = Object.entries(SECTIONS).map(([name, { advises }]) => {
    const lines = Object.entries(texts[name]).map(([word, text]) => `      "${word}": ${line(text, advises)},`);
    return `    ${name}: {\n${lines.join("\n")}\n    },`;
  });
  return `  "${locale}": {\n${sections.join("\n")}\n  },`;
}

function line(text, advises) {
  if (!advises) return JSON.stringify(text);
  return `{ means: ${JSON.stringify(text.means)}, do: ${JSON.stringify(text.do)} }`;
}
