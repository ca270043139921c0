/** One sentence for each kind of event in the audit trail. */
import { errorText, isErrorCode } from "scanseal";
import { catalogue } from "../lib/catalogue";
import { locale } from "../lib/locale";

/** An event as the server tells it. */
export interface AuditEvent {
  seq: number;
  at: number;
  event: string;
  account: string | null;
  actor: string | null;
  place: string | null;
  browser: string | null;
  facts: Readonly<Record<string, unknown>>;
}

/** Who did it, whose account it was, and why if it was refused; already in the reader's language. */
interface Roles {
  who: string;
  whose: string;
  whom: string;
  why: string;
  /** What the person may do from then on. */
  role: string;
  /** The contract's number, with a word before it. */
  contract: string;
}

type Sentences = Record<
  | "login.password"
  | "login.scan"
  | "login.refused"
  | "logout"
  | "scan.refused"
  | "certificate.bound"
  | "certificate.unbound"
  | "certificate.replaced"
  | "certificate.bind-refused"
  | "certificate.frozen"
  | "certificate.unfrozen"
  | "certificate.issued"
  | "certificate.revoked"
  | "seal.issued"
  | "seal.requested"
  | "seal.returned"
  | "seal.revoked"
  | "contract.created"
  | "contract.changed"
  | "contract.submitted"
  | "contract.returned"
  | "contract.withdrawn"
  | "contract.deleted"
  | "contract.sealed"
  | "contract.done"
  | "contract.stamped"
  | "contract.seal-refused"
  | "account.registered"
  | "account.added"
  | "account.disabled"
  | "account.enabled"
  | "account.role-changed"
  | "account.password-changed"
  | "session.ended"
  | "trust-list.changed"
  | "key.made"
  | "key.switched"
  | "key.retired"
  | "settings.changed",
  (roles: Roles) => string
>;

const zh: Sentences = {
  "login.password": ({ who }) => `${who}用密码登录`,
  "login.scan": ({ who }) => `${who}用证书扫码登录`,
  "login.refused": ({ whose, why }) => `${whose}账号有一次登录没有成功：${why}`,
  logout: ({ who }) => `${who}退出登录`,
  "scan.refused": ({ whose, why }) => `${whose}手机没有同意扫码请求：${why}`,
  "certificate.bound": ({ whose }) => `${whose}账号绑定了一张证书`,
  "certificate.unbound": ({ who, whose }) => `${who}把一张证书从${whose}账号解绑`,
  "certificate.replaced": ({ whose }) => `${whose}账号更换了证书，旧证书同时解绑`,
  "certificate.bind-refused": ({ whose, why }) => `${whose}账号绑定证书没有成功：${why}`,
  "certificate.frozen": ({ who, whose }) => `${who}冻结了${whose}证书`,
  "certificate.unfrozen": ({ who, whose }) => `${who}解冻了${whose}证书`,
  "certificate.issued": () => "签发了一张本企业的证书",
  "certificate.revoked": () => "一张本企业的证书被吊销",
  "seal.issued": ({ whose }) => `${whose}证书得到了电子印章`,
  "seal.requested": ({ whose }) => `${whose}证书申请了电子印章，等待平台审核`,
  "seal.returned": ({ whose }) => `${whose}电子印章申请没有通过审核`,
  "seal.revoked": ({ whose }) => `${whose}电子印章被吊销`,
  "contract.created": ({ who, contract }) => `${who}起草了${contract}`,
  "contract.changed": ({ who, contract }) => `${who}修改了${contract}`,
  "contract.submitted": ({ who, contract }) => `${who}提交了${contract}`,
  "contract.returned": ({ who, contract }) => `${who}退回了${contract}`,
  "contract.withdrawn": ({ who, contract }) => `${who}撤回了${contract}`,
  "contract.deleted": ({ who, contract }) => `${who}删除了${contract}`,
  "contract.sealed": ({ who, contract }) => `${who}为${contract}盖章`,
  "contract.done": ({ contract }) => `${contract}各方都已盖章`,
  "contract.stamped": ({ contract }) => `平台为${contract}加了时间戳`,
  "contract.seal-refused": ({ whose, contract, why }) => `${whose}账号为${contract}盖章没有成功：${why}`,
  "account.registered": ({ who }) => `${who}用证书注册了本企业的账号`,
  "account.added": ({ who, whom }) => `${who}添加了 ${whom} 的账号`,
  "account.disabled": ({ who, whom }) => `${who}停用了 ${whom} 的账号`,
  "account.enabled": ({ who, whom }) => `${who}启用了 ${whom} 的账号`,
  "account.role-changed": ({ who, whom, role }) => `${who}把 ${whom} 设为${role}`,
  "account.password-changed": ({ who }) => `${who}修改了密码`,
  "session.ended": ({ who, whose }) => `${who}结束了${whose}一处登录`,
  "trust-list.changed": ({ who }) => `${who}修改了信任列表`,
  "key.made": ({ who }) => `${who}生成了平台的下一个签名密钥`,
  "key.switched": ({ who }) => `${who}换用了新的平台签名密钥`,
  "key.retired": ({ who }) => `${who}停用了旧的平台签名密钥`,
  "settings.changed": ({ who }) => `${who}修改了平台设置`,
};

const en: Sentences = {
  "login.password": ({ who }) => `${who} logged in by password`,
  "login.scan": ({ who }) => `${who} logged in by scan`,
  "login.refused": ({ whose, why }) => `A login to ${whose} account failed: ${why}`,
  logout: ({ who }) => `${who} logged out`,
  "scan.refused": ({ whose, why }) => `${cap(whose)} phone did not agree to a scan: ${why}`,
  "certificate.bound": ({ whose }) => `A certificate was bound to ${whose} account`,
  "certificate.unbound": ({ who, whose }) => `${who} unbound a certificate from ${whose} account`,
  "certificate.replaced": ({ whose }) => `The certificate of ${whose} account was replaced; the old one is unbound`,
  "certificate.bind-refused": ({ whose, why }) => `A certificate was not bound to ${whose} account: ${why}`,
  "certificate.frozen": ({ who, whose }) => `${who} froze ${whose} certificate`,
  "certificate.unfrozen": ({ who, whose }) => `${who} unfroze ${whose} certificate`,
  "certificate.issued": () => "A certificate was issued for this enterprise",
  "certificate.revoked": () => "A certificate of this enterprise was revoked",
  "seal.issued": ({ whose }) => `Seals were issued to ${whose} certificate`,
  "seal.requested": ({ whose }) => `Seals for ${whose} certificate were sent to the platform for review`,
  "seal.returned": ({ whose }) => `The request for seals of ${whose} certificate was not approved`,
  "seal.revoked": ({ whose }) => `A seal of ${whose} certificate was revoked`,
  "contract.created": ({ who, contract }) => `${who} drew up ${contract}`,
  "contract.changed": ({ who, contract }) => `${who} changed ${contract}`,
  "contract.submitted": ({ who, contract }) => `${who} submitted ${contract}`,
  "contract.returned": ({ who, contract }) => `${who} returned ${contract}`,
  "contract.withdrawn": ({ who, contract }) => `${who} withdrew ${contract}`,
  "contract.deleted": ({ who, contract }) => `${who} deleted ${contract}`,
  "contract.sealed": ({ who, contract }) => `${who} sealed ${contract}`,
  "contract.done": ({ contract }) => `${cap(contract)} has the seals of all parties`,
  "contract.stamped": ({ contract }) => `The platform added a time stamp to ${contract}`,
  "contract.seal-refused": ({ whose, contract, why }) => `Sealing ${contract} from ${whose} account failed: ${why}`,
  "account.registered": ({ who }) => `${who} registered this enterprise with a certificate`,
  "account.added": ({ who, whom }) => `${who} added the account of ${whom}`,
  "account.disabled": ({ who, whom }) => `${who} disabled the account of ${whom}`,
  "account.enabled": ({ who, whom }) => `${who} enabled the account of ${whom}`,
  "account.role-changed": ({ who, whom, role }) => `${who} made ${whom} an ${role}`,
  "account.password-changed": ({ who }) => `${who} changed the password`,
  "session.ended": ({ who, whose }) => `${who} ended a session of ${whose} account`,
  "trust-list.changed": ({ who }) => `${who} changed the trust list`,
  "key.made": ({ who }) => `${who} made the platform’s next signing key`,
  "key.switched": ({ who }) => `${who} switched to the platform’s new signing key`,
  "key.retired": ({ who }) => `${who} retired an old signing key of the platform`,
  "settings.changed": ({ who }) => `${who} changed the platform’s settings`,
};

const sentences = catalogue(zh, en);

const words = catalogue(
  {
    you: "您",
    your: "您的",
    yourself: "您",
    who: (login: string) => `${login} `,
    someone: "有人",
    nobodys: "",
    administrator: "管理员",
    operator: "经办人",
    system: "系统",
    whose: (login: string) => ` ${login} 的`,
    contract: (number: string) => `合同 ${number} `,
    several: (count: number) => `${count} 份合同`,
    aContract: "合同",
    loginFailed: "用户名或密码不对。",
    unknown: (event: string) => `发生了“${event}”`,
    unknownWhy: (code: string) => `原因代码 ${code}。`,
  },
  {
    you: "You",
    your: "your",
    yourself: "you",
    who: (login: string) => login,
    someone: "Somebody",
    nobodys: "some",
    administrator: "administrator",
    operator: "operator",
    system: "The system",
    whose: (login: string) => `${login}’s`,
    contract: (number: string) => `contract ${number}`,
    several: (count: number) => `${count} contracts`,
    aContract: "a contract",
    loginFailed: "the user name or password was wrong.",
    unknown: (event: string) => `“${event}” happened`,
    unknownWhy: (code: string) => `code ${code}.`,
  },
);

/** Whether there is a sentence for events of this name. */
export function isTold(event: string): boolean {
  return event in sentences();
}

/** A contract that an event is about. Events of before do not have the id. */
export interface Concerned {
  number: string;
  id: number | null;
}

/** The contracts that an event is about, one or those of one scan. */
export function contractsOf({ facts }: Pick<AuditEvent, "facts">): Concerned[] {
  const { contract, contractId, contracts, contractIds } = facts;
  const numbers = typeof contract === "string" ? [contract] : Array.isArray(contracts) ? contracts : [];
  const ids = typeof contract === "string" ? [contractId] : Array.isArray(contractIds) ? contractIds : [];
  return numbers
    .map((number: unknown, at) => ({ number, id: Number.isSafeInteger(ids[at]) ? (ids[at] as number) : null }))
    .filter((one): one is Concerned => typeof one.number === "string");
}

/** What happened, in a sentence. `self` is the reader's user name. */
export function sentence({ event, account, actor, facts }: AuditEvent, self: string): string {
  const t = words();
  const [first, ...others] = contractsOf({ facts });
  const say = (sentences() as Partial<Record<string, (roles: Roles) => string>>)[event];
  if (say === undefined) return t.unknown(event);
  const doer = actor === "page" ? account : (actor ?? account);
  return say({
    who: doer === self ? t.you : doer === "system" ? t.system : doer === null ? t.someone : t.who(doer),
    whose: account === self ? t.your : account === null ? t.nobodys : t.whose(account),
    whom: account === self ? t.yourself : (account ?? ""),
    why: reason(facts.code),
    contract:
      first === undefined ? t.aContract : others.length > 0 ? t.several(others.length + 1) : t.contract(first.number),
    role: facts.role === "administrator" ? t.administrator : t.operator,
  }).trim();
}

/** What a code in an event's facts means. */
function reason(code: unknown): string {
  const t = words();
  if (code === "login-failed") return t.loginFailed;
  return isErrorCode(code) ? errorText(code, locale()).cause : t.unknownWhy(String(code));
}

function cap(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
