//! `scanseal seal-picture`: makes the picture of a seal, or cuts one out of a photograph.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand};
use scanseal_seal_picture::{
    Colour, CompanySeal, CutOut, Font, Ink, InkColour, NameSeal, OvalSeal, Relief, SealPicture,
    cut_out,
};

use super::{files, places};
use crate::failure::{Failure, coded};

/// Points in a millimetre.
const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// Where systems keep a font with Chinese characters, and the family to take from it.
const FONTS: [(&str, Option<&str>); 8] = [
    (
        "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
        Some("Noto Serif CJK SC"),
    ),
    (
        "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
        Some("Noto Serif CJK SC"),
    ),
    (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        Some("Noto Sans CJK SC"),
    ),
    (
        "/usr/share/fonts/noto-cjk/NotoSerifCJK-Bold.ttc",
        Some("Noto Serif CJK SC"),
    ),
    (
        "/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Bold.ttc",
        Some("Noto Serif CJK SC"),
    ),
    (
        "/System/Library/Fonts/Supplemental/Songti.ttc",
        Some("Songti SC"),
    ),
    ("C:\\Windows\\Fonts\\simsun.ttc", Some("SimSun")),
    ("C:\\Windows\\Fonts\\simfang.ttf", None),
];

/// Make the picture of a seal
#[derive(Args, Debug)]
pub(crate) struct PictureArguments {
    #[command(subcommand)]
    pub(crate) kind: Kind,
}

/// What is made.
#[derive(Debug, Subcommand)]
pub(crate) enum Kind {
    /// A company's round seal, with a star
    Round {
        /// Full name of the enterprise
        name: String,
        /// Name of the seal, such as 合同专用章
        #[arg(long, value_name = "TEXT")]
        below: Option<String>,
        /// Registration number on the lower arc: 13 digits
        #[arg(long, value_name = "DIGITS")]
        number: Option<String>,
        /// Diameter [default: 42mm]
        #[arg(long, value_name = "LENGTH", value_parser = places::length)]
        width: Option<f64>,
        #[command(flatten)]
        common: Common,
    },
    /// An oval seal
    Oval {
        /// Full name of the enterprise
        name: String,
        /// Name of the seal, such as 发票专用章
        #[arg(long, value_name = "TEXT")]
        below: String,
        /// Code in the middle
        #[arg(long, value_name = "CODE")]
        code: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// A square name seal
    Square {
        /// Two to four characters
        name: String,
        /// White characters on red
        #[arg(long)]
        white: bool,
        /// Side [default: 20mm]
        #[arg(long, value_name = "LENGTH", value_parser = places::length)]
        width: Option<f64>,
        #[command(flatten)]
        common: Common,
    },
    /// Cut a seal out of a photograph
    CutOut {
        /// PNG or JPEG
        photo: PathBuf,
        /// Longer side of the seal on paper [default: 42mm]
        #[arg(long, value_name = "LENGTH", value_parser = places::length)]
        width: Option<f64>,
        /// Keep the ink's colour as photographed
        #[arg(long)]
        keep_colour: bool,
        #[command(flatten)]
        target: Target,
    },
}

/// Where a picture is written.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// Where the picture goes
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Replace OUT if it is there
    #[arg(long)]
    force: bool,
}

/// What drawn seals have in common.
#[derive(Args, Debug)]
pub(crate) struct Common {
    #[command(flatten)]
    target: Target,
    /// Font file with the characters [default: a Chinese font of the system]
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
    /// Family to take from a font collection
    #[arg(long, value_name = "NAME", requires = "font")]
    family: Option<String>,
    /// Blue ink
    #[arg(long)]
    blue: bool,
}

/// Makes the picture and writes it.
pub(crate) fn make(arguments: &PictureArguments) -> Result<(), Failure> {
    let (picture, target) = match &arguments.kind {
        Kind::Round {
            name,
            below,
            number,
            width,
            common,
        } => {
            let mut seal = CompanySeal::new(name);
            seal.title.clone_from(below);
            seal.number.clone_from(number);
            seal.colour = common.colour();
            seal.diameter = width.map_or(seal.diameter, millimetres);
            (seal.draw(&common.font()?), &common.target)
        }
        Kind::Oval {
            name,
            below,
            code,
            common,
        } => {
            let mut seal = OvalSeal::new(name, below);
            seal.code.clone_from(code);
            seal.colour = common.colour();
            (seal.draw(&common.font()?), &common.target)
        }
        Kind::Square {
            name,
            white,
            width,
            common,
        } => {
            let mut seal = NameSeal::new(name);
            if *white {
                seal.relief = Relief::Carved;
            }
            seal.colour = common.colour();
            seal.side = width.map_or(seal.side, millimetres);
            (seal.draw(&common.font()?), &common.target)
        }
        Kind::CutOut {
            photo,
            width,
            keep_colour,
            target,
        } => {
            let mut options = CutOut {
                ink: Ink::Detect,
                ..CutOut::default()
            };
            options.size = width.map_or(options.size, millimetres);
            if *keep_colour {
                options.colour = InkColour::Kept;
            }
            (cut_out(&files::small(photo)?, &options), target)
        }
    };
    write(&picture.map_err(coded!())?, target)
}

fn write(picture: &SealPicture, target: &Target) -> Result<(), Failure> {
    files::write_whole(&target.output, target.force, |file| {
        file.write_all(picture.png())
            .map_err(|error| Failure::usage(format!("{}: {error}", target.output.display())))
    })
}

impl Common {
    fn colour(&self) -> Colour {
        if self.blue { Colour::BLUE } else { Colour::RED }
    }

    fn font(&self) -> Result<Font, Failure> {
        let (path, family) = match &self.font {
            Some(path) => (path.as_path(), self.family.as_deref()),
            None => FONTS
                .iter()
                .map(|&(path, family)| (Path::new(path), family))
                .find(|(path, _)| path.exists())
                .ok_or_else(|| {
                    Failure::usage(
                        "no Chinese font was found: install one (Debian: apt-get install fonts-noto-cjk), or name a file with --font",
                    )
                })?,
        };
        let bytes = std::fs::read(path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        Font::new(Arc::new(bytes), family)
            .map_err(coded!())
            .map_err(|failure| failure.about(path))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a length in millimetres")]
fn millimetres(points: f64) -> f32 {
    (points / POINTS_PER_MM) as f32
}
