// `scanseal/server`: what a platform's server does, for Node. Sign requests, check answers, keep an audit log, check
// webhooks, seal and verify PDFs.
//
// The checks run in WebAssembly, in the same code as on every other end. What takes the server's own data it does itself:
// the browser that was given the request, the nonce used once, the account that the certificate is bound to.

export type { Locale } from "./error-text.js";
export { errorText } from "./error-text.js";
export type { ScanSealErrorOptions } from "./errors.js";
export { isErrorCode, ScanSealError } from "./errors.js";
export type { ErrorFacts, ScanSealErrorCode } from "./generated/error-codes.js";
export type { ErrorText } from "./generated/error-texts.js";
export * from "./pdf-node.js";
export type { AuditEntry, AuditEvent, AuditExpectations, AuditFault, AuditReport } from "./server-audit.js";
export { AUDIT_START, appendAudit, exportAudit, verifyAuditExport } from "./server-audit.js";
export type {
  BindRequestInput,
  LoginRequestInput,
  RequestAccount,
  RequestDocument,
  RequestInput,
  SealRequestInput,
  SignedRequest,
} from "./server-request.js";
export { signRequest } from "./server-request.js";
export type { SealedAsAsked, SealedInput, SealedRefusal } from "./server-sealing.js";
export { checkSealed, describeDocument } from "./server-sealing.js";
export type {
  AssertionInput,
  CertificateKind,
  CheckResult,
  EnterpriseMismatch,
  HolderCertificate,
  LocalizedName,
  Refusal,
  RegisteredEnterprise,
  TrustListContents,
  TrustListInput,
  VerifiedAssertion,
  VerifiedTrustList,
} from "./server-verify.js";
export { compareEnterprise, verifyAssertion, verifyTrustList } from "./server-verify.js";
export type {
  HttpHeaders,
  RefusedWebhook,
  SignedWebhook,
  VerifiedWebhook,
  WebhookHeaders,
  WebhookInput,
} from "./server-webhook.js";
export { signWebhook, verifyWebhook } from "./server-webhook.js";
