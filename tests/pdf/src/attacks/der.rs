//! Encodings of CMS that readers understand differently, or not at all.

use crate::{
    Case, Class,
    Verdict::Failed,
    cms::Cms,
    contract::{Contract, Signing},
    der,
    keys::Hash,
    pki::{buyer, issuing},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    signed_attributes_length_indefinite_fails,
    length_indefinite_without_end_fails,
    outer_length_too_long_fails,
    inner_length_too_long_fails,
    length_of_two_to_the_64_fails,
    length_past_the_end_fails,
    message_cut_off_fails,
    message_is_one_byte_fails,
    message_is_text_fails,
    message_is_pem_fails,
    message_is_a_null_fails,
    element_behind_signed_data_fails,
    element_behind_signers_fails,
    version_with_leading_zeros_fails,
    version_negative_fails,
    set_tagged_as_sequence_fails,
    identifier_not_minimal_fails,
    identifier_empty_fails,
    digest_as_constructed_string_fails,
    nested_ten_thousand_deep_fails,
    attributes_tagged_as_set_fails,
];

/// The contract with the right CMS in another encoding.
fn encoded(
    name: &'static str,
    description: &'static str,
    encode: impl FnOnce(Cms) -> Vec<u8>,
) -> Case {
    encoded_because(name, description, "cms-malformed", encode)
}

fn encoded_because(
    name: &'static str,
    description: &'static str,
    reason: &'static str,
    encode: impl FnOnce(Cms) -> Vec<u8>,
) -> Case {
    let mut document = Contract::usual().write();
    Signing::buyer().sign_with(&mut document, |content| {
        encode(Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, content))
    });
    Case::new(
        Class::Der,
        name,
        description,
        document.bytes,
        Failed,
        &[reason],
    )
}

/// The right message with one element exchanged for another.
fn exchanged(cms: &Cms, from: &[u8], to: &[u8]) -> Vec<u8> {
    let content = cms.signed_data_content();
    let at = crate::pdf::find(&content, from).expect("it is there");
    let content = [&content[..at], to, &content[at + from.len()..]].concat();
    cms.wrap(&der::tlv(0x30, &content))
}

fn signed_attributes_length_indefinite_fails() -> Case {
    let what = "BER: the length of the signed attributes is indefinite, although they are to be in DER whatever the rest is.";
    encoded("signed-attributes-length-indefinite-fails", what, |cms| {
        let attributes = cms.signers[0]
            .attributes
            .clone()
            .expect("there are some")
            .concat();
        let whole = cms.signers[0].der();
        let (right, wrong) = (
            der::context(0, &attributes),
            der::tlv_indefinite(0xa0, &attributes),
        );
        let at = crate::pdf::find(&whole, &right).expect("they are there");
        // Behind the head of the sequence, whose length takes two bytes.
        let content = [&whole[4..at], &wrong, &whole[at + right.len()..]].concat();
        let changed = der::tlv(0x30, &content);
        exchanged(&cms, &der::tlv(0x31, &whole), &der::tlv(0x31, &changed))
    })
}

fn length_indefinite_without_end_fails() -> Case {
    let what = "BER: the outermost length is indefinite, and the end never comes.";
    encoded("length-indefinite-without-end-fails", what, |cms| {
        let content = [der::oid(cms.outer), der::context(0, &cms.signed_data())].concat();
        [&[0x30, 0x80][..], &content, b"x"].concat()
    })
}

fn outer_length_too_long_fails() -> Case {
    let what = "The outermost length takes more bytes than needed.";
    encoded("outer-length-too-long-fails", what, |cms| {
        let content = [der::oid(cms.outer), der::context(0, &cms.signed_data())].concat();
        der::tlv_long_length(0x30, &content)
    })
}

fn inner_length_too_long_fails() -> Case {
    let what = "The length of the signed data takes more bytes than needed.";
    encoded("inner-length-too-long-fails", what, |cms| {
        cms.wrap(&der::tlv_long_length(0x30, &cms.signed_data_content()))
    })
}

fn length_of_two_to_the_64_fails() -> Case {
    let what = "A length of eight bytes, all ones.";
    encoded("length-of-two-to-the-64-fails", what, |cms| {
        [&[0x30, 0x88][..], &[0xff; 8], &cms.der()].concat()
    })
}

fn length_past_the_end_fails() -> Case {
    let what = "The outermost length reaches beyond /Contents.";
    encoded("length-past-the-end-fails", what, |cms| {
        let mut bytes = cms.der();
        bytes[2] = 0xff;
        bytes
    })
}

fn message_cut_off_fails() -> Case {
    let what = "The message is cut in half; zeros follow.";
    encoded("message-cut-off-fails", what, |cms| {
        let bytes = cms.der();
        bytes[..bytes.len() / 2].to_vec()
    })
}

fn message_is_one_byte_fails() -> Case {
    let what = "/Contents begins with the tag of a sequence, and is zero otherwise.";
    encoded("message-is-one-byte-fails", what, |_| vec![0x30])
}

fn message_is_text_fails() -> Case {
    let what = "/Contents is text.";
    encoded("message-is-text-fails", what, |_| {
        b"I, the buyer, agree.".to_vec()
    })
}

fn message_is_pem_fails() -> Case {
    let what = "/Contents is PEM.";
    encoded("message-is-pem-fails", what, |cms| {
        let text = data_encoding::BASE64.encode(&cms.der());
        format!(
            "-----BEGIN CMS-----\n{}\n-----END CMS-----\n",
            &text[..1000]
        )
        .into_bytes()
    })
}

fn message_is_a_null_fails() -> Case {
    let what = "/Contents is a NULL.";
    encoded("message-is-a-null-fails", what, |_| der::null())
}

fn element_behind_signed_data_fails() -> Case {
    let what = "A second element stands in the ContentInfo.";
    encoded("element-behind-signed-data-fails", what, |cms| {
        let signed_data = der::context(0, &cms.signed_data());
        der::sequence(&[&der::oid(cms.outer), &signed_data, &der::null()])
    })
}

fn element_behind_signers_fails() -> Case {
    let what = "A further element stands behind the signers.";
    encoded("element-behind-signers-fails", what, |cms| {
        cms.wrap(&der::sequence(&[
            &cms.signed_data_content(),
            &der::octets(b"more"),
        ]))
    })
}

fn version_with_leading_zeros_fails() -> Case {
    let what = "The version is an integer with a needless zero.";
    encoded("version-with-leading-zeros-fails", what, |cms| {
        exchanged(&cms, &der::integer(1), &[2, 2, 0, 1])
    })
}

fn version_negative_fails() -> Case {
    let what = "The version is negative.";
    encoded("version-negative-fails", what, |cms| {
        exchanged(&cms, &der::integer(1), &[2, 1, 0xff])
    })
}

fn set_tagged_as_sequence_fails() -> Case {
    let what = "The set of digest algorithms is a sequence.";
    encoded("set-tagged-as-sequence-fails", what, |cms| {
        let algorithm = Hash::Sha256.algorithm();
        exchanged(
            &cms,
            &der::tlv(0x31, &algorithm),
            &der::tlv(0x30, &algorithm),
        )
    })
}

fn identifier_not_minimal_fails() -> Case {
    let what = "An object identifier has a needless leading byte.";
    encoded("identifier-not-minimal-fails", what, |cms| {
        let right = der::oid(crate::cms::DATA);
        let wrong = [&[6, 10, 0x2a, 0x80][..], &right[3..]].concat();
        exchanged(&cms, &right, &wrong)
    })
}

fn identifier_empty_fails() -> Case {
    let what = "An object identifier is empty.";
    encoded("identifier-empty-fails", what, |cms| {
        exchanged(&cms, &der::oid(crate::cms::DATA), &[6, 0])
    })
}

fn digest_as_constructed_string_fails() -> Case {
    let what = "The signature value is a constructed string of two parts, which is BER.";
    encoded("digest-as-constructed-string-fails", what, |cms| {
        let signature = cms.signers[0].signature.clone();
        let (first, second) = signature.split_at(10);
        let parts = [der::octets(first), der::octets(second)].concat();
        exchanged(&cms, &der::octets(&signature), &der::tlv(0x24, &parts))
    })
}

fn nested_ten_thousand_deep_fails() -> Case {
    let what = "Sequences are nested as deep as the room allows.";
    encoded("nested-a-thousand-deep-fails", what, |_| {
        let mut bytes = Vec::new();
        while bytes.len() < 2_900 {
            bytes = der::tlv(0x30, &bytes);
        }
        bytes
    })
}

fn attributes_tagged_as_set_fails() -> Case {
    let what = "The signed attributes carry the tag of the set that is hashed instead of the one that is written.";
    encoded("attributes-tagged-as-set-fails", what, |cms| {
        let attributes = cms.signers[0]
            .attributes
            .clone()
            .expect("there are some")
            .concat();
        exchanged(
            &cms,
            &der::context(0, &attributes),
            &der::tlv(0x31, &attributes),
        )
    })
}
