//! The business register of the demo: who represents which enterprise before the law. All are invented. A real authority
//! asks the register of its administration for market regulation.

/// Credit code and legal representative.
const LEGAL_REPRESENTATIVES: [(&str, &str); 5] = [
    ("12650100MB1A22606J", "张伟"),
    ("11650100MB0F883179", "周文博"),
    ("91650100MA77C0R54J", "李娜"),
    ("91650104MA78E3K920", "王强"),
    ("12650100MB1D402870", "何建平"),
];

/// The legal representative of an enterprise that the register knows.
pub fn legal_representative(credit_code: &str) -> Option<&'static str> {
    LEGAL_REPRESENTATIVES
        .iter()
        .find(|(code, _)| *code == credit_code)
        .map(|(_, name)| *name)
}
