/** `<draw-pad>`: a signature by finger; for those who cannot draw here, a typed name or a picture. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { onLocale } from "../../lib/locale";
import {
  drawLines,
  INKS,
  type InkName,
  type InkPicture,
  pictureOfLines,
  pictureOfName,
  pictureOfPicture,
} from "../ink";
import { fitted, type Stroke, smooth, type Touch } from "../strokes";
import { sealTexts } from "../texts-seal";
import { addressOf } from "./seal-parts";

/** A signature that the person wants to keep. */
export type SignatureEvent = CustomEvent<{ png: Blob; millimetres: readonly [number, number] }>;

type Way = "hand" | "name" | "picture";

/** How wide lines are, in CSS pixels. */
const WIDTHS = { thin: 4, medium: 7, thick: 11 } as const;
type WidthName = keyof typeof WIDTHS;

/** The room of a signature on paper, in millimetres: two lines of a form. */
const ROOM: readonly [number, number] = [50, 25];

export class DrawPad extends LitElement {
  static override properties = {
    way: { state: true },
    ink: { state: true },
    width: { state: true },
    strokes: { state: true },
    name: { state: true },
    picture: { state: true },
    wrong: { state: true },
  };

  declare way: Way;
  declare ink: InkName;
  declare width: WidthName;
  declare strokes: readonly Stroke[];
  declare name: string;
  /** The result, as it will be saved. */
  declare picture: InkPicture | null;
  declare wrong: "unreadable" | "blank" | null;

  #stroke: { pointer: number; touches: Touch[] } | undefined;
  #file: File | undefined;
  #making = 0;
  #stop: (() => void) | undefined;
  #resized: ResizeObserver | undefined;

  constructor() {
    super();
    this.way = "hand";
    this.ink = "black";
    this.width = "medium";
    this.strokes = [];
    this.name = "";
    this.picture = null;
    this.wrong = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onLocale(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#resized?.disconnect();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(changed: PropertyValues): void {
    const canvas = this.querySelector<HTMLCanvasElement>(".pad canvas");
    this.#resized?.disconnect();
    if (canvas) {
      this.#resized = new ResizeObserver(() => this.#redraw());
      this.#resized.observe(canvas);
    }
    this.#redraw();
    if (["way", "ink", "strokes", "name"].some((one) => changed.has(one))) void this.#make();
  }

  protected override render(): TemplateResult {
    const t = sealTexts();
    const ways: [Way, string][] = [
      ["hand", t.byHand],
      ["name", t.byName],
      ["picture", t.byPicture],
    ];
    return html`
      <fieldset class="segments">
        <legend class="visually-hidden">${t.drawTitle}</legend>
        ${ways.map(
          ([way, text]) =>
            html`<label><input type="radio" name="way" .checked=${this.way === way} @change=${() => this.#go(way)} /><span>${text}</span></label>`,
        )}
      </fieldset>
      ${this.way === "hand" ? this.#pad() : this.way === "name" ? this.#typed() : this.#upload()}
      <div class="pens">
        <fieldset class="inks">
          <legend>${t.ink}</legend>
          ${(Object.keys(INKS) as InkName[]).map(
            (ink) => html`<label class="ink" data-ink=${ink}>
              <input type="radio" name="ink" .checked=${this.ink === ink} @change=${() => this.#dip(ink)} /><i aria-hidden="true"></i><span>${t[ink]}</span>
            </label>`,
          )}
        </fieldset>
        ${
          this.way === "hand"
            ? html`<fieldset class="inks">
                <legend>${t.width}</legend>
                ${(Object.keys(WIDTHS) as WidthName[]).map(
                  (width) => html`<label class="ink" data-width=${width}>
                    <input type="radio" name="width" .checked=${this.width === width} @change=${() => this.#take(width)} /><i aria-hidden="true"></i><span>${t[width]}</span>
                  </label>`,
                )}
              </fieldset>`
            : nothing
        }
      </div>
      ${
        this.way !== "hand" && this.picture
          ? html`<figure class="result"><figcaption>${t.preview}</figcaption><span class="seal-paper"><img src=${addressOf(this.picture.png)} alt=${t.drawTitle} /></span></figure>`
          : nothing
      }
      <button class="button primary wide" ?disabled=${this.picture === null} @click=${this.#save}>${this.picture === null ? t.nothingDrawn : t.saveSignature}</button>
    `;
  }

  #pad(): TemplateResult {
    const t = sealTexts();
    const empty = this.strokes.length === 0;
    return html`<div class="pad">
        <canvas
          role="img"
          aria-label=${t.drawArea}
          @pointerdown=${this.#down}
          @pointermove=${this.#move}
          @pointerup=${this.#up}
          @pointercancel=${this.#up}
        ></canvas>
        ${empty ? html`<p aria-hidden="true">${t.drawHint}</p>` : nothing}
      </div>
      <div class="pair">
        <button class="button" ?disabled=${empty} @click=${() => this.#keep(this.strokes.slice(0, -1))}>${t.undo}</button>
        <button class="button" ?disabled=${empty} @click=${() => this.#keep([])}>${t.clear}</button>
      </div>`;
  }

  #typed(): TemplateResult {
    const t = sealTexts();
    return html`<div class="field">
      <label for="signature-name">${t.nameLabel}</label>
      <input
        id="signature-name"
        autocomplete="name"
        maxlength="30"
        .value=${this.name}
        @input=${(event: Event) => {
          this.name = (event.currentTarget as HTMLInputElement).value;
        }}
      />
    </div>`;
  }

  #upload(): TemplateResult {
    const t = sealTexts();
    return html`<label class="button wide file">
        ${t.choosePicture}<input class="visually-hidden" type="file" accept="image/*" aria-describedby="picture-hint" @change=${this.#chosen} />
      </label>
      <p class="quiet" id="picture-hint">${t.pictureHint}</p>
      ${this.wrong ? html`<p class="notice bad" role="alert">${t[this.wrong]}</p>` : nothing}`;
  }

  #go(way: Way): void {
    this.picture = null;
    this.wrong = null;
    this.way = way;
  }

  #dip(ink: InkName): void {
    this.ink = ink;
  }

  /** All lines get the new width, as with another pen from the beginning. */
  #take(width: WidthName): void {
    this.width = width;
    this.#keep(this.strokes.map(({ touches }) => ({ touches, width: WIDTHS[width] })));
  }

  #keep(strokes: readonly Stroke[]): void {
    this.strokes = strokes;
  }

  async #make(): Promise<void> {
    const making = ++this.#making;
    const { way, ink } = this;
    let picture: InkPicture | null = null;
    try {
      if (way === "hand") picture = await pictureOfLines(this.strokes.map(smooth), ink);
      else if (way === "name") picture = await pictureOfName(this.name, ink);
      else if (this.#file) picture = await pictureOfPicture(this.#file, ink);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "picture-invalid") throw error;
      if (making === this.#making) this.wrong = "unreadable";
      return;
    }
    if (making !== this.#making) return;
    this.picture = picture;
    if (way === "picture") this.wrong = this.#file && !picture ? "blank" : null;
  }

  #redraw(): void {
    const canvas = this.querySelector<HTMLCanvasElement>(".pad canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const scale = devicePixelRatio;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const lines = this.strokes.map(smooth);
    if (this.#stroke) lines.push(smooth({ touches: this.#stroke.touches, width: WIDTHS[this.width] }));
    drawLines(context, lines, INKS[this.ink]);
  }

  readonly #down = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    (event.currentTarget as HTMLCanvasElement).setPointerCapture(event.pointerId);
    this.#stroke = { pointer: event.pointerId, touches: [touch(event)] };
    this.#redraw();
  };

  readonly #move = (event: PointerEvent): void => {
    if (this.#stroke?.pointer !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [event]) this.#stroke.touches.push(touch(one, event));
    this.#redraw();
  };

  readonly #up = (event: PointerEvent): void => {
    if (this.#stroke?.pointer !== event.pointerId) return;
    const { touches } = this.#stroke;
    this.#stroke = undefined;
    this.#keep([...this.strokes, { touches, width: WIDTHS[this.width] }]);
  };

  readonly #chosen = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    this.#file = input.files?.[0];
    input.value = "";
    this.wrong = null;
    void this.#make();
  };

  readonly #save = (): void => {
    if (!this.picture) return;
    const { png, width, height } = this.picture;
    const detail = { png, millimetres: fitted(width, height, ROOM) };
    this.dispatchEvent(new CustomEvent("signature", { detail }) satisfies SignatureEvent);
  };
}

/** Where on the canvas; events that came together have the target of none. */
function touch(event: PointerEvent, parent = event): Touch {
  const box = (parent.target as HTMLElement).getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top, at: event.timeStamp };
}

customElements.define("draw-pad", DrawPad);
