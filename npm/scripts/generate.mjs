// Writes the generated sources: error codes, texts of errors and reports (kept in git), and the module for `scanseal/inline` (not kept).

import { readFileSync, writeFileSync } from "node:fs";
import { generatedFiles } from "./error-texts.mjs";
import { reportTextsFile } from "./report-texts.mjs";

for (const { url, content } of [...generatedFiles(), reportTextsFile()]) writeFileSync(url, content);

const wasm = readFileSync(new URL("../wasm/scan/scan_bg.wasm", import.meta.url));
writeFileSync(
  new URL("../src/generated/inline-module.ts", import.meta.url),
  `// Generated from the WebAssembly module by \`npm run generate -w npm\`. Do not edit.

export const MODULE_BASE64 =
  "${wasm.toString("base64")}";
`,
);
