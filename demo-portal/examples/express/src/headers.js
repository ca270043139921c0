// Headers on every answer: browsers then refuse what an attacker would need.

/** @import { RequestHandler } from "express" */

/** Two years, as browsers' preload lists ask for. */
const TRANSPORT_SECURITY = "max-age=63072000";

/**
 * @param {string} origin
 * @param {string} relay Address of the relay, which the page's code connects to.
 * @param {readonly string[]} scripts Hashes of the scripts that stand in a page itself.
 * @returns {RequestHandler}
 */
export function securityHeaders(origin, relay, scripts) {
  const inline = scripts.map((hash) => ` 'sha256-${hash}'`).join("");
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval'${inline}`,
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${new URL(relay).origin}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return (_, response, next) => {
    response.set({
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
      "Cache-Control": "no-store",
    });
    if (origin.startsWith("https:")) response.set("Strict-Transport-Security", TRANSPORT_SECURITY);
    next();
  };
}
