// What people ask of a signature, and what its checks come to. An answer is never better than what was really checked. Pure.

import type { PdfCheck, PdfCheckId, PdfReport, PdfSignatureReport } from "../pdf/report.js";
import { signedAt } from "./model.js";
import { isContentCheck, soundness } from "./soundness.js";

/** What people ask of a signature, in this order. */
export const QUESTIONS = ["content", "later", "signer", "certificate", "time", "look"] as const;
export type Question = (typeof QUESTIONS)[number];

const QUESTION_OF: Readonly<Partial<Record<PdfCheckId, Question>>> = {
  "later-changes": "later",
  certification: "later",
  "field-locks": "later",
  "signing-certificate": "signer",
  path: "signer",
  usage: "signer",
  validity: "certificate",
  revocation: "certificate",
  timestamp: "time",
  appearance: "look",
};

/** Checks that are not made where there is nothing to check. */
const OPTIONAL: readonly PdfCheckId[] = ["certification", "field-locks"];

/** From best to worst. */
const STATUSES: readonly PdfCheck["status"][] = ["passed", "noted", "skipped", "indeterminate", "failed"];

/** Says more than the status does. */
export type SpecialAnswer =
  | "untouched"
  | "need-not-show"
  | "stamped-over"
  | "revocation-unchecked"
  | "broken"
  | "unclear"
  | "odd-file"
  | "not-its-own";

/** One check, as it is shown. */
export interface ShownCheck {
  readonly check: PdfCheck;
  /** `baseless`: it holds, but rests on something that does not, so it proves nothing. `absent`: there is nothing to check. */
  readonly counts: "yes" | "baseless" | "absent";
}

/** One question, its checks, and what they come to. */
export interface Answer {
  readonly question: Question;
  readonly status: PdfCheck["status"];
  readonly special?: SpecialAnswer;
  readonly checks: readonly ShownCheck[];
}

/** The checks of a signature by what people ask; checks not known here are about the content. */
export function answersOf(signature: PdfSignatureReport, report: PdfReport): readonly Answer[] {
  return QUESTIONS.map((question): Answer => {
    const checks = signature.checks.filter(({ id }) => (QUESTION_OF[id] ?? "content") === question);
    const { status, special } = answer(question, checks, signature, report);
    const shown = checks.map((check) => ({ check, counts: counts(check, special, signature) }));
    return { question, status, ...(special && { special }), checks: shown };
  }).filter(({ checks }) => checks.length > 0);
}

function answer(
  question: Question,
  checks: readonly PdfCheck[],
  signature: PdfSignatureReport,
  report: PdfReport,
): Pick<Answer, "status"> & { readonly special?: SpecialAnswer | undefined } {
  const status = worstStatus(checks);
  if (question === "content") return { status: atBest(status, signature) };
  // What is bad stays bad, whatever it rests on.
  if (status === "failed" || status === "indeterminate") return { status };
  const sound = soundness(signature);
  if (sound !== "sound") return { status: "skipped", special: sound };
  const stamp = signature.kind.type === "document-timestamp";
  switch (question) {
    case "later": {
      const { findings } = report.document;
      if (findings.some(({ decides }) => decides)) return { status: "skipped", special: "odd-file" };
      const untouched = status === "passed" && signature.later.level === "none" && findings.length === 0;
      return { status, special: untouched ? "untouched" : undefined };
    }
    case "certificate": {
      if (signature.checks.some(({ id, status }) => id === "signing-certificate" && !holds(status)))
        return { status: "skipped", special: "not-its-own" };
      const valid = checks.some(({ id, status }) => id === "validity" && holds(status));
      return { status, special: status === "skipped" && valid ? "revocation-unchecked" : undefined };
    }
    case "time":
      return status === "skipped" && signedAt(signature, report).known === "before"
        ? { status: "passed", special: "stamped-over" }
        : { status };
    case "look":
      return stamp && status === "noted" && checks.every(({ reason }) => reason === "invisible")
        ? { status: "passed", special: "need-not-show" }
        : { status };
    default:
      return { status };
  }
}

/** The answer about the content is not better than the facts that the report has beside its checks. */
function atBest(status: PdfCheck["status"], signature: PdfSignatureReport): PdfCheck["status"] {
  const sound = soundness(signature);
  if (sound === "broken") return "failed";
  return sound === "unclear" && holds(status) ? "indeterminate" : status;
}

/** Checks that say something only if others hold. */
const RESTS_ON: Readonly<Partial<Record<PdfCheckId, readonly PdfCheckId[]>>> = {
  "message-digest": ["signature-value", "algorithms"],
  "signature-value": ["algorithms"],
};

function counts(
  check: PdfCheck,
  special: SpecialAnswer | undefined,
  signature: PdfSignatureReport,
): ShownCheck["counts"] {
  const sound = soundness(signature) === "sound";
  if (check.status === "skipped") {
    const unstamped = check.id === "timestamp" && signature.time.timestamp === null;
    return sound && (OPTIONAL.includes(check.id) || unstamped) ? "absent" : "yes";
  }
  if (!holds(check.status)) return "yes";
  if (special === "odd-file" || special === "not-its-own") return "baseless";
  if (!isContentCheck(check)) return sound ? "yes" : "baseless";
  const rests = RESTS_ON[check.id] ?? [];
  return signature.checks.some(({ id, status }) => rests.includes(id) && !holds(status)) ? "baseless" : "yes";
}

function holds(status: PdfCheck["status"]): boolean {
  return status === "passed" || status === "noted";
}

function worstStatus(checks: readonly PdfCheck[]): PdfCheck["status"] {
  const asked = checks.filter(({ id, status }) => status !== "skipped" || !OPTIONAL.includes(id));
  if (asked.length === 0) return "skipped";
  return asked.reduce<PdfCheck["status"]>((worst, { status }) => {
    // A status that is not known here is no reason to trust.
    const known = STATUSES.includes(status) ? status : "indeterminate";
    return STATUSES.indexOf(known) > STATUSES.indexOf(worst) ? known : worst;
  }, "passed");
}
