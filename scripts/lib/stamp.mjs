// Skipping a step whose inputs did not change since it last succeeded.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, step, targetDir } from "./run.mjs";

// What builds write, not what they read.
const generated = new Set([".git", "coverage", "dist", "node_modules", "target"]);

/**
 * Does `action` as a step unless all `outputs` exist and the contents of `inputs` are those of its last success.
 * Inputs and outputs are files or folders, relative to the workspace; `settings` is any text that matters too.
 */
export async function stepIfChanged(name, { inputs, outputs, settings = "" }, action) {
  const stamp = path.join(targetDir, "stamps", name.replace(/[^a-z0-9]+/gi, "-"));
  const digest = digestOf(inputs, settings);
  const same = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (same && outputs.every((output) => existsSync(path.resolve(root, output)))) return;
  await step(name, action);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

function digestOf(inputs, settings) {
  const hash = createHash("sha256").update(settings);
  for (const input of inputs) addTo(hash, path.resolve(root, input));
  return hash.digest("hex");
}

function addTo(hash, file) {
  const status = statSync(file, { throwIfNoEntry: false });
  if (status?.isDirectory()) {
    for (const name of readdirSync(file).sort()) {
      if (!generated.has(name)) addTo(hash, path.join(file, name));
    }
  } else if (status?.isFile()) {
    const content = readFileSync(file);
    hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
  }
}
