/** The scan in which documents are sealed: asks the platform, lays out, hands over. */
import {
  type CallContext,
  isErrorCode,
  type ScanAnswer,
  type ScanRequest,
  ScanSealError,
  type ScanSealErrorCode,
  type ScanState,
} from "scanseal";
import type { DocumentWork } from "scanseal/pdf";
import { type ApiError, asApiError, call } from "../lib/api";
import { put } from "../lib/upload";
import { type Delivery, type Failure, HandOver } from "./hand-over";
import type { Contract, SealDocument, SealedContract } from "./model";
import { afterState, afterWork, begun, type SealProgress } from "./seal-steps";
import { WatchedWork } from "./watched-work";

/** So long the phone waits for the platform to take the documents, in milliseconds; the page goes on by itself. */
const PATIENCE = 20_000;

/** It is tried for at least so long after the assertion was accepted, in milliseconds. */
const LEAST = 120_000;

interface Issued extends ScanRequest {
  jti: string;
  /** Seconds. */
  expires: number;
  documents: SealDocument[];
}

/** One scan. Hand `request`, `submit`, `documents` and `documentCodes` to `<scanseal-qr>`, and its states to `state`. */
export class SealScan {
  progress: SealProgress;
  handOver: HandOver | null = null;
  /** Why the platform refused, with what the element does not carry. */
  refusal: ApiError | null = null;
  /** The contracts are not those any more that were opened here. */
  outdated = false;
  #issued: { jti: string; until: number } | null = null;
  #work: WatchedWork | null = null;

  constructor(
    private readonly contracts: readonly Contract[],
    /** Opens the documents for a scan. */
    private readonly open: (signal: AbortSignal) => Promise<DocumentWork>,
    private readonly changed: () => void,
  ) {
    this.progress = begun(contracts.length);
  }

  /** Whether the phone wants to sign without any seal. */
  get sealless(): boolean {
    return this.#work?.seal?.length === 0;
  }

  readonly documents = async ({ signal }: CallContext): Promise<DocumentWork> => {
    const sizes = this.contracts.map(({ file }) => file?.size ?? 0);
    const work = await this.open(signal);
    this.#work = new WatchedWork(work, sizes, (event) => this.#move(afterWork(this.progress, event)));
    return this.#work;
  };

  readonly state = (state: ScanState): void => this.#move(afterState(this.progress, state));

  readonly request = (): Promise<ScanRequest> =>
    this.#told(async () => {
      this.refusal = null;
      const ids = this.contracts.map(({ id }) => id);
      const issued = await call<Issued>("POST", "/api/contracts/seal-requests", { contracts: ids });
      // What was placed is of the file that was open; the other party may have been faster.
      const same = this.contracts.every(({ id, file }, at) => {
        const document = issued.documents[at];
        return document?.contract === id && document.sha256 === file?.sha256;
      });
      this.outdated = !same;
      if (this.outdated) throw new ScanSealError("document-changed");
      this.#issued = { jti: issued.jti, until: Date.now() + issued.expires * 1000 };
      return issued;
    });

  readonly submit = (answer: ScanAnswer): Promise<readonly Delivery[]> =>
    this.#told(async () => {
      const issued = this.#issued;
      const seal = this.#work?.seal;
      if (issued === null || !seal) throw new ScanSealError("internal", { detail: "nothing was asked for" });
      const over: HandOver = new HandOver(answer, this.contracts.length, issued.until, {
        assert: async ({ assertion, channelBinding }) => {
          const body = { assertion, channelBinding, seal: base64(seal) };
          const path = `/api/contracts/seal-requests/${issued.jti}/assertion`;
          const { documents, until } = await call<{ documents: boolean[]; until: number }>("POST", path, body);
          // A clock of this computer that is ahead must not end it early; one try too many, the platform refuses.
          return { documents, until: Math.max(until * 1000, Date.now() + LEAST) };
        },
        send: (document, appended, progress) =>
          put<SealedContract>(`/api/contracts/seal-requests/${issued.jti}/documents/${document}`, appended, {
            progress,
          }),
        failure,
        now: () => Date.now(),
        wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
        changed: this.changed,
      });
      this.handOver = over;
      this.changed();
      // The phone is told what is known after a while; what is not handed over by then goes on without it.
      const running = over.run();
      // A refusal that comes later than the phone waits is told by the deliveries.
      running.catch(asApiError);
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
      return over.deliveries;
    });

  readonly documentCodes = (deliveries: readonly Delivery[]): (ScanSealErrorCode | undefined)[] =>
    deliveries.map((delivery) => {
      if (delivery.at === "accepted") return undefined;
      return "code" in delivery ? known(delivery.code) : "maintenance";
    });

  #move(progress: SealProgress): void {
    this.progress = progress;
    this.changed();
  }

  /** The element, and through it the phone, shows the platform's reason by its code. */
  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ScanSealError) throw error;
      const refusal = asApiError(error);
      this.refusal = refusal;
      throw new ScanSealError(known(refusal.code), { detail: refusal.message });
    }
  }
}

/** What the server says about itself passes; what it says about what it was given does not. */
function failure(error: unknown): Failure {
  const { code, status } = asApiError(error);
  return { code, passing: code === "offline" || status >= 500 || status === 429 || status === 408 };
}

/** `offline` and some of the server's own codes are no words of the protocol. */
function known(code: string): ScanSealErrorCode {
  if (code === "offline") return "maintenance";
  return isErrorCode(code) ? code : "internal";
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
