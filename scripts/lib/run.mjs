// Running other programs, one named step at a time: a line when a step starts, a line with its time when it ends,
// and errors that name the step.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const targetDir = path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target");

/** An error whose message is all that a person needs; no stack is printed for it. */
export class PlainError extends Error {}

/** Does `action` as a named step, with a line before and after it. */
export async function step(name, action) {
  const started = performance.now();
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.error(`==> ${name}`);
  try {
    const result = await action();
    console.error(`<== ${name}: done in ${elapsed()}`);
    return result;
  } catch (error) {
    console.error(`<== ${name}: FAILED after ${elapsed()}`);
    if (error instanceof PlainError && !error.step) {
      error.step = name;
      error.message = `${name}: ${error.message}`;
    }
    throw error;
  }
}

/** Runs a script's main function; a failure becomes one sentence and exit status 1. */
export async function main(action) {
  try {
    await action(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof PlainError ? `\nerror: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** Runs a program to its end, its output passed through. `env` is added to the environment. */
export function run(command, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(executable(command), args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
      shell: needsShell(command),
    });
    child.once("error", (error) => reject(new PlainError(`\`${command}\` could not be started: ${error.message}`)));
    child.once("exit", (status, signal) => {
      if (status === 0) resolve();
      else reject(new PlainError(`\`${[command, ...args].join(" ")}\` ended with ${signal ?? `status ${status}`}`));
    });
  });
}

/** What a program prints, or undefined if it is missing, fails or takes longer than `timeout` milliseconds. */
export function capture(command, args, { timeout = 60_000, env = {} } = {}) {
  const result = spawnSync(executable(command), args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, ...env },
    shell: needsShell(command),
    stdio: ["ignore", "pipe", "ignore"],
    timeout,
  });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** The path of a program that npm installed into this workspace. */
export function npmProgram(name) {
  const file = path.join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
  if (!existsSync(file)) throw new PlainError(`\`${name}\` is not installed; run \`npx rust-just setup\``);
  return file;
}

// npm's programs are command files on Windows, which only a shell starts.
function executable(command) {
  return process.platform === "win32" && (command === "npm" || command === "npx") ? `${command}.cmd` : command;
}

function needsShell(command) {
  return process.platform === "win32" && (executable(command) !== command || command.endsWith(".cmd"));
}
