// The report on a PDF: what the engine writes as JSON (docs/report.schema.json), as types. A test holds the two together.

/** Everything found out about one file. `docs/verdicts.md` explains every word. */
export interface PdfReport {
  /** The version of this shape. */
  readonly version: 1;
  readonly document: PdfDocumentReport;
  /** One for each signature and document time stamp, oldest first. */
  readonly signatures: readonly PdfSignatureReport[];
}

/** The verdict on a file. */
export type PdfVerdict =
  | "passed"
  | "passed-with-later-changes"
  | "indeterminate"
  | "failed"
  | "unsigned"
  | "unreadable";

/** About the file as a whole. */
export interface PdfDocumentReport {
  /** That of the worst signature. */
  readonly verdict: PdfVerdict;
  /** Why the file could not be read. */
  readonly unreadable?: {
    readonly code: "document-damaged" | "document-encrypted" | "document-too-large" | "internal";
    readonly detail: string;
    readonly offset?: number;
  };
  /** Of the whole file, lower-case hexadecimal; null unless asked for by `fileDigest`. */
  readonly sha256: string | null;
  /** Bytes. */
  readonly size: number;
  readonly revisions: readonly PdfRevision[];
  readonly findings: readonly PdfFinding[];
}

/** One writing to the file: the first whole, every later one an incremental update. */
export interface PdfRevision {
  readonly index: number;
  /** First byte. */
  readonly start: number;
  /** One past the last byte: the file up to here is the document as it was then. */
  readonly end: number;
  /** The field whose signature covers exactly everything up to here. */
  readonly signedBy?: string;
  readonly level: PdfChangeLevel;
  readonly changes: readonly PdfChange[];
}

/** Something odd about the file that no signature owns. */
export interface PdfFinding {
  readonly reason: PdfReason;
  /** Whether it decides the verdict, or is merely worth knowing. */
  readonly decides: boolean;
  readonly detail: string;
  readonly offset?: number;
}

/** How far-reaching a later change is, in rising order (ISO 32000-2 table 257). */
export type PdfChangeLevel = "none" | "maintenance" | "signatures" | "form-fill" | "annotations" | "other";

/** One object that a revision changed. */
export interface PdfChange {
  readonly object: number;
  readonly revision: number;
  readonly level: PdfChangeLevel;
  readonly class: PdfChangeClass;
  /** Where it hangs in the document. */
  readonly path: string;
  readonly field?: string;
  /** From 1. */
  readonly page?: number;
  /** Left, bottom, right, top in points of the page. */
  readonly rect?: PdfRect;
}

/** Left, bottom, right, top in points of the page. */
export type PdfRect = readonly [number, number, number, number];

/** `unknown` if it could not be told. */
export type PdfFact = "yes" | "no" | "unknown";

/** About one signature or document time stamp. */
export interface PdfSignatureReport {
  /** Full name of its field; null if no field leads to it. */
  readonly field: string | null;
  readonly kind:
    | { readonly type: "approval" }
    | { readonly type: "certification"; readonly permissions: 1 | 2 | 3 }
    | { readonly type: "document-timestamp" };
  readonly verdict: "passed" | "failed" | "indeterminate";
  /** In the words of ETSI EN 319 102-1. */
  readonly indication: "TOTAL-PASSED" | "TOTAL-FAILED" | "INDETERMINATE";
  readonly subIndication?: PdfSubIndication;
  /** Why it did not pass, most important first. */
  readonly reasons: readonly PdfReason[];
  /** The revision it signs. */
  readonly revision: number | null;
  readonly subFilter: string | null;
  readonly byteRange: readonly [number, number, number, number] | null;
  readonly level: "B-B" | "B-T" | "B-LT" | "B-LTA" | null;
  readonly coverage: "whole-file" | "whole-revision" | "partial" | "unclear";
  readonly integrity: {
    readonly digest: PdfFact;
    readonly signature: PdfFact;
    readonly digestAlgorithm: string | null;
    readonly signatureAlgorithm: string | null;
  };
  /** What happened to the file after it. */
  readonly later: {
    readonly level: PdfChangeLevel;
    readonly permitted: boolean;
    /** Most far-reaching first; at most 256. The revisions of the document list all. */
    readonly items: readonly PdfChange[];
    /** How many more there are. */
    readonly omitted?: number;
  };
  readonly signer: PdfSigner | null;
  readonly chain: readonly { readonly subject: string; readonly sha256: string; readonly notAfter: string }[];
  readonly trustAnchor?: string;
  readonly revocation: readonly {
    readonly subject: string;
    readonly status: "good" | "revoked" | "unknown";
    readonly source?: "crl" | "ocsp";
    readonly asOf?: string;
    readonly revokedAt?: string;
  }[];
  readonly time: {
    readonly claimed: string | null;
    readonly timestamp: {
      readonly time: string;
      readonly authority: string | null;
      readonly proven: PdfFact;
      readonly reason?: PdfReason;
    } | null;
    readonly checkedAt: string;
  };
  /** Claimed by whoever wrote the file; never decides anything. */
  readonly claimed: {
    readonly name: string | null;
    readonly reason: string | null;
    readonly location: string | null;
    readonly contact: string | null;
  };
  readonly appearance: readonly PdfImpression[];
  readonly checks: readonly PdfCheck[];
}

/** Whose signature it is, as the certificate says. */
export interface PdfSigner {
  readonly name: string | null;
  readonly enterprise: string | null;
  /** Unified social credit code, its check character proven. */
  readonly creditCode: string | null;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly sha256: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** One place where a seal shows. */
export interface PdfImpression {
  /** From 1; null if the widget lies on no page. */
  readonly page: number | null;
  readonly rect: PdfRect;
  /** Names of the fields of earlier seals that it covers in part. */
  readonly overlaps: readonly string[];
}

/** One check that was made. */
export interface PdfCheck {
  readonly id: PdfCheckId;
  readonly status: "passed" | "noted" | "indeterminate" | "failed" | "skipped";
  readonly reason?: PdfReason;
  readonly detail?: string;
  readonly place?: { readonly start: number; readonly end: number };
}

/** Why something did not pass or is worth knowing; `docs/verdicts.md` explains each. */
export type PdfReason =
  | "junk-before-header"
  | "trailing-bytes"
  | "unlisted-bytes"
  | "bytes-between-revisions"
  | "orphan-signature"
  | "hybrid-xref"
  | "xfa"
  | "byte-range-missing"
  | "byte-range-invalid"
  | "byte-range-gap"
  | "byte-range-end"
  | "contents-invalid"
  | "dictionary-not-plain"
  | "dictionary-replaced"
  | "sub-filter-unknown"
  | "sub-filter-foreign"
  | "field-invalid"
  | "cms-malformed"
  | "cms-signers"
  | "cms-content"
  | "cms-attributes"
  | "cms-content-type"
  | "cms-digest-missing"
  | "digest-mismatch"
  | "signature-invalid"
  | "algorithm-mismatch"
  | "algorithm-weak"
  | "algorithm-unknown"
  | "signer-certificate-missing"
  | "signer-certificate-malformed"
  | "signing-certificate-missing"
  | "signing-certificate-mismatch"
  | "no-trust-anchors"
  | "untrusted"
  | "path-invalid"
  | "wrong-usage"
  | "expired"
  | "not-yet-valid"
  | "revoked"
  | "revoked-later"
  | "revoked-no-proof"
  | "expired-no-proof"
  | "revocation-unknown"
  | "revocation-unstated"
  | "timestamp-invalid"
  | "timestamp-untrusted"
  | "timestamp-order"
  | "changed-later"
  | "certification-violated"
  | "locked-field-changed"
  | "form-filled-later"
  | "annotations-changed-later"
  | "changes-unclear"
  | "overlaps-seal"
  | "invisible"
  | "off-page";

/** Why, in the words of ETSI EN 319 102-1. */
export type PdfSubIndication =
  | "FORMAT_FAILURE"
  | "HASH_FAILURE"
  | "SIG_CRYPTO_FAILURE"
  | "REVOKED"
  | "EXPIRED"
  | "NOT_YET_VALID"
  | "SIG_CONSTRAINTS_FAILURE"
  | "CHAIN_CONSTRAINTS_FAILURE"
  | "CERTIFICATE_CHAIN_GENERAL_FAILURE"
  | "CRYPTO_CONSTRAINTS_FAILURE"
  | "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
  | "NO_SIGNING_CERTIFICATE_FOUND"
  | "NO_CERTIFICATE_CHAIN_FOUND"
  | "REVOKED_NO_POE"
  | "OUT_OF_BOUNDS_NO_POE"
  | "TIMESTAMP_ORDER_FAILURE"
  | "TRY_LATER"
  | "SIGNED_DATA_NOT_FOUND"
  | "GENERIC";

/** What a change is. */
export type PdfChangeClass =
  | "dss"
  | "document-timestamp"
  | "metadata"
  | "file-structure"
  | "rewritten"
  | "unreachable"
  | "signature-field"
  | "field-value"
  | "annotation"
  | "form"
  | "page-content"
  | "page-tree"
  | "catalog"
  | "earlier-signature"
  | "other";

/** What was checked. */
export type PdfCheckId =
  | "field"
  | "dictionary"
  | "byte-range"
  | "cms-format"
  | "message-digest"
  | "signature-value"
  | "algorithms"
  | "signing-certificate"
  | "path"
  | "validity"
  | "usage"
  | "revocation"
  | "timestamp"
  | "later-changes"
  | "certification"
  | "field-locks"
  | "appearance";
