/** What every function here throws. `code` is one of docs/errors.md; its texts are in the catalogues. */
export interface PhoneError extends Error {
  readonly name: "PhoneError";
  readonly code: string;
  /** With `pin-wrong`: tries before the next pause. */
  readonly attemptsLeft?: number;
  /** With `pin-locked`: when the next try is allowed, in milliseconds since 1970. */
  readonly until?: number;
}

/** Keeps the vault's bytes (IndexedDB). Resolves once they are really stored; a rejection ends what was asked for. */
export type StoreVault = (bytes: Uint8Array) => Promise<void>;

/** A name in both languages. */
export interface LocalizedName {
  readonly zh: string;
  readonly en: string;
}

/** One certificate of the vault. Times are milliseconds since 1970, as `Date` takes them. */
export interface PhoneCertificate {
  readonly id: string;
  /** Of the certificate, in lower-case hexadecimal. */
  readonly sha256: string;
  readonly commonName: string;
  readonly enterprise: string;
  readonly creditCode: string;
  readonly serial: string;
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly triesLeft: number;
  readonly lockedUntil: number | null;
}

/** A ScanSeal operator that this phone enrolled with. `home` is the origin of its description. */
export interface PhoneOperator {
  readonly home: string;
  readonly name: LocalizedName;
  readonly links: readonly string[];
  readonly relay: string;
  readonly enrol: string;
  readonly trustList: string;
  /** Where a holder gets electronic seals; `null` if the operator issues none. */
  readonly seals: string | null;
  /** Of the newest trust list seen; `null` before the first. */
  readonly trustListVersion: number | null;
}

/** Which certificates an authority issues: for one platform or group of platforms, or recognised nationwide (全国互认). */
export type CertificateKind = "platform" | "mutual";

/** An authority that issues certificates to the phones of an operator. */
export interface EnrolCa {
  readonly id: string;
  readonly name: LocalizedName;
  readonly kind: CertificateKind;
}

/** What a person fills in to get a certificate. */
export interface EnrolmentForm {
  readonly enterprise: string;
  readonly creditCode: string;
  /** Id of the authority to ask, one of `Phone.enrolCas`; absent: the operator's usual one. */
  readonly ca?: string;
  /** The PIN of the new certificate, typed twice and compared by the page. */
  readonly pin: string;
}

/** How this phone calls itself on the other screen. Not proven. */
export interface PhoneHello {
  readonly app: string;
  readonly device: string;
  readonly locale: string;
}

export type ProgressStep = "reviewing" | "choosing-certificate" | "entering-pin" | "signing";

/** What happened, to be told to `ScanSession.handle`. */
export type SessionInput =
  /** Once, first. */
  | { readonly type: "start" }
  | { readonly type: "socket-opened" }
  | { readonly type: "socket-closed" }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "binary"; readonly bytes: Uint8Array }
  /** The time of the last `wake-at` has come. */
  | { readonly type: "woken" }
  /** The page is visible again, or the network is back. */
  | { readonly type: "resumed" }
  | { readonly type: "progress"; readonly step: ProgressStep }
  /** With what to seal: `PhoneReview.chain`, and the electronic seal (empty for none). */
  | { readonly type: "choose"; readonly certificates: readonly Uint8Array[]; readonly seal: Uint8Array }
  /** At most 8 may be unanswered; `length` at most 196608. */
  | {
      readonly type: "fetch";
      readonly document: number;
      readonly part: DocumentPart;
      readonly from: number;
      readonly length: number;
    }
  | { readonly type: "assert"; readonly assertion: string; readonly signatures?: readonly Uint8Array[] }
  | { readonly type: "refuse"; readonly code: string }
  | { readonly type: "cancel" };

/** The document as the platform has it, or what sealing appends to it. */
export type DocumentPart = "original" | "appended";

/** What the host has to do, in this order. */
export type SessionEffect =
  /** Open `new WebSocket(session.relay, "scanseal.v1")` with `binaryType = "arraybuffer"`. */
  | { readonly type: "connect" }
  /** Close that socket, and tell nothing more about it. */
  | { readonly type: "disconnect" }
  | { readonly type: "send-text"; readonly text: string }
  | { readonly type: "send-binary"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** One timer: replace the one before. `at` is on the clock of `now` in `handle`. */
  | { readonly type: "wake-at"; readonly at: number }
  | { readonly type: "event"; readonly event: SessionEvent };

export type SessionEvent =
  /** Give `request` to `Phone.review`. Show `checkNumber` (4 digits) with it. */
  | {
      readonly type: "requested";
      readonly request: string;
      readonly checkNumber: string;
      readonly channelBinding: string;
      readonly expiresIn: number;
    }
  | { readonly type: "page-away" }
  | { readonly type: "page-back" }
  | { readonly type: "reconnecting" }
  | { readonly type: "reconnected" }
  /** What the page made of a document: so many bytes are `appended`, or `code` says why it cannot be sealed. */
  | { readonly type: "prepared"; readonly document: number; readonly code: string | null; readonly appended: number }
  /** The bytes of a `fetch`; they come in the order in which they were asked for. */
  | {
      readonly type: "piece";
      readonly document: number;
      readonly part: DocumentPart;
      readonly from: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  /** What came of the assertion, and of each document to seal; a code is `null` when all went well. */
  | {
      readonly type: "outcome";
      readonly code: string | null;
      readonly detail: string | null;
      readonly documents: readonly (string | null)[];
    }
  /** The last event. `code` is `null` when all went well. */
  | { readonly type: "ended"; readonly code: string | null };

/** A request whose signature, platform, origin and time were checked. Everything in it may be shown. */
export interface RequestDetails {
  /** The platform's name, proven by the trust list. */
  readonly platform: LocalizedName;
  readonly platformId: string;
  readonly origin: string;
  /** What for: `login`, `bind` or `seal`. */
  readonly op: string;
  /** With `bind` the account that the certificate shall be bound to, with `seal` the one for which is sealed. Otherwise `null`. */
  readonly account: RequestAccount | null;
  /** With `seal`: what to seal. Otherwise empty. */
  readonly documents: readonly RequestDocument[];
  readonly display: { readonly zh: readonly string[]; readonly en: readonly string[] };
  /** The browser and place as the platform's server sees them. */
  readonly context: { readonly browser: string; readonly place: string };
  /** When the request ends, in milliseconds since 1970. */
  readonly expires: number;
  readonly candidates: readonly Candidate[];
}

/** The account of a request to bind, as the platform knows it. */
export interface RequestAccount {
  /** The user name. */
  readonly name: string;
  readonly enterprise: string;
  readonly creditCode: string;
  /** The `id` of the certificate that the new one shall replace, of this phone or another; `null` if it replaces none. */
  readonly replaces: string | null;
}

/** A document of a request to seal, as the platform has it. */
export interface RequestDocument {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly pages: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** What sealing adds to a document, as the phone sees it. */
export interface AddedSeal {
  /** Full name of the signature field. */
  readonly field: string;
  /** Where the seal shows; nowhere if the signature is invisible. */
  readonly impressions: readonly AddedImpression[];
}

/** One place where the seal shows. */
export interface AddedImpression {
  /** From 1. */
  readonly page: number;
  /** Left, bottom, right, top in units of the page. */
  readonly rect: readonly [number, number, number, number];
}

/** What a seal stands for: 单位公章, 个人名章, 合同专用章, 法定代表人章, 手写签名. */
export type SealKind = "company" | "name" | "contract" | "legal-representative" | "handwritten";

/** What an electronic seal says. Times are milliseconds since 1970. */
export interface SealDetails {
  readonly id: string;
  readonly kind: SealKind;
  readonly name: string;
  /** Ids of the certificates that it may be used with. */
  readonly certificates: readonly string[];
  readonly validFrom: number;
  readonly validUntil: number;
  readonly picture: Uint8Array<ArrayBuffer>;
  readonly pictureType: "image/png" | "image/jpeg";
  /** Width and height on paper. */
  readonly millimetres: readonly [number, number];
}

/** How a seal is cut out of a photograph. */
export interface CutOutOptions {
  /** Longer side of the seal on paper, 8 to 100. */
  readonly millimetres: number;
  /** Which ink to look for; absent: whichever there is more of. */
  readonly ink?: "red" | "blue";
}

/** A seal cut out of a photograph. */
export interface CutOutSeal {
  readonly png: Uint8Array<ArrayBuffer>;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Width and height on paper, with the clear margin. */
  readonly millimetres: readonly [number, number];
}

/** What was signed, for the input `assert`. */
export interface SealAnswer {
  readonly assertion: string;
  readonly signatures: readonly Uint8Array[];
}

/** A certificate of the vault, and whether it fits the request. */
export interface Candidate {
  readonly certificate: PhoneCertificate;
  readonly kind: CertificateKind | null;
  /** The name of its CA in the trust list; `null` if it is of none. */
  readonly ca: LocalizedName | null;
  /** `null` if it fits, else the code of why not. */
  readonly unfit: string | null;
  /** What of its enterprise is not the account's, if that is why it does not fit: show both. Else empty. */
  readonly mismatch: readonly ("name" | "creditCode")[];
}

/** What is wrong with a PIN that someone wants to choose. */
export type PinProblem = "digits" | "length" | "trivial";
