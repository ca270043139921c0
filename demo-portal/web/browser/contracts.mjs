// Contracts as the portal tells of them, and a portal that has them.

import { createHash } from "node:crypto";
import { makeContract } from "../../../npm/browser/pdf-files.mjs";
import { sealRequest, startMock } from "./mock.mjs";

const OURS = { name: "新疆天山建设集团有限公司", creditCode: "91650100MA77C0R54J", kind: "purchaser" };
const THEIRS = { name: "星海科技有限公司", creditCode: "91440300MA5DA9TH68", kind: "supplier" };
const OTHERS = [
  THEIRS,
  { name: "江城电子认证有限公司（演示）", creditCode: "91420100MA4K2T6A1B", kind: "supplier" },
  { name: "昆仑检测设备（乌鲁木齐）股份有限公司", creditCode: "91650104MA78XQWE2R", kind: "supplier" },
];
export const NOW = new Date("2026-11-22T09:30:00Z");
const now = NOW.getTime() / 1000;
const DAY = 86_400;
export const PDF = makeContract(6);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

const CERTIFICATE = {
  id: "c".repeat(64),
  serial: "5c01",
  commonName: "李娜",
  enterprise: OURS.name,
  creditCode: OURS.creditCode,
  issuer: "演示 CA",
  authority: "demo",
  authorityName: { zh: "演示认证中心", en: "Demo authority" },
  kind: "platform",
  notBefore: NOW.getTime() / 1000 - 30 * 86_400,
  notAfter: NOW.getTime() / 1000 + 300 * 86_400,
  bound: NOW.getTime() / 1000 - 20 * 86_400,
  holder: "li.na",
  holderName: "李娜",
  state: "valid",
};
const account = {
  login: "li.na",
  name: "李娜",
  phone: "138 0991 2231",
  role: "administrator",
  enterprise: OURS,
  certificates: [CERTIFICATE],
  logins: [],
  lastEvent: 12,
};

function party(enterprise, state, initiator, sealed = null) {
  const { name, creditCode, kind } = enterprise;
  const by =
    sealed === null ? { person: null, seal: null } : { person: initiator ? "李娜" : "周晓明", seal: "合同专用章" };
  return { name, creditCode, role: kind, state, initiator, sealed, ...by };
}

/** What the parties are at each state. */
const PARTIES = {
  draft: () => [party(OURS, "waiting", true), party(THEIRS, "waiting", false)],
  turn: () => [party(OURS, "turn", true), party(THEIRS, "waiting", false)],
  signing: () => [party(OURS, "sealed", true, now - DAY), party(THEIRS, "turn", false)],
  done: () => [party(OURS, "sealed", true, now - 3 * DAY), party(THEIRS, "sealed", false, now - 2 * DAY)],
  returned: () => [party(OURS, "waiting", true), party(THEIRS, "returned", false)],
};

const TERMS =
  "一、乙方于合同签订后 30 日内将设备送至甲方指定地点，并负责安装调试。\n二、验收合格后 15 日内支付合同金额的 95%，其余 5% 作为质量保证金，质保期满一年后支付。\n三、质保期自验收合格之日起 24 个月。";

/** A contract in one of the states. */
function contract(
  id,
  title,
  kind,
  { amount = "1250000.00", orderNumber = `CG2026-${String(id).padStart(4, "0")}` } = {},
) {
  const state = kind === "turn" ? "signing" : kind;
  const revision = (number, why, level, follows, at, person = "李娜", enterprise = OURS.name) => ({
    number,
    sha256: sha256(PDF),
    size: PDF.length + (number - 1) * 31_250,
    pages: 6,
    name: `${title}.pdf`,
    person,
    enterprise,
    at,
    why,
    level,
    follows,
  });
  const step = (what, person, enterprise, received, done, opinion = "") => ({
    step: what,
    person,
    enterprise,
    received,
    done,
    opinion,
    elapsed: (done ?? now) - received,
  });
  const revisions = [revision(1, "uploaded", "unsigned", null, now - 4 * DAY)];
  const history = [step("draft", "李娜", OURS.name, now - 4 * DAY, now - 4 * DAY + 1500)];
  if (kind !== "draft") history.push(step("submit", "李娜", OURS.name, now - 4 * DAY + 1500, now - 4 * DAY + 1620));
  if (kind === "turn") history.push(step("seal", null, OURS.name, now - 9000, null));
  if (kind === "signing" || kind === "done") {
    revisions.push(revision(2, "sealed", "B-B", 1, now - 3 * DAY));
    revisions.push(revision(3, "stamped", "B-LT", 2, now - 3 * DAY + 4, null, null));
    history.push(step("seal", "李娜", OURS.name, now - 4 * DAY + 1620, now - 3 * DAY, "合同专用章"));
    history.push(step("stamp", null, null, now - 3 * DAY, now - 3 * DAY + 4));
  }
  if (kind === "signing") history.push(step("seal", null, THEIRS.name, now - 3 * DAY, null));
  if (kind === "done") {
    revisions.push(revision(4, "sealed", "B-B", 3, now - 2 * DAY, "周晓明", THEIRS.name));
    revisions.push(revision(5, "stamped", "B-LT", 4, now - 2 * DAY + 3, null, null));
    history.push(step("seal", "周晓明", THEIRS.name, now - 3 * DAY, now - 2 * DAY, "合同专用章"));
  }
  const reason = "付款方式与中标文件不一致：请把质保金比例改为 5%，付款期限改为验收后 15 日。";
  if (kind === "returned") history.push(step("return", "周晓明", THEIRS.name, now - 2 * DAY, now - DAY, reason));
  const newest = revisions.at(-1);
  return {
    id,
    number: `HT-2026-${String(id).padStart(6, "0")}`,
    title,
    orderNumber,
    amount,
    currency: "CNY",
    parties: PARTIES[kind](),
    created: now - 4 * DAY,
    updated: now - id * 7200,
    state,
    myTurn: kind === "turn",
    inTurn: true,
    order: "ours-first",
    from: "2026-12-01",
    until: "2027-11-30",
    place: "乌鲁木齐市新市区",
    terms: TERMS,
    template: null,
    fields: null,
    createdBy: { person: "李娜", enterprise: OURS.name, creditCode: OURS.creditCode },
    file: { revision: newest.number, sha256: newest.sha256, size: newest.size, pages: 6 },
    revisions,
    history,
    attachments:
      kind === "draft"
        ? []
        : [
            {
              name: "中标通知书.pdf",
              size: 482_113,
              sha256: sha256(PDF),
              person: "李娜",
              enterprise: OURS.name,
              at: now - 4 * DAY,
            },
            {
              name: "设备清单与技术参数（最终版）.xlsx",
              size: 88_004,
              sha256: sha256(PDF),
              person: "李娜",
              enterprise: OURS.name,
              at: now - 4 * DAY,
            },
          ],
    returned: kind === "returned" ? { reason, person: "周晓明", enterprise: THEIRS.name, at: now - DAY } : null,
    pending: false,
    may: {
      edit: kind === "draft" || kind === "returned",
      submit: kind === "draft" || kind === "returned",
      seal: kind === "turn",
      return: kind === "turn",
      delete: kind === "draft",
    },
  };
}

const TEMPLATES = [
  {
    id: "purchase",
    name: { zh: "货物采购合同", en: "Purchase of goods" },
    describes: { zh: "设备、材料等货物的买卖，带清单", en: "Goods such as equipment, with a list" },
    fields: [
      {
        name: "delivery",
        label: { zh: "交货地点", en: "Place of delivery" },
        kind: "text",
        required: true,
        maxLength: 80,
        initial: "",
        columns: [],
      },
      {
        name: "days",
        label: { zh: "交货期限（日）", en: "Days to deliver" },
        kind: "number",
        required: true,
        maxLength: 4,
        initial: "30",
        columns: [],
      },
      {
        name: "payment",
        label: { zh: "付款方式", en: "Payment" },
        kind: "lines",
        required: true,
        maxLength: 600,
        initial: "验收合格后 15 日内支付 95%，其余 5% 为质量保证金。",
        columns: [],
      },
      {
        name: "goods",
        label: { zh: "货物清单", en: "Goods" },
        kind: "items",
        required: true,
        maxLength: 50,
        initial: "",
        columns: [
          { name: "name", label: { zh: "名称", en: "Name" }, kind: "text", maxLength: 60 },
          { name: "count", label: { zh: "数量", en: "Count" }, kind: "number", maxLength: 8 },
          { name: "price", label: { zh: "单价（元）", en: "Price" }, kind: "money", maxLength: 16 },
        ],
      },
    ],
  },
  {
    id: "service",
    name: { zh: "服务合同", en: "Services" },
    describes: { zh: "检测、运维等服务", en: "Testing, maintenance and the like" },
    fields: [],
  },
];

/** The portal with contracts. `state` is changed by tests: what is there, and what the next call is refused with. */
export async function startContracts({ empty = false, files = [] } = {}) {
  const all = empty
    ? []
    : [
        contract(1, "检测设备采购合同", "turn"),
        contract(2, "2026 年度实验室耗材框架协议", "turn", { amount: "386400.50" }),
        contract(3, "乌鲁木齐至库尔勒段公路养护机械租赁及驻场运维服务合同（第二标段）", "signing", {
          amount: "12800000.00",
        }),
        contract(4, "办公楼消防设施维保合同", "draft", { amount: "96000.00", orderNumber: "" }),
        contract(5, "信息系统等级保护测评服务合同", "done", { amount: "205000.00" }),
        contract(6, "会议中心音响设备采购合同", "returned", { amount: "1680.32" }),
        contract(7, "冬季取暖用煤采购合同", "turn", { amount: "2400000.00" }),
      ];
  const notifications = empty
    ? []
    : [
        { id: 9, at: now - 400, kind: "turn", contract: pick(all[0]), enterprise: OURS.name, text: "", read: false },
        {
          id: 8,
          at: now - DAY,
          kind: "returned",
          contract: pick(all[5]),
          enterprise: THEIRS.name,
          text: "付款方式与中标文件不一致。",
          read: false,
        },
        {
          id: 7,
          at: now - 2 * DAY,
          kind: "done",
          contract: pick(all[4]),
          enterprise: THEIRS.name,
          text: "",
          read: true,
        },
        {
          id: 6,
          at: now - 3 * DAY,
          kind: "sealed",
          contract: pick(all[2]),
          enterprise: OURS.name,
          text: "",
          read: true,
        },
      ];
  // What differs from the file that all have.
  for (const [at, bytes] of files.entries()) {
    const { file } = all[at];
    Object.assign(file, { sha256: sha256(bytes), size: bytes.length, pages: bytes === PDF ? file.pages : 1 });
  }
  const state = { all, notifications, files, refuse: [], account: { ...account }, put: new Map() };
  const mock = await startMock((call) => answer(state, call, () => mock.url));
  return { mock, state, contract };
}

const pick = ({ id, number, title }) => ({ id, number, title });

function answer(state, { method, path, query, body }, url) {
  const json = () => JSON.parse(body.toString("utf8") || "{}");
  const refusal = state.refuse.find(({ when }) => when(method, path));
  if (refusal) {
    if (refusal.times !== undefined) {
      refusal.times -= 1;
      if (refusal.times <= 0) state.refuse.splice(state.refuse.indexOf(refusal), 1);
    }
    return refusal.reply;
  }
  if (path === "/api/session") return { json: { csrf: "token", account: state.account, codes: "one" } };
  if (path === "/api/notifications") {
    const { notifications } = state;
    return { json: { unread: notifications.filter(({ read }) => !read).length, notifications, more: false } };
  }
  if (path === "/api/notifications/read") {
    for (const one of state.notifications) one.read = true;
    return { json: { unread: 0 } };
  }
  if (path === "/api/enterprises") {
    const word = query.get("q") ?? "";
    const found = [OURS, ...OTHERS].filter(({ name, creditCode }) => name.includes(word) || creditCode.includes(word));
    return { json: { enterprises: found } };
  }
  if (path === "/api/contracts/templates") return { json: { templates: TEMPLATES } };
  if (path === "/api/contracts" && method === "GET") return { json: list(state.all, query) };
  if (path === "/api/contracts" && method === "POST") return { status: 201, json: drawUp(state, json()) };
  if (path === "/api/contracts/seal-requests") return { json: askToSeal(state, json(), url()) };
  if (/seal-requests\/[^/]+\/assertion/.test(path)) {
    return { json: { accepted: true, until: Date.parse("2030-01-01") / 1000, documents: state.asked.map(() => true) } };
  }
  const handed = /seal-requests\/[^/]+\/documents\/(\d+)$/.exec(path);
  if (handed && method === "PUT") {
    const id = state.asked[Number(handed[1])];
    state.put.set(id, body);
    return { json: { contract: id, revision: 2, state: "signing", level: "B-LT", pending: false } };
  }
  const [, id, rest = ""] = /^\/api\/contracts\/(\d+)(.*)$/.exec(path) ?? [];
  const one = state.all.find((each) => each.id === Number(id));
  if (!one) return undefined;
  if (rest === "" && method === "GET") return { json: one };
  if (rest === "" && method === "PUT") return { json: Object.assign(one, formed(json())) };
  if (rest === "" && method === "DELETE") {
    state.all.splice(state.all.indexOf(one), 1);
    return { status: 204 };
  }
  if (rest.startsWith("/revisions/")) {
    return { bytes: state.files[state.all.indexOf(one)] ?? PDF, type: "application/pdf" };
  }
  if (rest === "/file") return { json: withFile(one, "uploaded", body) };
  if (rest === "/fill")
    return { json: Object.assign(withFile(one, "filled", PDF), { template: json().template, fields: json().fields }) };
  if (rest === "/submit") {
    const done = contract(one.id, one.title, "turn", one);
    return { json: Object.assign(one, done) };
  }
  if (rest === "/return") {
    const back = contract(one.id, one.title, "returned", one);
    back.returned.reason = json().reason;
    // Whoever asks here drew it up.
    back.withdrawn = true;
    return { json: Object.assign(one, back, { may: { ...back.may, edit: false, submit: false } }) };
  }
  if (rest.startsWith("/attachments/") && method === "PUT") {
    const name = rest.slice("/attachments/".length);
    one.attachments.push({
      name,
      size: body.length,
      sha256: sha256(body),
      person: "李娜",
      enterprise: OURS.name,
      at: now,
    });
    return { json: one };
  }
  if (rest.startsWith("/attachments/") && method === "DELETE") {
    one.attachments = one.attachments.filter(({ name }) => name !== rest.slice("/attachments/".length));
    return { json: one };
  }
  return undefined;
}

function list(all, query) {
  const word = query.get("q") ?? "";
  const found = all.filter(({ title, number, parties }) =>
    [title, number, ...parties.map(({ name }) => name)].some((text) => text.includes(word)),
  );
  const wanted = query.get("state");
  const count = (state) => found.filter((one) => one.state === state).length;
  const counts = {
    all: found.length,
    draft: count("draft"),
    signing: count("signing"),
    done: count("done"),
    returned: count("returned"),
  };
  return { counts, contracts: found.filter(({ state }) => !wanted || state === wanted), next: null };
}

function formed({ counterparties, ...form }) {
  const others = counterparties.map(({ creditCode }) => OTHERS.find((one) => one.creditCode === creditCode));
  return { ...form, parties: [party(OURS, "waiting", true), ...others.map((one) => party(one, "waiting", false))] };
}

function drawUp(state, form) {
  const made = contract(state.all.length + 1, form.title, "draft", form);
  Object.assign(made, formed(form), { file: null, revisions: [], history: made.history });
  state.all.unshift(made);
  return made;
}

function withFile(one, why, bytes) {
  const number = one.revisions.length + 1;
  const revision = {
    number,
    sha256: sha256(bytes),
    size: bytes.length,
    pages: 6,
    name: `${one.title}.pdf`,
    person: "李娜",
    enterprise: OURS.name,
    at: now,
    why,
    level: "unsigned",
    follows: null,
  };
  one.revisions.push(revision);
  one.file = { revision: number, sha256: revision.sha256, size: bytes.length, pages: 6 };
  return one;
}

function askToSeal(state, { contracts }, url) {
  state.asked = contracts;
  const documents = contracts.map((id) => {
    const { title, number, file } = state.all.find((one) => one.id === id);
    return {
      contract: id,
      number,
      revision: file.revision,
      name: `${title}.pdf`,
      size: (state.files[id - 1] ?? PDF).length,
      pages: file.pages,
      sha256: file.sha256,
    };
  });
  const { name, creditCode } = OURS;
  const issued = sealRequest(url, documents, { name: "li.na", enterprise: name, creditCode });
  return {
    ...issued,
    expires: 330,
    relay: state.relay ?? `${url.replace("http", "ws")}/relay`,
    link: `${url}/S`,
    scanned: 300,
    documents,
  };
}
