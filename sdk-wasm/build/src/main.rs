//! `build-wasm INPUT.wasm OUT-DIR NAME`: writes the JavaScript bindings of a compiled module.
//!
//! It does what the command `wasm-bindgen --target web` does, from the library behind that command: the
//! library takes a third of the time to build, and cargo keeps it at exactly the version of the bindings.

use std::env;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, out_dir, name] = arguments.as_slice() else {
        eprintln!("usage: build-wasm INPUT.wasm OUT-DIR NAME");
        return ExitCode::from(64);
    };
    match write_bindings(input, out_dir, name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("build-wasm: bindings of {input} could not be written: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn write_bindings(input: &str, out_dir: &str, name: &str) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .out_name(name)
        .web(true)
        .map_err(|reason| format!("{reason:#}"))?
        .typescript(true)
        // The package's own loader says where the file is; a second `new URL` would make bundlers emit it twice.
        .omit_default_module_path(true)
        // After a panic the loader starts over with a fresh instance; this exports the function for that.
        .reset_state_function(true)
        // Both are only for debuggers, and tell the folders of the machine that built.
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .generate(out_dir)
        .map_err(|reason| format!("{reason:#}"))
}
