//! What pictures of seals look like, and what is refused.

mod drawn;
mod golden;
mod hostile;
mod photographed;
mod refused;

use std::{fs, sync::Arc};

use scanseal_seal_picture::Font;

/// Where systems keep the font that the golden pictures were drawn with.
const USUAL: [&str; 3] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", // Debian, Ubuntu
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",      // Arch
    "/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Bold.ttc", // Fedora
];

fn font_bytes() -> Vec<u8> {
    let named = std::env::var("SCANSEAL_FONT").ok();
    let found = named
        .into_iter()
        .chain(USUAL.map(str::to_owned))
        .find_map(|path| fs::read(path).ok());
    found.expect("these tests need the font Noto Serif CJK: apt-get install fonts-noto-cjk, or set SCANSEAL_FONT to its NotoSerifCJK-Bold.ttc")
}

fn font() -> Font {
    Font::new(Arc::new(font_bytes()), Some("Noto Serif CJK SC")).expect("the font has this family")
}

fn photo(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/tests/pictures/photos/{name}.jpg",
        env!("CARGO_MANIFEST_DIR")
    );
    fs::read(path).expect("the photograph is in the repository")
}
