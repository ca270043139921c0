/** The page of one contract: what it says, who seals when, its files, and what may be done now. */
import "../styles/base.css";
import "../styles/contracts.css";
import "../styles/contract.css";
import "./contract-form";
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog } from "../lib/dialog";
import { holdPlace } from "../lib/hold-place";
import { dateTime, day } from "../lib/locale";
import { type Account, canSeal } from "../lib/model";
import { toast } from "../lib/toast";
import { back, bin, download, pencil, printer, sealGlyph, swap, upload } from "../portal/icons";
import { PortalPage } from "../portal/portal-page";
import { texts } from "../portal/texts";
import { attachments, explainAttachment } from "./attachments";
import { history } from "./history";
import type { Contract } from "./model";
import { amountInWords } from "./money";
import { newsOf } from "./news";
import { amount, bindFirst, stateOf, waitingFor } from "./parts";
import { partyList } from "./party-list";
import { returnDialog } from "./return-dialog";
import { revisions } from "./revisions";
import { contractTexts } from "./texts-contract";
import { contractsTexts, explainContract } from "./texts-contracts";

/** What the address asks for: `#12`, `#12/edit`, `#new`. */
type Wanted = { id: number; edit: boolean } | "new";

class PortalContract extends PortalPage {
  static override properties = { ...PortalPage.properties, contract: { state: true }, wanted: { state: true } };

  declare contract: Contract | null;
  declare wanted: Wanted;

  protected override readonly page = "contracts";

  constructor() {
    super();
    this.contract = null;
    this.wanted = wantedBy(location.hash);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("hashchange", this.moved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.moved);
  }

  protected override async fetch(): Promise<void> {
    const { wanted } = this;
    if (wanted === "new") {
      this.contract = null;
      return;
    }
    if (this.contract?.id !== wanted.id) this.contract = null;
    this.contract = await call<Contract>("GET", `/api/contracts/${wanted.id}`);
  }

  protected override async refresh(): Promise<void> {
    const { contract, wanted } = this;
    // A form is not changed under the hands of who fills it in.
    if (contract === null || wanted === "new" || wanted.edit) return;
    const found = await call<Contract>("GET", `/api/contracts/${contract.id}`);
    // Meanwhile something was done here, or another contract opened.
    if (this.contract !== contract || this.wanted !== wanted) return;
    const news = newsOf(contract, found);
    const putBack = holdPlace(this.querySelector("#main"));
    this.contract = found;
    await this.updateComplete;
    putBack();
    if (news !== null) toast(news);
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    super.updated(changed);
    const name = this.wanted === "new" ? contractsTexts().create : (this.contract?.title ?? contractsTexts().title);
    document.title = `${name} · ${texts().platformShort}`;
  }

  protected override content(account: Account): TemplateResult {
    const { wanted, contract } = this;
    if (wanted === "new" || (contract !== null && wanted.edit && contract.may.edit)) return this.form(account);
    return contract === null ? html`` : this.detail(contract, account);
  }

  private form(account: Account): TemplateResult {
    return html`<portal-contract-form
      .account=${account}
      .contract=${this.contract}
      .saved=${(contract: Contract) => {
        this.contract = contract;
        location.hash = `#${contract.id}`;
      }}
    ></portal-contract-form>`;
  }

  private detail(contract: Contract, account: Account): TemplateResult {
    const t = contractTexts();
    return html`
      <header class="page-head">
        <div>
          <p class="backward"><a href="/contracts">${back} ${t.backToList}</a></p>
          <h1>${contract.title}</h1>
          <p class="number-line"><span class="mono" dir="ltr">${contract.number}</span> ${stateOf(contract)}</p>
        </div>
        <div class="buttons">${this.deeds(contract, account)}</div>
      </header>
      ${notices(contract, account)}
      <div class="columns">
        <div>
          ${facts(contract)} ${revisions(contract)}
        </div>
        <aside>
          ${partyList(contract, account)}
          ${attachments(contract, {
            changed: (changed) => {
              this.contract = changed;
            },
            attempt: (work) => this.attempt(work, explainAttachment),
          })}
        </aside>
      </div>
      ${history(contract)}
    `;
  }

  private deeds(contract: Contract, account: Account): (TemplateResult | typeof nothing)[] {
    const t = contractTexts();
    const { id, may, file } = contract;
    const own = isOwn(contract, account);
    return [
      html`<button class="button icon-only" type="button" aria-label=${texts().print} title=${texts().print} @click=${() => window.print()}>${printer}</button>`,
      may.delete
        ? html`<button class="button danger" type="button" @click=${this.remover}>${bin} ${t.remove}</button>`
        : nothing,
      may.return
        ? html`<button class="button danger" type="button" @click=${() => this.giveBack(own)}>
            ${swap} ${own ? t.withdraw : t.return}
          </button>`
        : nothing,
      may.edit ? html`<a class="button" href="#${id}/edit">${pencil} ${t.edit}</a>` : nothing,
      file === null
        ? nothing
        : html`<a class="button ${may.seal || may.submit ? "" : "primary"}" href="/api/contracts/${id}/revisions/${file.revision}" download>${download} ${t.downloadNow}</a>`,
      may.submit && file !== null
        ? html`<button class="button primary" type="button" @click=${this.submit}>${upload} ${t.submit}</button>`
        : nothing,
      may.seal ? html`<a class="button primary seal" href="/seal#${id}">${sealGlyph} ${t.seal}</a>` : nothing,
    ];
  }

  private readonly submit = async (): Promise<void> => {
    const t = contractTexts();
    if (!(await confirmDialog({ title: t.submitTitle, body: t.submitBody, action: t.submit }))) return;
    await this.change("POST", "/submit", undefined, t.submitted);
  };

  private readonly remover = async (): Promise<void> => {
    const t = contractTexts();
    const { contract } = this;
    if (contract === null) return;
    if (!(await confirmDialog({ title: t.removeTitle, body: t.removeBody, action: t.remove, danger: true }))) return;
    const gone = await this.attempt(async () => {
      await call("DELETE", `/api/contracts/${contract.id}`);
      return true;
    }, explainContract);
    if (gone) location.assign("/contracts");
  };

  private async giveBack(own: boolean): Promise<void> {
    const t = contractTexts();
    const reason = await returnDialog(own);
    if (reason !== undefined) await this.change("POST", "/return", { reason }, own ? t.withdrawnSaid : t.returnedSaid);
  }

  private async change(method: "POST" | "PUT", path: string, body: unknown, said: string): Promise<void> {
    const { contract } = this;
    if (contract === null) return;
    const work = (): Promise<Contract> => call<Contract>(method, `/api/contracts/${contract.id}${path}`, body);
    const changed = await this.attempt(work, explainContract);
    if (changed === undefined) {
      // Somebody else may have been faster: what may be done now is asked anew.
      await this.load();
      return;
    }
    this.contract = changed;
    toast(said);
  }

  private readonly moved = (): void => {
    const before = this.wanted;
    this.wanted = wantedBy(location.hash);
    const same = before !== "new" && this.wanted !== "new" && before.id === this.wanted.id;
    window.scrollTo(0, 0);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true }));
    if (!same || (this.wanted !== "new" && !this.wanted.edit)) void this.load();
  };
}

/** Whether the reader's enterprise drew it up. */
function isOwn({ createdBy }: Contract, { enterprise }: Account): boolean {
  return createdBy.creditCode === enterprise.creditCode;
}

function wantedBy(hash: string): Wanted {
  const found = /^#(\d{1,15})(\/edit)?$/.exec(hash);
  return found ? { id: Number(found[1]), edit: found[2] !== undefined } : "new";
}

function notices(contract: Contract, account: Account): TemplateResult {
  const t = contractTexts();
  const { returned, state, pending, myTurn, parties, file, may } = contract;
  const waits = waitingFor(parties);
  return html`
    ${
      state === "returned" && returned
        ? html`<section class="notice bad returned">
            <div>
              <strong>${(contract.withdrawn ? t.withdrawnTitle : t.returnedTitle)(returned.enterprise)}</strong>
              <q>${returned.reason}</q>
              <p class="quiet">${returned.person} · ${dateTime(returned.at)}</p>
              <p>${t.returnedThen}</p>
            </div>
          </section>`
        : nothing
    }
    ${
      may.edit && file === null
        ? html`<section class="notice warn renewal">
            <div><strong>${t.noFile}</strong>${t.noFileHow}</div>
            <a class="button" href="#${contract.id}/edit">${upload} ${t.addFile}</a>
          </section>`
        : nothing
    }
    ${state === "signing" && myTurn ? html`<p class="notice">${isOwn(contract, account) ? t.yourTurnOwn : t.yourTurn}</p>` : nothing}
    ${may.seal && !canSeal(account) ? bindFirst() : nothing}
    ${state === "signing" && !myTurn && waits ? html`<p class="notice">${t.waits(waits)}</p>` : nothing}
    ${state === "done" && !pending ? html`<p class="notice good">${t.finished} <a href="/verify">${t.verify}</a></p>` : nothing}
    ${pending ? html`<p class="notice warn">${t.pending}</p>` : nothing}
  `;
}

function facts(contract: Contract): TemplateResult {
  const t = contractTexts();
  const none = html`<span class="quiet">${contractsTexts().none}</span>`;
  return html`<section class="panel contract-facts">
    <h2>${t.facts}</h2>
    <dl class="facts">
      <div class="long sum">
        <dt>${t.amount}</dt>
        <dd><strong>${amount(contract.amount)}</strong></dd>
        <dt>${t.amountWords}</dt>
        <dd lang="zh-Hans">${amountInWords(contract.amount)}</dd>
      </div>
      <div><dt>${t.number}</dt><dd class="mono" dir="ltr">${contract.number}</dd></div>
      <div><dt>${t.orderNumber}</dt><dd dir="ltr">${contract.orderNumber || none}</dd></div>
      <div><dt>${t.term}</dt><dd>${term(contract.from, contract.until)}</dd></div>
      <div><dt>${t.place}</dt><dd>${contract.place || none}</dd></div>
      <div><dt>${t.createdBy}</dt><dd>${contract.createdBy.person} · ${contract.createdBy.enterprise}</dd></div>
      <div><dt>${t.created}</dt><dd>${dateTime(contract.created)}</dd></div>
      <div class="long"><dt>${t.terms}</dt><dd class="terms">${contract.terms || html`<span class="quiet">${t.noTerms}</span>`}</dd></div>
    </dl>
  </section>`;
}

function term(from: string | null, until: string | null): string {
  const t = contractTexts();
  const named = (date: string): string => day(new Date(`${date}T00:00:00`).getTime() / 1000);
  if (from && until) return t.termOf(named(from), named(until));
  if (from) return t.from(named(from));
  return until ? t.until(named(until)) : t.noTerm;
}

customElements.define("portal-contract", PortalContract);
