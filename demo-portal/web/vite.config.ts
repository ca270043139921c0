import { resolve } from "node:path";
import { defineConfig } from "vite";
import { offlineVerifyPage } from "./offline-page";

/** One document for each page; the server answers `/name` with `name.html`. */
const PAGES = [
  "index",
  "register",
  "home",
  "security",
  "people",
  "admin",
  "phone",
  "verify",
  "contracts",
  "contract",
  "seal",
];

export default defineConfig({
  plugins: [offlineVerifyPage()],
  build: {
    target: ["chrome96", "safari15", "firefox90"],
    // The pages' policy allows no data: scripts and no inline code, so everything stays a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: PAGES.map((name) => resolve(import.meta.dirname, `${name}.html`)) },
  },
  worker: { format: "es" },
});
