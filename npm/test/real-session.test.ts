// The real WebAssembly against a phone written in TypeScript from docs/protocol.md, with the test as the relay.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { init, type ScanOptions, type ScanState, startScan } from "../src/node.js";
import { readCode, TestPhone } from "./phone/phone.js";
import { ScriptedSocket, socket, sockets } from "./scripted-socket.js";
import { firstCase, testKey } from "./test-keys.js";

const SIGNED = firstCase("request").input.request as string;
const REQUEST = { request: SIGNED, relay: "wss://relay.example/relay", link: "https://app.example/S" };
const PHONE_ID = Buffer.alloc(16, 7).toString("base64url");

beforeEach(async () => {
  await init();
  vi.useFakeTimers();
  sockets.length = 0;
  vi.stubGlobal("WebSocket", ScriptedSocket);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await vi.advanceTimersByTimeAsync(0);
};

async function say(message: object | ArrayBuffer): Promise<void> {
  socket().receive(message instanceof ArrayBuffer ? message : JSON.stringify(message));
  await settle();
}

const frames = (): Uint8Array[] => socket().sent.filter((sent): sent is Uint8Array => typeof sent !== "string");
const messages = (): { t: string; code?: string }[] =>
  socket()
    .sent.filter((sent) => typeof sent === "string")
    .map((sent) => JSON.parse(sent as string));

async function open(options: Partial<ScanOptions<string>> = {}) {
  const submit = vi.fn(async () => "welcome");
  const scan = startScan<string>({ request: async () => REQUEST, submit, ...options });
  let state: ScanState<string> = { state: "connecting" };
  void (async () => {
    for await (const next of scan) state = next;
  })();
  await settle();
  socket().accept();
  await say({ t: "opened", expires: 180_000, peer: "none" });
  const code = (): string => {
    if (state.state !== "waiting") throw new Error(`no code while ${state.state}`);
    return state.code.text;
  };
  return { scan, submit, code, state: () => state };
}

async function join(code: string): Promise<TestPhone> {
  const phone = new TestPhone(code);
  await say({ t: "peer", state: "joined", phone: PHONE_ID, next: 0, expires: 120_000 });
  await say(phone.hello("测试应用", "Mate 60"));
  return phone;
}

async function joinAndRead(code: string): Promise<TestPhone> {
  const phone = await join(code);
  phone.takeRequest(frames()[0] as Uint8Array);
  return phone;
}

describe("a real session", () => {
  it("opens with a key whose hash is the code's session, and shows a code of version 6", async () => {
    const { code, state } = await open();
    const opened = JSON.parse(socket().sent[0] as string) as { t: string; key: string; scanned: number };
    expect(opened).toMatchObject({ t: "open", next: 0, scanned: 120 });
    const { sha256 } = await import("./phone/noise.js");
    const lock = sha256(Buffer.from("scanseal.v1 page\0"), Buffer.from(opened.key, "base64url")).subarray(0, 16);
    expect(readCode(code()).sid).toEqual(lock);
    expect(state()).toMatchObject({ state: "waiting", code: { size: 41 } });
  });

  it("turns its frames every three seconds, each with another secret", async () => {
    const { code } = await open();
    const first = readCode(code());
    await vi.advanceTimersByTimeAsync(3000);
    const second = readCode(code());
    expect(second.sid).toEqual(first.sid);
    expect(second.frame.readUInt16BE()).toBe(first.frame.readUInt16BE() + 1);
    expect(second.secret).not.toEqual(first.secret);
  });

  it("goes from the scan to the platform's answer, and both ends agree on number and binding", async () => {
    const { scan, submit, code, state } = await open();
    const phone = await joinAndRead(code());
    expect(phone.request).toBe(SIGNED);
    expect(state()).toMatchObject({
      state: "scanned",
      phone: { app: "测试应用", device: "Mate 60" },
      checkNumber: phone.checkNumber,
    });
    await say(phone.progress(3));
    expect(state().state).toBe("entering-pin");
    await say(phone.assert(testKey("holder")));
    expect(submit).toHaveBeenCalledWith(
      { assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/), channelBinding: phone.channelBinding },
      expect.anything(),
    );
    expect(state()).toEqual({ state: "done", result: "welcome" });
    // [6, {}]: all went well.
    expect(phone.open(frames()[1] as Uint8Array).toString("hex")).toBe("8206a0");
    await say({ t: "ack", next: 2 });
    expect(await scan.result).toBe("welcome");
    expect(messages()).toContainEqual({ t: "close", code: "done" });
  });

  it("gives up waiting for a phone that does not acknowledge the outcome after 3 s", async () => {
    const { scan, code } = await open();
    const phone = await joinAndRead(code());
    await say(phone.assert(testKey("holder")));
    const settled = vi.fn();
    void scan.result.then(settled);
    await vi.advanceTimersByTimeAsync(2900);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(settled).toHaveBeenCalledWith("welcome");
  });

  it.each([
    ["another channel", { cb: Buffer.alloc(32).toString("base64url") }, "holder"],
    ["another request", { req: Buffer.alloc(32).toString("base64url") }, "holder"],
    ["a key that is not the certificate's", {}, "stranger"],
  ])("sends nothing on that was signed for %s", async (_, claims, key) => {
    const { scan, submit, code } = await open();
    const phone = await joinAndRead(code());
    await say(phone.assert(testKey(key), claims));
    await vi.advanceTimersByTimeAsync(5000);
    await expect(scan.result).rejects.toMatchObject({ code: "assertion-invalid" });
    expect(submit).not.toHaveBeenCalled();
  });

  it("releases a phone that read the code more than 10 s ago, and goes on waiting", async () => {
    const { code, state } = await open();
    const old = code();
    await vi.advanceTimersByTimeAsync(14_000);
    await join(old);
    expect(messages()).toContainEqual({ t: "release", code: "qr-stale" });
    expect(state().state).toBe("waiting");
  });

  it("releases the phone that the user does not know", async () => {
    const { scan, code, state } = await open();
    await joinAndRead(code());
    scan.notMe();
    await settle();
    expect(messages()).toContainEqual({ t: "release", code: "released" });
    expect(state().state).toBe("waiting");
  });

  it("comes back after a lost connection with what the phone lacks, byte for byte", async () => {
    const { code, state } = await open();
    const phone = await joinAndRead(code());
    const sent = Buffer.from(frames()[0] as Uint8Array);
    socket().drop();
    await settle();
    expect(state()).toMatchObject({ state: "scanned", reconnecting: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets).toHaveLength(2);
    socket().accept();
    expect(messages()[0]).toMatchObject({ t: "open", next: 1, phone: PHONE_ID });
    await say({ t: "opened", expires: 100_000, peer: "here", phone: PHONE_ID, next: 0 });
    expect(state()).toMatchObject({ state: "scanned", reconnecting: false, checkNumber: phone.checkNumber });
    expect(Buffer.from(frames()[0] as Uint8Array)).toEqual(sent);
  });

  it("fails with the relay's code", async () => {
    const { scan } = await open();
    await say({ t: "error", code: "origin-refused" });
    await expect(scan.result).rejects.toMatchObject({ code: "origin-refused" });
  });

  it("refuses what is no request, and a relay's or platform's setting out of bounds", async () => {
    const cases = [
      [{ request: "no request" }, "malformed"],
      [{ link: "http://app.example/S" }, "malformed"],
      [{ scanned: 9 }, "internal"],
      [{ scanned: 301 }, "internal"],
    ] as const;
    for (const [wrong, code] of cases) {
      const scan = startScan({ request: async () => ({ ...REQUEST, ...wrong }), submit: async () => "" });
      await expect(scan.result).rejects.toMatchObject({ code });
    }
  });

  it("is the same when the module is part of the script", async () => {
    vi.resetModules();
    const inline = await import("../src/inline.js");
    const fetch = vi.fn();
    vi.stubGlobal("fetch", fetch);
    const scan = inline.startScan({ request: async () => REQUEST, submit: async () => "" });
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    scan.cancel();
    expect(fetch).not.toHaveBeenCalled();
  });
});
