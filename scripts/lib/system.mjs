// Programs that come with the operating system: finding them, and installing them where that is ours to do.

import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { capture, PlainError, run, step } from "./run.mjs";

/** The full path of a program on the search path, or undefined. */
export function which(name) {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder: look into the next.
      }
    }
  }
  return undefined;
}

/**
 * Installs Debian packages, if this is Debian (or Ubuntu) and we are root; returns whether it did.
 * Nobody else's machine is touched: there the caller names what is missing.
 */
export async function aptInstall(packages) {
  if (process.getuid?.() !== 0 || !which("apt-get")) return false;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await step(`install Debian packages: ${packages.join(" ")}`, async () => {
    const known = packages.every((name) => capture("apt-cache", ["show", name]) !== undefined);
    if (!known) await run("apt-get", ["update", "-qq"], { env });
    const install = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
    try {
      await run("apt-get", install, { env });
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      // An old list names files that the archive no longer has: renew it, once.
      await run("apt-get", ["update", "-qq"], { env });
      await run("apt-get", install, { env });
    }
  });
  return true;
}

/** Everything beyond Node and Rust that a recipe may need, and how each system gets it. */
const programs = {
  "C++ compiler": {
    why: "SQLite, ring, libFuzzer",
    present: () => process.platform === "win32" || (Boolean(which("cc")) && Boolean(which("c++"))),
    debian: ["g++"],
    hints: { darwin: "xcode-select --install" },
  },
  Chromium: {
    why: "the browser tests",
    present: () => chromium() !== undefined,
    debian: ["chromium"],
    hints: {
      darwin: "brew install --cask chromium",
      win32: "install Chrome, or set CHROMIUM to the path of a Chromium",
    },
  },
  "a Chinese font": {
    why: "screenshots of the pages",
    present: () => process.platform !== "linux" || Boolean(capture("fc-list", [":lang=zh-cn", "family"])),
    debian: ["fonts-noto-cjk", "fontconfig"],
    hints: {},
  },
  "Noto Serif CJK": {
    why: "pictures of seals",
    present: () => serifFonts().some((file) => existsSync(file)),
    debian: ["fonts-noto-cjk"],
    hints: {
      darwin: "set SCANSEAL_FONT to NotoSerifCJK-Bold.ttc from github.com/notofonts/noto-cjk",
      win32: "set SCANSEAL_FONT to NotoSerifCJK-Bold.ttc from github.com/notofonts/noto-cjk",
    },
  },
  "Python 3 with venv": {
    why: "schemathesis and pyHanko, which check the portal and what is sealed",
    present: () => capture("python3", ["-c", "import ensurepip, venv"]) !== undefined,
    debian: ["python3-venv"],
    hints: { darwin: "brew install python", win32: "winget install Python.Python.3.12" },
  },
  poppler: {
    why: "a second opinion on sealed PDFs (pdfsig), and pictures of their pages (pdftoppm)",
    present: () => Boolean(which("pdfsig")) && Boolean(which("pdftoppm")),
    debian: ["poppler-utils"],
    hints: { darwin: "brew install poppler" },
  },
  qpdf: {
    why: "a second opinion on sealed PDFs",
    present: () => Boolean(which("qpdf")),
    debian: ["qpdf"],
    hints: { darwin: "brew install qpdf", win32: "winget install qpdf" },
  },
  openssl: {
    why: "a second opinion on certificates and signatures",
    present: () => Boolean(which("openssl")),
    debian: ["openssl"],
    hints: { darwin: "brew install openssl", win32: "winget install openssl" },
  },
};

export const forBuilding = ["C++ compiler"];
export const forTesting = [
  "C++ compiler",
  "Chromium",
  "a Chinese font",
  "Noto Serif CJK",
  "openssl",
  "poppler",
  "Python 3 with venv",
  "qpdf",
];

/** Makes sure that the named programs are there: installs them where that is ours to do, else says how to. */
export async function ensurePrograms(names) {
  const missing = names.filter((name) => !programs[name].present());
  if (missing.length === 0) return;
  await aptInstall(missing.flatMap((name) => programs[name].debian));
  const still = missing.filter((name) => !programs[name].present());
  if (still.length > 0) throw new PlainError(`missing on this machine:\n${still.map(howToGet).join("\n")}`);
}

function howToGet(name) {
  const { why, debian, hints } = programs[name];
  const way = process.platform === "linux" ? `apt-get install ${debian.join(" ")}` : hints[process.platform];
  return `  ${name} (${why})${way ? `: ${way}` : ""}`;
}

/** Where the font of the seals' tests may be: what `SCANSEAL_FONT` names, or where Linux systems keep it. The tests look there, too. */
function serifFonts() {
  const folders = ["opentype/noto", "noto-cjk", "google-noto-serif-cjk-fonts"];
  const usual = folders.map((folder) => `/usr/share/fonts/${folder}/NotoSerifCJK-Bold.ttc`);
  return process.env.SCANSEAL_FONT ? [process.env.SCANSEAL_FONT, ...usual] : usual;
}

/** The browser for tests: what `CHROMIUM` names, or the first that is installed. */
export function chromium() {
  const usual = {
    darwin: [
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    win32: [`${process.env.ProgramFiles}\\Google\\Chrome\\Application\\chrome.exe`],
  };
  const named = process.env.CHROMIUM;
  const installed = ["chromium", "chromium-browser", "google-chrome"].map(which);
  return [named, ...installed, ...(usual[process.platform] ?? [])].find((file) => file && existsSync(file));
}
