// Webhooks by the Standard Webhooks specification: what a platform tells other servers, and how they check who told it.
//
// Three headers: `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature`, a list of
// `v1,base64(HMAC-SHA-256)` over `id.timestamp.body`, separated by spaces: more than one while a secret is being replaced.

import { createHmac, timingSafeEqual } from "node:crypto";
import { ScanSealError } from "./errors.js";
import { currentTime } from "./server-module.js";

/** Seconds that a message's time may differ from the clock: enough for networks and clocks, too short to replay it later. */
const TOLERANCE = 300;
/** Visible ASCII without the dot, which separates what is signed. */
const ID = /^[!-\-/-~]{1,256}$/;
const SECRET_PREFIX = "whsec_";
/** Signatures that are looked at: a sender with more secrets than that is none. */
const MAX_SIGNATURES = 16;
/** Bytes of a secret that the specification allows. */
const SECRET_BYTES = { least: 24, most: 64 };

/** The headers of a webhook, by their topic. */
export interface WebhookHeaders {
  /** `webhook-id`: the same for every try of one message; keep it to take each message once. */
  readonly id: string;
  /** `webhook-timestamp`. */
  readonly timestamp: string;
  /** `webhook-signature`. */
  readonly signature: string;
}

/** All headers of an HTTP request: Node's `request.headers`, or a `Headers` object. */
export type HttpHeaders =
  | { readonly [name: string]: string | readonly string[] | undefined }
  | { get(name: string): string | null };

/** A webhook that was signed with the secret. */
export interface VerifiedWebhook {
  readonly verified: true;
  readonly id: string;
  /** When this try was sent, in seconds since 1970. */
  readonly timestamp: number;
}

/** A webhook to be answered with 400, and why. */
export interface RefusedWebhook {
  readonly verified: false;
  /** For the log: a header is missing or cannot be read, the time is too far from the clock's, or no signature fits. */
  readonly reason: "headers" | "timestamp" | "signature";
}

/**
 * Checks that a webhook comes from who holds the secret, and that it was sent just now.
 *
 * `body` is what arrived, byte for byte: parsing and serialising it again changes it.
 *
 * @throws ScanSealError `malformed` for a secret that is none.
 */
export function verifyWebhook(
  headers: WebhookHeaders | HttpHeaders,
  body: string | Uint8Array,
  secret: string,
  now: number = currentTime(),
): VerifiedWebhook | RefusedWebhook {
  const key = secretKey(secret);
  const { id, timestamp, signature } = isWebhookHeaders(headers) ? headers : pick(headers);
  if (!ID.test(id) || !/^[0-9]{1,12}$/.test(timestamp) || !signature) return { verified: false, reason: "headers" };
  const sent = Number(timestamp);
  if (Math.abs(now - sent) > TOLERANCE) return { verified: false, reason: "timestamp" };
  const expected = mac(key, id, timestamp, body);
  // Every one is compared, each in constant time: how long it takes tells nothing.
  const fitting = signature.split(" ", MAX_SIGNATURES).filter((one) => sameSignature(one, expected));
  return fitting.length > 0 ? { verified: true, id, timestamp: sent } : { verified: false, reason: "signature" };
}

/** Input of {@link signWebhook}. */
export interface WebhookInput {
  /** Of the message, not of the try. */
  readonly id: string;
  /** What is sent, byte for byte. */
  readonly body: string | Uint8Array;
  /** `whsec_` and 24 to 64 bytes in base64. */
  readonly secret: string;
  /** Seconds since 1970; the clock's time if absent. */
  readonly timestamp?: number;
}

/** The headers to send a webhook with. */
export interface SignedWebhook {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/**
 * Signs a webhook.
 *
 * @throws ScanSealError `malformed` for a secret that is none, and for an id with a dot, which could be read in two
 * ways.
 */
export function signWebhook({ id, body, secret, timestamp = currentTime() }: WebhookInput): SignedWebhook {
  if (!ID.test(id)) {
    throw new ScanSealError("malformed", { detail: "id: expected visible ASCII characters without a dot" });
  }
  const signature = mac(secretKey(secret), id, String(timestamp), body);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature.toString("base64")}`,
  };
}

function secretKey(secret: string): Buffer {
  const text = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : "";
  const key = Buffer.from(text, "base64");
  const exact = key.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
  if (!exact || key.length < SECRET_BYTES.least || key.length > SECRET_BYTES.most) {
    throw new ScanSealError("malformed", { detail: "secret: expected `whsec_` and 24 to 64 bytes in base64" });
  }
  return key;
}

function mac(key: Buffer, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
}

function sameSignature(given: string, expected: Buffer): boolean {
  const bytes = given.startsWith("v1,") ? Buffer.from(given.slice(3), "base64") : Buffer.alloc(0);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function isWebhookHeaders(headers: WebhookHeaders | HttpHeaders): headers is WebhookHeaders {
  return "signature" in headers && "timestamp" in headers && "id" in headers;
}

function pick(headers: HttpHeaders): WebhookHeaders {
  const read = (name: string): string => {
    const value = typeof headers.get === "function" ? headers.get(name) : (headers as Record<string, unknown>)[name];
    return typeof value === "string" ? value : ""; // A header that came twice is no header.
  };
  return { id: read("webhook-id"), timestamp: read("webhook-timestamp"), signature: read("webhook-signature") };
}
