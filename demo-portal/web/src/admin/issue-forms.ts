/** Forms of the demo authorities: issue from a request, revoke with a reason; and the certificate that comes of it. */
import { html, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { openDialog } from "../lib/dialog";
import { localized } from "../lib/locale";
import { DialogForm } from "./form";
import type { IssuedCertificate, NewCertificate, TrustedCa } from "./model";
import { copyButton, download, kindChip } from "./parts";
import { certificateWords } from "./words/certificates";
import { common } from "./words/common";

/** Digits and letters of GB 32100; the server checks the last one against the others. */
const CREDIT_CODE = /^[0-9A-HJ-NP-RTUW-Y]{18}$/;

class IssueForm extends DialogForm<NewCertificate> {
  static override properties = { cas: { attribute: false } };

  declare cas: TrustedCa[];

  protected override fields(): TemplateResult {
    const t = certificateWords();
    const options = this.cas.map(({ id, name, kind }) => ({
      value: id,
      text: html`<strong>${localized(name)}</strong> ${kindChip(kind)}`,
    }));
    return html`${this.choice("ca", t.ca, options, this.cas[0]?.id)}
      ${this.field({ name: "enterprise", label: t.name, hint: t.nameHint, maxlength: 80 })}
      ${this.field({ name: "creditCode", label: t.code, hint: t.codeHint, maxlength: 18, code: true })}
      ${this.field({ name: "csr", label: t.csr, hint: t.csrHint, rows: 7, code: true, file: { label: t.csrFile, accept: ".pem,.csr,.req,.p10,.txt" } })}`;
  }

  protected override action(): string {
    return certificateWords().issue;
  }

  protected override faults(): Record<string, string> {
    const t = certificateWords();
    const faults = this.missing("ca", "enterprise", "creditCode", "csr");
    const [code, csr] = [this.value("creditCode").toUpperCase(), this.value("csr")];
    if (code && !CREDIT_CODE.test(code)) faults.creditCode = t.badCode;
    if (/PRIVATE KEY/.test(csr)) faults.csr = t.privateKey;
    else if (csr && !/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(csr)) faults.csr = t.noCsr;
    return faults;
  }

  protected override send(): Promise<NewCertificate> {
    return call("POST", "/api/admin/certificates", {
      ca: this.value("ca"),
      csr: this.value("csr"),
      enterprise: this.value("enterprise"),
      creditCode: this.value("creditCode").toUpperCase(),
    });
  }
}

class RevokeForm extends DialogForm<true> {
  static override properties = { serial: { type: String } };

  declare serial: string;
  protected override readonly danger = true;

  protected override fields(): TemplateResult {
    const t = certificateWords();
    const options = Object.entries(t.reasons).map(([value, { name, more }]) => ({
      value,
      text: html`<strong>${name}</strong>`,
      more,
    }));
    return html`<p>${t.revokeBody}</p>
      ${this.choice("reason", t.reason, options)}`;
  }

  protected override action(): string {
    return certificateWords().revoke;
  }

  protected override faults(): Record<string, string> {
    return this.value("reason") ? {} : { reason: certificateWords().needReason };
  }

  protected override async send(): Promise<true> {
    await call("POST", `/api/admin/certificates/${encodeURIComponent(this.serial)}/revoke`, {
      reason: this.value("reason"),
    });
    return true;
  }
}

/** Asks for a request and issues; `undefined` if the person left. */
export function askToIssue(cas: TrustedCa[]): Promise<NewCertificate | undefined> {
  return openDialog({
    title: certificateWords().issue,
    wide: true,
    content: (close) => html`<admin-issue-form .cas=${cas} .close=${close}></admin-issue-form>`,
  });
}

/** Asks for the reason and revokes. */
export async function askToRevoke({ serial, name }: IssuedCertificate): Promise<boolean> {
  const revoked = await openDialog<true>({
    title: certificateWords().revokeTitle(name),
    content: (close) => html`<admin-revoke-form .serial=${serial} .close=${close}></admin-revoke-form>`,
  });
  return revoked === true;
}

/** Hands a new certificate over. */
export async function handOver(title: string, { serial, pem }: NewCertificate): Promise<void> {
  const t = certificateWords();
  await openDialog<void>({
    title,
    wide: true,
    content: (close) => html`<div class="dialog-body">
        <p>${t.issuedMore}</p>
        <p class="quiet">${t.serial} <span class="mono" dir="ltr">${serial}</span></p>
        <div class="field">
          <label for="pem">${t.pem}</label>
          <textarea id="pem" class="mono" rows="9" readonly spellcheck="false" .value=${pem}></textarea>
          ${copyButton(pem)}
        </div>
      </div>
      <footer>
        <button class="button" @click=${() => close()}>${common().close}</button>
        <button class="button primary" autofocus @click=${() => download(`${serial}.pem`, pem, "application/x-pem-file")}>${t.downloadPem}</button>
      </footer>`,
  });
}

customElements.define("admin-issue-form", IssueForm);
customElements.define("admin-revoke-form", RevokeForm);
