// Tools that come from PyPI, each set in an environment of its own below `target/`.

import path from "node:path";
import { run, targetDir } from "./run.mjs";
import { stepIfChanged } from "./stamp.mjs";

/** Installs schemathesis if it is not there yet; returns its program. */
export async function schemathesis() {
  return path.join(await environment("python", ["schemathesis==4.32.5"]), "schemathesis");
}

/** Installs pyHanko if it is not there yet; returns the Python that has it. */
export async function pyhanko() {
  const binaries = await environment("pyhanko", [
    "pyHanko==0.38.0",
    "pyhanko-certvalidator==0.33.0",
    "requests==2.34.2",
  ]);
  return path.join(binaries, "python");
}

/** Makes an environment with these packages; returns the folder of its programs. */
async function environment(name, packages) {
  const folder = path.join(targetDir, name);
  const binaries = path.join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const outputs = [path.join(binaries, process.platform === "win32" ? "python.exe" : "python")];
  await stepIfChanged(packages[0], { inputs: [], outputs, settings: packages.join(" ") }, async () => {
    await run("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await run(path.join(binaries, "python"), [...pip, ...packages]);
  });
  return binaries;
}
