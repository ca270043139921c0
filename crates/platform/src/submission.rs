//! Step 2 of a scan: the checks of what the page hands over.
