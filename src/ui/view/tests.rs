//! What our `view!` writes, beside what Leptos' own writes of the same.

use leptos::prelude::*;

use crate::ui::{
    components::Button,
    live::{live, live_view},
};

/// The same view by both macros, as HTML: ours first.
macro_rules! by_both {
    ($($view:tt)*) => {
        Owner::new().with(|| {
            (
                { use crate::ui::view::view; view! { $($view)* }.to_html() },
                { use leptos::view; view! { $($view)* }.to_html() },
            )
        })
    };
}

#[component]
fn Frame(children: Children) -> impl IntoView {
    crate::ui::view::view! {
        <section class="frame" data-kind="plain">
            {children()}
        </section>
    }
}

#[track_caller]
fn check((ours, theirs): (String, String), expected: &str) {
    assert_eq!(ours, expected);
    assert_eq!(ours, theirs);
}

#[test]
fn attributes_are_written_as_leptos_writes_them() {
    let title = || "a \"b\" <c> & d".to_owned();
    check(
        by_both! { <p class="x" id=title() title="fixed" hidden=true lang={None::<String>} data-n=3_u32>"t"</p> },
        "<p id=\"a &quot;b&quot; &lt;c&gt; &amp; d\" title=\"fixed\" hidden data-n=\"3\" class=\"x\">t</p>",
    );
    check(
        by_both! { <a href=live(|| "/x".to_owned()) aria-current=live(|| None::<&'static str>)>"x"</a> },
        "<a href=\"/x\">x</a>",
    );
    check(
        by_both! { <button r#type="submit" disabled=live(|| false) on:click=|_| {}></button> },
        "<button type=\"submit\"></button>",
    );
}

#[test]
fn what_has_no_end_tag_gets_none() {
    check(
        by_both! { <div><input type="text" name="n" value="v" required /><br /><img src="/a.png" alt="" /></div> },
        "<div><input type=\"text\" name=\"n\" value=\"v\" required><br><img src=\"/a.png\" alt=\"\"></div>",
    );
}

#[test]
fn texts_stay_apart_for_the_browser_that_takes_them_over() {
    check(by_both! { <p>"<b>" {"&".to_owned()} "c"</p> }, "<p>&lt;b&gt;<!>&amp;<!>c</p>");
    check(by_both! { <p>{""}</p> }, "<p> </p>");
    check(by_both! { <p>{live_view(|| "a")} "b"</p> }, "<p>a<!>b</p>");
}

#[test]
fn what_is_not_there_keeps_its_place() {
    check(by_both! { <p>{None::<String>} "b"</p> }, "<p><!>b</p>");
    check(by_both! { <ul>{Vec::<AnyView>::new()}</ul> }, "<ul><!></ul>");
    check(
        by_both! { <ul>{["a", "b"].map(|it| leptos::view! { <li>{it}</li> }.into_any()).into_iter().collect::<Vec<_>>()}</ul> },
        "<ul><li>a</li><li>b</li><!></ul>",
    );
}

#[test]
fn components_are_called_as_leptos_calls_them() {
    check(by_both! { <Frame><b>"in"</b></Frame> }, "<section data-kind=\"plain\" class=\"frame\"><b>in</b></section>");
    check(
        by_both! { <Button aria_label="x" is_busy=Signal::stored(true)>"go"</Button> },
        "<button type=\"button\" data-kind=\"primary\" disabled aria-label=\"x\" aria-busy=\"true\" class=\"button\">go</button>",
    );
}

#[test]
fn several_are_one() {
    let (ours, _) = by_both! { <i>"a"</i> "b" };
    assert_eq!(ours, "<i>a</i>b<!>");
}
