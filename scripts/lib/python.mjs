// Tools that come from PyPI, in an environment of their own below `target/`.

import path from "node:path";
import { run, targetDir } from "./run.mjs";
import { stepIfChanged } from "./stamp.mjs";

const SCHEMATHESIS = "schemathesis==4.32.5";

/** Installs schemathesis if it is not there yet; returns its program. */
export async function schemathesis() {
  const folder = path.join(targetDir, "python");
  const binaries = path.join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const program = path.join(binaries, "schemathesis");
  await stepIfChanged("schemathesis", { inputs: [], outputs: [program], settings: SCHEMATHESIS }, async () => {
    await run("python3", ["-m", "venv", folder]);
    await run(path.join(binaries, "python"), [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      SCHEMATHESIS,
    ]);
  });
  return program;
}
