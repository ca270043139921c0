// The audit log as a hash chain: whoever keeps one hash can later see whether anything before it was changed, taken out
// or put in. `scanseal audit verify` reads the same exports and finds the same.
//
//   hash = SHA-256("scanseal.v1 audit" || 0x00 || seq as 8 bytes || previous hash || SHA-256(text of the event))
//
// The exact text of an event is what is hashed, so it is kept as it was written, never serialised again.

import { ScanSealError } from "./errors.js";
import { eventHash, isHash, LINE_BYTES, type Line, linkHash, readLine } from "./server-audit-line.js";

/** What the first event of a log, number 1, has as its predecessor: 32 zero bytes. */
export const AUDIT_START: string = Buffer.alloc(32).toString("base64url");

/** Bytes of an event's text: a line without number, hashes and member names. */
const EVENT_BYTES = LINE_BYTES - 256;

/** Something that happened. No secrets: certificates by their id, serial number and issuer. */
export interface AuditEvent {
  /** Seconds since 1970. */
  readonly at: number;
  /** Name of the event, such as `login.scan` or `certificate.bound`. */
  readonly event: string;
  /** User name of the account that it is about. */
  readonly account: string | null;
  /** Credit code of the enterprise that it is about. */
  readonly enterprise: string | null;
  /** Who did it: a user name, `system`, or `page` for what only the browser has told. */
  readonly actor: string | null;
  /** Where from, as the server sees it. */
  readonly place: string | null;
  readonly browser: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** An event in its place in the chain. Hashes are base64url. */
export interface AuditEntry {
  readonly seq: number;
  /** Hash of the entry before. */
  readonly prev: string;
  /** The event as JSON: keep this text, and hash no other. */
  readonly text: string;
  readonly hash: string;
}

/** What is wrong with an export. Lines count from 1. */
export type AuditFault = { readonly line: number } & (
  | { readonly kind: "changed" | "broken-link" | "foreign-anchor" | "wrong-head"; readonly seq: number }
  | { readonly kind: "gap" | "reordered"; readonly expected: number; readonly found: number }
  | { readonly kind: "malformed" | "truncated" | "empty" }
);

/** What was found in an export. Its numbers and hashes describe the lines that were right, up to the fault if there is one. */
export interface AuditReport {
  readonly intact: boolean;
  /** Numbers of the first and the last event. */
  readonly first: number | null;
  readonly last: number | null;
  /** How many events are readable, and how many are shown by their hash only. */
  readonly full: number;
  readonly redacted: number;
  /** The hash that the first line follows. */
  readonly anchor: string | null;
  /** The hash of the last event. */
  readonly head: string | null;
  /** The first thing that is wrong; null if nothing is. */
  readonly fault: AuditFault | null;
}

/** What an export must fit to. */
export interface AuditExpectations {
  /** It must end with this hash. Without it nobody can tell that the latest events were left out. */
  readonly head?: string;
  /** It must go on from this hash: where an earlier one ended. */
  readonly anchor?: string;
}

/**
 * Puts an event at the end of the chain. Pure: the caller stores the entry in the same transaction as what it tells.
 * Put a `salt` of 16 random bytes into the facts if others are given exports: they could otherwise find out what an event
 * says by hashing every text that it may have.
 *
 * @param prev Hash of the entry before, or {@link AUDIT_START}.
 * @param seq One more than that of the entry before; 1 for the first.
 * @throws ScanSealError `malformed` for a `prev` that is no hash, a `seq` that is no number of an event, and an event of
 * more than 65,280 bytes.
 */
export function appendAudit(prev: string, seq: number, event: AuditEvent): AuditEntry {
  if (!isHash(prev)) throw new ScanSealError("malformed", { detail: "prev: expected 32 bytes in base64url" });
  if (!Number.isSafeInteger(seq) || seq < 1) {
    throw new ScanSealError("malformed", { detail: "seq: expected a whole number from 1" });
  }
  const { at, event: name, account, enterprise, actor, place, browser, facts } = event;
  const text = JSON.stringify({ at, event: name, account, enterprise, actor, place, browser, facts });
  if (Buffer.byteLength(text) > EVENT_BYTES) throw new ScanSealError("malformed", { detail: "event: too long" });
  return { seq, prev, text, hash: linkHash(seq, prev, eventHash(text)) };
}

/**
 * Writes entries that follow each other as an export, a JSON object a line. An event that `visible` denies is shown by
 * its hash only: its place in the chain can be checked, what it says stays with those it concerns.
 */
export function exportAudit(
  entries: readonly AuditEntry[],
  visible: (entry: AuditEntry) => boolean = () => true,
): string {
  return entries
    .map((entry) => {
      const shown = visible(entry)
        ? `"event":${entry.text}`
        : `"redacted":"${eventHash(entry.text).toString("base64url")}"`;
      return `{"seq":${entry.seq},"prev":"${entry.prev}",${shown},"hash":"${entry.hash}"}\n`;
    })
    .join("");
}

/** Checks an export. It may begin anywhere in the chain. */
export function verifyAuditExport(text: string, expected: AuditExpectations = {}): AuditReport {
  const lines = text.split("\n");
  const cutOff = lines.pop() !== ""; // What stands behind the last line's end.
  const right = { first: null, last: null, full: 0, redacted: 0, anchor: null, head: null } as RightPart;
  const report = (fault: AuditFault | null): AuditReport => ({ intact: fault === null, ...right, fault });
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    const read = readLine(text);
    if (read === undefined) return report({ line, kind: "malformed" });
    const finding = check(right, read, expected.anchor);
    if (finding?.kind === "gap" && comesLater(lines.slice(line), finding.expected)) {
      return report({ ...finding, line, kind: "reordered" });
    }
    if (finding) return report({ ...finding, line });
    right.first ??= read.seq;
    right.anchor ??= read.prev;
    right.last = read.seq;
    right.head = read.hash;
    right[read.kind] += 1;
  }
  if (cutOff) return report({ line: lines.length + 1, kind: "truncated" });
  if (right.last === null) return report({ line: 1, kind: "empty" });
  if (expected.head !== undefined && expected.head !== right.head) {
    return report({ line: lines.length, kind: "wrong-head", seq: right.last });
  }
  return report(null);
}

type RightPart = { -readonly [M in Exclude<keyof AuditReport, "intact" | "fault">]: AuditReport[M] };

/** A fault without its line. */
type Finding = AuditFault extends infer F ? (F extends AuditFault ? Omit<F, "line"> : never) : never;

/** Whether a line follows those before it. */
function check({ last, head }: RightPart, line: Line, anchor: string | undefined): Finding | undefined {
  const { seq, prev } = line;
  if (last === null) {
    // Only the first event of all follows nothing.
    const fits = (anchor ?? prev) === prev && (seq === 1) === (prev === AUDIT_START);
    if (!fits) return { kind: "foreign-anchor", seq };
  } else {
    const expected = last + 1;
    if (seq !== expected) return { kind: seq > expected ? "gap" : "reordered", expected, found: seq };
    if (prev !== head) return { kind: "broken-link", seq };
  }
  return linkHash(seq, prev, line.event) === line.hash ? undefined : { kind: "changed", seq };
}

/** Whether an event that is missing stands further down. */
function comesLater(lines: readonly string[], seq: number): boolean {
  return lines.some((line) => readLine(line)?.seq === seq);
}
