// Brings everything that the other recipes need, or says what is missing and how to get it.

import { installPackages } from "./lib/parts.mjs";
import { main } from "./lib/run.mjs";
import { useInstalledRust } from "./lib/rust.mjs";
import { ensurePrograms, forTesting } from "./lib/system.mjs";
import { wasmToolchain } from "./lib/wasm-toolchain.mjs";

await main(async () => {
  useInstalledRust();
  await installPackages();
  const { way } = await wasmToolchain();
  console.error(`WebAssembly is compiled by ${way}.`);
  await ensurePrograms(forTesting);
  console.error("Everything is there.");
});
