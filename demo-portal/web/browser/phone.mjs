// A phone for the sealing page, without the scan: it stands in for `<scanseal-qr>`, chooses a seal, and signs what the
// page has laid out. The documents are real, and so is what comes of them.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { WebSocketServer } from "ws";
import { sealPng } from "../../../npm/browser/seal.mjs";

const TESTS = path.resolve(import.meta.dirname, "../../../npm/test");

/** The package's own test keys and its maker of electronic seals, which are in TypeScript. */
async function fromTests() {
  const contents = `
    export { makeSeal, pemToDer } from "./electronic-seal.js";
    export { root, signer, crl, signed, time } from "./pdf-files.js";`;
  const folder = mkdtempSync(path.join(tmpdir(), "scanseal-web-"));
  try {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: TESTS, loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      write: false,
      define: { "import.meta.url": JSON.stringify(pathToFileURL(path.join(TESTS, "any.ts")).href) },
    });
    const file = path.join(folder, "tests.mjs");
    writeFileSync(file, outputFiles[0].contents);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Certificates, a seal, and how to sign. */
export async function makePhone() {
  const { makeSeal, pemToDer, root, signer, crl, signed, time } = await fromTests();
  const certificate = pemToDer(signer);
  const seal = makeSeal({ picture: sealPng(), millimetres: [42, 42], certificate, maker: pemToDer(root) });
  return { certificates: `${signer}${root}`, seal, signed, root, crl, time };
}

/** Goes into the page before its own scripts: the package defines an element only if there is none of its name. */
export function standIn() {
  class StandIn extends HTMLElement {
    #asked = false;
    connectedCallback() {
      this.style.cssText = "display:block;inline-size:18.5rem;block-size:24rem";
      setTimeout(() => this.ask());
    }
    async ask() {
      if (this.#asked) return;
      this.#asked = true;
      this.say({ state: "connecting" });
      try {
        const context = { signal: new AbortController().signal };
        await this.request(context);
        this.work = await this.documents(context);
        this.say({ state: "waiting" });
      } catch (error) {
        this.end("scan-error", { code: error.code, error });
      }
    }
    say(state) {
      const phone = { phone: { app: "ScanSeal", device: "Redmi K70" }, checkNumber: "4821", phoneAway: false };
      this.end("scan-state", { ...phone, expiresAt: performance.now() + 300_000, reconnecting: false, ...state });
    }
    end(type, detail) {
      this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
    }
    /** Lays out every document; gives what is to be signed, or a code. */
    async choose(certificates, seal) {
      const { signal } = new AbortController();
      const laidOut = [];
      for (let document = 0; document < this.work.count; document += 1) {
        try {
          const layout = await this.work.prepare(document, { certificates, seal: new Uint8Array(seal) }, signal);
          laidOut.push([...layout.attributes]);
        } catch (error) {
          laidOut.push(error.code);
        }
      }
      return laidOut;
    }
    async look(document, length) {
      return (await this.work.read(document, "original", 0, length)).length;
    }
    /** Signatures, one for each document; `null` leaves it out. */
    async sign(signatures) {
      const { signal } = new AbortController();
      const documents = [];
      for (const [document, signature] of signatures.entries()) {
        if (signature === null) documents.push({ code: "refused" });
        else documents.push({ appended: await this.work.finish(document, new Uint8Array(signature), signal) });
      }
      this.say({ state: "submitting" });
      const answer = { assertion: "an.assertion.jws", channelBinding: "A".repeat(43), documents };
      try {
        const result = await this.submit(answer, { signal });
        this.told = this.documentCodes(result);
        this.say({ state: "done", result });
        this.end("scan-complete", { result });
      } catch (error) {
        this.told = error.code;
        this.end("scan-error", { code: error.code, error });
      }
    }
  }
  customElements.define("scanseal-qr", StandIn);
}

/** A relay that lets a page open its session, and nobody else in. */
export async function startRelay() {
  const server = new WebSocketServer({ port: 0, host: "localhost", handleProtocols: () => "scanseal.v1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => {
    socket.on("message", (message) => {
      if (JSON.parse(message.toString()).t !== "open") return;
      socket.send(JSON.stringify({ t: "opened", expires: 180_000, peer: "none" }));
    });
  });
  return {
    url: `ws://localhost:${server.address().port}`,
    close: () => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
