// Builds everything that the demo needs.

import { buildPackages, buildPrograms, buildWasm, installPackages } from "./lib/parts.mjs";
import { main } from "./lib/run.mjs";
import { useInstalledRust } from "./lib/rust.mjs";
import { ensurePrograms, forBuilding } from "./lib/system.mjs";

await main(async () => {
  useInstalledRust();
  await ensurePrograms(forBuilding);
  await installPackages();
  await buildWasm();
  await buildPackages();
  await buildPrograms();
});
