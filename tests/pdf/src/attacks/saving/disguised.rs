//! Incremental saving in disguise: the change calls itself something that is allowed, or hides from the cross-reference.

use super::{appended, because, cover, failed, unreadable};
use crate::{
    Case,
    contract::{
        self, ANNOTATIONS, Contract, FORGED_AMOUNT, SELLER_PLACE, Signing, catalog, forged_content,
        object, page, page_showing, page_text, signature_field,
    },
    pdf::{Entry, Xref, object_stream, stream, stream_entries},
};
pub(crate) const CASES: &[fn() -> Case] = &[
    changed_between_two_signatures_fails,
    changed_together_with_signing_fails,
    changed_together_with_validation_data_fails,
    content_as_validation_data_fails,
    content_as_unknown_validation_data_fails,
    content_as_extension_fails,
    content_as_metadata_fails,
    content_as_information_fails,
    content_as_seal_picture_fails,
    content_as_signature_dictionary_fails,
    content_as_cross_reference_stream_fails,
    content_as_object_stream_fails,
    content_in_object_stream_fails,
    content_by_hybrid_cross_reference_fails,
    seller_field_moved_when_signing_fails,
    seller_field_shown_twice_when_signing_fails,
    update_without_cross_reference_fails,
    update_without_startxref_fails,
    update_with_trailer_alone_fails,
    update_without_previous_fails,
    update_skipping_the_signature_fails,
    update_with_header_of_its_own_is_unreadable,
    update_adding_encryption_is_unreadable,
    startxref_rolled_back_fails,
];

fn changed_between_two_signatures_fails() -> Case {
    let what = "The content changes after the buyer signed; then the seller signs, rightly, what is there now.";
    appended("changed-between-two-signatures-fails", what, |document| {
        document.update(&[(object::CONTENT, forged_content())]);
        Signing::seller().sign(document);
    })
}

fn changed_together_with_signing_fails() -> Case {
    let what = "The seller's own signing update changes the content too.";
    appended("changed-together-with-signing-fails", what, |document| {
        Signing::seller()
            .with(object::CONTENT, forged_content())
            .sign(document);
    })
}

/// The catalog with validation data whose only certificate is this stream.
fn with_validation_data(certificate: u32) -> String {
    catalog(&format!("/DSS<</Certs[{certificate} 0 R]>>"))
}

fn changed_together_with_validation_data_fails() -> Case {
    let what = "An update adds validation data, and changes the content on the way.";
    appended(
        "changed-together-with-validation-data-fails",
        what,
        |document| {
            let certificate = document.fresh();
            document.update(&[
                (
                    object::CATALOG,
                    with_validation_data(certificate).into_bytes(),
                ),
                (certificate, stream("", &crate::pki::issuing().certificate)),
                (object::CONTENT, forged_content()),
            ]);
        },
    )
}

fn content_as_validation_data_fails() -> Case {
    let what = "The new validation data name the page's content stream as a certificate, so that its change looks like theirs.";
    appended("content-as-validation-data-fails", what, |document| {
        document.update(&[
            (
                object::CATALOG,
                with_validation_data(object::CONTENT).into_bytes(),
            ),
            (object::CONTENT, forged_content()),
        ]);
    })
}

fn content_as_unknown_validation_data_fails() -> Case {
    let what = "The new validation data have a key that nobody knows, with the page's content stream as its value.";
    appended(
        "content-as-unknown-validation-data-fails",
        what,
        |document| {
            let catalog = catalog(&format!("/DSS<</Certs[]/Others[{} 0 R]>>", object::CONTENT));
            document.update(&[
                (object::CATALOG, catalog.into_bytes()),
                (object::CONTENT, forged_content()),
            ]);
        },
    )
}

fn content_as_extension_fails() -> Case {
    let what = "/Extensions refers to the form with the terms, which becomes an extension's dictionary and vanishes.";
    appended("content-as-extension-fails", what, |document| {
        let catalog = catalog(&format!("/Extensions<</ESIC {} 0 R>>", object::TERMS));
        let extension = "<</BaseVersion/1.7/ExtensionLevel 5>>";
        document.update(&[
            (object::CATALOG, catalog.as_str()),
            (object::TERMS, extension),
        ]);
    })
}

fn content_as_metadata_fails() -> Case {
    let what = "/Metadata refers to the page's content stream, so that its change looks like one of metadata.";
    appended("content-as-metadata-fails", what, |document| {
        let catalog = catalog(&format!("/Metadata {} 0 R", object::CONTENT));
        document.update(&[
            (object::CATALOG, catalog.into_bytes()),
            (object::CONTENT, forged_content()),
        ]);
    })
}

fn content_as_information_fails() -> Case {
    let what = "The trailer's /Info refers to the page's content stream, so that its change looks like one of /Info.";
    appended("content-as-information-fails", what, |document| {
        document.trailer = document.trailer.replace("/Info 15 0 R", "/Info 4 0 R");
        document.update(&[(object::CONTENT, forged_content())]);
    })
}

fn content_as_seal_picture_fails() -> Case {
    let what = "The seller's new seal has the page's content stream as its picture.";
    appended("content-as-seal-picture-fails", what, |document| {
        let value = document.fresh();
        let mut section = document.section();
        section.plain(value, contract::dictionary(""));
        let keys = format!("/V {value} 0 R/AP<</N {} 0 R>>", object::CONTENT);
        section.object(
            object::SELLER_FIELD,
            signature_field("Seller", SELLER_PLACE, &keys),
        );
        let text = format!(
            "/Type/XObject/Subtype/Form/BBox[0 0 120 120]/Length {}",
            page_text(FORGED_AMOUNT).len()
        );
        let body = format!(
            "<<{text}>>\nstream\n{}\nendstream",
            page_text(FORGED_AMOUNT)
        );
        section.object(object::CONTENT, body);
        section.finish();
        contract::complete(&mut document.bytes, |content| {
            contract::pades(&crate::pki::seller(), content)
        });
    })
}

fn content_as_signature_dictionary_fails() -> Case {
    let what = "The seller's signature dictionary takes the number of the form with the terms, which vanish.";
    appended("content-as-signature-dictionary-fails", what, |document| {
        let look = document.fresh();
        let mut section = document.section();
        Signing::seller().write(&mut section, object::TERMS, look);
        section.finish();
        contract::complete(&mut document.bytes, |content| {
            contract::pades(&crate::pki::seller(), content)
        });
    })
}

fn content_as_cross_reference_stream_fails() -> Case {
    let what = "The update's cross-reference stream takes the number of the form with the terms, which vanish.";
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let offset = document.length();
    let entries = [(object::TERMS, Entry::Offset(offset as u64, 0))].into();
    let keys = format!(
        "/Type/XRef/Size {}/Root 1 0 R/Prev {}/W[1 4 2]/Index[{} 1]{}",
        document.size,
        document.previous,
        object::TERMS,
        document.trailer
    );
    let body = stream(&keys, &stream_entries(&entries));
    document.raw(format!("{} 0 obj\n", object::TERMS));
    document.raw(body);
    document.raw(format!("\nendobj\nstartxref\n{offset}\n%%EOF\n"));
    let name = "content-as-cross-reference-stream-fails";
    failed(name, what, document, "changed-later")
}

fn content_as_object_stream_fails() -> Case {
    let what = "An object stream takes the number of the page's content stream.";
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let mut section = document.section();
    let information = "<</Title(Purchase Contract)>>";
    section.plain(
        object::CONTENT,
        object_stream(&[(object::INFO, information)]),
    );
    section
        .entries
        .insert(object::INFO, Entry::Compressed(object::CONTENT, 0));
    section.finish();
    let name = "content-as-object-stream-fails";
    failed(name, what, document, "changed-later")
}

fn content_in_object_stream_fails() -> Case {
    let what = "The page exists twice in one update: plain with the old content, and in an object stream with the new; the cross-reference names the latter.";
    let mut document = Contract::usual().xref(Xref::ObjectStreams).signed();
    let content = document.fresh();
    let mut section = document.section();
    section.object(object::PAGE, page_showing(content, ANNOTATIONS, ""));
    section.unlisted(object::PAGE, page(ANNOTATIONS, ""));
    section.object(content, forged_content());
    section.finish();
    let name = "content-in-object-stream-fails";
    failed(name, what, document, "changed-later")
}

fn content_by_hybrid_cross_reference_fails() -> Case {
    let what = "The update's table says nothing; the stream that its /XRefStm names exchanges the content for readers that look there.";
    because(
        "content-by-hybrid-cross-reference-fails",
        what,
        "hybrid-xref",
        |document| {
            let [content, hybrid] = [(); 2].map(|()| document.fresh());
            let mut section = document.section();
            section.unlisted(content, forged_content());
            let offset = section.document.length()
                - forged_content().len()
                - format!("{content} 0 obj\n\nendobj\n").len();
            let entries = [(object::CONTENT, Entry::Offset(offset as u64, 0))].into();
            let keys = format!(
                "/Type/XRef/Size {hybrid}/Root 1 0 R/W[1 4 2]/Index[{} 1]",
                object::CONTENT
            );
            let at = section.document.length();
            section.unlisted(hybrid, stream(&keys, &stream_entries(&entries)));
            section.finish_table(&format!("/XRefStm {at}"));
            // The stream's target must call itself by the number that it takes the place of.
            let wrong = format!("{content} 0 obj");
            let right = format!("{} 0 obj ", object::CONTENT);
            document.bytes[offset..offset + wrong.len()].copy_from_slice(right.as_bytes());
        },
    )
}

fn seller_field_moved_when_signing_fails() -> Case {
    let what = "The seller fills the prepared field, but moves it over the amount.";
    appended("seller-field-moved-when-signing-fails", what, |document| {
        let mut signing = Signing::seller();
        signing.rect = [60, 690, 180, 720];
        signing.sign(document);
    })
}

fn seller_field_shown_twice_when_signing_fails() -> Case {
    let what =
        "The seller fills the prepared field, and adds a second widget of it over the amount.";
    appended(
        "seller-field-shown-twice-when-signing-fails",
        what,
        |document| {
            let [second, look] = [(); 2].map(|()| document.fresh());
            let widget = format!(
                "<</Type/Annot/Subtype/Widget/Parent 14 0 R/F 132/Rect[60 690 420 720]/P 3 0 R/AP<</N {look} 0 R>>>>"
            );
            let (value, seal) = (document.fresh(), document.fresh());
            let mut section = document.section();
            Signing::seller().write(&mut section, value, seal);
            let keys = format!("/V {value} 0 R/AP<</N {seal} 0 R>>/Kids[{second} 0 R]");
            section.object(
                object::SELLER_FIELD,
                signature_field("Seller", SELLER_PLACE, &keys),
            );
            section.object(second, widget);
            section.object(look, cover());
            section.object(
                object::PAGE,
                page(&format!("{ANNOTATIONS} {second} 0 R"), ""),
            );
            section.finish();
            contract::complete(&mut document.bytes, |content| {
                contract::pades(&crate::pki::seller(), content)
            });
        },
    )
}

fn update_without_cross_reference_fails() -> Case {
    let what =
        "Objects and %%EOF are appended without any cross-reference, for readers that repair.";
    because(
        "update-without-cross-reference-fails",
        what,
        "trailing-bytes",
        |document| {
            document.raw("4 0 obj\n");
            document.raw(forged_content());
            document.raw("\nendobj\n%%EOF\n");
        },
    )
}

fn update_without_startxref_fails() -> Case {
    let what = "Objects, cross-reference and trailer are appended, but no startxref.";
    because(
        "update-without-startxref-fails",
        what,
        "trailing-bytes",
        |document| {
            let offset = document.length();
            document.raw("4 0 obj\n");
            document.raw(forged_content());
            document.raw(format!(
            "\nendobj\nxref\n4 1\n{offset:010} 00000 n \ntrailer\n<</Size 21/Root 1 0 R/Prev {}>>\n%%EOF\n",
            document.previous
        ));
        },
    )
}

fn update_with_trailer_alone_fails() -> Case {
    let what = "Objects, a trailer without a cross-reference, and a startxref that names the signed one are appended.";
    because(
        "update-with-trailer-alone-fails",
        what,
        "trailing-bytes",
        |document| {
            document.raw("4 0 obj\n");
            document.raw(forged_content());
            document.raw(format!(
                "\nendobj\ntrailer\n<</Size 21/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n",
                document.previous
            ));
        },
    )
}

fn update_without_previous_fails() -> Case {
    let what = "A whole second contract without /Prev is appended: the signed one is in the file, but not of the document.";
    because(
        "update-without-previous-fails",
        what,
        "orphan-signature",
        |document| {
            document.previous = 0;
            let forged = Contract::usual().with(object::CONTENT, forged_content());
            let mut section = document.section();
            for (number, body) in &forged.objects {
                section.object(*number, body);
            }
            section.finish();
        },
    )
}

fn update_skipping_the_signature_fails() -> Case {
    let what = "The update's /Prev names the revision before the signature.";
    let mut document = Contract::usual().write();
    let before = document.previous;
    Signing::buyer().sign(&mut document);
    document.previous = before;
    document.update(&[(object::CONTENT, forged_content())]);
    let name = "update-skipping-the-signature-fails";
    failed(name, what, document, "orphan-signature")
}

fn update_with_header_of_its_own_is_unreadable() -> Case {
    let what =
        "A whole second contract with its own header is appended, its offsets counted from there.";
    unreadable(
        "update-with-header-of-its-own-is-unreadable",
        what,
        |document| {
            let mut forged = Contract::usual().with(object::CONTENT, forged_content());
            forged
                .header
                .extend_from_slice(b"% so that no offset is right by chance\n");
            document.raw(forged.write().bytes);
        },
    )
}

fn update_adding_encryption_is_unreadable() -> Case {
    let what = "The update's trailer says that the file is encrypted, so that strings and streams mean something else.";
    unreadable("update-adding-encryption-is-unreadable", what, |document| {
        let encryption = document.fresh();
        document.trailer += &format!("/Encrypt {encryption} 0 R");
        let body = "<</Filter/Standard/V 1/R 2/Length 40/P -4\
                    /O<0000000000000000000000000000000000000000000000000000000000000000>\
                    /U<0000000000000000000000000000000000000000000000000000000000000000>>>";
        document.update(&[(encryption, body)]);
    })
}

fn startxref_rolled_back_fails() -> Case {
    let what = "A startxref is appended that names the unsigned revision, and nothing else.";
    let mut document = Contract::usual().write();
    let before = document.previous;
    Signing::buyer().sign(&mut document);
    document.raw(format!("startxref\n{before}\n%%EOF\n"));
    let name = "startxref-rolled-back-fails";
    failed(name, what, document, "orphan-signature")
}
