/** The way to the login page when a session has ended, and back again afterwards. */

const KEY = "return-to";
/** Pages that a login may lead back to. An address from elsewhere must not send anybody anywhere. */
const PAGES = ["/home", "/contracts", "/contract", "/seal", "/security", "/people", "/admin"];

/** Why the login page is shown. */
export type LoginReason = "ended" | "needed";

interface Visit {
  page: string;
  reason: LoginReason;
}

/** Leaves for the login page, remembering where the person was. */
export function toLogin(reason: LoginReason): void {
  const visit: Visit = { page: location.pathname + location.hash, reason };
  sessionStorage.setItem(KEY, JSON.stringify(visit));
  location.replace("/");
}

/** Why the person was sent to the login page, if they were. */
export function loginReason(): LoginReason | null {
  return visit()?.reason ?? null;
}

/** The page to show after the login: where the person was, else `next`. */
export function afterLogin(next: string): string {
  const page = visit()?.page;
  forgetVisit();
  return page !== undefined && PAGES.some((known) => page.split("#")[0] === known) ? page : next;
}

/** Nobody wants to come back: the person logged out. */
export function forgetVisit(): void {
  sessionStorage.removeItem(KEY);
}

function visit(): Visit | null {
  const stored = sessionStorage.getItem(KEY);
  return stored === null ? null : (JSON.parse(stored) as Visit);
}
