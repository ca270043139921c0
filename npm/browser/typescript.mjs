// What the unit tests have in TypeScript, for the tests in a browser.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Imports a file of `npm/test`. */
export async function fromTests(name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../test/${name}`, import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
