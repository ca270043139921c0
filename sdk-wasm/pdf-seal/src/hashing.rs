//! SHA-256 that stops after a block, for whoever goes on with it elsewhere. A host's own hashing does not tell its state.

use scanseal_pki::Sha256State;
use wasm_bindgen::prelude::*;

/// The hash value after these whole blocks. `state` is that after the blocks before; empty if there were none.
#[wasm_bindgen(js_name = sha256Blocks)]
pub fn sha256_blocks(state: &[u8], blocks: &[u8]) -> Vec<u8> {
    let known = state.try_into().ok();
    let resumed = known.and_then(|state| Sha256State::resume(state, &[], 0));
    let mut hash = resumed.unwrap_or_default();
    hash.update(blocks);
    hash.state().to_vec()
}
