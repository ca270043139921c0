import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  AUDIT_START,
  type AuditEntry,
  type AuditEvent,
  appendAudit,
  exportAudit,
  ScanSealError,
  verifyAuditExport,
} from "../src/server.js";
import { vectorCases } from "./test-keys.js";

const login: AuditEvent = {
  at: 1_800_000_000,
  event: "login.password",
  account: "li.na",
  enterprise: "91650100MA77C0R54J",
  actor: "li.na",
  place: "203.0.113.*",
  browser: "Firefox 140 / Linux",
  facts: {},
};
const bound: AuditEvent = {
  ...login,
  at: 1_800_000_060,
  event: "certificate.bound",
  place: null,
  browser: null,
  facts: { certificate: "00", issuer: "天池数字证书认证中心" },
};

function chain(...events: readonly AuditEvent[]): AuditEntry[] {
  let prev = AUDIT_START;
  return events.map((event, index) => {
    const entry = appendAudit(prev, index + 1, event);
    prev = entry.hash;
    return entry;
  });
}

const entries = chain(login, bound, { ...login, event: "logout" });
const [first, second, third] = exportAudit(entries).trimEnd().split("\n") as [string, string, string];

describe("appendAudit", () => {
  it("gives the hashes that the specification says, computed apart in Python", () => {
    expect(entries.map(({ hash }) => hash).slice(0, 2)).toEqual([
      "IzD03DCCvs8VrBpjJeFQzKnl6UKnDHc9pP_S7LBsdiI",
      "B3qqNhMZK5mDwd-cjA3KQnmylIoe1q-NV4e-Zcl5ddA",
    ]);
  });

  it("writes the members in their order, whatever order they came in", () => {
    const { facts, at, ...rest } = login;
    expect(appendAudit(AUDIT_START, 1, { facts, ...rest, at })).toEqual(entries[0]);
  });

  it.each([
    ["a previous hash", "x", 1],
    ["a number", AUDIT_START, -1],
    ["a number", AUDIT_START, 0],
    ["a number", AUDIT_START, 2 ** 53],
  ])("throws for what is not %s", (_, prev, seq) => {
    expect(() => appendAudit(prev, seq, login)).toThrow(ScanSealError);
  });
});

it("an event that no reader would take is not appended", () => {
  expect(() => appendAudit(AUDIT_START, 1, { ...login, facts: { a: "A".repeat(65_280) } })).toThrow("malformed: event");
});

describe("verifyAuditExport", () => {
  it.each(vectorCases("audit"))("finds what the vectors say: $name", ({ input, expect: expected }) => {
    const { file, ...expectations } = input as { file: string; head?: string; anchor?: string };
    const { intact, ...found } = verifyAuditExport(file, expectations);
    expect(found).toEqual(expected);
    expect(intact).toBe(found.fault === null);
  });

  const head = entries[2]?.hash ?? "";

  it("finds an export intact, from the start and from anywhere else", () => {
    const all = { intact: true, first: 1, last: 3, full: 3, redacted: 0, anchor: AUDIT_START, head, fault: null };
    expect(verifyAuditExport(exportAudit(entries), { head, anchor: AUDIT_START })).toEqual(all);
    const later = { ...all, first: 2, full: 2, anchor: entries[0]?.hash };
    expect(verifyAuditExport(exportAudit(entries.slice(1)), { head })).toEqual(later);
  });

  it("checks the place of events that it may not read", () => {
    const text = exportAudit(entries, ({ seq }) => seq !== 2);
    expect(text).not.toContain("天池");
    expect(verifyAuditExport(text)).toMatchObject({ intact: true, full: 2, redacted: 1, head });
  });

  it("takes the event's text as it is written, also where another program would write it otherwise", () => {
    const text = JSON.stringify(login).replace("203.", "\\u00320\\u0033.").replace('"facts":{}', '"facts":{"n":1.0}');
    const bytes = (hash: string): Buffer => Buffer.from(hash, "base64url");
    const start = Buffer.concat([Buffer.from("scanseal.v1 audit\0"), Buffer.from([0, 0, 0, 0, 0, 0, 0, 1])]);
    const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("base64url");
    const hash = sha256(Buffer.concat([start, bytes(AUDIT_START), bytes(sha256(text))]));
    const odd = exportAudit([{ seq: 1, prev: AUDIT_START, text, hash }]);
    expect(verifyAuditExport(odd, { head: hash })).toMatchObject({ intact: true, full: 1 });
    expect(verifyAuditExport(odd.replace("1.0", "1"))).toMatchObject({ fault: { line: 1, kind: "changed" } });
  });

  it.each([
    ["a changed event", [first, second.replace("li.na", "li.ni"), third], { line: 2, kind: "changed", seq: 2 }],
    ["an event taken out", [first, third], { line: 2, kind: "gap", expected: 2, found: 3 }],
    ["two events swapped", [first, third, second], { line: 2, kind: "reordered", expected: 2, found: 3 }],
    ["an event twice", [first, first], { line: 2, kind: "reordered", expected: 2, found: 1 }],
    ["a first event that follows one", [first.replace(AUDIT_START, head)], { line: 1, kind: "foreign-anchor", seq: 1 }],
    ["a later one that follows none", [first.replace(":1,", ":2,")], { line: 1, kind: "foreign-anchor", seq: 2 }],
    [
      "another previous hash",
      [first, second.replace(/"prev":"[^"]*"/, `"prev":"${head}"`)],
      { line: 2, kind: "broken-link", seq: 2 },
    ],
    ["another hash", [first.replace(entries[0]?.hash ?? "", head)], { line: 1, kind: "changed", seq: 1 }],
    ["an empty line", [first, "", second], { line: 2, kind: "malformed" }],
    ["a number with a zero before it", [first.replace('"seq":1', '"seq":01')], { line: 1, kind: "malformed" }],
    ["number 0", [first.replace('"seq":1', '"seq":0')], { line: 1, kind: "malformed" }],
    ["a space around the event", [first.replace('"event":{', '"event": {')], { line: 1, kind: "malformed" }],
    [
      "an event that is a list",
      [first.replace(/"event":\{.*\},"hash"/, '"event":[{}],"hash"')],
      { line: 1, kind: "malformed" },
    ],
    [
      "two values where one event belongs",
      [first.replace('"facts":{}}', '"facts":{}},"event":{}')],
      { line: 1, kind: "malformed" },
    ],
    ["an event with a member more", [first.replace('"facts"', '"more":1,"facts"')], { line: 1, kind: "malformed" }],
    ["an event with a member less", [first.replace('"place":"203.0.113.*",', "")], { line: 1, kind: "malformed" }],
    ["a member of another kind", [first.replace('"place":"203.0.113.*"', '"place":1')], { line: 1, kind: "malformed" }],
    [
      "facts with a member twice",
      [first.replace('"facts":{}', '"facts":{"a":{"b":1,"\\u0062":2}}')],
      { line: 1, kind: "malformed" },
    ],
    ["half a surrogate pair", [first.replace('"facts":{}', '"facts":{"a":"\\ud800"}')], { line: 1, kind: "malformed" }],
    ["a number that is none", [first.replace('"facts":{}', '"facts":{"a":1e999}')], { line: 1, kind: "malformed" }],
    [
      "too great a depth",
      [first.replace("{}", `{"a":${"[".repeat(200)}${"]".repeat(200)}}`)],
      { line: 1, kind: "malformed" },
    ],
    ["a line that is too long", [first.replace("{}", `{"a":"${"A".repeat(65_536)}"}`)], { line: 1, kind: "malformed" }],
    ["no JSON", ["{"], { line: 1, kind: "malformed" }],
  ])("finds %s", (_, lines, fault) => {
    expect(verifyAuditExport(`${lines.join("\n")}\n`)).toMatchObject({ intact: false, fault });
  });

  it("does not take the same name in two objects for a member that comes twice", () => {
    const facts = { a: { n: 1 }, b: [{ n: 1 }, { n: 2 }], n: 'a "n": {', "n:": "\\" };
    const entry = appendAudit(AUDIT_START, 1, { ...login, facts });
    expect(verifyAuditExport(exportAudit([entry]))).toMatchObject({ intact: true });
  });

  it("finds what was cut off at the end, in the middle of a line or by the hash kept from before", () => {
    const text = exportAudit(entries);
    expect(verifyAuditExport(text.slice(0, -1))).toMatchObject({ last: 2, fault: { line: 3, kind: "truncated" } });
    const short = verifyAuditExport(exportAudit(entries.slice(0, 2)), { head });
    expect(short).toMatchObject({ fault: { line: 2, kind: "wrong-head", seq: 2 } });
    expect(verifyAuditExport("")).toMatchObject({ intact: false, first: null, fault: { line: 1, kind: "empty" } });
  });

  it("finds that an export does not go on from an earlier one", () => {
    const later = exportAudit(entries.slice(2));
    expect(verifyAuditExport(later, { anchor: entries[1]?.hash ?? "" })).toMatchObject({ intact: true });
    const fault = { line: 1, kind: "foreign-anchor", seq: 3 };
    expect(verifyAuditExport(later, { anchor: entries[0]?.hash ?? "" })).toMatchObject({ fault });
  });
});
