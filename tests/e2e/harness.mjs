/** Starts the real portal and real browsers, and plays the phone's camera from the desktop's screen. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

/** The project. */
export const ROOT = resolve(import.meta.dirname, "../..");
/** Where the native programs are built. */
export const TARGET = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug");
/** The portal's program. */
export const PORTAL = join(TARGET, "scanseal-portal");
const PAGES = join(ROOT, "demo-portal/web/dist");
const CHROMIUM =
  process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
export const SHOTS = join(ROOT, "tests/e2e/shots");

const cleanups = new WeakMap();

/** Runs `work` when the test ends, latest first, all of it even if some fails. */
export function atEnd(t, work) {
  const all = cleanups.get(t) ?? [];
  all.push(work);
  if (all.length > 1) return;
  cleanups.set(t, all);
  t.after(async () => {
    const failures = [];
    for (const one of all.reverse()) await Promise.resolve(one()).catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join("\n"));
  });
}

/** A folder that is gone when the test ends. */
export async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "scanseal-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The portal as a child process; `stop` waits for its end, `kill` is `kill -9`. */
export async function startPortal(t, { data, port = 0, args = [] } = {}) {
  const folder = data ?? (await temporaryFolder(t));
  const child = spawn(PORTAL, ["serve", "--data", folder, "--listen", `127.0.0.1:${port}`, "--pages", PAGES, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, RUST_LOG: "info" },
  });
  const log = [];
  createInterface(child.stderr).on("line", (line) => log.push(line));
  const ready = new Promise((found, failed) => {
    createInterface(child.stdout).on("line", (line) => {
      log.push(line);
      if (line.startsWith("ready ")) found(JSON.parse(line.slice(6)));
    });
    child.once("exit", (code) => failed(new Error(`portal ended with ${code}\n${log.join("\n")}`)));
  });
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  atEnd(t, () => end("SIGKILL"));
  const answer = await ready;
  return {
    ...answer,
    url: new URL(answer.desktop).origin,
    data: folder,
    log,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** A browser of its own; `camera` is the Y4M file its fake camera plays, `network` what it reaches the portal through. */
export async function startBrowser(t, { camera, network, ...context } = {}) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      ...(network ? [`--proxy-server=socks5://127.0.0.1:${network.port}`, "--proxy-bypass-list=<-loopback>"] : []),
      ...(camera
        ? [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            `--use-file-for-fake-video-capture=${camera}`,
          ]
        : []),
    ],
  });
  atEnd(t, () => browser.close());
  const opened = await browser.newContext({ locale: "zh-CN", ...context });
  opened.setDefaultTimeout(15_000);
  watchForeign(t, opened);
  return opened;
}

/** Fails the test when a page asks any host but this machine, breaks its content security policy, or throws. */
function watchForeign(t, context) {
  const wrong = [];
  context.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (!["localhost", "127.0.0.1"].includes(hostname) && !["data:", "blob:"].includes(protocol))
      wrong.push(`asked ${request.url()}`);
  });
  context.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) wrong.push(message.text());
  });
  context.on("weberror", (error) => wrong.push(String(error.error())));
  atEnd(t, async () => {
    if (wrong.length > 0) throw new Error(`pages misbehaved:\n${wrong.join("\n")}`);
  });
}

/** An iPhone-sized context with the camera, and a desktop one. */
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };
export const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** What the desktop shows now becomes what the phone's camera sees. */
export async function aimCamera(desktop, file) {
  const picture = await desktop.locator("scanseal-qr").screenshot({ type: "png" });
  const luma = await desktop.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
      const canvas = new OffscreenCanvas(640, 480);
      const context = canvas.getContext("2d");
      context.fillStyle = "#888";
      context.fillRect(0, 0, 640, 480);
      const scale = Math.min(640 / bitmap.width, 480 / bitmap.height);
      const [width, height] = [bitmap.width * scale, bitmap.height * scale];
      context.drawImage(bitmap, (640 - width) / 2, (480 - height) / 2, width, height);
      const { data } = context.getImageData(0, 0, 640, 480);
      return Array.from({ length: 640 * 480 }, (_, i) =>
        Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]),
      );
    },
    [...picture],
  );
  const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(luma), Buffer.alloc(2 * 320 * 240, 128)]);
  await writeFile(
    file,
    Buffer.concat([Buffer.from("YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n"), ...Array(10).fill(frame)]),
  );
}

/** A grey picture, so that the camera has something to open before anything was aimed at. */
export async function blankCamera(folder) {
  const file = join(folder, "camera.y4m");
  const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.alloc(640 * 480 * 1.5, 128)]);
  await writeFile(file, Buffer.concat([Buffer.from("YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n"), frame]));
  return file;
}

/** Waits until nothing fades in or moves any more; what runs on and on, such as a spinner, is not waited for. */
export async function settled(page) {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Keeps a screenshot for people to look at. */
export async function shot(page, name, { fullPage = false } = {}) {
  await settled(page);
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage });
}
