/** Overview: what needs attention, then the readings. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { dateTime, number } from "../lib/locale";
import { check } from "../portal/icons";
import { remaining, span } from "./format";
import type { Summary } from "./model";
import { copyButton, fingerprint } from "./parts";
import { Section } from "./section";
import { common } from "./words/common";
import { overviewWords } from "./words/overview";

/** The list is signed anew at half its life, days before this. With less left, renewal does not work. */
const LIST_SOON = 2 * 86_400;

interface Matter {
  tone: "bad" | "warn" | "cold";
  title: string;
  more: string;
  at: string;
}

class AdminOverview extends Section<Summary> {
  protected override readonly name = "overview";

  protected override read(): Promise<Summary> {
    return call("GET", "/api/admin/summary");
  }

  protected override content(data: Summary): TemplateResult {
    return html`${attention(matters(data))}
      <div class="readings">
        ${certificates(data)} ${trustList(data)}
        ${reading("#sessions", overviewWords().sessions, number(data.sessions), overviewWords().sessionsMore)}
        ${reading("#accounts", overviewWords().accounts, number(data.accounts), overviewWords().accountsMore(number(data.enterprises)))}
        ${webhooks(data)} ${audit(data)}
      </div>`;
  }
}

/** The most urgent first. */
function matters({ certificates, trustList, webhooks, seals }: Summary): Matter[] {
  const t = overviewWords();
  const left = remaining(trustList.expires);
  const found: Matter[] = [];
  if (left <= 0) found.push({ tone: "bad", title: t.listExpired, more: t.listExpiredMore, at: "#trust" });
  if (webhooks.failed)
    found.push({
      tone: "bad",
      title: t.notDelivered(number(webhooks.failed)),
      more: t.notDeliveredMore,
      at: "#webhooks",
    });
  if (left > 0 && left < LIST_SOON)
    found.push({ tone: "warn", title: t.listSoon(span(left)), more: t.listSoonMore, at: "#trust" });
  if (seals.waiting)
    found.push({ tone: "warn", title: t.sealsWait(number(seals.waiting)), more: t.sealsWaitMore, at: "#seals" });
  if (certificates.frozen)
    found.push({
      tone: "cold",
      title: t.isFrozen(number(certificates.frozen)),
      more: t.isFrozenMore,
      at: "#certificates",
    });
  if (certificates.revoked)
    found.push({
      tone: "warn",
      title: t.stillRevoked(number(certificates.revoked)),
      more: t.stillRevokedMore,
      at: "#certificates",
    });
  if (certificates.expired)
    found.push({
      tone: "warn",
      title: t.isExpired(number(certificates.expired)),
      more: t.isExpiredMore,
      at: "#certificates",
    });
  return found;
}

function attention(found: Matter[]): TemplateResult {
  const t = overviewWords();
  if (!found.length)
    return html`<p class="all-calm">${check}<span><strong>${t.calm}</strong> <span class="quiet">${t.calmMore}</span></span></p>`;
  return html`<section class="attention" aria-labelledby="attention-title">
    <h2 id="attention-title">${t.attention}</h2>
    <ul>
      ${found.map(
        ({ tone, title, more, at }) => html`<li class=${tone}>
          <a href=${at}><strong>${title}</strong></a>
          <span class="quiet">${more}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}

function reading(at: string, name: string, value: string, more: string | TemplateResult): TemplateResult {
  return html`<section class="reading">
    <h2><a href=${at}>${name}</a></h2>
    <p class="value">${value}</p>
    <p class="quiet">${more}</p>
  </section>`;
}

function certificates({ certificates: { valid, frozen, expired, revoked } }: Summary): TemplateResult {
  const t = overviewWords();
  const c = common();
  const shares = [
    { name: "valid", text: c.valid, value: valid },
    { name: "frozen", text: c.frozen, value: frozen },
    { name: "expired", text: c.expired, value: expired },
    { name: "revoked", text: c.revoked, value: revoked },
  ];
  const all = valid + frozen + expired + revoked;
  let from = 0;
  const bars = shares.map(({ name, value }) => {
    const bar = svg`<rect class=${name} x=${from} y="0" width=${value} height="1" />`;
    from += value;
    return bar;
  });
  return html`<section class="reading double">
    <h2><a href="#certificates">${t.certificates}</a></h2>
    <p><span class="value">${number(valid)}</span> <span class="quiet">${t.certificatesOf(number(valid), number(all))}</span></p>
    <svg class="shares" viewBox="0 0 ${Math.max(all, 1)} 1" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>
    <dl class="legend">
      ${shares.map(({ name, text, value }) => html`<div class=${name}><dt>${text}</dt><dd>${number(value)}</dd></div>`)}
    </dl>
  </section>`;
}

function trustList({ trustList: { version, expires } }: Summary): TemplateResult {
  const t = overviewWords();
  const left = remaining(expires);
  return html`<section class="reading double">
    <h2><a href="#trust">${t.list}</a></h2>
    <p><span class="value">${t.version(number(version))}</span> <span class=${left < LIST_SOON ? "chip warn" : "chip good"}>${left > 0 ? t.left(span(left)) : t.over}</span></p>
    <p class="quiet">${t.until(dateTime(expires))}</p>
  </section>`;
}

function webhooks({ webhooks: { waiting, failed } }: Summary): TemplateResult {
  const t = overviewWords();
  const more = html`${t.webhooksMore}${failed ? html`<br /><strong class="wrong">${t.failed(number(failed))}</strong>` : nothing}`;
  return reading("#webhooks", t.webhooks, number(waiting), more);
}

function audit({ audit: { events, head } }: Summary): TemplateResult {
  const t = overviewWords();
  return html`<section class="reading whole">
    <div class="head-seal">
      <p class="quiet">${t.auditHead}</p>
      ${fingerprint(head)}
    </div>
    <div>
      <h2><a href="#audit">${t.audit}</a></h2>
      <p>${t.auditEvents(number(events))}</p>
      <p class="quiet">${t.auditMore}</p>
      ${copyButton(head, t.copyHead)}
    </div>
  </section>`;
}

customElements.define("admin-overview", AdminOverview);
