/** Seals as the authority sends them: read from its JSON, and what the phone makes of them. Pure. */
import type { SealKind, SealStatus } from "./core-types";
import type { StoredSeal } from "./store";

/** Seals that an authority keeps for one certificate, those that are over as well (docs/electronic-seals.md). */
export const MAX_SEALS = 200;
/** Of a list in JSON. */
export const MAX_LIST_CHARACTERS = 6 * 1024 * 1024;

const KINDS: readonly SealKind[] = ["company", "name", "contract", "legal-representative", "handwritten"];

/** The kind behind a number of the standard (docs/electronic-seals.md). */
export function kindOf(number: number): SealKind | null {
  return KINDS[number - 1] ?? null;
}

/** The number of a kind. */
export function numberOf(kind: SealKind): number {
  return KINDS.indexOf(kind) + 1;
}

/** Reads an authority's list. Seals of a kind that this phone does not know are left out; anything else that is odd throws `malformed`. */
export function readList(text: string): StoredSeal[] {
  if (text.length > MAX_LIST_CHARACTERS) throw malformed("the list is too long");
  const { seals } = object(parse(text));
  if (!Array.isArray(seals) || seals.length > MAX_SEALS) throw malformed("no list of seals");
  return seals.map(readSeal).filter(({ kind }) => kindOf(kind) !== null);
}

/** Reads the answer to a seal that was sent. */
export function readAnswer(text: string): StoredSeal {
  return readSeal(parse(text));
}

function readSeal(value: unknown): StoredSeal {
  const { id, kind, name, status, reason, replaces, validUntil, seal } = object(value);
  if (typeof id !== "string" || typeof kind !== "number" || typeof name !== "string" || typeof status !== "string")
    throw malformed("a seal without id, kind, name or status");
  const until = typeof validUntil === "string" ? Date.parse(validUntil) / 1000 : Number.NaN;
  return {
    id,
    kind,
    name,
    status,
    reason: textOrNull(reason),
    replaces: textOrNull(replaces),
    validUntil: Number.isFinite(until) ? until : null,
    der: typeof seal === "string" ? fromBase64(seal) : null,
    draft: null,
    millimetres: null,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The shelf with what the authority answered to a seal that was sent. One that was issued at once ends the one it replaces. */
export function added(before: readonly StoredSeal[], seal: StoredSeal): StoredSeal[] {
  const rest = before.filter(({ id }) => id !== seal.id);
  const issued = seal.status === "valid";
  const over = (one: StoredSeal): StoredSeal =>
    issued && one.id === seal.replaces ? { ...one, status: "revoked", reason: "superseded", der: null } : one;
  return [...rest.map(over), seal];
}

/** Keeps the pictures of what is still in review: the authority does not send them back. */
export function keepDrafts(before: readonly StoredSeal[], now: readonly StoredSeal[]): StoredSeal[] {
  return now.map((seal) => {
    const known = before.find(({ id }) => id === seal.id);
    if (seal.der || !known?.draft) return seal;
    return { ...seal, draft: known.draft, millimetres: known.millimetres };
  });
}

/**
 * What a person is told: the authority's word, but never better than what the phone finds itself. `problem` is the code of
 * the phone's own check, `null` if it finds none.
 */
export function statusOf(seal: StoredSeal, problem: string | null, now: number): SealStatus {
  if (seal.status === "waiting" || seal.status === "returned" || seal.status === "revoked") return seal.status;
  if (seal.status === "expired" || problem === "seal-expired") return "expired";
  if (seal.validUntil !== null && seal.validUntil < now) return "expired";
  return seal.status === "valid" && seal.der !== null && problem === null ? "valid" : "not-yours";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("not JSON");
  }
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("not an object");
  return value as Record<string, unknown>;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    throw malformed("a seal that is no base64");
  }
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}

function malformed(message: string): Error {
  return Object.assign(new Error(message), { code: "malformed" });
}
