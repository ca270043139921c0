// The page, and the package's own files for it. No bundler: an import map says where the browser finds each package.

import { createHash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";

const FOLDER = join(import.meta.dirname, "../public");

export function pages() {
  const scanseal = dirname(realpathSync(fileURLToPath(import.meta.resolve("scanseal/package.json"))));
  const lit = folderOf("lit", join(scanseal, "package.json"));
  const routes = express.Router();
  const serve = (/** @type {string} */ path, /** @type {string} */ folder) =>
    routes.use(path, express.static(folder, { index: false, redirect: false, dotfiles: "deny" }));
  // Only what the page loads, not the module for servers.
  serve("/vendor/scanseal/dist", join(scanseal, "dist"));
  serve("/vendor/scanseal/wasm/scan", join(scanseal, "wasm/scan"));
  serve("/vendor/lit", lit);
  for (const name of ["@lit/reactive-element", "lit-html", "lit-element"]) {
    serve(`/vendor/${name}`, folderOf(name, join(lit, "package.json")));
  }
  routes.use(express.static(FOLDER, { dotfiles: "deny" }));
  return { routes, scriptHashes: inlineScripts(readFileSync(join(FOLDER, "index.html"), "utf8")) };
}

/**
 * Where a package is that another one depends on.
 *
 * @param {string} name
 * @param {string} from
 */
function folderOf(name, from) {
  const mark = join("node_modules", name);
  const file = createRequire(from).resolve(name);
  return realpathSync(file.slice(0, file.lastIndexOf(mark) + mark.length));
}

/**
 * Hashes of the scripts that stand in the page itself, for the content security policy: the import map is one.
 *
 * @param {string} html
 */
function inlineScripts(html) {
  const scripts = html.matchAll(/<script(?![^>]* src=)[^>]*>([\s\S]*?)<\/script>/g);
  return Array.from(scripts, ([, text = ""]) => createHash("sha256").update(text).digest("base64"));
}
