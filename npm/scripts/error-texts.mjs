// The generated sources about error codes, from the codes and texts of crates/protocol.

import { readFileSync } from "node:fs";

const protocol = new URL("../../crates/protocol/", import.meta.url);

const HEAD = `// Generated from crates/protocol by \`npm run generate -w npm\`. Do not edit.
// biome-ignore-all format: generated
`;

/** The generated files as they ought to be: address and content. */
export function generatedFiles() {
  const codes = readCodes();
  return [
    { url: new URL("../src/generated/error-codes.ts", import.meta.url), content: codesFile(codes) },
    { url: new URL("../src/generated/error-texts.ts", import.meta.url), content: textsFile(codes) },
  ];
}

function codesFile(codes) {
  return `${HEAD}
/** The codes of every failure. */
export type ScanSealErrorCode =
${codes.map(({ code }) => `  | "${code}"`).join("\n")};

export const ERROR_CODES: readonly ScanSealErrorCode[] = [
${codes.map(({ code }) => `  "${code}",`).join("\n")}
];

/** Who can act on a code, and whether to try again. */
export interface ErrorFacts {
  readonly actor: "integrator" | "operator" | "phone" | "user";
  readonly retry: "after" | "again" | "never";
}

export const ERROR_FACTS: Readonly<Record<ScanSealErrorCode, ErrorFacts>> = {
${codes.map(({ code, actor, retry }) => `  "${code}": { actor: "${actor}", retry: "${retry}" },`).join("\n")}
};
`;
}

function textsFile(codes) {
  const catalogue = (locale) => `  "${locale}": {\n${readTexts(locale, codes).join("\n")}\n  },`;
  return `${HEAD}
import type { ScanSealErrorCode } from "./error-codes.js";

/** What went wrong and what to do, in words for people. */
export interface ErrorText {
  readonly cause: string;
  readonly advice: string;
}

export const ERROR_TEXTS: Readonly<Record<"zh-Hans" | "en", Readonly<Record<ScanSealErrorCode, ErrorText>>>> = {
${["zh-Hans", "en"].map(catalogue).join("\n")}
};
`;
}

function readCodes() {
  const source = readFileSync(new URL("src/error.rs", protocol), "utf8");
  const rows = [...source.matchAll(/^ +\w+ = "([a-z-]+)", (\w+), (\w+);$/gm)];
  if (rows.length === 0) throw new Error("no codes found in crates/protocol/src/error.rs: has its table changed?");
  return rows.map(([, code, actor, retry]) => ({ code, actor: actor.toLowerCase(), retry: retry.toLowerCase() }));
}

function readTexts(locale, codes) {
  const texts = JSON.parse(readFileSync(new URL(`texts/${locale}.json`, protocol), "utf8"));
  return codes.map(({ code }) => {
    const { cause, advice } = texts[code] ?? {};
    if (!cause || !advice) throw new Error(`texts/${locale}.json lacks cause or advice of ${code}`);
    return `    "${code}": { cause: ${JSON.stringify(cause)}, advice: ${JSON.stringify(advice)} },`;
  });
}
