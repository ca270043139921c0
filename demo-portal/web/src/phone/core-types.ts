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

/** What a seal stands for. */
export type SealKind = "company" | "name" | "contract" | "legal-representative" | "handwritten";

/** How it stands with a seal: `waiting` for review, `returned` without it, `not-yours` if this phone does not believe it. */
export type SealStatus = "valid" | "expired" | "revoked" | "waiting" | "returned" | "not-yours";

/** A seal that the authority keeps for a certificate. */
export interface SealView {
  id: string;
  /** Id of the certificate. */
  certificate: string;
  kind: SealKind;
  name: string;
  status: SealStatus;
  /** Why it was returned or revoked, in the authority's words. */
  reason: string | null;
  /** Id of the seal whose place it takes, or will take. */
  replaces: string | null;
  /** Seconds since 1970; null while it waits. */
  validUntil: number | null;
  /** Null while there is none to show. */
  picture: Blob | null;
  /** Width and height on paper. */
  millimetres: readonly [number, number] | null;
}

/** The seals of a certificate, as they were when the authority was asked last. */
export interface SealShelf {
  certificate: string;
  /** Seconds since 1970; null if they were never fetched. */
  fetched: number | null;
  seals: SealView[];
}

/** A document of a request to seal, as the platform names it. */
export interface RequestDocument {
  name: string;
  /** Bytes. */
  size: number;
  pages: number;
  /** Lower-case hexadecimal. */
  sha256: string;
}

/** How it stands with a document on its way to the signature. */
export interface DocumentState {
  at: "waiting" | "fetching" | "ready" | "failed";
  /** Bytes that have come, of those wanted. */
  got: number;
  wanted: number;
  /** Whether the phone looks at it, or has looked. */
  looked: boolean;
  /** Whether it is too large to be looked at in one scan. */
  tooLarge: boolean;
  /** Pages that show the seal; null if the phone has not looked. */
  pages: readonly number[] | null;
  /** SHA-256 over what will be signed, computed by this phone: lower-case hexadecimal. */
  digest: string | null;
  /** Why it is left out. */
  code: string | null;
  /** Whether this phone found that itself; otherwise the page said so. */
  found: boolean;
  /** The document as it will look, to be shown. */
  sealed: Blob | null;
}

/** The account that asks for a binding, or for which is sealed. */
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
  /** With `bind` and `seal`. */
  account: Account | null;
  /** With `seal`. */
  documents: RequestDocument[];
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
  | { do: "choose"; scan: number; certificate: string; seal: string | null; look: boolean }
  | { do: "skip"; scan: number }
  | { do: "fetch-seals"; certificate: string; pin: string }
  | { do: "revoke-seal"; certificate: string; pin: string; seal: string; reason: "lost" | "unspecified" }
  | { do: "send-seal"; certificate: string; pin: string; seal: NewSeal }
  | { do: "approve"; scan: number; certificate: string; pin: string }
  | { do: "refuse"; scan: number; code: string }
  | { do: "forget-operator" }
  | { do: "cancel"; scan: number }
  | { do: "resumed" };

/** A picture that shall become a seal: PNG with transparency, its size on paper, and the seal whose place it takes. */
export type NewSeal = {
  png: Uint8Array<ArrayBuffer>;
  millimetres: readonly [number, number];
  replaces: string | null;
} & ({ how: "handwritten" } | { how: "photographed"; kind: Exclude<SealKind, "handwritten">; name: string });

/** A refusal with its stable code; `attempts` comes with `pin-wrong`, `until` with `pin-locked`. */
export interface Failure {
  code: string;
  attempts?: number;
  until?: number;
  /** Seconds to wait, with `rate-limited`. */
  seconds?: number;
  /** This phone found it in what the page had prepared: nobody told it. */
  found?: boolean;
  detail?: string;
}

/** What happens in a scan without being asked. What the page says beside the outcome is not proven, so it is not shown here. */
export type CoreEvent =
  | { on: "review"; review: Review }
  | { on: "link"; state: "here" | "page-away" | "reconnecting" }
  | { on: "documents"; documents: DocumentState[]; failure: string | null }
  | { on: "outcome"; code: string | null; documents: (string | null)[] }
  | { on: "ended"; code: string };

/** The certificates as they are now, and the authorities to apply to, once they were asked for. */
export interface Holdings {
  certificates: CertificateView[];
  issuers: Issuer[];
  /** One for each certificate, in their order. */
  shelves: SealShelf[];
}

/** An answer. */
export type Answer = Holdings | { failure: Failure };

export type FromPage = { id: number; call: Call };
export type FromCore = { id: number; answer: Answer } | { scan: number; event: CoreEvent };
