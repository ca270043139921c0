// The catalogue of forged and odd files (tests/pdf) through the WebAssembly of the npm package: the same verdicts as natively.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { verifyPdf } from "../../npm/dist/pdf-node.js";
import { must } from "./tools.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "scanseal-cases-"));
const accepted = ["passed", "passed-with-later-changes"];

test("every forged and odd file gets its verdict and its reasons in WebAssembly", async () => {
  try {
    await must(process.env.SCANSEAL_CASES, folder);
    const cases = JSON.parse(readFileSync(path.join(folder, "cases.json"), "utf8"));
    assert.ok(cases.length > 400, `only ${cases.length} cases`);
    const wrong = [];
    for (const one of cases) {
      const report = await verifyPdf(new Uint8Array(readFileSync(path.join(folder, one.file))), {
        trust: one.trust.anchors.map(({ pem }) => pem),
        crls: one.trust.crls,
        time: new Date(one.trust.at),
        ...(one.password !== null && { password: one.password }),
      });
      const { verdict } = report.document;
      const given = new Set([
        ...report.document.findings.map(({ reason }) => reason),
        ...report.signatures.flatMap(({ reasons, checks }) => [...reasons, ...checks.map(({ reason }) => reason)]),
      ]);
      const missing = one.expected.reasons.filter((reason) => !given.has(reason));
      if (verdict !== one.expected.verdict || missing.length > 0) {
        wrong.push(`${one.name}: ${verdict} instead of ${one.expected.verdict}; missing ${missing}`);
      }
      assert.ok(!(one.attack && accepted.includes(verdict)), `${one.name}: an attack that passes`);
    }
    assert.deepEqual(wrong, []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
