#![doc = include_str!("../README.md")]

mod colour;
mod company;
mod cut_out;
mod drawing;
mod error;
mod font;
mod given;
mod layout;
mod name_seal;
mod oval;
mod picture;
mod text;

pub use colour::Colour;
pub use company::CompanySeal;
pub use cut_out::{
    CutOut, Ink, InkColour, MAX_PHOTO_BYTES, MAX_PHOTO_SIDE, MIN_SEAL_SIDE, cut_out,
};
pub use error::{SealPart, SealPictureError};
pub use font::Font;
pub use given::MAX_GIVEN_SIDE;
pub use name_seal::{NameSeal, Relief};
pub use oval::OvalSeal;
pub use picture::{MAX_PICTURE_BYTES, MAX_PICTURE_SIDE, PIXELS_PER_METRE, SealPicture};
