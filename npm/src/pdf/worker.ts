// The Web Worker that does the work, so that the page stays responsive. Bundled into one classic script
// (`dist/pdf-worker.js`): module workers came to Firefox only with version 114.

import { ScanSealError } from "../errors.js";
import { BlobOriginal } from "./blob-original.js";
import { loadModule } from "./engine.js";
import { Layouts } from "./layouts.js";
import { type DocumentStep, type FileWork, moduleFor, type Report, type Step, type Task } from "./messages.js";
import { Meter } from "./meter.js";
import { unreadable } from "./unreadable.js";
import { webHasher } from "./web-hash.js";
import { find, type Host, prepare, type Sealing, verify } from "./work.js";

let sealing: Sealing | undefined;
let layouts: Layouts | undefined;
let hashed: (bytes: number) => void;

self.onmessage = async ({ data }: MessageEvent<Task | Step | DocumentStep>) => {
  try {
    tell({ kind: "done", result: await answer(data) });
  } catch (error) {
    const { code, detail } = ScanSealError.from(error);
    tell({ kind: "failed", code, detail });
  }
};

function answer(message: Task | Step | DocumentStep): unknown {
  if ("module" in message) return start(message);
  return "document" in message ? documentStep(message) : goOn(message);
}

async function start(task: Task): Promise<unknown> {
  loadModule(moduleFor("work" in task ? task.work.kind : undefined), task.module);
  if ("documents" in task) return startDocuments(task.documents);
  const { pdf, work } = task;
  const meter = new Meter(pdf.size, (progress) => tell({ kind: "progress", progress }));
  const bytes = await read(pdf);
  meter.add("reading", bytes.length);
  const result = await run(bytes, work, { hasher: webHasher, meter });
  meter.end();
  return result;
}

function startDocuments(documents: readonly Blob[]): void {
  layouts = new Layouts(documents.map((document) => new BlobOriginal(document)));
  const total = documents.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  hashed = (bytes) => {
    done += bytes;
    tell({ kind: "progress", progress: { phase: "hashing", done, total } });
  };
}

function documentStep(step: DocumentStep): unknown {
  if (layouts === undefined) throw new Error("no documents were given");
  const { document } = step;
  if (step.kind === "hash") return layouts.hash(document, hashed);
  if (step.kind === "finish") return layouts.finish(document, step.signature);
  const { appended, ...layout } = layouts.layOut(document, step.input, step.seal);
  // A blob's bytes are the browser's to keep, of which there is one copy.
  return { ...layout, appended: new Blob([appended as BlobPart]) };
}

async function run(bytes: Uint8Array, work: FileWork, host: Host): Promise<unknown> {
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
    throw unreadable(cause);
  }
}

function tell(report: Report): void {
  self.postMessage(report);
}
