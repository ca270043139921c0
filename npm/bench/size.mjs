// What a page loads of ScanSeal, compressed as web servers do.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bytes of the scan module: the WebAssembly, and the script of a page that uses `init` and `startScan`. */
export async function scanModuleSize() {
  const wasm = compressed(readFileSync(`${root}/wasm/scan/scan_bg.wasm`));
  const script = await scriptSize(
    'import { init, startScan, ScanSealError } from "./dist/index.js"; console.log(init, startScan, ScanSealError);',
  );
  return { wasm, script, total: wasm + script };
}

/** What a page that verifies or seals calls. */
const pdfFunctions = {
  verify: ["verifyPdf"],
  seal: ["findKeyword", "prepareSeal", "finishSeal", "sealDocuments"],
};

/** Bytes of all that verifying or sealing PDFs needs (`verify`, `seal`): the WebAssembly, the worker, and the page's script. */
export async function pdfModuleSize(name) {
  const wasm = compressed(readFileSync(`${root}/wasm/pdf-${name}/pdf-${name}_bg.wasm`));
  const worker = compressed(readFileSync(`${root}/dist/pdf-worker.js`));
  const names = ["initPdf", "ScanSealError", ...pdfFunctions[name]].join(", ");
  const script = await scriptSize(`import { ${names} } from "./dist/pdf.js"; console.log(${names});`);
  return { wasm, worker, script, total: wasm + worker + script };
}

/** Bytes of the script of a page that uses the element, lit included. */
export function elementSize() {
  return scriptSize('import "./dist/element.js";');
}

/** Bytes of the script of a page that places seals, lit included, and of what it loads once a PDF is opened. */
export async function placerSize() {
  const viewer = readFileSync(`${root}/dist/viewer/pdfjs.js`);
  const worker = readFileSync(`${root}/dist/viewer/assets/pdfjs-worker.js`);
  return {
    script: await scriptSize('import "./dist/placer.js";', ["./pdfjs.js"]),
    viewer: compressed(viewer),
    worker: compressed(worker),
  };
}

/** Bytes of the script of a page that shows reports, lit and both languages included. */
export function reportSize() {
  return scriptSize('import "./dist/report.js";', ["./pdfjs.js"]);
}

async function scriptSize(contents, external = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    conditions: ["production"],
    external,
    write: false,
  });
  return compressed(outputFiles[0].contents);
}

function compressed(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}
