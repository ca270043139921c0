// What a report says, in the order in which people ask. Pure: a report in, facts out; words come later.

import type {
  PdfChange,
  PdfChangeLevel,
  PdfReason,
  PdfReport,
  PdfRevision,
  PdfSignatureReport,
  PdfVerdict,
} from "../pdf/report.js";
import { identityOf, soundness } from "./soundness.js";

/** From least to most far-reaching. */
const LEVELS: readonly PdfChangeLevel[] = ["none", "maintenance", "signatures", "form-fill", "annotations", "other"];
const VERDICTS: readonly PdfVerdict[] = [
  "passed",
  "passed-with-later-changes",
  "indeterminate",
  "failed",
  "unsigned",
  "unreadable",
];

/** With more changes, lists stay cut on paper: they are of files that somebody made to be so, and would fill books. */
export const MAX_CHANGES = 5000;

/** A signature with its number in the report, from 1. */
export interface Signature {
  readonly number: number;
  readonly report: PdfSignatureReport;
}

/** One step of a file's history: a revision, or all those before the first signature as one. */
export interface Step {
  readonly kind: "original" | "signed" | "update";
  /** The last of its revisions. */
  readonly revision: PdfRevision;
  /** How many revisions it is. */
  readonly writings: number;
  readonly signatures: readonly Signature[];
  readonly changes: readonly ChangeGroup[];
  readonly level: PdfChangeLevel;
  /** A signature before it does not permit it. */
  readonly forbidden: boolean;
  /** Every signature before it permits it. Neither of the two where a report tells of a worse step only. */
  readonly permitted: boolean;
  /** There are signatures before it. */
  readonly later: boolean;
  /** There are signatures in it or after it. */
  readonly signed: boolean;
}

/** Changes that are one thing to a reader. */
export interface ChangeGroup {
  readonly class: PdfChange["class"];
  readonly level: PdfChangeLevel;
  readonly field: string | undefined;
  readonly changes: readonly PdfChange[];
  /** Those that can be shown, one for each place. */
  readonly places: readonly PdfChange[];
}

/** The verdict; a word that is not known here is no reason to trust. */
export function verdictOf(report: PdfReport): PdfVerdict {
  const { verdict } = report.document;
  return VERDICTS.includes(verdict) ? verdict : "indeterminate";
}

/** Reports are data that does not change, and large ones are gone through at every drawing. */
const known = new WeakMap<PdfReport, readonly Step[]>();

/** The history of the file, oldest first. */
export function stepsOf(report: PdfReport): readonly Step[] {
  const steps = known.get(report) ?? makeSteps(report);
  known.set(report, steps);
  return steps;
}

function makeSteps(report: PdfReport): readonly Step[] {
  const { revisions } = report.document;
  const signatures = report.signatures.map((signature, index) => ({ number: index + 1, report: signature }));
  const signing = (index: number) => signatures.filter((signature) => signature.report.revision === index);
  const first = revisions.findIndex(({ index }) => signing(index).length > 0);
  const before = first < 0 ? revisions : revisions.slice(0, first);
  const steps = revisions.slice(before.length).map((revision): Step => {
    const own = signing(revision.index);
    const earlier = report.signatures.filter((each) => each.revision !== null && each.revision < revision.index);
    return {
      kind: own.length > 0 ? "signed" : "update",
      revision,
      writings: 1,
      signatures: own,
      changes: grouped(revision.changes),
      level: revision.level,
      forbidden: earlier.some((signature) => forbids(signature, revision)),
      permitted: rank(revision.level) <= rank("maintenance") || earlier.every(({ later }) => later.permitted),
      later: earlier.length > 0,
      signed: signatures.some((each) => each.report.revision !== null && each.report.revision >= revision.index),
    };
  });
  const original = before[before.length - 1];
  if (original === undefined) return steps;
  const changes = grouped(before.flatMap((revision) => revision.changes));
  return [
    {
      kind: "original",
      revision: original,
      writings: before.length,
      signatures: [],
      changes,
      level: "none",
      forbidden: false,
      permitted: true,
      later: false,
      signed: first >= 0,
    },
    ...steps,
  ];
}

/** Whether all its changes are too many to be shown at once. */
export function isLarge({ document }: PdfReport): boolean {
  return document.revisions.reduce((sum, { changes }) => sum + changes.length, 0) > MAX_CHANGES;
}

/** Signatures that belong to no revision: something is wrong with where they are. */
export function strayOf(report: PdfReport): readonly Signature[] {
  const known = new Set(report.document.revisions.map(({ index }) => index));
  return report.signatures
    .map((signature, index) => ({ number: index + 1, report: signature }))
    .filter(({ report: { revision } }) => revision === null || !known.has(revision));
}

/** The report says of each signature how far-reaching the worst is that followed, and whether that is permitted. */
function forbids({ later }: PdfSignatureReport, revision: PdfRevision): boolean {
  return !later.permitted && (revision.level === "other" || rank(revision.level) >= rank(later.level));
}

function grouped(changes: readonly PdfChange[]): readonly ChangeGroup[] {
  const groups = new Map<string, PdfChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.class, change.level, change.field]);
    const group = groups.get(key);
    if (group) group.push(change);
    else groups.set(key, [change]);
  }
  return [...groups.values()]
    .map((group): ChangeGroup => {
      const [{ class: what, level, field }] = group as [PdfChange, ...PdfChange[]];
      return { class: what, level, field, changes: group, places: placesIn(group) };
    })
    .sort((left, right) => rank(right.level) - rank(left.level));
}

/** Pages without a rectangle say nothing where the page is there with one. */
function placesIn(changes: readonly PdfChange[]): readonly PdfChange[] {
  const exact = changes.filter(({ page, rect }) => page !== undefined && rect !== undefined && hasArea(rect));
  const pages = new Set(exact.map(({ page }) => page));
  const whole = changes.filter(({ page, rect }) => page !== undefined && rect === undefined && !pages.has(page));
  const once = [...new Map(whole.map((change) => [change.page, change])).values()];
  return [...exact, ...once].sort((left, right) => (left.page ?? 0) - (right.page ?? 0));
}

function hasArea([left, bottom, right, top]: readonly [number, number, number, number]): boolean {
  return right > left && top > bottom;
}

/** Its place among the levels; a level that is not known here counts as the worst. */
export function rank(level: PdfChangeLevel): number {
  const found = LEVELS.indexOf(level);
  return found < 0 ? LEVELS.length : found;
}

/** Seals of people; a document time stamp is nobody's seal. */
export function sealsOf(report: PdfReport): readonly PdfSignatureReport[] {
  return report.signatures.filter(({ kind }) => kind.type !== "document-timestamp");
}

const ONLY_LATER: readonly PdfReason[] = [
  "changed-later",
  "certification-violated",
  "locked-field-changed",
  "annotations-changed-later",
];

/** The revisions that were signed well, and changed afterwards in a way that is not permitted. */
export function keptOf({ document, signatures }: PdfReport): readonly number[] {
  if (document.findings.some(({ decides }) => decides)) return [];
  const kept = signatures.filter(
    (signature) =>
      signature.verdict === "failed" &&
      signature.reasons.every((reason) => ONLY_LATER.includes(reason)) &&
      identityOf(signature) === "proven",
  );
  return [...new Set(kept.flatMap(({ revision }) => (revision === null ? [] : [revision])))];
}

/** When it was signed, and how that is known. */
export type SignedAt =
  | { readonly known: "stamped" | "before" | "claimed"; readonly time: string }
  | { readonly known: "no" };

/**
 * When it was signed, and how that is known: by a stamp of its own, by a later one over the document, or not at all. What
 * is stamped on a broken signature is not this file.
 */
export function signedAt(signature: PdfSignatureReport, { signatures }: PdfReport): SignedAt {
  const { time, revision } = signature;
  if (soundness(signature) !== "sound") return unprovenTime(signature);
  if (time.timestamp?.proven === "yes") return { known: "stamped", time: time.timestamp.time };
  const later = signatures.filter(
    (each) =>
      each.kind.type === "document-timestamp" &&
      each.verdict === "passed" &&
      each.revision !== null &&
      revision !== null &&
      each.revision > revision,
  );
  for (const { time: over } of later) {
    if (over.timestamp?.proven === "yes") return { known: "before", time: over.timestamp.time };
  }
  return unprovenTime(signature);
}

function unprovenTime({ time: { claimed } }: PdfSignatureReport): SignedAt {
  return claimed === null ? { known: "no" } : { known: "claimed", time: claimed };
}

/** From 0, the worst; a verdict that is not known here is bad enough. */
export function severity({ verdict }: PdfSignatureReport): number {
  return Math.max(0, ["failed", "indeterminate", "passed"].indexOf(verdict));
}

/** All reasons that decide, worst signature's first, each once. */
export function decidingReasons(report: PdfReport): readonly PdfReason[] {
  const findings = report.document.findings.filter(({ decides }) => decides).map(({ reason }) => reason);
  const worst = Math.min(...report.signatures.map(severity));
  const worstOnes = report.signatures.filter((signature) => severity(signature) === worst);
  return [...new Set([...worstOnes.flatMap(({ reasons }) => reasons), ...findings])];
}

/** The most far-reaching change after any signature. */
export function laterLevel(report: PdfReport): PdfChangeLevel {
  return report.signatures.reduce<PdfChangeLevel>(
    (worst, { later }) => (rank(later.level) > rank(worst) ? later.level : worst),
    "none",
  );
}

/** Whether readers see what was sealed: what came later are seals, and data that do not show. */
export function showsWhatWasSealed(report: PdfReport): boolean {
  const verdict = verdictOf(report);
  const later = verdict === "passed-with-later-changes" && rank(laterLevel(report)) <= rank("signatures");
  return verdict === "passed" || later;
}

/** What the sentence at the top says of a report that could not be told. */
export type Doubt = "revoked" | "untrusted" | "nobody-trusted" | "unclear" | "usage" | "expired" | "revocation";

/** The reasons that have a sentence of their own, the worst first. `unclear` stands for all others. */
const DOUBTS: Readonly<Partial<Record<PdfReason, Doubt>>> = {
  "revoked-no-proof": "revoked",
  untrusted: "untrusted",
  "path-invalid": "untrusted",
  "no-trust-anchors": "nobody-trusted",
  "wrong-usage": "usage",
  "expired-no-proof": "expired",
  "revocation-unknown": "revocation",
};
const DOUBT_ORDER: readonly Doubt[] = [
  "revoked",
  "untrusted",
  "nobody-trusted",
  "unclear",
  "usage",
  "expired",
  "revocation",
];

/** Why it could not be told. */
export function doubtOf(report: PdfReport): Doubt {
  const unvouched = report.signatures.some((each) => severity(each) === 1 && identityOf(each) === "unvouched");
  // For another use, and nobody vouches for it: the second is the worse.
  const doubts = decidingReasons(report).map((reason) =>
    reason === "wrong-usage" && unvouched ? "untrusted" : (DOUBTS[reason] ?? "unclear"),
  );
  return DOUBT_ORDER.find((doubt) => doubts.includes(doubt)) ?? "unclear";
}

/** Whether a seal that shows was put on after another: it may lie over what the earlier one signed. */
export function sealedOver(report: PdfReport): boolean {
  const [first, ...more] = sealsOf(report);
  return first !== undefined && more.some(({ appearance }) => appearance.some(({ page }) => page !== null));
}
