/** The bell in the frame: what happened to the enterprise's contracts, and how much of it is new. */
import "../styles/bell.css";
import { html, nothing, type TemplateResult } from "lit";
import type { Notification } from "../contracts/model";
import { ApiError, asApiError, call } from "../lib/api";
import { catalogue } from "../lib/catalogue";
import { fromNow } from "../lib/locale";
import { Page } from "../lib/page";
import { Watch } from "../lib/watch";
import { bell } from "./icons";
import { explainError } from "./texts";

/** More is told as “99+”. */
const MOST_SHOWN = 99;

const bellTexts = catalogue(
  {
    label: (unread: number) => (unread > 0 ? `消息，${unread} 条未读` : "消息"),
    title: "消息",
    none: "还没有消息。合同有进展时会告诉您。",
    older: "更早的消息",
    unread: "未读",
    handled: "已处理",
    gone: "已删除的合同",
    kinds: {
      turn: "轮到您盖章",
      sealed: (who: string) => `${who} 已盖章`,
      returned: (who: string) => `${who} 退回了合同`,
      withdrawn: (who: string) => `${who} 撤回了合同`,
      done: "各方都已盖章，合同通过",
      stamped: "时间戳已补齐，可长期验证",
    },
    other: "对方",
  },
  {
    label: (unread: number) => (unread > 0 ? `Notifications, ${unread} unread` : "Notifications"),
    title: "Notifications",
    none: "Nothing yet. You will read here when a contract moves on.",
    older: "Older ones",
    unread: "Unread",
    handled: "Done",
    gone: "A contract that was deleted",
    kinds: {
      turn: "Your seal is due",
      sealed: (who: string) => `${who} has sealed`,
      returned: (who: string) => `${who} returned it`,
      withdrawn: (who: string) => `${who} withdrew it`,
      done: "All parties have sealed",
      stamped: "Time stamps were added; it can be checked for years",
    },
    other: "The other party",
  },
);

interface News {
  unread: number;
  notifications: Notification[];
  more: boolean;
}

class PortalBell extends Page {
  static override properties = { news: { state: true }, failure: { state: true }, said: { state: true } };

  declare news: News | null;
  declare failure: ApiError | null;
  /** For who hears the page. */
  declare said: string;
  // What is open is being read; it does not move under the eyes.
  readonly #watch = new Watch(
    () => this.look(),
    () => !this.querySelector("details")?.open,
  );

  constructor() {
    super();
    this.news = null;
    this.failure = null;
    this.said = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.fetch();
    this.#watch.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch.stop();
  }

  protected override render(): TemplateResult {
    const t = bellTexts();
    const unread = this.news?.unread ?? 0;
    return html`<details class="menu bell" @toggle=${this.toggled} @keydown=${this.keyed} @focusout=${this.focusGone}>
      <summary aria-label=${t.label(unread)} title=${t.title}>
        ${bell}
        ${unread > 0 ? html`<span class="badge" aria-hidden="true">${unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}</span>` : nothing}
      </summary>
      <div class="menu-body news" tabindex="-1">
        <h2>${t.title}</h2>
        ${this.list()}
      </div>
    </details>
    <p class="visually-hidden" role="status">${this.said}</p>`;
  }

  private list(): TemplateResult | typeof nothing {
    const t = bellTexts();
    if (this.failure) return html`<p class="quiet">${explainError(this.failure)}</p>`;
    if (this.news === null) return nothing;
    const { notifications, more } = this.news;
    if (notifications.length === 0) return html`<p class="quiet">${t.none}</p>`;
    return html`<ul>
        ${notifications.map(
          (one) => html`<li class=${isNew(one) ? "unread" : ""}>
            <a href=${one.contract ? `/contract#${one.contract.id}` : "/contracts"}>
              <span>
                ${isNew(one) ? html`<span class="visually-hidden">${t.unread}</span>` : nothing}
                <strong>${sentence(one)}</strong>
                ${one.handled ? html`<span class="chip plain">${t.handled}</span>` : nothing}
              </span>
              <span class="about">
                ${one.contract ? html`${one.contract.title} <span class="number" dir="ltr">${one.contract.number}</span>` : t.gone}
              </span>
              ${one.text ? html`<q class="quiet">${one.text}</q>` : nothing}
              <time class="quiet" datetime=${new Date(one.at * 1000).toISOString()}>${fromNow(one.at)}</time>
            </a>
          </li>`,
        )}
      </ul>
      ${more ? html`<button class="older" type="button" @click=${this.older}>${t.older}</button>` : nothing}`;
  }

  private async look(): Promise<void> {
    const before = this.news;
    const failure = await this.fetch();
    if (failure) throw failure;
    // Heard once, when there is more than before; the number is seen all the time.
    const [known, unread] = [before?.unread ?? 0, this.news?.unread ?? 0];
    if (before !== null && unread !== known) this.said = unread > known ? bellTexts().label(unread) : "";
  }

  /** Answers with what went wrong, which the list shows, too. */
  private async fetch(before?: number): Promise<ApiError | null> {
    try {
      const query = before === undefined ? "" : `?before=${before}`;
      const news = await call<News>("GET", `/api/notifications${query}`);
      const known = before === undefined ? [] : (this.news?.notifications ?? []);
      this.news = { ...news, notifications: [...known, ...news.notifications] };
      this.failure = null;
    } catch (error) {
      this.failure = asApiError(error);
    }
    return this.failure;
  }

  private readonly older = (): void => {
    const last = this.news?.notifications.at(-1);
    if (last) void this.fetch(last.id);
  };

  private readonly toggled = async (event: Event): Promise<void> => {
    const newest = this.news?.notifications[0];
    if (!(event.currentTarget as HTMLDetailsElement).open || !newest || !this.news?.unread) return;
    try {
      const { unread } = await call<{ unread: number }>("POST", "/api/notifications/read", { upTo: newest.id });
      // What was new stays marked for as long as the list is open.
      if (this.news) this.news = { ...this.news, unread };
    } catch (error) {
      // Not marked as read: they will show as new once more.
      if (!(error instanceof ApiError)) throw error;
    }
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    const menu = event.currentTarget as HTMLDetailsElement;
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  };

  private readonly focusGone = (event: FocusEvent): void => {
    const menu = event.currentTarget as HTMLDetailsElement;
    if (!menu.contains(event.relatedTarget as Node | null)) menu.open = false;
  };
}

/** What is done with needs nobody's eye any more, read or not. */
function isNew({ read, handled }: Notification): boolean {
  return !read && handled !== true;
}

function sentence({ kind, enterprise }: Notification): string {
  const t = bellTexts();
  const words = t.kinds[kind];
  return typeof words === "string" ? words : words(enterprise ?? t.other);
}

customElements.define("portal-bell", PortalBell);
