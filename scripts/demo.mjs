// Starts the demo: portal, authority and relay in one process. Arguments are the portal's own.

import { spawn } from "node:child_process";
import path from "node:path";
import { programDir } from "./lib/parts.mjs";
import { main, PlainError, root } from "./lib/run.mjs";

await main(async (args) => {
  const program = path.join(programDir, process.platform === "win32" ? "scanseal-portal.exe" : "scanseal-portal");
  const env = { SCANSEAL_PORTAL_PAGES: path.join(root, "demo-portal/web/dist"), ...process.env };
  const portal = spawn(program, ["serve", "--demo-contracts", ...args], { cwd: root, env, stdio: "inherit" });
  // The portal gets Ctrl-C from the terminal as we do, and closes in its own time; we wait for it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => portal.kill("SIGTERM"));
  process.exitCode = await new Promise((resolve, reject) => {
    portal.once("error", (error) => reject(new PlainError(`the portal did not start: ${error.message}`)));
    portal.once("exit", (status, signal) => resolve(signal === null ? status : 1));
  });
});
