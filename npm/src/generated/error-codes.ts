// Generated from crates/protocol by `npm run generate -w npm`. Do not edit.
// biome-ignore-all format: generated

/** The codes of every failure. */
export type ScanSealErrorCode =
  | "qr-expired"
  | "qr-stale"
  | "qr-foreign"
  | "qr-version"
  | "already-scanned"
  | "session-gone"
  | "superseded"
  | "cancelled"
  | "released"
  | "peer-away"
  | "scan-expired"
  | "refused"
  | "refused-certificate"
  | "reported-fraud"
  | "pin-wrong"
  | "pin-locked"
  | "certificate-none"
  | "certificate-expired"
  | "certificate-not-yet-valid"
  | "certificate-revoked"
  | "certificate-untrusted"
  | "certificate-wrong-kind"
  | "certificate-wrong-usage"
  | "certificate-name-mismatch"
  | "certificate-code-mismatch"
  | "certificate-bound-elsewhere"
  | "certificate-already-bound"
  | "certificate-not-bound"
  | "certificate-frozen"
  | "certificate-status-unknown"
  | "credit-code-invalid"
  | "request-untrusted"
  | "request-expired"
  | "origin-refused"
  | "assertion-replayed"
  | "assertion-late"
  | "assertion-wrong-browser"
  | "assertion-invalid"
  | "trust-list-invalid"
  | "trust-list-expired"
  | "document-changed"
  | "document-encrypted"
  | "document-damaged"
  | "document-not-pdf"
  | "document-macros"
  | "document-converter-missing"
  | "document-too-large"
  | "certification-forbids"
  | "certification-not-first"
  | "document-hybrid"
  | "form-invalid"
  | "form-xfa"
  | "field-constraints"
  | "field-exists"
  | "field-not-found"
  | "field-not-empty"
  | "field-locked"
  | "signature-too-large"
  | "seal-expired"
  | "seal-not-yours"
  | "seal-revoked"
  | "already-sealed"
  | "not-your-turn"
  | "pages-invalid"
  | "seal-request-invalid"
  | "text-not-latin"
  | "picture-invalid"
  | "picture-too-large"
  | "photo-too-large"
  | "photo-without-seal"
  | "seal-text-invalid"
  | "font-invalid"
  | "seal-off-page"
  | "keyword-not-found"
  | "no-text-layer"
  | "single-page"
  | "login-failed"
  | "login-required"
  | "account-disabled"
  | "not-allowed"
  | "malformed"
  | "too-many-bytes"
  | "rate-limited"
  | "full"
  | "relay-unreachable"
  | "maintenance"
  | "client-too-old"
  | "wasm-not-served"
  | "internal";

export const ERROR_CODES: readonly ScanSealErrorCode[] = [
  "qr-expired",
  "qr-stale",
  "qr-foreign",
  "qr-version",
  "already-scanned",
  "session-gone",
  "superseded",
  "cancelled",
  "released",
  "peer-away",
  "scan-expired",
  "refused",
  "refused-certificate",
  "reported-fraud",
  "pin-wrong",
  "pin-locked",
  "certificate-none",
  "certificate-expired",
  "certificate-not-yet-valid",
  "certificate-revoked",
  "certificate-untrusted",
  "certificate-wrong-kind",
  "certificate-wrong-usage",
  "certificate-name-mismatch",
  "certificate-code-mismatch",
  "certificate-bound-elsewhere",
  "certificate-already-bound",
  "certificate-not-bound",
  "certificate-frozen",
  "certificate-status-unknown",
  "credit-code-invalid",
  "request-untrusted",
  "request-expired",
  "origin-refused",
  "assertion-replayed",
  "assertion-late",
  "assertion-wrong-browser",
  "assertion-invalid",
  "trust-list-invalid",
  "trust-list-expired",
  "document-changed",
  "document-encrypted",
  "document-damaged",
  "document-not-pdf",
  "document-macros",
  "document-converter-missing",
  "document-too-large",
  "certification-forbids",
  "certification-not-first",
  "document-hybrid",
  "form-invalid",
  "form-xfa",
  "field-constraints",
  "field-exists",
  "field-not-found",
  "field-not-empty",
  "field-locked",
  "signature-too-large",
  "seal-expired",
  "seal-not-yours",
  "seal-revoked",
  "already-sealed",
  "not-your-turn",
  "pages-invalid",
  "seal-request-invalid",
  "text-not-latin",
  "picture-invalid",
  "picture-too-large",
  "photo-too-large",
  "photo-without-seal",
  "seal-text-invalid",
  "font-invalid",
  "seal-off-page",
  "keyword-not-found",
  "no-text-layer",
  "single-page",
  "login-failed",
  "login-required",
  "account-disabled",
  "not-allowed",
  "malformed",
  "too-many-bytes",
  "rate-limited",
  "full",
  "relay-unreachable",
  "maintenance",
  "client-too-old",
  "wasm-not-served",
  "internal",
];

/** Who can act on a code, and whether to try again. */
export interface ErrorFacts {
  readonly actor: "integrator" | "operator" | "phone" | "user";
  readonly retry: "after" | "again" | "never";
}

export const ERROR_FACTS: Readonly<Record<ScanSealErrorCode, ErrorFacts>> = {
  "qr-expired": { actor: "user", retry: "again" },
  "qr-stale": { actor: "phone", retry: "again" },
  "qr-foreign": { actor: "phone", retry: "never" },
  "qr-version": { actor: "phone", retry: "never" },
  "already-scanned": { actor: "user", retry: "again" },
  "session-gone": { actor: "user", retry: "again" },
  "superseded": { actor: "user", retry: "never" },
  "cancelled": { actor: "user", retry: "again" },
  "released": { actor: "phone", retry: "again" },
  "peer-away": { actor: "user", retry: "after" },
  "scan-expired": { actor: "user", retry: "again" },
  "refused": { actor: "user", retry: "again" },
  "refused-certificate": { actor: "phone", retry: "never" },
  "reported-fraud": { actor: "operator", retry: "never" },
  "pin-wrong": { actor: "phone", retry: "again" },
  "pin-locked": { actor: "phone", retry: "after" },
  "certificate-none": { actor: "phone", retry: "never" },
  "certificate-expired": { actor: "phone", retry: "never" },
  "certificate-not-yet-valid": { actor: "phone", retry: "after" },
  "certificate-revoked": { actor: "phone", retry: "never" },
  "certificate-untrusted": { actor: "phone", retry: "never" },
  "certificate-wrong-kind": { actor: "phone", retry: "never" },
  "certificate-wrong-usage": { actor: "phone", retry: "never" },
  "certificate-name-mismatch": { actor: "user", retry: "never" },
  "certificate-code-mismatch": { actor: "user", retry: "never" },
  "certificate-bound-elsewhere": { actor: "user", retry: "never" },
  "certificate-already-bound": { actor: "phone", retry: "never" },
  "certificate-not-bound": { actor: "user", retry: "never" },
  "certificate-frozen": { actor: "phone", retry: "never" },
  "certificate-status-unknown": { actor: "operator", retry: "after" },
  "credit-code-invalid": { actor: "phone", retry: "again" },
  "request-untrusted": { actor: "operator", retry: "never" },
  "request-expired": { actor: "user", retry: "again" },
  "origin-refused": { actor: "integrator", retry: "never" },
  "assertion-replayed": { actor: "user", retry: "again" },
  "assertion-late": { actor: "user", retry: "again" },
  "assertion-wrong-browser": { actor: "user", retry: "again" },
  "assertion-invalid": { actor: "integrator", retry: "again" },
  "trust-list-invalid": { actor: "operator", retry: "after" },
  "trust-list-expired": { actor: "operator", retry: "after" },
  "document-changed": { actor: "user", retry: "again" },
  "document-encrypted": { actor: "user", retry: "never" },
  "document-damaged": { actor: "user", retry: "never" },
  "document-not-pdf": { actor: "user", retry: "never" },
  "document-macros": { actor: "user", retry: "never" },
  "document-converter-missing": { actor: "operator", retry: "never" },
  "document-too-large": { actor: "user", retry: "never" },
  "certification-forbids": { actor: "user", retry: "never" },
  "certification-not-first": { actor: "user", retry: "never" },
  "document-hybrid": { actor: "user", retry: "never" },
  "form-invalid": { actor: "user", retry: "never" },
  "form-xfa": { actor: "user", retry: "never" },
  "field-constraints": { actor: "user", retry: "never" },
  "field-exists": { actor: "user", retry: "again" },
  "field-not-found": { actor: "user", retry: "again" },
  "field-not-empty": { actor: "user", retry: "never" },
  "field-locked": { actor: "user", retry: "never" },
  "signature-too-large": { actor: "integrator", retry: "again" },
  "seal-expired": { actor: "phone", retry: "never" },
  "seal-not-yours": { actor: "phone", retry: "never" },
  "seal-revoked": { actor: "phone", retry: "never" },
  "already-sealed": { actor: "user", retry: "never" },
  "not-your-turn": { actor: "user", retry: "after" },
  "pages-invalid": { actor: "user", retry: "again" },
  "seal-request-invalid": { actor: "integrator", retry: "again" },
  "text-not-latin": { actor: "user", retry: "again" },
  "picture-invalid": { actor: "user", retry: "again" },
  "picture-too-large": { actor: "user", retry: "again" },
  "photo-too-large": { actor: "user", retry: "again" },
  "photo-without-seal": { actor: "user", retry: "again" },
  "seal-text-invalid": { actor: "user", retry: "again" },
  "font-invalid": { actor: "integrator", retry: "never" },
  "seal-off-page": { actor: "user", retry: "again" },
  "keyword-not-found": { actor: "user", retry: "again" },
  "no-text-layer": { actor: "user", retry: "again" },
  "single-page": { actor: "user", retry: "again" },
  "login-failed": { actor: "user", retry: "again" },
  "login-required": { actor: "user", retry: "again" },
  "account-disabled": { actor: "user", retry: "never" },
  "not-allowed": { actor: "user", retry: "never" },
  "malformed": { actor: "integrator", retry: "again" },
  "too-many-bytes": { actor: "integrator", retry: "never" },
  "rate-limited": { actor: "user", retry: "after" },
  "full": { actor: "operator", retry: "after" },
  "relay-unreachable": { actor: "user", retry: "after" },
  "maintenance": { actor: "operator", retry: "after" },
  "client-too-old": { actor: "user", retry: "never" },
  "wasm-not-served": { actor: "integrator", retry: "never" },
  "internal": { actor: "operator", retry: "again" },
};
