/** Makes the service worker of the verify page: what it has to keep is known only when everything is built. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import type { Plugin } from "vite";

const PAGE = resolve(import.meta.dirname, "verify.html");
const SOURCE = resolve(import.meta.dirname, "src/verify/service-worker.js");
/** Whatever lies beside the page in the folder of what is served as it is. */
const BESIDE = ["/verify", "/mark.svg"];
/** Of what belongs to the package, the page never asks for these. */
const UNUSED = /^pdf-seal|^pdf-worker|^sdk_bg|^scan_bg/;

interface BuiltChunk {
  type: "chunk";
  fileName: string;
  facadeModuleId: string | null;
  imports: string[];
  dynamicImports: string[];
  viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> };
}

/**
 * Emits `verify-sw.js`, and copies of the workers below `verify/`: a browser asks a service worker for the script of a
 * worker only if that lies in its scope.
 */
export function offlineVerifyPage(): Plugin {
  return {
    name: "offline-verify-page",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = new Map<string, BuiltChunk>();
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") chunks.set(file.fileName, file as unknown as BuiltChunk);
      }
      const entry = [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId?.endsWith("/verify.html"));
      if (entry === undefined) throw new Error("the verify page is no entry of this build");
      const digest = createHash("sha256");
      const copies: string[] = [];
      for (const [name, path] of workers()) {
        const source = readFileSync(path);
        digest.update(source);
        this.emitFile({ type: "asset", fileName: name, source });
        copies.push(`/${name}`);
      }
      const copied = new Set(copies.map((path) => basename(path, ".js").replace(/\.\w+$/, "")));
      const belongs = (name: string): boolean => {
        const file = basename(name);
        return !UNUSED.test(file) && ![...copied].some((copy) => file.startsWith(`${copy}-`));
      };
      const files = [...BESIDE, ...[...reached(entry, chunks)].filter(belongs).map((name) => `/${name}`), ...copies];
      const source = readFileSync(SOURCE, "utf8");
      digest.update(JSON.stringify(files)).update(source).update(readFileSync(PAGE));
      const kept = `verify-files-${digest.digest("hex").slice(0, 12)}`;
      this.emitFile({
        type: "asset",
        fileName: "verify-sw.js",
        source: `const KEPT = ${JSON.stringify(kept)};\nconst FILES = ${JSON.stringify(files, null, 2)};\n\n${source}`,
      });
    },
  };
}

/** What the viewer and the engine start as workers or load by address, with their places below `verify/`. */
function workers(): [string, string][] {
  const built = dirname(createRequire(import.meta.url).resolve("scanseal/pdf-worker.js"));
  const assets = join(built, "viewer/assets");
  return [
    ["verify/pdf-worker.js", join(built, "pdf-worker.js")],
    ...readdirSync(assets).map((name): [string, string] => [`verify/viewer/${name}`, join(assets, name)]),
  ];
}

/** Files that the entry loads, at once or later. */
function reached(entry: BuiltChunk, chunks: Map<string, BuiltChunk>): Set<string> {
  const found = new Set<string>();
  const visit = (chunk: BuiltChunk): void => {
    if (found.has(chunk.fileName)) return;
    found.add(chunk.fileName);
    for (const name of chunk.viteMetadata?.importedCss ?? []) found.add(name);
    for (const name of chunk.viteMetadata?.importedAssets ?? []) found.add(name);
    for (const name of [...chunk.imports, ...chunk.dynamicImports]) {
      const next = chunks.get(name);
      if (next) visit(next);
    }
  };
  visit(entry);
  return found;
}
