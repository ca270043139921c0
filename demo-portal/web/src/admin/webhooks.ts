/** Messages to the integrator's own systems: what was delivered, what waits, what was given up, and how to set it up. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { dateTime, fromNow, number } from "../lib/locale";
import { remaining } from "./format";
import type { WebhookMessage } from "./model";
import { copyButton } from "./parts";
import { Section } from "./section";
import { webhookWords } from "./words/running";

interface Webhooks {
  url: string | null;
  /** The receiver said that it wants no more. */
  stopped?: boolean;
  messages: WebhookMessage[];
}

class AdminWebhooks extends Section<Webhooks> {
  protected override readonly name = "webhooks";

  protected override read(): Promise<Webhooks> {
    return call("GET", "/api/admin/webhooks");
  }

  protected override content({ url, stopped, messages }: Webhooks): TemplateResult {
    if (url === null && !messages.length) return setUp();
    const t = webhookWords();
    return html`${url === null ? setUp() : nothing}
      <div class="panel">
        ${url === null ? nothing : html`<p class="target"><span class="quiet">${t.target}</span> <span class="mono" dir="ltr">${url}</span></p>`}
        ${stopped ? html`<p class="notice warn">${t.stopped}</p>` : nothing}
        ${messages.length ? this.#table(messages) : html`<div class="empty"><p>${t.empty}</p></div>`}
        <p class="quiet after">${t.schedule}</p>
      </div>`;
  }

  #table(messages: WebhookMessage[]): TemplateResult {
    const t = webhookWords();
    return html`<table class="table">
      <caption class="visually-hidden">${t.caption}</caption>
      <thead>
        <tr>
          <th scope="col">${t.event}</th><th scope="col">${t.created}</th><th scope="col">${t.state}</th>
          <th scope="col" class="figure">${t.attempts}</th><th scope="col">${t.lastError}</th>
          <th scope="col" class="end"><span class="visually-hidden">${t.retry}</span></th>
        </tr>
      </thead>
      <tbody>${messages.map((message) => this.#row(message))}</tbody>
    </table>`;
  }

  #row(message: WebhookMessage): TemplateResult {
    const t = webhookWords();
    const { id, event, created, attempts, lastError, delivered } = message;
    return html`<tr>
      <th scope="row" class="wide lead">
        <strong>${t.events[event] ?? event}</strong>
        <span class="quiet mono" dir="ltr">${event}</span><span class="quiet mono" dir="ltr">${id}</span>
      </th>
      <td data-label=${t.created} class="short">${dateTime(created)}</td>
      <td data-label=${t.state}>${state(message)}</td>
      <td data-label=${t.attempts} class="figure">${number(attempts)}</td>
      <td data-label=${t.lastError} class="grow">${lastError === null ? html`<span class="quiet">—</span>` : html`<bdi class="cause">${lastError}</bdi>`}</td>
      <td class="wide end">
        ${
          delivered === null
            ? html`<div class="buttons"><button class="button small" aria-label="${t.retry} ${event} ${id}" aria-busy=${this.busy} @click=${() => this.#retry(id)}>${t.retry}</button></div>`
            : nothing
        }
      </td>
    </tr>`;
  }

  async #retry(id: string): Promise<void> {
    await this.act(async () => {
      await call("POST", `/api/admin/webhooks/${encodeURIComponent(id)}/retry`);
      await this.refresh();
    }, webhookWords().retried);
  }
}

function state({ delivered, next }: WebhookMessage): TemplateResult {
  const t = webhookWords();
  if (delivered !== null)
    return html`<div><span class="chip good">${t.delivered}</span><div class="quiet">${dateTime(delivered)}</div></div>`;
  if (next === null) return html`<div><span class="chip bad">${t.failed}</span></div>`;
  return html`<div><span class="chip warn">${t.waiting}</span><div class="quiet"><time title=${dateTime(next)}>${remaining(next) > 0 ? t.nextAt(fromNow(next)) : t.dueNow}</time></div></div>`;
}

const START = "scanseal-portal serve --webhook-url https://your-system.example.com/scanseal";
const SECRET = 'export SCANSEAL_PORTAL_WEBHOOK_SECRET="whsec_…"';
const CHECK = `import { verifyWebhook } from "scanseal/server";

const { verified } = verifyWebhook(request.headers, rawBody, secret);
response.sendStatus(verified ? 204 : 400);`;

function setUp(): TemplateResult {
  const t = webhookWords();
  const block = (text: string) =>
    html`<div class="command"><pre class="mono" dir="ltr" tabindex="0">${text}</pre>${copyButton(text)}</div>`;
  return html`<section class="panel" aria-labelledby="set-up-title">
    <h2 id="set-up-title">${t.offTitle}</h2>
    <p>${t.offMore}</p>
    <ol class="how">
      <li>${t.how1}${block(START)}</li>
      <li>${t.how2}${block(SECRET)}</li>
      <li>${t.how3}${block(CHECK)}</li>
    </ol>
  </section>`;
}

customElements.define("admin-webhooks", AdminWebhooks);
