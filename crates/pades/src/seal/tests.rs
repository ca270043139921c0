//! Sealing whole files: what is appended, what is refused.

mod added;
mod evidence;
mod fields;
mod refusals;
mod signing;
mod update;

use scanseal_pki::UnixTime;

use super::*;
use crate::{
    Bytes,
    file::{Pdf, View},
    syntax::{Object, ObjectId},
    testing::pages,
};

/// 2026-11-22, noon.
const NOON: UnixTime = UnixTime::from_secs(1_795_348_800);

/// Bytes that begin like a CMS message.
const MESSAGE: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x01];

/// A picture of 2 x 1 pixels, one of them clear, for a seal of 40 x 20 mm.
fn picture() -> Picture {
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, 2, 1);
    encoder.set_color(::png::ColorType::Rgba);
    encoder.set_depth(::png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a header");
    writer
        .write_image_data(&[200, 0, 0, 255, 0, 0, 0, 0])
        .expect("pixels");
    writer.finish().expect("memory");
    Picture::png(&bytes, Some((40.0, 20.0))).expect("a picture")
}

/// Three pages, with a table.
fn three() -> Vec<u8> {
    pages(3).table("/Root 1 0 R").bytes()
}

/// One page, and more entries of the catalog and objects.
fn with_catalog(entries: &str, objects: &[(u32, &str)]) -> Vec<u8> {
    let mut builder = pages(1);
    builder.object(1, format!("<</Type/Catalog/Pages 2 0 R{entries}>>"));
    for (number, body) in objects {
        builder.object(*number, body);
    }
    builder.table("/Root 1 0 R").bytes()
}

fn request() -> SealRequest<'static> {
    SealRequest::new(NOON, 100)
}

fn at(pages: &str, x: f64, y: f64) -> Place {
    Place::At {
        pages: pages.parse().expect("pages"),
        x,
        y,
        width: None,
        height: None,
    }
}

/// The original, and what is appended to it.
fn appended(original: &[u8], update: &[u8]) -> Vec<u8> {
    [original, update].concat()
}

fn sealed(original: &[u8], request: &SealRequest<'_>) -> Vec<u8> {
    let prepared = prepare(&Bytes(original), request).expect("prepared");
    let update = prepared.finish(&MESSAGE).expect("finished");
    appended(original, &update)
}

fn refused(original: &[u8], request: &SealRequest<'_>) -> SealError {
    prepare(&Bytes(original), request).expect_err("refused")
}

/// The value at the end of a path of keys and indices, from the catalog on.
fn lookup(view: View<'_, '_>, path: &str) -> Object {
    let mut value = Object::Reference(view.catalog_id().expect("a catalog"));
    for key in path.split('/') {
        value = match view.resolve(&value).expect("readable") {
            Object::Dictionary(dictionary) => dictionary
                .get(key)
                .map_or(Object::Null, |value| value.object.clone()),
            Object::Array(array) => {
                let index: usize = key.parse().expect("an index");
                array
                    .0
                    .get(index)
                    .map_or(Object::Null, |value| value.object.clone())
            }
            _ => Object::Null,
        };
    }
    view.resolve(&value).expect("readable")
}

/// What is at the path in a file's newest revision, as text.
fn text_at(bytes: &[u8], path: &str) -> String {
    let source = Bytes(bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    write::object(&lookup(pdf.latest(), path))
}
