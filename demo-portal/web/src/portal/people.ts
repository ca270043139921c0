/** The people of the enterprise, for its administrators. */
import "../styles/base.css";
import "../styles/people.css";
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog } from "../lib/dialog";
import { dateTime } from "../lib/locale";
import type { Account, Person } from "../lib/model";
import { toast } from "../lib/toast";
import { addPersonDialog } from "./add-person";
import { face } from "./frame";
import { plus } from "./icons";
import { peoplePicture } from "./pictures";
import { PortalPage } from "./portal-page";
import { texts } from "./texts";
import { peopleTexts } from "./texts-people";

type Change = "disable" | "enable" | "make-administrator" | "make-operator";

class PortalPeople extends PortalPage {
  static override properties = { ...PortalPage.properties, people: { state: true } };

  declare people: Person[];

  protected override readonly page = "people";

  constructor() {
    super();
    this.people = [];
  }

  protected override async fetch(): Promise<void> {
    this.people = (await call<{ people: Person[] }>("GET", "/api/people")).people;
  }

  protected override content(account: Account): TemplateResult {
    const t = peopleTexts();
    const alone = this.people.length <= 1;
    return html`
      <header class="page-head">
        <div>
          <h1>${texts().people}</h1>
          <p>${t.lead(account.enterprise.name)}</p>
        </div>
        <div class="buttons">
          <button class="button primary" type="button" @click=${this.add}>${plus} ${t.add}</button>
        </div>
      </header>
      <section class="panel">
        <table class="table people">
          <thead>
            <tr>
              <th scope="col">${t.name}</th>
              <th scope="col">${t.phone}</th>
              <th scope="col">${t.role}</th>
              <th scope="col">${t.state}</th>
              <th scope="col">${t.certificates}</th>
              <th scope="col">${t.lastLogin}</th>
              <th scope="col" class="end"><span class="visually-hidden">${t.actions}</span></th>
            </tr>
          </thead>
          <tbody>
            ${this.people.map((person) => this.row(person))}
          </tbody>
        </table>
      </section>
      ${
        alone
          ? html`<section class="panel empty">
              ${peoplePicture}
              <h2>${t.onlyTitle}</h2>
              <p>${t.onlyHow}</p>
              <button class="button" type="button" @click=${this.add}>${plus} ${t.add}</button>
            </section>`
          : nothing
      }
    `;
  }

  private row(person: Person): TemplateResult {
    const t = peopleTexts();
    const { name, login, phone, role, state, certificates, lastLogin, self } = person;
    return html`<tr class=${state}>
      <td class="wide">
        <div class="person">
          ${face(name)}
          <div>
            <strong>${name}</strong> ${self ? html`<span class="chip plain">${t.self}</span>` : nothing}
            <div class="quiet" dir="ltr">${login}</div>
          </div>
        </div>
      </td>
      <td data-label=${t.phone}>${phone ? html`<span class="number" dir="ltr">${phone}</span>` : html`<span class="quiet">${texts().notOnRecord}</span>`}</td>
      <td data-label=${t.role}>
        <span><span class="chip ${role === "administrator" ? "" : "plain"}">${texts()[role]}</span></span>
      </td>
      <td data-label=${t.state}>
        <span><span class="chip ${state === "active" ? "good" : "bad"}">${t[state]}</span></span>
      </td>
      <td data-label=${t.certificates}>${t.count(certificates)}</td>
      <td data-label=${t.lastLogin}>${lastLogin === null ? html`<span class="quiet">${t.never}</span>` : dateTime(lastLogin)}</td>
      <td class="end wide"><div class="buttons">${self ? nothing : this.buttons(person)}</div></td>
    </tr>`;
  }

  private buttons(person: Person): (TemplateResult | typeof nothing)[] {
    const t = peopleTexts();
    const button = (change: Change, word: string, tone = ""): TemplateResult =>
      html`<button
        class="button small ${tone}"
        type="button"
        aria-label=${t.of(word, person.name)}
        @click=${() => this.change(person, change)}
      >
        ${word}
      </button>`;
    if (person.state === "disabled") return [button("enable", t.enable)];
    return [
      person.role === "operator"
        ? button("make-administrator", t.makeAdministrator)
        : button("make-operator", t.makeOperator),
      button("disable", t.disable, "danger"),
    ];
  }

  private async change({ name, login }: Person, change: Change): Promise<void> {
    const t = peopleTexts();
    const asked = {
      disable: {
        title: t.disableTitle(name),
        body: t.disableBody,
        action: t.disable,
        danger: true,
        said: t.disabledSaid,
      },
      enable: { title: t.enableTitle(name), body: t.enableBody, action: t.enable, said: t.enabledSaid },
      "make-administrator": {
        title: t.administratorTitle(name),
        body: t.administratorBody,
        action: t.makeAdministrator,
        said: t.roleSaid,
      },
      "make-operator": { title: t.operatorTitle(name), body: t.operatorBody, action: t.makeOperator, said: t.roleSaid },
    }[change];
    if (!(await confirmDialog(asked))) return;
    const path = `/api/people/${encodeURIComponent(login)}/${change}`;
    const answer = await this.attempt(() => call<{ people: Person[] }>("POST", path));
    if (answer === undefined) return;
    this.people = answer.people;
    toast(asked.said(name));
  }

  private readonly add = (): Promise<void> =>
    addPersonDialog((person) => {
      this.people = [...this.people, person];
    });
}

customElements.define("portal-people", PortalPeople);
