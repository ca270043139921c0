// The Web Worker that does the work, so that the page stays responsive. Bundled into one classic script
// (`dist/pdf-worker.js`): module workers came to Firefox only with version 114.

import { ScanSealError } from "../errors.js";
import { loadModule } from "./engine.js";
import { moduleFor, type Report, type Step, type Task } from "./messages.js";
import { Meter } from "./meter.js";
import { webHasher } from "./web-hash.js";
import { find, type Host, prepare, type Sealing, verify } from "./work.js";

let sealing: Sealing | undefined;

self.onmessage = async ({ data }: MessageEvent<Task | Step>) => {
  try {
    tell({ kind: "done", result: await ("module" in data ? start(data) : goOn(data)) });
  } catch (error) {
    const { code, detail } = ScanSealError.from(error);
    tell({ kind: "failed", code, detail });
  }
};

async function start({ module, pdf, work }: Task): Promise<unknown> {
  loadModule(moduleFor(work), module);
  const meter = new Meter(pdf.size, (progress) => tell({ kind: "progress", progress }));
  const bytes = await read(pdf);
  meter.add("reading", bytes.length);
  const result = await run(bytes, work, { hasher: webHasher, meter });
  meter.end();
  return result;
}

async function run(bytes: Uint8Array, work: Task["work"], host: Host): Promise<unknown> {
  if (work.kind === "verify") return verify(bytes, work.input, host);
  if (work.kind === "find") return find(bytes, work.input, host);
  sealing = await prepare(bytes, work.input, work.picture, host);
  return { ...sealing.description, toBeSigned: sealing.toBeSigned };
}

function goOn(step: Step): Uint8Array {
  if (sealing === undefined) throw new Error("nothing was prepared");
  if (step.kind === "timestamp-request") return sealing.timestampRequest(step.signature);
  return sealing.finish(step.signature, step.timestamp);
}

/** In one go: in pieces it takes twice as long. */
async function read(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    // A file that was changed or removed after the user chose it is not given out any more (File API 7.1).
    const detail = `the file cannot be read any more: ${cause}`;
    throw new ScanSealError("document-changed", { detail, cause });
  }
}

function tell(report: Report): void {
  self.postMessage(report);
}
