//! The audit log: a hash chain that anybody can check.
