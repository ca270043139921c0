// Reports to show, each made of one that passes.

import type {
  PdfChange,
  PdfCheckId,
  PdfDocumentReport,
  PdfReport,
  PdfRevision,
  PdfSignatureReport,
} from "../src/pdf/report.js";

const CHECKS: readonly PdfCheckId[] = [
  "field",
  "dictionary",
  "byte-range",
  "cms-format",
  "message-digest",
  "signature-value",
  "algorithms",
  "signing-certificate",
  "timestamp",
  "path",
  "validity",
  "usage",
  "revocation",
  "later-changes",
  "certification",
  "field-locks",
  "appearance",
];
const SKIPPED: readonly PdfCheckId[] = ["timestamp", "certification", "field-locks"];

/** A signature that passes. */
export function signature(over: Partial<PdfSignatureReport> = {}): PdfSignatureReport {
  return {
    field: "Buyer",
    kind: { type: "approval" },
    verdict: "passed",
    indication: "TOTAL-PASSED",
    reasons: [],
    revision: 1,
    subFilter: "ETSI.CAdES.detached",
    byteRange: [0, 300, 500, 400],
    level: "B-B",
    coverage: "whole-file",
    integrity: {
      digest: "yes",
      signature: "yes",
      digestAlgorithm: "SHA-256",
      signatureAlgorithm: "ECDSA with SHA-256",
    },
    later: { level: "none", permitted: true, items: [] },
    signer: {
      name: "天山博康医疗器械有限公司",
      enterprise: "天山博康医疗器械有限公司",
      creditCode: "91650100MA77C0R54J",
      subject: "CN=天山博康医疗器械有限公司,O=天山博康医疗器械有限公司,C=CN",
      issuer: "CN=测试\\, 机构,O=测试,C=CN",
      serial: "5dfa",
      sha256: "00".repeat(32),
      notBefore: "2026-01-01T00:00:00Z",
      notAfter: "2027-01-01T00:00:00Z",
    },
    chain: [{ subject: "CN=测试,C=CN", sha256: "11".repeat(32), notAfter: "2030-01-01T00:00:00Z" }],
    trustAnchor: "测试",
    revocation: [{ subject: "CN=A,C=CN", status: "good", source: "crl", asOf: "2026-05-31T00:00:00Z" }],
    time: { claimed: "2026-06-01T00:00:00Z", timestamp: null, checkedAt: "2026-06-02T00:00:00Z" },
    claimed: { name: null, reason: null, location: null, contact: null },
    appearance: [{ page: 1, rect: [60, 60, 180, 180], overlaps: [] }],
    checks: CHECKS.map((id) => ({ id, status: SKIPPED.includes(id) ? "skipped" : "passed" })),
    ...over,
  };
}

/** A change of a revision. */
export function change(over: Partial<PdfChange> = {}): PdfChange {
  return { object: 7, revision: 2, level: "form-fill", class: "field-value", path: "Root/AcroForm/Fields/0", ...over };
}

/** A revision of 1,000 bytes. */
export function revision(index: number, over: Partial<PdfRevision> = {}): PdfRevision {
  return { index, start: index * 1000, end: (index + 1) * 1000, level: "none", changes: [], ...over };
}

/** A contract that was written, and sealed once. */
export function report(
  document: Partial<PdfDocumentReport> = {},
  signatures: readonly PdfSignatureReport[] = [signature()],
): PdfReport {
  return {
    version: 1,
    document: {
      verdict: "passed",
      sha256: "ab".repeat(32),
      size: 2000,
      revisions: [
        revision(0),
        revision(1, {
          signedBy: "Buyer",
          level: "signatures",
          changes: [
            change({
              revision: 1,
              level: "signatures",
              class: "signature-field",
              field: "Buyer",
              page: 1,
              rect: [60, 60, 180, 180],
            }),
          ],
        }),
      ],
      findings: [],
      ...document,
    },
    signatures,
  };
}

/** The same, with the amount changed afterwards. */
export function changedReport(): PdfReport {
  const item = change({ level: "other", class: "page-content", path: "", page: 2 });
  const [first, second] = report().document.revisions as [PdfRevision, PdfRevision];
  return report(
    {
      verdict: "failed",
      size: 3000,
      revisions: [first, second, revision(2, { level: "other", changes: [item] })],
    },
    [
      signature({
        verdict: "failed",
        indication: "TOTAL-FAILED",
        subIndication: "SIG_CONSTRAINTS_FAILURE",
        reasons: ["changed-later"],
        coverage: "whole-revision",
        later: { level: "other", permitted: false, items: [item] },
        checks: signature().checks.map((check) =>
          check.id === "later-changes"
            ? { id: check.id, status: "failed", reason: "changed-later", detail: "object 7 of revision 2" }
            : check,
        ),
      }),
    ],
  );
}

/** A file that asks for a password. */
export function encryptedReport(): PdfReport {
  const unreadable = { code: "document-encrypted", detail: "a password is needed" } as const;
  return report({ verdict: "unreadable", unreadable, revisions: [] }, []);
}
