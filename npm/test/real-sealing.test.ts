// Sealing from the code to the file: the real modules against a phone that was written from docs/protocol.md alone, with
// the test as the relay and as the platform.

import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  errorText,
  init,
  type Scan,
  type ScanAnswer,
  type ScanOptions,
  type ScanState,
  startScan,
} from "../src/node.js";
import type { DocumentToSeal } from "../src/pdf/public.js";
import { initPdf, sealDocuments, verifyPdf } from "../src/pdf-node.js";
import { makeSeal, pemToDer } from "./electronic-seal.js";
import { makePdf, root, signer, time, trust } from "./pdf-files.js";
import type { Cbor } from "./phone/cbor.js";
import type { Layout } from "./phone/documents.js";
import { TestPhone } from "./phone/phone.js";
import { ScriptedSocket, socket, sockets } from "./scripted-socket.js";
import { firstCase, signLike, testKey } from "./test-keys.js";

const PHONE_ID = Buffer.alloc(16, 7).toString("base64url");
/** Bytes that one `fetch` may ask for, and how many may be open. */
const FETCH_BYTES = 196_608;
const OPEN_FETCHES = 8;

/** Milliseconds for one step on a machine that is busy with others. */
const PATIENCE = 9000;
vi.setConfig({ testTimeout: 40_000 });

const certificate = pemToDer(signer);
const authority = pemToDer(root);
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
/** With it, a seal needs several frames. */
const large = Buffer.concat([picture, Buffer.alloc(150_000)]);
const seal = makeSeal({ picture: large, millimetres: [42, 42], certificate, maker: authority });
const contract = makePdf({ pages: 3, word: "Party A" });
const scanned = makePdf({ word: "Party A", ballast: 3_000_000 });
const places = [{ type: "keyword", word: "Party A", occurrence: 1 }] as const;
const never = makePdf();

beforeEach(async () => {
  await Promise.all([init(), initPdf()]);
  sockets.length = 0;
  vi.stubGlobal("WebSocket", ScriptedSocket);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A request as a platform makes it. */
function requestFor(originals: readonly Uint8Array[]): string {
  const example = firstCase("request").input.request as string;
  const claims = JSON.parse(Buffer.from(example.split(".")[1] ?? "", "base64url").toString());
  const documents = originals.map((bytes, index) => ({
    name: `采购合同 ${index + 1}`,
    size: bytes.length,
    pages: 3,
    sha256: createHash("sha256").update(bytes).digest("base64url"),
  }));
  const account = { name: "li.na", enterprise: "星海科技有限公司", creditCode: "91440300MA5DA9TH68" };
  return signLike(example, JSON.stringify({ ...claims, op: "seal", documents, account }), testKey("platform"));
}

/** Page, relay, and what the phone has heard. */
class Sealing {
  state: ScanState<string> = { state: "connecting" };
  readonly submit = vi.fn(async (_answer: ScanAnswer) => "accepted");
  readonly scan: Scan<string>;
  phone!: TestPhone;
  /** What the page has said and nobody has taken yet. */
  private readonly heard: [number, ReadonlyMap<number, Cbor>][] = [];
  private taken = 0;

  private constructor(documents: ScanOptions<string>["documents"], request: string) {
    const asked = { request, relay: "wss://relay.example/relay", link: "https://app.example/S", scanned: 300 };
    this.scan = startScan<string>({
      request: async () => asked,
      submit: this.submit,
      ...(documents && { documents }),
    });
    void this.watch(this.scan);
  }

  private async watch(scan: Scan<string>): Promise<void> {
    for await (const state of scan) this.state = state;
  }

  static async begin(toSeal: readonly DocumentToSeal[], originals: readonly Uint8Array[]): Promise<Sealing> {
    const documents = await sealDocuments(
      toSeal.map(({ pdf, options }) => ({ pdf, options: { time, places, ...options } })),
    );
    const sealing = new Sealing(documents, requestFor(originals));
    await vi.waitFor(() => expect(sockets).toHaveLength(1), PATIENCE);
    socket().accept();
    sealing.say({ t: "opened", expires: 180_000, peer: "none" });
    await sealing.join();
    return sealing;
  }

  async join(id = PHONE_ID): Promise<void> {
    const code = await vi.waitFor(() => {
      if (this.state.state !== "waiting") throw new Error(`no code while ${this.state.state}`);
      return this.state.code.text;
    }, PATIENCE);
    const before = this.frames().length;
    this.phone = new TestPhone(code);
    this.say({ t: "peer", state: "joined", phone: id, next: 0, expires: 300_000 });
    this.say(this.phone.hello("测试应用", "Mate 60"));
    this.phone.takeRequest(this.frames()[before] as Uint8Array);
    this.taken = before + 1;
    this.say({ t: "ack", next: 1 });
  }

  say(...messages: readonly (object | ArrayBuffer)[]): void {
    for (const message of messages) {
      socket().receive(message instanceof ArrayBuffer ? message : JSON.stringify(message));
    }
  }

  /** The next message of the page, which the phone acknowledges. */
  async hear(type: number): Promise<ReadonlyMap<number, Cbor>> {
    const [heard, body] = await vi.waitFor(() => {
      for (const frame of this.frames().slice(this.taken)) {
        this.taken += 1;
        const message = this.phone.take(frame);
        this.say({ t: "ack", next: new DataView(frame.buffer, frame.byteOffset).getUint32(0) + 1 });
        if (message) this.heard.push(message);
      }
      const next = this.heard.shift();
      if (next === undefined) throw new Error("the page says nothing");
      return next;
    }, PATIENCE);
    expect(heard).toBe(type);
    return body;
  }

  /** Chooses, and hears how each document will look, or why not. */
  async choose(count: number, chosen = seal): Promise<(Layout | string)[]> {
    this.say(this.phone.progress(2), ...this.phone.choose([certificate, authority], chosen));
    const prepared: (Layout | string)[] = [];
    for (let index = 0; index < count; index += 1) {
      const body = await this.hear(8);
      prepared[body.get(0) as number] = (body.get(1) as string | undefined) ?? layoutOf(body);
    }
    return prepared;
  }

  async fetch(document: number, part: "original" | "appended", length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let asked = 0;
    for (let at = 0; at < length; at += FETCH_BYTES) {
      for (; asked < length && asked < at + OPEN_FETCHES * FETCH_BYTES; asked += FETCH_BYTES) {
        this.say(this.phone.fetch(document, part, asked, Math.min(FETCH_BYTES, length - asked)));
      }
      pieces.push((await this.hear(10)).get(0) as Buffer);
    }
    return Buffer.concat(pieces);
  }

  /** Fetches what is appended to each document and signs, leaving out what cannot be. */
  async seal(prepared: readonly (Layout | string)[]): Promise<void> {
    const documents = [];
    for (const [index, layout] of prepared.entries()) {
      const appended = typeof layout === "string" ? undefined : await this.fetch(index, "appended", layout.appended);
      documents.push(typeof layout === "string" || !appended ? undefined : { layout, appended });
    }
    this.say(this.phone.progress(4), this.phone.seal(testKey("pdf signer"), [certificate, authority], documents));
  }

  /** What the platform got. */
  async answer(): Promise<ScanAnswer> {
    return vi.waitFor(() => {
      const [answer] = this.submit.mock.calls[0] ?? [];
      if (answer === undefined) throw new Error("nothing was submitted");
      return answer;
    }, PATIENCE);
  }

  /** All frames of the page on this socket. */
  private frames(): Uint8Array[] {
    return socket().sent.filter((sent): sent is Uint8Array => typeof sent !== "string");
  }
}

function layoutOf(body: ReadonlyMap<number, Cbor>): Layout {
  const [state, tail, appended, begin, end, attributes] = [2, 3, 4, 5, 6, 7].map((key) => body.get(key));
  return {
    state: state as Buffer,
    tail: tail as Buffer,
    appended: appended as number,
    gap: [begin as number, end as number],
    attributes: attributes as Buffer,
  };
}

describe("sealing by scan", () => {
  it("goes from the code to files that pass, with the phone looking at all of it", async () => {
    const originals = [contract, scanned];
    const sealing = await Sealing.begin([{ pdf: contract }, { pdf: new Blob([scanned as BlobPart]) }], originals);
    expect(sealing.phone.documents.map(({ name }) => name)).toEqual(["采购合同 1", "采购合同 2"]);
    const prepared = await sealing.choose(2);
    for (const [index, original] of originals.entries()) {
      expect((await sealing.fetch(index, "original", original.length)).equals(original)).toBe(true);
    }
    await sealing.seal(prepared);
    const { assertion, channelBinding, documents = [], seal: chosen } = await sealing.answer();
    expect(seal.equals(chosen ?? new Uint8Array())).toBe(true);
    expect(channelBinding).toBe(sealing.phone.channelBinding);
    const claims = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString());
    for (const [index, original] of originals.entries()) {
      const document = documents[index];
      if (document === undefined || !("appended" in document)) throw new Error(`not sealed: ${document?.code}`);
      const file = Buffer.concat([original, document.appended]);
      const report = await verifyPdf(file, trust);
      expect(report.document.verdict).toBe("passed");
      expect(report.signatures[0]).toMatchObject({ coverage: "whole-file", level: "B-B", appearance: [{ page: 1 }] });
      const [, length, start] = report.signatures[0]?.byteRange ?? [];
      const covered = createHash("sha256").update(file.subarray(0, length)).update(file.subarray(start));
      expect(claims.documents[index]).toBe(covered.digest("base64url"));
    }
    expect([...(await sealing.hear(6))]).toEqual([[2, ["", ""]]]);
    expect(sealing.state).toEqual({ state: "done", result: "accepted" });
    expect(await sealing.scan.result).toBe("accepted");
  });

  it("of an enterprise without a seal shows nothing, and passes", async () => {
    const sealing = await Sealing.begin([{ pdf: contract }], [contract]);
    await sealing.seal(await sealing.choose(1, Buffer.alloc(0)));
    const answer = await sealing.answer();
    expect(answer).not.toHaveProperty("seal");
    const [document] = answer.documents ?? [];
    if (document === undefined || !("appended" in document)) throw new Error("not sealed");
    const { signatures } = await verifyPdf(Buffer.concat([contract, document.appended]), trust);
    expect(signatures[0]).toMatchObject({ verdict: "passed", appearance: [] });
  });

  it("leaves out what cannot be sealed, says why to both ends, and seals the rest", async () => {
    const sealing = await Sealing.begin([{ pdf: never }, { pdf: contract }], [never, contract]);
    const prepared = await sealing.choose(2);
    expect(prepared[0]).toBe("no-text-layer");
    expect(errorText("no-text-layer", "zh-Hans").cause).not.toBe("");
    await sealing.seal(prepared);
    const { documents } = await sealing.answer();
    expect(documents).toEqual([{ code: "no-text-layer" }, { appended: expect.any(Uint8Array) }]);
    expect([...(await sealing.hear(6))]).toEqual([[2, ["no-text-layer", ""]]]);
  });

  it("is laid out anew for the next phone after one that was not the user's", async () => {
    const sealing = await Sealing.begin([{ pdf: contract }], [contract]);
    await sealing.choose(1);
    sealing.say(sealing.phone.fetch(0, "original", 0, 1000));
    sealing.scan.notMe();
    await sealing.join(Buffer.alloc(16, 8).toString("base64url"));
    const small = makeSeal({ picture, millimetres: [20, 20], certificate, maker: authority });
    await sealing.seal(await sealing.choose(1, small));
    expect([...(await sealing.hear(6))]).toEqual([[2, [""]]]);
  });

  it("of another document than the platform's gets no signature of a phone that looks", async () => {
    const sealing = await Sealing.begin([{ pdf: contract }], [makePdf({ pages: 3, word: "Party B" })]);
    await expect(sealing.seal(await sealing.choose(1))).rejects.toThrow("the state is not that of the document");
    sealing.scan.cancel();
  });

  it("fails with the reason when the page has another document, shorter than the platform's", async () => {
    const sealing = await Sealing.begin([{ pdf: contract }], [scanned]);
    await sealing.choose(1);
    sealing.say(sealing.phone.fetch(0, "original", contract.length - 10, 20));
    await expect(sealing.scan.result).rejects.toMatchObject({ code: "document-changed" });
    const sent = socket().sent.filter((message) => typeof message === "string");
    expect(sent.map((message) => JSON.parse(message as string))).toContainEqual({ t: "close", code: "cancelled" });
  });

  it("of a request with other documents than the page's does not begin", async () => {
    const documents = await sealDocuments([{ pdf: contract }]);
    const request = async () => ({
      request: requestFor([contract, scanned]),
      relay: "wss://relay.example/relay",
      link: "https://app.example/S",
    });
    const scan = startScan({ request, submit: async () => "", documents });
    await expect(scan.result).rejects.toMatchObject({
      code: "malformed",
      detail: expect.stringContaining("2 documents"),
    });
    expect(sockets).toHaveLength(0);
    await expect(documents.prepare(0, { certificates: "", seal }, new AbortController().signal)).rejects.toThrow();
  });
});
