import { describe, expect, test } from "vitest";
import { HandOver, type HandOverHost } from "../src/contracts/hand-over";
import type { SealedContract } from "../src/contracts/model";

const DOWN = { code: "maintenance", passing: true };
const REFUSED = { code: "document-changed", passing: false };
const bytes = new Uint8Array([1, 2, 3]);
const answer = (contract: number): SealedContract => ({
  contract,
  revision: 2,
  state: "signing",
  level: "B-LT",
  pending: false,
});
const scan = (...documents: ({ appended: Uint8Array } | { code: "refused" | "keyword-not-found" })[]) => ({
  assertion: "a",
  channelBinding: "b",
  documents,
});

/** A platform whose clock moves only while somebody waits. */
function platform(given: Partial<HandOverHost> = {}) {
  const world = { time: 0, waits: [] as number[], sent: [] as number[], changes: 0 };
  const host: HandOverHost = {
    assert: async ({ documents }) => ({ documents: (documents ?? []).map(() => true), until: 300_000 }),
    send: async (document) => {
      world.sent.push(document);
      return answer(document);
    },
    failure: (error) => error as typeof DOWN,
    now: () => world.time,
    wait: async (milliseconds) => {
      world.waits.push(milliseconds);
      world.time += milliseconds;
    },
    changed: () => {
      world.changes += 1;
    },
    ...given,
  };
  return { host, world };
}

/** Fails so often, then does its work. */
function failing<T>(times: number, failure: object, work: () => T): () => Promise<T> {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw failure;
    return work();
  };
}

describe("what the phone has signed", () => {
  test("is handed over, each document for itself; what it left out is not sent", async () => {
    const { host, world } = platform();
    const over = new HandOver(scan({ appended: bytes }, { code: "refused" }, { appended: bytes }), 3, 60_000, host);
    expect(over.unsaved).toBe(true);
    await over.run();
    expect(world.sent.sort()).toEqual([0, 2]);
    expect(over.deliveries.map(({ at }) => at)).toEqual(["accepted", "left-out", "accepted"]);
    expect([over.busy, over.unsaved]).toEqual([false, false]);
  });

  test("one refusal is that document's alone, and not tried again", async () => {
    const send = async (document: number): Promise<SealedContract> => {
      if (document === 0) throw REFUSED;
      return answer(document);
    };
    const { host, world } = platform({ send });
    const over = new HandOver(scan({ appended: bytes }, { appended: bytes }), 2, 60_000, host);
    await over.run();
    expect(over.deliveries).toEqual([
      { at: "refused", code: "document-changed" },
      { at: "accepted", answer: answer(1) },
    ]);
    expect(world.waits).toEqual([]);
  });

  test("an assertion that is refused ends it, and nothing is sent", async () => {
    const assert = async () => {
      throw { code: "certificate-revoked", passing: false };
    };
    const { host, world } = platform({ assert });
    const over = new HandOver(scan({ appended: bytes }), 1, 60_000, host);
    await expect(over.run()).rejects.toEqual({ code: "certificate-revoked", passing: false });
    expect(world.sent).toEqual([]);
    expect(over.deliveries).toEqual([{ at: "refused", code: "certificate-revoked" }]);
  });

  test("at most three are on their way at once", async () => {
    let now = 0;
    let most = 0;
    const send = async (document: number): Promise<SealedContract> => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve));
      now -= 1;
      return answer(document);
    };
    const { host } = platform({ send });
    const over = new HandOver(scan(...Array.from({ length: 50 }, () => ({ appended: bytes }))), 50, 60_000, host);
    await over.run();
    expect(most).toBe(3);
    expect(over.deliveries.every(({ at }) => at === "accepted")).toBe(true);
  });
});

describe("a platform that is down", () => {
  test("is tried again, with longer and longer waits, until it takes the document", async () => {
    const { host, world } = platform();
    host.send = failing(6, DOWN, () => answer(0));
    const seen: string[] = [];
    const over: HandOver = new HandOver(scan({ appended: bytes }), 1, 60_000, {
      ...host,
      changed: () => seen.push(over.deliveries[0]?.at ?? ""),
    });
    await over.run();
    expect(world.waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(seen).toContain("stuck");
    expect(over.deliveries[0]?.at).toBe("accepted");
  });

  test("takes the assertion when it is back", async () => {
    const { host, world } = platform();
    host.assert = failing(2, DOWN, () => ({ documents: [true], until: 300_000 }));
    const over = new HandOver(scan({ appended: bytes }), 1, 60_000, host);
    await over.run();
    expect(world.sent).toEqual([0]);
  });

  test("that does not come back in time leaves a sealed file, which is said to be late", async () => {
    const { host, world } = platform();
    host.send = failing(1000, DOWN, () => answer(0));
    const over = new HandOver(scan({ appended: bytes }), 1, 60_000, host);
    await over.run();
    expect(over.deliveries).toEqual([{ at: "late", code: "maintenance" }]);
    expect(world.time).toBeLessThanOrEqual(300_000);
    expect([over.busy, over.unsaved]).toEqual([false, true]);
    expect(over.appended[0]).toEqual(bytes);
  });

  test("for the assertion, too: nothing is given up before its time", async () => {
    const { host, world } = platform();
    host.assert = failing(1000, DOWN, () => ({ documents: [true], until: 0 }));
    const over = new HandOver(scan({ appended: bytes }, { code: "refused" }), 2, 60_000, host);
    await over.run();
    expect(over.deliveries.map(({ at }) => at)).toEqual(["late", "left-out"]);
    expect(world.time).toBeGreaterThan(40_000);
    expect(world.time).toBeLessThanOrEqual(60_000);
  });

  test("is tried at once when the person asks for it", async () => {
    const { host } = platform({ wait: () => new Promise(() => undefined) });
    host.send = failing(1, DOWN, () => answer(0));
    const over: HandOver = new HandOver(scan({ appended: bytes }), 1, 60_000, {
      ...host,
      changed: () => over.deliveries[0]?.at === "stuck" && setTimeout(() => over.hurry()),
    });
    await over.run();
    expect(over.deliveries[0]?.at).toBe("accepted");
  });
});
