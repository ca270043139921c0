/** What the portal's server tells about accounts, certificates, sessions and events. */

/** A name in both languages. */
export interface LocalizedName {
  zh: string;
  en: string;
}

/** What a bound certificate is good for now. */
export type CertificateState = "valid" | "not-yet-valid" | "expired" | "revoked" | "frozen";

/** A certificate bound to an account. `id` is the SHA-256 of its DER, in hex. */
export interface BoundCertificate {
  id: string;
  serial: string;
  commonName: string;
  enterprise: string;
  creditCode: string;
  issuer: string;
  authority: string;
  authorityName: LocalizedName;
  kind: "platform" | "mutual";
  notBefore: number;
  notAfter: number;
  bound: number;
  /** User name of the account that holds it, and the person's name. */
  holder: string;
  holderName: string;
  state: CertificateState;
}

/** One login of an account. */
export interface LoginEvent {
  at: number;
  method: "password" | "scan";
  place: string;
  browser: string;
  /** It started this session. */
  current: boolean;
}

/** What an enterprise is on the platform. */
export type EnterpriseKind = "purchaser" | "supplier" | "platform";

/** An enterprise as the platform has it registered. */
export interface Enterprise {
  name: string;
  creditCode: string;
  kind: EnterpriseKind;
}

/** What a person may do for their enterprise. */
export type Role = "administrator" | "operator";

/** The logged-in account. */
export interface Account {
  login: string;
  name: string;
  phone: string;
  role: Role;
  enterprise: Enterprise;
  /** Of the account; for administrators, of the whole enterprise. */
  certificates: BoundCertificate[];
  /** Latest first. */
  logins: LoginEvent[];
  /** Number of the latest event in the audit trail. */
  lastEvent: number;
}

/** One person of an enterprise, as its administrators see them. */
export interface Person {
  login: string;
  name: string;
  phone: string;
  role: Role;
  state: "active" | "disabled";
  /** How many certificates are bound. */
  certificates: number;
  lastLogin: number | null;
  self: boolean;
}

/** A web session that is still alive. */
export interface LiveSession {
  id: string;
  started: number;
  lastUsed: number;
  method: "password" | "scan";
  place: string;
  browser: string;
  current: boolean;
  account: { login: string; name: string };
}

/** Whether the person has a certificate with which they can seal now; for administrators, colleagues' are listed, too. */
export function canSeal({ certificates, login }: Account): boolean {
  return certificates.some(({ holder, state }) => holder === login && state === "valid");
}
