//! Encrypted files, made by lopdf.

use std::{collections::BTreeMap, sync::Arc};

use lopdf::{
    Document, EncryptionState, EncryptionVersion, Permissions, Stream, dictionary,
    encryption::crypt_filters::{
        Aes128CryptFilter, Aes256CryptFilter, CryptFilter, Rc4CryptFilter,
    },
};

use super::*;

const KEY: [u8; 32] = [7; 32];
const METHODS: [&str; 6] = [
    "rc4-40",
    "rc4-128",
    "rc4-128-v4",
    "aes-128",
    "aes-256-r5",
    "aes-256",
];

fn plain() -> Document {
    let mut document = Document::with_version("1.7");
    document.objects.insert(
        (1, 0),
        dictionary! { "Type" => "Catalog", "Pages" => (2, 0) }.into(),
    );
    document.objects.insert(
        (2, 0),
        dictionary! { "Type" => "Pages", "Count" => 0, "Kids" => Vec::<lopdf::Object>::new() }
            .into(),
    );
    let nested = dictionary! { "A" => lopdf::Object::string_literal("nested"), "B" => lopdf::Object::string_literal("") };
    document.objects.insert(
        (3, 0),
        lopdf::Object::Array(vec![lopdf::Object::string_literal("secret"), nested.into()]),
    );
    let keys = dictionary! { "S" => lopdf::Object::string_literal("in a stream's dictionary") };
    document
        .objects
        .insert((4, 0), Stream::new(keys, b"the stream".to_vec()).into());
    let signature = dictionary! {
        "Type" => "Sig",
        "Contents" => lopdf::Object::string_literal("not encrypted"),
        "Reason" => lopdf::Object::string_literal("encrypted"),
        "ByteRange" => vec![0.into()]
    };
    document.objects.insert((5, 0), signature.into());
    document.objects.insert(
        (6, 0),
        Stream::new(dictionary! { "Type" => "Metadata" }, b"<xmp/>".to_vec()).into(),
    );
    document.max_id = 6;
    document.trailer.set("Root", (1, 0));
    let identifier = lopdf::Object::string_literal("0123456789abcdef");
    document
        .trailer
        .set("ID", vec![identifier.clone(), identifier]);
    document
}

fn encrypted(method: &str, user_password: &str, encrypt_metadata: bool) -> Vec<u8> {
    let mut document = plain();
    let owner_password = "owner";
    let permissions = Permissions::all();
    let name = b"StdCF".to_vec();
    let filters = |filter: Arc<dyn CryptFilter>| BTreeMap::from([(name.clone(), filter)]);
    let (stream_filter, string_filter) = (name.clone(), name.clone());
    let copy = document.clone();
    #[expect(deprecated, reason = "revision 5 is found in the wild")]
    let version = match method {
        "rc4-40" => EncryptionVersion::V1 {
            document: &copy,
            owner_password,
            user_password,
            permissions,
        },
        "rc4-128" => EncryptionVersion::V2 {
            document: &copy,
            owner_password,
            user_password,
            key_length: 128,
            permissions,
        },
        "rc4-128-v4" | "aes-128" => EncryptionVersion::V4 {
            document: &copy,
            encrypt_metadata,
            crypt_filters: if method == "aes-128" {
                filters(Arc::new(Aes128CryptFilter))
            } else {
                filters(Arc::new(Rc4CryptFilter))
            },
            stream_filter,
            string_filter,
            owner_password,
            user_password,
            permissions,
        },
        "aes-256-r5" => EncryptionVersion::R5 {
            encrypt_metadata,
            crypt_filters: filters(Arc::new(Aes256CryptFilter)),
            file_encryption_key: &KEY,
            stream_filter,
            string_filter,
            owner_password,
            user_password,
            permissions,
        },
        _ => EncryptionVersion::V5 {
            encrypt_metadata,
            crypt_filters: filters(Arc::new(Aes256CryptFilter)),
            file_encryption_key: &KEY,
            stream_filter,
            string_filter,
            owner_password,
            user_password,
            permissions,
        },
    };
    let state = EncryptionState::try_from(version).expect("a state");
    document.encrypt(&state).expect("encryptable");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("memory");
    assert!(memchr::memmem::find(&bytes, b"secret").is_none());
    bytes
}

fn check_contents(pdf: &Pdf<'_>) {
    let view = pdf.latest();
    assert!(pdf.is_encrypted());
    let object = |text: &str| crate::syntax::parse(text.as_bytes()).expect(text).object;
    let found = |number: u32| view.object(id(number)).expect("readable").object.clone();
    assert_eq!(found(3), object("[(secret)<</A(nested)/B()>>]"));
    let stream = view.object(id(4)).expect("readable");
    assert_eq!(view.stream(&stream).expect("readable"), b"the stream");
    assert_eq!(view.raw_stream(&stream).expect("readable"), b"the stream");
    let text = view
        .find(stream.object.as_dictionary().expect("dictionary"), "S")
        .expect("readable");
    assert_eq!(text, Some(object("(in a stream's dictionary)")));
    let signature = found(5);
    let key = |key: &str| {
        view.find(signature.as_dictionary().expect("dictionary"), key)
            .expect("readable")
    };
    assert_eq!(key("Contents"), Some(object("(not encrypted)")));
    assert_eq!(key("Reason"), Some(object("(encrypted)")));
}

#[test]
fn every_revision_of_the_handler_with_either_password() {
    for method in METHODS {
        let bytes = encrypted(method, "user", true);
        let source = Bytes(&bytes);
        for password in ["user", "owner"] {
            let pdf = Pdf::open(&source, Some(password)).expect(method);
            check_contents(&pdf);
        }
        for password in [None, Some(""), Some("USER"), Some("owner ")] {
            assert_eq!(
                Pdf::open(&source, password).map(|_| ()),
                Err(PdfError::PasswordNeeded),
                "{method} {password:?}"
            );
        }
        let bytes = encrypted(method, "", true);
        let source = Bytes(&bytes);
        check_contents(&Pdf::open(&source, None).expect(method));
        check_contents(&Pdf::open(&source, Some("owner")).expect(method));
    }
}

#[test]
fn metadata_may_stay_in_clear() {
    for encrypt in [true, false] {
        let bytes = encrypted("aes-256", "", encrypt);
        assert_eq!(memchr::memmem::find(&bytes, b"<xmp/>").is_some(), !encrypt);
        assert_eq!(decoded(&bytes, 6).expect("readable"), b"<xmp/>");
    }
}

#[test]
fn new_objects_are_encrypted_as_the_others_are() {
    for method in METHODS {
        let bytes = encrypted(method, "", true);
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect(method);
        let xref = pdf.revisions()[0].xref_offset;
        let encrypt = pdf
            .latest()
            .trailer()
            .get("Encrypt")
            .expect("encrypted")
            .object
            .clone();
        let size = pdf.latest().size();
        let string = pdf
            .encrypt(id(size), b"new string", Kind::String)
            .expect(method);
        let stream = pdf
            .encrypt(id(size + 1), b"new stream", Kind::Stream)
            .expect(method);
        assert_eq!(
            string,
            pdf.encrypt(id(size), b"new string", Kind::String)
                .expect("again"),
            "the same each time"
        );
        assert_ne!(
            string,
            pdf.encrypt(id(size + 1), b"new string", Kind::String)
                .expect("another")
        );
        assert!(memchr::memmem::find(&string, b"new").is_none());
        let hex: String = string.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut builder = Builder::update(bytes.clone(), xref, size);
        builder
            .object(size, format!("<{hex}>"))
            .stream(size + 1, "", stream);
        let Object::Reference(encrypt) = encrypt else {
            panic!("lopdf refers to it");
        };
        builder.table(&format!(
            "/Root 1 0 R/Encrypt {encrypt}/ID[(0123456789abcdef)(2)]"
        ));
        let updated = builder.bytes();
        let source = Bytes(&updated);
        let pdf = Pdf::open(&source, None).expect(method);
        assert_eq!(pdf.revisions().len(), 2);
        check_contents(&pdf);
        assert_eq!(
            pdf.latest()
                .object(id(size))
                .expect("readable")
                .object
                .as_bytes(),
            Some(&b"new string"[..])
        );
        assert_eq!(
            decoded(&updated, size + 1).expect("readable"),
            b"new stream"
        );
        // And lopdf agrees.
        let other = Document::load_mem(&updated).expect("readable");
        let theirs = other
            .get_object((size, 0))
            .and_then(lopdf::Object::as_str)
            .expect("a string");
        assert_eq!(theirs, b"new string", "{method}");
    }
}

#[test]
fn updates_must_be_encrypted_like_the_file() {
    let bytes = encrypted("aes-128", "", true);
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let (xref, size) = (pdf.revisions()[0].xref_offset, pdf.latest().size());
    let encrypt = pdf
        .latest()
        .trailer()
        .get("Encrypt")
        .and_then(|value| value.object.as_reference())
        .expect("a reference");
    let id = "/ID[(0123456789abcdef)(2)]";
    for trailer in [
        id.to_owned(),
        format!("/Encrypt {encrypt}"),
        format!("/Encrypt {encrypt}/ID[(x)(y)]"),
        format!("/Encrypt<</Filter/Standard>>{id}"),
    ] {
        let mut builder = Builder::update(bytes.clone(), xref, size);
        builder
            .object(2, "1")
            .table(&format!("/Root 1 0 R{trailer}"));
        assert_eq!(damage(&builder.bytes()).1, Damage::BadTrailer, "{trailer}");
    }
    let mut builder = Builder::update(bytes, xref, size);
    builder
        .object(encrypt.number, "<</Filter/Standard/V 0>>")
        .table(&format!("/Root 1 0 R/Encrypt {encrypt}{id}"));
    assert_eq!(
        damage(&builder.bytes()).1,
        Damage::BadTrailer,
        "the dictionary itself is replaced"
    );
    // Nor may a file be encrypted afterwards.
    let mut builder = testing::pages(0);
    builder
        .table("/Root 1 0 R")
        .object(3, "1")
        .table("/Root 1 0 R/Encrypt<</Filter/Standard>>");
    assert_eq!(damage(&builder.bytes()).1, Damage::BadTrailer);
}

#[test]
fn other_handlers_are_named() {
    for (dictionary, handler) in [
        ("<</Filter/Adobe.PubSec/V 4>>", "Adobe.PubSec"),
        (
            "<</Filter/Standard/V 0/R 3/O(o)/U(u)/P 0>>",
            "Standard V0 R3",
        ),
        (
            "<</Filter/Standard/V 9/R 9/O(o)/U(u)/P 0>>",
            "Standard V9 R9",
        ),
    ] {
        let mut builder = testing::pages(0);
        let bytes = builder
            .table(&format!("/Root 1 0 R/ID[(a)(b)]/Encrypt{dictionary}"))
            .bytes();
        assert_eq!(
            open_error(&bytes),
            PdfError::EncryptedOtherwise {
                handler: handler.to_owned()
            }
        );
    }
    let mut builder = testing::pages(0);
    let bytes = builder.table("/Root 1 0 R/ID[(a)(b)]/Encrypt<<>>").bytes();
    assert_eq!(damage(&bytes).1, Damage::WrongType);
    let mut builder = testing::pages(0);
    let bytes = builder.table("/Root 1 0 R/ID[(a)(b)]/Encrypt 5").bytes();
    assert_eq!(damage(&bytes).1, Damage::BadTrailer);
}

#[test]
fn a_stream_may_name_its_own_crypt_filter() {
    let bytes = encrypted("aes-128", "", true);
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let (xref, size) = (pdf.revisions()[0].xref_offset, pdf.latest().size());
    let encrypt = pdf
        .latest()
        .trailer()
        .get("Encrypt")
        .and_then(|value| value.object.as_reference())
        .expect("a reference");
    let mut builder = Builder::update(bytes, xref, size);
    builder.stream(20, "/Filter/Crypt", "in clear");
    builder.stream(
        21,
        "/Filter[/Crypt/ASCIIHexDecode]/DecodeParms[<</Name/Identity>>null]",
        "4142>",
    );
    builder.stream(22, "/Filter[/ASCIIHexDecode/Crypt]", "4142>");
    builder.stream(23, "/Filter/Crypt/DecodeParms<</Name/Unknown>>", "4142>");
    builder.stream(24, "", "not a whole block");
    builder.object(25, "(not a whole block)");
    let bytes = builder
        .table(&format!(
            "/Root 1 0 R/Encrypt {encrypt}/ID[(0123456789abcdef)(2)]"
        ))
        .bytes();
    assert_eq!(decoded(&bytes, 20).expect("readable"), b"in clear");
    assert_eq!(decoded(&bytes, 21).expect("readable"), b"AB");
    for number in [22, 23, 24] {
        assert_eq!(
            place(decoded(&bytes, number).expect_err("damaged")).1,
            Damage::BadStream,
            "{number}"
        );
    }
    assert_eq!(
        object_damage(&bytes, 25),
        (find(&bytes, "(not a whole block)"), Damage::BadObject)
    );
}
