//! Webhooks in the form of Standard Webhooks.
