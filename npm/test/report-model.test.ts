// What the report's element makes of a report, before it is words.

import { describe, expect, it } from "vitest";
import type { PdfCheck, PdfReason } from "../src/pdf/report.js";
import { answersOf } from "../src/report/answers.js";
import { differences, isSlight } from "../src/report/differences.js";
import {
  commonName,
  fileSize,
  moment,
  pageList,
  plain,
  shortened,
  spaced,
  versionName,
  zone,
} from "../src/report/format.js";
import {
  decidingReasons,
  doubtOf,
  isLarge,
  keptOf,
  laterLevel,
  MAX_CHANGES,
  sealedOver,
  sealsOf,
  signedAt,
  stepsOf,
  strayOf,
  verdictOf,
} from "../src/report/model.js";
import { identityOf, soundness } from "../src/report/soundness.js";
import { change, changedReport, report, revision, signature } from "./report-samples.js";

describe("the history", () => {
  it("has all revisions before the first signature as one", () => {
    const revisions = [revision(0), revision(1), revision(2, { level: "signatures" })];
    const steps = stepsOf(report({ revisions }, [signature({ revision: 2 })]));
    expect(steps.map(({ kind, writings }) => [kind, writings])).toEqual([
      ["original", 2],
      ["signed", 1],
    ]);
    expect(steps[0]?.revision.index).toBe(1);
    expect(steps.map(({ signed }) => signed)).toEqual([true, true]);
    const [unsealed] = stepsOf(report({ revisions }, [signature({ revision: null })]));
    expect(unsealed?.signed).toBe(false);
  });

  it("begins with the signature where the first revision is signed", () => {
    const steps = stepsOf(report({ revisions: [revision(0)] }, [signature({ revision: 0 })]));
    expect(steps.map(({ kind }) => kind)).toEqual(["signed"]);
  });

  it("names what no signature before it permits", () => {
    const steps = stepsOf(changedReport());
    expect(steps.map(({ kind, forbidden, later }) => [kind, forbidden, later])).toEqual([
      ["original", false, false],
      ["signed", false, false],
      ["update", true, true],
    ]);
    expect(keptOf(changedReport())).toEqual([1]);
    const { document } = changedReport();
    const findings = [{ reason: "unlisted-bytes", decides: true, detail: "" }] as const;
    expect(keptOf({ ...changedReport(), document: { ...document, findings } })).toEqual([]);
  });

  it("does not blame a permitted step for a worse one after it", () => {
    const filled = change({ level: "form-fill" });
    const drawn = change({ level: "other", class: "page-content", revision: 3 });
    const revisions = [
      revision(0),
      revision(1, { level: "signatures" }),
      revision(2, { level: "form-fill", changes: [filled] }),
      revision(3, { level: "other", changes: [drawn] }),
    ];
    const later = { level: "other", permitted: false, items: [drawn, filled] } as const;
    const steps = stepsOf(report({ revisions }, [signature({ later, verdict: "failed", reasons: ["changed-later"] })]));
    expect(steps.map(({ forbidden }) => forbidden)).toEqual([false, false, false, true]);
    // Nor does it call permitted what the report does not.
    expect(steps.map(({ permitted }) => permitted)).toEqual([true, true, false, false]);
  });

  it("has signatures apart that belong to no revision", () => {
    const stray = signature({ revision: null, byteRange: null });
    expect(strayOf(report({}, [signature(), stray])).map(({ number }) => number)).toEqual([2]);
  });

  it("draws changes of one field together, worst first, with every place once", () => {
    const at = { page: 1, rect: [1, 1, 9, 9] } as const;
    const changes = [
      change({ level: "none", class: "rewritten", object: 1 }),
      change({ field: "Amount", object: 2, ...at }),
      change({ field: "Amount", object: 3 }),
      change({ field: "Amount", object: 4, page: 1 }),
      change({ field: "Amount", object: 5, page: 3 }),
      change({ field: "Amount", object: 6, page: 2, rect: [0, 0, 0, 0] }),
    ];
    const [, , step] = stepsOf(
      report({ revisions: [revision(0), revision(1), revision(2, { level: "form-fill", changes })] }),
    );
    expect(step?.changes.map((group) => [group.class, group.field, group.changes.length])).toEqual([
      ["field-value", "Amount", 5],
      ["rewritten", undefined, 1],
    ]);
    expect(step?.changes[0]?.places.map(({ object }) => object)).toEqual([2, 5]);
  });
});

describe("size", () => {
  it("is too much for paper beyond a number of changes", () => {
    const changes = Array.from({ length: MAX_CHANGES }, () => change());
    expect(isLarge(report({ revisions: [revision(0, { changes })] }))).toBe(false);
    expect(isLarge(report({ revisions: [revision(0, { changes }), revision(1, { changes: [change()] })] }))).toBe(true);
  });
});

describe("what is certain", () => {
  it("is who signed, only if the signature is intact and a trusted authority vouches", () => {
    expect(identityOf(signature())).toBe("proven");
    const { trustAnchor: _, ...unanchored } = signature();
    expect(identityOf(unanchored)).toBe("unvouched");
    const integrity = signature().integrity;
    expect(identityOf(signature({ integrity: { ...integrity, digest: "no" } }))).toBe("broken");
    expect(identityOf(signature({ integrity: { ...integrity, signature: "unknown" } }))).toBe("unclear");
    const withCheck = (id: PdfCheck["id"], over: Partial<PdfCheck>) =>
      signature({ checks: signature().checks.map((check) => (check.id === id ? { ...check, ...over } : check)) });
    expect(identityOf(withCheck("path", { status: "indeterminate" }))).toBe("unvouched");
    expect(identityOf(withCheck("path", { status: "skipped" }))).toBe("unvouched");
    expect(identityOf(withCheck("signing-certificate", { status: "failed" }))).toBe("unbound");
    expect(identityOf(withCheck("revocation", { status: "indeterminate", reason: "revoked-no-proof" }))).toBe(
      "revoked",
    );
    expect(identityOf(withCheck("revocation", { status: "noted", reason: "revoked-later" }))).toBe("proven");
    expect(soundness(withCheck("algorithms", { status: "failed" }))).toBe("broken");
    expect(soundness(withCheck("message-digest", { status: "skipped" }))).toBe("unclear");
    expect(soundness(withCheck("appearance", { status: "failed" }))).toBe("sound");
  });

  it("is when, only if a time stamp of its own or over the document proves it", () => {
    const { time } = signature();
    const timestamp = (proven: "yes" | "unknown") => ({ time: "2026-06-01T01:00:00Z", authority: null, proven });
    const at = (...signatures: ReturnType<typeof signature>[]) =>
      signedAt(signatures[0] ?? signature(), report({}, signatures));
    const over = (revision: number, verdict: "passed" | "failed" = "passed", proven: "yes" | "unknown" = "yes") =>
      signature({
        kind: { type: "document-timestamp" },
        revision,
        verdict,
        time: { ...time, timestamp: timestamp(proven) },
      });
    expect(at(signature())).toEqual({ known: "claimed", time: time.claimed });
    expect(at(signature({ time: { ...time, timestamp: timestamp("yes") } })).known).toBe("stamped");
    expect(at(signature({ time: { ...time, timestamp: timestamp("unknown") } })).known).toBe("claimed");
    expect(at(signature({ time: { ...time, claimed: null } })).known).toBe("no");
    expect(at(signature(), over(2))).toEqual({ known: "before", time: "2026-06-01T01:00:00Z" });
    expect(at(signature(), over(0)).known).toBe("claimed");
    expect(at(signature(), over(2, "failed")).known).toBe("claimed");
    expect(at(signature(), over(2, "passed", "unknown")).known).toBe("claimed");
    expect(at(signature({ revision: null }), over(2)).known).toBe("claimed");
  });

  it("is not a word that is newer than the element", () => {
    expect(verdictOf(report({ verdict: "super-passed" as "passed" }))).toBe("indeterminate");
    const [answer] = answersOf(signature({ checks: [{ id: "field", status: "better" as "passed" }] }), report());
    expect(answer?.status).toBe("indeterminate");
    const unknown = { ...changedReport().document.revisions[2], level: "wilder" as "other" };
    const [first, second] = changedReport().document.revisions;
    const revisions = [first, second, unknown] as ReturnType<typeof report>["document"]["revisions"];
    expect(stepsOf({ ...changedReport(), document: { ...changedReport().document, revisions } })[2]?.forbidden).toBe(
      true,
    );
  });
});

describe("what decides", () => {
  it("are the reasons of the worst signatures, then of the file", () => {
    const findings = [
      { reason: "orphan-signature", decides: true, detail: "" },
      { reason: "xfa", decides: false, detail: "" },
    ] as const;
    const failed = signature({ verdict: "failed", reasons: ["digest-mismatch"] });
    const unsure = signature({ verdict: "indeterminate", reasons: ["untrusted"] });
    expect(decidingReasons(report({ findings }, [unsure, failed]))).toEqual(["digest-mismatch", "orphan-signature"]);
    expect(decidingReasons(report({}, [unsure, signature()]))).toEqual(["untrusted"]);
  });

  it("is in the sentence at the top of what could not be told, the worst first", () => {
    const doubt = (...reasons: PdfReason[]) => doubtOf(report({}, [signature({ verdict: "indeterminate", reasons })]));
    expect(doubt("revoked-no-proof", "untrusted")).toBe("revoked");
    expect(doubt("wrong-usage", "untrusted")).toBe("untrusted");
    expect(doubt("path-invalid")).toBe("untrusted");
    expect(doubt("no-trust-anchors")).toBe("nobody-trusted");
    expect(doubt("wrong-usage")).toBe("usage");
    expect(doubt("revocation-unknown", "expired-no-proof")).toBe("expired");
    expect(doubt("revocation-unknown")).toBe("revocation");
    expect(doubt("revocation-unknown", "changes-unclear")).toBe("unclear");
    expect(doubt()).toBe("unclear");
  });

  it("tells whether a later seal can hide something", () => {
    const invisible = signature({ appearance: [] });
    expect(sealedOver(report())).toBe(false);
    expect(sealedOver(report({}, [signature(), invisible]))).toBe(false);
    expect(sealedOver(report({}, [invisible, signature()]))).toBe(true);
  });

  it("is the most far-reaching change after any signature", () => {
    const later = { level: "form-fill", permitted: true, items: [] } as const;
    expect(laterLevel(report({}, [signature({ later }), signature()]))).toBe("form-fill");
  });
});

describe("the questions people ask", () => {
  it("are answered by the worst of their checks, and every check is in one of them", () => {
    const checks = signature().checks.map((check) =>
      check.id === "revocation"
        ? ({ ...check, status: "indeterminate", reason: "revocation-unknown" } as const)
        : check,
    );
    const answers = answersOf(signature({ checks }), report());
    expect(Object.fromEntries(answers.map(({ question, status }) => [question, status]))).toEqual({
      content: "passed",
      later: "passed",
      signer: "passed",
      certificate: "indeterminate",
      time: "skipped",
      look: "passed",
    });
    expect(answers.flatMap((answer) => answer.checks)).toHaveLength(checks.length);
  });

  it("are answered apart where nothing was changed, and where a time stamp need not show", () => {
    expect(answersOf(signature(), report()).find(({ question }) => question === "later")?.special).toBe("untouched");
    const checks = [{ id: "appearance", status: "noted", reason: "invisible" }] as const;
    const shown = checks.map((check) => ({ check, counts: "yes" }));
    expect(answersOf(signature({ checks }), report())).toEqual([{ question: "look", status: "noted", checks: shown }]);
    const over = signature({
      kind: { type: "document-timestamp" },
      revision: 2,
      time: { ...signature().time, timestamp: { time: "2026-06-01T01:00:00Z", authority: null, proven: "yes" } },
    });
    const stamped = answersOf(signature(), report({}, [signature(), over]));
    expect(stamped.find(({ question }) => question === "time")).toMatchObject({
      status: "passed",
      special: "stamped-over",
    });
    const stamp = signature({ checks, kind: { type: "document-timestamp" } });
    expect(answersOf(stamp, report())).toEqual([
      { question: "look", status: "passed", special: "need-not-show", checks: shown },
    ]);
    expect(sealsOf(report({}, [signature({ kind: { type: "document-timestamp" } })]))).toEqual([]);
  });
});

describe("formats", () => {
  it("put a space between Chinese and what is not", () => {
    expect(["GMT+08:00", "中国标准时间"].map((name) => spaced(name, "zh-Hans"))).toEqual([
      " GMT+08:00",
      "中国标准时间",
    ]);
    expect(spaced("GMT", "en")).toBe("GMT");
  });

  it("tell times in the reader's zone, and leave alone what is none", () => {
    const time = "2026-06-01T00:00:00Z";
    const date = new Date(time);
    expect(moment(time, "zh-Hans")).toContain(`${date.getFullYear()}年${date.getMonth() + 1}月${date.getDate()}日`);
    expect(moment(time, "en")).toMatch(/^\d+ (May|June) 2026 \d\d:\d\d:00$/);
    expect(moment("when I like", "en")).toBe("when I like");
    expect(zone("zh-Hans")).toMatch(/时间$|^GMT|^UTC/);
    expect(zone("en")).toMatch(/Time$|^GMT|^UTC/);
  });

  it.each([
    ["CN=甲方,O=甲,C=CN", "甲方"],
    ["2.5.4.97=#0c18,CN=A\\, B,O=C", "A, B"],
    ["O=Only,C=CN", "Only"],
    ["CN=#0c01,O=Named", "Named"],
    ["", ""],
    ["OU=x", "OU=x"],
  ])("takes of %j the common name", (name, common) => {
    expect(commonName(name)).toBe(common);
  });

  it("write sizes, pages, names of files and long texts", () => {
    expect([0, 999, 1000, 97_502, 268_435_456].map(fileSize)).toEqual(["0 B", "999 B", "1.0 KB", "98 KB", "268 MB"]);
    expect(pageList([5, 2, 1, 3, 3])).toBe("1–3, 5");
    expect(plain("\u202eevil\u2069")).toBe("\u2068evil\u2069");
    expect(versionName("合同.PDF", 2)).toBe("合同-2.pdf");
    expect(versionName(undefined, 1)).toBe("document-1.pdf");
    expect(shortened("x".repeat(400))).toHaveLength(400);
    expect(shortened("x".repeat(401))).toHaveLength(401);
    expect(shortened("x".repeat(402))).toHaveLength(401);
  });
});

describe("differences of pictures", () => {
  const picture = (width: number, height: number, dark: readonly [number, number][] = []) => {
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (const [x, y] of dark) data[(y * width + x) * 4] = 0;
    return { width, height, data };
  };

  it("are none where nothing differs, or as little as edges of letters do", () => {
    const faint = picture(40, 40);
    faint.data[0] = 255 - 32;
    expect(differences(picture(40, 40), faint)).toEqual([]);
    faint.data[0] = 255 - 33;
    expect(differences(picture(40, 40), faint)).toHaveLength(1);
  });

  it("are one place where they are close, and several where they are apart", () => {
    const after = picture(100, 20, [
      [1, 1],
      [20, 1],
      [99, 19],
    ]);
    expect(differences(picture(100, 20), after)).toEqual([
      { x: 1, y: 1, width: 20, height: 1 },
      { x: 99, y: 19, width: 1, height: 1 },
    ]);
  });

  it("are slight where a letter is shifted by part of a pixel, and not where a dot or the end of a stroke is new", () => {
    const stroke = (from: number, to: number): [number, number][] =>
      Array.from({ length: to - from }, (_, at): [number, number] => [from + at, 10]);
    const grey = (x: number): ReturnType<typeof picture> => {
      const shifted = picture(40, 20, stroke(11, 20));
      shifted.data[(10 * 40 + x) * 4] = 128;
      return shifted;
    };
    const all = { x: 0, y: 0, width: 40, height: 20 };
    const before = picture(40, 20, stroke(10, 20));
    expect(isSlight(before, grey(10), all)).toBe(true);
    expect(isSlight(before, picture(40, 20, stroke(11, 21)), all)).toBe(true);
    expect(isSlight(before, picture(40, 20, stroke(10, 22)), all)).toBe(false);
    expect(isSlight(picture(40, 20, stroke(10, 22)), before, all)).toBe(false);
    expect(isSlight(before, picture(40, 20, [...stroke(10, 20), [30, 4]]), all)).toBe(false);
    expect(isSlight(picture(20, 40), before, all)).toBe(false);
  });

  it("are the whole page where its size is another, or too many places", () => {
    expect(differences(picture(10, 20), picture(20, 10))).toEqual([{ x: 0, y: 0, width: 20, height: 10 }]);
    const dots = Array.from({ length: 41 }, (_, index): [number, number] => [index * 32, 0]);
    const [before, after] = [picture(1320, 8), picture(1320, 8, dots)];
    expect(differences(before, after)).toEqual([{ x: 0, y: 0, width: 1320, height: 8 }]);
    expect(differences(before, picture(1320, 8, dots.slice(1)))).toHaveLength(40);
  });
});
