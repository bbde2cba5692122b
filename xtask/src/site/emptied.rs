//! Functions that a page's module carries and never calls.
//!
//! A view whose type is erased carries a table of all that can be done with it, so the linker keeps each of these functions for
//! each type of view. What no page of ours ever calls is emptied here: the entry in the table stays, and wasm-opt drops whatever
//! only that function needed. Called after all, it traps: the page stops, which every end-to-end test would show.

use walrus::{FunctionBuilder, FunctionKind, Module};

/// What a function's name contains that is never called. Hydration that waits for parts of the program to be fetched
/// (`hydrate_lazy`, for routes that are `#[lazy]`) and that of a parsed template (`template!`) are not used here: see
/// docs/adr/0009 and 0014.
const NEVER_CALLED: &[&str] = &[
    "hydrate_async",
    "new_with_async_value",
    "::hydrate_from_template",
];

/// Empties them. Returns how many there were: none means that a new version of Leptos calls them by other names.
pub fn empty_never_called(module: &mut Module) -> usize {
    let found: Vec<_> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| {
            let name = module.funcs.get(*id).name.as_deref().unwrap_or_default();
            NEVER_CALLED.iter().any(|part| name.contains(part))
        })
        .collect();
    for id in &found {
        let (takes, gives) = module.types.params_results(module.funcs.get(*id).ty());
        let (takes, gives) = (takes.to_vec(), gives.to_vec());
        let mut body = FunctionBuilder::new(&mut module.types, &takes, &gives);
        body.func_body().unreachable();
        let arguments = takes.iter().map(|kind| module.locals.add(*kind)).collect();
        module.funcs.get_mut(*id).kind = FunctionKind::Local(body.local_func(arguments));
    }
    found.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType;

    fn add(module: &mut Module, name: &str) {
        let mut body = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        body.name(name.to_owned()).func_body().i32_const(7);
        let argument = module.locals.add(ValType::I32);
        let id = body.finish(vec![argument], &mut module.funcs);
        module.exports.add(name, id);
    }

    #[test]
    fn only_what_is_never_called_is_emptied_and_the_module_stays_whole() {
        let mut module = Module::default();
        add(&mut module, "<T as IntoAny>::into_any::hydrate_async::h1");
        add(
            &mut module,
            "<T as IntoAny>::into_any::hydrate_from_server::h2",
        );
        assert_eq!(empty_never_called(&mut module), 1);
        let again = Module::from_buffer(&module.emit_wasm()).expect("the module is valid");
        let sizes: Vec<u64> = again.funcs.iter_local().map(|(_, it)| it.size()).collect();
        assert_eq!(sizes.len(), 2);
        assert_ne!(sizes[0], sizes[1]);
    }
}
