/** What the page and the phone's core (a worker: vault, session, socket) say to each other. */

/** Where a certificate is from: of one platform's authority, or recognised nationwide. */
export type Kind = "platform" | "mutual";

/** A certificate as the list shows it. */
export interface CertificateView {
  id: string;
  enterprise: string;
  creditCode: string;
  issuer: string;
  notAfter: number;
  /** Seconds since 1970 until which PIN tries are refused, or null. */
  lockedUntil: number | null;
}

/** A certificate offered for a request; `reason` is the code why it does not fit. */
export interface Candidate {
  certificate: CertificateView;
  /** Its authority as the trust list names it; null for one of no list. */
  ca: { zh: string; en: string } | null;
  kind: Kind | null;
  reason: string | null;
  /** What differs from the account that asks for a binding. */
  differs: readonly ("name" | "creditCode")[];
}

/** The account that asks for a binding. */
export interface Account {
  name: string;
  enterprise: string;
  creditCode: string;
  /** Whether the new certificate takes another's place. */
  replaces: boolean;
}

/** An authority that issues certificates to this phone. */
export interface Issuer {
  id: string;
  name: { zh: string; en: string };
  kind: Kind;
}

/** A request whose sender is proven, ready for the person's eyes. */
export interface Review {
  platform: { zh: string; en: string };
  /** What is asked for. */
  operation: string;
  /** With `bind`. */
  account: Account | null;
  origin: string;
  display: { zh: string[]; en: string[] };
  browser: string;
  place: string;
  checkNumber: string;
  /** Milliseconds left when this was sent. */
  expiresIn: number;
  candidates: Candidate[];
}

/** A call from the page; each is answered once. `scan` is the number of the scan that the page shows: the core drops what is about another. */
export type Call =
  | { do: "open" }
  | { do: "issuers" }
  | { do: "enrol"; ca: string | undefined; enterprise: string; creditCode: string; pin: string }
  | { do: "scan"; scan: number; text: string; locale: string }
  | { do: "step"; scan: number; step: "reviewing" | "choosing-certificate" | "entering-pin" }
  | { do: "approve"; scan: number; certificate: string; pin: string }
  | { do: "refuse"; scan: number; code: "refused" | "reported-fraud" }
  | { do: "forget-operator" }
  | { do: "cancel"; scan: number }
  | { do: "resumed" };

/** A refusal with its stable code; `attempts` comes with `pin-wrong`, `until` with `pin-locked`. */
export interface Failure {
  code: string;
  attempts?: number;
  until?: number;
  /** Seconds to wait, with `rate-limited`. */
  seconds?: number;
  detail?: string;
}

/** What happens in a scan without being asked. What the page says beside the outcome is not proven, so it is not shown here. */
export type CoreEvent =
  | { on: "review"; review: Review }
  | { on: "link"; state: "here" | "page-away" | "reconnecting" }
  | { on: "outcome"; code: string | null }
  | { on: "ended"; code: string };

/** The certificates as they are now, and the authorities to apply to, once they were asked for. */
export interface Holdings {
  certificates: CertificateView[];
  issuers: Issuer[];
}

/** An answer. */
export type Answer = Holdings | { failure: Failure };

export type FromPage = { id: number; call: Call };
export type FromCore = { id: number; answer: Answer } | { scan: number; event: CoreEvent };
