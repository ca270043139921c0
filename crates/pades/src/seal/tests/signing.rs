//! From the file to the signature and back, with a real key.

use chacha20::ChaCha20Rng;
use scanseal_pki::{
    AnyCertificate, Issuer, SignedAttributes, SignedData, SigningKey, Subject, Validity,
    cms::reserved_length, rand_core::SeedableRng,
};
use sha2::{Digest as _, Sha256};

use super::*;

#[test]
fn a_signature_made_elsewhere_fits_and_verifies() {
    let mut random = ChaCha20Rng::from_seed([7; 32]);
    let key = SigningKey::generate(&mut random);
    let subject = Subject::new("Example Ltd", "Signer").expect("a subject");
    let later = UnixTime::from_secs(NOON.as_secs() + 86_400);
    let validity = Validity {
        not_before: NOON,
        not_after: later,
    };
    let issuer = Issuer::root(&subject, key.clone(), validity, &mut random);
    let issuer = issuer.expect("a certificate");
    let certificate = issuer.certificate();
    let chain = [AnyCertificate::from(certificate)];

    let original = three();
    let picture = picture();
    let request = SealRequest {
        places: vec![at("1", 10.0, 20.0)],
        picture: Some(&picture),
        ..SealRequest::new(NOON, reserved_length(&chain, false))
    };
    let source = Bytes(&original);
    let prepared = prepare(&source, &request).expect("prepared");
    let digest = prepared.digest(&source).expect("hashed");
    let mut hash = Sha256::new_with_prefix(&original);
    prepared.hash_appended_with(|bytes| hash.update(bytes));
    assert_eq!(<[u8; 32]>::from(hash.finalize()), digest);
    let attributes = SignedAttributes::new(certificate, &digest);
    let signature = key.sign_es256_der(attributes.to_be_signed());
    let message = attributes
        .finish(&signature, &chain, None)
        .expect("a message");
    let [_, before, after, rest] = prepared.byte_range();
    let update = prepared.finish(&message).expect("fits");
    let file = appended(&original, &update);

    let place = |offset: u64| usize::try_from(offset).expect("small");
    let (before, after, rest) = (place(before), place(after), place(rest));
    let covered = [&file[..before], &file[after..after + rest]].concat();
    let contents = text_at(&file, "AcroForm/Fields/0/V/Contents");
    let contents = data_encoding::HEXLOWER.decode(contents.trim_matches(['<', '>']).as_bytes());
    let contents = contents.expect("hexadecimal");
    let read = SignedData::from_der(&contents[..message.len()]).expect("a message");
    assert!(read.verify(&Sha256::digest(&covered)).is_good());
    let mut changed = covered;
    changed[20] ^= 1;
    assert!(!read.verify(&Sha256::digest(&changed)).is_good());
}
