/** The phone's core in a worker: vault, session and socket, so that the PIN's key derivation never freezes the page. */
import init, {
  Phone,
  type PhoneCertificate,
  type PhoneReview,
  pinProblem,
  type ScanSession,
} from "../../wasm/phone/phone.js";
import wasmUrl from "../../wasm/phone/phone_bg.wasm?url";
import type {
  Answer,
  Call,
  CertificateView,
  CoreEvent,
  Failure,
  FromCore,
  FromPage,
  Holdings,
  Issuer,
} from "./core-types";
import { reach } from "./reach";
import { RunningScan } from "./running-scan";
import { type Judged, Sealing } from "./sealing";
import { SealsService } from "./seals-service";
import { loadVault, storeVault } from "./store";

const HOME = self.location.origin;

let opened: Promise<Phone> | undefined;
let seals: SealsService | undefined;

/** A scan and the request that came over it. They stay together, so that an answer never goes to another scan's page. */
interface Scan {
  readonly number: number;
  readonly running: RunningScan;
  readonly session: ScanSession;
  review?: { sheet: PhoneReview; channelBinding: string };
  /** Once certificate and seal are chosen. */
  sealing?: { certificate: string; work: Sealing };
}

/** The authorities to apply to, as the operator's newest trust list names them. */
let issuers: Issuer[] = [];

/** The newest scan. Older ones finish by themselves. */
let newest: Scan | undefined;

self.onmessage = async ({ data }: MessageEvent<FromPage>) => {
  let answer: Answer;
  try {
    await perform(data.call);
    answer = await holdings();
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
    case "issuers":
      await refreshTrust();
      issuers = (await phone()).enrolCas(HOME, Date.now()).map(({ id, name, kind }) => ({ id, name, kind }));
      return;
    case "enrol":
      return enrol(call);
    case "scan":
      return start(call);
    case "step":
      scanOf(call)?.running.tell({ type: "progress", step: call.step });
      return;
    case "choose":
      return choose(call);
    case "skip":
      scanOf(call)?.sealing?.work.skip();
      return;
    case "fetch-seals":
      await refreshTrust();
      return (await sealsService()).fetch(call.certificate, call.pin);
    case "send-seal":
      return (await sealsService()).send(call.certificate, call.pin, call.seal);
    case "revoke-seal":
      return (await sealsService()).revoke(call.certificate, call.pin, call.seal, call.reason);
    case "approve":
      return approve(call);
    case "refuse": {
      const scan = scanOf(call);
      // Without a certificate that fits, the reason is worth more to the desktop than the bare refusal.
      const why = call.code === "refused" ? scan?.review?.sheet.noneFits : undefined;
      scan?.running.tell({ type: "refuse", code: why ?? call.code });
      return;
    }
    case "forget-operator":
      return (await phone()).forgetOperator(HOME);
    case "cancel":
      scanOf(call)?.running.tell({ type: "cancel" });
      return;
    case "resumed":
      newest?.running.tell({ type: "resumed" });
  }
}

/** Opens the vault once. After a failure the page is loaded anew, and this worker with it. */
function phone(): Promise<Phone> {
  opened ??= (async () => {
    await holdVault();
    await init({ module_or_path: wasmUrl });
    return Phone.open(await loadVault(), storeVault);
  })();
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

async function sealsService(): Promise<SealsService> {
  seals ??= new SealsService(await phone(), HOME, refreshTrust);
  return seals;
}

async function holdings(): Promise<Holdings> {
  const certificates = (await phone()).certificates(Date.now()).map(view);
  return { certificates, issuers, shelves: await (await sealsService()).shelves(certificates.map(({ id }) => id)) };
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

async function enrol(form: {
  ca: string | undefined;
  enterprise: string;
  creditCode: string;
  pin: string;
}): Promise<void> {
  await phone();
  if (pinProblem(form.pin)) throw Object.assign(new Error("the PIN is easy to guess"), { code: "pin-weak" });
  const enrolAt = await refreshTrust();
  const { ca, ...rest } = form;
  const enrolment = (await phone()).beginEnrolment(HOME, ca === undefined ? rest : { ...rest, ca });
  const body = await enrolment.request();
  const answer = await reach(enrolAt, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { id } = await enrolment.finish(answer, Date.now());
  try {
    await (await sealsService()).fetch(id, form.pin);
  } catch (error) {
    // The certificate is here all the same; the seals can be fetched from their list, which says that they were not.
    console.warn("seals", failureOf(error));
  }
}

/** The scan that a call is about; none if a newer one was started meanwhile. */
function scanOf(call: { scan: number }): Scan | undefined {
  return newest?.number === call.scan ? newest : undefined;
}

async function start({ scan: number, text, locale }: Extract<Call, { do: "scan" }>): Promise<void> {
  const core = await phone();
  newest?.running.tell({ type: "cancel" });
  newest = undefined;
  const session = core.scan(text, { app: "ScanSeal", device: deviceName(locale), locale }, performance.now());
  const running = new RunningScan(session, {
    requested: (request, checkNumber, channelBinding, expiresIn) => {
      void show(scan, request, checkNumber, channelBinding, expiresIn);
    },
    prepared: (...prepared) => scan.sealing?.work.prepared(...prepared),
    piece: (...piece) => scan.sealing?.work.piece(...piece),
    other: (event) => tell(number, event),
  });
  const scan: Scan = { number, running, session };
  newest = scan;
}

/** Checks the request under the newest trust list, and shows it only when it is proven. */
async function show(
  scan: Scan,
  request: string,
  checkNumber: string,
  channelBinding: string,
  expiresIn: number,
): Promise<void> {
  try {
    const sheet = await checked(request);
    scan.review = { sheet, channelBinding };
    const { platform, origin, op, account, documents, display, context, candidates } = sheet.details;
    const why = sheet.noneFits;
    if (candidates.length === 0)
      throw Object.assign(new Error("no certificate in this phone"), { code: why ?? "certificate-none" });
    tell(scan.number, {
      on: "review",
      review: {
        platform,
        origin,
        operation: op,
        account: account && { ...account, replaces: account.replaces !== null },
        documents: documents.map(({ name, size, pages, sha256 }) => ({ name, size, pages, sha256 })),
        display: { zh: [...display.zh], en: [...display.en] },
        browser: context.browser,
        place: context.place,
        checkNumber,
        expiresIn,
        candidates: candidates.map(({ certificate, ca, kind, unfit, mismatch }) => ({
          certificate: view(certificate),
          ca,
          kind,
          reason: unfit,
          differs: mismatch,
        })),
      },
    });
  } catch (error) {
    const { code } = failureOf(error);
    scan.running.tell({ type: "refuse", code });
    tell(scan.number, { on: "ended", code });
  }
}

/** The list this phone holds is tried first: a new one is fetched only when that refuses, or knows none of the authorities. */
async function checked(request: string): Promise<PhoneReview> {
  const core = await phone();
  try {
    const sheet = core.review(HOME, request, Date.now());
    if (sheet.noneFits !== "certificate-untrusted") return sheet;
    await refreshTrust();
    return core.review(HOME, request, Date.now());
  } catch (error) {
    if (!["request-untrusted", "origin-refused", "trust-list-expired", "malformed"].includes(failureOf(error).code))
      throw error;
    await refreshTrust();
    return core.review(HOME, request, Date.now());
  }
}

/** Tells the page with what shall be sealed, and fetches what it makes of the documents. */
async function choose(call: Extract<Call, { do: "choose" }>): Promise<void> {
  const scan = scanOf(call);
  const sheet = scan?.review?.sheet;
  if (!scan || !sheet || scan.sealing) throw Object.assign(new Error("no request to seal"), { code: "session-gone" });
  const { certificate } = call;
  const seal = call.seal === null ? null : await (await sealsService()).usable(certificate, call.seal);
  if (call.seal !== null && !seal) throw Object.assign(new Error("not a seal to use"), { code: "seal-expired" });
  scan.running.tell({ type: "choose", certificates: sheet.chain(certificate), seal: seal ?? new Uint8Array() });
  const judge = (document: number, appended: Uint8Array, whole: Uint8Array | null): Judged => {
    const prepared = sheet.document(scan.session, document, certificate, appended);
    try {
      const added = whole && sheet.inspect(prepared, whole, seal ?? undefined);
      const pages = added && [...new Set(added.impressions.map(({ page }) => page))].sort((a, b) => a - b);
      return { digest: prepared.digest, pages };
    } finally {
      prepared.free();
    }
  };
  const work = new Sealing(
    sheet.details.documents.map(({ size }) => size),
    call.look,
    {
      fetch: (fetch) => scan.running.tell({ type: "fetch", ...fetch }),
      judge,
      codeOf: (error) => failureOf(error).code,
      changed: (documents, failure) => tell(call.scan, { on: "documents", documents, failure }),
    },
  );
  scan.sealing = { certificate, work };
  work.start();
}

async function approve(call: Extract<Call, { do: "approve" }>): Promise<void> {
  const scan = scanOf(call);
  const { running, review } = scan ?? {};
  if (!scan || !review || !running) throw Object.assign(new Error("no request to approve"), { code: "session-gone" });
  running.tell({ type: "progress", step: "signing" });
  try {
    if (scan.sealing) return await seal(scan, review, scan.sealing, call);
    const assertion = await review.sheet.approve(call.certificate, call.pin, review.channelBinding, Date.now());
    running.tell({ type: "assert", assertion });
  } catch (error) {
    const { code } = failureOf(error);
    // A wrong PIN can be typed again; every other failure ends the scan, and the desktop learns why.
    if (code === "pin-wrong") running.tell({ type: "progress", step: "entering-pin" });
    else running.tell({ type: "refuse", code });
    throw error;
  }
}

/** Signs every document that may be signed, and the assertion. */
async function seal(
  { running, session }: Scan,
  { sheet, channelBinding }: NonNullable<Scan["review"]>,
  { certificate, work }: NonNullable<Scan["sealing"]>,
  { pin }: { pin: string },
): Promise<void> {
  // Signing uses them up, and a PIN may have to be typed twice.
  const documents = work.signable.map(({ document, appended }) =>
    sheet.document(session, document, certificate, appended),
  );
  const { assertion, signatures } = await sheet.seal(certificate, pin, channelBinding, documents, Date.now());
  running.tell({ type: "assert", assertion, signatures: [...signatures] });
}

function tell(scan: number, event: CoreEvent): void {
  self.postMessage({ scan, event } satisfies FromCore);
}

function get(url: string): Promise<string> {
  return reach(url, { cache: "no-store" });
}

/** How this phone is called on the desktop: what the browser tells of it, for display only. */
function deviceName(locale: string): string {
  const { userAgent } = self.navigator;
  const android = /Android [\d.]+; ([^;)]+?)(?: Build|[;)])/.exec(userAgent)?.[1];
  if (android && android !== "K") return android.slice(0, 64);
  if (/iPhone/.test(userAgent)) return "iPhone";
  if (/iPad/.test(userAgent)) return "iPad";
  if (/Android/.test(userAgent)) return "Android";
  return locale === "en" ? "Demo phone" : "演示手机";
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
