/** What all sections share: reading their data, telling how that goes, and doing what the person decides. */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { type Account, type ApiError, asApiError } from "../lib/api";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { toLogin } from "../lib/visit";
import { skeleton } from "../portal/portal-page";
import { explain } from "./explain";
import { clock } from "./format";
import { sectionHead } from "./parts";
import { common } from "./words/common";
import type { SectionName } from "./words/sections";

/** One section of the page; `T` is what it reads from the server. */
export abstract class Section<T> extends Page {
  static override properties: PropertyDeclarations = {
    account: { attribute: false },
    data: { state: true },
    failure: { state: true },
    reading: { state: true },
    busy: { state: true },
    refusal: { state: true },
  };

  /** Who looks at the page. */
  declare account: Account | undefined;
  declare data: T | null;
  /** Why the data could not be read. */
  declare failure: ApiError | null;
  declare reading: boolean;
  /** An action is under way. */
  declare busy: boolean;
  /** Why the last action was not done; stays until the next one. */
  declare refusal: string | null;
  #newest = 0;
  /** When the data was read. */
  protected readAt: number | null = null;

  constructor() {
    super();
    this.data = null;
    this.failure = null;
    this.reading = true;
    this.busy = false;
    this.refusal = null;
  }

  protected abstract readonly name: SectionName;
  protected abstract read(): Promise<T>;
  protected abstract content(data: T): TemplateResult;

  /** Buttons beside the title. */
  protected tools(): TemplateResult | typeof nothing {
    return nothing;
  }

  override firstUpdated(): void {
    void this.refresh();
  }

  /** Reads the data again. Of several readings under way only the newest counts. */
  async refresh(): Promise<void> {
    const mine = ++this.#newest;
    this.reading = true;
    try {
      const data = await this.read();
      if (mine !== this.#newest) return;
      this.data = data;
      this.failure = null;
      this.readAt = Date.now() / 1000;
    } catch (error) {
      const refused = this.checked(error);
      if (mine === this.#newest) this.failure = refused;
    } finally {
      if (mine === this.#newest) this.reading = false;
    }
  }

  /** Does something on the server and says that it is done. `null` if it was refused. */
  protected async act<R>(work: () => Promise<R>, done: string, why = explain): Promise<R | null> {
    const result = await this.attempt(work, why);
    if (result !== null) toast(done);
    return result;
  }

  /** Asks the server for something, one thing at a time; a refusal is shown, and the answer is then `null`. */
  protected async attempt<R>(work: () => Promise<R>, why = explain): Promise<R | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refusal = null;
    try {
      return await work();
    } catch (error) {
      this.refusal = why(this.checked(error));
      return null;
    } finally {
      this.busy = false;
      await this.keepFocus();
    }
  }

  /** The refusal, unless it only means that the session has ended: then the login page is next. */
  private checked(error: unknown): ApiError {
    const refused = asApiError(error);
    if (refused.code === "login-required") toLogin("ended");
    return refused;
  }

  /** When the pressed button is gone the focus goes to the section's title, not to the top of the document. */
  private async keepFocus(): Promise<void> {
    await this.updateComplete;
    if (document.activeElement === document.body) document.querySelector<HTMLElement>("#section-title")?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      ${this.head()}
      <div class="refusal" role="alert" ?hidden=${this.refusal === null}>
        ${this.refusal ? html`<p class="notice bad">${this.refusal}</p>` : nothing}
      </div>
      ${this.failure ? this.failed(this.failure) : nothing}
      ${this.data ? html`<div class="section-body" aria-busy=${this.reading}>${this.content(this.data)}</div>` : this.failure ? nothing : waiting()}
    `;
  }

  /** Title and tools. A tab within a section has tools only. */
  protected head(): TemplateResult | typeof nothing {
    return sectionHead(this.name, html`${this.tools()}${this.refreshTool()}`);
  }

  protected refreshTool(): TemplateResult {
    const t = common();
    return html`<span class="read-at quiet">${this.readAt && !this.failure ? t.readAt(clock(this.readAt)) : nothing}</span>
      <button class="button small" aria-busy=${this.reading} @click=${() => this.refresh()}>${t.refresh}</button>`;
  }

  private failed(error: ApiError): TemplateResult {
    return html`<div class="notice bad failed" role="alert">
      <span>${explain(error)}</span>
      <button class="button small" aria-busy=${this.reading} @click=${() => this.refresh()}>${common().retry}</button>
    </div>`;
  }
}

function waiting(): TemplateResult {
  return html`<p class="visually-hidden" role="status">${common().loading}</p>
    ${skeleton(6)}`;
}
