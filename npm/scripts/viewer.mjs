// Bundles pdf.js for the viewer, and copies what it loads besides.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const pdfjs = path.dirname(require.resolve("pdfjs-dist/package.json"));
const coreJs = path.dirname(require.resolve("core-js/package.json"));

/** After `tsc`, whose `dist/viewer/pdfjs.js` becomes the bundle of what it imports. */
export async function buildViewer(root) {
  const viewer = path.join(root, "dist/viewer");
  const assets = path.join(viewer, "assets");
  mkdirSync(assets, { recursive: true });
  const shared = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    target: "es2020",
    legalComments: "none",
    banner: { js: "/* pdf.js (Apache-2.0) and core-js (MIT): see licenses/ beside the viewer's scripts. */" },
    // `sideEffects` of the package speaks of what is published, not of the sources.
    ignoreAnnotations: true,
    plugins: [withoutLateImports(root)],
  };
  await build({
    ...shared,
    entryPoints: ["src/viewer/pdfjs.ts"],
    outfile: "dist/viewer/pdfjs.js",
    format: "esm",
    platform: "browser",
  });
  await build({
    ...shared,
    entryPoints: ["src/viewer/pdfjs-worker.ts"],
    outfile: "dist/viewer/assets/pdfjs-worker.js",
    format: "iife",
    platform: "browser",
    // The decoder of pictures makes an address of it that it does not use.
    define: { "import.meta.url": "self.location.href" },
  });
  // Its types are pdf.js's, which the package does not bring along; nobody outside needs them.
  rmSync(path.join(viewer, "pdfjs.d.ts"), { force: true });
  packCharacterMaps(assets);
  for (const name of ["jbig2.wasm", "openjpeg.wasm"])
    copyFileSync(path.join(pdfjs, "wasm", name), path.join(assets, name));
  // Helvetica and its like come from the system; these two it may not have.
  for (const name of ["FoxitDingbats.pfb", "FoxitSymbol.pfb"])
    copyFileSync(path.join(pdfjs, "standard_fonts", name), path.join(assets, name));
  copyLicences(path.join(viewer, "licenses"));
}

/**
 * pdf.js without the scripts that it would load late: decoders for pages without WebAssembly, and the worker's half for
 * pages without workers, which would freeze. Vite's development server makes a module of a script that has `import()`.
 * Its half in the page goes on drawing where no frames are painted.
 */
function withoutLateImports(root) {
  const frames = JSON.stringify(path.join(root, "src/viewer/frames.ts"));
  return {
    name: "without late imports",
    setup({ onLoad }) {
      onLoad({ filter: /pdfjs-dist.legacy.build.pdf(\.worker)?\.mjs$/ }, ({ path: file }) => {
        const source = readFileSync(file, "utf8");
        let contents = replaced(file, source, /\bimport\(/g, "importNothing(");
        contents += `
const importNothing = (name) => Promise.reject(new Error(name + " is not part of the viewer"));`;
        if (file.includes("worker")) return { contents, loader: "js" };
        contents = replaced(file, contents, /\bwindow\.requestAnimationFrame\(/g, "nextFrame(");
        contents = replaced(file, contents, /\bwindow\.cancelAnimationFrame\(/g, "cancelFrame(");
        return { contents: `${contents}\nimport { cancelFrame, nextFrame } from ${frames};`, loader: "js" };
      });
    },
  };
}

function replaced(file, source, pattern, by) {
  const contents = source.replace(pattern, by);
  if (contents === source) throw new Error(`${file} has no ${pattern} any more: is this needed?`);
  return contents;
}

/** Two files of the many: those of Simplified Chinese, and the others. `Pack` in `src/viewer/binary-data.ts` reads them. */
function packCharacterMaps(assets) {
  const folder = path.join(pdfjs, "cmaps");
  const names = readdirSync(folder).filter((name) => name.endsWith(".bcmap"));
  const chinese = (name) => name.includes("GB");
  writeFileSync(path.join(assets, "cmaps-gb.bin"), pack(folder, names.filter(chinese)));
  writeFileSync(
    path.join(assets, "cmaps-other.bin"),
    pack(
      folder,
      names.filter((name) => !chinese(name)),
    ),
  );
}

function pack(folder, names) {
  const index = {};
  const entries = [];
  let offset = 0;
  for (const name of names.sort()) {
    const bytes = readFileSync(path.join(folder, name));
    index[name.replace(".bcmap", "")] = [offset, bytes.length];
    entries.push(bytes);
    offset += bytes.length;
  }
  const head = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...entries]);
}

function copyLicences(folder) {
  mkdirSync(folder, { recursive: true });
  const copy = (from, to) => copyFileSync(from, path.join(folder, to));
  copy(path.join(pdfjs, "LICENSE"), "pdfjs.txt");
  copy(path.join(pdfjs, "cmaps/LICENSE"), "cmaps.txt");
  copy(path.join(pdfjs, "standard_fonts/LICENSE_FOXIT"), "foxit-fonts.txt");
  for (const name of ["JBIG2", "OPENJPEG", "PDFJS_JBIG2", "PDFJS_OPENJPEG"])
    copy(path.join(pdfjs, "wasm", `LICENSE_${name}`), `${name.toLowerCase().replace("_", "-")}.txt`);
  copy(path.join(coreJs, "LICENSE"), "core-js.txt");
}
