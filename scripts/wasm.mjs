// Builds the WebAssembly modules: `node scripts/wasm.mjs [NAME ...]`, all of them without a name.

import { buildWasm, installPackages } from "./lib/parts.mjs";
import { main } from "./lib/run.mjs";
import { useInstalledRust } from "./lib/rust.mjs";

await main(async (names) => {
  useInstalledRust();
  await installPackages();
  await buildWasm(names);
});
