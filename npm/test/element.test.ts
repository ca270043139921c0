// @vitest-environment happy-dom
// The element, on a session that does what the scripted socket says.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ScanQrElement } from "../src/element.js";
import { ScanSealError } from "../src/errors.js";
import { glue, hostCalls } from "./fake-glue.js";
import { ScriptedSocket, socket, sockets } from "./scripted-socket.js";

vi.mock("../wasm/scan/scan.js", () => import("./fake-glue.js"));

const REQUEST = { request: "jws", relay: "wss://relay.example/relay", link: "https://app.example/S" };
const CODE = hostCalls(["waiting", 180_000], ["code", "HTTPS://APP.EXAMPLE/S#SECRET", 41, "M0 0h7v1h-7z"]);
const SCANNED = hostCalls(["scanned", "app", "Mate 60", "0427", 120_000]);
const ASSERTED = hostCalls(["asserted", "assertion", "binding", new Uint8Array()]);
const ENDED = hostCalls(["ended", undefined]);

let calm = false;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  sockets.length = 0;
  glue.sessions.length = 0;
  calm = false;
  vi.stubGlobal("WebSocket", ScriptedSocket);
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(new Uint8Array([0, 0x61, 0x73, 0x6d]))),
  );
  window.matchMedia = () => Object.assign(new EventTarget(), { matches: calm }) as unknown as MediaQueryList;
});

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.removeAttribute("lang");
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await vi.advanceTimersByTimeAsync(0);
}

async function mount(prepare: (element: ScanQrElement<string>) => void = () => undefined) {
  const element = document.createElement("scanseal-qr") as ScanQrElement<string>;
  element.request = async () => REQUEST;
  element.submit = async () => "welcome";
  prepare(element);
  document.body.append(element);
  await settle();
  return element;
}

async function relaySends(...texts: string[]): Promise<void> {
  if (socket().readyState !== ScriptedSocket.OPEN) socket().accept();
  for (const text of texts) {
    socket().receive(text);
    await settle();
  }
}

const root = (element: Element): ShadowRoot => element.shadowRoot as ShadowRoot;
const text = (element: Element): string => root(element).textContent ?? "";
const status = (element: Element): string => root(element).querySelector('[role="status"]')?.textContent ?? "";

function press(element: Element, label: string): void {
  const buttons = [...root(element).querySelectorAll("button")];
  const button = buttons.find((candidate) => candidate.textContent === label);
  if (button === undefined) throw new Error(`no button ${label} among ${buttons.map((each) => each.textContent)}`);
  button.click();
}

function heard(element: Element, type: string): unknown[] {
  const details: unknown[] = [];
  element.addEventListener(type, (event) => details.push((event as CustomEvent).detail));
  return details;
}

describe("<scanseal-qr>", () => {
  it("starts by itself once it has what it needs, and not before", async () => {
    const element = document.createElement("scanseal-qr") as ScanQrElement<string>;
    document.body.append(element);
    await settle();
    expect(sockets).toHaveLength(0);
    element.request = async () => REQUEST;
    element.submit = async () => "welcome";
    await settle();
    expect(sockets).toHaveLength(1);
  });

  it("shows a placeholder of the code's size while connecting", async () => {
    const element = await mount();
    expect(element.dataset.state).toBe("connecting");
    expect(root(element).querySelector(".stage .skeleton")).not.toBeNull();
  });

  it("names the code by its purpose, keeps the quiet zone, and puts no secret into an attribute of its own", async () => {
    const element = await mount();
    await relaySends(CODE);
    const code = root(element).querySelector('[part="code"]');
    expect(code?.getAttribute("role")).toBe("img");
    expect(code?.getAttribute("aria-label")).not.toContain("SECRET");
    expect(code?.getAttribute("viewBox")).toBe("-4 -4 49 49");
    expect(element.outerHTML).not.toContain("SECRET");
  });

  it("counts down, and speaks of it at 60 and 10 seconds only", async () => {
    const element = await mount();
    await relaySends(CODE);
    const ready = status(element);
    expect(text(element)).toContain("3:00");
    await vi.advanceTimersByTimeAsync(119_000);
    expect(text(element)).toContain("1:01");
    expect(status(element)).toBe(ready);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(status(element)).toBe("还剩 60 秒");
    await vi.advanceTimersByTimeAsync(49_000);
    expect(status(element)).toBe("还剩 60 秒");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(status(element)).toBe("还剩 10 秒");
  });

  it("shows who scanned, the check number and each step, and sends a stranger away", async () => {
    const element = await mount();
    await relaySends(CODE, SCANNED);
    expect(text(element)).toContain("已被手机「Mate 60」扫码");
    expect([...root(element).querySelectorAll(".digits span")].map((digit) => digit.textContent).join("")).toBe("0427");
    expect(status(element)).toContain("0 4 2 7");
    await relaySends(hostCalls(["progress", "entering-pin"]));
    expect(text(element)).toContain("请在手机上输入证书密码");
    expect(element.dataset.state).toBe("entering-pin");
    press(element, "不是我");
    expect(glue.sessions[0]?.inputs).toContain("notMe");
    await relaySends(hostCalls(["released"]));
    expect(element.dataset.state).toBe("waiting");
  });

  it("hints at a lost connection and at a phone that is away", async () => {
    const element = await mount();
    await relaySends(CODE, hostCalls(["reconnecting", true]));
    expect(text(element)).toContain("正在重新连接");
    await relaySends(hostCalls(["reconnecting", false]), SCANNED, hostCalls(["phoneAway", true]));
    expect(text(element)).toContain("手机暂时离线");
  });

  it("tells of every state, and of completion when the phone knows", async () => {
    const states: string[] = [];
    const element = await mount((fresh) => {
      fresh.addEventListener("scan-state", (event) => states.push((event as CustomEvent).detail.state));
    });
    const completed = heard(element, "scan-complete");
    await relaySends(CODE, SCANNED, ASSERTED);
    expect(text(element)).toContain("已完成");
    expect(completed).toEqual([]);
    await relaySends(ENDED);
    expect(completed).toEqual([{ result: "welcome" }]);
    expect(states).toEqual(["connecting", "waiting", "scanned", "submitting", "done"]);
  });

  it("shows cause and advice of a failure as an alert, and starts anew when asked", async () => {
    const element = await mount();
    const errors = heard(element, "scan-error");
    await relaySends(CODE, hostCalls(["ended", "cancelled"]));
    expect(root(element).querySelector('[role="alert"]')?.textContent).toContain("本次操作已取消。");
    expect(errors).toEqual([{ code: "cancelled", error: expect.any(ScanSealError) }]);
    press(element, "重新扫码");
    await settle();
    expect(sockets).toHaveLength(2);
  });

  it("offers no second try where none can help", async () => {
    const element = await mount();
    await relaySends(CODE, hostCalls(["ended", "superseded"]));
    expect(element.dataset.state).toBe("failed");
    expect(root(element).querySelector("button")).toBeNull();
  });

  it("covers an expired code that is not renewed by itself, and renews it when asked", async () => {
    const element = await mount();
    const expired = heard(element, "scan-expire");
    for (let time = 0; time < 4; time += 1) await relaySends(CODE, hostCalls(["ended", "qr-expired"]));
    expect(expired.length).toBeGreaterThan(0);
    expect(text(element)).toContain("二维码已失效");
    press(element, "刷新二维码");
    await settle();
    await relaySends(CODE);
    expect(element.dataset.state).toBe("waiting");
    expect(sockets).toHaveLength(5);
  });

  it("turns frames slowly for people who want less motion, and pauses by covering the code", async () => {
    calm = true;
    const element = await mount();
    await relaySends(CODE);
    expect(glue.sessions[0]?.frameInterval).toBe(5000);
    press(element, "暂停画面切换");
    await settle();
    expect(text(element)).toContain("画面切换已暂停");
    expect(root(element).querySelector('[part="code"] path')?.getAttribute("d")).toBe("");
    press(element, "继续显示");
    await settle();
    expect(root(element).querySelector('[part="code"] path')?.getAttribute("d")).toBe("M0 0h7v1h-7z");
  });

  it.each([
    ["", undefined, "手机扫码"],
    ["en", undefined, "Scan with your phone"],
    ["zh-CN", undefined, "手机扫码"],
    ["zh-CN", "en", "Scan with your phone"],
  ] as const)("in a page with lang=%s and locale=%s says %s", async (lang, locale, heading) => {
    if (lang) document.documentElement.lang = lang;
    const element = await mount((fresh) => locale && fresh.setAttribute("locale", locale));
    expect(text(element)).toContain(heading);
  });

  it("cancels when it leaves the document or is disabled, and comes back", async () => {
    const element = await mount();
    await relaySends(CODE);
    element.remove();
    await settle();
    expect(glue.sessions[0]?.inputs).toContain("cancel");
    document.body.append(element);
    await settle();
    expect(sockets).toHaveLength(2);
    await relaySends(CODE);
    element.disabled = true;
    await settle();
    expect(glue.sessions[1]?.inputs).toContain("cancel");
    element.disabled = false;
    await settle();
    expect(sockets).toHaveLength(3);
  });

  it("goes on with the newest functions when a framework hands in new ones", async () => {
    const element = await mount();
    await relaySends(CODE);
    const submit = vi.fn(async () => "newest");
    element.submit = submit;
    await settle();
    expect(sockets).toHaveLength(1);
    await relaySends(SCANNED, ASSERTED);
    expect(submit).toHaveBeenCalledTimes(1);
  });

  it("is defined once, however often the module is loaded", async () => {
    vi.resetModules();
    const again = await import("../src/element.js");
    expect(again.ScanQrElement).not.toBe(ScanQrElement);
    expect(customElements.get("scanseal-qr")).toBe(ScanQrElement);
  });

  it("seals: gets the documents for each scan anew, and tells the phone what became of each", async () => {
    glue.documents = 1;
    const dispose = vi.fn();
    const documents = vi.fn(async () => ({
      count: 1,
      prepare: () => Promise.reject(new ScanSealError("seal-off-page")),
      read: async () => new Uint8Array(),
      finish: async () => new Uint8Array(),
      dispose,
    }));
    const element = await mount((element) => {
      element.documents = documents;
      element.documentCodes = (result) => (result === "welcome" ? ["document-changed"] : []);
    });
    await relaySends(CODE, SCANNED, hostCalls(["ended", "refused"]));
    press(element, element.shadowRoot?.querySelector("button")?.textContent ?? "");
    await settle();
    await relaySends(CODE, SCANNED, hostCalls(["asserted", "assertion", "binding", new Uint8Array(64)]));
    expect(documents).toHaveBeenCalledTimes(2);
    expect(glue.sessions.at(-1)?.inputs).toContain("outcome document-changed");
    glue.documents = 0;
    await relaySends(ENDED);
    expect(dispose).toHaveBeenCalledTimes(2);
  });
});
