/** Requests that were throttled and logins that were locked. */
import { html, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { number } from "../lib/locale";
import { check } from "../portal/icons";
import { moment } from "./format";
import type { SecurityEvent } from "./model";
import { Section } from "./section";
import { securityWords } from "./words/running";

interface Events {
  events: SecurityEvent[];
}

class AdminSecurity extends Section<Events> {
  protected override readonly name = "security";

  protected override read(): Promise<Events> {
    return call("GET", "/api/admin/security");
  }

  protected override content({ events }: Events): TemplateResult {
    const t = securityWords();
    if (!events.length)
      return html`<p class="all-calm">${check}<span><strong>${t.calm}</strong> <span class="quiet">${t.calmMore}</span></span></p>`;
    return html`<div class="panel">
      <table class="table">
        <caption class="visually-hidden">${t.caption}</caption>
        <thead>
          <tr>
            <th scope="col">${t.at}</th><th scope="col">${t.what}</th><th scope="col">${t.subject}</th>
            <th scope="col" class="figure">${t.count}</th>
          </tr>
        </thead>
        <tbody>
          ${events.map(
            ({ at, kind, what, subject, count }) => html`<tr>
              <td data-label=${t.at} class="short">${moment(at)}</td>
              <td data-label=${t.what}>
                <span><span class="chip ${kind === "locked" ? "bad" : "warn"}">${t.kinds[kind]}</span> ${t.facts[kind][what]}</span>
              </td>
              <td data-label=${t.subject}><bdi class="mono">${subject}</bdi></td>
              <td data-label=${t.count} class="figure">${number(count)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      <p class="quiet after">${t.advice}</p>
    </div>`;
  }
}

customElements.define("admin-security", AdminSecurity);
