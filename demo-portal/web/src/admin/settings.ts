/** Settings: which kinds of certificate the login accepts, and whether it shows one code or two tabs. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import type { Kind, Settings } from "./model";
import { Section } from "./section";
import { settingPictures } from "./setting-pictures";
import { settingsWords } from "./words/running";

const PATH = "/api/admin/settings";

class AdminSettings extends Section<Settings> {
  static override properties = { draft: { state: true } };

  protected override readonly name = "settings";
  /** What was changed and not saved yet. */
  declare draft: Settings | null;

  constructor() {
    super();
    this.draft = null;
  }

  protected override async read(): Promise<Settings> {
    const settings = await call<Settings>("GET", PATH);
    this.draft = null;
    return settings;
  }

  protected override content(saved: Settings): TemplateResult {
    const t = settingsWords();
    const now = this.draft ?? saved;
    const none = now.kinds.length === 0;
    return html`<form class="settings" @submit=${this.#save}>
      <fieldset class="panel choice" aria-describedby=${none ? "kinds-wrong" : nothing}>
        <legend><h2>${t.kinds}</h2></legend>
        <p class="quiet">${t.kindsMore}</p>
        ${this.#kind(now, "platform", t.platform, t.platformMore)} ${this.#kind(now, "mutual", t.mutual, t.mutualMore)}
        <p class="wrong" id="kinds-wrong" role="alert">${none ? t.needKind : nothing}</p>
      </fieldset>
      <fieldset class="panel choice">
        <legend><h2>${t.codes}</h2></legend>
        <p class="quiet">${t.codesMore}</p>
        <div class="pictured">
          ${this.#codes(now, "one", t.one, t.oneMore)} ${this.#codes(now, "two", t.two, t.twoMore)}
        </div>
        ${now.kinds.length < 2 ? html`<p class="notice">${t.twoNeedsBoth}</p>` : nothing}
      </fieldset>
      <div class="save">
        <button class="button primary" ?disabled=${none || !this.#changed(saved)} aria-busy=${this.busy}>${t.save}</button>
        <span class="quiet" role="status">${this.#changed(saved) ? t.unsaved : nothing}</span>
      </div>
    </form>`;
  }

  #kind(now: Settings, kind: Kind, text: string, more: string): TemplateResult {
    const change = (event: Event) => {
      const others = now.kinds.filter((one) => one !== kind);
      const chosen = (event.currentTarget as HTMLInputElement).checked;
      // In one order, so that choosing and unchoosing is no change.
      const kinds = (["platform", "mutual"] as const).filter((one) => others.includes(one) || (chosen && one === kind));
      // Two codes need both kinds.
      this.draft = { kinds, codes: kinds.length < 2 ? "one" : now.codes };
    };
    return html`<label>
      <input type="checkbox" .checked=${now.kinds.includes(kind)} @change=${change} />
      <span><strong>${text}</strong><span class="quiet">${more}</span></span>
    </label>`;
  }

  #codes(now: Settings, codes: Settings["codes"], text: string, more: string): TemplateResult {
    return html`<label>
      <input type="radio" name="codes" .checked=${now.codes === codes} ?disabled=${codes === "two" && now.kinds.length < 2} @change=${() => {
        this.draft = { ...now, codes };
      }} />
      <span>${settingPictures[codes]}<strong>${text}</strong><span class="quiet">${more}</span></span>
    </label>`;
  }

  #changed({ kinds, codes }: Settings): boolean {
    const { draft } = this;
    return (
      draft !== null &&
      (draft.codes !== codes ||
        draft.kinds.length !== kinds.length ||
        draft.kinds.some((kind) => !kinds.includes(kind)))
    );
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { draft } = this;
    if (!draft?.kinds.length) return;
    await this.act(async () => {
      await call("POST", PATH, draft);
      await this.refresh();
    }, settingsWords().saved);
  };
}

customElements.define("admin-settings", AdminSettings);
