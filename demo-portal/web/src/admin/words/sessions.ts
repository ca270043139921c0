import { catalogue } from "../../lib/catalogue";

export const sessionWords = catalogue(
  {
    caption: "在线会话",
    empty: "没有人登录着",
    account: "账号",
    method: "登录方式",
    browser: "浏览器与来源",
    started: "登录时间",
    lastUsed: "最近活动",
    current: "当前会话",
    end: "结束",
    endTitle: (name: string) => `结束 ${name} 的这个会话？`,
    endBody: (browser: string) =>
      `“${browser}”会立即退出，没有保存的内容会丢失。账号可以重新登录；要阻止登录，请停用账号。`,
    ended: (name: string) => `${name} 的会话已结束`,
  },
  {
    caption: "Live sessions",
    empty: "Nobody is logged in",
    account: "Account",
    method: "Login by",
    browser: "Browser and place",
    started: "Logged in",
    lastUsed: "Last active",
    current: "This session",
    end: "End",
    endTitle: (name: string) => `End this session of ${name}?`,
    endBody: (browser: string) =>
      `“${browser}” is logged out at once; what was not saved is lost. The account can log in again; to prevent that, disable it.`,
    ended: (name: string) => `The session of ${name} has ended`,
  },
);
