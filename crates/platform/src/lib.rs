#![doc = include_str!("../README.md")]

pub mod audit;
pub mod request;
pub mod sealing;
pub mod submission;
pub mod webhook;
