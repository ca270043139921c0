/** Words of the list of contracts, and those that all contract pages share. */
import { errorText, isErrorCode } from "scanseal";
import type { ApiError } from "../lib/api";
import { catalogue } from "../lib/catalogue";
import { locale } from "../lib/locale";
import { explainError } from "../portal/texts";

export const contractsTexts = catalogue(
  {
    title: "合同签署",
    lead: "起草合同、请对方盖章、随时下载签好的文件。",
    tabs: { all: "全部", draft: "待提交", signing: "审核中", done: "通过", returned: "退回" },
    tabList: "按状态查看",
    state: { draft: "待提交", signing: "审核中", done: "通过", returned: "退回" },
    withdrawn: "已撤回",
    stateHints: {
      draft: "还没有提交，只有本企业能看到",
      signing: "已提交，各方正在盖章",
      done: "各方都已盖章",
      returned: "起草方修改后可以重新提交",
    },
    myTurn: "轮到您盖章",
    create: "新建合同",
    search: "搜索",
    searchLabel: "搜索合同",
    searchHint: "编号、名称、订单号或企业",
    clearSearch: "清除",
    index: "序号",
    number: "合同编号",
    name: "合同名称",
    order: "订单编号",
    purchaser: "采购人",
    supplier: "供应商",
    amount: "金额",
    status: "状态",
    updated: "更新时间",
    choose: (title: string) => `选择“${title}”`,
    chooseAll: "选择本页轮到您盖章的合同",
    chosen: (count: number) => `已选 ${count} 份`,
    sealChosen: "一次扫码盖章",
    unchoose: "取消选择",
    mostChosen: "一次最多选 50 份。",
    onlyMyTurn: "只能选择轮到您盖章的合同。",
    more: "显示更多",
    moreLoaded: (count: number) => `又显示了 ${count} 份合同`,
    found: (count: number) => `共 ${count} 份合同`,
    changed: (titles: readonly string[]) =>
      titles.length === 1
        ? `“${titles[0]}”有更新`
        : titles.length > 1
          ? `${titles.length} 份合同有更新`
          : "合同列表有更新",
    noLongerChosen: (count: number) => `已选的合同中有 ${count} 份不再轮到您盖章，已取消选择。`,
    emptyTitle: "还没有合同",
    emptyHow: "上传一份 PDF 或 Word 文件，或者用模板填一份，双方扫码盖章，人人可以验证。",
    emptyTab: {
      draft: "没有待提交的合同",
      signing: "没有正在审核的合同",
      done: "还没有双方都盖了章的合同",
      returned: "没有被退回的合同",
    },
    nothingFound: (word: string) => `没有找到与“${word}”有关的合同`,
    nothingFoundHow: "试试合同编号的一部分，或对方企业的名称。",
    none: "无",
    parties: (count: number) => `共 ${count} 方`,
    waitsFor: (names: string) => `待 ${names} 盖章`,
    level: {
      unsigned: "未签章",
      "B-B": "已签章",
      "B-T": "已加时间戳",
      "B-LT": "可长期验证",
      "B-LTA": "可长期保存",
    },
    problems: {
      conflict: "合同的状态已经变了，请刷新后再看。",
      full: "数量已到上限。",
      // The common sentence does not know what this portal takes.
      "document-too-large": "文件太大：PDF 不超过 240 MB，Word 不超过 32 MB。",
    },
  },
  {
    title: "Contracts",
    lead: "Draw up contracts, have the other party seal them, and download what is signed at any time.",
    tabs: { all: "All", draft: "Drafts", signing: "In review", done: "Passed", returned: "Returned" },
    tabList: "By state",
    state: { draft: "Draft", signing: "In review", done: "Passed", returned: "Returned" },
    withdrawn: "Withdrawn",
    stateHints: {
      draft: "Not submitted yet; only your enterprise sees it",
      signing: "Submitted; the parties are sealing",
      done: "All parties have sealed",
      returned: "Whoever drew it up can change it and submit it again",
    },
    myTurn: "Your seal is due",
    create: "New contract",
    search: "Search",
    searchLabel: "Search contracts",
    searchHint: "Number, title, order or enterprise",
    clearSearch: "Clear",
    index: "No.",
    number: "Contract no.",
    name: "Title",
    order: "Order no.",
    purchaser: "Purchaser",
    supplier: "Supplier",
    amount: "Amount",
    status: "State",
    updated: "Updated",
    choose: (title: string) => `Choose “${title}”`,
    chooseAll: "Choose those on this page that wait for your seal",
    chosen: (count: number) => `${count} chosen`,
    sealChosen: "Seal with one scan",
    unchoose: "Choose none",
    mostChosen: "At most 50 at a time.",
    onlyMyTurn: "Only contracts that wait for your seal can be chosen.",
    more: "Show more",
    moreLoaded: (count: number) => `${count} more contracts are shown`,
    found: (count: number) => (count === 1 ? "1 contract" : `${count} contracts`),
    changed: (titles: readonly string[]) =>
      titles.length === 1
        ? `“${titles[0]}” has changed`
        : titles.length > 1
          ? `${titles.length} contracts have changed`
          : "The list has changed",
    noLongerChosen: (count: number) =>
      count === 1
        ? "One of those chosen no longer waits for your seal, and is not chosen any more."
        : `${count} of those chosen no longer wait for your seal, and are not chosen any more.`,
    emptyTitle: "No contracts yet",
    emptyHow: "Upload a PDF or Word file or fill in a template; both parties seal by scan, and anyone can verify.",
    emptyTab: {
      draft: "There are no drafts",
      signing: "No contract is in review",
      done: "No contract is sealed by all parties yet",
      returned: "No contract was returned",
    },
    nothingFound: (word: string) => `Nothing was found for “${word}”`,
    nothingFoundHow: "Try a part of the contract number, or the other party’s name.",
    none: "None",
    parties: (count: number) => `${count} parties`,
    waitsFor: (names: string) => `waits for ${names}`,
    level: {
      unsigned: "No seal",
      "B-B": "Sealed",
      "B-T": "Time-stamped",
      "B-LT": "Checkable for years",
      "B-LTA": "Kept checkable",
    },
    problems: {
      conflict: "The contract has changed meanwhile. Reload to see how it is now.",
      full: "There is no room for more.",
      "document-too-large": "The file is too large: at most 240 MB for a PDF, 32 MB for Word.",
    },
  },
);

/** Refusals for what a document, its form or a seal is: what the common catalogue advises then is right here, too. */
const ADVISED = /^(?:document|form|certification|seal)-|^(?:already-sealed|not-your-turn)$/;

/** A refusal in the words of contracts. */
export function explainContract(error: ApiError): string {
  const words: Readonly<Partial<Record<string, string>>> = contractsTexts().problems;
  const { code } = error;
  const own = words[code];
  if (own !== undefined) return own;
  if (!ADVISED.test(code) || !isErrorCode(code)) return explainError(error);
  const { cause, advice } = errorText(code, locale());
  return locale() === "en" ? `${cause} ${advice}` : `${cause}${advice}`;
}
