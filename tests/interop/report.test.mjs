// The reports on the catalogue of forged and odd files (tests/pdf), as people see them: `<scanseal-report>` in Chromium.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { openBrowser } from "../../npm/browser/page.mjs";
import { verifyPdf } from "../../npm/dist/pdf-node.js";
import { headline } from "../../npm/dist/report/view-verdict.js";
import { reportWords } from "../../npm/dist/report/words.js";
import { must } from "./tools.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Every so many files are looked at as an inspector of accessibility does. */
const INSPECTED = 15;
/** Of the forged files, every so many is opened to draw its seals; of the honest ones, all. */
const DRAWN = 6;
const accepted = ["passed", "passed-with-later-changes"];
const script = `
import "/dist/report.js";
globalThis.element = document.createElement("scanseal-report");
document.querySelector("#main").append(element);
globalThis.ready = true;`;

const folder = mkdtempSync(path.join(tmpdir(), "scanseal-reports-"));
const files = {};
let cases;
let browser;

before(async () => {
  await must(process.env.SCANSEAL_CASES, folder);
  cases = JSON.parse(readFileSync(path.join(folder, "cases.json"), "utf8"));
  for (const { name, file } of cases) files[name] = readFileSync(path.join(folder, file));
  browser = await openBrowser({ files, script });
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test("every forged and odd file is told of in words, none that is forged as genuine, and its pages harm nothing", async () => {
  assert.ok(cases.length > 400, `only ${cases.length} cases`);
  const { page, check } = await browser.open({ viewport: { width: 900, height: 900 } });
  await page.evaluate(`${axe}; undefined`);
  const wrong = [];
  let seals = 0;
  for (const [index, one] of cases.entries()) {
    const password = one.password === null ? {} : { password: one.password };
    const report = await verifyPdf(files[one.name], {
      trust: one.trust.anchors.map(({ pem }) => pem),
      crls: one.trust.crls,
      time: new Date(one.trust.at),
      ...password,
    });
    const locale = index % 2 === 0 ? "zh-Hans" : "en";
    const draw = !one.attack || index % DRAWN === 0;
    const seen = await page.evaluate(show, {
      absent: reportWords(locale).checkCounts.absent,
      draw,
      report,
      locale,
      ...password,
      name: one.name,
      inspect: index % INSPECTED === 0,
    });
    const { verdict } = report.document;
    const words = reportWords(locale);
    const fault = (what) => wrong.push(`${one.name}: ${what}`);
    const stampsOnly = report.signatures.every(({ kind }) => kind.type === "document-timestamp");
    if (seen.headline !== headline(report, words)) fault(`says ${seen.headline}`);
    if (seen.genuine !== (accepted.includes(verdict) && !stampsOnly)) fault(`looks genuine: ${seen.genuine}`);
    if (one.attack && seen.genuine) fault("is forged, and looks genuine");
    for (const [at, { integrity, checks }] of report.signatures.entries()) {
      const row = seen.signatures[at];
      if (row.unchecked.length > 0) fault(`has a tick beside what was not checked: ${row.unchecked}`);
      const broken = integrity.digest === "no" || integrity.signature === "no";
      if (broken && row.ticks.length > 0) fault(`has ticks in a broken signature: ${row.ticks}`);
      const unasked = checks.some(({ id, status }) => id === "revocation" && status === "skipped");
      if (unasked && row.text.includes(words.answers.certificate.passed)) fault("says not revoked, and nobody asked");
    }
    if (/\{\w+\}|undefined|\[object|NaN/.test(seen.text))
      fault(`has a gap: ${seen.text.match(/.{20}(\{\w+\}|undefined|\[object|NaN)/)}`);
    const codes = [
      ...report.document.findings.map(({ reason }) => reason),
      ...report.signatures.flatMap(({ checks }) => checks.flatMap(({ id, reason }) => [id, reason])),
      report.document.unreadable?.code,
    ].filter((code) => code !== undefined);
    for (const code of codes) if (!seen.codes.includes(code)) fault(`does not show ${code}`);
    if (seen.waiting > 0) fault("has a picture that is neither drawn nor given up");
    if (seen.faults.length > 0) fault(seen.faults.join("; "));
    if (seen.wide > 0) fault(`is ${seen.wide} pixels too wide`);
    seals += seen.drawn;
  }
  check();
  assert.deepEqual(wrong, []);
  assert.ok(seals > 150, `only ${seals} seals could be drawn`);
});

/** Runs in the page. */
async function show({ report, absent, draw, locale, password, name, inspect }) {
  const { element } = globalThis;
  element.report = undefined;
  await element.updateComplete;
  Object.assign(element, { locale, password, fileName: `${name}.pdf` });
  element.file = draw ? await (await fetch(`/files/${name}`)).blob() : undefined;
  element.report = report;
  await element.updateComplete;
  const root = element.shadowRoot;
  for (const details of root.querySelectorAll("details")) details.open = true;
  // Draws all, the far ones too.
  globalThis.print = () => undefined;
  await element.print();
  dispatchEvent(new Event("afterprint"));
  const faults = [];
  if (inspect) {
    const { violations } = await globalThis.axe.run(element);
    faults.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.flat().join(" "))}`));
  }
  const form = ["field", "dictionary", "byte-range", "cms-format", "message-digest", "signature-value", "algorithms"];
  // In the order of the report: those of the history stand in that of the file.
  const cards = [...root.querySelectorAll('[part="signature"]')].sort(
    (left, right) => number(left.querySelector("h4")) - number(right.querySelector("h4")),
  );
  const signatures = cards.map((card) => {
    const answers = [...card.querySelectorAll(".answer")];
    const ticked = answers.filter((answer) => answer.querySelector("summary .status-passed") !== null);
    const named = (checks) => checks.map((check) => check.querySelector("code").textContent);
    const checks = (from, selector) =>
      [...from.querySelectorAll(".checks li")].filter((li) => li.querySelector(selector));
    return {
      text: card.querySelector(".answers").textContent,
      unchecked: ticked
        .filter((answer) => answer.querySelector("code")?.textContent !== "timestamp")
        .flatMap((answer) => named(checks(answer, ".status-skipped").filter((li) => !li.textContent.includes(absent)))),
      ticks: [
        ...ticked.map((answer) => answer.querySelector("summary").textContent),
        ...named(checks(card, ".status-passed")).filter((id) => !form.includes(id)),
      ],
    };
  });
  function number(heading) {
    return Number(heading.id.replace("signature-", ""));
  }
  return {
    signatures,
    headline: root.querySelector("h2").textContent.trim(),
    genuine: root.querySelector(".verdict-passed, .verdict-passed-with-later-changes") !== null,
    text: root.querySelector('[part="base"]').textContent,
    codes: [...root.querySelectorAll("code")].map(({ textContent }) => textContent),
    waiting: root.querySelectorAll("canvas.crop:not(.ready):not(.failed)").length,
    drawn: root.querySelectorAll("canvas.crop.ready").length,
    wide: document.documentElement.scrollWidth - innerWidth,
    faults,
  };
}
