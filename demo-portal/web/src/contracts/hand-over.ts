/**
 * Hands what the phone has signed over to the platform: the assertion, then each document's appended bytes. The platform
 * may be down meanwhile; what is sealed is not lost then, but kept, offered for download, and sent again.
 */
import type { ScanAnswer } from "scanseal";
import type { SealedContract } from "./model";

/** How far one document is. */
export type Delivery =
  | { readonly at: "waiting" }
  | { readonly at: "sending"; readonly share: number }
  /** The platform could not take it yet; it is tried again by itself. */
  | { readonly at: "stuck"; readonly code: string }
  | { readonly at: "accepted"; readonly answer: SealedContract }
  /** The platform refuses it: another try changes nothing. */
  | { readonly at: "refused"; readonly code: string }
  /** The phone left it out, or it could not be laid out. */
  | { readonly at: "left-out"; readonly code: string }
  /** The platform did not come back while it would still have taken it. */
  | { readonly at: "late"; readonly code: string };

/** A failure as its code, and whether trying again may help. */
export interface Failure {
  readonly code: string;
  readonly passing: boolean;
}

/** What it needs of the world. */
export interface HandOverHost {
  /** Hands the assertion over; resolves with which documents may follow, and until when (milliseconds). */
  assert(answer: ScanAnswer): Promise<{ documents: readonly boolean[]; until: number }>;
  send(document: number, appended: Uint8Array, progress: (share: number) => void): Promise<SealedContract>;
  /** What a thrown thing means. What is a fault of the program, it throws on. */
  failure(error: unknown): Failure;
  now(): number;
  wait(milliseconds: number): Promise<void>;
  changed(): void;
}

/** Waits between tries, in milliseconds; the last is kept to. */
const WAITS = [1_000, 2_000, 4_000, 8_000, 15_000];
/** Sent at a time. */
const AT_ONCE = 3;

/** One hand-over. `deliveries` is how far each document is. */
export class HandOver {
  deliveries: readonly Delivery[];
  /** What is appended to each document; `null` for one that is left out. */
  readonly appended: (Uint8Array | null)[];
  #hurry: (() => void)[] = [];

  constructor(
    private readonly answer: ScanAnswer,
    count: number,
    /** Until when the platform takes the assertion, in milliseconds. */
    private until: number,
    private readonly host: HandOverHost,
  ) {
    const sealed = Array.from({ length: count }, (_, document) => answer.documents?.[document]);
    this.appended = sealed.map((one) => (one && "appended" in one ? one.appended : null));
    this.deliveries = sealed.map((one) =>
      one && "appended" in one ? { at: "waiting" } : { at: "left-out", code: one?.code ?? "refused" },
    );
  }

  /** Whether anything is still under way. */
  get busy(): boolean {
    return this.deliveries.some(({ at }) => at === "waiting" || at === "sending" || at === "stuck");
  }

  /** Whether something is sealed that the platform does not have. */
  get unsaved(): boolean {
    return this.deliveries.some(({ at }) => at !== "accepted" && at !== "left-out" && at !== "refused");
  }

  /** Works until each document is accepted, refused or late. Rejects if the platform refuses the assertion. */
  async run(): Promise<void> {
    const verdict = await this.#persist(
      () => this.host.assert(this.answer),
      (failure) => this.#setOpen({ at: "stuck", code: failure.code }),
    ).catch((error: unknown) => {
      this.#setOpen({ at: "refused", code: this.host.failure(error).code });
      throw error;
    });
    if ("late" in verdict) return this.#setOpen({ at: "late", code: verdict.late });
    const { documents, until } = verdict.done;
    this.until = until;
    const queue = [...this.appended.keys()].filter((document) => this.appended[document]);
    for (const document of queue) {
      // The phone has signed it, so the platform knows of it; if it does not, nothing more can be done with it.
      if (documents[document] === false) this.#set(document, { at: "refused", code: "assertion-invalid" });
      else this.#set(document, { at: "waiting" });
    }
    const open = queue.filter((document) => this.deliveries[document]?.at === "waiting");
    const workers = Array.from({ length: Math.min(AT_ONCE, open.length) }, async () => {
      for (let document = open.shift(); document !== undefined; document = open.shift()) await this.#deliver(document);
    });
    await Promise.all(workers);
  }

  /** Tries at once what waits for its next try. */
  hurry(): void {
    for (const wake of this.#hurry.splice(0)) wake();
  }

  async #deliver(document: number): Promise<void> {
    const appended = this.appended[document];
    if (!appended) return;
    const send = (): Promise<SealedContract> => {
      this.#set(document, { at: "sending", share: 0 });
      return this.host.send(document, appended, (share) => this.#set(document, { at: "sending", share }));
    };
    try {
      const verdict = await this.#persist(send, ({ code }) => this.#set(document, { at: "stuck", code }));
      this.#set(
        document,
        "late" in verdict ? { at: "late", code: verdict.late } : { at: "accepted", answer: verdict.done },
      );
    } catch (error) {
      this.#set(document, { at: "refused", code: this.host.failure(error).code });
    }
  }

  /** Tries until it is done, refused (then it rejects), or too late. */
  async #persist<T>(
    work: () => Promise<T>,
    stuck: (failure: Failure) => void,
  ): Promise<{ done: T } | { late: string }> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return { done: await work() };
      } catch (error) {
        const failure = this.host.failure(error);
        if (!failure.passing) throw error;
        const wait = WAITS[Math.min(attempt, WAITS.length - 1)] ?? 0;
        if (this.host.now() + wait >= this.until) return { late: failure.code };
        stuck(failure);
        await Promise.race([this.host.wait(wait), new Promise<void>((wake) => this.#hurry.push(wake))]);
      }
    }
  }

  #setOpen(delivery: Delivery): void {
    for (const [document, { at }] of this.deliveries.entries()) {
      if (at === "waiting" || at === "stuck") this.#set(document, delivery);
    }
  }

  #set(document: number, delivery: Delivery): void {
    this.deliveries = this.deliveries.map((one, at) => (at === document ? delivery : one));
    this.host.changed();
  }
}

/** The original with what was appended: what the platform would have, as a file. */
export function sealedFile(original: Blob, appended: Uint8Array): Blob {
  return new Blob([original, appended as BlobPart], { type: "application/pdf" });
}
