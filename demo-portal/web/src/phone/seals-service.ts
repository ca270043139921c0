/** The authority's seals for the certificates of this phone: fetched, kept for offline use, and added to. */
import { type Phone, sealDetails } from "../../wasm/phone/phone.js";
import type { NewSeal, SealShelf, SealView } from "./core-types";
import { reach } from "./reach";
import { added, keepDrafts, kindOf, numberOf, readAnswer, readList, statusOf } from "./seal-shelf";
import { loadShelf, type StoredSeal, type StoredShelf, storeShelf } from "./store";

/** A holder's call: every one is signed with the certificate's key. */
interface Call {
  certificate: string;
  pin: string;
  url: string;
  method: "GET" | "POST";
  type?: string;
  body?: Uint8Array<ArrayBuffer>;
}

/** The seals of one phone at one operator. */
export class SealsService {
  readonly #phone: Phone;
  readonly #home: string;
  readonly #renew: () => Promise<unknown>;
  #shelves = new Map<string, StoredShelf | null>();

  /** `renew` fetches the operator's description again: one that was kept from before there were seals does not name them. */
  constructor(phone: Phone, home: string, renew: () => Promise<unknown>) {
    this.#phone = phone;
    this.#home = home;
    this.#renew = renew;
  }

  /** What is kept for each of these certificates. */
  async shelves(certificates: readonly string[]): Promise<SealShelf[]> {
    return Promise.all(
      certificates.map(async (certificate) => {
        const shelf = await this.#shelf(certificate);
        return {
          certificate,
          fetched: shelf?.fetched ?? null,
          seals: (shelf?.seals ?? []).map((seal) => this.#view(certificate, seal)),
        };
      }),
    );
  }

  /** The seal (DER) with this id, if it can be used. */
  async usable(certificate: string, id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const shelf = await this.#shelf(certificate);
    const seal = shelf?.seals.find((one) => one.id === id);
    return seal?.der && this.#view(certificate, seal).status === "valid" ? seal.der : null;
  }

  /** Asks the authority for all seals of a certificate. */
  async fetch(certificate: string, pin: string): Promise<void> {
    const text = await this.#call({ certificate, pin, url: await this.#address(""), method: "GET" });
    const before = (await this.#shelf(certificate))?.seals ?? [];
    await this.#keep(certificate, keepDrafts(before, readList(text)));
  }

  /** Sends a picture: a signature is a seal at once, a photograph is looked at first. */
  async send(certificate: string, pin: string, seal: NewSeal): Promise<void> {
    const [width, height] = seal.millimetres;
    const query = new URLSearchParams(
      seal.how === "handwritten"
        ? { width: String(width), height: String(height) }
        : { kind: String(numberOf(seal.kind)), name: seal.name, width: String(width), height: String(height) },
    );
    if (seal.replaces !== null) query.set("replaces", seal.replaces);
    const url = `${await this.#address(`/${seal.how}`)}?${query}`;
    const text = await this.#call({ certificate, pin, url, method: "POST", type: "image/png", body: seal.png });
    const answered: StoredSeal = { ...readAnswer(text), millimetres: seal.millimetres };
    const sent = answered.der ? answered : { ...answered, draft: seal.png };
    await this.#keep(certificate, added((await this.#shelf(certificate))?.seals ?? [], sent));
  }

  /** Tells the authority that a seal shall not be used any more. */
  async revoke(certificate: string, pin: string, id: string, reason: string): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify({ seal: id, reason }));
    const url = await this.#address("/revoke");
    await this.#call({ certificate, pin, url, method: "POST", type: "application/json", body });
    const before = (await this.#shelf(certificate))?.seals ?? [];
    const revoked = before.map((one) => (one.id === id ? { ...one, status: "revoked", reason, der: null } : one));
    await this.#keep(certificate, revoked);
  }

  async #call({ certificate, pin, url, method, type, body }: Call): Promise<string> {
    const proof = await this.#phone.authorizeSealCall(certificate, pin, url, body ?? new Uint8Array(), Date.now());
    return reach(url, {
      method,
      cache: "no-store",
      credentials: "omit",
      headers: { authorization: proof, ...(type && { "content-type": type }) },
      ...(body && { body }),
    });
  }

  async #address(below: string): Promise<string> {
    const known = (): string | null | undefined =>
      this.#phone.operators().find(({ home }) => home === this.#home)?.seals;
    if (!known()) await this.#renew();
    const address = known();
    if (!address) throw Object.assign(new Error("the operator issues no seals"), { code: "no-seals-here" });
    return `${address}${below}`;
  }

  async #shelf(certificate: string): Promise<StoredShelf | null> {
    const known = this.#shelves.get(certificate);
    if (known !== undefined) return known;
    const stored = await loadShelf(certificate);
    this.#shelves.set(certificate, stored);
    return stored;
  }

  async #keep(certificate: string, seals: StoredSeal[]): Promise<void> {
    const shelf = { fetched: Math.floor(Date.now() / 1000), seals };
    await storeShelf(certificate, shelf);
    this.#shelves.set(certificate, shelf);
  }

  #view(certificate: string, seal: StoredSeal): SealView {
    const now = Date.now();
    const shown = seal.der ? details(seal.der) : null;
    const problem = seal.der ? (this.#phone.sealProblem(this.#home, certificate, seal.der, now) ?? null) : null;
    return {
      id: seal.id,
      certificate,
      // What the seal itself says counts; the list's words are for those that have none.
      kind: shown?.kind ?? kindOf(seal.kind) ?? "company",
      name: shown?.name ?? seal.name,
      status: statusOf(seal, problem, now / 1000),
      reason: seal.reason,
      replaces: seal.replaces ?? null,
      validUntil: shown ? shown.validUntil / 1000 : seal.validUntil,
      picture: shown
        ? new Blob([shown.picture], { type: shown.pictureType })
        : seal.draft && new Blob([seal.draft], { type: "image/png" }),
      millimetres: shown?.millimetres ?? seal.millimetres,
    };
  }
}

/** What a seal says; null for bytes that are none, which `sealProblem` names. */
function details(der: Uint8Array): ReturnType<typeof sealDetails> | null {
  try {
    return sealDetails(der);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "malformed") throw error;
    return null;
  }
}
