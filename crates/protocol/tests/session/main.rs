//! Page and phone together, over a relay double, through the public API: one scan from the first code to the outcome, and
//! everything that can go wrong on the way.
#![allow(clippy::unwrap_used, reason = "a test says where it failed")]

mod channel_rules;
mod coming_back;
mod endings;
mod events;
mod flow;
#[path = "../support/noise.rs"]
mod hand_noise;
mod hostile;
mod limits;
mod parts;
mod random;
mod relay;
mod sealing;
mod signed;
mod world;
