// A Node project that has installed the package.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { init, ScanSealError, startScan } from "scanseal";
import { ScanQrElement } from "scanseal/element";
import { init as initInline } from "scanseal/inline";
import { verifyAssertion, verifyTrustList } from "scanseal/server";

assert.equal(typeof ScanQrElement, "function", "the element's class can be imported where there is no browser");

await init();
await initInline();

const request = async () => ({ request: "none", relay: "wss://relay.example/relay", link: "https://app.example/S" });
const scan = startScan({ request, submit: async () => "" });
await assert.rejects(scan.result, (error) => error instanceof ScanSealError && error.code === "malformed");

const verdict = verifyTrustList({ trustList: "none", listKeys: [] });
assert.deepEqual([verdict.verified, verdict.code], [false, "trust-list-invalid"]);
const answer = { assertion: "none", channelBinding: "none", request: "none", trustList: "none", listKeys: [] };
assert.throws(() => verifyAssertion(answer), /^ScanSealError: malformed: request/);

const wasm = readFileSync(fileURLToPath(import.meta.resolve("scanseal/sdk.wasm")));
assert.equal(wasm.subarray(1, 4).toString(), "asm");
const manifest = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("scanseal/custom-elements.json")), "utf8"));
assert.equal(manifest.modules[0].declarations[0].tagName, "scanseal-qr");
