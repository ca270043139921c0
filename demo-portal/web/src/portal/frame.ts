import { html, type TemplateResult } from "lit";
import { locale, setLocale } from "../lib/locale";
import { texts } from "./texts";

/** The platform's mark and name. */
export function brand(): TemplateResult {
  const t = texts();
  return html`<a class="brand" href="/">
    <img src="/mark.svg" alt="" width="36" height="36" />
    <span>${t.platform}</span>
    <span class="chip demo">${t.demo}</span>
  </a>`;
}

/** Switches between Chinese and English. */
export function languageSwitch(): TemplateResult {
  const t = texts();
  const next = locale() === "en" ? "zh-Hans" : "en";
  return html`<button class="button plain" lang=${next} @click=${() => setLocale(next)}>
    ${t.language}
  </button>`;
}
