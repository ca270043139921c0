#![doc = include_str!("../README.md")]

pub mod attacks;
pub mod cms;
pub mod contract;
pub mod der;
pub mod honest;
pub mod keys;
pub mod pdf;
pub mod pki;
pub mod time;

mod case;

pub use case::{Case, Class, Expected, Trust, Verdict, all};
