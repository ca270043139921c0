// The contract pages in Chromium, before a portal out of memory. With SHOTS=FOLDER it keeps pictures.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { inspect, LOOKS, launch, openPage, settled } from "./chromium.mjs";
import { NOW, startContracts } from "./contracts.mjs";

const shots = process.env.SHOTS;
let browser;

before(async () => {
  if (shots) mkdirSync(shots, { recursive: true });
  browser = await launch();
});

after(() => browser?.close());

const shot = async (page, name, fullPage = true) => {
  await settled(page);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage });
};

/** A portal of its own, and a page in it. */
async function open(t, address, { look = {}, portal: options } = {}) {
  const portal = await startContracts(options);
  t.after(() => portal.mock.close());
  const opened = await openPage(browser, { now: NOW, ...look });
  t.after(() => opened.context.close());
  await opened.page.goto(portal.mock.url + address);
  await opened.page.locator("main[aria-busy=false]").waitFor();
  return { ...portal, ...opened };
}

describe("how the pages look", () => {
  for (const { name, ...look } of LOOKS) {
    test(`the list: ${name}`, async (t) => {
      const { page, check } = await open(t, "/contracts", { look });
      await page.locator(".contracts tbody tr").first().waitFor();
      await inspect(page, "the list");
      for (const box of await page.locator(".contracts tbody .pick input:enabled").all()) await box.check();
      await inspect(page, "the list with chosen ones");
      await shot(page, `list-${name}`);
      await page.locator(".bell summary").click();
      await inspect(page, "the notifications");
      await shot(page, `bell-${name}`, false);
      await page.keyboard.press("Escape");
      await page.locator(".states-tabs button").nth(3).click();
      await page.locator(".contracts tbody tr").first().waitFor();
      check();
    });

    test(`contracts in each state: ${name}`, async (t) => {
      const { page, check, mock } = await open(t, "/contract#1", { look });
      for (const [id, what] of [
        [1, "turn"],
        [4, "draft"],
        [5, "done"],
        [6, "returned"],
      ]) {
        await page.goto(`${mock.url}/contract#${id}`);
        await page.locator(".history tbody tr").first().waitFor();
        await page.waitForFunction(
          (wanted) => document.querySelector(".number-line")?.textContent.includes(wanted),
          `00000${id}`,
        );
        await inspect(page, what);
        await shot(page, `contract-${what}-${name}`);
      }
      check();
    });

    test(`the form: ${name}`, async (t) => {
      const { page, check } = await open(t, "/contract#new", { look });
      await inspect(page, "the empty form");
      await page.locator("#amount").fill("1,250,000.5");
      await page.locator("#title").fill("检测设备采购合同");
      await page.locator("#party-word").fill("昆仑");
      await page.keyboard.press("Enter");
      await page.locator(".candidates .button").click();
      await page.locator("input[value=template]").check();
      await page.locator("input[value=purchase]").check();
      await page.locator(".items").waitFor();
      await page.locator("form .button.primary").click();
      await page.locator("[aria-invalid=true]").first().waitFor();
      await inspect(page, "the form");
      await shot(page, `form-${name}`);
      check();
    });
  }

  test("nothing is there yet, and nothing is found", async (t) => {
    const { page } = await open(t, "/contracts", { portal: { empty: true } });
    await page.getByRole("heading", { name: "还没有合同" }).waitFor();
    await inspect(page, "the empty list");
    await shot(page, "list-empty");
    const { page: other } = await open(t, "/contracts");
    await other.locator("#word").fill("没有的");
    await other.keyboard.press("Enter");
    await other.getByText("没有找到与“没有的”有关的合同").waitFor();
    await inspect(other, "nothing found");
  });

  test("on paper", async (t) => {
    const { page } = await open(t, "/contract#5", { look: { viewport: { width: 794, height: 1123 } } });
    await page.locator(".history tbody tr").first().waitFor();
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".page-head .buttons").isVisible(), false);
    await shot(page, "contract-print");
  });
});

describe("the list", () => {
  test("counts by state, and shows one state", async (t) => {
    const { page } = await open(t, "/contracts");
    const tabs = page.locator(".states-tabs button");
    assert.deepEqual(
      (await tabs.allTextContents()).map((text) => text.replace(/\s+/g, " ").trim()),
      ["全部 7", "待提交 1", "审核中 4", "通过 1", "退回 1"],
    );
    await tabs.filter({ hasText: "通过" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".contracts tbody tr").length === 1);
    assert.equal(new URL(page.url()).hash, "#done");
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll(".contracts tbody tr").length === 1);
  });

  test("searches, and leads to one scan for those that wait", async (t) => {
    const { page } = await open(t, "/contracts");
    await page.locator("#word").fill("采购");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".contracts tbody tr").length === 3);
    assert.equal(await page.locator(".contracts tbody .pick input:disabled").count(), 1);
    await page.getByLabel("选择本页轮到您盖章的合同").check();
    await page.getByText("已选 2 份").waitFor();
    assert.equal(await page.getByRole("link", { name: "一次扫码盖章" }).getAttribute("href"), "/seal#1,7");
  });

  test("tells what is new, and marks it as read", async (t) => {
    const { page, mock } = await open(t, "/contracts");
    await page.getByLabel("消息，2 条未读").click();
    await page.getByText("星海科技有限公司 退回了合同").waitFor();
    await page.locator(".badge").waitFor({ state: "detached" });
    const read = mock.calls.find(({ path }) => path === "/api/notifications/read");
    assert.deepEqual(JSON.parse(read.body), { upTo: 9 });
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".bell").evaluate((one) => one.open), false);
  });

  test("says why it could not be read, and reads it again", async (t) => {
    const { page, state } = await open(t, "/contracts");
    state.refuse.push({
      when: (_, path) => path === "/api/contracts",
      reply: { status: 503, json: { code: "maintenance", detail: "" } },
      times: 1,
    });
    await page.reload();
    await page.getByRole("heading", { name: "没能读取到内容" }).waitFor();
    await page.getByRole("button", { name: "重试" }).click();
    await page.locator(".contracts tbody tr").first().waitFor();
  });
});

describe("a contract", () => {
  test("is drawn up with a file, submitted, and returned with a reason", async (t) => {
    const { page, mock, check } = await open(t, "/contract#new");
    await page.getByLabel("合同名称").fill("冷链运输合同");
    await page.getByLabel("合同金额（元）").fill("88,000.05");
    await page.getByText("人民币捌万捌仟元零伍分").waitFor();
    await page.getByLabel("查找企业").fill("星海");
    await page.getByRole("button", { name: "查找", exact: true }).click();
    await page.getByRole("button", { name: "添加 星海科技有限公司" }).click();
    await page
      .locator("#file")
      .setInputFiles({ name: "冷链运输合同.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByRole("heading", { name: "冷链运输合同" }).waitFor();
    const sent = mock.calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(sent, ["POST /api/contracts", "PUT /api/contracts/8/file"]);
    const form = JSON.parse(mock.calls.find(({ method }) => method === "POST").body);
    assert.deepEqual(form, {
      title: "冷链运输合同",
      orderNumber: "",
      amount: "88000.05",
      from: null,
      until: null,
      place: "",
      terms: "",
      counterparties: [{ creditCode: "91440300MA5DA9TH68" }],
      order: "ours-first",
    });
    await page.getByRole("button", { name: "提交", exact: true }).click();
    await page.locator("dialog").getByRole("button", { name: "提交" }).click();
    await page.getByText("轮到本企业盖章").waitFor();
    await page.getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByRole("button", { name: "撤回合同" }).click();
    await page.getByText("请填写这一项").waitFor();
    await page.getByLabel("撤回理由").fill("运费写错了。");
    await page.getByRole("button", { name: "撤回合同" }).click();
    await page.locator(".returned q").filter({ hasText: "运费写错了。" }).waitFor();
    // It was theirs, so nobody has returned it.
    await page.locator(".number-line").getByText("已撤回").waitFor();
    await page.locator(".returned").getByText("撤回了这份合同").waitFor();
    assert.equal(await page.locator("#main").getByText("退回了").count(), 0);
    check();
  });

  test("whose file is not taken stays a draft, and is told why", async (t) => {
    const { page, state, mock } = await open(t, "/contract#new");
    const reply = { status: 422, json: { code: "document-macros", detail: "" } };
    state.refuse.push({ when: (method, path) => method === "PUT" && path.endsWith("/file"), reply, times: 1 });
    await page.getByLabel("合同名称").fill("报价");
    await page.getByLabel("合同金额（元）").fill("1");
    await page.getByLabel("查找企业").fill("星海");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "添加 星海科技有限公司" }).click();
    const file = { name: "报价.docx", mimeType: "application/octet-stream", buffer: Buffer.from("PK") };
    await page.locator("#file").setInputFiles(file);
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByRole("alert").filter({ hasText: "已保存为草稿，但文件没有收下" }).waitFor();
    await page.getByText("该文件含有宏或脚本程序。请另存为不含宏的 DOCX，或打印成新的 PDF。").waitFor();
    // Loading the page again goes on with the draft.
    assert.equal(new URL(page.url()).hash, "#8/edit");
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByRole("heading", { name: "报价" }).waitFor();
    // The second try changed the draft, and drew up no second one.
    assert.equal(mock.calls.filter(({ method, path }) => method === "POST" && path === "/api/contracts").length, 1);
  });

  test("whose file is not made stays a draft, with both sums, and is found by loading the page again", async (t) => {
    const { page, state, mock } = await open(t, "/contract#new");
    const reply = { status: 422, json: { code: "malformed", detail: "", fields: { "fields.goods": "sum" } } };
    state.refuse.push({ when: (_method, path) => path.endsWith("/fill"), reply, times: 1 });
    await page.getByLabel("合同名称").fill("采购");
    await page.getByLabel("合同金额（元）").fill("125000.50");
    await page.getByLabel("查找企业").fill("星海");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "添加 星海科技有限公司" }).click();
    await page.locator("input[value=template]").check();
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByText("请选择一个模板").waitFor();
    await page.getByLabel("货物采购合同").check();
    assert.equal(await page.getByText("请选择一个模板").count(), 0, "it is chosen");
    await page.getByLabel("交货地点").fill("仓库");
    await page.getByLabel("名称，第 1 行").fill("光谱仪");
    await page.getByLabel("数量，第 1 行").fill("许多");
    await page.getByLabel("单价（元），第 1 行").fill("100");
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByText("数量，第 1 行：请填写数字").waitFor();
    assert.deepEqual(mock.calls.filter(({ method }) => method === "POST").length, 0, "nothing was sent");
    await page.getByLabel("数量，第 1 行").fill("1,249");
    await page.getByRole("button", { name: "保存草稿" }).click();
    const alert = page.getByRole("alert").filter({ hasText: "已保存为草稿，但文件没有生成" });
    await alert.getByText("各行合计 ¥124,900.00，合同金额 ¥125,000.50").waitFor();
    assert.equal(JSON.parse(mock.calls.find(({ path }) => path.endsWith("/fill")).body).fields.goods[0].count, "1249");
    await page.reload();
    await page.getByRole("heading", { name: "修改合同" }).waitFor();
    assert.equal(await page.getByLabel("合同名称").inputValue(), "采购");
    assert.equal(mock.calls.filter(({ method, path }) => method === "POST" && path === "/api/contracts").length, 1);
  });

  test("whose file is of another kind is told so before anything is sent", async (t) => {
    const { page } = await open(t, "/contract#4/edit");
    await page.locator("input[value=upload]").check();
    await page.locator("#file").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
    await page.getByText("只能上传 PDF 或 Word（.docx）文件").waitFor();
    assert.equal(await page.locator(".file-name").count(), 0);
    const pdf = { name: "a.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") };
    await page.locator("#file").setInputFiles(pdf);
    await page.locator(".file-name").getByText("a.pdf").waitFor();
    assert.equal(await page.getByText("只能上传 PDF 或 Word（.docx）文件").count(), 0);
  });

  test("that was returned shows its void seals, and the form repeats the reason", async (t) => {
    const { page, state } = await open(t, "/contract#6");
    const one = state.all.find(({ id }) => id === 6);
    const [first] = one.revisions;
    const sealed = { number: 2, why: "sealed", level: "B-LTA", follows: 1, current: false, void: "returned" };
    one.revisions = [
      { ...first, current: true, void: null },
      { ...first, ...sealed },
    ];
    one.file.revision = 1;
    one.history.push({ ...one.history[0], step: "seal", void: true });
    await page.reload();
    const now = page.locator(".revisions > ol > li");
    await now.getByText("第 1 版").waitFor();
    assert.equal(await now.count(), 1, "what is in force, and nothing else");
    await now.getByText("当前").waitFor();
    await page.getByText("已作废的文件，不再使用").click();
    const old = page.locator(".revisions details li");
    await old.getByText("退回，已作废").waitFor();
    assert.equal(await old.getByText("可长期").count(), 0, "nobody is told that it is good for years");
    await page.locator(".history").getByText("已作废").waitFor();
    await inspect(page, "a returned contract");
    await shot(page, "contract-void");
    await page.getByRole("link", { name: "修改", exact: true }).click();
    await page.getByText("星海科技有限公司 退回的理由").waitFor();
    await page.locator(".returned q").filter({ hasText: "质保金" }).waitFor();
    await inspect(page, "the form of a returned contract");
    await shot(page, "contract-form-returned");
  });

  test("whoever has no certificate is told before anything else, and where to bind one", async (t) => {
    const { page, state } = await open(t, "/contract#1");
    await page.getByText("轮到本企业盖章").waitFor();
    assert.equal(await page.locator(".bind-first").count(), 0);
    // A colleague's does not help, nor one that is frozen.
    const [own] = state.account.certificates;
    state.account.certificates = [
      { ...own, holder: "wang.qiang" },
      { ...own, id: "d".repeat(64), state: "frozen" },
    ];
    await page.reload();
    await page.locator(".bind-first").getByText("盖章之前，请先绑定手机证书").waitFor();
    assert.equal(await page.getByRole("link", { name: "去绑定证书" }).getAttribute("href"), "/home#bind");
    await inspect(page, "a contract without a certificate");
    await shot(page, "contract-bind-first");
    await page.goto(new URL("/seal#1,2", page.url()).href);
    await page.locator(".bind-first").waitFor();
    assert.equal(await page.locator("scanseal-placer").count(), 0);
  });

  test("that does not exist leads to the list", async (t) => {
    const { page } = await open(t, "/contract#99");
    await page.getByRole("heading", { name: "没有这份合同" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "重试" }).count(), 0);
    await page.getByRole("link", { name: "查看合同列表" }).click();
    await page.getByRole("heading", { name: "合同签署" }).waitFor();
  });

  test("whose form is incomplete says where, until it is mended", async (t) => {
    const { page } = await open(t, "/contract#new");
    await page.locator("input[value=template]").check();
    await page.getByLabel("货物采购合同").check();
    await page.getByRole("button", { name: "保存草稿" }).click();
    const wrong = () => page.locator("[aria-invalid=true]").evaluateAll((all) => all.map(({ id, name }) => id || name));
    const before = await wrong();
    for (const name of ["title", "amount", "template-delivery", "template-goods.0.name", "template-goods.0.price"])
      assert.ok(before.includes(name), `${name} is not wrong: ${before}`);
    await page.getByLabel("合同名称").pressSequentially("货");
    await page.getByLabel("单价（元），第 1 行").pressSequentially("1");
    await page.waitForFunction(
      (count) => document.querySelectorAll("[aria-invalid=true]").length === count,
      before.length - 4,
    );
    const after = await wrong();
    assert.deepEqual(
      after,
      before.filter((name) => name !== "title" && !name.startsWith("template-goods")),
    );
  });

  test("is made from a template, with rows of a table", async (t) => {
    const { page, mock } = await open(t, "/contract#4/edit");
    await page.locator("input[value=template]").check();
    await page.getByLabel("货物采购合同").check();
    await page.getByLabel("交货地点").fill("新市区仓库");
    await page.getByLabel("名称，第 1 行").fill("光谱仪");
    await page.getByRole("button", { name: "增加一行" }).click();
    await page.getByRole("button", { name: "增加一行" }).click();
    await page.getByLabel("名称，第 3 行").fill("离心机");
    await page.getByRole("button", { name: "删除第 2 行" }).click();
    await page.getByLabel("数量，第 2 行").fill("2");
    const sum = page.locator(".table-sum");
    await sum.getByText("合计 —").waitFor();
    await page.getByLabel("单价（元），第 2 行").fill("1,200.50");
    await sum.getByText("¥2,401.00").waitFor();
    await sum.getByText("与合同金额 ¥96,000.00 不一致").waitFor();
    await page.getByLabel("合同金额（元）").fill("2401");
    await sum.getByText("与合同金额一致").waitFor();
    await page.getByLabel("单价（元），第 2 行").fill("");
    await page.getByLabel("合同金额（元）").fill("96000");
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByRole("heading", { name: "办公楼消防设施维保合同" }).waitFor();
    const { template, fields } = JSON.parse(mock.calls.find(({ path }) => path.endsWith("/fill")).body);
    assert.equal(template, "purchase");
    assert.deepEqual(fields.goods, [
      { name: "光谱仪", count: "", price: "" },
      { name: "离心机", count: "2", price: "" },
    ]);
    assert.equal(fields.days, "30");
  });

  test("has attachments, added and taken away", async (t) => {
    const { page, state } = await open(t, "/contract#4");
    const file = { name: "授权书 1.pdf", mimeType: "application/pdf", buffer: Buffer.from("x") };
    await page.locator(".attachments input[type=file]").setInputFiles(file);
    await page.locator(".attachments li").filter({ hasText: "授权书 1.pdf" }).waitFor();
    await page.getByLabel("删除附件 授权书 1.pdf").click();
    await page.getByRole("button", { name: "删除附件", exact: true }).click();
    await page.locator(".attachments li").waitFor({ state: "detached" });
    const reply = { status: 413, json: { code: "document-too-large", detail: "" } };
    state.refuse.push({ when: (method, path) => method === "PUT" && path.includes("/attachments/"), reply });
    await page.locator(".attachments input[type=file]").setInputFiles(file);
    await page.getByText("附件太大：每个不超过 32 MB").waitFor();
  });

  test("shows its file page by page, and is left by Esc", async (t) => {
    const { page, check } = await open(t, "/contract#5");
    await page.getByRole("button", { name: "查看文件" }).click();
    await page.locator("scanseal-placer canvas").first().waitFor();
    await shot(page, "contract-viewer", false);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    check();
  });

  test("that somebody else has changed meanwhile is shown as it is now", async (t) => {
    const { page, state } = await open(t, "/contract#4");
    const reply = { status: 409, json: { code: "conflict", detail: "" } };
    state.refuse.push({ when: (_, path) => path.endsWith("/submit"), reply });
    state.all[3].title = "改过的合同";
    await page.getByRole("button", { name: "提交", exact: true }).click();
    await page.locator("dialog").getByRole("button", { name: "提交" }).click();
    await page.getByText("合同的状态已经变了").waitFor();
    await page.getByRole("heading", { name: "改过的合同" }).waitFor();
  });
});

describe("what others do meanwhile", () => {
  /** Time passes in the page: long enough for one look. */
  const look = (page) => page.clock.runFor(16_000);
  const asked = (mock, wanted) => mock.calls.filter(({ path }) => path === wanted).length;

  /** Contract 3, which waits for the other party, comes to be `kind`. */
  const becomes = ({ state, contract }, kind) => {
    const at = state.all.findIndex(({ id }) => id === 3);
    state.all[at] = contract(3, state.all[at].title, kind, { amount: "12800000.00" });
    return state.all[at];
  };
  const news = (state, id, kind) => {
    const { number, title } = state.all.find((one) => one.id === id);
    const at = NOW.getTime() / 1000;
    state.notifications.unshift({
      id: 100 + state.notifications.length,
      at,
      kind,
      contract: { id, number, title },
      enterprise: "星海科技有限公司",
      text: "",
      read: false,
    });
  };
  const turn = (page, to) =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, "visibilityState", { value: visibility, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, to);

  for (const { name, ...look_ } of LOOKS.slice(0, 3)) {
    test(`an open contract shows the other party's seal: ${name}`, async (t) => {
      const opened = await open(t, "/contract#3", { look: look_ });
      const { page, state, check } = opened;
      await page.locator(".history tbody tr").first().waitFor();
      await page.setViewportSize({ ...look_.viewport, height: 400 });
      const heading = page.locator(".history h2");
      await heading.evaluate((one) => one.scrollIntoView());
      const before = await heading.evaluate((one) => one.getBoundingClientRect().top);
      const scrolled = await page.evaluate(() => scrollY);
      assert.ok(scrolled > 100, "there is nothing to scroll");
      becomes(opened, "done");
      news(state, 3, "done");
      await look(page);
      const said = { "zh-Hans": "各方都已盖章，合同通过。", en: "All parties have sealed; the contract has passed." };
      await page.locator(".toasts[role=status] .toast").filter({ hasText: said[look_.lang] }).waitFor();
      assert.ok((await page.locator(".number-line .chip.good").count()) === 1);
      const after = await heading.evaluate((one) => one.getBoundingClientRect().top);
      assert.ok(Math.abs(after - before) < 2, `what was read has moved by ${after - before} px`);
      // The bell has looked, too, and says so to who hears the page.
      await page.locator(".bell .badge").filter({ hasText: "3" }).waitFor();
      await page.locator("portal-bell [role=status]").filter({ hasText: "3" }).waitFor({ state: "attached" });
      await shot(page, `refreshed-${name}`, false);
      check();
    });
  }

  test("a returned contract loses its button, and the focus is not lost with it", async (t) => {
    const opened = await open(t, "/contract#3");
    const { page, state } = opened;
    state.all[2] = opened.contract(3, state.all[2].title, "turn");
    await page.reload();
    await page.locator("a.seal").focus();
    becomes(opened, "returned");
    await look(page);
    await page.getByText("星海科技有限公司 退回了这份合同。").waitFor();
    await page.locator(".notice.returned").waitFor();
    assert.equal(await page.locator("a.seal").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  });

  test("the list shows it in its place, with the counts, and keeps what is chosen", async (t) => {
    const opened = await open(t, "/contracts");
    const { page, state, check } = opened;
    await page.getByLabel("选择“检测设备采购合同”").check();
    await page.getByLabel("选择“冬季取暖用煤采购合同”").check();
    becomes(opened, "done");
    // A colleague was faster with one of those chosen.
    state.all[6] = opened.contract(7, state.all[6].title, "signing");
    await look(page);
    await page.locator(".states-tabs button", { hasText: "通过" }).filter({ hasText: "2" }).waitFor();
    await page.locator("main > [role=status]").filter({ hasText: "2 份合同有更新" }).waitFor({ state: "attached" });
    await page.getByText("已选的合同中有 1 份不再轮到您盖章").waitFor();
    await page.getByText("已选 1 份").waitFor();
    assert.equal(await page.locator(".contracts tr.fresh").count(), 2);
    assert.ok(await page.getByLabel("选择“检测设备采购合同”").isChecked());
    check();
  });

  test("nothing is asked while hidden, and at once when seen again", async (t) => {
    const opened = await open(t, "/contract#3");
    const { page, mock } = opened;
    await page.locator(".history tbody tr").first().waitFor();
    await turn(page, "hidden");
    const before = [asked(mock, "/api/contracts/3"), asked(mock, "/api/notifications")];
    await page.clock.runFor(120_000);
    assert.deepEqual([asked(mock, "/api/contracts/3"), asked(mock, "/api/notifications")], before);
    becomes(opened, "done");
    await turn(page, "visible");
    await page.locator(".toast").filter({ hasText: "各方都已盖章" }).waitFor();
  });

  test("whoever writes a reason or changes the draft is not disturbed", async (t) => {
    const opened = await open(t, "/contract#1");
    const { page, mock, state } = opened;
    await page.getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByLabel("撤回理由").fill("金额不对");
    const before = asked(mock, "/api/contracts/1");
    await page.clock.runFor(60_000);
    assert.equal(asked(mock, "/api/contracts/1"), before);
    assert.equal(await page.getByLabel("撤回理由").inputValue(), "金额不对");
    await page.keyboard.press("Escape");
    await page.goto(`${mock.url}/contract#4/edit`);
    await page.getByLabel("合同名称").fill("我正在改的名称");
    state.all[3].title = "同事改的名称";
    await page.clock.runFor(60_000);
    assert.equal(await page.getByLabel("合同名称").inputValue(), "我正在改的名称");
  });

  test("failures are waited out in silence; a session that has ended is not", async (t) => {
    const opened = await open(t, "/contract#3");
    const { page, mock, state } = opened;
    await page.locator(".history tbody tr").first().waitFor();
    const away = { when: (_, path) => path === "/api/contracts/3", reply: { status: 503, json: { code: "busy" } } };
    state.refuse.push({ ...away, times: 1 });
    const before = asked(mock, "/api/contracts/3");
    await look(page);
    await page.waitForFunction(() => true);
    becomes(opened, "done");
    // After a failure it waits twice as long.
    await look(page);
    assert.equal(asked(mock, "/api/contracts/3"), before + 1);
    assert.equal(await page.locator("[role=alert]").count(), 0);
    await look(page);
    await page.locator(".toast").filter({ hasText: "各方都已盖章" }).waitFor();
    state.refuse.push({ ...away, reply: { status: 401, json: { code: "login-required" } } });
    await look(page);
    await page.waitForURL(`${mock.url}/`);
  });
});
