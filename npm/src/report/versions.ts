// The versions of a file as documents that can be drawn: the file up to the end of a revision is what it was then.

import type { PdfReport } from "../pdf/report.js";
import { openDocument, type ViewerDocument } from "../viewer/document.js";

/** How many versions are kept open: the one that is looked at, and the one it is compared with. */
const MAX_OPEN = 2;

/** A file that somebody compares with: it is no version of this one. */
export const COPY = "copy";
/** What can be drawn: a revision, the whole file, or the copy. */
export type VersionId = number | null | typeof COPY;

/** The versions of one file. One picture is drawn at a time, so that closing a document never takes it from a picture. */
export class Versions {
  /** By their sizes, which tell versions of one file apart. */
  private readonly documents = new Map<number | typeof COPY, Promise<ViewerDocument>>();
  private copy: Blob | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly file: Blob,
    private readonly report: PdfReport,
    private readonly password: string | undefined,
  ) {}

  /** The bytes of a version; undefined if there is no such revision. */
  bytes(revision: number): Blob | undefined {
    const found = this.report.document.revisions.find(({ index }) => index === revision);
    return found && this.file.slice(0, found.end, "application/pdf");
  }

  /** Sets the file to compare with. */
  setCopy(copy: Blob): void {
    const known = this.documents.get(COPY);
    this.documents.delete(COPY);
    // Not while something of it is being drawn.
    if (known !== undefined) void this.last.then(() => shut(known));
    this.copy = copy;
  }

  /** Waits for its turn, then works with a version, or with the whole file for null. */
  use<Value>(revision: VersionId, work: (document: ViewerDocument) => Promise<Value>): Promise<Value> {
    const turn = this.last.then(async () => work(await this.open(revision)));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Frees the memory. What is waiting or being drawn is rejected. */
  close(): void {
    this.closed = true;
    for (const document of this.documents.values()) shut(document);
    this.documents.clear();
  }

  private open(revision: VersionId): Promise<ViewerDocument> {
    if (this.closed) return Promise.reject(new Error("the versions are closed"));
    const bytes = revision === COPY ? this.copy : revision === null ? this.file : this.bytes(revision);
    if (bytes === undefined) return Promise.reject(new Error(`there is no revision ${revision}`));
    const key = revision === COPY ? COPY : bytes.size;
    const document =
      this.documents.get(key) ?? openDocument(bytes, this.password === undefined ? {} : { password: this.password });
    // The one used last is the last in the map, the first is closed when there are too many.
    this.documents.delete(key);
    this.documents.set(key, document);
    document.catch(() => {
      if (this.documents.get(key) === document) this.documents.delete(key);
    });
    for (const [other, oldest] of this.documents) {
      if (this.documents.size <= MAX_OPEN) break;
      this.documents.delete(other);
      shut(oldest);
    }
    return document;
  }
}

function shut(document: Promise<ViewerDocument>): void {
  // One that could not be opened has nothing to close.
  document.then(
    (opened) => opened.close(),
    () => undefined,
  );
}
