//! Every limit of the protocol with its reason (`docs/protocol.md` section 11). Each is tested at the limit and one past it.

use core::ops::RangeInclusive;

/// Milliseconds a session waits for a phone: what users of such platforms know as the life of a QR code.
pub const SESSION_WAIT_MS: u64 = 180_000;
/// Seconds a session lives after a phone joined. Less than 10 s nobody can read the screen; more than 300 s nobody sits there.
pub const SCANNED_SECONDS: RangeInclusive<u32> = 10..=300;
/// Milliseconds for which a frame of the QR code may still be used after it was first shown: time to focus a camera and
/// join over a slow network, too short to forward a picture to an accomplice and have it scanned.
pub const FRAME_AGE_MS: u64 = 10_000;
/// How often the QR code may change, in milliseconds: faster than 1 s cameras miss it, slower than 5 s it ages too much.
pub const FRAME_INTERVAL_MS: RangeInclusive<u64> = 1_000..=5_000;
/// Milliseconds until the first message on a socket, and until the phone's first frame: a slow mobile network, twice over.
pub const FIRST_MESSAGE_MS: u64 = 5_000;
/// Milliseconds of silence after a `ping` that make a socket count as closed.
pub const PONG_WAIT_MS: u64 = 3_000;
/// Milliseconds the page waits for the phone to acknowledge the outcome before it closes all the same.
pub const OUTCOME_WAIT_MS: u64 = 3_000;

/// Characters of the QR code's link, so that the code stays small enough for an office screen and an old camera.
pub const LINK_CHARACTERS: usize = 64;
/// Bytes of the QR code's payload before base32.
pub const QR_PAYLOAD_BYTES: usize = 68;
/// Characters a QR code can hold at most (ISO/IEC 18004, version 40-L, alphanumeric): longer text was not scanned.
pub const QR_TEXT_CHARACTERS: usize = 4_296;

/// Bytes of a control message: 20 times the largest one, small enough to be read without care for memory.
pub const CONTROL_MESSAGE_BYTES: usize = 4 * 1024;
/// Bytes of a binary frame, its number included. Noise allows 65,535 bytes a message (revision 34, section 3).
pub const FRAME_BYTES: usize = 64 * 1024;
/// Bytes sent but not acknowledged, per direction: what an end keeps in memory to send again.
pub const UNACKNOWLEDGED_BYTES: usize = 1024 * 1024;
/// Bytes a session carries in both directions together, so that nobody uses the relay as a tunnel.
pub const SESSION_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of one message in the channel after its pieces were joined.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// How deep values inside a message may nest; ours need 2, the rest is for keys unknown to this version.
pub const MESSAGE_NESTING: usize = 8;

/// Characters of a code on the wire; the longest known has 27.
pub const CODE_CHARACTERS: usize = 40;
/// Characters of the app's and the device's name in `hello`.
pub const HELLO_CHARACTERS: usize = 64;
/// Characters of a language tag (BCP 47) in `hello`.
pub const LOCALE_CHARACTERS: usize = 16;
/// Characters of an outcome's detail: one line on a phone.
pub const DETAIL_CHARACTERS: usize = 200;

/// Bytes of a request: fifty documents with Chinese names, two certificates and eight lines twice.
pub const REQUEST_BYTES: usize = 32 * 1024;
/// Bytes of an assertion: four certificates of other people's CAs.
pub const ASSERTION_BYTES: usize = 16 * 1024;
/// Bytes of a trust list: some fifty CAs.
pub const TRUST_LIST_BYTES: usize = 256 * 1024;
/// Bytes of an operator's description: a name and six addresses.
pub const OPERATOR_BYTES: usize = 16 * 1024;
/// Documents sealed in one scan, with one PIN: a morning's contracts of an office.
pub const MAX_DOCUMENTS: usize = 50;
/// Characters of a document's name: two lines on a phone.
pub const DOCUMENT_NAME_CHARACTERS: usize = 80;
/// Bytes of a document: what a page can seal.
pub const DOCUMENT_BYTES: u32 = 256 * 1024 * 1024;
/// Pages of a document that a request may name.
pub const DOCUMENT_PAGES: u32 = 100_000;
/// Bytes of a certificate in a `choice`.
pub const CERTIFICATE_BYTES: usize = 8 * 1024;
/// Bytes of a signed seal: a message has to hold it beside four certificates.
pub const SEAL_BYTES: usize = 208 * 1024;
/// Bytes of what the holder of a certificate says with a call about seals: one certificate and an address.
pub const SEAL_CALL_BYTES: usize = 12 * 1024;
/// Seconds for which it may be used: an upload over a slow network, a little later than the PIN.
pub const SEAL_CALL_SECONDS: u64 = 300;
/// Bytes of an authority's list of seals that are kept for a certificate: sixteen, in base64, and what stands around them.
pub const SEAL_LIST_BYTES: usize = 6 * 1024 * 1024;
/// Bytes of a list of revoked seals: some ten thousand.
pub const REVOKED_SEALS_BYTES: usize = 1024 * 1024;
/// Bytes of signed attributes: type, digest and the certificate's name take about 200.
pub const ATTRIBUTES_BYTES: usize = 2 * 1024;
/// Bytes that sealing may append to a document: the picture and an impression on each of a thousand pages.
pub const APPENDED_BYTES: u32 = 8 * 1024 * 1024;
/// Bytes of one piece of a document, so that a message holds it.
pub const FETCH_BYTES: u32 = 192 * 1024;
/// Pieces asked for and not answered: what an end keeps in memory, above one round trip over a slow network.
pub const OPEN_FETCHES: usize = 8;
/// Certificates in a JWS: leaf, two intermediates, root.
pub const CERTIFICATES: RangeInclusive<usize> = 1..=4;
/// Seconds a request lives at most: the longest scan and the longest wait together, rounded up.
pub const REQUEST_LIFE_SECONDS: u64 = 600;
/// Seconds by which clocks may differ.
pub const CLOCK_SKEW_SECONDS: u64 = 60;
/// Characters of a platform's id.
pub const PLATFORM_ID_CHARACTERS: usize = 64;
/// Characters of an origin or a service address.
pub const ADDRESS_CHARACTERS: usize = 256;
/// Characters of an operation's name.
pub const OPERATION_CHARACTERS: usize = 32;
/// Lines of text per language in a request: what fits a phone's screen beside the buttons.
pub const DISPLAY_LINES: RangeInclusive<usize> = 1..=8;
/// Characters of one such line.
pub const DISPLAY_LINE_CHARACTERS: usize = 120;
/// Characters of the browser's and the place's name in a request.
pub const CONTEXT_CHARACTERS: usize = 80;
/// Characters of the user name in a request to bind.
pub const ACCOUNT_NAME_CHARACTERS: usize = 64;
/// Characters of the enterprise's name in a request to bind: certificates have at most 64, registers some more.
pub const ACCOUNT_ENTERPRISE_CHARACTERS: usize = 80;
/// Keys that may sign an operator's trust list: the current one and its successor, twice over.
pub const LIST_KEYS: RangeInclusive<usize> = 1..=4;
/// Authorities that enrol at one operator: a list that a person still reads.
pub const ENROL_CAS: RangeInclusive<usize> = 1..=16;
/// Links of an operator's own codes.
pub const OPERATOR_LINKS: RangeInclusive<usize> = 1..=8;
