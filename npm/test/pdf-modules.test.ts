import { describe, expect, it, vi } from "vitest";
import { Modules } from "../src/pdf/modules.js";

const address = new URL("https://app.example/verify.wasm");

describe("the two modules", () => {
  it("are loaded once each, when wanted", async () => {
    const load = vi.fn(async (name: string) => name);
    const modules = new Modules(load);
    await modules.init({ for: "verify" });
    expect(load.mock.calls).toEqual([["verify", undefined]]);
    expect(await Promise.all([modules.get("verify"), modules.get("seal"), modules.get("seal")])).toEqual([
      "verify",
      "seal",
      "seal",
    ]);
    expect(load).toHaveBeenCalledTimes(2);

    const early = vi.fn(async (name: string) => name);
    await new Modules(early).init({});
    expect(early.mock.calls).toEqual([
      ["verify", undefined],
      ["seal", undefined],
    ]);
  });

  it("come from where they are said to be, also later", async () => {
    const load = vi.fn(async (_name: string, source: unknown) => source);
    const modules = new Modules(load);
    await modules.init({ for: "seal", wasm: { verify: address } });
    expect(await modules.get("verify")).toBe(address);
    expect(load.mock.calls).toEqual([
      ["seal", undefined],
      ["verify", address],
    ]);
  });

  it("are tried again after a failure: from the same address, but not from what was used up", async () => {
    const load = vi.fn(async (_name: string, source: unknown) => {
      if (load.mock.calls.length <= 2) throw new Error("gone");
      return source;
    });
    const modules = new Modules(load);
    const bytes = new Uint8Array(8);
    await expect(modules.init({ wasm: { verify: address, seal: bytes } })).rejects.toThrow("gone");
    await new Promise((resolve) => setTimeout(resolve));
    expect([await modules.get("verify"), await modules.get("seal")]).toEqual([address, undefined]);
  });
});
