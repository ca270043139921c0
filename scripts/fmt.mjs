// Formats all code.

import { installPackages } from "./lib/parts.mjs";
import { main, npmProgram, run } from "./lib/run.mjs";
import { useInstalledRust } from "./lib/rust.mjs";

await main(async () => {
  useInstalledRust();
  await installPackages();
  await run("cargo", ["fmt", "--all"]);
  await run("cargo", ["fmt", "--manifest-path", "tests/fuzz/Cargo.toml"]);
  await run(npmProgram("biome"), ["check", "--write"]);
});
