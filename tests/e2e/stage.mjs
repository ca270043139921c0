/** The phone page on a stage of its own: a real relay, an authority with seals, pages without a screen, honest or not. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { atEnd, ROOT, startBrowser, TARGET, temporaryFolder } from "./harness.mjs";

export const ENTERPRISE = "天山博康医疗器械有限公司";

/** Starts the stage. `ask` asks for seals, and gives the code's text and a promise of how it ended. */
export async function startStage(t) {
  const folder = await temporaryFolder(t);
  const seal = join(folder, "seal.png");
  execFileSync(join(TARGET, "scanseal"), ["seal-picture", "round", ENTERPRISE, "-o", seal], { stdio: "ignore" });
  const child = spawn(join(TARGET, "examples/sealing_stage"), [join(ROOT, "demo-portal/web/dist"), seal], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  atEnd(t, async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const waiting = new Map();
  const next = (word) => new Promise((resolve) => waiting.set(word, resolve));
  createInterface(child.stdout).on("line", (line) => {
    const [word, rest] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
    waiting.get(word)?.(word === "code" ? rest : JSON.parse(rest));
  });
  const { home } = await next("ready");
  const ask = async (asked) => {
    const over = next("over");
    const code = next("code");
    child.stdin.write(`${JSON.stringify({ enterprise: ENTERPRISE, ...asked })}\n`);
    return { code: await code, over };
  };
  return { home, folder, seal, ask };
}

/** A contract as an office program writes it: Chinese text, several pages. */
export async function printContract(t, path, pages, title) {
  const page = await (await startBrowser(t)).newPage();
  const clauses = (number) =>
    Array.from(
      { length: 9 },
      (_, index) =>
        `<p>第${number * 9 + index + 1}条　乙方应当按照本合同约定的品名、规格、数量和期限向甲方交付货物，并保证货物符合国家标准和双方约定的质量要求。</p>`,
    ).join("");
  const body = Array.from(
    { length: pages },
    (_, number) => `<section>${number === 0 ? `<h1>${title}</h1>` : ""}${clauses(number)}</section>`,
  );
  await page.setContent(
    `<style>body{font:12pt/1.8 serif}h1{text-align:center}section{break-after:page;min-height:20cm}section:last-child{break-after:auto}</style>${body.join("")}`,
  );
  await page.pdf({ path, format: "A4", margin: { top: "2cm", bottom: "2cm", left: "2cm", right: "2cm" } });
  await page.context().browser().close();
  return { path, name: title, pages };
}
