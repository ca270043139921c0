// A scan as the page's author sees it: states, a result, a few things to do.

import { DocumentDesk } from "./document-desk.js";
import type { DocumentWork, SealedDocument } from "./documents.js";
import type { Engine } from "./engine.js";
import { ScanSealError } from "./errors.js";
import type { ScanSealErrorCode } from "./generated/error-codes.js";
import { Session, type SessionListener, type SessionSettings } from "./session.js";
import { StateFeed } from "./state-feed.js";
import type { PhoneFacts, QrPicture, ScanState, SessionFacts } from "./states.js";

/** An expired code renews itself this often; then somebody has to ask for it. */
const RENEWALS = 3;
/** How long one frame of the rotating code is shown unless asked otherwise, in milliseconds. */
const FRAME_INTERVAL = 3000;
/** A session's life after a phone has joined unless the platform says otherwise: enough for a login, in seconds. */
const SCANNED_SECONDS = 120;

/** What the platform's server hands out for one scan. */
export interface ScanRequest {
  /** The request, signed by the platform (JWS). */
  readonly request: string;
  /** The relay's address, `wss:`. */
  readonly relay: string;
  /** The landing page of the phone app, `https:`, at most 64 characters. */
  readonly link: string;
  /** How long the session lives after a phone has joined, in seconds; 120 if absent. */
  readonly scanned?: number;
}

/** What the phone signed, for the platform's server to check. */
export interface ScanAnswer {
  /** The assertion (JWS), signed by the phone's certificate. */
  readonly assertion: string;
  /** The channel binding as this page saw it, base64url. */
  readonly channelBinding: string;
  /** With `documents`: one for each document of the request. */
  readonly documents?: readonly SealedDocument[];
  /**
   * With `documents`: the electronic seal that the phone chose, as its authority signed it (DER), for the server's
   * `checkSealed`. Absent if the phone signs without one.
   */
  readonly seal?: Uint8Array;
}

/** What the two calls to the platform get besides their data. */
export interface CallContext {
  /** Aborted when the scan is cancelled. Hand it to `fetch`. */
  readonly signal: AbortSignal;
}

/** Gets the documents of a request to seal, such as `sealDocuments` of `scanseal/pdf` gives. */
export type GetDocuments = (context: CallContext) => Promise<DocumentWork>;

/** Options of `startScan`. */
export interface ScanOptions<Result> {
  /** Gets a request from the platform's server. Called once for each code: again when an expired one is renewed. */
  readonly request: (context: CallContext) => Promise<ScanRequest>;
  /** Hands the phone's answer to the platform's server, which checks it. What it resolves to is the scan's result. */
  readonly submit: (answer: ScanAnswer, context: CallContext) => Promise<Result>;
  /**
   * For requests to seal: the documents, in the order of the request, or what gets them when the scan begins. They are disposed
   * of when it ends.
   */
  readonly documents?: DocumentWork | GetDocuments;
  /**
   * With `documents`: what `submit`'s result says of each; the phone shows it. `undefined` where all went well. Without an answer,
   * what was handed to `submit` went well.
   */
  readonly documentCodes?: (result: Result) => readonly (ScanSealErrorCode | undefined)[] | undefined;
  /** Milliseconds that one frame of the rotating code is shown: 1000 to 5000, normally 3000. */
  readonly frameInterval?: number;
  /** Cancels the scan. */
  readonly signal?: AbortSignal;
}

/** A running scan. Iterate it for its states; leaving the loop does not end the scan. */
export interface Scan<Result = unknown> extends AsyncIterable<ScanState<Result>> {
  /**
   * What `submit` resolved to, once the phone knows of it too (at most 3 s later).
   * Rejects with a {@link ScanSealError} when the scan fails; handling it is optional.
   */
  readonly result: Promise<Result>;
  /** Ends the scan; the phone is told. The result rejects with code `cancelled`. */
  cancel(): void;
  /** Sends away the phone that scanned and waits for another. */
  notMe(): void;
  /** Shows a new code after the old one expired; renewals by itself start again from none. */
  refresh(): void;
}

/** Starts a scan with the engine that `load` brings. */
export function startScanWith<Result>(options: ScanOptions<Result>, load: () => Promise<Engine>): Scan<Result> {
  return new RunningScan(options, load);
}

class RunningScan<Result> implements Scan<Result> {
  readonly result: Promise<Result>;
  private readonly feed = new StateFeed<ScanState<Result>>({ state: "connecting" });
  private readonly aborter = new AbortController();
  private session: Session | undefined;
  private work: Promise<DocumentWork | undefined> | undefined;
  private documents: DocumentDesk | undefined;
  private renewals = 0;
  private answered = false;
  private finished = false;
  private resolve!: (result: Result) => void;
  private reject!: (error: ScanSealError) => void;

  constructor(
    private readonly options: ScanOptions<Result>,
    private readonly load: () => Promise<Engine>,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who only iterates gets the failure as a state; it must not count as unhandled as well.
    this.result.catch(() => undefined);
    options.signal?.addEventListener("abort", this.onAbort);
    if (typeof window !== "undefined") window.addEventListener("pagehide", this.onLeave);
    if (options.signal?.aborted) this.onAbort();
    else void this.open();
  }

  [Symbol.asyncIterator](): AsyncIterator<ScanState<Result>> {
    return this.feed.iterate();
  }

  cancel(): void {
    this.cancelWith(undefined);
  }

  notMe(): void {
    if (!this.answered) this.session?.notMe();
  }

  refresh(): void {
    if (this.feed.current.state !== "expired") return;
    this.renewals = 0;
    void this.open();
  }

  private readonly onAbort = (): void => this.cancelWith(this.options.signal?.reason);

  private readonly onVisible = (): void => {
    if (typeof document === "undefined" || document.visibilityState === "visible") this.renewIfAllowed();
  };

  /** A tab that closes takes its keys with it: the phone is told now, not when its time runs out. */
  private readonly onLeave = (event: PageTransitionEvent): void => {
    if (!event.persisted && !this.answered) this.cancelWith(undefined);
  };

  private async open(): Promise<void> {
    this.stopWaitingForSight();
    this.feed.push({ state: "connecting" });
    try {
      const context = { signal: this.aborter.signal };
      this.work ??= this.getDocuments(context);
      const [engine, request, work] = await Promise.all([this.load(), this.options.request(context), this.work]);
      if (this.finished) return;
      const session = new Session(engine, this.settings(request), this.listener());
      this.session = session;
      this.documents = this.desk(session, work);
      session.start();
    } catch (error) {
      this.failAndTell(ScanSealError.from(error));
    }
  }

  private async getDocuments(context: CallContext): Promise<DocumentWork | undefined> {
    const { documents } = this.options;
    return typeof documents === "function" ? documents(context) : documents;
  }

  /** Without a document that the request names, the phone would wait for it in vain. */
  private desk(session: Session, documents: DocumentWork | undefined): DocumentDesk | undefined {
    const { count } = documents ?? { count: 0 };
    if (session.documents !== count) {
      const detail = `the request is to seal ${session.documents} documents, \`documents\` has ${count}`;
      throw new ScanSealError("malformed", { detail });
    }
    return documents && new DocumentDesk(documents, session, this.aborter.signal, (error) => this.failAndTell(error));
  }

  /** What the platform's server answered is not to be relied on: a wrong type must not get as far as WebAssembly. */
  private settings(answer: ScanRequest): SessionSettings {
    const { request, relay, link, scanned = SCANNED_SECONDS } = (answer as Partial<ScanRequest> | undefined) ?? {};
    if (
      typeof request !== "string" ||
      typeof relay !== "string" ||
      typeof link !== "string" ||
      typeof scanned !== "number"
    ) {
      throw new ScanSealError("malformed", { detail: "request() must resolve to { request, relay, link, scanned? }" });
    }
    const { frameInterval = FRAME_INTERVAL } = this.options;
    return { request, relay, link, scannedSeconds: scanned, frameInterval };
  }

  private listener(): SessionListener {
    let facts: SessionFacts = { expiresAt: 0, reconnecting: false };
    let phone: Omit<PhoneFacts, keyof SessionFacts> | undefined;
    let code: QrPicture | undefined;
    const show = (state: "waiting" | PhoneState): void => {
      if (this.answered && state !== "submitting") return;
      if (state !== "waiting") {
        if (phone) this.feed.push({ state, ...phone, ...facts });
      } else if (code) {
        this.feed.push({ state, code, ...facts });
      }
    };
    const showAgain = (): void => {
      const { state } = this.feed.current;
      if (state === "waiting" || isPhoneState(state)) show(state);
    };
    return {
      waiting: (expiresAt) => {
        facts = { ...facts, expiresAt };
        if (this.feed.current.state === "waiting") showAgain();
      },
      code: (picture) => {
        code = picture;
        show("waiting");
      },
      scanned: (name, checkNumber, expiresAt) => {
        facts = { ...facts, expiresAt };
        phone = { phone: name, checkNumber, phoneAway: false };
        show("scanned");
      },
      phoneAway: (phoneAway) => {
        if (phone) phone = { ...phone, phoneAway };
        showAgain();
      },
      progress: (step) => show(step),
      chosen: (choice) => this.documents?.prepare(choice),
      fetch: (document, part, from, length) => this.documents?.read(document, part, from, length),
      asserted: (assertion, channelBinding, signatures) => {
        show("submitting");
        this.answered = true;
        void this.submit({ assertion, channelBinding }, signatures);
      },
      released: () => {
        phone = undefined;
        this.documents?.release();
        show("waiting");
      },
      reconnecting: (reconnecting) => {
        facts = { ...facts, reconnecting };
        showAgain();
      },
      ended: (error) => this.sessionEnded(error),
    };
  }

  private async submit(answer: ScanAnswer, signatures: readonly (Uint8Array | undefined)[]): Promise<void> {
    const { seal } = this.documents ?? {};
    const documents = await this.documents?.finish(signatures);
    if (this.finished) return;
    const sealed = { ...(documents && { documents }), ...(seal && { seal }) };
    const outcome = await this.outcomeOf({ ...answer, ...sealed });
    if (this.finished) return;
    // The page shows the outcome at once; the promise settles when the phone has been told.
    this.feed.push(outcome.state);
    this.settle = outcome.settle;
    const { session } = this;
    if (session === undefined) this.finish();
    else session.outcome(outcome.code, outcome.detail, outcome.documents);
  }

  private async outcomeOf(answer: ScanAnswer): Promise<Outcome<Result>> {
    try {
      const result = await this.options.submit(answer, { signal: this.aborter.signal });
      const documents = this.options.documentCodes?.(result) ?? answer.documents?.map(codeOf);
      return { state: { state: "done", result }, settle: () => this.resolve(result), documents };
    } catch (cause) {
      const error = ScanSealError.from(cause);
      // `detail` of a foreign error may tell about the page's inside; the phone gets it from the platform only.
      const detail = error === cause ? error.detail : undefined;
      return { state: { state: "failed", error }, settle: () => this.reject(error), code: error.code, detail };
    }
  }

  private settle: (() => void) | undefined;

  private sessionEnded(error: ScanSealError | undefined): void {
    this.session = undefined;
    if (this.finished) return;
    if (this.answered) {
      // The platform has the answer: what it says counts, also when the phone is gone by now.
      if (this.settle) this.finish();
    } else if (error?.code === "qr-expired") {
      this.expire();
    } else {
      this.fail(error ?? new ScanSealError("internal", { detail: "the session ended without an answer" }));
    }
  }

  private expire(): void {
    this.feed.push({ state: "expired" });
    if (typeof document !== "undefined") document.addEventListener("visibilitychange", this.onVisible);
    this.onVisible();
  }

  private renewIfAllowed(): void {
    if (this.feed.current.state !== "expired" || this.renewals >= RENEWALS) return;
    this.renewals += 1;
    void this.open();
  }

  private cancelWith(reason: unknown): void {
    if (this.finished) return;
    this.aborter.abort();
    this.failAndTell(new ScanSealError("cancelled", { cause: reason }));
  }

  private failAndTell(error: ScanSealError): void {
    const { session } = this;
    this.fail(error);
    session?.cancel();
  }

  private fail(error: ScanSealError): void {
    if (this.finished) return;
    this.settle = () => this.reject(error);
    this.feed.push({ state: "failed", error });
    this.finish();
  }

  private finish(): void {
    this.finished = true;
    this.stopWaitingForSight();
    this.options.signal?.removeEventListener("abort", this.onAbort);
    if (typeof window !== "undefined") window.removeEventListener("pagehide", this.onLeave);
    this.feed.close();
    const { documents } = this.options;
    if (typeof documents === "object") documents.dispose();
    // Also those that come too late. Where they failed, the scan has failed with them.
    else this.work?.then((work) => work?.dispose()).catch(() => undefined);
    this.settle?.();
  }

  private stopWaitingForSight(): void {
    if (typeof document !== "undefined") document.removeEventListener("visibilitychange", this.onVisible);
  }
}

type PhoneState = Extract<ScanState, PhoneFacts>["state"];

interface Outcome<Result> {
  readonly state: ScanState<Result>;
  readonly settle: () => void;
  readonly code?: ScanSealErrorCode;
  readonly detail?: string | undefined;
  readonly documents?: readonly (ScanSealErrorCode | undefined)[] | undefined;
}

const PHONE_STATES: Record<PhoneState, true> = {
  scanned: true,
  reviewing: true,
  "choosing-certificate": true,
  "entering-pin": true,
  signing: true,
  submitting: true,
};

function codeOf(document: SealedDocument): ScanSealErrorCode | undefined {
  return "code" in document ? document.code : undefined;
}

function isPhoneState(state: ScanState["state"]): state is PhoneState {
  return state in PHONE_STATES;
}
