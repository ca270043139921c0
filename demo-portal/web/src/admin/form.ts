/** A form in a dialog: fields with hints and faults, one button, the server's refusal where the eyes are. */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { asApiError } from "../lib/api";
import { Page } from "../lib/page";
import { toLogin } from "../lib/visit";
import { explain } from "./explain";
import { common } from "./words/common";

/** A field of a form. */
export interface Field {
  name: string;
  label: string;
  hint?: string;
  /** Lines; a single one if absent. */
  rows?: number;
  /** Codes and other text that is no prose. */
  code?: boolean;
  maxlength?: number;
  /** Offers to fill it from a file; `accept` as in HTML. */
  file?: { label: string; accept: string; multiple?: boolean };
}

/** `R` is what the server answers, with which the dialog closes. */
export abstract class DialogForm<R> extends Page {
  static override properties: PropertyDeclarations = {
    close: { attribute: false },
    busy: { state: true },
    refusal: { state: true },
    wrong: { state: true },
  };

  declare close: (result: R) => void;
  declare busy: boolean;
  declare refusal: string | null;
  /** What is wrong with each field. */
  declare wrong: Record<string, string>;

  constructor() {
    super();
    this.busy = false;
    this.refusal = null;
    this.wrong = {};
  }

  protected abstract fields(): TemplateResult;
  /** The word on the button. */
  protected abstract action(): string;
  /** Faults that can be seen without asking the server. */
  protected abstract faults(): Record<string, string>;
  protected abstract send(): Promise<R>;
  protected readonly danger: boolean = false;

  /** What was entered, without space around it. */
  protected value(name: string): string {
    const entered = new FormData(this.querySelector("form") as HTMLFormElement).get(name);
    return typeof entered === "string" ? entered.trim() : "";
  }

  /** Faults of the fields among `names` that are empty. */
  protected missing(...names: string[]): Record<string, string> {
    return Object.fromEntries(
      names.filter((name) => !this.value(name)).map((name) => [name, common().fields.required ?? ""]),
    );
  }

  protected override render(): TemplateResult {
    return html`<form novalidate autocomplete="off" @submit=${this.#submit}>
      <div class="dialog-body">
        ${this.fields()}
        <div role="alert">${this.refusal ? html`<p class="notice bad">${this.refusal}</p>` : nothing}</div>
      </div>
      <footer>
        <button class="button" type="button" @click=${() => this.closest("dialog")?.close()}>${common().cancel}</button>
        <button class="button ${this.danger ? "danger" : "primary"}" aria-busy=${this.busy}>${this.action()}</button>
      </footer>
    </form>`;
  }

  protected field({ name, label, hint, rows, code, maxlength, file }: Field): TemplateResult {
    const wrong = this.wrong[name];
    const described = `${hint ? `${name}-hint` : ""} ${wrong ? `${name}-wrong` : ""}`.trim() || nothing;
    const kind = code ? "mono" : "";
    return html`<div class="field">
      <label for=${name}>${label}</label>
      ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
      ${
        rows
          ? html`<textarea id=${name} name=${name} class=${kind} rows=${rows} spellcheck="false" aria-describedby=${described} aria-invalid=${!!wrong} @input=${this.#entered}></textarea>`
          : html`<input id=${name} name=${name} class=${kind} maxlength=${maxlength ?? nothing} spellcheck="false" aria-describedby=${described} aria-invalid=${!!wrong} @input=${this.#entered} />`
      }
      ${file ? this.#filePicker(name, file) : nothing}
      ${wrong ? html`<p class="wrong" id="${name}-wrong">${wrong}</p>` : nothing}
    </div>`;
  }

  /** A choice of one among few, each with its meaning. */
  protected choice(
    name: string,
    label: string,
    options: { value: string; text: TemplateResult; more?: string }[],
    chosen?: string,
  ): TemplateResult {
    const wrong = this.wrong[name];
    return html`<fieldset class="choice" aria-describedby=${wrong ? `${name}-wrong` : nothing}>
      <legend>${label}</legend>
      ${options.map(
        ({ value, text, more }) => html`<label>
          <input type="radio" name=${name} value=${value} ?checked=${value === chosen} @change=${this.#entered} />
          <span>${text}${more ? html`<span class="quiet">${more}</span>` : nothing}</span>
        </label>`,
      )}
      ${wrong ? html`<p class="wrong" id="${name}-wrong">${wrong}</p>` : nothing}
    </fieldset>`;
  }

  #filePicker(name: string, { label, accept, multiple = false }: NonNullable<Field["file"]>): TemplateResult {
    const picked = async (event: Event) => {
      const input = event.currentTarget as HTMLInputElement;
      const texts = await Promise.all([...(input.files ?? [])].map(asPem));
      const field = this.querySelector<HTMLTextAreaElement>(`#${name}`);
      if (field) field.value = [multiple ? field.value.trim() : "", ...texts].filter(Boolean).join("\n");
      input.value = "";
      this.#forget(name);
      this.requestUpdate();
    };
    return html`<label class="button small file">
      ${label}<input type="file" class="visually-hidden" accept=${accept} ?multiple=${multiple} @change=${picked} />
    </label>`;
  }

  /** A fault is taken back as soon as the person works on it. */
  readonly #entered = (event: Event): void => {
    this.#forget((event.currentTarget as HTMLInputElement).name);
    this.requestUpdate();
  };

  #forget(name: string): void {
    const { [name]: _, ...others } = this.wrong;
    this.wrong = others;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    this.refusal = null;
    this.wrong = this.faults();
    if (Object.keys(this.wrong).length) return this.#showFault();
    this.busy = true;
    try {
      this.close(await this.send());
    } catch (error) {
      const refused = asApiError(error);
      if (refused.code === "login-required") return toLogin("ended");
      const t = common();
      const { fields = {} } = refused.members;
      this.wrong = Object.fromEntries(
        Object.entries(fields).map(([name, code]) => [name, t.fields[code] ?? t.fieldOther(code)]),
      );
      if (Object.keys(fields).length) await this.#showFault();
      else this.refusal = explain(refused);
    } finally {
      this.busy = false;
    }
  };

  async #showFault(): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>('[aria-invalid="true"], fieldset[aria-describedby] input')?.focus();
  }
}

/** A file as PEM; one in DER, as many tools write certificates, is put into that form. */
async function asPem(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  if (text.includes("-----BEGIN")) return text.trim();
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const label = /\.(csr|req|p10)$/i.test(file.name) ? "CERTIFICATE REQUEST" : "CERTIFICATE";
  return `-----BEGIN ${label}-----\n${base64.replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${label}-----`;
}
