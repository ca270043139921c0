/** Forms of the trust list: import an authority from PEM, add a platform. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { openDialog } from "../lib/dialog";
import { DialogForm } from "./form";
import { kindChip } from "./parts";
import { trustWords } from "./words/trust";

/** Limits of `docs/protocol.md` section 10. */
const ID = /^[a-z0-9.-]{1,64}$/;
const MOST_CERTIFICATES = 16;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** The certificates of a text, each by itself. */
function certificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
}

function lines(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** An origin as browsers write it. */
function isOrigin(text: string): boolean {
  return URL.canParse ? URL.canParse(text) && new URL(text).origin === text : /^https?:\/\/[^/\s]+$/.test(text);
}

abstract class TrustForm extends DialogForm<true> {
  protected names(): TemplateResult {
    const t = trustWords();
    return html`${this.field({ name: "id", label: t.id, hint: t.idHint, maxlength: 64, code: true })}
      <div class="side-by-side">
        ${this.field({ name: "name.zh", label: t.nameZh, maxlength: 64 })} ${this.field({ name: "name.en", label: t.nameEn, maxlength: 64 })}
      </div>`;
  }

  protected named(): { id: string; name: { zh: string; en: string } } {
    return { id: this.value("id"), name: { zh: this.value("name.zh"), en: this.value("name.en") } };
  }

  protected idFault(): Record<string, string> {
    const id = this.value("id");
    return id && !ID.test(id) ? { id: trustWords().badId } : {};
  }
}

class CaForm extends TrustForm {
  protected override fields(): TemplateResult {
    const t = trustWords();
    const accept = ".pem,.cer,.crt,.der";
    const options = [
      { value: "mutual", text: kindChip("mutual"), more: t.kindMutual },
      { value: "platform", text: kindChip("platform"), more: t.kindPlatform },
    ];
    return html`<p>${t.addCaMore}</p>
      ${this.names()} ${this.choice("kind", t.kind, options, "mutual")}
      ${this.field({ name: "roots", label: t.rootsField, hint: t.rootsHint, rows: 6, code: true, file: { label: t.file, accept, multiple: true } })}
      ${this.#found("roots")}
      ${this.field({ name: "intermediates", label: t.intermediatesField, rows: 4, code: true, file: { label: t.file, accept, multiple: true } })}
      ${this.#found("intermediates")}`;
  }

  /** How many certificates were recognised, so that one that was cut off is noticed. */
  #found(name: string): TemplateResult | typeof nothing {
    const number = this.hasUpdated ? certificates(this.value(name)).length : 0;
    return html`<p class="found quiet" role="status">${number ? trustWords().found(number) : nothing}</p>`;
  }

  protected override action(): string {
    return trustWords().addCa;
  }

  protected override faults(): Record<string, string> {
    const t = trustWords();
    const faults = { ...this.missing("id", "name.zh", "name.en", "roots"), ...this.idFault() };
    for (const name of ["roots", "intermediates"]) {
      const text = this.value(name);
      const number = certificates(text).length;
      if (/PRIVATE KEY/.test(text)) faults[name] = t.privateKey;
      else if (text && !number) faults[name] = t.noCertificate;
      else if (number > MOST_CERTIFICATES) faults[name] = t.tooMany;
    }
    return faults;
  }

  protected override async send(): Promise<true> {
    await call("POST", "/api/admin/trust-list/cas", {
      ...this.named(),
      kind: this.value("kind"),
      roots: certificates(this.value("roots")),
      intermediates: certificates(this.value("intermediates")),
    });
    return true;
  }
}

class PlatformForm extends TrustForm {
  protected override fields(): TemplateResult {
    const t = trustWords();
    return html`${this.names()}
      ${this.field({ name: "origins", label: t.originsField, hint: t.originsHint, rows: 2, code: true })}
      ${this.field({ name: "keys", label: t.keysField, hint: t.keysHint, rows: 3, code: true })}`;
  }

  protected override action(): string {
    return trustWords().addPlatform;
  }

  protected override faults(): Record<string, string> {
    const t = trustWords();
    const faults = { ...this.missing("id", "name.zh", "name.en", "origins", "keys"), ...this.idFault() };
    const origin = lines(this.value("origins")).find((line) => !isOrigin(line));
    const key = lines(this.value("keys")).find((line) => !THUMBPRINT.test(line));
    if (origin) faults.origins = t.badOrigin(origin);
    if (key) faults.keys = t.badKey(key);
    return faults;
  }

  protected override async send(): Promise<true> {
    const [origins, keys] = [lines(this.value("origins")), lines(this.value("keys"))];
    await call("POST", "/api/admin/trust-list/platforms", { ...this.named(), origins, keys });
    return true;
  }
}

/** `true` once an authority was imported. */
export async function askForCa(): Promise<boolean> {
  const content = (close: (value: true) => void) => html`<admin-ca-form .close=${close}></admin-ca-form>`;
  return (await openDialog({ title: trustWords().addCa, wide: true, content })) === true;
}

/** `true` once a platform was added. */
export async function askForPlatform(): Promise<boolean> {
  const content = (close: (value: true) => void) => html`<admin-platform-form .close=${close}></admin-platform-form>`;
  return (await openDialog({ title: trustWords().addPlatform, wide: true, content })) === true;
}

customElements.define("admin-ca-form", CaForm);
customElements.define("admin-platform-form", PlatformForm);
