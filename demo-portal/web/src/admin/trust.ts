/** The trust list: its authorities, its platforms, its versions. Every change signs the next version. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog, type Question } from "../lib/dialog";
import { dateTime, day, localized, number } from "../lib/locale";
import { toast } from "../lib/toast";
import { plus } from "../portal/icons";
import { remaining, shortened, span } from "./format";
import type { CaCertificate, TrustedCa, TrustedPlatform, TrustList } from "./model";
import { fingerprint, kindChip } from "./parts";
import { Section } from "./section";
import { askForCa, askForPlatform } from "./trust-forms";
import { common } from "./words/common";
import { trustWords } from "./words/trust";

const PATH = "/api/admin/trust-list";

class AdminTrust extends Section<TrustList> {
  protected override readonly name = "trust";

  protected override read(): Promise<TrustList> {
    return call("GET", PATH);
  }

  protected override content(data: TrustList): TemplateResult {
    return html`${current(data)} ${this.#cas(data.cas)} ${this.#platforms(data.platforms)} ${history(data)}`;
  }

  #cas(cas: TrustedCa[]): TemplateResult {
    const t = trustWords();
    return html`<section class="panel" aria-labelledby="cas-title">
      <div class="panel-head">
        <div><h2 id="cas-title">${t.cas}</h2><p class="quiet">${t.casMore}</p></div>
        <button class="button small" @click=${() => this.#add(askForCa, t.caAdded)}>${plus} ${t.addCa}</button>
      </div>
      ${cas.some(({ listed }) => listed) ? nothing : html`<p class="notice warn">${t.noCas}</p>`}
      <ul class="authorities">${cas.map((ca) => this.#ca(ca))}</ul>
    </section>`;
  }

  #ca(ca: TrustedCa): TemplateResult {
    const t = trustWords();
    const name = localized(ca.name);
    const deed = (what: string, done: string, question: Question) =>
      this.#deed(`cas/${encodeURIComponent(ca.id)}/${what}`, name, done, question);
    return html`<li class=${ca.listed ? "listed" : ""}>
      <div class="authority-head">
        <div>
          <h3>${name}</h3>
          <p class="chips">
            <span class="mono quiet" dir="ltr">${ca.id}</span> ${kindChip(ca.kind)}
            <span class="chip plain">${ca.own ? t.own : t.imported}</span>
            <span class="chip ${ca.listed ? "good" : "warn"}">${ca.listed ? t.listed : t.unlisted}</span>
          </p>
        </div>
        <div class="buttons">
          ${
            ca.listed
              ? deed("unlist", t.nowUnlisted(name), {
                  title: t.unlistTitle(name),
                  body: t.unlistBody,
                  action: t.unlist,
                  danger: true,
                })
              : deed("list", t.nowListed(name), { title: t.listTitle(name), body: t.listBody, action: t.list })
          }
          ${ca.own ? nothing : deed("remove", t.removed(name), { title: t.removeTitle(name), body: t.removeCaBody, action: t.remove, danger: true })}
        </div>
      </div>
      <div class="chains">${chain(t.roots, ca.roots)} ${chain(t.intermediates, ca.intermediates)}</div>
    </li>`;
  }

  #platforms(platforms: TrustedPlatform[]): TemplateResult {
    const t = trustWords();
    return html`<section class="panel" aria-labelledby="platforms-title">
      <div class="panel-head">
        <div><h2 id="platforms-title">${t.platforms}</h2><p class="quiet">${t.platformsMore}</p></div>
        <button class="button small" @click=${() => this.#add(askForPlatform, t.platformAdded)}>${plus} ${t.addPlatform}</button>
      </div>
      <table class="table">
        <caption class="visually-hidden">${t.platforms}</caption>
        <thead>
          <tr>
            <th scope="col">${t.platform}</th><th scope="col">${t.origins}</th><th scope="col">${t.keys}</th>
            <th scope="col" class="end">${common().actions}</th>
          </tr>
        </thead>
        <tbody>${platforms.map((platform) => this.#platform(platform))}</tbody>
      </table>
    </section>`;
  }

  #platform(platform: TrustedPlatform): TemplateResult {
    const t = trustWords();
    const name = localized(platform.name);
    const question = { title: t.removeTitle(name), body: t.removePlatformBody, action: t.remove, danger: true };
    return html`<tr>
      <th scope="row" class="wide lead">
        <span><strong>${name}</strong> ${platform.own ? html`<span class="chip plain">${t.own}</span>` : nothing}</span>
        <span class="quiet mono" dir="ltr">${platform.id}</span>
      </th>
      <td data-label=${t.origins}><ul>${platform.origins.map((origin) => html`<li class="mono" dir="ltr">${origin}</li>`)}</ul></td>
      <td data-label=${t.keys}><ul>${platform.keys.map((key) => html`<li class="mono" dir="ltr" title=${key}>${shortened(key)}</li>`)}</ul></td>
      <td class="wide end">
        ${platform.own ? nothing : html`<div class="buttons">${this.#deed(`platforms/${encodeURIComponent(platform.id)}/remove`, name, t.removed(name), question)}</div>`}
      </td>
    </tr>`;
  }

  #deed(path: string, name: string, done: string, question: Question): TemplateResult {
    const ask = async () => {
      if (!(await confirmDialog(question))) return;
      await this.act(async () => {
        await call("POST", `${PATH}/${path}`);
        await this.refresh();
      }, done);
    };
    return html`<button class="button small" aria-label="${question.action} ${name}" aria-busy=${this.busy} @click=${ask}>${question.action}</button>`;
  }

  async #add(ask: () => Promise<boolean>, done: string): Promise<void> {
    if (!(await ask())) return;
    toast(done);
    await this.refresh();
  }
}

function current({ version, issued, expires }: TrustList): TemplateResult {
  const t = trustWords();
  const left = remaining(expires);
  const life = Math.max(expires - issued, 1);
  return html`<div class="panel list-life">
    <p class="value">${t.version(number(version))}</p>
    <dl class="facts">
      <div><dt>${t.issued}</dt><dd>${dateTime(issued)}</dd></div>
      <div><dt>${t.expires}</dt><dd>${dateTime(expires)}</dd></div>
    </dl>
    <div class="life">
      <progress max=${life} value=${Math.max(0, left)} aria-label=${left > 0 ? t.left(span(left)) : t.over}></progress>
      <span class=${left > 0 ? "quiet" : "wrong"}>${left > 0 ? t.left(span(left)) : t.over}</span>
    </div>
  </div>`;
}

function chain(title: string, certificates: CaCertificate[]): TemplateResult | typeof nothing {
  if (!certificates.length) return nothing;
  const t = trustWords();
  return html`<details class="chain">
    <summary>${title} · ${number(certificates.length)}</summary>
    <ul>
      ${certificates.map(
        ({ subject, notAfter, sha256 }) => html`<li>
          <p><bdi>${subject}</bdi> <span class="quiet">${t.until(day(notAfter))}</span></p>
          <p class="quiet">${t.sha256}</p>
          ${fingerprint(sha256)}
        </li>`,
      )}
    </ul>
  </details>`;
}

/** What made a version necessary. The server writes a word and whom it concerns. */
function changeText(change: string): TemplateResult {
  const [what = "", ...whom] = change.split(" ");
  return html`${trustWords().changes[what] ?? what} <bdi class="mono">${whom.join(" ")}</bdi>`;
}

function history({ history: versions }: TrustList): TemplateResult {
  const t = trustWords();
  return html`<section class="panel" aria-labelledby="history-title">
    <h2 id="history-title">${t.history}</h2>
    <p class="quiet">${t.historyMore}</p>
    <ol class="timeline">
      ${versions.map(
        ({ version, issued, change, by }) => html`<li>
          <span class="version">${t.version(number(version))}</span>
          <span>${changeText(change)}<span class="quiet">${dateTime(issued)} · <bdi>${by ?? t.system}</bdi></span></span>
        </li>`,
      )}
    </ol>
  </section>`;
}

customElements.define("admin-trust", AdminTrust);
