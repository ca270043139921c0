/** `<photo-cut>`: a seal from paper, photographed, cut out, named, and sent for review. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { onLocale } from "../../lib/locale";
import type { SealKind, SealView } from "../core-types";
import { type CutOutSeal, cutSeal, prepared } from "../cut-out";
import { explain } from "../explain";
import { sealTexts } from "../texts-seal";
import { addressOf } from "./seal-parts";

type PhotographedKind = Exclude<SealKind, "handwritten">;

/** A seal that the person wants to be reviewed. */
export type PhotographedEvent = CustomEvent<{
  png: Uint8Array<ArrayBuffer>;
  millimetres: readonly [number, number];
  kind: PhotographedKind;
  name: string;
}>;

/** Longer side in millimetres of the usual seal of each kind. */
const USUAL: Record<PhotographedKind, number> = { company: 42, contract: 58, "legal-representative": 20, name: 20 };
/** The size that is told to the worker; what it cuts out is scaled to the size that was measured. */
const CUT_AT = 42;
const SMALLEST = 8;
const LARGEST = 100;

export class PhotoCut extends LitElement {
  static override properties = {
    old: { attribute: false },
    photo: { state: true },
    seal: { state: true },
    busy: { state: true },
    code: { state: true },
    kind: { state: true },
    wrong: { state: true },
  };

  /** The seal that gets another picture: kind, name and size are its own. */
  declare old: SealView | null;
  declare photo: Blob | null;
  declare seal: (CutOutSeal & { shown: Blob }) | null;
  declare busy: boolean;
  declare code: string | null;
  /** Nobody is spared the choice: the reviewer compares it with the picture. */
  declare kind: PhotographedKind | null;
  declare wrong: { kind?: true; name?: true; size?: true };

  #work = new AbortController();
  #stop: (() => void) | undefined;

  constructor() {
    super();
    this.old = null;
    this.photo = null;
    this.seal = null;
    this.busy = false;
    this.code = null;
    this.kind = null;
    this.wrong = {};
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onLocale(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#work.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("old") && this.old && this.old.kind !== "handwritten") this.kind = this.old.kind;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const t = sealTexts();
    return html`
      ${this.photo ? this.#pictures(this.photo) : html`<p class="quiet">${t.photoHint}</p>`}
      ${this.code ? this.#problem(this.code) : nothing}
      ${
        this.busy
          ? nothing
          : html`<div class="pair">
              ${this.#choose(this.photo ? t.again : t.takePhoto, true)} ${this.#choose(t.choosePhoto, false)}
            </div>`
      }
      ${this.seal ? this.#form() : nothing}
    `;
  }

  #choose(text: string, camera: boolean): TemplateResult {
    return html`<label class="button file ${camera && !this.photo ? "primary" : ""}">
      ${text}<input class="visually-hidden" type="file" accept="image/*" capture=${camera ? "environment" : nothing} @change=${this.#chosen} />
    </label>`;
  }

  #pictures(photo: Blob): TemplateResult {
    const t = sealTexts();
    return html`<div class="before-after">
      <figure><figcaption>${t.before}</figcaption><img src=${addressOf(photo)} alt=${t.before} /></figure>
      <figure>
        <figcaption>${t.after}</figcaption>
        <span class="seal-paper">
          ${
            this.seal
              ? html`<img src=${addressOf(this.seal.shown)} alt=${t.after} />`
              : this.busy
                ? html`<span role="status"><span class="spinner"></span>${t.cutting}</span>`
                : nothing
          }
        </span>
      </figure>
    </div>`;
  }

  #problem(code: string): TemplateResult {
    const { cause, advice } = explain({ code });
    return html`<p class="notice bad" role="alert"><span><strong>${cause}</strong>${advice}</span></p>`;
  }

  #form(): TemplateResult {
    const t = sealTexts();
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${
        this.old
          ? html`<dl class="facts"><div><dt>${t.sealKind}</dt><dd>${this.kind && t.kinds[this.kind]}</dd></div></dl>`
          : html`<fieldset class="issuers" aria-describedby="seal-kind-wrong">
              <legend>${t.sealKind}</legend>
              ${(Object.keys(USUAL) as PhotographedKind[]).map(
                (kind) =>
                  html`<label><input type="radio" name="kind" .checked=${this.kind === kind} @change=${() => this.#sort(kind)} /><span class="label">${t.kinds[kind]}</span></label>`,
              )}
              <span class="wrong" id="seal-kind-wrong">${this.wrong.kind ? t.needKind : nothing}</span>
            </fieldset>`
      }
      <div class="field">
        <label for="seal-name">${t.sealName}</label>
        <input id="seal-name" name="name" maxlength="64" @input=${() => this.#mended("name")} value=${this.old?.name ?? ""} aria-invalid=${this.wrong.name === true} aria-describedby="seal-name-hint seal-name-wrong" />
        <span class="hint" id="seal-name-hint">${t.sealNameHint}</span>
        <span class="wrong" id="seal-name-wrong">${this.wrong.name ? t.needName : nothing}</span>
      </div>
      <div class="field">
        <label for="seal-size">${t.sealSize}</label>
        <input id="seal-size" name="size" inputmode="numeric" @input=${() => this.#mended("size")} value=${String(this.old?.millimetres ? Math.max(...this.old.millimetres) : this.kind ? USUAL[this.kind] : "")} aria-invalid=${this.wrong.size === true} aria-describedby="seal-size-hint seal-size-wrong" />
        <span class="hint" id="seal-size-hint">${t.sealSizeHint}</span>
        <span class="wrong" id="seal-size-wrong">${this.wrong.size ? t.badSize : nothing}</span>
      </div>
      <button class="button primary wide">${t.sendForReview}</button>
    </form>`;
  }

  /** What is being mended is no longer called wrong. */
  #mended(which: "kind" | "name" | "size"): void {
    if (!this.wrong[which]) return;
    const { [which]: _mended, ...rest } = this.wrong;
    this.wrong = rest;
  }

  /** Another kind has another usual size; one that was typed stays. */
  #sort(kind: PhotographedKind): void {
    const field = this.querySelector<HTMLInputElement>("#seal-size");
    const usual = this.kind === null ? "" : String(USUAL[this.kind]);
    if (field && field.value === usual) field.value = String(USUAL[kind]);
    this.kind = kind;
    this.#mended("kind");
    if (field?.value !== "") this.#mended("size");
  }

  readonly #chosen = async (event: Event): Promise<void> => {
    const input = event.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    this.#work.abort();
    const work = new AbortController();
    this.#work = work;
    this.code = null;
    this.seal = null;
    this.photo = null;
    this.busy = true;
    try {
      const photo = await prepared(file);
      if (work.signal.aborted) return;
      this.photo = photo;
      const seal = await cutSeal(photo, CUT_AT, work.signal);
      if (work.signal.aborted) return;
      this.seal = { ...seal, shown: new Blob([seal.png], { type: "image/png" }) };
    } catch (error) {
      if (work.signal.aborted) return;
      const { code } = error as { code?: unknown };
      if (typeof code !== "string") throw error;
      this.code = code;
    } finally {
      if (this.#work === work) this.busy = false;
    }
  };

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    const value = (name: string): string => (elements.namedItem(name) as HTMLInputElement).value.trim();
    const [name, size] = [value("name"), Number(value("size"))];
    const sizeFits = Number.isInteger(size) && size >= SMALLEST && size <= LARGEST;
    const { kind } = this;
    this.wrong = {
      ...(kind === null && { kind: true }),
      ...(name === "" && { name: true }),
      ...(!sizeFits && { size: true }),
    };
    if (!this.seal || kind === null || name === "" || !sizeFits) {
      await this.updateComplete;
      const first = kind === null ? 'input[name="kind"]' : '[aria-invalid="true"]';
      this.querySelector<HTMLElement>(first)?.focus();
      return;
    }
    const { png, millimetres } = this.seal;
    const scale = size / CUT_AT;
    const side = (length: number): number => Math.min(LARGEST, Math.max(1, Math.round(length * scale)));
    const detail = { png, millimetres: [side(millimetres[0]), side(millimetres[1])] as const, kind, name };
    this.dispatchEvent(new CustomEvent("photographed", { detail }) satisfies PhotographedEvent);
  };
}

customElements.define("photo-cut", PhotoCut);
