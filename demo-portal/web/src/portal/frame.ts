/** What frames every desktop page: mark, navigation by rights, language, account menu. */
import "../styles/surfaces.css";
import "../styles/frame.css";
import { html, nothing, type TemplateResult } from "lit";
import { locale, setLocale } from "../lib/locale";
import type { Account, EnterpriseKind } from "../lib/model";
import { chevron, key, leave, shield } from "./icons";
import { texts } from "./texts";

/** A page of the navigation. */
export type PageName = "home" | "contracts" | "security" | "people" | "admin";

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
  return html`<button class="button plain" type="button" lang=${next} @click=${() => setLocale(next)}>
    ${t.language}
  </button>`;
}

/** The header of all pages behind the login. Without an account, while it is loading, it has no navigation. */
export function pageHeader(active: PageName, account: Account | null, onLogout: () => void): TemplateResult {
  const t = texts();
  return html`<a class="button skip" href="#main">${t.skip}</a>
    <header class="bar">
      ${brand()}
      <nav aria-label=${t.navigation}>
        ${
          account === null
            ? nothing
            : pagesOf(account).map(
                (page) => html`<a href="/${page}" aria-current=${page === active ? "page" : nothing}>${t[page]}</a>`,
              )
        }
      </nav>
      <div class="actions">
        ${languageSwitch()}
        ${account === null ? nothing : html`<portal-bell></portal-bell> ${accountMenu(account, onLogout)}`}
      </div>
    </header>`;
}

/** Which pages an account may open. */
export function pagesOf({ role, enterprise }: Account): PageName[] {
  const pages: PageName[] = ["home", "contracts", "security"];
  if (role === "administrator") pages.push("people");
  if (enterprise.kind === "platform") pages.push("admin");
  return pages;
}

/** What an enterprise is, in the page's language. */
export function kindName(kind: EnterpriseKind): string {
  const t = texts();
  return { purchaser: t.purchaser, supplier: t.supplier, platform: t.platformKind }[kind];
}

/** A person's initial in a circle. It is drawn, not written: it is no part of any name. */
export function face(name: string): TemplateResult {
  return html`<span class="face" data-initial=${[...name][0] ?? ""}></span>`;
}

function accountMenu(account: Account, onLogout: () => void): TemplateResult {
  const t = texts();
  return html`<details class="menu" @keydown=${closeByEscape} @focusout=${closeWhenLeft}>
    <summary>
      ${face(account.name)}
      <span class="name">${account.name}</span>
      <span class="visually-hidden">${t.accountMenu}</span>
      ${chevron}
    </summary>
    <div class="menu-body" tabindex="-1">
      <p>
        <strong>${account.name}</strong>
        <span class="quiet" dir="ltr">${account.login}</span>
        <span class="quiet">${account.role === "administrator" ? t.administrator : t.operator} · ${account.enterprise.name}</span>
      </p>
      <a href="/verify">${shield} ${t.verify}</a>
      <a href="/security#password">${key} ${t.changePassword}</a>
      <button type="button" @click=${onLogout}>${leave} ${t.logout}</button>
    </div>
  </details>`;
}

function closeByEscape(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

/** Whoever goes elsewhere, by key or by a click beside it, is done with the menu. */
function closeWhenLeft(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (!menu.contains(event.relatedTarget as Node | null)) menu.open = false;
}
