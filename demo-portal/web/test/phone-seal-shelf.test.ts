import { describe, expect, test } from "vitest";
import {
  added,
  keepDrafts,
  kindOf,
  MAX_LIST_CHARACTERS,
  MAX_SEALS,
  numberOf,
  readAnswer,
  readList,
  statusOf,
} from "../src/phone/seal-shelf";

const ENTRY = {
  id: "a-1",
  kind: 1,
  name: "公章",
  status: "valid",
  validUntil: "2027-01-02T03:04:05Z",
  seal: btoa("DER"),
};
const list = (...seals: unknown[]): string => JSON.stringify({ seals });

describe("an authority's list", () => {
  test("is read, with what a newer authority may add", () => {
    const [seal] = readList(list({ ...ENTRY, origin: "made", millimetres: [42, 42] }));
    expect(seal).toMatchObject({ id: "a-1", kind: 1, name: "公章", status: "valid", reason: null });
    expect(seal?.validUntil).toBe(Date.UTC(2027, 0, 2, 3, 4, 5) / 1000);
    expect([...(seal?.der ?? [])]).toEqual([68, 69, 82]);
  });

  test("says which seal takes the place of which", () => {
    const seals = readList(list(ENTRY, { ...ENTRY, id: "a-2", replaces: "a-1" }, { ...ENTRY, id: "a-3", replaces: 7 }));
    expect(seals.map(({ replaces }) => replaces)).toEqual([null, "a-1", null]);
  });

  test("leaves out kinds that this phone does not know", () => {
    expect(readList(list({ ...ENTRY, kind: 6 }, { ...ENTRY, kind: 0 }, { ...ENTRY, kind: 5 }))).toHaveLength(1);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["no list", "{}"],
    ["an entry that is none", list(null)],
    ["an entry without an id", list({ ...ENTRY, id: 7 })],
    ["a seal that is no base64", list({ ...ENTRY, seal: "*" })],
    ["too many seals", list(...Array.from({ length: MAX_SEALS + 1 }, () => ENTRY))],
    ["too long a text", `${list(ENTRY)}${" ".repeat(MAX_LIST_CHARACTERS)}`],
  ])("with %s is refused", (_, text) => {
    expect(() => readList(text)).toThrow(expect.objectContaining({ code: "malformed" }));
  });

  test("has as many seals as there may be", () => {
    expect(readList(list(...Array.from({ length: MAX_SEALS }, () => ENTRY)))).toHaveLength(MAX_SEALS);
  });
});

test("kinds and numbers are those of the standard", () => {
  expect([1, 2, 3, 4, 5].map(kindOf)).toEqual(["company", "name", "contract", "legal-representative", "handwritten"]);
  expect(["company", "handwritten"].map((kind) => numberOf(kind as "company"))).toEqual([1, 5]);
});

describe("a new picture of a seal", () => {
  const [old, other] = readList(list(ENTRY, { ...ENTRY, id: "b-1" }));
  if (!old || !other) throw new Error("no seals");
  const answered = (change: object) => readAnswer(JSON.stringify({ ...ENTRY, id: "a-2", replaces: "a-1", ...change }));

  test("ends the old one once it is issued", () => {
    const shelf = added([old, other], answered({}));
    expect(shelf.map(({ id, status }) => [id, status])).toEqual([
      ["a-1", "revoked"],
      ["b-1", "valid"],
      ["a-2", "valid"],
    ]);
    expect(shelf[0]).toMatchObject({ reason: "superseded", der: null });
  });

  test("leaves the old one in use as long as it waits, and is there once", () => {
    const waiting = answered({ status: "waiting", seal: undefined });
    const shelf = added(added([old, other], waiting), waiting);
    expect(shelf.map(({ status }) => status)).toEqual(["valid", "valid", "waiting"]);
    expect(shelf[0]?.der).not.toBeNull();
  });
});

test("the picture of what is in review is kept until there is a seal", () => {
  const draft = {
    ...readAnswer(JSON.stringify({ ...ENTRY, seal: undefined, status: "waiting" })),
    draft: new Uint8Array([1]),
  };
  const waiting = readList(list({ ...ENTRY, seal: undefined, status: "waiting" }));
  expect(keepDrafts([draft], waiting)[0]?.draft).toEqual(new Uint8Array([1]));
  expect(keepDrafts([draft], readList(list(ENTRY)))[0]?.draft).toBeNull();
});

test("a status is never better than what the phone finds itself", () => {
  const [seal] = readList(list(ENTRY));
  if (!seal) throw new Error("no seal");
  const now = Date.UTC(2026, 0, 1) / 1000;
  expect(statusOf(seal, null, now)).toBe("valid");
  expect(statusOf(seal, "seal-expired", now)).toBe("expired");
  expect(statusOf(seal, null, (seal.validUntil ?? 0) + 1)).toBe("expired");
  expect(statusOf(seal, "seal-not-yours", now)).toBe("not-yours");
  expect(statusOf({ ...seal, der: null }, null, now)).toBe("not-yours");
  expect(statusOf({ ...seal, status: "something new" }, null, now)).toBe("not-yours");
  for (const status of ["waiting", "returned", "revoked"] as const)
    expect(statusOf({ ...seal, status }, null, now)).toBe(status);
  expect(statusOf({ ...seal, status: "expired" }, null, now)).toBe("expired");
});
