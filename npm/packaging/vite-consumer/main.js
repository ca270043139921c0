// Loads the module both ways, has the worker look at a file and the viewer open one, and lets the element run into a request that fails.

import { init } from "scanseal";
import "scanseal/element";
import { init as initInline } from "scanseal/inline";
import "scanseal/placer";
import { verifyPdf } from "scanseal/pdf";
import "scanseal/report";

const result = {};

async function run() {
  await init();
  result.url = "ready";
  await initInline();
  result.inline = "ready";
  const report = await verifyPdf(new Blob(["no PDF"]));
  result.pdf = report.document.verdict;
  result.report = await showReport(report);
  result.placer = await openInPlacer();
  const element = document.createElement("scanseal-qr");
  element.request = () => Promise.reject(new Error("no platform here"));
  element.submit = async () => undefined;
  element.addEventListener("scan-error", ({ detail }) => {
    result.code = detail.code;
    result.element = element.dataset.state;
    globalThis.result = result;
  });
  document.body.append(element);
}

/** What the element says of a report. */
async function showReport(report) {
  const element = document.createElement("scanseal-report");
  element.report = report;
  document.body.append(element);
  await element.updateComplete;
  return element.shadowRoot.querySelector("h2").textContent;
}

/** The number of pages of a PDF with a blank one. */
async function openInPlacer() {
  const placer = document.createElement("scanseal-placer");
  const opened = new Promise((resolve, reject) => {
    placer.addEventListener("placer-ready", ({ detail }) => resolve(detail.pages));
    placer.addEventListener("placer-error", ({ detail }) => reject(detail.error));
  });
  const page = "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj ";
  const pages = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj ";
  // Without a table of its objects: the reader finds them by itself.
  placer.file = new Blob([`%PDF-1.4\n${pages}${page}trailer<</Root 1 0 R>>`]);
  document.body.append(placer);
  return opened;
}

run().catch((error) => {
  globalThis.result = { failed: String(error) };
});
