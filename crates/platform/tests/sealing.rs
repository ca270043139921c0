//! What a page may put around the phone's signature: the certificates that belong there, and nothing that it made up.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "../examples/minimal/world.rs"]
#[expect(dead_code, reason = "requests play no part here")]
mod world;

use scanseal_pades::{
    Bytes,
    seal::{FieldChoice, SealRequest, prepare},
    testing::pages,
};
use scanseal_pki::{
    AnyCertificate, CaKind, Certificate, Issuer, Profile, SignedAttributes, SigningKey, Subject,
    UnixTime, Validity, rand_core::UnwrapErr,
};
use scanseal_platform::sealing::{NotSealed, Returned, Sealed};
use scanseal_protocol::error::Code;
use world::{Phone, World};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const NAME: &str = "天山博康医疗器械（集团）有限公司";
const CODE: &str = "91650100MA77C0R54J";
/// Room for whatever a test adds.
const RESERVED: usize = 16 * 1024;
/// From the message to the fields of SignedData, and from there to those of its signer.
const SIGNED_DATA: &[usize] = &[1, 0];
const SIGNER: &[usize] = &[1, 0, 4, 0];

struct Scene {
    world: World,
    phone: Phone,
    /// Between the phone's certificate and the root, which is listed.
    issuing: Option<Certificate>,
}

impl Scene {
    fn new() -> Self {
        let world = World::new(UnixTime::from_secs(1_800_000_000), CaKind::Platform);
        let phone = world.phone(NAME, CODE);
        Self {
            world,
            phone,
            issuing: None,
        }
    }

    /// An authority of two levels, of which the trust list names the root.
    fn with_two_levels() -> Self {
        let mut world = World::new(UnixTime::from_secs(1_800_000_000), CaKind::Platform);
        let key = SigningKey::from_random_bytes(&world::random()).unwrap();
        let profile = Profile::IssuingCa {
            subject: Subject::new("云岭二级认证中心", "Yunling CA 2").unwrap(),
            path_length: 0,
        };
        let validity = Validity {
            not_before: world.now,
            not_after: world.now.saturating_add_secs(100_000),
        };
        let mut rng = UnwrapErr(getrandom::SysRng);
        let issued = world
            .authority
            .issue(&profile, &key.public_key(), validity, &mut rng);
        let certificate = issued.unwrap();
        let issuer = Issuer::new(certificate.clone(), key).unwrap();
        let root = std::mem::replace(&mut world.authority, issuer);
        let phone = world.phone(NAME, CODE);
        world.authority = root;
        Self {
            world,
            phone,
            issuing: Some(certificate),
        }
    }

    /// The certificates from the phone's to the root's, as phones send them.
    fn chain(&self) -> Vec<AnyCertificate> {
        let root = self.world.authority.certificate();
        let certificates = [&self.phone.certificate].into_iter();
        let certificates = certificates.chain(&self.issuing).chain([root]);
        certificates.map(AnyCertificate::from).collect()
    }

    /// A page that carries these certificates, and does this to the message.
    fn take(
        &self,
        chain: &[AnyCertificate],
        lie: impl FnOnce(Vec<u8>) -> Vec<u8>,
    ) -> Result<Sealed, NotSealed> {
        let original = pages(1).table("/Root 1 0 R").bytes();
        let request = SealRequest {
            field: FieldChoice::New(None),
            ..SealRequest::new(self.world.now, RESERVED)
        };
        let source = Bytes(&original);
        let prepared = prepare(&source, &request).unwrap();
        let digest = prepared.digest(&source).unwrap();
        let attributes = SignedAttributes::new(&self.phone.certificate, &digest);
        let signature = self.phone.key.sign_es256_der(attributes.to_be_signed());
        let message = attributes.finish(&signature, chain, None).unwrap();
        Returned {
            original: &source,
            appended: &prepared.finish(&lie(message)).unwrap(),
            digest: &digest,
            certificate: &self.phone.certificate,
            seal: None,
            trust: &self.world.trust(),
            crls: &[],
            now: self.world.now,
        }
        .check()
    }

    fn refuses(&self, lie: impl FnOnce(Vec<u8>) -> Vec<u8>) -> &'static str {
        match self.take(&self.chain(), lie) {
            Err(refused @ NotSealed::OtherMessage(why)) => {
                assert_eq!(refused.code(), Code::DocumentChanged);
                why
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_holders_certificate_and_those_of_the_trust_list_may_stand_in_the_message() {
    let scene = Scene::new();
    let chain = scene.chain();
    scene.take(&chain, |message| message).unwrap();
    scene.take(&chain[..1], |message| message).unwrap();
}

#[test]
fn a_certificate_that_leads_to_a_listed_root_may_stand_there_too() {
    let scene = Scene::with_two_levels();
    let chain = scene.chain();
    assert_eq!(chain.len(), 3);
    scene.take(&chain, |message| message).unwrap();
}

#[test]
fn a_changed_bit_in_any_byte_of_a_certificate_is_refused() {
    for scene in [Scene::new(), Scene::with_two_levels()] {
        refuses_changed_bits(&scene);
    }
}

fn refuses_changed_bits(scene: &Scene) {
    let chain = scene.chain();
    for certificate in &chain {
        let length = certificate.der().len();
        for offset in (0..length).step_by(7).chain([length - 1]) {
            let refused = scene.take(&chain, |mut message| {
                let at = position(&message, certificate.der()) + offset;
                message[at] ^= 1;
                message
            });
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), Code::DocumentChanged, "{offset}: {refused}");
        }
    }
}

#[test]
fn a_certificate_that_was_not_asked_for_is_refused() {
    let scene = Scene::new();
    let stranger = World::new(scene.world.now, CaKind::Platform);
    for other in [
        stranger.authority.certificate(),
        // Of the same authority, and no part of the path.
        &scene.world.phone(NAME, CODE).certificate,
    ] {
        let chain = [scene.chain(), vec![AnyCertificate::from(other)]].concat();
        assert_eq!(
            scene.take(&chain, |message| message).unwrap_err(),
            NotSealed::OtherMessage("it carries a certificate that is nobody's here")
        );
    }
}

#[test]
fn what_is_no_certificate_is_refused_among_them() {
    let scene = Scene::new();
    let why = scene.refuses(|message| {
        // An attribute certificate, by its tag (RFC 5652 section 10.2.2).
        changed(&message, SIGNED_DATA, |fields| {
            let certificates = element(0xa0, &[content(&fields[3]), vec![0xa2, 0]].concat());
            fields[3] = certificates;
        })
    });
    assert_eq!(
        why,
        "it carries something besides signature and certificates"
    );
}

#[test]
fn revocation_lists_and_unsigned_attributes_are_refused() {
    let scene = Scene::new();
    let besides = "it carries something besides signature and certificates";
    let list = scene.world.authority.sign_crl(
        1,
        scene.world.now,
        scene.world.now.saturating_add_secs(60),
        &[],
    );
    let list = list.unwrap().der().to_vec();
    let why = scene.refuses(|message| {
        changed(&message, SIGNED_DATA, |fields| {
            fields.insert(4, element(0xa1, &list));
        })
    });
    assert_eq!(why, besides);
    // 1.2.3.4 says nothing.
    let attribute = [vec![0x06, 3, 0x2a, 3, 4], element(SET, &[0x05, 0])].concat();
    let attributes = element(0xa1, &element(SEQUENCE, &attribute));
    let why = scene.refuses(|message| changed(&message, SIGNER, |fields| fields.push(attributes)));
    assert_eq!(why, besides);
}

#[test]
fn the_same_message_in_another_encoding_is_refused() {
    let scene = Scene::new();
    let besides = "it carries something besides signature and certificates";
    // The same certificate twice, and the versions that RFC 5652 section 5.1 gives to other messages.
    let why = scene.refuses(|message| {
        changed(&message, SIGNED_DATA, |fields| {
            let certificates = content(&fields[3]);
            fields[3] = element(0xa0, &[certificates.clone(), certificates].concat());
        })
    });
    assert_eq!(why, besides);
    for path in [SIGNED_DATA, SIGNER] {
        let why =
            scene.refuses(|message| changed(&message, path, |fields| fields[0] = vec![2, 1, 3]));
        assert_eq!(why, besides);
    }
}

#[test]
fn bytes_behind_the_message_are_refused() {
    let scene = Scene::new();
    let refused = scene.take(&scene.chain(), |message| [message, vec![0, 0, 1]].concat());
    assert_eq!(refused.unwrap_err().code(), Code::DocumentChanged);
}

/// The message with the children of one element changed; `path` are positions among children.
fn changed(der: &[u8], path: &[usize], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut children = children(&content(der));
    match path.split_first() {
        Some((&next, rest)) => children[next] = changed(&children[next], rest, change),
        None => change(&mut children),
    }
    element(der[0], &children.concat())
}

fn children(mut content: &[u8]) -> Vec<Vec<u8>> {
    let mut children = Vec::new();
    while !content.is_empty() {
        let (start, length) = header(content);
        let (child, rest) = content.split_at(start + length);
        children.push(child.to_vec());
        content = rest;
    }
    children
}

fn content(der: &[u8]) -> Vec<u8> {
    der[header(der).0..].to_vec()
}

/// Where the content starts, and how long it is.
fn header(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short if short < 0x80 => (2, usize::from(short)),
        long => {
            let digits = usize::from(long & 0x7f);
            let length = der[2..2 + digits].iter();
            let length = length.fold(0, |length, &byte| length << 8 | usize::from(byte));
            (2 + digits, length)
        }
    }
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let header = match length {
        0..0x80 => vec![tag, u8::try_from(length).unwrap()],
        0x80..0x100 => vec![tag, 0x81, u8::try_from(length).unwrap()],
        _ => [&[tag, 0x82][..], &length.to_be_bytes()].concat(),
    };
    [header, content.to_vec()].concat()
}

fn position(bytes: &[u8], part: &[u8]) -> usize {
    let mut windows = bytes.windows(part.len());
    windows.position(|window| window == part).unwrap()
}
