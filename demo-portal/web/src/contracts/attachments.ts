/** Files beside a contract. */
import { html, nothing, type TemplateResult } from "lit";
import { type ApiError, call } from "../lib/api";
import { byteSize } from "../lib/bytes";
import { confirmDialog } from "../lib/dialog";
import { dateTime, locale } from "../lib/locale";
import { toast } from "../lib/toast";
import { put } from "../lib/upload";
import { bin, download, paperclip } from "../portal/icons";
import type { Attachment, Contract } from "./model";
import { contractTexts } from "./texts-contract";
import { explainContract } from "./texts-contracts";

/** What the list needs of its page. */
export interface AttachmentHost {
  changed: (contract: Contract) => void;
  /** Does something, and tells the person if it is refused. */
  attempt: (work: () => Promise<Contract>) => Promise<Contract | undefined>;
}

/** The list; whoever may change the contract adds and removes. */
export function attachments(contract: Contract, host: AttachmentHost): TemplateResult | typeof nothing {
  const t = contractTexts();
  const { edit } = contract.may;
  if (contract.attachments.length === 0 && !edit) return nothing;
  return html`<section class="panel attachments">
    <div class="panel-head">
      <h2>${t.attachments}</h2>
      ${
        edit
          ? html`<button class="button small" type="button" @click=${choose}>${paperclip} ${t.attach}</button>
              <input type="file" multiple hidden @change=${(event: Event) => add(event, contract, host)} />`
          : nothing
      }
    </div>
    <p class="quiet" role="status"></p>
    ${
      contract.attachments.length === 0
        ? html`<p class="quiet">${t.noAttachments} ${t.attachLimit}</p>`
        : html`<ul>
            ${contract.attachments.map((one) => item(contract, one, host))}
          </ul>`
    }
  </section>`;
}

function item(contract: Contract, one: Attachment, host: AttachmentHost): TemplateResult {
  const t = contractTexts();
  return html`<li>
    <div>
      <p class="file-name"><bdi>${one.name}</bdi></p>
      <p class="quiet">${byteSize(one.size)} · ${one.person} · ${dateTime(one.at)}</p>
    </div>
    <a class="button small" href=${address(contract.id, one.name)} download=${one.name} aria-label="${t.download}: ${one.name}">
      ${download} ${t.download}
    </a>
    ${
      contract.may.edit
        ? html`<button class="icon" type="button" aria-label=${t.detach(one.name)} title=${t.detach(one.name)} @click=${() => remove(contract, one, host)}>
            ${bin}
          </button>`
        : nothing
    }
  </li>`;
}

/** A refusal in the words of attachments, whose limits are their own. */
export function explainAttachment(error: ApiError): string {
  const words: Readonly<Partial<Record<string, string>>> = contractTexts().attachmentProblems;
  return words[error.code] ?? explainContract(error);
}

function choose(event: Event): void {
  (event.currentTarget as HTMLElement).parentElement?.querySelector<HTMLInputElement>("input[type=file]")?.click();
}

async function add(event: Event, { id }: Contract, { changed, attempt }: AttachmentHost): Promise<void> {
  const t = contractTexts();
  const input = event.currentTarget as HTMLInputElement;
  const status = input.closest("section")?.querySelector<HTMLElement>('[role="status"]');
  const say = (words: string): void => {
    if (status) status.textContent = words;
  };
  const percent = new Intl.NumberFormat(locale(), { style: "percent" });
  const files = [...(input.files ?? [])];
  input.value = "";
  for (const file of files) {
    say(t.attaching(file.name, percent.format(0)));
    const progress = (share: number): void => say(t.attaching(file.name, percent.format(share)));
    const contract = await attempt(() => put<Contract>(address(id, file.name), file, { progress }));
    say("");
    if (contract === undefined) return;
    changed(contract);
    toast(t.attached(file.name));
  }
}

async function remove({ id }: Contract, { name }: Attachment, { changed, attempt }: AttachmentHost): Promise<void> {
  const t = contractTexts();
  const question = { title: t.detachTitle, body: t.detachBody(name), action: t.detachAction, danger: true };
  if (!(await confirmDialog(question))) return;
  const contract = await attempt(() => call<Contract>("DELETE", address(id, name)));
  if (contract === undefined) return;
  changed(contract);
  toast(t.detached);
}

function address(contract: number, name: string): string {
  return `/api/contracts/${contract}/attachments/${encodeURIComponent(name)}`;
}
