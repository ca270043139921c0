// Removes everything that builds, tests and the demo wrote.

import { rmSync } from "node:fs";
import path from "node:path";
import { packages, wasmModules } from "./lib/parts.mjs";
import { main, root, targetDir } from "./lib/run.mjs";

await main(() => {
  const generated = [
    targetDir,
    "demo-data",
    "node_modules",
    "tests/e2e/shots",
    "tests/fuzz/corpus",
    ...packages.flatMap((folder) => [`${folder}/dist`, `${folder}/node_modules`]),
    ...Object.values(wasmModules).map(({ out }) => out),
  ];
  for (const folder of generated) rmSync(path.resolve(root, folder), { recursive: true, force: true });
});
