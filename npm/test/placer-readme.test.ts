// What the README says of `<scanseal-placer>` is what its source says.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const source = readFileSync(new URL("../src/placer/placer-element.ts", import.meta.url), "utf8");
const [, section = ""] = readme.split("\n## `<scanseal-placer>`\n");
const [described = ""] = section.split("\n## ");

it.each(["csspart", "cssprop", "fires", "attr"])("names every @%s, and no other", (tag) => {
  const line = new RegExp(`^ \\* @${tag} (?:\\{[^}]*\\} )?\\[?([\\w-]+)`, "gm");
  const names = [...source.matchAll(line)].map(([, name]) => name ?? "");
  expect(names.length).toBeGreaterThan(2);
  for (const name of names) expect(described).toContain(`\`${name}\``);
  if (tag === "cssprop") {
    const told = [...described.matchAll(/`(--placer-[\w-]+)`/g)].map(([, name]) => name);
    expect([...new Set(told)].sort()).toEqual(names.sort());
  }
});

it("says the names of the viewer's files", () => {
  const assets = readFileSync(new URL("../src/viewer/assets.ts", import.meta.url), "utf8");
  const names = [...assets.matchAll(/^ {2}\| "([^"]+)"/gm)].map(([, name]) => name ?? "");
  expect(names).toContain("pdfjs-worker.js");
  for (const name of names) expect(described).toContain(name);
});
