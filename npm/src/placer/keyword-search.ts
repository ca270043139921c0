// Where words stand in the document: found once, in the background, one word at a time.

import { ScanSealError } from "../errors.js";
import type { ScanSealErrorCode } from "../generated/error-codes.js";
import type { FindKeywordOptions, KeywordHit } from "../pdf/options.js";

/** What is known about a word. */
export type Finding =
  | { readonly state: "searching" }
  | { readonly state: "found"; readonly hits: readonly KeywordHit[] }
  | { readonly state: "failed"; readonly code: ScanSealErrorCode };

/** Finds words in a document: `findKeyword` of `scanseal/pdf`. */
export type Finder = (pdf: Blob, word: string, options: FindKeywordOptions) => Promise<readonly KeywordHit[]>;

/** All that is known about the words of one document. */
export class KeywordSearch {
  private readonly findings = new Map<string, Finding>();
  private readonly queue: string[] = [];
  private readonly stop = new AbortController();
  private busy = false;

  constructor(
    private readonly find: Finder,
    private readonly pdf: Blob,
    private readonly password: string | undefined,
    /** Is called when more is known. */
    private readonly onFinding: (word: string) => void,
  ) {}

  /** What is known; looks for the word if nothing is. */
  want(word: string): Finding {
    const known = this.findings.get(word);
    if (known !== undefined) return known;
    const searching: Finding = { state: "searching" };
    this.findings.set(word, searching);
    this.queue.push(word);
    void this.work();
    return searching;
  }

  /** What is known, without looking for the word. */
  known(word: string): Finding | undefined {
    return this.findings.get(word);
  }

  /** Where the word stands, or why that cannot be told, if that is known. */
  outcome(word: string): readonly KeywordHit[] | ScanSealErrorCode | undefined {
    const finding = this.findings.get(word);
    if (finding?.state === "failed") return finding.code;
    return finding?.state === "found" ? finding.hits : undefined;
  }

  /** Where the word stands, as far as that is known. */
  hits(word: string): readonly KeywordHit[] {
    const finding = this.findings.get(word);
    return finding?.state === "found" ? finding.hits : [];
  }

  /** Those of some suggested words that are worth offering: once all were looked for, the ones that are there; all if none is. */
  offered(words: readonly string[]): readonly string[] {
    const there = words.filter((word) => this.hits(word).length > 0);
    const looked = words.every((word) => this.findings.get(word)?.state === "found");
    return looked && there.length > 0 ? there : words;
  }

  /** Words that have been found. */
  get foundWords(): readonly string[] {
    return [...this.findings].filter(([, finding]) => finding.state === "found").map(([word]) => word);
  }

  close(): void {
    this.queue.length = 0;
    this.stop.abort();
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let word = this.queue.shift(); word !== undefined; word = this.queue.shift()) {
      const finding = await this.look(word);
      if (this.stop.signal.aborted) return;
      this.findings.set(word, finding);
      this.onFinding(word);
    }
    this.busy = false;
  }

  private async look(word: string): Promise<Finding> {
    try {
      const options = { signal: this.stop.signal, ...(this.password !== undefined && { password: this.password }) };
      return { state: "found", hits: await this.find(this.pdf, word, options) };
    } catch (error) {
      return { state: "failed", code: ScanSealError.from(error).code };
    }
  }
}
