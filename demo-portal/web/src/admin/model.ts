/** What `/api/admin/*` answers. Times are seconds since 1970. */

import type { CertificateState, Enterprise, LocalizedName, Role } from "../lib/model";

export type { BoundCertificate as Binding, CertificateState, LiveSession, Role } from "../lib/model";

export type Kind = "platform" | "mutual";

/** `GET /api/admin/summary`. */
export interface Summary {
  accounts: number;
  enterprises: number;
  certificates: { valid: number; revoked: number; frozen: number; expired: number };
  sessions: number;
  trustList: { version: number; expires: number };
  audit: { events: number; head: string };
  webhooks: { waiting: number; failed: number };
  /** Photographed seals that wait for review. */
  seals: { waiting: number };
}

/** A row of `GET /api/admin/accounts`. */
export interface AccountRow {
  login: string;
  name: string;
  phone: string;
  role: Role;
  state: "active" | "disabled";
  enterprise: Enterprise;
  certificates: number;
  sessions: number;
  lastLogin: number | null;
}

/** A row of `GET /api/admin/certificates`. */
export interface IssuedCertificate {
  serial: string;
  ca: string;
  name: string;
  /** Those of services have none. */
  creditCode: string | null;
  notBefore: number;
  notAfter: number;
  issued: number;
  purpose: "enterprise" | "service";
  state: CertificateState;
  revoked?: { at: number; reason: string };
}

/** What issuing and reissuing answer: the certificate and those above it. */
export interface NewCertificate {
  serial: string;
  pem: string;
}

export interface CaCertificate {
  subject: string;
  notAfter: number;
  sha256: string;
}

export interface TrustedCa {
  id: string;
  name: LocalizedName;
  kind: Kind;
  own: boolean;
  listed: boolean;
  roots: CaCertificate[];
  intermediates: CaCertificate[];
}

export interface TrustedPlatform {
  id: string;
  name: LocalizedName;
  origins: string[];
  keys: string[];
  own: boolean;
}

/** `GET /api/admin/trust-list`. */
export interface TrustList {
  version: number;
  issued: number;
  expires: number;
  cas: TrustedCa[];
  platforms: TrustedPlatform[];
  history: { version: number; issued: number; change: string; by: string | null }[];
}

/** A row of `GET /api/admin/keys`. */
export interface PlatformKey {
  name: string;
  thumbprint: string;
  state: "next" | "current" | "retired";
  since: number;
  notAfter: number;
}

/** A row of `GET /api/admin/security`. */
export interface SecurityEvent {
  at: number;
  kind: "rate-limited" | "locked";
  what: "password" | "scan" | "enrolment" | "registration" | "seals" | "timestamp";
  subject: string;
  count: number;
}

export type SealState = "valid" | "expired" | "revoked" | "waiting" | "returned";

/** A row of `GET /api/admin/seals`. */
export interface SealRow {
  id: string;
  kind: "company" | "name" | "contract" | "legal-representative" | "handwritten";
  name: string;
  origin: "made" | "handwritten" | "photographed";
  millimetres: [number, number];
  status: SealState;
  /** Why it was returned, in words, or revoked. */
  reason?: string;
  replaces?: string;
  asked: number;
  since: number;
  validUntil: number;
  /** Of its certificate. */
  serial: string;
  enterprise: string;
  creditCode: string | null;
  ca: string;
}

/** A row of `GET /api/admin/webhooks`. */
export interface WebhookMessage {
  id: string;
  event: string;
  created: number;
  attempts: number;
  next: number | null;
  delivered: number | null;
  lastError: string | null;
}

/** One event of the audit log, with its place in the chain. */
export interface AuditEntry {
  seq: number;
  at: number;
  event: string;
  account: string | null;
  enterprise: string | null;
  actor: string | null;
  place: string | null;
  browser: string | null;
  facts: Record<string, unknown>;
}

/** `GET /api/admin/settings`. */
export interface Settings {
  kinds: Kind[];
  codes: "one" | "two";
}
