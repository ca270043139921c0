// Between a session and the documents of its request: one thing after the other, and failures with their codes.

import type { DocumentLayout, DocumentWork, SealChoice, SealedDocument } from "./documents.js";
import { ScanSealError } from "./errors.js";
import type { ScanSealErrorCode } from "./generated/error-codes.js";
import type { Session } from "./session.js";

/** What the phone asks about documents, answered. */
export class DocumentDesk {
  /** Bytes go out in the order in which they were asked for. */
  private reading: Promise<void> = Promise.resolve();
  /** Which phone is served. What was begun for an earlier one must not reach this one. */
  private phone = 0;
  /** Why documents could not be laid out. */
  private readonly failures = new Map<number, ScanSealErrorCode>();
  private chosen: SealChoice | undefined;

  constructor(
    private readonly work: DocumentWork,
    private readonly session: Pick<Session, "prepared" | "piece">,
    private readonly signal: AbortSignal,
    /** Ends the scan. */
    private readonly fail: (error: ScanSealError) => void,
  ) {}

  /** Lays out every document, one after the other. */
  prepare(choice: SealChoice): void {
    this.chosen = choice;
    void this.prepareAll(choice);
  }

  /** The electronic seal that the phone chose (DER); undefined for a signature without a picture. */
  get seal(): Uint8Array | undefined {
    const { seal } = this.chosen ?? {};
    return seal?.length ? seal : undefined;
  }

  /** Reads bytes for the phone. Without them it cannot go on: the scan fails. */
  read(document: number, part: "original" | "appended", from: number, length: number): void {
    const { phone } = this;
    this.reading = this.reading.then(async () => {
      if (!this.serves(phone)) return;
      try {
        const bytes = await this.work.read(document, part, from, length);
        if (!this.serves(phone)) return;
        if (bytes.length !== length) {
          throw new ScanSealError("document-changed", {
            detail: `document ${document} is shorter than the request says`,
          });
        }
        this.session.piece(bytes);
      } catch (error) {
        if (this.serves(phone)) this.fail(ScanSealError.from(error));
      }
    });
  }

  /** The phone is gone; another one may come. */
  release(): void {
    this.phone += 1;
    this.failures.clear();
    this.chosen = undefined;
  }

  /** What goes to the platform's server, one for each document. */
  async finish(signatures: readonly (Uint8Array | undefined)[]): Promise<SealedDocument[]> {
    const sealed: SealedDocument[] = [];
    for (const [document, signature] of signatures.entries()) {
      sealed.push(await this.finishOne(document, signature));
    }
    return sealed;
  }

  private async finishOne(document: number, signature: Uint8Array | undefined): Promise<SealedDocument> {
    if (signature === undefined) return { code: this.failures.get(document) ?? "refused" };
    try {
      return { appended: await this.work.finish(document, signature, this.signal) };
    } catch (error) {
      return { code: ScanSealError.from(error).code };
    }
  }

  private async prepareAll(choice: SealChoice): Promise<void> {
    const { phone } = this;
    for (let document = 0; document < this.work.count && this.serves(phone); document += 1) {
      const layout = await this.prepareOne(document, choice);
      if (!this.serves(phone)) return;
      if (typeof layout === "string") this.failures.set(document, layout);
      this.session.prepared(document, layout);
    }
  }

  private async prepareOne(document: number, choice: SealChoice): Promise<DocumentLayout | ScanSealErrorCode> {
    try {
      return await this.work.prepare(document, choice, this.signal);
    } catch (error) {
      return ScanSealError.from(error).code;
    }
  }

  private serves(phone: number): boolean {
    return phone === this.phone && !this.signal.aborted;
  }
}
