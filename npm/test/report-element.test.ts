// @vitest-environment happy-dom
// The report's element, with a viewer that says what it is asked for.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { REPORT_TEXTS } from "../src/generated/report-texts.js";
import type { PdfReport } from "../src/pdf/report.js";
import { MAX_CHANGES } from "../src/report/model.js";
import { reportWords } from "../src/report/words.js";
import { ReportElement } from "../src/report.js";
import { change, changedReport, encryptedReport, report, revision, signature } from "./report-samples.js";

const opened = vi.hoisted(() => [] as { size: number; password: string | undefined; closed: boolean }[]);
const drawn = vi.hoisted(() => [] as [size: number, page: number][]);

vi.mock("../src/viewer/document.js", () => ({
  openDocument: async (pdf: Blob, { password }: { password?: string } = {}) => {
    const document = { size: pdf.size, password, closed: false };
    opened.push(document);
    const page = { width: 595, height: 842, rotation: 0, box: [0, 0, 595, 842], unit: 1 };
    return {
      pages: [page, page, page],
      render: async (number: number) => void drawn.push([pdf.size, number]),
      close: () => {
        document.closed = true;
      },
    };
  },
}));

const zh = reportWords("zh-Hans");

beforeEach(() => {
  opened.length = 0;
  drawn.length = 0;
  vi.stubGlobal("IntersectionObserver", undefined);
  HTMLCanvasElement.prototype.getContext = (() => ({
    drawImage: () => undefined,
    getImageData: (_x: number, _y: number, width: number, height: number) => ({ width, height, data: [] }),
  })) as unknown as HTMLCanvasElement["getContext"];
});

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.removeAttribute("lang");
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function settle(element: ReportElement): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await element.updateComplete;
  }
}

async function mount(shown?: PdfReport, prepare: (element: ReportElement) => void = () => undefined) {
  const element = document.createElement("scanseal-report");
  element.report = shown;
  prepare(element);
  document.body.append(element);
  await settle(element);
  return element;
}

const withFile = (size: number) => (element: ReportElement) => {
  element.file = new Blob(["x".repeat(size)]);
  element.fileName = "合同.pdf";
};
const root = (element: Element): ShadowRoot => element.shadowRoot as ShadowRoot;
const all = (element: Element, selector: string): HTMLElement[] => [
  ...root(element).querySelectorAll<HTMLElement>(selector),
];
const text = (element: Element, selector = '[part="base"]'): string =>
  all(element, selector)
    .map((each) => each.textContent ?? "")
    .join("\n")
    .replace(/\s+/g, " ")
    .trim();

function button(element: Element, label: string): HTMLElement {
  const buttons = all(element, "button");
  const name = (each: HTMLElement) => each.getAttribute("aria-label") ?? each.textContent?.trim();
  const found = buttons.find((each) => name(each) === label);
  if (found === undefined) throw new Error(`no button ${label} among ${buttons.map(name)}`);
  return found;
}

describe("<scanseal-report>", () => {
  it("says that there is nothing yet, then how far it is, then the verdict", async () => {
    const element = await mount();
    expect(text(element)).toContain(zh.empty);
    element.progress = 0.426;
    await settle(element);
    expect(root(element).querySelector("progress")?.getAttribute("value")).toBe("43");
    expect(text(element, '[part="status"]')).toBe(zh.loading);
    element.report = report();
    await settle(element);
    expect(root(element).querySelector("progress")).toBeNull();
    expect(text(element, "h2")).toBe(zh.verdicts.passed);
    expect(text(element, '[part="status"]')).toBe(zh.verdicts.passed);
  });

  it.each(["zh-Hans", "en"] as const)("tells in %s of each verdict in words of its own", async (locale) => {
    const words = reportWords(locale);
    const element = await mount(undefined, (fresh) => {
      fresh.locale = locale;
    });
    for (const verdict of Object.keys(words.verdicts) as (keyof typeof words.verdicts)[]) {
      const later = { level: "form-fill", permitted: true, items: [] } as const;
      const changed = verdict === "passed-with-later-changes" ? [signature({ later })] : undefined;
      element.report = verdict === "unreadable" ? encryptedReport() : report({ verdict }, changed);
      await settle(element);
      expect(text(element, "h2"), verdict).toBe(words.verdicts[verdict]);
    }
  });

  it.each(["document-damaged", "document-too-large", "internal"] as const)(
    "says in words what is wrong with a file that is %s, and has no form for a password",
    async (code) => {
      const element = await mount(report({ verdict: "unreadable", unreadable: { code, detail: "at 7" } }, []));
      expect(text(element, ".causes")).toBe(zh.unreadable[code].means);
      expect(text(element, ".verdict .codes")).toBe(`${code}at 7`);
      expect(root(element).querySelector("form")).toBeNull();
    },
  );

  it("does not trust a verdict that is newer than it", async () => {
    const element = await mount(report({ verdict: "super-passed" as "passed" }));
    expect(text(element, "h2")).toBe(zh.verdicts.indeterminate);
    expect(root(element).querySelector(".verdict-passed")).toBeNull();
  });

  it("names who sealed it, their credit code, and that the time is only claimed", async () => {
    const element = await mount(report());
    expect(text(element, ".sealers")).toContain("由 天山博康医疗器械有限公司 签章");
    expect(text(element, ".sealers")).toContain("未经证明");
    expect(text(element, '[part="signature"]')).toContain("91650100MA77C0R54J");
    expect(text(element, '[part="signature"]')).toContain("测试, 机构");
  });

  it("names the worst of many seals, and how many there are besides", async () => {
    const seals = Array.from({ length: 7 }, (_, index) =>
      signature({
        signer: { ...signature().signer, enterprise: `企业${index}` } as ReturnType<typeof signature>["signer"],
        verdict: index === 5 ? "failed" : "passed",
      }),
    );
    const element = await mount(report({ verdict: "failed" }, seals));
    const names = all(element, ".sealers strong").map(({ textContent }) => textContent);
    expect(names).toEqual(["企业0", "企业1", "企业2", "企业5"]);
    expect(text(element, ".sealers")).toContain("另有 3 个签章");
  });

  it("says that a name is only claimed as long as nobody trusted vouches for it", async () => {
    const { trustAnchor: _, ...unanchored } = signature({ verdict: "indeterminate", reasons: ["untrusted"] });
    const element = await mount(report({ verdict: "indeterminate" }, [unanchored]));
    expect(text(element, ".sealers")).toContain("自称由 天山博康医疗器械有限公司 签章（未能证明）");
    expect(text(element, '[part="signature"] .hint')).toBe(zh.nameDoubts.unvouched);
    expect(text(element, ".causes")).toBe(zh.causes.untrusted.means);
    expect(text(element, ".advice")).toContain(zh.causes.untrusted.do);
  });

  it("calls nobody a sealer where there are only time stamps", async () => {
    const element = await mount(report({}, [signature({ kind: { type: "document-timestamp" } })]));
    expect(text(element, "h2")).toBe(zh.onlyStamped);
    expect(root(element).querySelector(".sealers")).toBeNull();
    expect(root(element).querySelector(".verdict-passed")).toBeNull();
  });

  it("isolates what others wrote, and never takes it for markup", async () => {
    const evil = '\u202e<img src="x">';
    const signer = { ...signature().signer, name: evil, enterprise: evil } as ReturnType<typeof signature>["signer"];
    const claimed = { name: evil, reason: `${evil}2`, location: null, contact: "y".repeat(1000) };
    const element = await mount(report({}, [signature({ signer, claimed, field: evil })]));
    expect(root(element).querySelector("img")).toBeNull();
    const walker = document.createTreeWalker(root(element));
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE && node.textContent?.includes("\u202e"))
        expect(node.parentElement?.closest("bdi"), node.textContent).not.toBeNull();
    }
    expect(text(element, '[part="claims"] h5')).toBe(zh.claims);
    // The certificate's name is not a claim of the file's, and is not said again.
    expect(all(element, '[part="claims"] dd')).toHaveLength(2);
    expect(text(element, '[part="claims"]').length).toBeLessThan(600);
  });

  it("folds what passed, unfolds what did not, and has every check with its code", async () => {
    const element = await mount(changedReport());
    const answers = all(element, "details.answer") as HTMLDetailsElement[];
    expect(answers.map(({ open }) => open)).toEqual([false, true, false, false, false, false]);
    const texts = REPORT_TEXTS["zh-Hans"];
    expect(answers[1]?.textContent).toContain(texts.reasons["changed-later"].means);
    expect(answers[1]?.textContent).toContain(texts.reasons["changed-later"].do);
    for (const { id } of signature().checks) {
      expect(text(element, ".checks")).toContain(texts.checks[id]);
      expect(all(element, ".checks code").some((code) => code.textContent === id)).toBe(true);
    }
    expect(text(element, ".verdict")).toContain(zh.causes.changed.means);
    expect(text(element, ".verdict")).toContain("第 3 版改动了：页面内容");
  });

  it("counts versions from 1 everywhere, in the reader's language", async () => {
    const element = await mount(changedReport());
    expect(text(element, ".answer")).toContain("第 3 版的对象 7");
    expect(text(element)).not.toContain("of revision");
    element.report = encryptedReport();
    await settle(element);
    expect(text(element)).not.toContain("a password is needed");
  });

  it("lists changes, shows long lists in full when asked, and all of them on paper", async () => {
    const changes = Array.from({ length: 25 }, (_, index) => change({ field: `Field ${index}`, object: index }));
    const revisions = [...report().document.revisions, revision(2, { level: "form-fill", changes })];
    const element = await mount(
      report({ verdict: "passed-with-later-changes", size: 3000, revisions }, [
        signature({ later: { level: "form-fill", permitted: true, items: changes } }),
      ]),
    );
    const shown = () => all(element, "#changes-2 .change").length;
    expect((root(element).querySelector("#changes-2") as HTMLDetailsElement).open).toBe(true);
    expect(shown()).toBe(20);
    window.dispatchEvent(new Event("beforeprint"));
    expect(shown()).toBe(25);
    expect(all(element, "details:not([open])")).toEqual([]);
    window.dispatchEvent(new Event("afterprint"));
    await settle(element);
    expect(shown()).toBe(20);
    expect(all(element, "details.answer[open]")).toEqual([]);
    button(element, "显示其余 5 项").click();
    await settle(element);
    expect(shown()).toBe(25);
  });

  it("cuts what is too much for paper, and shows the later steps of a long history when asked", async () => {
    const changes = Array.from({ length: MAX_CHANGES + 1 }, (_, index) => change({ object: index, level: "none" }));
    const revisions = [
      ...report().document.revisions,
      ...Array.from({ length: 60 }, (_, index) => revision(index + 2, index === 59 ? { changes } : {})),
    ];
    const element = await mount(report({ revisions }));
    const steps = () => all(element, ".step").length;
    expect(steps()).toBe(50);
    window.dispatchEvent(new Event("beforeprint"));
    expect(steps()).toBe(50);
    expect(text(element, ".history")).toContain("另有 12 项，见导出的 JSON。");
    window.dispatchEvent(new Event("afterprint"));
    await settle(element);
    button(element, "显示其余 12 项").click();
    await settle(element);
    expect(steps()).toBe(62);
    expect(all(element, "#changes-61 .codes li")).toHaveLength(20);
  });

  it("goes from the verdict to the list of what was changed", async () => {
    const element = await mount(changedReport());
    const list = root(element).querySelector("#changes-2") as HTMLDetailsElement;
    list.open = false;
    button(element, zh.findInList).click();
    await settle(element);
    expect(list.open).toBe(true);
    expect(root(element).activeElement?.localName).toBe("summary");
  });

  it("gives the report as JSON, and saves it unless that is prevented", async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    const element = await mount(report(), withFile(2000));
    const details: { json: string; fileName: string }[] = [];
    element.addEventListener("report-export", (event) => details.push(event.detail));
    button(element, zh.exportJson).click();
    expect(saved).toEqual(["合同-report.json"]);
    expect(JSON.parse(details[0]?.json ?? "")).toEqual(report());
    element.addEventListener("report-export", (event) => event.preventDefault());
    element.exportJson();
    expect(saved).toHaveLength(1);
    button(element, "下载第 2 版").click();
    expect(saved[1]).toBe("合同-2.pdf");
  });

  it("copies the digest, and says when that is not possible", async () => {
    const writeText = vi.fn(async (_text: string) => undefined);
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const element = await mount(report());
    button(element, zh.copy).click();
    await settle(element);
    expect(writeText).toHaveBeenCalledWith("ab".repeat(32));
    expect(text(element, ".digest")).toContain(zh.copied);
    writeText.mockRejectedValueOnce(new Error("not permitted"));
    button(element, zh.copy).click();
    await settle(element);
    expect(text(element, ".digest")).toContain(zh.copyFailed);
  });

  it("asks for the password, hands it out, and says when it was wrong", async () => {
    const element = await mount(encryptedReport());
    const passwords: string[] = [];
    element.addEventListener("password-submit", (event) => passwords.push(event.detail.password));
    const type = async (password: string) => {
      (root(element).querySelector("#password") as HTMLInputElement).value = password;
      root(element)
        .querySelector("form")
        ?.dispatchEvent(new Event("submit", { cancelable: true }));
      await settle(element);
    };
    expect(text(element, '[role="alert"]')).toBe("");
    await type("1234");
    expect(passwords).toEqual(["1234"]);
    expect(element.password).toBe("1234");
    expect((root(element).querySelector("form button") as HTMLButtonElement).disabled).toBe(true);
    element.report = undefined;
    element.progress = 0.5;
    await settle(element);
    element.report = encryptedReport();
    await settle(element);
    expect(text(element, '[role="alert"]')).toBe(zh.passwordWrong);
    expect(root(element).activeElement?.id).toBe("password");
    element.report = report();
    await settle(element);
    element.report = encryptedReport();
    await settle(element);
    expect(text(element, '[role="alert"]')).toBe("");
  });

  it.each([
    ["", undefined, zh.verdicts.passed],
    ["en", undefined, reportWords("en").verdicts.passed],
    ["zh-CN", "en", reportWords("en").verdicts.passed],
  ] as const)("in a page with lang=%s and locale=%s says %s", async (lang, locale, headline) => {
    if (lang) document.documentElement.lang = lang;
    const element = await mount(report(), (fresh) => locale && fresh.setAttribute("locale", locale));
    expect(text(element, "h2")).toBe(headline);
  });
});

describe("with the file at hand", () => {
  it("draws each seal from the version that it was put on", async () => {
    const element = await mount(changedReport(), withFile(3000));
    expect(all(element, "canvas.crop.ready")).toHaveLength(1);
    expect(drawn).toEqual([[2000, 1]]);
    expect(root(element).querySelector("canvas.crop")?.getAttribute("aria-label")).toContain("天山博康");
  });

  it("shows no pages of a file that is not the one of the report", async () => {
    const element = await mount(report(), withFile(1999));
    expect(text(element, ".file")).toContain(zh.wrongFile);
    expect(all(element, "canvas, .card-buttons")).toEqual([]);
    expect(opened).toEqual([]);
  });

  it("opens a version, turns its pages, goes to another, and closes", async () => {
    const element = await mount(changedReport(), withFile(3000));
    drawn.length = 0;
    all(element, '[part="signature"] .card-buttons button')[0]?.click();
    await settle(element);
    expect(drawn).toEqual([[2000, 1]]);
    const select = root(element).querySelector("dialog select") as HTMLSelectElement;
    expect([...select.options].map(({ textContent }) => textContent?.trim())).toEqual([
      `第 1 版：${zh.original}`,
      "第 2 版：\u2068天山博康医疗器械有限公司\u2069",
      `第 3 版：${zh.update}`,
    ]);
    button(element, zh.nextPage).click();
    await settle(element);
    select.value = "2";
    select.dispatchEvent(new Event("change"));
    await settle(element);
    expect(drawn.slice(1)).toEqual([
      [2000, 2],
      [3000, 2],
    ]);
    button(element, zh.close).click();
    await settle(element);
    expect(root(element).querySelector("dialog")).toBeNull();
  });

  it("outlines a change where its place is known", async () => {
    const element = await mount(report(), withFile(2000));
    button(element, "指出位置：第 1 页").click();
    await settle(element);
    const outline = root(element).querySelector(".outline-line");
    expect(outline?.getAttribute("d")).toBe("M56 658H184V786H56z");
    expect(text(element, ".viewer-note")).toBe("标红：签名域及其外观 · Buyer");
  });

  it("compares with the version before where only the page is known", async () => {
    const element = await mount(changedReport(), withFile(3000));
    drawn.length = 0;
    button(element, "指出位置：第 2 页").click();
    await settle(element);
    expect(drawn).toEqual([
      [3000, 2],
      [3000, 2],
      [2000, 2],
      [2000, 2],
    ]);
    expect(all(element, ".sheets.two .sheet-caption").map(({ textContent }) => textContent)).toEqual([
      "第 2 版",
      "第 3 版",
    ]);
    expect(all(element, ".sheets.see-after")).toHaveLength(1);
    button(element, "第 2 版").click();
    await settle(element);
    expect(all(element, ".sheets.see-before")).toHaveLength(1);
    expect(text(element, ".viewer-note")).toBe("此页看起来与第 2 版相同。");
  });

  it("opens with the password, and closes what it opened when it leaves the page", async () => {
    const element = await mount(report(), (fresh) => {
      withFile(2000)(fresh);
      fresh.password = "1234";
    });
    expect(opened).toEqual([{ size: 2000, password: "1234", closed: false }]);
    element.remove();
    await settle(element);
    expect(opened[0]?.closed).toBe(true);
  });

  it("is defined once, however often the module is loaded", async () => {
    vi.resetModules();
    const again = await import("../src/report.js");
    expect(again.ReportElement).not.toBe(ReportElement);
    expect(customElements.get("scanseal-report")).toBe(ReportElement);
  });
});
