/** Words of the user centre. */
import { catalogue } from "../lib/catalogue";

export const homeTexts = catalogue(
  {
    welcome: (name: string) => `${name}，您好`,
    lead: "您的企业在本平台的登记信息，以及绑定在账号上的手机证书。",
    printed: (when: string) => `打印于 ${when}`,
    stamp: { purchaser: "采购", supplier: "供应", platform: "平台" },

    mine: "我的手机证书",
    colleagues: "同事的手机证书",
    colleaguesNone: "同事们还没有绑定手机证书。",
    bind: "扫码绑定",
    bindAnother: "再绑定一张",
    emptyTitle: "还没有绑定手机证书",
    emptyHow: "绑定以后，扫一扫就能登录，不用再记密码。手机里还没有证书？先在手机上申请。",
    openPhone: "打开演示手机",

    paper: "数字证书",
    platformCertificate: "平台证书",
    mutualCertificate: "全国互认证书",
    authority: "签发机构",
    validity: "有效期",
    serial: "序列号",
    holder: "持有人",
    boundAt: "绑定时间",
    from: "至",
    daysLeft: (days: number) => (days === 0 ? "今天到期" : `还有 ${days} 天`),
    validityUsed: "有效期已用去的部分",
    state: {
      valid: "有效",
      expiring: (days: number) => (days === 0 ? "今天到期" : `${days} 天后到期`),
      "not-yet-valid": "尚未生效",
      expired: "已过期",
      revoked: "已吊销",
      frozen: "已冻结",
    },
    renew: "更换证书",
    unbind: "解绑",
    freeze: "冻结",
    unfreeze: "解冻",
    askAdministrator: "解冻需由本企业管理员操作。",

    renewTitle: (days: number) => (days <= 0 ? "您的证书已到期" : `您的证书将在 ${days} 天后到期`),
    renewBody: (name: string, end: string) =>
      `“${name}”有效期至 ${end}。请先在手机上申请新证书，再到这里更换；更换之前，旧证书照常使用。`,
    renewBodyOver: (name: string, end: string) =>
      `“${name}”有效期至 ${end}，已不能再用来登录。请在手机上申请新证书，再到这里更换。`,
    scanNudge: "下次试试扫码登录：不用记密码，凭手机证书和证书密码进入。",

    enterprise: "企业登记信息",
    role: "我的权限",
    registered: "平台登记的信息须与证书一致，否则不能绑定。",
    recent: "最近登录",
    thisLogin: "本次",
    allEvents: "查看全部安全记录",

    unbindTitle: "解绑这张证书？",
    unbindBody: (name: string) => `解绑以后，“${name}”不能再用来登录这个账号。`,
    unbindKeeps: "证书本身不受影响，以后还可以再绑定；用密码登录也不受影响。",
    unbound: "证书已解绑。",
    freezeTitle: "冻结这张证书？",
    freezeBody: (name: string) => `冻结立即生效：“${name}”不能再在本平台登录或绑定，用它开始的登录会全部结束。`,
    freezeSelf: "如果您这次是用这张证书扫码登录的，本次登录也会结束，之后请用密码登录。",
    freezeUndo: "只有本企业管理员或平台工作人员可以解冻。",
    frozen: "证书已冻结，用它开始的登录已全部结束。",
    unfreezeTitle: "解冻这张证书？",
    unfreezeBody: (name: string) => `解冻以后，“${name}”可以重新用来登录。请先确认手机在持有人手里。`,
    unfrozen: "证书已解冻，可以重新使用。",
  },
  {
    welcome: (name: string) => `Hello, ${name}`,
    lead: "What this platform has on record of your enterprise, and the phone certificates bound to accounts.",
    printed: (when: string) => `Printed ${when}`,
    stamp: { purchaser: "采购", supplier: "供应", platform: "平台" },

    mine: "My phone certificates",
    colleagues: "Certificates of colleagues",
    colleaguesNone: "No colleague has bound a phone certificate yet.",
    bind: "Bind by scan",
    bindAnother: "Bind another",
    emptyTitle: "No phone certificate is bound yet",
    emptyHow:
      "Once one is bound, a scan logs you in and there is no password to remember. No certificate on the phone yet? Apply for one there first.",
    openPhone: "Open the demo phone",

    paper: "Digital certificate",
    platformCertificate: "This platform",
    mutualCertificate: "Mutual recognition",
    authority: "Issued by",
    validity: "Valid",
    serial: "Serial no.",
    holder: "Holder",
    boundAt: "Bound",
    from: "to",
    daysLeft: (days: number) => (days === 0 ? "ends today" : days === 1 ? "1 day left" : `${days} days left`),
    validityUsed: "Part of the term that is over",
    state: {
      valid: "Valid",
      expiring: (days: number) =>
        days === 0 ? "Expires today" : days === 1 ? "Expires in 1 day" : `Expires in ${days} days`,
      "not-yet-valid": "Not valid yet",
      expired: "Expired",
      revoked: "Revoked",
      frozen: "Frozen",
    },
    renew: "Replace",
    unbind: "Unbind",
    freeze: "Freeze",
    unfreeze: "Unfreeze",
    askAdministrator: "Only an administrator of your enterprise can unfreeze it.",

    renewTitle: (days: number) =>
      days <= 0 ? "Your certificate has ended" : `Your certificate expires in ${days === 1 ? "1 day" : `${days} days`}`,
    renewBody: (name: string, end: string) =>
      `“${name}” is valid until ${end}. Apply for a new one on the phone, then replace it here; until then the old one works as before.`,
    renewBodyOver: (name: string, end: string) =>
      `“${name}” was valid until ${end} and no longer logs you in. Apply for a new one on the phone, then replace it here.`,
    scanNudge: "Next time, try the scan: no password to remember, just your phone and its PIN.",

    enterprise: "Enterprise on record",
    role: "My rights",
    registered: "A certificate can be bound only if it names the enterprise exactly as on record.",
    recent: "Recent logins",
    thisLogin: "This one",
    allEvents: "See the whole security record",

    unbindTitle: "Unbind this certificate?",
    unbindBody: (name: string) => `“${name}” will no longer log in to this account.`,
    unbindKeeps: "The certificate itself stays as it is and can be bound again; logging in by password still works.",
    unbound: "The certificate is unbound.",
    freezeTitle: "Freeze this certificate?",
    freezeBody: (name: string) =>
      `This takes effect at once: “${name}” can no longer log in or be bound on this platform, and every session it started ends.`,
    freezeSelf: "If you logged in by scan with this certificate, this session ends too; then log in by password.",
    freezeUndo: "Only an administrator of your enterprise or the platform’s staff can unfreeze it.",
    frozen: "The certificate is frozen. Every session it started has ended.",
    unfreezeTitle: "Unfreeze this certificate?",
    unfreezeBody: (name: string) =>
      `“${name}” can be used for logging in again. First make sure that the phone is in its holder’s hands.`,
    unfrozen: "The certificate is no longer frozen.",
  },
);
