/** The phone page seals: it fetches what it signs, checks it, shows it, and says what it did not look at. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PHONE, startBrowser } from "./harness.mjs";
import { inspector } from "./inspect.mjs";
import { enrol, PIN, typePin } from "./people.mjs";
import { printContract, startStage } from "./stage.mjs";

const WRONG = "739183";

async function begin(t, context = {}) {
  const stage = await startStage(t);
  const phone = await (await startBrowser(t, { ...PHONE, ...context })).newPage();
  phone.on("console", (message) => ["warning", "error"].includes(message.type()) && t.diagnostic(message.text()));
  await enrol(phone, stage.home);
  return { stage, phone };
}

/** Opens the code on the phone, as its own camera app does, and waits for the request. */
async function open(phone, code) {
  await phone.evaluate((hash) => {
    location.hash = hash;
  }, new URL(code).hash);
  await phone.getByRole("button", { name: "继续" }).click();
  await phone.locator('[data-screen="review"]').waitFor();
}

async function settled(phone) {
  await phone.locator(".checked li").first().waitFor();
  await phone.waitForFunction(() =>
    [...document.querySelectorAll(".checked li")].every(({ dataset }) => ["ready", "failed"].includes(dataset.at)),
  );
}

for (const colorScheme of ["light", "dark"])
  test(`contracts are fetched, checked, looked at and sealed (${colorScheme})`, async (t) => {
    const { stage, phone } = await begin(t, { colorScheme });
    const look = inspector(colorScheme, "phone");
    const documents = [
      await printContract(t, join(stage.folder, "1.pdf"), 3, "医用耗材采购合同"),
      await printContract(t, join(stage.folder, "2.pdf"), 1, "补充协议（一）"),
    ];
    const { code, over } = await stage.ask({ documents });
    await open(phone, code);
    for (const { name } of documents) await phone.getByText(name).waitFor();
    assert.ok(await phone.getByRole("radio", { name: /公章/ }).first().isChecked());
    await look(phone, "seal-1-review");
    await phone.getByRole("button", { name: "取回并核对" }).click();
    await settled(phone);
    await phone.getByRole("heading", { name: "核对完成，可以签章" }).waitFor();
    await phone.getByText("第 1–3 页").waitFor();
    await look(phone, "seal-2-checked");
    await phone.getByRole("button", { name: "查看 医用耗材采购合同" }).click();
    await phone.getByText("第 1 页，共 3 页").waitFor();
    await phone.waitForFunction(() => document.querySelector(".sheet-slot canvas").width > 300);
    assert.ok(await redInk(phone), "the stamp is drawn on the page");
    await look(phone, "seal-3-pages");
    const before = await phone.evaluate(() => document.querySelector(".sheet-slot canvas").width);
    await phone.locator(".sheets").focus();
    await phone.keyboard.press("+");
    await phone.waitForFunction((width) => document.querySelector(".sheet-slot canvas").width > width * 1.4, before);
    await look(phone, "seal-3-zoomed");
    await phone.keyboard.press("-");
    await phone.keyboard.press("ArrowRight");
    await phone.getByText("第 2 页，共 3 页").waitFor();
    await phone.getByRole("button", { name: "返回文件列表" }).click();
    await phone.getByRole("button", { name: "继续，签 2 份" }).click();
    await phone.getByText("用于：为 2 份文件签章").waitFor();
    await typePin(phone, WRONG);
    await phone.getByRole("alert").filter({ hasText: "还可以试" }).waitFor();
    await look(phone, "seal-4-pin");
    await typePin(phone, PIN);
    await phone.getByRole("heading", { name: "签章完成" }).waitFor();
    await look(phone, "seal-5-outcome");
    assert.deepEqual(await over, { code: null, documents: [null, null] });
  });

test("whoever does not look is told so before the PIN, and seals all the same", async (t) => {
  const { stage, phone } = await begin(t);
  const documents = [await printContract(t, join(stage.folder, "1.pdf"), 1, "采购合同")];
  const { code, over } = await stage.ask({ documents });
  await open(phone, code);
  await phone.getByRole("button", { name: "不查看，直接签" }).click();
  await phone.getByRole("dialog").getByText("而没有在手机上看过").waitFor();
  await inspector("light", "phone")(phone, "seal-unseen-question");
  await phone.getByRole("dialog").getByRole("button", { name: "不查看，继续" }).click();
  await settled(phone);
  await phone.getByText("您没有查看文件").waitFor();
  await inspector("light", "phone")(phone, "seal-unseen");
  await phone.getByRole("button", { name: "继续，输入密码" }).click();
  await phone.getByText("您没有查看文件").waitFor();
  await typePin(phone, PIN);
  await phone.getByRole("heading", { name: "签章完成" }).waitFor();
  assert.deepEqual(await over, { code: null, documents: [null] });
});

for (const [lie, code, words] of [
  ["other-contract", "document-changed", "电脑准备的文件与平台登记的不一致，手机没有签名"],
  ["other-bytes", "document-changed", "电脑准备的文件与平台登记的不一致，手机没有签名"],
  ["amount", "document-changed", "电脑准备的文件与平台登记的不一致，手机没有签名"],
  ["other-drawing", "seal-not-yours", "文件里放的不是您选的印章，手机没有签名"],
])
  test(`a page that lies (${lie}) gets no signature, and both ends learn why`, async (t) => {
    const { stage, phone } = await begin(t);
    const { code: text, over } = await stage.ask({ documents: [{ name: "采购合同", pages: 1 }], lie });
    await open(phone, text);
    await phone.getByRole("button", { name: "取回并核对" }).click();
    await phone.getByRole("heading", { name: "没有成功" }).waitFor();
    await phone.getByText(words).waitFor();
    if (lie === "amount") await inspector("light", "phone")(phone, "seal-6-forged");
    assert.equal(await phone.locator(".done .code").textContent(), code);
    assert.deepEqual(await over, { code, documents: [] });
  });

test("a platform that wants a seal says so before the PIN", async (t) => {
  const { stage, phone } = await begin(t);
  const { code, over } = await stage.ask({
    documents: [{ name: "采购合同", pages: 1 }],
    unprepared: { 0: "seal-not-yours" },
  });
  await open(phone, code);
  await phone.getByRole("radio", { name: /不盖印章/ }).check();
  await phone.getByRole("button", { name: "取回并核对" }).click();
  await phone.getByText("平台要求加盖印章，不能只做数字签名").waitFor();
  assert.deepEqual(await over, { code: "seal-not-yours", documents: [] });
});

for (const [what, asked, title, words, shot] of [
  [
    "the platform does not answer: signed, and said to be so",
    { refuse: { 0: "maintenance" } },
    "已签名，平台还没有收下",
    "电脑会继续上传",
    "seal-7-pending",
  ],
  [
    "the page goes with the signatures: what came of them is not known, and said to be so",
    { vanish: true },
    "没有等到结果",
    "文件可能已经签好",
    "seal-8-unsure",
  ],
])
  test(what, async (t) => {
    const { stage, phone } = await begin(t);
    const documents = [await printContract(t, join(stage.folder, "1.pdf"), 1, "采购合同")];
    const { code } = await stage.ask({ documents, ...asked });
    await open(phone, code);
    await phone.getByRole("button", { name: "取回并核对" }).click();
    await settled(phone);
    await phone.getByRole("button", { name: "继续，输入密码" }).click();
    await typePin(phone, PIN);
    await phone.getByRole("heading", { name: title }).waitFor();
    await phone.getByText(words).waitFor();
    await inspector("light", "phone")(phone, shot);
  });

test("of many documents, those that fail are named, and the others are sealed", async (t) => {
  const { stage, phone } = await begin(t);
  const one = await printContract(t, join(stage.folder, "1.pdf"), 1, "采购合同 1");
  const documents = [one];
  for (let number = 2; number <= 4; number += 1)
    documents.push(await printContract(t, join(stage.folder, `${number}.pdf`), 1, `采购合同 ${number}`));
  const { code, over } = await stage.ask({
    documents,
    unprepared: { 1: "seal-off-page" },
    refuse: { 3: "document-changed" },
  });
  await open(phone, code);
  await phone.getByText("显示其余 1 份").click();
  await phone.getByRole("button", { name: "取回并核对" }).click();
  await settled(phone);
  await phone.getByRole("heading", { name: "4 份文件中有 3 份可以签章" }).waitFor();
  await inspector("light", "phone")(phone, "seal-some-1");
  await phone.getByRole("button", { name: "继续，签 3 份" }).click();
  await typePin(phone, PIN);
  await phone.getByRole("heading", { name: "完成 2 份，共 4 份" }).waitFor();
  // What the phone itself found is said, not what the page made of it.
  await phone.getByRole("listitem").filter({ hasText: "采购合同 2" }).getByText("印章位置超出了页面").waitFor();
  await inspector("light", "phone")(phone, "seal-some-2");
  assert.deepEqual((await over).documents, [null, "document-changed", null, "document-changed"]);
});

/** Whether the shown page has red ink somewhere. */
function redInk(phone) {
  return phone.evaluate(() => {
    const canvas = document.querySelector(".sheet-slot canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 150 && data[at + 1] < 90 && data[at + 2] < 110) red += 1;
    return red > 500;
  });
}
