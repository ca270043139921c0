// The Rust in use.

import { readFileSync } from "node:fs";
import path from "node:path";
import { capture, PlainError, root } from "./run.mjs";

/**
 * Makes cargo usable: where rustup lacks the pinned toolchain under its own name but has the same release under
 * another (`stable`), that one is used, because a closed network cannot bring it a second time.
 */
export function useInstalledRust() {
  if (capture("cargo", ["--version"]) !== undefined) return;
  const pinned = readFileSync(path.join(root, "rust-toolchain.toml"), "utf8").match(/^channel = "(.+)"$/m)[1];
  const names = capture("rustup", ["toolchain", "list", "--quiet"])?.split(/\s+/).filter(Boolean) ?? [];
  const same = names.find((name) =>
    capture("cargo", ["--version"], { env: { RUSTUP_TOOLCHAIN: name } })?.startsWith(`cargo ${pinned} `),
  );
  if (!same) throw new PlainError(`Rust ${pinned} is missing: get rustup from https://rustup.rs, then run this again`);
  process.env.RUSTUP_TOOLCHAIN = same;
}
