/** Words of the dialog that binds or replaces a certificate by scan. */
import { catalogue } from "../lib/catalogue";

export const bindTexts = catalogue(
  {
    bindTitle: "扫码绑定证书",
    renewTitle: "更换证书",
    bindTo: "绑定到账号",
    replaces: "将要替换",
    until: (day: string) => `有效期至 ${day}`,
    steps: ["打开手机证书，扫屏幕上的码", "核对企业名称、信用代码和四位数字", "选择证书，输入证书密码"],
    mustMatch: "证书中的企业名称和统一社会信用代码，须与上面的登记信息一致。",
    help: "用手机证书扫一扫。",

    boundTitle: "绑定成功",
    boundBody: "下次可以用这张证书扫码登录，不用再输密码。",
    replacedTitle: "更换成功",
    replacedBody: "新证书已绑定，旧证书已从账号解绑。以后请用新证书扫码。",
    certificate: "证书",
    done: "完成",

    mismatchTitle: "证书与账号的企业信息不一致",
    mismatchBody: "没有绑定。不同之处已标出：",
    inCertificate: "证书上",
    onAccount: "平台登记",
    name: "企业名称",
    creditCode: "信用代码",
    mismatchNext: "请改用本企业的证书重新扫码；如果平台登记有误，请联系平台更正。",
    scanAgain: "重新扫码",
    logInAgain: "重新登录",
    close: "关闭",
    notBound: "没有绑定",
  },
  {
    bindTitle: "Bind a certificate by scan",
    renewTitle: "Replace the certificate",
    bindTo: "Bind to the account",
    replaces: "Replaces",
    until: (day: string) => `valid until ${day}`,
    steps: [
      "Open the certificate app and scan this code",
      "Compare enterprise, credit code and the four digits",
      "Choose the certificate and enter its PIN",
    ],
    mustMatch: "The certificate must name the enterprise and its credit code exactly as above.",
    help: "Scan with the certificate app.",

    boundTitle: "Bound",
    boundBody: "From now on this certificate logs you in by scan, without a password.",
    replacedTitle: "Replaced",
    replacedBody: "The new certificate is bound and the old one no longer is. Scan with the new one from now on.",
    certificate: "Certificate",
    done: "Done",

    mismatchTitle: "Certificate and account name different enterprises",
    mismatchBody: "Nothing was bound. This is where they differ:",
    inCertificate: "Certificate",
    onAccount: "On record",
    name: "Name",
    creditCode: "Credit code",
    mismatchNext:
      "Scan again with a certificate of your own enterprise. If the record is wrong, ask the platform to correct it.",
    scanAgain: "Scan again",
    logInAgain: "Log in again",
    close: "Close",
    notBound: "Nothing was bound",
  },
);
