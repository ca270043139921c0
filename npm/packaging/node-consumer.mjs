// A Node project that has installed the package.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { init, ScanSealError, startScan } from "scanseal";
import { ScanQrElement } from "scanseal/element";
import { init as initInline } from "scanseal/inline";
import { sealDocuments, verifyPdf } from "scanseal/pdf";
import { PlacerElement } from "scanseal/placer";
import { ReportElement } from "scanseal/report";
import { verifyAssertion, verifyPdf as verifyPdfOnServer, verifyTrustList } from "scanseal/server";
import { openDocument } from "scanseal/viewer";

assert.equal(typeof ScanQrElement, "function", "the element's class can be imported where there is no browser");

assert.equal(typeof PlacerElement, "function", "the element's class can be imported where there is no browser");
assert.equal(typeof ReportElement, "function", "the element's class can be imported where there is no browser");
assert.equal(typeof openDocument, "function", "the viewer can be imported where there is no browser");

await init();
await initInline();

const request = async () => ({ request: "none", relay: "wss://relay.example/relay", link: "https://app.example/S" });
const scan = startScan({ request, submit: async () => "" });
await assert.rejects(scan.result, (error) => error instanceof ScanSealError && error.code === "malformed");

const verdict = verifyTrustList({ trustList: "none", listKeys: [] });
assert.deepEqual([verdict.verified, verdict.code], [false, "trust-list-invalid"]);
const answer = { assertion: "none", channelBinding: "none", request: "none", trustList: "none", listKeys: [] };
assert.throws(() => verifyAssertion(answer), /^ScanSealError: malformed: request/);

assert.equal(verifyPdf, verifyPdfOnServer);
const report = await verifyPdf(new TextEncoder().encode("no PDF"));
assert.equal(report.document.verdict, "unreadable");

const certificates = readFileSync(new URL("signer.pem", import.meta.url), "utf8");
const documents = await sealDocuments([{ pdf: new TextEncoder().encode("no PDF") }]);
const choice = { certificates, seal: new Uint8Array() };
await assert.rejects(
  documents.prepare(0, choice, new AbortController().signal),
  (error) => error instanceof ScanSealError && error.code === "document-damaged",
);
documents.dispose();

for (const name of ["sdk.wasm", "pdf-verify.wasm", "pdf-seal.wasm"]) {
  const wasm = readFileSync(fileURLToPath(import.meta.resolve(`scanseal/${name}`)));
  assert.equal(wasm.subarray(1, 4).toString(), "asm");
}
assert.match(readFileSync(fileURLToPath(import.meta.resolve("scanseal/pdf-worker.js")), "utf8"), /^[^\n]*onmessage/);
const manifest = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("scanseal/custom-elements.json")), "utf8"));
const tags = manifest.modules.flatMap(({ declarations }) => declarations.map(({ tagName }) => tagName));
assert.deepEqual(tags.filter(Boolean).sort(), ["scanseal-placer", "scanseal-qr", "scanseal-report"]);
assert.match(readFileSync(fileURLToPath(import.meta.resolve("scanseal/viewer-assets/pdfjs-worker.js")), "utf8"), /PDF/);
