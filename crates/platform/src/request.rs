//! Step 1 of a scan: the claims of a request.
