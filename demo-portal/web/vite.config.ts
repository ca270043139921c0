import { resolve } from "node:path";
import { defineConfig } from "vite";

const page = (name: string) => resolve(import.meta.dirname, name);

export default defineConfig({
  build: {
    target: ["chrome96", "safari15", "firefox90"],
    // The pages' policy allows no data: scripts and no inline code, so everything stays a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [page("index.html"), page("home.html"), page("phone.html")] },
  },
  worker: { format: "es" },
});
