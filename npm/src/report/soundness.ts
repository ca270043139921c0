// Whether a signature holds by itself, and whether it is certain whose it is: what everything else rests on. Pure.

import type { PdfCheck, PdfCheckId, PdfSignatureReport } from "../pdf/report.js";

/** Whether what is signed is what is here: only then anything else about a signature means something. */
export type Soundness = "sound" | "broken" | "unclear";

/** Checks of other things than what is signed. */
const OTHER_CHECKS: readonly PdfCheckId[] = [
  "signing-certificate",
  "timestamp",
  "path",
  "validity",
  "usage",
  "revocation",
  "later-changes",
  "certification",
  "field-locks",
  "appearance",
];

/** Whether it is about what is signed, as checks are that are not known here. */
export function isContentCheck({ id }: PdfCheck): boolean {
  return !OTHER_CHECKS.includes(id);
}

/** Broken if one of its checks failed, unclear if one could not be told or was not made. */
export function soundness({ integrity, checks }: PdfSignatureReport): Soundness {
  const own = checks.filter(isContentCheck);
  const facts = [integrity.digest, integrity.signature];
  if (facts.includes("no") || own.some(({ status }) => status === "failed")) return "broken";
  const held = own.every(({ status }) => status === "passed" || status === "noted");
  return held && facts.every((fact) => fact === "yes") ? "sound" : "unclear";
}

/** Whether it is certain whose signature this is, and if not, why. */
export type Identity = "proven" | "broken" | "unclear" | "revoked" | "unvouched" | "unbound";

/**
 * Proven if the signature is sound, bound to its certificate, a trusted authority vouches for that, and the authority has
 * not taken it back.
 */
export function identityOf(signature: PdfSignatureReport): Identity {
  const sound = soundness(signature);
  if (sound !== "sound") return sound;
  const { checks, trustAnchor } = signature;
  const holds = (asked: PdfCheckId) =>
    checks.some(({ id }) => id === asked) &&
    checks.every(({ id, status }) => id !== asked || status === "passed" || status === "noted");
  if (checks.some(({ reason }) => reason === "revoked" || reason === "revoked-no-proof")) return "revoked";
  if (!holds("path") || trustAnchor === undefined) return "unvouched";
  return holds("signing-certificate") ? "proven" : "unbound";
}
