/** The page of the platform's own staff: one page, its sections by the address's hash. */
import "../styles/base.css";
import "./accounts";
import "./audit";
import "./certificates";
import "./keys";
import "./overview";
import "./seals";
import "./security";
import "./sessions";
import "./settings";
import "./trust";
import "./webhooks";
import { html, type PropertyValues, type TemplateResult } from "lit";
import type { Account } from "../lib/model";
import type { Page } from "../lib/page";
import { refusedPicture } from "../portal/pictures";
import { PortalPage } from "../portal/portal-page";
import { texts } from "../portal/texts";
import { glyphs } from "./glyphs";
import { common } from "./words/common";
import { SECTION_GROUPS, type SectionName, sectionWords } from "./words/sections";
// Last, since it refines the styles that the frame brings along.
import "../styles/admin.css";

type Group = keyof typeof SECTION_GROUPS;

const GROUPS = Object.keys(SECTION_GROUPS) as Group[];
const NAMES: readonly SectionName[] = GROUPS.flatMap((group) => [...SECTION_GROUPS[group]]);

/** The section that the address names; the overview for any other. `#certificates/issued` names a tab of it. */
function wanted(): SectionName {
  const [name] = location.hash.slice(1).split("/");
  return NAMES.find((one) => one === name) ?? "overview";
}

class PortalAdmin extends PortalPage {
  static override properties = { ...PortalPage.properties, section: { state: true } };

  declare section: SectionName;
  protected override readonly page = "admin";

  constructor() {
    super();
    this.section = wanted();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    document.title = `${sectionWords().titles[this.section]} · ${common().title} · ${texts().platformShort}`;
  }

  protected override content(account: Account): TemplateResult {
    if (account.enterprise.kind !== "platform") return staffOnly();
    return html`<div class="control-room">${this.#navigation()}<div class="section">${this.#shown(account)}</div></div>`;
  }

  #shown(account: Account): TemplateResult {
    switch (this.section) {
      case "overview":
        return html`<admin-overview></admin-overview>`;
      case "accounts":
        return html`<admin-accounts .account=${account}></admin-accounts>`;
      case "certificates":
        return html`<admin-certificates></admin-certificates>`;
      case "seals":
        return html`<admin-seals></admin-seals>`;
      case "sessions":
        return html`<admin-sessions></admin-sessions>`;
      case "trust":
        return html`<admin-trust></admin-trust>`;
      case "keys":
        return html`<admin-keys></admin-keys>`;
      case "security":
        return html`<admin-security></admin-security>`;
      case "webhooks":
        return html`<admin-webhooks></admin-webhooks>`;
      case "audit":
        return html`<admin-audit .account=${account}></admin-audit>`;
      case "settings":
        return html`<admin-settings></admin-settings>`;
    }
  }

  /** A list beside the page where there is room, a choice above it where there is not; only one of both is shown. */
  #navigation(): TemplateResult {
    const t = sectionWords();
    const goTo = (event: Event) => {
      location.hash = (event.currentTarget as HTMLSelectElement).value;
    };
    return html`<nav class="sections" aria-label=${common().sections}>
      <label class="section-choice">
        <span class="visually-hidden">${common().section}</span>
        <select .value=${this.section} @change=${goTo}>
          ${GROUPS.map(
            (group) => html`<optgroup label=${t.groups[group]}>
              ${SECTION_GROUPS[group].map((name) => html`<option value=${name} ?selected=${name === this.section}>${t.titles[name]}</option>`)}
            </optgroup>`,
          )}
        </select>
      </label>
      <div class="section-list">
        ${GROUPS.map(
          (group) => html`<p id="group-${group}">${t.groups[group]}</p>
            <ul aria-labelledby="group-${group}">
              ${SECTION_GROUPS[group].map(
                (name) => html`<li>
                  <a href="#${name}" aria-current=${name === this.section ? "page" : "false"}>${glyphs[name]}<span>${t.titles[name]}</span></a>
                </li>`,
              )}
            </ul>`,
        )}
      </div>
    </nav>`;
  }

  readonly #follow = async (): Promise<void> => {
    const next = wanted();
    if (next === this.section) return;
    this.section = next;
    await this.updateComplete;
    scrollTo({ top: 0 });
    await (this.querySelector(".section > *") as Page | null)?.updateComplete;
    this.querySelector<HTMLElement>("#section-title")?.focus({ preventScroll: true });
  };
}

function staffOnly(): TemplateResult {
  const t = common();
  return html`<div class="panel empty">
    ${refusedPicture}
    <h1>${t.staffOnly}</h1>
    <p>${t.staffOnlyMore}</p>
    <a class="button primary" href="/home">${t.toHome}</a>
  </div>`;
}

customElements.define("portal-admin", PortalAdmin);
