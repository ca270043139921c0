import { afterEach, expect, test } from "vitest";
import type { Contract, ContractList, ContractRow } from "../src/contracts/model";
import { changedRows, newsOf, sameList } from "../src/contracts/news";
import { setLocale } from "../src/lib/locale";

afterEach(() => setLocale("zh-Hans"));

const row = (id: number, more: Partial<ContractRow> = {}): ContractRow => ({
  id,
  number: `HT-${id}`,
  title: `合同 ${id}`,
  orderNumber: "",
  amount: "1.00",
  currency: "CNY",
  parties: [
    {
      name: "甲公司",
      creditCode: "A",
      role: "purchaser",
      state: "sealed",
      initiator: true,
      sealed: 1,
      person: "李娜",
      seal: "公章",
    },
    {
      name: "乙公司",
      creditCode: "B",
      role: "supplier",
      state: "turn",
      initiator: false,
      sealed: null,
      person: null,
      seal: null,
    },
  ],
  created: 1,
  updated: 2,
  state: "signing",
  myTurn: false,
  ...more,
});

const contract = (more: Partial<Contract> = {}): Contract => ({
  ...row(1),
  inTurn: true,
  order: "ours-first",
  from: null,
  until: null,
  place: "",
  terms: "",
  template: null,
  fields: null,
  createdBy: { person: "李娜", enterprise: "甲公司", creditCode: "A" },
  file: null,
  revisions: [],
  history: [{ step: "seal", person: null, enterprise: "乙公司", received: 5, done: null, opinion: "", elapsed: 10 }],
  attachments: [],
  returned: null,
  pending: false,
  may: { edit: false, submit: false, seal: false, return: false, delete: false },
  ...more,
});

const [first, second] = contract().parties as [ContractRow["parties"][0], ContractRow["parties"][0]];
const sealed = [first, { ...second, state: "sealed" as const, sealed: 9 }];

test("time alone is no news", () => {
  const [step] = contract().history;
  expect(newsOf(contract(), contract({ history: [{ ...(step as Contract["history"][0]), elapsed: 25 }] }))).toBeNull();
});

test.each<[string, Partial<Contract>, Partial<Contract>, string, string]>([
  ["a seal of the other party", {}, { parties: sealed }, "乙公司 已盖章。", "乙公司 has sealed."],
  [
    "two seals at once",
    { parties: [{ ...first, state: "turn" }, second] },
    { parties: sealed },
    "甲公司、乙公司 已盖章。",
    "甲公司 and 乙公司 have sealed.",
  ],
  [
    "the last seal",
    {},
    { state: "done", parties: sealed },
    "各方都已盖章，合同通过。",
    "All parties have sealed; the contract has passed.",
  ],
  [
    "a return",
    {},
    { state: "returned", returned: { reason: "金额", person: "王强", enterprise: "乙公司", at: 9 } },
    "乙公司 退回了这份合同。",
    "乙公司 returned this contract.",
  ],
  [
    "time stamps",
    { state: "done", pending: true },
    { state: "done" },
    "时间戳已补齐，可长期验证。",
    "Time stamps were added; it can be checked for years.",
  ],
  [
    "a colleague who submits",
    { state: "draft" },
    {},
    "合同已提交，开始盖章。",
    "The contract was submitted; the parties seal it now.",
  ],
  [
    "anything else",
    {},
    { terms: "改过" },
    "合同内容有更新，已显示最新内容。",
    "The contract has changed; this is how it is now.",
  ],
])("%s is told", (_, before, after, chinese, english) => {
  expect(newsOf(contract(before), contract(after))).toBe(chinese);
  setLocale("en");
  expect(newsOf(contract(before), contract(after))).toBe(english);
});

test("new and different rows are found", () => {
  const changed = row(2, { state: "done" });
  expect(changedRows([row(1), row(2)], [changed, row(3), row(1)])).toEqual([changed, row(3)]);
});

test("a longer list is the same if its beginning and the counts are", () => {
  const counts = { all: 2, draft: 0, signing: 2, done: 0, returned: 0 };
  const list = (contracts: ContractRow[], more: Partial<ContractList> = {}): ContractList => ({
    counts,
    contracts,
    next: null,
    ...more,
  });
  expect(sameList(list([row(1), row(2)]), list([row(1)], { next: "2-2" }))).toBe(true);
  expect(sameList(list([row(1)]), list([row(2), row(1)]))).toBe(false);
  expect(sameList(list([row(1)]), list([row(1)], { counts: { ...counts, done: 1 } }))).toBe(false);
});
