/** The phone's core in a worker: vault, session and socket, so that the PIN's key derivation never freezes the page. */
import init, { Phone, type PhoneCertificate, type PhoneReview, pinProblem } from "../../wasm/phone/phone.js";
import wasmUrl from "../../wasm/phone/phone_bg.wasm?url";
import type { Answer, Call, CertificateView, CoreEvent, Failure, FromCore, FromPage } from "./core-types";
import { RunningScan } from "./running-scan";
import { loadVault, storeVault } from "./store";

const HOME = self.location.origin;

let opened: Promise<Phone> | undefined;
let scan: RunningScan | undefined;
let review: { sheet: PhoneReview; channelBinding: string } | undefined;

self.onmessage = async ({ data }: MessageEvent<FromPage>) => {
  let answer: Answer;
  try {
    await perform(data.call);
    answer = { certificates: await certificates() };
  } catch (error) {
    answer = { failure: failureOf(error) };
  }
  self.postMessage({ id: data.id, answer } satisfies FromCore);
};

async function perform(call: Call): Promise<void> {
  switch (call.do) {
    case "open":
      await phone();
      return;
    case "enrol":
      return enrol(call);
    case "scan":
      return start(call.text, call.locale);
    case "step":
      scan?.tell({ type: "progress", step: call.step });
      return;
    case "approve":
      return approve(call.certificate, call.pin);
    case "refuse": {
      // Without a certificate that fits, the reason is worth more to the desktop than the bare refusal.
      const why = call.code === "refused" ? review?.sheet.noneFits : undefined;
      scan?.tell({ type: "refuse", code: why ?? call.code });
      return;
    }
    case "forget-operator":
      return (await phone()).forgetOperator(HOME);
    case "cancel":
      scan?.tell({ type: "cancel" });
      return;
    case "resumed":
      scan?.tell({ type: "resumed" });
  }
}

/** Opens the vault once; a failure can be tried again. */
function phone(): Promise<Phone> {
  opened ??= (async () => {
    await holdVault();
    await init({ module_or_path: wasmUrl });
    return Phone.open(await loadVault(), storeVault);
  })().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/**
 * Two pages with one vault would overwrite each other's PIN counter: the second one is told so. The lock ends with the page.
 * Browsers before Chromium 69 and Safari 15.4, and pages without HTTPS, have no locks: there the person has to take care.
 */
function holdVault(): Promise<void> {
  if (!navigator.locks) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request("scanseal-vault", { ifAvailable: true }, (lock) => {
      if (lock === null)
        throw Object.assign(new Error("the vault is open in another page"), { code: "open-elsewhere" });
      resolve();
      return new Promise<never>(() => undefined);
    });
    held.catch(reject);
  });
}

async function certificates(): Promise<CertificateView[]> {
  return (await phone()).certificates(Date.now()).map(view);
}

function view(one: PhoneCertificate): CertificateView {
  return {
    id: one.id,
    enterprise: one.enterprise,
    creditCode: one.creditCode,
    issuer: one.issuer,
    notAfter: one.notAfter / 1000,
    lockedUntil: one.lockedUntil === null ? null : one.lockedUntil / 1000,
  };
}

/** The operator's description and its current trust list; both are checked inside the vault. */
async function refreshTrust(): Promise<string> {
  const core = await phone();
  const operator = await core.addOperator(HOME, await get(`${HOME}/.well-known/scanseal`));
  await core.updateTrustList(operator.home, await get(operator.trustList), Date.now());
  return operator.enrol;
}

async function enrol(form: { enterprise: string; creditCode: string; pin: string }): Promise<void> {
  await phone();
  if (pinProblem(form.pin)) throw Object.assign(new Error("the PIN is easy to guess"), { code: "pin-weak" });
  const enrolAt = await refreshTrust();
  const enrolment = (await phone()).beginEnrolment(HOME, form);
  const body = await enrolment.request();
  const answer = await reach(enrolAt, { method: "POST", headers: { "content-type": "application/json" }, body });
  await enrolment.finish(answer, Date.now());
}

async function start(code: string, locale: string): Promise<void> {
  scan?.tell({ type: "cancel" });
  review = undefined;
  const session = (await phone()).scan(code, { app: "ScanSeal", device: deviceName(), locale }, performance.now());
  scan = new RunningScan(session, {
    requested: (request, checkNumber, channelBinding, expiresIn) => {
      void show(request, checkNumber, channelBinding, expiresIn);
    },
    other: tell,
  });
}

/** Checks the request under the newest trust list, and shows it only when it is proven. */
async function show(request: string, checkNumber: string, channelBinding: string, expiresIn: number): Promise<void> {
  try {
    const sheet = await checked(request);
    review = { sheet, channelBinding };
    const { platform, origin, operation, display, context, candidates } = sheet.details;
    const why = sheet.noneFits;
    if (candidates.length === 0)
      throw Object.assign(new Error("no certificate in this phone"), { code: why ?? "certificate-none" });
    tell({
      on: "review",
      review: {
        platform,
        origin,
        op: operation,
        display: { zh: [...display.zh], en: [...display.en] },
        browser: context.browser,
        place: context.place,
        checkNumber,
        expiresIn,
        candidates: candidates.map(({ certificate, unfit }) => ({ certificate: view(certificate), reason: unfit })),
      },
    });
  } catch (error) {
    const { code } = failureOf(error);
    scan?.tell({ type: "refuse", code });
    tell({ on: "ended", code });
  }
}

/** The list this phone holds is tried first: a new one is fetched only when that refuses. */
async function checked(request: string): Promise<PhoneReview> {
  const core = await phone();
  try {
    return core.review(HOME, request, Date.now());
  } catch (error) {
    if (!["request-untrusted", "origin-refused", "trust-list-expired", "malformed"].includes(failureOf(error).code))
      throw error;
    await refreshTrust();
    return core.review(HOME, request, Date.now());
  }
}

async function approve(certificate: string, pin: string): Promise<void> {
  if (!review || !scan) throw Object.assign(new Error("no request to approve"), { code: "session-gone" });
  scan.tell({ type: "progress", step: "signing" });
  try {
    const assertion = await review.sheet.approve(certificate, pin, review.channelBinding, Date.now());
    scan.tell({ type: "assert", assertion });
  } catch (error) {
    const { code } = failureOf(error);
    // A wrong PIN can be typed again; every other failure ends the scan, and the desktop learns why.
    if (code === "pin-wrong") scan.tell({ type: "progress", step: "entering-pin" });
    else scan.tell({ type: "refuse", code });
    throw error;
  }
}

function tell(event: CoreEvent): void {
  self.postMessage({ event } satisfies FromCore);
}

function get(url: string): Promise<string> {
  return reach(url, { cache: "no-store" });
}

/** The text of a good answer; every other one is an error with its code. */
async function reach(url: string, options: RequestInit): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(url, options);
  } catch (cause) {
    throw Object.assign(new Error(String(cause)), { code: "offline" });
  }
  if (answer.ok) return answer.text();
  const type = answer.headers.get("content-type") ?? "";
  const { code, detail } = type.includes("json") ? ((await answer.json()) as { code?: string; detail?: string }) : {};
  const seconds = Number(answer.headers.get("retry-after")) || undefined;
  throw Object.assign(new Error(detail ?? `HTTP ${answer.status}`), { code: code ?? "internal", seconds });
}

/** How this phone is called on the desktop: what the browser tells of it, for display only. */
function deviceName(): string {
  const { userAgent } = self.navigator;
  const android = /Android [\d.]+; ([^;)]+?)(?: Build|[;)])/.exec(userAgent)?.[1];
  if (android && android !== "K") return android.slice(0, 64);
  if (/iPhone/.test(userAgent)) return "iPhone";
  if (/iPad/.test(userAgent)) return "iPad";
  return /Android/.test(userAgent) ? "Android" : "Demo phone";
}

function failureOf(error: unknown): Failure {
  const { code, message, attemptsLeft, until, seconds } = error as Partial<Record<string, unknown>>;
  return {
    code: typeof code === "string" ? code : "internal",
    ...(typeof message === "string" ? { detail: message } : {}),
    ...(typeof attemptsLeft === "number" ? { attempts: attemptsLeft } : {}),
    ...(typeof until === "number" ? { until: until / 1000 } : {}),
    ...(typeof seconds === "number" ? { seconds } : {}),
  };
}
