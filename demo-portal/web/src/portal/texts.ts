/** Words that every desktop page uses. Words of one page are in its own file, `texts-*.ts`. */
import { errorText, isErrorCode } from "scanseal";
import type { ApiError } from "../lib/api";
import { catalogue } from "../lib/catalogue";
import { locale } from "../lib/locale";

/** Frame, states and errors. */
export const texts = catalogue(
  {
    platform: "云岭公共资源交易平台",
    platformShort: "云岭公共资源交易",
    demo: "演示环境",
    support: "本页面为演示，平台与企业均为虚构。",
    language: "English",
    skip: "跳到主要内容",
    navigation: "主导航",
    home: "用户中心",
    contracts: "合同签署",
    security: "安全记录",
    people: "企业人员",
    admin: "平台管理",
    accountMenu: "账号菜单",
    verify: "验证文件",
    changePassword: "修改密码",
    logout: "退出登录",
    purchaser: "采购人",
    supplier: "供应商",
    platformKind: "平台",
    administrator: "管理员",
    operator: "经办人",
    account: "用户名",
    enterpriseName: "企业名称",
    creditCode: "统一社会信用代码",
    contact: "联系人",
    mobile: "手机号",
    notOnRecord: "未登记",
    party: "主体类型",
    byScan: "扫码",
    byPassword: "密码",
    loading: "正在读取…",
    retry: "重试",
    print: "打印",
    missingTitle: "没有这份合同",
    missingBody: "它可能已被删除，或者贵单位不是签署方。",
    toContracts: "查看合同列表",
    failedTitle: "没能读取到内容",
    notAllowedTitle: "这一页不对您的账号开放",
    offline: "连不上服务器。请检查网络后再试。",
    rateLimited: (seconds: number) => `尝试次数太多，请 ${seconds} 秒后再试。`,
    notAllowed: "您的账号没有这项权限。需要时请联系本企业的管理员。",
    accountDisabled: "您的账号已被停用。请联系本企业的管理员。",
    notFound: "这一项已经不在了。请刷新页面后再看。",
    otherError: (code: string) => `出了点问题（${code}）。请稍后再试。`,
  },
  {
    platform: "Yunling Public Procurement",
    platformShort: "Yunling Procurement",
    demo: "Demo",
    support: "A demo: the platform and its enterprises are fictional.",
    language: "中文",
    skip: "Skip to the main content",
    navigation: "Main navigation",
    home: "User centre",
    contracts: "Contracts",
    security: "Security record",
    people: "People",
    admin: "Administration",
    accountMenu: "Account menu",
    verify: "Verify files",
    changePassword: "Change password",
    logout: "Log out",
    purchaser: "Purchaser",
    supplier: "Supplier",
    platformKind: "Platform",
    administrator: "Administrator",
    operator: "Operator",
    account: "User name",
    enterpriseName: "Enterprise name",
    creditCode: "Unified social credit code",
    contact: "Contact",
    mobile: "Mobile number",
    notOnRecord: "Not on record",
    party: "Kind of party",
    byScan: "Scan",
    byPassword: "Password",
    loading: "Loading…",
    retry: "Try again",
    print: "Print",
    missingTitle: "There is no such contract",
    missingBody: "It may have been deleted, or your enterprise is not one of its parties.",
    toContracts: "See the contracts",
    failedTitle: "This could not be loaded",
    notAllowedTitle: "This page is not for your account",
    offline: "The server cannot be reached. Check the network and try again.",
    rateLimited: (seconds: number) => `Too many tries. Try again in ${seconds} seconds.`,
    notAllowed: "Your account does not have this right. If you need it, ask the administrator of your enterprise.",
    accountDisabled: "Your account has been closed. Ask the administrator of your enterprise.",
    notFound: "This is no longer there. Reload the page to see what is.",
    otherError: (code: string) => `Something went wrong (${code}). Try again later.`,
  },
);

/** A refusal in plain words, for what is not the matter of one page. */
export function explainError(error: ApiError): string {
  const t = texts();
  switch (error.code) {
    case "offline":
      return t.offline;
    case "rate-limited":
      return t.rateLimited(error.retryAfter ?? 60);
    case "not-allowed":
      return t.notAllowed;
    case "account-disabled":
      return t.accountDisabled;
    case "not-found":
      return t.notFound;
    default:
      // Advice in the common catalogue is for scans; elsewhere the cause alone is right.
      return isErrorCode(error.code) && error.code !== "internal"
        ? errorText(error.code, locale()).cause
        : t.otherError(error.code);
  }
}
