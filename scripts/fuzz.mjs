// Fuzzes: `node scripts/fuzz.mjs SECONDS [TARGET ...]`, every target without a name.

import { fuzz } from "./lib/fuzz.mjs";
import { main, PlainError } from "./lib/run.mjs";
import { useInstalledRust } from "./lib/rust.mjs";

await main(async ([seconds, ...names]) => {
  if (!/^[1-9][0-9]*$/.test(seconds ?? "")) throw new PlainError("usage: fuzz SECONDS [TARGET ...]");
  useInstalledRust();
  await fuzz(Number(seconds), names);
});
