// The page: log in by password or by scan; once logged in, bind a certificate.

import { ScanSealError } from "scanseal";
import "scanseal/element";

/** @import { ScanQrElement } from "scanseal/element" */

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const scan = /** @type {ScanQrElement<unknown>} */ (at("scan"));
let csrf = "";

/**
 * @param {string} path
 * @param {unknown} [body]
 */
async function post(path, body) {
  const headers = { "X-CSRF-Token": csrf, ...(body !== undefined && { "Content-Type": "application/json" }) };
  const answer = await fetch(path, { method: "POST", headers, body: body === undefined ? null : JSON.stringify(body) });
  if (!answer.ok) throw await ScanSealError.fromResponse(answer);
  return answer.status === 204 ? undefined : answer.json();
}

/** Shows who is logged in, and the code for what can be done next. */
async function show() {
  const session = await (await fetch("/api/session")).json();
  csrf = session.csrf;
  const { account } = session;
  at("who").textContent = account ? `${account.name}，${account.enterprise.name}` : "未登录 Not logged in";
  at("account").textContent = account ? JSON.stringify(account.certificates, null, 2) : "";
  at("password").hidden = account !== null;
  at("bind").hidden = at("logout").hidden = account === null;
  scan.hidden = account !== null;
  offer("login");
}

/** @param {"login" | "bind"} op */
function offer(op) {
  scan.request = () => post("/api/scan/requests", { op });
  scan.submit = (answer) => post("/api/scan/assertions", answer);
}

/** @param {() => Promise<unknown>} work */
async function attempt(work) {
  at("problem").textContent = "";
  try {
    await work();
    await show();
  } catch (error) {
    at("problem").textContent = error instanceof ScanSealError ? error.message : String(error);
  }
}

at("password").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  void attempt(() => post("/api/login", Object.fromEntries(form)));
});
at("logout").addEventListener("click", async () => {
  await attempt(() => post("/api/logout"));
  await scan.start();
});
at("bind").addEventListener("click", () => {
  offer("bind");
  scan.hidden = false;
  void scan.start();
});
scan.addEventListener("scan-complete", () => void attempt(async () => {}));
void attempt(async () => {});
