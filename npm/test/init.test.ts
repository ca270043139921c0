import { beforeEach, describe, expect, it, vi } from "vitest";

const answer = (body: BodyInit, status = 200): Response => new Response(body, { status });
const MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

// The engine is one per page: each test gets a page of its own.
async function freshPage() {
  vi.resetModules();
  const fake = await import("./fake-glue.js");
  vi.doMock("../wasm/scan/scan.js", () => fake);
  return { ...(await import("../src/index.js")), glue: fake.glue };
}

describe("init", () => {
  beforeEach(() => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => answer(MODULE)),
    );
  });

  it("has not happened after the import", async () => {
    const { glue } = await freshPage();
    expect(fetch).not.toHaveBeenCalled();
    expect(glue.instantiations).toHaveLength(0);
  });

  it("fetches the package's own file once, however often and at once it is called", async () => {
    const { init, glue } = await freshPage();
    await Promise.all([init(), init()]);
    await init();
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(vi.mocked(fetch).mock.calls[0]?.[0]).toMatchObject({
      pathname: expect.stringMatching(/\/wasm\/scan\/scan_bg\.wasm$/),
    });
    expect(glue.instantiations).toHaveLength(1);
  });

  it("takes a module, bytes, a response or an address of the host's", async () => {
    const sources = [MODULE, answer(MODULE), new URL("https://host.example/sdk.wasm"), new WebAssembly.Module(MODULE)];
    for (const wasm of sources) {
      const { init, glue } = await freshPage();
      await init({ wasm });
      expect(glue.instantiations).toHaveLength(1);
    }
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("can be tried again after a failure", async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("offline"));
    const { init, glue } = await freshPage();
    await expect(init()).rejects.toMatchObject({ code: "wasm-not-served" });
    await init();
    expect(glue.instantiations).toHaveLength(1);
  });

  it("names the Vite line when a page comes instead of the module", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(answer("<!DOCTYPE html>"));
    const { init } = await freshPage();
    await expect(init()).rejects.toMatchObject({
      code: "wasm-not-served",
      detail: expect.stringContaining('optimizeDeps: { exclude: ["scanseal"] }'),
    });
  });

  it("says which status the file was answered with", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(answer("gone", 404));
    const { init } = await freshPage();
    await expect(init()).rejects.toMatchObject({ code: "wasm-not-served", detail: expect.stringContaining("404") });
  });

  it("is internal when the module is refused, for instance by a content security policy", async () => {
    const { init, glue } = await freshPage();
    glue.failNextInstantiation = new WebAssembly.CompileError("blocked");
    await expect(init()).rejects.toMatchObject({ code: "internal", detail: "blocked" });
    await init();
    expect(glue.instantiations).toHaveLength(1);
  });
});
