// What the verify page is shown: sealed files, and a portal that vouches for who sealed them.

import { sealedFiles } from "../../../npm/browser/sealed.mjs";
import { startMock, trustOf } from "./mock.mjs";

/** While the certificates of the files are valid. */
export const NOW = new Date("2027-01-01T00:00:00Z");

/** Files by name, and the portal; `reach.server` says whether it gives the trust list. */
export async function startVerify() {
  const { files, root, crl } = await sealedFiles();
  const trust = trustOf(root, {
    now: NOW.getTime(),
    name: { zh: "示例认证中心（演示）", en: "Example Authority (demo)" },
  });
  const reach = { server: true, trust };
  const der = Buffer.from(crl.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const mock = await startMock(({ path }) => {
    if (!reach.server) return { status: 503, json: { code: "maintenance", detail: "" } };
    if (path === "/.well-known/scanseal") return { json: reach.trust.operator };
    if (path === "/authority/trust-list") return { bytes: reach.trust.list, type: "application/jose" };
    if (path === "/authority/root.crl") return { bytes: der };
    return undefined;
  });
  return { mock, files, reach, root: Buffer.from(root.replace(/-----[^-]+-----|\s/g, ""), "base64") };
}

/** A file as a file chooser hands it over. */
export const chosen = (name, buffer) => ({ name, mimeType: "application/pdf", buffer: Buffer.from(buffer) });
