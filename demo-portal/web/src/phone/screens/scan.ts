import { html, nothing, type TemplateResult } from "lit";
import { readCamera, readPicture } from "../scanner";
import { texts } from "../texts";

/** The camera screen; keeps the camera's life apart from rendering. */
export class ScanScreen {
  readonly #found: (text: string) => void;
  readonly #changed: () => void;
  #running: AbortController | undefined;
  #trouble: "camera" | "insecure" | "not-found" | null = null;
  #seeing = false;

  constructor(found: (text: string) => void, changed: () => void) {
    this.#found = found;
    this.#changed = changed;
  }

  /** Starts the camera in `video`, once per visit to this screen. */
  start(video: HTMLVideoElement | null): void {
    if (!video || this.#running) return;
    const running = new AbortController();
    this.#running = running;
    this.#trouble = null;
    if (!navigator.mediaDevices) {
      this.#fail("insecure");
      return;
    }
    video.onplaying = () => {
      this.#seeing = true;
      this.#changed();
    };
    readCamera(video, running.signal).then(
      (text) => this.#found(text),
      (error: unknown) => {
        if (running.signal.aborted) return;
        console.warn("camera", error);
        this.#fail("camera");
      },
    );
  }

  /** Lets the camera go. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#seeing = false;
    this.#trouble = null;
  }

  render(back: () => void): TemplateResult {
    const t = texts();
    return html`
      <h1 class="small" data-focus tabindex="-1">${t.aim}</h1>
      <div class="viewfinder" data-seeing=${this.#seeing}>
        <video muted playsinline aria-hidden="true"></video>
        ${this.#trouble === "camera" || this.#trouble === "insecure" ? nothing : html`<i></i>`}
        ${this.#seeing || this.#trouble ? nothing : html`<p role="status">${t.starting}</p>`}
        ${this.#trouble === "camera" ? html`<p role="alert"><strong>${t.noCamera}</strong>${t.noCameraMore}</p>` : nothing}
        ${this.#trouble === "insecure" ? html`<p role="alert"><strong>${t.noCamera}</strong>${t.insecure}</p>` : nothing}
      </div>
      ${this.#trouble === "not-found" ? html`<p class="notice bad" role="alert">${t.notFound}</p>` : nothing}
      <div class="other-ways">
        <label class="button wide">
          ${t.upload}<input class="visually-hidden" type="file" accept="image/*" @change=${(event: Event) => void this.#picture(event)} />
        </label>
        <details>
          <summary>${t.paste}</summary>
          <form class="stack" @submit=${this.#pasted}>
            <div class="field">
              <label for="pasted">${t.pasteLabel}</label>
              <input id="pasted" name="pasted" autocomplete="off" spellcheck="false" dir="ltr" required maxlength="1024" />
            </div>
            <button class="button primary">${t.pasteGo}</button>
          </form>
        </details>
      </div>
      <button class="button wide" @click=${back}>${t.cancel}</button>
    `;
  }

  #fail(trouble: "camera" | "insecure" | "not-found"): void {
    this.#trouble = trouble;
    this.#changed();
  }

  async #picture(event: Event): Promise<void> {
    const input = event.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    let text: string | null = null;
    try {
      text = await readPicture(file);
    } catch (error) {
      // createImageBitmap: "InvalidStateError" says the file is no picture. Anything else is ours to know.
      if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    }
    if (text) this.#found(text);
    else this.#fail("not-found");
  }

  readonly #pasted = (event: SubmitEvent): void => {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).elements.namedItem("pasted") as HTMLInputElement;
    this.#found(input.value.trim());
  };
}
