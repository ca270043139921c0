/** What the server tells about contracts (openapi.json). Times are seconds since 1970, days are `2026-11-22`. */
import type { EnterpriseKind, LocalizedName } from "../lib/model";

/** 待提交, 审核中, 通过, 退回. */
export type ContractState = "draft" | "signing" | "done" | "returned";

/** The tabs above the list, in their order. */
export const TABS = ["all", "draft", "signing", "done", "returned"] as const;
export type Tab = (typeof TABS)[number];

/** One party of a contract. */
export interface ContractParty {
  name: string;
  creditCode: string;
  role: EnterpriseKind;
  state: "waiting" | "turn" | "sealed" | "returned";
  /** It drew the contract up. */
  initiator: boolean;
  sealed: number | null;
  person: string | null;
  /** Name of the seal. */
  seal: string | null;
}

/** A line of the list. */
export interface ContractRow {
  id: number;
  number: string;
  title: string;
  orderNumber: string;
  /** Yuan and fen, such as `1250000.00`. */
  amount: string;
  currency: "CNY";
  parties: ContractParty[];
  created: number;
  updated: number;
  state: ContractState;
  myTurn: boolean;
  /** Who drew it up took it back; the state is `returned`. */
  withdrawn?: boolean;
}

/** A page of the list. */
export interface ContractList {
  counts: Record<Tab, number>;
  contracts: ContractRow[];
  next: string | null;
}

/** How long signatures can be checked (EN 319 142-1). */
export type Level = "unsigned" | "B-B" | "B-T" | "B-LT" | "B-LTA";

/** One version of the file. */
export interface Revision {
  number: number;
  sha256: string;
  size: number;
  pages: number;
  name: string;
  person: string | null;
  enterprise: string | null;
  at: number;
  why: "uploaded" | "converted" | "filled" | "sealed" | "stamped" | "restamped";
  level: Level;
  /** The revision whose bytes it begins with; none for a new file. */
  follows: number | null;
  /** It is the file in force. */
  current?: boolean;
  /** Why it is no longer good for anything here. */
  void?: "returned" | "withdrawn" | "replaced" | null;
}

/** One step of the processing history. */
export interface Step {
  step: "draft" | "submit" | "seal" | "return" | "withdraw" | "stamp" | "restamp";
  person: string | null;
  enterprise: string | null;
  received: number;
  /** None as long as it waits. */
  done: number | null;
  opinion: string;
  elapsed: number;
  /** The seal does not count any more. */
  void?: boolean;
}

/** A file beside the contract. */
export interface Attachment {
  name: string;
  size: number;
  sha256: string;
  person: string;
  enterprise: string;
  at: number;
}

/** Who seals first. */
export type Order = "ours-first" | "ours-last" | "any";

/** A contract with everything that its page shows. */
export interface Contract extends ContractRow {
  inTurn: boolean;
  order: Order;
  from: string | null;
  until: string | null;
  place: string;
  terms: string;
  template: string | null;
  fields: Record<string, unknown> | null;
  createdBy: { person: string; enterprise: string; creditCode: string };
  file: { revision: number; sha256: string; size: number; pages: number } | null;
  revisions: Revision[];
  history: Step[];
  attachments: Attachment[];
  returned: { reason: string; person: string; enterprise: string; at: number; withdrawn?: boolean } | null;
  /** Time stamps of the newest revision are still to come. */
  pending: boolean;
  may: { edit: boolean; submit: boolean; seal: boolean; return: boolean; delete: boolean };
}

/** What is typed to draw a contract up. */
export interface ContractForm {
  title: string;
  orderNumber: string;
  amount: string;
  from: string | null;
  until: string | null;
  place: string;
  terms: string;
  counterparties: { creditCode: string }[];
  order: Order;
}

/** A field of a template. */
export interface TemplateField {
  name: string;
  label: LocalizedName;
  kind: "text" | "lines" | "money" | "date" | "number" | "items";
  required: boolean;
  maxLength: number;
  initial: string;
  columns: { name: string; label: LocalizedName; kind: "text" | "money" | "number"; maxLength: number }[];
}

/** A template that a file can be made from. */
export interface Template {
  id: string;
  name: LocalizedName;
  describes: LocalizedName;
  fields: TemplateField[];
}

/** A document of a request to seal. */
export interface SealDocument {
  contract: number;
  number: string;
  revision: number;
  name: string;
  size: number;
  pages: number;
  sha256: string;
}

/** What came of a document that was handed over. */
export interface SealedContract {
  contract: number;
  revision: number;
  state: ContractState;
  level: Level;
  pending: boolean;
}

/** Something that happened to a contract of the enterprise. */
export interface Notification {
  id: number;
  at: number;
  kind: "turn" | "sealed" | "returned" | "withdrawn" | "done" | "stamped";
  contract: { id: number; number: string; title: string } | null;
  enterprise: string | null;
  text: string;
  read: boolean;
  /** There is nothing to do about it any more. */
  handled?: boolean;
}

/** At most so many are sealed by one scan. */
export const MOST_CONTRACTS = 50;
