/** The form in which a contract is drawn up or changed: what it says, who seals, and its file. */
import "./party-picker";
import { html, nothing, type TemplateResult } from "lit";
import { type ApiError, asApiError, call } from "../lib/api";
import { byteSize } from "../lib/bytes";
import { dateTime, locale, localized } from "../lib/locale";
import type { Account, Enterprise } from "../lib/model";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { put } from "../lib/upload";
import { toLogin } from "../lib/visit";
import { area, errorWord, type FieldErrors, field, focusFirstWrong, values } from "../portal/field";
import { sheetGlyph, upload } from "../portal/icons";
import { fileProblem } from "./file-kinds";
import type { Contract, ContractForm, Order, Template } from "./model";
import { amountInNumbers, amountInWords, amountOf } from "./money";
import type { PartyPicker } from "./party-picker";
import { type Rows, rowsOf, sumIn, templateErrors, templateFields, templateValues } from "./template-fields";
import { contractTexts } from "./texts-contract";
import { explainContract } from "./texts-contracts";
import { formTexts } from "./texts-form";

const ORDERS: readonly Order[] = ["ours-first", "ours-last", "any"];
type Source = "keep" | "upload" | "template";

class PortalContractForm extends Page {
  static override properties = {
    account: { attribute: false },
    contract: { attribute: false },
    saved: { attribute: false },
    errors: { state: true },
    parties: { state: true },
    amount: { state: true },
    source: { state: true },
    file: { state: true },
    over: { state: true },
    templates: { state: true },
    template: { state: true },
    rows: { state: true },
    busy: { state: true },
    failure: { state: true },
  };

  declare account: Account;
  /** What is changed; `null` for a new one. */
  declare contract: Contract | null;
  declare saved: (contract: Contract) => void;
  declare errors: FieldErrors;
  declare parties: readonly Enterprise[];
  /** What is typed as the amount. */
  declare amount: string;
  declare source: Source;
  declare file: File | null;
  declare over: boolean;
  declare templates: readonly Template[] | null;
  declare template: string | null;
  declare rows: Rows;
  /** What is being done; `null` if nothing is. */
  declare busy: string | null;
  declare failure: TemplateResult | string | null;

  constructor() {
    super();
    this.errors = {};
    this.parties = [];
    this.amount = "";
    this.source = "upload";
    this.file = null;
    this.over = false;
    this.templates = null;
    this.template = null;
    this.rows = {};
    this.busy = null;
    this.failure = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { contract } = this;
    if (contract) {
      const others = contract.parties.filter(({ initiator }) => !initiator);
      this.parties = others.map(({ name, creditCode, role }) => ({ name, creditCode, kind: role }));
      this.amount = contract.amount;
      this.template = contract.template;
      this.source = contract.template !== null ? "template" : contract.file ? "keep" : "upload";
    }
    void this.fetchTemplates();
  }

  protected override render(): TemplateResult {
    const t = formTexts();
    const { contract, busy } = this;
    return html`
      <header class="page-head">
        <div>
          <h1>${contract ? t.editTitle : t.createTitle}</h1>
          <p>${t.lead}</p>
        </div>
      </header>
      ${this.reason()}
      <form class="contract-form" novalidate @submit=${this.submit} @input=${this.typed}>
        ${this.basics()} ${this.sealing()} ${this.document()}
        <div class="form-end">
          ${this.failure === null ? nothing : html`<div class="notice bad" role="alert"><div>${this.failure}</div></div>`}
          <p class="quiet" role="status">${busy ?? nothing}</p>
          <a class="button" href=${contract ? `#${contract.id}` : "/contracts"}>${t.cancel}</a>
          <button class="button primary" aria-busy=${busy !== null}>${busy === null ? t.save : t.saving}</button>
        </div>
      </form>
    `;
  }

  /** Why it came back: what has to be changed. */
  private reason(): TemplateResult | typeof nothing {
    const t = formTexts();
    const returned = this.contract?.returned;
    if (!returned) return nothing;
    return html`<section class="notice bad returned">
      <div>
        <strong>${this.contract?.withdrawn ? t.withdrawnFor : t.returnedFor(returned.enterprise)}</strong>
        <q>${returned.reason}</q>
        <p class="quiet">${returned.person} · ${dateTime(returned.at)}</p>
      </div>
    </section>`;
  }

  private basics(): TemplateResult {
    const t = formTexts();
    const { errors, contract } = this;
    const sum = amountOf(this.amount);
    return html`<section class="panel">
      <h2>${t.basics}</h2>
      <div class="form two">
        <div class="whole">
          ${field({ name: "title", label: t.title, errors, hint: t.titleHint, maxlength: 80, value: contract?.title ?? "" })}
        </div>
        <div>
          ${field({
            name: "amount",
            label: t.amount,
            errors,
            hint: t.amountHint,
            inputmode: "decimal",
            maxlength: 24,
            value: contract?.amount ?? "",
            onInput: (event) => {
              this.amount = (event.currentTarget as HTMLInputElement).value;
            },
          })}
          <p class="in-words">
            <span class="quiet">${contractTexts().amountWords}</span>
            <output lang="zh-Hans" for="amount">${sum === null ? "—" : amountInWords(sum)}</output>
          </p>
        </div>
        ${field({ name: "orderNumber", label: t.orderNumber, errors, maxlength: 40, value: contract?.orderNumber ?? "", optional: true })}
        ${field({ name: "from", label: t.from, errors, type: "date", value: contract?.from ?? "", optional: true })}
        ${field({ name: "until", label: t.until, errors, type: "date", value: contract?.until ?? "", optional: true })}
        <div class="whole">${field({ name: "place", label: t.place, errors, maxlength: 80, value: contract?.place ?? "", optional: true })}</div>
        ${area({ name: "terms", label: t.terms, errors, hint: t.termsHint, maxlength: 4000, value: contract?.terms ?? "", optional: true })}
      </div>
    </section>`;
  }

  private sealing(): TemplateResult {
    const t = formTexts();
    const { enterprise } = this.account;
    const order = this.contract?.order ?? "ours-first";
    return html`<section class="panel">
      <h2>${t.parties}</h2>
      <div class="form two">
        <div class="ours">
          <h3>${t.ours}</h3>
          <div class="slip">
            <p class="slip-name">${enterprise.name}</p>
            <p class="mono quiet" dir="ltr">${enterprise.creditCode}</p>
          </div>
        </div>
        <div>
          <h3>${t.counterparties}</h3>
          <portal-party-picker
            .parties=${this.parties}
            .own=${enterprise.creditCode}
            .wrong=${this.errors.counterparties}
            @change=${(event: Event) => {
              this.parties = (event.currentTarget as PartyPicker).parties;
            }}
          ></portal-party-picker>
        </div>
        <fieldset class="whole">
          <legend>${t.order}</legend>
          <div class="choices">
            ${ORDERS.map((one) => choice("order", one, one === order, t.orders[one]))}
          </div>
        </fieldset>
      </div>
    </section>`;
  }

  private document(): TemplateResult {
    const t = formTexts();
    const sources: Source[] = ["upload", "template"];
    if (this.contract?.file) sources.unshift("keep");
    const words = { ...t.fileKinds, keep: [t.keepFile, t.keepFileHow] };
    return html`<section class="panel">
      <h2>${t.file}</h2>
      <div class="form">
        <fieldset>
          <legend class="visually-hidden">${t.file}</legend>
          <div class="choices">
            ${sources.map((one) =>
              choice("source", one, one === this.source, words[one], () => {
                this.source = one;
              }),
            )}
          </div>
        </fieldset>
        ${this.source === "upload" ? this.uploading() : this.source === "template" ? this.filling() : nothing}
      </div>
    </section>`;
  }

  private uploading(): TemplateResult {
    const t = formTexts();
    const { file, errors } = this;
    return html`<div
        class="drop-file ${this.over ? "over" : ""}"
        @dragover=${(event: DragEvent) => {
          event.preventDefault();
          this.over = true;
        }}
        @dragleave=${() => {
          this.over = false;
        }}
        @drop=${(event: DragEvent) => {
          event.preventDefault();
          this.over = false;
          this.take(event.dataTransfer?.files);
        }}
      >
        ${
          file
            ? html`<p class="file-name">${sheetGlyph} <bdi>${file.name}</bdi> <span class="quiet">${byteSize(file.size)}</span></p>`
            : html`<p>${t.uploadTitle}</p>`
        }
        <button
          class="button"
          type="button"
          id="file-button"
          aria-invalid=${errors.file !== undefined}
          aria-describedby="file-hint file-wrong"
          @click=${() => this.querySelector<HTMLInputElement>("#file")?.click()}
        >
          ${upload} ${file ? t.changeFile : t.chooseFile}
        </button>
        <input
          id="file"
          type="file"
          hidden
          accept=".pdf,.docx,application/pdf,application/vnd.openxmlformats-officedocument.wordprocessingml.document"
          @change=${(event: Event) => this.take((event.currentTarget as HTMLInputElement).files)}
        />
      </div>
      <p class="field"><span class="hint" id="file-hint">${t.uploadHint}</span>
        <span class="wrong" id="file-wrong">${errors.file === undefined ? "" : errorWord(errors.file)}</span></p>`;
  }

  private filling(): TemplateResult {
    const t = formTexts();
    const { templates, errors } = this;
    if (templates === null) return html`<p class="quiet" role="status">${t.saving}</p>`;
    if (templates.length === 0) return html`<p class="notice">${t.noTemplates}</p>`;
    const chosen = templates.find(({ id }) => id === this.template);
    return html`<fieldset aria-describedby="template-wrong">
        <legend>${t.template}</legend>
        <div class="choices">
          ${templates.map((one) =>
            choice(
              "template",
              one.id,
              one.id === this.template,
              [localized(one.name), localized(one.describes)],
              () => {
                this.template = one.id;
                this.forget("template");
                this.rows = rowsOf(one, this.filled(one));
              },
            ),
          )}
        </div>
        <span class="wrong" id="template-wrong">${errors.template === undefined ? "" : errorWord(errors.template)}</span>
      </fieldset>
      ${
        chosen
          ? templateFields(chosen, {
              filled: this.filled(chosen),
              errors,
              rows: this.rows,
              amount: this.amount,
              change: (rows) => {
                this.rows = rows;
              },
            })
          : nothing
      }`;
  }

  /** What this contract's file was made from, if it was this template. */
  private filled({ id }: Template): Record<string, unknown> {
    return this.contract?.template === id ? (this.contract.fields ?? {}) : {};
  }

  /** What is being mended is no longer called wrong; a table as a whole is mended in any of its cells. */
  private readonly typed = (event: Event): void => {
    const { name } = event.target as HTMLInputElement;
    const wrong = Object.keys(this.errors).filter((error) => name === error || name.startsWith(`${error}.`));
    if (wrong.length === 0) return;
    this.errors = Object.fromEntries(Object.entries(this.errors).filter(([error]) => !wrong.includes(error)));
  };

  private take(files: FileList | null | undefined): void {
    const file = files?.[0];
    if (!file) return;
    const problem = fileProblem(file);
    this.file = problem === null ? file : null;
    this.forget("file");
    if (problem !== null) this.errors = { ...this.errors, file: problem };
  }

  private forget(name: string): void {
    this.errors = Object.fromEntries(Object.entries(this.errors).filter(([wrong]) => wrong !== name));
  }

  private async fetchTemplates(): Promise<void> {
    try {
      const { templates } = await call<{ templates: Template[] }>("GET", "/api/contracts/templates");
      this.templates = templates;
      const chosen = templates.find(({ id }) => id === this.template);
      if (chosen) this.rows = rowsOf(chosen, this.filled(chosen));
    } catch (error) {
      // Uploading works without them.
      this.templates = [];
      toast(explainContract(asApiError(error)), "bad");
    }
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy !== null) return;
    const form = event.currentTarget as HTMLFormElement;
    const typed = values(form);
    const template = this.source === "template" ? this.templates?.find(({ id }) => id === this.template) : undefined;
    const filled = template ? templateValues(template, typed, this.rows) : { fields: {}, errors: {} };
    this.failure = null;
    this.errors = { ...this.wrongIn(typed), ...filled.errors };
    if (Object.keys(this.errors).length === 0) await this.send(typed, template, filled.fields);
    await this.updateComplete;
    focusFirstWrong(form);
  };

  private wrongIn(typed: Record<string, string>): FieldErrors {
    const { title = "", amount = "", from = "", until = "" } = typed;
    return {
      ...(title === "" && { title: "required" }),
      ...(amountOf(amount) === null && { amount: "no-amount" }),
      ...(from !== "" && until !== "" && until < from && { until: "before-start" }),
      ...(this.parties.length === 0 && { counterparties: "no-party" }),
      ...(this.source === "upload" && this.file === null && { file: "no-file" }),
      ...(this.source === "template" && this.template === null && { template: "no-template" }),
    };
  }

  private async send(
    typed: Record<string, string>,
    template: Template | undefined,
    fields: Record<string, unknown>,
  ): Promise<void> {
    const t = formTexts();
    this.busy = t.saving;
    let kept = false;
    try {
      const form = formOf(typed, this.parties);
      const before = this.contract;
      const contract = before
        ? await call<Contract>("PUT", `/api/contracts/${before.id}`, form)
        : await call<Contract>("POST", "/api/contracts", form);
      // From here on it is there: another try changes it, and does not draw up a second one.
      this.contract = contract;
      kept = true;
      // Nor does loading the page again.
      if (before === null) history.replaceState(null, "", `#${contract.id}/edit`);
      const whole = await this.giveFile(contract, template, fields);
      toast(t.saved);
      this.saved(whole);
    } catch (error) {
      this.refused(asApiError(error), kept, template && { template, fields });
    } finally {
      this.busy = null;
    }
  }

  private async giveFile(
    contract: Contract,
    template: Template | undefined,
    fields: Record<string, unknown>,
  ): Promise<Contract> {
    const t = formTexts();
    if (template)
      return call<Contract>("POST", `/api/contracts/${contract.id}/fill`, { template: template.id, fields });
    if (this.source !== "upload" || this.file === null) return contract;
    const percent = new Intl.NumberFormat(locale(), { style: "percent" });
    return put<Contract>(`/api/contracts/${contract.id}/file`, this.file, {
      progress: (share) => {
        this.busy = share < 1 ? t.uploading(percent.format(share)) : t.processing;
      },
    });
  }

  /** `kept`: the draft is saved, its file is what was refused. */
  private refused(
    refusal: ApiError,
    kept: boolean,
    filling: { template: Template; fields: Record<string, unknown> } | undefined,
  ): void {
    const t = formTexts();
    const { fields } = refusal.members;
    if (refusal.code === "login-required") {
      toLogin("ended");
    } else if (fields) {
      this.errors = kept && filling ? templateErrors(fields) : byInput(fields);
      const sum =
        kept && filling && Object.values(fields).includes("sum") ? sumIn(filling.template, filling.fields) : null;
      const sums = sum === null ? "" : t.sums(sum, amountInNumbers(this.contract?.amount ?? ""));
      this.failure = kept ? html`${t.notMade} <strong>${sums}</strong>` : t.notSaved;
    } else if (kept) {
      this.failure = html`${t.keptAsDraft} <strong>${explainContract(refusal)}</strong>`;
    } else {
      this.failure = explainContract(refusal);
    }
  }
}

function choice(
  name: string,
  value: string,
  checked: boolean,
  [title = "", describes = ""]: readonly string[],
  change?: () => void,
): TemplateResult {
  return html`<label class="choice">
    <input type="radio" name=${name} value=${value} ?checked=${checked} @change=${change ?? nothing} />
    <span><strong>${title}</strong><small>${describes}</small></span>
  </label>`;
}

/** What the server takes. */
export function formOf(typed: Readonly<Record<string, string>>, parties: readonly Enterprise[]): ContractForm {
  const { title = "", orderNumber = "", amount = "", from = "", until = "", place = "", terms = "", order } = typed;
  return {
    title,
    orderNumber,
    amount: amountOf(amount) ?? "",
    from: from || null,
    until: until || null,
    place,
    terms,
    counterparties: parties.map(({ creditCode }) => ({ creditCode })),
    order: ORDERS.find((one) => one === order) ?? "ours-first",
  };
}

/** One of several parties may be wrong; the input is the same for all. */
function byInput(fields: Record<string, string>): FieldErrors {
  const word = (wrong: string) => (wrong === "wrong" ? "invalid" : wrong);
  return Object.fromEntries(
    Object.entries(fields).map(([name, wrong]) => [name.split(/[.[]/)[0] ?? name, word(wrong)]),
  );
}

customElements.define("portal-contract-form", PortalContractForm);
