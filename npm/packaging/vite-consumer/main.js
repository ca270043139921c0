// Loads the module both ways, has the worker look at a file, and lets the element run into a request that fails.

import { init } from "scanseal";
import "scanseal/element";
import { init as initInline } from "scanseal/inline";
import { verifyPdf } from "scanseal/pdf";

const result = {};

async function run() {
  await init();
  result.url = "ready";
  await initInline();
  result.inline = "ready";
  result.pdf = (await verifyPdf(new Blob(["no PDF"]))).document.verdict;
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

run().catch((error) => {
  globalThis.result = { failed: String(error) };
});
