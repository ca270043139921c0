//! The portal over real HTTP, from outside: browsers with cookies, phones with keys, and people who mean harm.

#![allow(clippy::unwrap_used, missing_docs)]

mod admin_certificates;
mod audit;
mod authority;
mod backup;
mod bad_input;
mod bind;
mod browser;
mod contracts;
mod crash;
mod desk;
mod holding;
mod login;
mod openapi;
mod overview;
mod pages;
mod people;
mod phone;
mod platform_keys;
mod program;
mod races;
mod refusals;
mod registration;
mod scan;
mod sealing;
mod sealing_crash;
mod sessions;
mod staff;
mod stamper;
mod stamping;
mod start;
mod trust_list;
mod upgrade;
mod webhook;
