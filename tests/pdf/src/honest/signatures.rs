//! Several signatures, and later additions that are allowed.

pub(crate) mod permissions;

use crate::{
    Case, Class,
    Verdict::{self, Passed, PassedWithLaterChanges},
    cms::Cms,
    contract::{
        ANNOTATIONS, Contract, SELLER_PLACE, Signing, catalog, complete, delivery_field,
        delivery_look, dictionary_for, form, object, page, signature_field, signed,
    },
    pdf::{Document, Entry, Section, Xref, object_stream, stream, stream_entries},
    pki::{current_crls, issuing, timestamper},
    time::SIGNED,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    two_signers_pass,
    two_signers_with_cross_reference_streams_pass,
    two_signers_with_object_streams_pass,
    widget_locked_when_signing_passes,
    form_flags_raised_when_signing_pass,
    form_resources_added_when_signing_pass,
    hybrid_from_before_signing_never_fails,
    hybrid_in_two_sections_passes,
    three_signers_pass,
    second_signer_with_new_visible_field_passes,
    second_signer_with_new_invisible_field_passes,
    seal_over_earlier_seal_passes,
    filled_and_signed_in_one_update_passes_with_changes,
    filled_then_signed_passes_with_changes,
    validation_data_added_passes_with_changes,
    validation_data_per_signature_added_passes_with_changes,
    validation_data_and_document_timestamp_pass,
    document_timestamp_alone_passes,
    filled_after_signing_passes_with_changes,
    information_changed_passes_with_changes,
    metadata_changed_passes_with_changes,
    extensions_added_pass_with_changes,
    empty_update_passes_with_changes,
    object_rewritten_passes_with_changes,
    unreachable_object_added_passes_with_changes,
];

fn case(
    name: &'static str,
    description: &'static str,
    document: Document,
    verdict: Verdict,
    reasons: &[&'static str],
) -> Case {
    Case::new(
        Class::Signatures,
        name,
        description,
        document.bytes,
        verdict,
        reasons,
    )
}

fn passed(name: &'static str, description: &'static str, document: Document) -> Case {
    case(name, description, document, Passed, &[])
}

/// The signed contract with an update that is allowed.
fn later<B: AsRef<[u8]>>(
    name: &'static str,
    description: &'static str,
    objects: &[(u32, B)],
) -> Case {
    let mut document = signed();
    document.update(objects);
    case(name, description, document, PassedWithLaterChanges, &[])
}

fn two_signers(xref: Xref) -> Document {
    let mut document = Contract::usual().xref(xref).signed();
    Signing::seller().sign(&mut document);
    document
}

fn two_signers_pass() -> Case {
    let what = "Buyer and seller sign, each in the prepared field.";
    passed("two-signers-pass", what, two_signers(Xref::Table))
}

fn two_signers_with_cross_reference_streams_pass() -> Case {
    let what = "The same with cross-reference streams.";
    passed(
        "two-signers-with-cross-reference-streams-pass",
        what,
        two_signers(Xref::Stream),
    )
}

fn two_signers_with_object_streams_pass() -> Case {
    let what = "The same with object streams.";
    passed(
        "two-signers-with-object-streams-pass",
        what,
        two_signers(Xref::ObjectStreams),
    )
}

fn widget_locked_when_signing_passes() -> Case {
    let what = "The seller's prepared widget is not locked; signing locks it, as Acrobat does.";
    let open = signature_field("Seller", SELLER_PLACE, "").replace("/F 132", "/F 4");
    let mut document = Contract::usual().with(object::SELLER_FIELD, open).signed();
    Signing::seller().sign(&mut document);
    passed("widget-locked-when-signing-passes", what, document)
}

fn form_flags_raised_when_signing_pass() -> Case {
    let what = "The form said that it had no signatures; the seller's signing update says that it has, in append-only mode.";
    let before = form(ANNOTATIONS, "").replace("/SigFlags 3", "/SigFlags 1");
    let mut document = Contract::usual().with(object::FORM, before).signed();
    Signing::seller()
        .with(object::FORM, form(ANNOTATIONS, ""))
        .sign(&mut document);
    passed("form-flags-raised-when-signing-pass", what, document)
}

fn form_resources_added_when_signing_pass() -> Case {
    let what = "The form has signature fields alone and no resources; the seller's signing update adds some with a default appearance, as Acrobat does.";
    let fields = "13 0 R 14 0 R";
    let bare = format!("<</Fields[{fields}]/SigFlags 3>>");
    let mut document = Contract::usual()
        .with(object::FORM, bare)
        .with(object::PAGE, page(fields, ""))
        .signed();
    let font = document.fresh();
    let full = format!(
        "<</Fields[{fields}]/SigFlags 3/DA(/Helv 0 Tf 0 g )/DR<</Font<</Helv {font} 0 R>>>>>>"
    );
    Signing::seller()
        .with(object::FORM, full)
        .with(
            font,
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Name/Helv>>",
        )
        .sign(&mut document);
    let name = "form-resources-added-when-signing-pass";
    case(name, what, document, PassedWithLaterChanges, &[])
}

/// The contract before its first object, and numbers for an object stream and a cross-reference stream.
fn hybrid() -> (Document, u32, u32) {
    let contract = Contract::usual();
    let mut document = Document::begin(&contract.header, Xref::Table, "\n");
    document.trailer.clone_from(&contract.trailer);
    document.size = object::FREE;
    let (packed, hybrid) = (document.fresh(), document.fresh());
    (document, packed, hybrid)
}

/// Writes all objects, the information into an object stream, where a table cannot say that it lies.
fn hide_information(section: &mut Section<'_>, packed: u32) {
    let contract = Contract::usual();
    for (number, body) in &contract.objects {
        if *number != object::INFO {
            section.object(*number, body);
        }
    }
    let information = &contract.objects[&object::INFO];
    section.plain(packed, object_stream(&[(object::INFO, information)]));
    section.entries.insert(object::INFO, Entry::Free(0, 0));
    section.entries.insert(0, Entry::Free(object::INFO, 65_535));
}

fn hybrid_from_before_signing_never_fails() -> Case {
    let what = "The contract is a hybrid file of an old office program: its stream says where objects lie that old readers need not know.";
    let (mut document, packed, hybrid) = hybrid();
    let mut section = document.section();
    hide_information(&mut section, packed);
    let entries = [(object::INFO, Entry::Compressed(packed, 0))].into();
    let keys = format!(
        "/Type/XRef/Size {}/Root 1 0 R/W[1 4 2]/Index[{} 1]",
        hybrid + 1,
        object::INFO
    );
    let at = section.document.length();
    section.plain(hybrid, stream(&keys, &stream_entries(&entries)));
    section.finish_table(&format!("/XRefStm {at}"));
    Signing::buyer().sign(&mut document);
    let name = "hybrid-from-before-signing-passes";
    case(name, what, document, Passed, &[])
}

fn hybrid_in_two_sections_passes() -> Case {
    let what = "As a common word processor writes it: a table, then an empty one with a stream, which repeats the table and adds what it hides.";
    let (mut document, packed, hybrid) = hybrid();
    let mut section = document.section();
    hide_information(&mut section, packed);
    let at = section.document.length();
    let mut entries = section.entries.clone();
    entries.insert(object::INFO, Entry::Compressed(packed, 0));
    let keys = format!("/Type/XRef/Size {hybrid}/Root 1 0 R/W[1 4 2]");
    section.plain(hybrid, stream(&keys, &stream_entries(&entries)));
    section.finish();
    document.section().finish_table(&format!("/XRefStm {at}"));
    Signing::buyer().sign(&mut document);
    let name = "hybrid-in-two-sections-passes";
    case(name, what, document, Passed, &[])
}

/// Signs in a new field, which the form and the page list last.
fn sign_in_new_field(document: &mut Document, rect: [u32; 4]) {
    let field = document.fresh();
    let all = format!("{ANNOTATIONS} {field} 0 R");
    let mut signing = Signing::buyer()
        .with(object::FORM, form(&all, ""))
        .with(object::PAGE, page(&all, ""));
    signing.field = field;
    signing.name = "Guarantor";
    signing.label = "Guarantor";
    signing.rect = rect;
    signing.sign(document);
}

fn three_signers_pass() -> Case {
    let what = "A guarantor signs after buyer and seller, in a field of its own.";
    let mut document = two_signers(Xref::Table);
    sign_in_new_field(&mut document, [210, 100, 330, 220]);
    passed("three-signers-pass", what, document)
}

fn second_signer_with_new_visible_field_passes() -> Case {
    let what = "The second signer makes a visible field for itself, where the page is blank.";
    let mut document = signed();
    sign_in_new_field(&mut document, [210, 100, 330, 220]);
    passed(
        "second-signer-with-new-visible-field-passes",
        what,
        document,
    )
}

fn second_signer_with_new_invisible_field_passes() -> Case {
    let what = "The second signer makes an invisible field for itself.";
    let mut document = signed();
    sign_in_new_field(&mut document, [0; 4]);
    passed(
        "second-signer-with-new-invisible-field-passes",
        what,
        document,
    )
}

fn seal_over_earlier_seal_passes() -> Case {
    let what =
        "The second signer's seal covers a part of the first, as on paper: allowed, and said.";
    let mut document = signed();
    sign_in_new_field(&mut document, [100, 120, 220, 240]);
    case(
        "seal-over-earlier-seal-passes",
        what,
        document,
        Passed,
        &["overlaps-seal"],
    )
}

/// What filling the text field changes.
fn filled() -> [(u32, Vec<u8>); 2] {
    [
        (object::DELIVERY, delivery_field("Harbin", "").into()),
        (object::DELIVERY_LOOK, delivery_look("Harbin")),
    ]
}

fn filled_and_signed_in_one_update_passes_with_changes() -> Case {
    let what = "The seller fills the text field and signs in one update.";
    let mut document = signed();
    let [field, look] = filled();
    Signing::seller()
        .with(field.0, field.1)
        .with(look.0, look.1)
        .sign(&mut document);
    case(
        "filled-and-signed-in-one-update-passes-with-changes",
        what,
        document,
        PassedWithLaterChanges,
        &[],
    )
}

fn filled_then_signed_passes_with_changes() -> Case {
    let what = "The text field is filled, then the seller signs.";
    let mut document = signed();
    document.update(&filled());
    Signing::seller().sign(&mut document);
    case(
        "filled-then-signed-passes-with-changes",
        what,
        document,
        PassedWithLaterChanges,
        &[],
    )
}

/// Validation data: the authority's certificate and both revocation lists.
fn validation_data(document: &mut Document, keys: &str, catalog_keys: &str) {
    let numbers = [(); 3].map(|()| document.fresh());
    let [certificate, root_list, list] = numbers;
    let [first, second] = current_crls().try_into().expect("two lists");
    let catalog = catalog(&format!(
        "/DSS<</Type/DSS/Certs[{certificate} 0 R]/CRLs[{root_list} 0 R {list} 0 R]{keys}>>{catalog_keys}"
    ));
    document.update(&[
        (object::CATALOG, catalog.into_bytes()),
        (certificate, stream("", &issuing().certificate)),
        (root_list, stream("", &first)),
        (list, stream("", &second)),
    ]);
}

fn validation_data_added_passes_with_changes() -> Case {
    let what = "Validation data are added after signing, with which the signature becomes B-LT; nothing else is known about revocation.";
    let mut document = signed();
    validation_data(&mut document, "", "");
    let name = "validation-data-added-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[]).crls(Vec::new())
}

fn validation_data_per_signature_added_passes_with_changes() -> Case {
    let what = "Validation data are added, with an entry for the signature (VRI) as well.";
    let mut document = signed();
    let key = "0123456789ABCDEF0123456789ABCDEF01234567";
    let first = document.size;
    let entry = format!(
        "/VRI<</{key}<</Cert[{first} 0 R]/CRL[{} 0 R]>>>>",
        first + 2
    );
    validation_data(&mut document, &entry, "");
    let name = "validation-data-per-signature-added-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

/// Adds a document time stamp in an invisible field of its own.
fn document_timestamp(document: &mut Document, catalog: &str) {
    let (field, value) = (document.fresh(), document.fresh());
    let all = format!("{ANNOTATIONS} {field} 0 R");
    let open = dictionary_for("ETSI.RFC3161", "").replace("/Type/Sig", "/Type/DocTimeStamp");
    let mut section = document.section();
    section.object(object::CATALOG, catalog);
    section.object(object::FORM, form(&all, ""));
    section.object(object::PAGE, page(&all, ""));
    section.plain(value, open);
    section.object(
        field,
        signature_field("Time", [0; 4], &format!("/V {value} 0 R")),
    );
    section.finish();
    complete(&mut document.bytes, |content| {
        Cms::timestamp(&timestamper(), SIGNED, content).der()
    });
}

fn validation_data_and_document_timestamp_pass() -> Case {
    let what = "Validation data, then a document time stamp over everything: B-LTA.";
    let mut document = signed();
    let first = document.size;
    validation_data(&mut document, "", "");
    let [certificate, root_list, list] = [0, 1, 2].map(|step| first + step);
    let catalog = catalog(&format!(
        "/DSS<</Type/DSS/Certs[{certificate} 0 R]/CRLs[{root_list} 0 R {list} 0 R]>>"
    ));
    document_timestamp(&mut document, &catalog);
    passed(
        "validation-data-and-document-timestamp-pass",
        what,
        document,
    )
}

fn document_timestamp_alone_passes() -> Case {
    let what = "A document time stamp follows the signature.";
    let mut document = signed();
    document_timestamp(&mut document, &catalog(""));
    passed("document-timestamp-alone-passes", what, document)
}

fn filled_after_signing_passes_with_changes() -> Case {
    let what = "The text field is filled after signing, which nobody forbade.";
    let mut document = signed();
    document.update(&filled());
    let name = "filled-after-signing-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn information_changed_passes_with_changes() -> Case {
    let what = "/Info gets another title, which shows nowhere.";
    let information =
        "<</Title(Contract 118)/Producer(Foreign Writer 3.1)/ModDate(D:20260601000000Z)>>";
    later(
        "information-changed-passes-with-changes",
        what,
        &[(object::INFO, information)],
    )
}

fn metadata_changed_passes_with_changes() -> Case {
    let what = "Metadata are written anew.";
    let metadata = |title: &str| {
        let packet = format!("<x:xmpmeta xmlns:x='adobe:ns:meta/'><!--{title}--></x:xmpmeta>");
        stream("/Type/Metadata/Subtype/XML", packet.as_bytes())
    };
    let number = object::FREE;
    let mut document = Contract::usual()
        .with(object::CATALOG, catalog(&format!("/Metadata {number} 0 R")))
        .with(number, metadata("Purchase Contract"))
        .signed();
    document.update(&[(number, metadata("Contract 118"))]);
    let name = "metadata-changed-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn extensions_added_pass_with_changes() -> Case {
    let what = "Validation data are added together with the extensions and version that they need.";
    let mut document = signed();
    let keys = "/Version/1.7/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>";
    validation_data(&mut document, "", keys);
    let name = "extensions-added-pass-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn empty_update_passes_with_changes() -> Case {
    let what = "An update without any object.";
    later::<&[u8]>("empty-update-passes-with-changes", what, &[])
}

fn object_rewritten_passes_with_changes() -> Case {
    let what = "An update writes the page anew without a difference, its keys in another order.";
    let page = page(ANNOTATIONS, "");
    let reordered = page
        .replace("/Type/Page", "")
        .replace("<</Parent", "<</Type /Page /Parent");
    later(
        "object-rewritten-passes-with-changes",
        what,
        &[(object::PAGE, reordered)],
    )
}

fn unreachable_object_added_passes_with_changes() -> Case {
    let what = "An update adds an object to which nothing leads.";
    let number = object::FREE + 40;
    later(
        "unreachable-object-added-passes-with-changes",
        what,
        &[(number, "<</Left/Over>>")],
    )
}
