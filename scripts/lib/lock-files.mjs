// Whether the lock files say the same as the package files; `npm install` and cargo would make it so without a word.

import { readFileSync } from "node:fs";
import path from "node:path";
import { packages } from "./parts.mjs";
import { capture, PlainError, root } from "./run.mjs";

const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** Throws if a package file asks for something that its lock file was not made for. */
export function checkLockFiles() {
  for (const manifest of ["Cargo.toml", "tests/fuzz/Cargo.toml"]) {
    const metadata = ["metadata", "--locked", "--format-version=1", "--manifest-path", manifest];
    if (capture("cargo", metadata) === undefined) {
      throw new PlainError(`Cargo.lock does not fit ${manifest}; run \`cargo check\` there and commit it`);
    }
  }
  const locked = readJson("package-lock.json").packages;
  for (const folder of ["", ...packages]) {
    const manifest = readJson(path.join(folder, "package.json"));
    for (const kind of kinds) {
      const wanted = sorted(manifest[kind]);
      if (wanted !== sorted(locked[folder]?.[kind])) {
        const file = path.join(folder, "package.json");
        throw new PlainError(
          `package-lock.json does not fit the ${kind} of ${file}; run \`npm install\` and commit it`,
        );
      }
    }
  }
}

function sorted(dependencies = {}) {
  return JSON.stringify(Object.entries(dependencies).sort());
}

function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), "utf8"));
}
