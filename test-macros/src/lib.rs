//! Attributes for Colloquy's own tests.

use proc_macro::{TokenStream, TokenTree};

/// Turns `async fn name(app: TestApp)` into two tests, `name::sqlite` and `name::postgres`, each with an application and
/// a database of its own. `#[both_engines(&["--flag", "value"])]` adds command-line flags to the application.
#[proc_macro_attribute]
pub fn both_engines(flags: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens = function.clone().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word.to_string() == "fn"));
    let Some(TokenTree::Ident(name)) = tokens.next() else {
        return r#"compile_error!("`#[both_engines]` stands before an `async fn name(app: TestApp)`");"#.parse().unwrap();
    };
    let flags = if flags.is_empty() { "&[]".to_owned() } else { flags.to_string() };
    let tests = format!(
        r#"
        mod {name} {{
            #[allow(unused_imports, reason = "the flags may be a constant of the file")]
            use super::*;

            async fn run(engine: crate::tests::Engine) {{
                super::{name}(crate::tests::TestApp::with_flags(engine, {flags}).await).await;
            }}

            #[tokio::test]
            async fn sqlite() {{
                run(crate::tests::Engine::Sqlite).await;
            }}

            #[tokio::test]
            async fn postgres() {{
                run(crate::tests::Engine::Postgres).await;
            }}
        }}
        "#
    );
    let tests: TokenStream = tests.parse().expect("BUG: the tests are Rust");
    [function, tests].into_iter().collect()
}
