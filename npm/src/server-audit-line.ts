// A line of an audit log's export, read. There is one way only to write a line, so whatever is changed in a file changes
// what is hashed, or is found here.

import { createHash } from "node:crypto";

/** Bytes of a line without its end. */
export const LINE_BYTES: number = 64 * 1024;

const LABEL = Buffer.from("scanseal.v1 audit\0");
const HASH = "[A-Za-z0-9_-]{43}";
/** What stands between the members' names is taken as it is. */
const LINE = new RegExp(
  `^\\{"seq":([1-9][0-9]{0,15}),"prev":"(${HASH})",(?:"event":(\\{.+\\})|"redacted":"(${HASH})"),"hash":"(${HASH})"\\}$`,
  "s", // JSON may hold the separators of lines and paragraphs as they are.
);
/** The members of an event and what each may be. */
const EVENT_MEMBERS = {
  at: ["number"],
  event: ["string"],
  account: ["string", "null"],
  enterprise: ["string", "null"],
  actor: ["string", "null"],
  place: ["string", "null"],
  browser: ["string", "null"],
  facts: ["object"],
} as const;
/** Objects and arrays inside each other, as many as other readers allow. */
const MAX_DEPTH = 127;

/** A line that was read. */
export interface Line {
  readonly seq: number;
  readonly prev: string;
  readonly kind: "full" | "redacted";
  /** Hash of the event's text. */
  readonly event: Buffer;
  readonly hash: string;
}

/** Reads a line without its end; undefined if it is not of this form. */
export function readLine(line: string): Line | undefined {
  if (Buffer.byteLength(line) > LINE_BYTES) return undefined;
  const [, number, prev, event, redacted, hash] = LINE.exec(line) ?? [];
  const seq = Number(number);
  if (!Number.isSafeInteger(seq) || !isHash(prev) || !isHash(hash)) return undefined;
  if (isHash(redacted)) return { seq, prev, kind: "redacted", event: Buffer.from(redacted, "base64url"), hash };
  return event !== undefined && isEvent(event) ? { seq, prev, kind: "full", event: eventHash(event), hash } : undefined;
}

/** The hash of an event's exact text. */
export function eventHash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The hash of the link with this number, which follows `prev` and stands for the event with this hash. */
export function linkHash(seq: number, prev: string, event: Buffer): string {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(seq));
  const hash = createHash("sha256").update(LABEL).update(number).update(Buffer.from(prev, "base64url")).update(event);
  return hash.digest("base64url");
}

/** 32 bytes in base64url, written the one way there is. */
export function isHash(value: unknown): value is string {
  if (typeof value !== "string" || value.length !== 43) return false;
  return Buffer.from(value, "base64url").toString("base64url") === value;
}

/** Whether a text is an event: all members, nothing else, nothing twice. */
function isEvent(text: string): boolean {
  const event = parse(text);
  if (event === undefined || !isUnambiguous(text)) return false;
  const members = Object.entries(event);
  if (members.length !== Object.keys(EVENT_MEMBERS).length) return false;
  const { at } = event as { at?: unknown };
  return members.every(([name, value]) => fits(name, value)) && Number.isSafeInteger(at) && Number(at) >= 0;
}

function fits(name: string, value: unknown): boolean {
  if (!Object.keys(EVENT_MEMBERS).includes(name)) return false;
  const kinds: readonly string[] = EVENT_MEMBERS[name as keyof typeof EVENT_MEMBERS];
  return kinds.includes(value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // What is no JSON is no event.
  }
}

/**
 * Whether JSON means the same to every reader: no member twice in one object, where two readers could pick different
 * ones; no half of a surrogate pair; no number beyond what numbers can be; no endless depth.
 */
function isUnambiguous(json: string): boolean {
  const open: (Set<string> | null)[] = []; // The names seen in each object around; null for an array.
  for (const [token, string, colon, number] of json.matchAll(
    /("(?:[^"\\]|\\.)*")(\s*:)?|(-?[0-9][0-9.eE+-]*)|[[\]{}]/g,
  )) {
    if (token === "{" || token === "[") open.push(token === "{" ? new Set() : null);
    if (token === "}" || token === "]") open.pop();
    if (open.length > MAX_DEPTH || (number !== undefined && !Number.isFinite(Number(number)))) return false;
    // The only number outside of the facts is the time, which is written in digits: other readers refuse 1e9 and -0.
    if (number !== undefined && open.length === 1 && !/^[0-9]+$/.test(number)) return false;
    if (string === undefined) continue;
    const text = JSON.parse(string) as string;
    if (/\p{Surrogate}/u.test(text)) return false;
    if (colon === undefined) continue;
    const names = open.at(-1);
    if (names?.has(text)) return false;
    names?.add(text);
  }
  return true;
}
