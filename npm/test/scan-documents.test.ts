// Sealing by scan from the page author's side, with a session that does what the scripted socket says.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DocumentLayout, DocumentWork, SealedDocument } from "../src/documents.js";
import { ScanSealError } from "../src/errors.js";
import { startScan } from "../src/index.js";
import type { Scan, ScanOptions } from "../src/scan.js";
import type { ScanState } from "../src/states.js";
import { glue, hostCalls } from "./fake-glue.js";
import { ScriptedSocket, socket, sockets } from "./scripted-socket.js";

vi.mock("../wasm/scan/scan.js", () => import("./fake-glue.js"));

const REQUEST = { request: "jws", relay: "wss://relay.example/relay", link: "https://app.example/S", scanned: 300 };
const CODE = hostCalls(["waiting", 180_000], ["code", "HTTPS://APP.EXAMPLE/S#A", 41, "M0 0h7v1h-7z"]);
const SCANNED = hostCalls(["scanned", "app", "Zhang's phone", "0427", 300_000]);
const CHOSEN = hostCalls(["chosen", "PEM", new Uint8Array([7, 7])]);
const LAYOUT: DocumentLayout = {
  state: new Uint8Array([1, 2]),
  tail: new Uint8Array([3]),
  appended: 1000,
  gap: [10, 900],
  attributes: new Uint8Array([4, 5]),
};
const PREPARED = "1,2 3 1000 10 900 4,5";

/** 64 bytes for each document; zeros where it is not signed. */
function asserted(...signed: readonly boolean[]): string {
  const signatures = signed.flatMap((is, index) => Array.from({ length: 64 }, () => (is ? index + 1 : 0)));
  return hostCalls(["asserted", "assertion", "binding", Uint8Array.from(signatures)]);
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets.length = 0;
  glue.sessions.length = 0;
  glue.documents = 2;
  vi.stubGlobal("WebSocket", ScriptedSocket);
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(new Uint8Array([0, 0x61, 0x73, 0x6d]))),
  );
});

afterEach(() => {
  glue.documents = 0;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Documents that are done at once, unless a test says otherwise. */
function work(overrides: Partial<DocumentWork> = {}) {
  const { prepare = async () => LAYOUT, finish = async (document) => new Uint8Array([document]) } = overrides;
  const counted: DocumentWork["read"] = async (_document, _part, from, length) =>
    Uint8Array.from({ length }, (_, index) => from + index);
  return {
    count: overrides.count ?? 2,
    prepare: vi.fn<DocumentWork["prepare"]>(prepare),
    read: vi.fn<DocumentWork["read"]>(overrides.read ?? counted),
    finish: vi.fn<DocumentWork["finish"]>(finish),
    dispose: vi.fn<DocumentWork["dispose"]>(),
  };
}

interface Running {
  readonly scan: Scan<string>;
  readonly submit: ReturnType<typeof vi.fn>;
  readonly states: string[];
  readonly latest: () => ScanState<string>;
}

async function run(options: Partial<ScanOptions<string>>, ...texts: string[]): Promise<Running> {
  const submit = vi.fn(async () => "accepted");
  const scan = startScan<string>({ request: async () => REQUEST, submit, ...options });
  const states: string[] = [];
  let latest: ScanState<string> = { state: "connecting" };
  void (async () => {
    for await (const state of scan) {
      latest = state;
      if (states[states.length - 1] !== state.state) states.push(state.state);
    }
  })();
  await settle();
  if (sockets.length > 0) {
    socket().accept();
    await relaySends(CODE, ...texts);
  }
  return { scan, submit, states, latest: () => latest };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

async function relaySends(...texts: string[]): Promise<void> {
  for (const text of texts) {
    socket().receive(text);
    await settle();
  }
}

function inputs(index = glue.sessions.length - 1): string[] {
  const found = glue.sessions[index];
  if (found === undefined) throw new Error("no session");
  return found.inputs.filter((input) => input !== "start" && input !== "socketOpened");
}

function sealed(submit: Running["submit"]): readonly SealedDocument[] {
  return submit.mock.calls[0]?.[0].documents;
}

/** A promise, and how to settle it. */
function later<Value>() {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((settled) => {
    resolve = settled;
  });
  return { promise, resolve };
}

describe("a sealing that goes well", () => {
  it("goes through every state: laid out, read, signed, finished, accepted", async () => {
    const documents = work();
    const { scan, submit, states } = await run({ documents }, SCANNED, hostCalls(["progress", "reviewing"]));
    await relaySends(hostCalls(["progress", "choosing-certificate"]), CHOSEN);
    expect(documents.prepare.mock.calls).toEqual([
      [0, { certificates: "PEM", seal: new Uint8Array([7, 7]) }, expect.any(AbortSignal)],
      [1, { certificates: "PEM", seal: new Uint8Array([7, 7]) }, expect.any(AbortSignal)],
    ]);
    await relaySends(
      hostCalls(["fetch", 1, 1, 5, 3], ["fetch", 0, 0, 1, 2]),
      hostCalls(["progress", "entering-pin"]),
      hostCalls(["progress", "signing"]),
      asserted(true, true),
    );
    expect(documents.read.mock.calls).toEqual([
      [1, "appended", 5, 3],
      [0, "original", 1, 2],
    ]);
    expect(
      documents.finish.mock.calls.map(([document, signature]) => [document, signature.length, signature[0]]),
    ).toEqual([
      [0, 64, 1],
      [1, 64, 2],
    ]);
    const answer = { assertion: "assertion", channelBinding: "binding" };
    const finished = [{ appended: new Uint8Array([0]) }, { appended: new Uint8Array([1]) }];
    const seal = new Uint8Array([7, 7]);
    expect(submit.mock.calls[0]?.[0]).toEqual({ ...answer, documents: finished, seal });
    expect(inputs()).toEqual([
      `prepared 0: ${PREPARED}`,
      `prepared 1: ${PREPARED}`,
      "piece 5 6 7",
      "piece 1 2",
      "outcome ,",
    ]);
    expect(documents.dispose).not.toHaveBeenCalled();
    await relaySends(hostCalls(["ended", undefined]));
    expect(await scan.result).toBe("accepted");
    expect(documents.dispose).toHaveBeenCalledOnce();
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
    ]);
  });

  it("sends pieces in the order in which they were asked for, whichever is read first", async () => {
    const slow = later<Uint8Array>();
    const read = vi.fn<DocumentWork["read"]>((_document, _part, from) =>
      from === 0 ? slow.promise : Promise.resolve(new Uint8Array([2])),
    );
    await run({ documents: work({ read }) }, SCANNED, hostCalls(["fetch", 0, 0, 0, 1], ["fetch", 0, 0, 1, 1]));
    expect(inputs()).toEqual([]);
    slow.resolve(new Uint8Array([1]));
    await settle();
    expect(inputs()).toEqual(["piece 1", "piece 2"]);
  });

  it("tells the phone what the platform says of each document", async () => {
    const documentCodes = (result: string) => {
      expect(result).toBe("accepted");
      return [undefined, "document-changed"] as const;
    };
    await run({ documents: work(), documentCodes }, SCANNED, CHOSEN, asserted(true, true));
    expect(inputs().at(-1)).toBe("outcome ,document-changed");
  });
});

describe("documents that are got when the scan begins", () => {
  it("are got once, also when the code is renewed, and disposed of at the end", async () => {
    const documents = work();
    const get = vi.fn(async () => documents);
    const { scan } = await run({ documents: get }, hostCalls(["ended", "qr-expired"]));
    socket().accept();
    await relaySends(CODE, SCANNED, CHOSEN);
    expect(get).toHaveBeenCalledExactlyOnceWith({ signal: expect.any(AbortSignal) });
    expect(glue.sessions).toHaveLength(2);
    expect(documents.prepare).toHaveBeenCalledTimes(2);
    expect(documents.dispose).not.toHaveBeenCalled();
    scan.cancel();
    await settle();
    expect(documents.dispose).toHaveBeenCalledOnce();
  });

  it("fail the scan with their reason", async () => {
    const reason = new ScanSealError("document-too-large");
    const { scan } = await run({ documents: () => Promise.reject(reason) });
    await expect(scan.result).rejects.toBe(reason);
    expect(sockets).toHaveLength(0);
  });

  it("are disposed of when they come too late", async () => {
    const documents = work();
    const late = later<typeof documents>();
    const { scan } = await run({ documents: () => late.promise });
    scan.cancel();
    late.resolve(documents);
    await settle();
    expect(documents.dispose).toHaveBeenCalledOnce();
    expect(sockets).toHaveLength(0);
  });

  it("are disposed of if the scan never begins", async () => {
    const documents = work();
    const { scan } = await run({ documents, signal: AbortSignal.abort() });
    await expect(scan.result).rejects.toMatchObject({ code: "cancelled" });
    expect(documents.dispose).toHaveBeenCalledOnce();
  });
});

describe("a document that is left out", () => {
  it("by the page has its code at the phone and at the platform, and the others go on", async () => {
    const prepare: DocumentWork["prepare"] = async (document) => {
      if (document === 0) throw new ScanSealError("keyword-not-found");
      return LAYOUT;
    };
    const { submit } = await run({ documents: work({ prepare }) }, SCANNED, CHOSEN, asserted(false, true));
    expect(inputs()).toEqual([
      "unprepared 0: keyword-not-found",
      `prepared 1: ${PREPARED}`,
      "outcome keyword-not-found,",
    ]);
    expect(sealed(submit)).toEqual([{ code: "keyword-not-found" }, { appended: new Uint8Array([1]) }]);
  });

  it("by the phone is refused", async () => {
    const documents = work();
    const { submit } = await run({ documents }, SCANNED, CHOSEN, asserted(true, false));
    expect(sealed(submit)).toEqual([{ appended: new Uint8Array([0]) }, { code: "refused" }]);
    expect(documents.finish).toHaveBeenCalledOnce();
  });

  it("because it cannot be finished has the reason; what is no refusal is internal", async () => {
    const finish: DocumentWork["finish"] = async (document) => {
      throw document === 0 ? new ScanSealError("assertion-invalid") : new TypeError("a bug");
    };
    const { submit } = await run({ documents: work({ finish }) }, SCANNED, CHOSEN, asserted(true, true));
    expect(sealed(submit)).toEqual([{ code: "assertion-invalid" }, { code: "internal" }]);
  });
});

describe("a phone that is sent away", () => {
  it("gets nothing more, and the next one nothing that was for it", async () => {
    const [first, piece] = [later<DocumentLayout>(), later<Uint8Array>()];
    const documents = work();
    documents.prepare.mockImplementationOnce(() => first.promise);
    documents.read.mockImplementationOnce(() => piece.promise);
    await run({ documents }, SCANNED, CHOSEN, hostCalls(["fetch", 0, 0, 0, 1], ["fetch", 0, 0, 1, 1]));
    await relaySends(hostCalls(["released"]), SCANNED);
    first.resolve({ ...LAYOUT, appended: 7 });
    piece.resolve(new Uint8Array([9]));
    await settle();
    expect(inputs()).toEqual([]);
    expect(documents.prepare).toHaveBeenCalledOnce();
    expect(documents.read).toHaveBeenCalledOnce();

    await relaySends(CHOSEN, hostCalls(["fetch", 0, 0, 4, 1]));
    expect(inputs()).toEqual([`prepared 0: ${PREPARED}`, `prepared 1: ${PREPARED}`, "piece 4"]);
  });

  it("leaves no code of a document behind", async () => {
    const documents = work();
    documents.prepare.mockRejectedValueOnce(new ScanSealError("seal-off-page"));
    const { submit } = await run({ documents }, SCANNED, CHOSEN, hostCalls(["released"]), SCANNED, CHOSEN);
    await relaySends(asserted(false, true));
    expect(sealed(submit)[0]).toEqual({ code: "refused" });
  });
});

describe("a sealing that fails", () => {
  it("with the reason when a document cannot be read any more, and the phone is told", async () => {
    const gone = new ScanSealError("document-changed", { detail: "the file cannot be read any more" });
    const documents = work({ read: () => Promise.reject(gone) });
    const { scan } = await run({ documents }, SCANNED, hostCalls(["fetch", 0, 0, 0, 1]));
    await expect(scan.result).rejects.toBe(gone);
    expect(inputs()).toEqual(["cancel"]);
    expect(documents.dispose).toHaveBeenCalledOnce();
  });

  it("when a document is shorter than the request says", async () => {
    const documents = work({ read: async () => new Uint8Array(3) });
    const { scan } = await run({ documents }, SCANNED, hostCalls(["fetch", 1, 0, 0, 4]));
    await expect(scan.result).rejects.toMatchObject({ code: "document-changed" });
    expect(inputs()).toEqual(["cancel"]);
  });

  it.each([
    [0, 2],
    [2, 0],
    [2, 1],
    [1, 2],
  ])("before a code is shown when the request has %i documents and the page %i", async (asked, given) => {
    glue.documents = asked;
    const documents = work({ count: given });
    const { scan, states } = await run(given === 0 ? {} : { documents });
    await expect(scan.result).rejects.toMatchObject({ code: "malformed" });
    expect(states).toEqual(["connecting", "failed"]);
    expect(sockets).toHaveLength(0);
    if (given > 0) expect(documents.dispose).toHaveBeenCalledOnce();
  });

  it("tells the phone the platform's refusal, and nothing of single documents", async () => {
    const submit = () => Promise.reject(new ScanSealError("assertion-replayed"));
    await run({ documents: work(), submit }, SCANNED, CHOSEN, asserted(true, true));
    expect(inputs().at(-1)).toBe("outcome assertion-replayed");
  });

  it("by an abort while documents are laid out: no more is begun, and all is disposed of", async () => {
    const first = later<DocumentLayout>();
    const documents = work();
    documents.prepare.mockImplementationOnce(() => first.promise);
    const stop = new AbortController();
    const { scan } = await run({ documents, signal: stop.signal }, SCANNED, CHOSEN);
    const signal = documents.prepare.mock.calls[0]?.[2];
    stop.abort("closed the page");
    await expect(scan.result).rejects.toMatchObject({ code: "cancelled", cause: "closed the page" });
    expect(signal?.aborted).toBe(true);
    first.resolve(LAYOUT);
    await settle();
    expect(documents.prepare).toHaveBeenCalledOnce();
    expect(documents.dispose).toHaveBeenCalledOnce();
    expect(inputs()).toEqual(["cancel"]);
  });

  it("by an abort while documents are finished: the platform never hears of it", async () => {
    const first = later<Uint8Array>();
    const { scan, submit } = await run(
      { documents: work({ finish: () => first.promise }) },
      SCANNED,
      CHOSEN,
      asserted(true, true),
    );
    scan.cancel();
    first.resolve(new Uint8Array([1]));
    await settle();
    expect(submit).not.toHaveBeenCalled();
    await expect(scan.result).rejects.toMatchObject({ code: "cancelled" });
  });
});
