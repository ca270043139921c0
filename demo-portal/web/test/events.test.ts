/// <reference types="node" />
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { auditWords } from "../src/admin/words/audit";
import { type Locale, setLocale } from "../src/lib/locale";
import { type AuditEvent, contractsOf, isTold, sentence } from "../src/portal/texts-events";
import { FILTERS, shows } from "../src/portal/timeline";

afterEach(() => setLocale("zh-Hans"));

const event = (name: string, facts: Record<string, unknown> = {}): AuditEvent => ({
  seq: 1,
  at: 1_700_000_000,
  event: name,
  account: "li.na",
  actor: "li.na",
  place: null,
  browser: null,
  facts,
});

/** The events of docs/audit.md; `.bound` there goes on from the name before it. */
function documented(): string[] {
  const page = readFileSync(`${import.meta.dirname}/../../../docs/audit.md`, "utf8");
  const table = page.split("| Names | |")[1]?.split("\n\n")[0] ?? "";
  return table
    .split("\n")
    .slice(2)
    .flatMap((row) => {
      const told = row.split("|")[2]?.replace(/\([^)]*\)/g, "") ?? "";
      let topic = "";
      return [...told.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => {
        if (name.startsWith(".")) return topic + name;
        topic = name.split(".")[0] ?? "";
        return name;
      });
    });
}

test("the list of events is read as it is meant", () => {
  const names = documented();
  expect(names.length).toBeGreaterThan(35);
  expect(names).toContain("contract.seal-refused");
  expect(names).toContain("certificate.bind-refused");
  expect(names).toContain("logout");
});

describe.each<Locale>(["zh-Hans", "en"])("in %s", (language) => {
  test.each(documented())("%s has words in the security record and in the audit log", (name) => {
    setLocale(language);
    expect(isTold(name)).toBe(true);
    expect(sentence(event(name, { contract: "HT-2026-000007" }), "li.na")).not.toContain(name);
    expect(auditWords().events[name]).toBeTruthy();
  });
});

test("a sentence about a contract names it", () => {
  const sealed = event("contract.sealed", { contract: "HT-2026-000007" });
  expect(sentence(sealed, "li.na")).toBe("您为合同 HT-2026-000007 盖章");
  expect(contractsOf(sealed)).toEqual([{ number: "HT-2026-000007", id: null }]);
  expect(contractsOf(event("contract.sealed", { contract: "HT-1", contractId: 7 }))).toEqual([
    { number: "HT-1", id: 7 },
  ]);
  setLocale("en");
  expect(sentence(sealed, "li.na")).toBe("You sealed contract HT-2026-000007");
  expect(sentence(event("contract.seal-refused", { code: "pin-wrong" }), "li.na")).toContain("a contract");
});

test("several contracts of one scan are counted, and each can be opened", () => {
  const facts = { code: "pin-wrong", contracts: ["HT-1", "HT-2"], contractIds: [1, 2] };
  expect(sentence(event("contract.seal-refused", facts), "li.na")).toContain("2 份合同");
  expect(contractsOf({ facts })).toEqual([
    { number: "HT-1", id: 1 },
    { number: "HT-2", id: 2 },
  ]);
  expect(contractsOf({ facts: { contract: 7, contracts: [8, null], contractIds: "x" } })).toEqual([]);
});

test.each<Locale>(["zh-Hans", "en"])("a withdrawal has words of its own in %s", (language) => {
  setLocale(language);
  expect(isTold("contract.withdrawn")).toBe(true);
  expect(auditWords().events["contract.withdrawn"]).toBeTruthy();
});

test("every documented event of a contract is found by its filter", () => {
  expect(FILTERS).toContain("contracts");
  for (const name of documented()) expect(shows("contracts", event(name))).toBe(name.startsWith("contract."));
});
