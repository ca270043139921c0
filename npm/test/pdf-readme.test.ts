// What the README shows runs.

import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import * as pdf from "../src/pdf-node.js";
import { crl, makePdf, root, signed, signer, trust } from "./pdf-files.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, section] = readme.split("\n## Seal and verify PDFs\n");
const [, snippet] = section?.match(/```js\nimport \{[^}]+\} from "scanseal\/pdf";\n(.*?)```/s) ?? [];

/** A transparent pixel. */
const sealPng = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

it("verifies and seals as shown", async () => {
  // The fonts of the test's PDF have Latin letters only.
  const code = snippet?.replace("甲方（盖章）", "Party A").replace("合同", "Contract");
  expect(code).toContain("await finishSeal(");
  const file = makePdf({ pages: 2, word: "Contract with Party A" });
  const names = { show: vi.fn(), bar: vi.fn(), stop: new AbortController(), sign: signed, sealPng, file, crl };
  const scope = { ...pdf, ...names, roots: [root], signerPem: signer, authorityPem: root };
  const Run = Object.getPrototypeOf(async () => undefined).constructor;
  const run = new Run(...Object.keys(scope), `${code}\nreturn { report, sealed, first };`);
  const { report, sealed, first } = await run(...Object.values(scope));
  expect(report.document.verdict).toBe("unsigned");
  expect(names.bar).toHaveBeenLastCalledWith(1);
  expect(first).toMatchObject({ page: 1, occurrence: 1 });
  const { document, signatures } = await pdf.verifyPdf(sealed, trust);
  expect([document.verdict, signatures[0]?.appearance.length]).toEqual(["passed", 4]);
});
