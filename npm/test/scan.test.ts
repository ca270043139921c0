// A scan from the page author's side. The session is a fake that does what the scripted socket says, so that every
// event can be had in any order; the real session is in real-session.test.ts.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ScanSealError } from "../src/errors.js";
import { init, startScan } from "../src/index.js";
import type { Scan, ScanOptions } from "../src/scan.js";
import type { ScanState } from "../src/states.js";
import { glue, hostCalls, PANIC } from "./fake-glue.js";
import { ScriptedSocket, socket, sockets } from "./scripted-socket.js";

vi.mock("../wasm/scan/scan.js", () => import("./fake-glue.js"));

const REQUEST = { request: "jws", relay: "wss://relay.example/relay", link: "https://app.example/S" };
const CODE = hostCalls(["waiting", 180_000], ["code", "HTTPS://APP.EXAMPLE/S#A", 41, "M0 0h7v1h-7z"]);
const SCANNED = hostCalls(["scanned", "app", "Zhang's phone", "0427", 120_000]);
const ASSERTED = hostCalls(["asserted", "assertion", "binding", new Uint8Array()]);

let visibility: "visible" | "hidden";
let page: EventTarget & { visibilityState?: string };

beforeEach(() => {
  vi.useFakeTimers();
  sockets.length = 0;
  glue.sessions.length = 0;
  visibility = "visible";
  page = new EventTarget();
  Object.defineProperty(page, "visibilityState", { get: () => visibility });
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("WebSocket", ScriptedSocket);
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(new Uint8Array([0, 0x61, 0x73, 0x6d]))),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface Running {
  readonly scan: Scan<string>;
  readonly states: string[];
  readonly latest: () => ScanState<string>;
}

function run(options: Partial<ScanOptions<string>> = {}): Running {
  const scan = startScan<string>({ request: async () => REQUEST, submit: async () => "welcome", ...options });
  const states: string[] = [];
  let latest: ScanState<string> = { state: "connecting" };
  void (async () => {
    for await (const state of scan) {
      latest = state;
      if (states[states.length - 1] !== state.state) states.push(state.state);
    }
    states.push("end");
  })();
  return { scan, states, latest: () => latest };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

async function relaySends(...texts: string[]): Promise<void> {
  for (const text of texts) {
    socket().receive(text);
    await settle();
  }
}

async function runUntilCode(options: Partial<ScanOptions<string>> = {}): Promise<Running> {
  const running = run(options);
  await settle();
  socket().accept();
  await relaySends(CODE);
  return running;
}

async function runUntilScanned(options: Partial<ScanOptions<string>> = {}): Promise<Running> {
  const running = await runUntilCode(options);
  await relaySends(SCANNED);
  return running;
}

function session(index = glue.sessions.length - 1) {
  const found = glue.sessions[index];
  if (found === undefined) throw new Error("no session");
  return found;
}

async function showTab(state: "visible" | "hidden"): Promise<void> {
  visibility = state;
  page.dispatchEvent(new Event("visibilitychange"));
  await settle();
}

describe("a scan that goes well", () => {
  it("goes through every state and resolves once the phone knows", async () => {
    const { scan, states, latest } = await runUntilScanned();
    await relaySends(
      hostCalls(["progress", "reviewing"]),
      hostCalls(["progress", "choosing-certificate"]),
      hostCalls(["progress", "entering-pin"]),
      hostCalls(["progress", "signing"]),
      ASSERTED,
    );
    expect(latest()).toEqual({ state: "done", result: "welcome" });
    const settled = vi.fn();
    void scan.result.then(settled);
    await settle();
    expect(settled).not.toHaveBeenCalled();
    expect(session().inputs).toContain("outcome");

    await relaySends(hostCalls(["ended", undefined]));
    expect(await scan.result).toBe("welcome");
    expect(states).toEqual([
      "connecting",
      "waiting",
      "scanned",
      "reviewing",
      "choosing-certificate",
      "entering-pin",
      "signing",
      "submitting",
      "done",
      "end",
    ]);
    expect(session().freed).toBe(true);
  });

  it("opens the relay of the request with the subprotocol, and the session with the platform's values", async () => {
    await runUntilCode({ request: async () => ({ ...REQUEST, scanned: 300 }), frameInterval: 5000 });
    expect(socket()).toMatchObject({ url: REQUEST.relay, protocol: "scanseal.v1", binaryType: "arraybuffer" });
    expect(session()).toMatchObject({ link: REQUEST.link, request: "jws", scannedSeconds: 300, frameInterval: 5000 });
  });

  it("lives 120 s after the scan and turns frames every 3 s unless told otherwise", async () => {
    await runUntilCode();
    expect(session()).toMatchObject({ scannedSeconds: 120, frameInterval: 3000 });
  });

  it("hands the assertion and the channel binding to the platform", async () => {
    const submit = vi.fn(async () => "welcome");
    await runUntilScanned({ submit });
    await relaySends(ASSERTED);
    const expected = { assertion: "assertion", channelBinding: "binding" };
    expect(submit).toHaveBeenCalledExactlyOnceWith(expected, { signal: expect.any(AbortSignal) });
  });

  it("tells who scanned, the check number and the time left", async () => {
    const { latest } = await runUntilScanned();
    expect(latest()).toEqual({
      state: "scanned",
      phone: { app: "app", device: "Zhang's phone" },
      checkNumber: "0427",
      expiresAt: performance.now() + 120_000,
      phoneAway: false,
      reconnecting: false,
    });
  });
});

describe("the socket", () => {
  it("carries text and binary both ways", async () => {
    await runUntilCode();
    await relaySends(hostCalls(["sendText", "hello"]));
    socket().receive(new Uint8Array([1, 2]).buffer);
    expect(socket().sent).toEqual(["hello"]);
    expect(session().inputs).toContain("binary 1 2");
  });

  it("that was left is not heard any more", async () => {
    await runUntilCode();
    const left = socket();
    await relaySends(hostCalls(["connect"]));
    expect(sockets).toHaveLength(2);
    left.drop();
    expect(session().inputs).not.toContain("socketClosed");
    socket().drop();
    expect(session().inputs).toContain("socketClosed");
  });

  it("is checked when the tab is seen again or the network is back, not when the tab is hidden", async () => {
    await runUntilCode();
    const resumed = () => session().inputs.filter((input) => input === "resumed").length;
    await showTab("hidden");
    expect(resumed()).toBe(0);
    await showTab("visible");
    window.dispatchEvent(new Event("online"));
    expect(resumed()).toBe(2);
  });

  it("wakes the session at the moment it asked for last", async () => {
    await runUntilCode();
    await relaySends(hostCalls(["wakeAt", performance.now() + 500], ["wakeAt", performance.now() + 1000]));
    await vi.advanceTimersByTimeAsync(999);
    expect(session().inputs).not.toContain("woken");
    await vi.advanceTimersByTimeAsync(1);
    expect(session().inputs).toContain("woken");
  });
});

describe("while a scan runs", () => {
  it("lost connections and absent phones are told without leaving the state", async () => {
    const { latest } = await runUntilScanned();
    await relaySends(hostCalls(["phoneAway", true]));
    expect(latest()).toMatchObject({ state: "scanned", phoneAway: true, reconnecting: false });
    await relaySends(hostCalls(["reconnecting", true]));
    expect(latest()).toMatchObject({ state: "scanned", phoneAway: true, reconnecting: true });
    await relaySends(hostCalls(["reconnecting", false], ["phoneAway", false]));
    expect(latest()).toMatchObject({ state: "scanned", phoneAway: false, reconnecting: false });
  });

  it("not me sends the phone away and shows the code again", async () => {
    const { scan, latest } = await runUntilScanned();
    scan.notMe();
    expect(session().inputs).toContain("notMe");
    await relaySends(hostCalls(["released"]));
    expect(latest().state).toBe("waiting");
  });

  it("not me comes too late once the platform has the answer", async () => {
    const { scan } = await runUntilScanned({ submit: () => new Promise(() => undefined) });
    await relaySends(ASSERTED);
    scan.notMe();
    expect(session().inputs).not.toContain("notMe");
  });
});

describe("an expired code", () => {
  const EXPIRED = hostCalls(["ended", "qr-expired"]);

  async function expire(): Promise<void> {
    socket().accept();
    await relaySends(CODE, EXPIRED);
  }

  it("renews itself three times with a new request each, then waits for the user", async () => {
    const request = vi.fn(async () => REQUEST);
    const { scan, latest } = run({ request });
    await settle();
    for (let time = 0; time < 4; time += 1) await expire();
    expect(request).toHaveBeenCalledTimes(4);
    expect(latest().state).toBe("expired");

    scan.refresh();
    await settle();
    expect(request).toHaveBeenCalledTimes(5);
    for (let time = 0; time < 3; time += 1) await expire();
    expect(request).toHaveBeenCalledTimes(8);
  });

  it("is not renewed in a hidden tab until it is seen again", async () => {
    const request = vi.fn(async () => REQUEST);
    const { latest } = await runUntilCode({ request });
    await showTab("hidden");
    await relaySends(EXPIRED);
    expect(latest().state).toBe("expired");
    expect(request).toHaveBeenCalledTimes(1);
    await showTab("visible");
    expect(request).toHaveBeenCalledTimes(2);
  });

  it("refresh does nothing while a code is good", async () => {
    const request = vi.fn(async () => REQUEST);
    const { scan } = await runUntilCode({ request });
    scan.refresh();
    await settle();
    expect(request).toHaveBeenCalledTimes(1);
  });
});

describe("a scan that fails", () => {
  it("has the code of the session's end, as last state and as rejection", async () => {
    const { scan, latest, states } = await runUntilScanned();
    await relaySends(hostCalls(["ended", "refused"]));
    await expect(scan.result).rejects.toMatchObject({ code: "refused" });
    expect(latest()).toMatchObject({ state: "failed", error: { code: "refused" } });
    expect(states[states.length - 1]).toBe("end");
  });

  it("tells the phone the platform's code and detail when the answer is refused", async () => {
    const refusal = new ScanSealError("certificate-not-bound", { detail: "no account" });
    const { scan, latest } = await runUntilScanned({ submit: () => Promise.reject(refusal) });
    await relaySends(ASSERTED);
    expect(session().inputs).toContain("outcome certificate-not-bound no account");
    expect(latest()).toEqual({ state: "failed", error: refusal });
    await relaySends(hostCalls(["ended", "certificate-not-bound"]));
    await expect(scan.result).rejects.toBe(refusal);
  });

  it("tells the phone nothing about the inside of the page", async () => {
    await runUntilScanned({ submit: () => Promise.reject(new TypeError("cannot read x of undefined")) });
    await relaySends(ASSERTED);
    expect(session().inputs[session().inputs.length - 1]).toBe("outcome internal");
  });

  it("goes by the platform's answer when the session ends meanwhile", async () => {
    let answer: (value: string) => void = () => undefined;
    const { scan, latest } = await runUntilScanned({ submit: () => new Promise((resolve) => (answer = resolve)) });
    await relaySends(ASSERTED, hostCalls(["ended", "scan-expired"]));
    expect(latest().state).toBe("submitting");
    answer("welcome");
    expect(await scan.result).toBe("welcome");
    expect(latest().state).toBe("done");
  });

  it("is internal when the request cannot be had, with the reason", async () => {
    const reason = new TypeError("offline");
    const { scan } = run({ request: () => Promise.reject(reason) });
    await expect(scan.result).rejects.toMatchObject({ code: "internal", cause: reason });
  });

  it.each([undefined, {}, { ...REQUEST, link: undefined }, { ...REQUEST, relay: 7 }, { ...REQUEST, scanned: "120" }])(
    "is malformed when the platform's server answers %j",
    async (answer) => {
      const { scan } = run({ request: async () => answer as never });
      await expect(scan.result).rejects.toMatchObject({ code: "malformed" });
      expect(glue.sessions).toHaveLength(0);
    },
  );

  it("is internal when the browser refuses the relay's address, with the browser's reason", async () => {
    const reason = new SyntaxError("not a WebSocket address");
    class RefusingSocket {
      constructor() {
        throw reason;
      }
    }
    vi.stubGlobal("WebSocket", RefusingSocket);
    const { scan } = run();
    await expect(scan.result).rejects.toMatchObject({ code: "internal", cause: reason });
    expect(session().freed).toBe(true);
  });

  it("passes on code and reason with which a session refuses its settings", async () => {
    glue.failNextSession = "malformed: no JWS: see the server";
    const { scan } = run();
    await expect(scan.result).rejects.toMatchObject({ code: "malformed", detail: "no JWS: see the server" });
  });

  it("is internal after a panic, and so is every other scan of that instance; a new one works", async () => {
    const first = await runUntilCode();
    const panicking = socket();
    const second = await runUntilCode();
    const other = socket();
    panicking.receive(PANIC);
    await expect(first.scan.result).rejects.toMatchObject({ code: "internal" });
    other.receive(CODE);
    await expect(second.scan.result).rejects.toMatchObject({ code: "internal" });

    const resets = glue.resets;
    await init();
    expect(glue.resets).toBe(resets + 1);
    const third = await runUntilCode();
    expect(third.latest().state).toBe("waiting");
  });
});

describe("cancelling", () => {
  it("tells the phone, leaves the socket and rejects", async () => {
    const { scan, latest } = await runUntilScanned();
    scan.cancel();
    await expect(scan.result).rejects.toMatchObject({ code: "cancelled" });
    expect(latest()).toMatchObject({ state: "failed" });
    expect(socket().sent).toEqual(["close"]);
    expect(socket().readyState).toBe(ScriptedSocket.CLOSED);
    expect(session().freed).toBe(true);
  });

  it("by the signal gives its reason as the cause, and aborts the call to the platform", async () => {
    const aborter = new AbortController();
    let submitSignal: AbortSignal | undefined;
    const { scan } = await runUntilScanned({
      signal: aborter.signal,
      submit: (_, { signal }) => {
        submitSignal = signal;
        return new Promise(() => undefined);
      },
    });
    await relaySends(ASSERTED);
    aborter.abort("closed the dialog");
    await expect(scan.result).rejects.toMatchObject({ code: "cancelled", cause: "closed the dialog" });
    expect(submitSignal?.aborted).toBe(true);
  });

  it("before the start asks the platform for nothing", async () => {
    const request = vi.fn(async () => REQUEST);
    const { scan } = run({ request, signal: AbortSignal.abort() });
    await expect(scan.result).rejects.toMatchObject({ code: "cancelled" });
    expect(request).not.toHaveBeenCalled();
  });

  it("while the request is on its way opens no socket", async () => {
    const { scan } = run();
    scan.cancel();
    await settle();
    expect(sockets).toHaveLength(0);
    await expect(scan.result).rejects.toMatchObject({ code: "cancelled" });
  });

  it("a second time does nothing", async () => {
    const { scan, states } = await runUntilCode();
    scan.cancel();
    scan.cancel();
    await settle();
    expect(states).toEqual(["connecting", "waiting", "failed", "end"]);
  });
});
