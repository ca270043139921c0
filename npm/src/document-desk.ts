// Between a session and the documents of its request: one thing after the other, and failures with their codes.

import type { DocumentWork, SealChoice, SealedDocument } from "./documents.js";
import { ScanSealError } from "./errors.js";
import type { Session } from "./session.js";

/** What the phone asks about documents, answered. */
export class DocumentDesk {
  /** Bytes go out in the order in which they were asked for. */
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: DocumentWork,
    private readonly session: Session,
    private readonly signal: AbortSignal,
  ) {}

  /** Lays out every document, one after the other. */
  prepare(choice: SealChoice): void {
    void this.prepareAll(choice);
  }

  /** Reads bytes for the phone. Without them the session cannot go on: it is ended. */
  read(document: number, part: "original" | "appended", from: number, length: number): void {
    this.reading = this.reading.then(async () => {
      try {
        this.session.piece(await this.work.read(document, part, from, length));
      } catch {
        this.session.cancel();
      }
    });
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
    if (signature === undefined) return { code: "refused" };
    try {
      return { appended: await this.work.finish(document, signature, this.signal) };
    } catch (error) {
      return { code: ScanSealError.from(error).code };
    }
  }

  private async prepareAll(choice: SealChoice): Promise<void> {
    for (let document = 0; document < this.work.count && !this.signal.aborted; document += 1) {
      try {
        this.session.prepared(document, await this.work.prepare(document, choice, this.signal));
      } catch (error) {
        this.session.prepared(document, ScanSealError.from(error).code);
      }
    }
  }
}
