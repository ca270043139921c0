import type { PdfReport } from "scanseal/pdf";
import { describe, expect, test } from "vitest";
import { Checks, tally, type Verify } from "../src/verify/checks";
import { MOST_FILES, type Taken } from "../src/verify/intake";
import { resultsFile } from "../src/verify/results-file";

const taken = (name: string, start: string): Taken => ({ name, file: new File([start], name) });
const pdf = (name: string): Taken => taken(name, "%PDF-1.7");
const report = (verdict: string): PdfReport => ({ document: { verdict } }) as PdfReport;

function checks(verify: Verify): { checks: Checks; settled: () => Promise<void> } {
  let changed = (): void => undefined;
  const made = new Checks(
    verify,
    () => changed(),
    (error) => String(error),
  );
  const settled = (): Promise<void> =>
    new Promise((resolve) => {
      changed = () => {
        if (tally(made.all).busy === 0) setTimeout(resolve);
      };
      changed();
    });
  return { checks: made, settled };
}

describe("several files", () => {
  test("are checked one after the other, in their order", async () => {
    const order: string[] = [];
    let running = 0;
    const { checks: all, settled } = checks(async (file) => {
      running += 1;
      expect(running).toBe(1);
      order.push((file as File).name);
      await new Promise((resolve) => setTimeout(resolve));
      running -= 1;
      return report(order.length === 1 ? "passed" : "failed");
    });
    all.add([pdf("a"), pdf("b")]);
    all.add([pdf("c")]);
    await settled();
    expect(order).toEqual(["a", "b", "c"]);
    expect(tally(all.all)).toEqual({ busy: 0, good: 1, bad: 2, open: 0 });
  });

  test("a failure of one is its own", async () => {
    const { checks: all, settled } = checks(async (file) => {
      if ((file as File).name === "a") throw "wasm-not-served";
      return report("passed");
    });
    all.add([pdf("a"), taken("x.docx", "?"), pdf("b")], ["folder"]);
    await settled();
    expect(all.all.map(({ state }) => state.at)).toEqual(["refused", "broken", "refused", "done"]);
    all.again(all.all[1]?.id ?? 0);
    await settled();
    expect(all.all[1]?.state).toEqual({ at: "broken", code: "wasm-not-served" });
  });

  test("at most so many are taken", () => {
    const { checks: all } = checks(() => new Promise(() => undefined));
    all.add(Array.from({ length: MOST_FILES + 1 }, (_, at) => pdf(`${at}`)));
    const refused = all.all.filter(({ state }) => state.at === "refused");
    expect(refused.map(({ name }) => name)).toEqual([`${MOST_FILES}`]);
  });

  test("one that is taken away while it is checked is stopped, and the next begins", async () => {
    const stopped: string[] = [];
    const { checks: all, settled } = checks((file, { signal }) => {
      const { name } = file as File;
      if (name === "b") return Promise.resolve(report("passed"));
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          stopped.push(name);
          reject(signal.reason);
        });
      });
    });
    all.add([pdf("a"), pdf("b")]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    all.remove(all.all[0]?.id ?? 0);
    await settled();
    expect(stopped).toEqual(["a"]);
    expect(all.all.map(({ name, state }) => [name, state.at])).toEqual([["b", "done"]]);
  });

  test("are checked anew when there is something else to judge by", async () => {
    let round = 0;
    const { checks: all, settled } = checks(async () => report(round === 0 ? "indeterminate" : "passed"));
    all.add([pdf("a")]);
    await settled();
    round = 1;
    all.renew();
    await settled();
    expect(tally(all.all).good).toBe(1);
  });

  test("a password is kept with its file", async () => {
    const { checks: all, settled } = checks(async (_file, { password }) =>
      report(password === "x" ? "passed" : "unreadable"),
    );
    all.add([pdf("a")]);
    await settled();
    all.again(all.all[0]?.id ?? 0, "x");
    await settled();
    expect(tally(all.all).good).toBe(1);
  });
});

test("the results as a file have each report, why others have none, and the list they rest on", async () => {
  const { checks: all, settled } = checks(async (file) => {
    if ((file as File).name === "b") throw "wasm-not-served";
    return report("passed");
  });
  all.add([pdf("a"), pdf("b"), taken("c.docx", "PK")], ["空文件夹"]);
  await settled();
  const trust = { operator: "甲", version: 3, issued: 1, expires: 2, authorities: [], roots: [], crls: [], kept: true };
  const file = JSON.parse(resultsFile(all.all, trust, new Date(0), "https://portal.example"));
  expect(file).toEqual({
    version: 1,
    checked: "1970-01-01T00:00:00.000Z",
    page: "https://portal.example",
    trust: { operator: "甲", version: 3, issued: 1, expires: 2, authorities: [], kept: true },
    files: [
      { name: "空文件夹", size: 0, notChecked: "no-pdf-inside" },
      { name: "a", size: 8, report: { document: { verdict: "passed" } } },
      { name: "b", size: 8, notChecked: "wasm-not-served" },
      { name: "c.docx", size: 2, notChecked: "not-pdf" },
    ],
  });
  expect(JSON.parse(resultsFile([], null, new Date(0), "")).trust).toBeNull();
});
