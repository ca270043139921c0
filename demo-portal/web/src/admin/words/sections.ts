/** Name and purpose of each section, in the order and groups of the navigation. */
import { catalogue } from "../../lib/catalogue";

export const SECTION_GROUPS = {
  watch: ["overview"],
  people: ["accounts", "certificates", "seals", "sessions"],
  trust: ["trust", "keys"],
  running: ["security", "webhooks", "audit", "settings"],
} as const;

export type SectionName = (typeof SECTION_GROUPS)[keyof typeof SECTION_GROUPS][number];

export const sectionWords = catalogue(
  {
    groups: { watch: "值守", people: "人与证书", trust: "信任", running: "运行" },
    titles: {
      overview: "概览",
      accounts: "账号与角色",
      certificates: "证书",
      seals: "电子印章",
      sessions: "在线会话",
      trust: "信任列表",
      keys: "平台密钥",
      security: "安全事件",
      webhooks: "通知",
      audit: "审计",
      settings: "设置",
    } as Record<SectionName, string>,
    leads: {
      overview: "先看需要处理的，再看各项读数。",
      accounts: "停用账号、结束登录、调整企业内的角色。",
      certificates: "绑定在本平台的证书，以及本平台演示 CA 签发的证书。",
      seals: "审核企业拍照提交的印章，查看和吊销已签发的印章。",
      sessions: "此刻登录着的浏览器。结束后，那台电脑需要重新登录。",
      trust: "手机只相信列表里的 CA 和平台。每次修改都会签发新的版本。",
      keys: "平台用密钥给扫码请求签名，手机凭信任列表核对。定期更换分三步，不停机。",
      security: "触发限制的请求和被锁定的登录，从本次启动算起，最新的在前。",
      webhooks: "证书与账号发生变化时，平台通知您的业务系统。",
      audit: "每条记录都与前一条用散列值相连，删改任何一条都会被发现。",
      settings: "登录页接受哪些证书、展示几个二维码。",
    } as Record<SectionName, string>,
  },
  {
    groups: { watch: "On watch", people: "People", trust: "Trust", running: "Operation" },
    titles: {
      overview: "Overview",
      accounts: "Accounts and roles",
      certificates: "Certificates",
      seals: "Electronic seals",
      sessions: "Live sessions",
      trust: "Trust list",
      keys: "Platform keys",
      security: "Security events",
      webhooks: "Webhooks",
      audit: "Audit",
      settings: "Settings",
    },
    leads: {
      overview: "What needs attention first, then the readings.",
      accounts: "Close accounts, end logins, change roles within an enterprise.",
      certificates: "Certificates bound on this platform, and those its demo authorities have issued.",
      seals: "Review seals that enterprises have photographed; look at and revoke those that were issued.",
      sessions: "Browsers that are logged in now. An ended one has to log in again.",
      trust: "Phones trust only the authorities and platforms of this list. Each change signs a new version.",
      keys: "The platform signs scan requests with a key; phones check it by the trust list. Three steps change it without a pause.",
      security: "Throttled requests and locked logins since the server started, newest first.",
      webhooks: "The platform tells your own systems when certificates and accounts change.",
      audit: "Each entry is tied to the one before by a hash: whatever is removed or altered shows.",
      settings: "Which certificates the login accepts, and how many codes it shows.",
    },
  },
);
