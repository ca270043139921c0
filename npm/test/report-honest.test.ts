// @vitest-environment happy-dom
// A reader sees no tick beside what was not checked, nor in what rests on a broken signature; no two sentences disagree.

import { afterEach, describe, expect, it, vi } from "vitest";
import { REPORT_TEXTS } from "../src/generated/report-texts.js";
import type { PdfCheck, PdfCheckId, PdfReason, PdfReport, PdfSignatureReport } from "../src/pdf/report.js";
import { answersOf } from "../src/report/answers.js";
import { type ReportWords, reportWords } from "../src/report/words.js";
import "../src/report.js";
import { report, signature } from "./report-samples.js";

vi.mock("../src/viewer/document.js", () => ({ openDocument: () => Promise.reject(new Error("no file is given")) }));

const REASONS = Object.keys(REPORT_TEXTS.en.reasons) as PdfReason[];
const CHECKS = Object.keys(REPORT_TEXTS.en.checks) as PdfCheckId[];
const STATUSES = Object.keys(REPORT_TEXTS.en.checkStatuses) as PdfCheck["status"][];
const LOCALES = ["zh-Hans", "en"] as const;
/** What a signature is made of, which is right or wrong whatever is signed. */
const FORM = ["field", "dictionary", "byte-range", "cms-format", "signature-value", "algorithms"];

/** Where the verifier tells of it; what is missing is told of at what is covered. */
const CHECK_OF: Readonly<Partial<Record<PdfReason, PdfCheckId>>> = {
  "dictionary-not-plain": "dictionary",
  "dictionary-replaced": "dictionary",
  "field-invalid": "field",
  "sub-filter-unknown": "cms-format",
  "cms-malformed": "cms-format",
  "cms-signers": "cms-format",
  "cms-content": "cms-format",
  "cms-attributes": "cms-format",
  "cms-content-type": "cms-format",
  "cms-digest-missing": "message-digest",
  "digest-mismatch": "message-digest",
  "signature-invalid": "signature-value",
  "algorithm-mismatch": "algorithms",
  "algorithm-weak": "algorithms",
  "algorithm-unknown": "algorithms",
  "signer-certificate-missing": "signing-certificate",
  "signer-certificate-malformed": "signing-certificate",
  "signing-certificate-missing": "signing-certificate",
  "signing-certificate-mismatch": "signing-certificate",
  "no-trust-anchors": "path",
  untrusted: "path",
  "path-invalid": "path",
  "wrong-usage": "usage",
  expired: "validity",
  "not-yet-valid": "validity",
  "expired-no-proof": "validity",
  revoked: "revocation",
  "revoked-later": "revocation",
  "revoked-no-proof": "revocation",
  "revocation-unknown": "revocation",
  "revocation-unstated": "revocation",
  "timestamp-invalid": "timestamp",
  "timestamp-untrusted": "timestamp",
  "timestamp-order": "timestamp",
  "changed-later": "later-changes",
  "certification-violated": "certification",
  "locked-field-changed": "field-locks",
  "form-filled-later": "later-changes",
  "annotations-changed-later": "later-changes",
  "changes-unclear": "later-changes",
  "overlaps-seal": "appearance",
  invisible: "appearance",
  "off-page": "appearance",
};
const UNPROVEN: readonly PdfReason[] = [
  "sub-filter-unknown",
  "algorithm-unknown",
  "no-trust-anchors",
  "untrusted",
  "path-invalid",
  "wrong-usage",
  "expired-no-proof",
  "revoked-no-proof",
  "revocation-unknown",
  "changes-unclear",
];

afterEach(() => document.body.replaceChildren());

interface Row {
  readonly status: string;
  readonly said: string;
  readonly checks: readonly { readonly id: string; readonly status: string; readonly said: string }[];
}

async function see(shown: PdfReport, locale: (typeof LOCALES)[number]) {
  const element = document.createElement("scanseal-report");
  Object.assign(element, { locale, report: shown });
  document.body.append(element);
  await element.updateComplete;
  const root = element.shadowRoot as ShadowRoot;
  const text = (from: ParentNode, selector: string) =>
    [...from.querySelectorAll(selector)].map(({ textContent }) => textContent?.replace(/\s+/g, " ").trim()).join("\n");
  const status = (from: ParentNode, selector: string) =>
    from
      .querySelector(selector)
      ?.getAttribute("class")
      ?.match(/status-(\w+)/)?.[1] ?? "none";
  const rows = [...root.querySelectorAll(".answer")].map(
    (row): Row => ({
      status: status(row, "summary .status"),
      said: text(row, "summary .said"),
      checks: [...row.querySelectorAll(".checks li")].map((check) => ({
        id: text(check, "code:first-child"),
        status: status(check, ".status"),
        said: text(check, ".said"),
      })),
    }),
  );
  const seen = {
    headline: text(root, "h2"),
    top: text(root, ".verdict-words"),
    sentences: text(root, '[part="base"]'),
    hint: text(root, ".hint"),
    rows,
  };
  element.remove();
  return seen;
}

/** The same rows without drawing them: drawing all would take minutes. */
function rowsOf(given: PdfSignatureReport): readonly Row[] {
  const words = reportWords("en");
  return answersOf(given, report({}, [given])).map(({ question, status, special, checks }) => ({
    status,
    said: special ? words.specialAnswers[special] : words.answers[question][status],
    checks: checks.map(({ check, counts }) => ({
      id: check.id,
      status: counts === "baseless" ? "skipped" : check.status,
      said: counts === "yes" ? check.status : words.checkCounts[counts],
    })),
  }));
}

const with_ = (over: Partial<Record<PdfCheckId, Partial<PdfCheck>>>, more: Partial<PdfSignatureReport> = {}) =>
  signature({ checks: signature().checks.map((check) => ({ ...check, ...over[check.id] })), ...more });

/** As the verifier concludes. */
function judged(given: PdfSignatureReport): PdfReport {
  const bad = (status: PdfCheck["status"]) => given.checks.filter((check) => check.status === status);
  const verdict = bad("failed").length > 0 ? "failed" : bad("indeterminate").length > 0 ? "indeterminate" : "passed";
  const reasons = [...bad("failed"), ...bad("indeterminate")].flatMap(({ reason }) => (reason ? [reason] : []));
  return report({ verdict }, [{ ...given, verdict, reasons }]);
}

function expectHonest(rows: readonly Row[], given: PdfSignatureReport, words: ReportWords, name: string): void {
  const status = (id: string) => given.checks.find((check) => check.id === id)?.status;
  for (const row of rows) {
    if (row.status !== "passed") continue;
    for (const check of row.checks) {
      const fine = check.status === "passed" || check.status === "noted" || check.said === words.checkCounts.absent;
      if (!fine) expect.unreachable(`${name}: ${row.said}, but ${check.id}: ${check.said}`);
    }
  }
  const said = rows.map((row) => row.said);
  if (status("revocation") === "skipped") expect(said, name).not.toContain(words.answers.certificate.passed);
  const broken = FORM.some((id) => status(id) === "failed") || status("message-digest") === "failed";
  if (!broken) return;
  const ticks = rows.flatMap((row) => [
    ...(row.status === "passed" ? [row.said] : []),
    ...row.checks.filter((check) => check.status === "passed" && !FORM.includes(check.id)).map(({ id }) => id),
  ]);
  const proven = ["message-digest", "signature-value", "algorithms"].every((id) =>
    ["passed", "noted"].includes(status(id) ?? ""),
  );
  expect(ticks, name).toEqual(proven && status("message-digest") === "passed" ? ["message-digest"] : []);
  // Each says that it is not told, unless it says something bad.
  for (const row of rows.slice(1)) {
    const bad = row.status === "failed" || row.status === "indeterminate";
    if (!bad && row.said !== words.specialAnswers.broken) expect.unreachable(`${name}: ${row.said}`);
  }
}

describe("whatever two checks come to", () => {
  it("there is no tick that is not deserved", () => {
    const words = reportWords("en");
    for (const first of CHECKS) {
      for (const second of CHECKS) {
        for (const one of STATUSES) {
          for (const other of STATUSES) {
            const given = with_({ [second]: { status: other }, [first]: { status: one } });
            expectHonest(rowsOf(given), given, words, `${first} ${one}, ${second} ${other}`);
          }
        }
      }
    }
  });
});

describe.each(LOCALES)("in %s", (locale) => {
  const words = reportWords(locale);

  it("no reason is told of beside a sentence that denies it", async () => {
    // Half of them in each language, as drawing takes long.
    for (const reason of REASONS.filter((_, index) => index % 2 === LOCALES.indexOf(locale))) {
      const id = CHECK_OF[reason] ?? "byte-range";
      const given = with_({ [id]: { status: UNPROVEN.includes(reason) ? "indeterminate" : "failed", reason } });
      const seen = await see(judged(given), locale);
      expectHonest(seen.rows, given, words, `${id} ${reason}`);
      expect(seen.headline, reason).not.toBe(words.verdicts.passed);
      const broken = seen.rows[0]?.status === "failed";
      const denied = [
        ...(broken ? [words.specialAnswers.untouched, words.originalNote, words.permitted, words.harmless] : []),
        ...(broken ? [words.nameDoubts.unvouched, words.answers.signer.passed, words.answers.time.passed] : []),
        ...(id === "path" ? [words.answers.signer.passed] : [words.nameDoubts.unvouched]),
        ...(id === "revocation" || id === "validity" ? [words.answers.certificate.passed] : []),
      ];
      for (const sentence of denied) expect(seen.sentences, `${reason}: ${sentence}`).not.toContain(sentence);
      if (broken) expect(seen.hint, reason).toBe(words.nameDoubts.broken);
    }
  }, 60_000);

  it("a file whose digest is wrong is told of as the forged amount of a contract should be", async () => {
    const later = { level: "none", permitted: true, items: [] } as const;
    const given = with_(
      { "message-digest": { status: "failed", reason: "digest-mismatch" }, revocation: { status: "skipped" } },
      { integrity: { ...signature().integrity, digest: "no" }, later, revocation: [] },
    );
    const seen = await see(judged(given), locale);
    expectHonest(seen.rows, given, words, "digest-mismatch");
    const { broken } = words.specialAnswers;
    expect(seen.rows.map(({ status, said }) => [status, said])).toEqual([
      ["failed", words.answers.content.failed],
      ...Array.from({ length: 5 }, () => ["skipped", broken]),
    ]);
    expect(seen.top).toContain(words.causes["changed-inside"].means);
    expect(seen.top).toContain(words.causes["changed-inside"].do);
  });

  it("a revoked certificate is in the first sentence", async () => {
    const given = with_({ revocation: { status: "indeterminate", reason: "revoked-no-proof" } });
    const seen = await see(judged(given), locale);
    expect(seen.headline).toBe(words.doubts.revoked);
    expect(seen.hint).toBe(words.nameDoubts.revoked);
    expect(seen.rows[3]?.status).toBe("indeterminate");
  });

  it("a certificate for another use is not one that nobody vouches for, and revocation that was not looked at is named", async () => {
    const usage = await see(judged(with_({ usage: { status: "indeterminate", reason: "wrong-usage" } })), locale);
    expect(usage.headline).toBe(words.doubts.usage);
    expect(usage.hint).toBe("");
    const { trustAnchor: _, ...nobody } = with_({
      usage: { status: "indeterminate", reason: "wrong-usage" },
      path: { status: "skipped" },
    });
    expect((await see(judged(nobody), locale)).headline).toBe(words.doubts.untrusted);
    const unasked = await see(judged(with_({ revocation: { status: "skipped" } })), locale);
    expect(unasked.rows[3]).toMatchObject({ status: "skipped", said: words.specialAnswers["revocation-unchecked"] });
  });

  it("what is hidden in the file as a whole does not go with nothing having been changed", async () => {
    const findings = [{ reason: "unlisted-bytes", decides: true, detail: "" }] as const;
    const seen = await see(report({ verdict: "failed", findings }), locale);
    expect(seen.rows[1]).toMatchObject({ status: "skipped", said: words.specialAnswers["odd-file"] });
    const noted = [{ reason: "trailing-bytes", decides: false, detail: "2 bytes" }] as const;
    const harmless = await see(report({ verdict: "passed-with-later-changes", findings: noted }), locale);
    expect(harmless.rows[1]).toMatchObject({ status: "passed", said: words.answers.later.passed });
  });

  it("seals and evidence for the long term leave what was sealed as it was, and a comment does not", async () => {
    const later = (level: "maintenance" | "signatures" | "annotations") =>
      signature({ later: { level, permitted: true, items: [] } });
    const changed = { verdict: "passed-with-later-changes" } as const;
    const proven = await see(report(changed, [later("maintenance")]), locale);
    expect(proven.headline).toBe(words.sealedUnchanged);
    expect(proven.top).toContain(words.laterSummary.maintenance);
    const both = await see(report(changed, [later("signatures"), later("maintenance")]), locale);
    expect(both.headline).toBe(words.sealedAgain);
    expect(both.top).toContain(words.laterSummary.signatures);
    const noted = await see(report(changed, [later("annotations")]), locale);
    expect(noted.headline).toBe(words.verdicts["passed-with-later-changes"]);
  });

  it("of several seals it is not said that nothing was changed, but that a seal may cover something", async () => {
    const seen = await see(report({}, [signature(), signature({ field: "Seller" })]), locale);
    expect(seen.headline).toBe(words.sealedAgain);
    expect(seen.top).toContain(words.sealsCover);
  });
});
