use leptos::tachys::view::RenderHtml;
use serde_json::json;

use super::*;

fn html(widget: Value) -> String {
    html_in(widget, DrawState { id: "w".into(), ..DrawState::default() })
}

fn html_in(widget: Value, around: DrawState) -> String {
    draw(&widget, &around).expect("a root").to_html()
}

/// Replaces icons, whose address contains a file digest.
fn without_icons(html: &str) -> String {
    let mut parts = html.split("<svg");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |html, it| html + "ICON" + it.split_once("</svg>").map_or("", |it| it.1))
}

#[track_caller]
fn check(component: Value, expected: &str) {
    let html = without_icons(&html(json!({ "type": "Basic", "children": [component] })));
    assert_eq!(html, format!("<div class=\"widget-col\">{expected}</div>"));
}

#[test]
fn texts_say_what_they_hold() {
    check(
        json!({ "type": "Text", "value": "<b>9:04</b>", "size": "sm", "italic": true, "truncate": true }),
        "<p class=\"widget-text\" data-size=\"sm\" data-truncate=\"\" data-italic=\"\">&lt;b&gt;9:04&lt;/b&gt;</p>",
    );
    check(json!({ "type": "Title", "value": "Trains" }), "<h3 class=\"widget-title\">Trains</h3>");
    check(
        json!({ "type": "Markdown", "value": "**a** [b](javascript:x) <img src=x onerror=y>" }),
        "<div class=\"markdown\"><p><strong>a</strong> b &lt;img src=x onerror=y&gt;</p></div>",
    );
    check(
        json!({ "type": "Badge", "label": "late", "color": "danger" }),
        "<span class=\"widget-badge\" data-color=\"danger\" data-variant=\"soft\" data-size=\"sm\" data-pill=\"\">late</span>",
    );
}

#[test]
fn labels_and_fields_belong_together() {
    check(
        json!({ "type": "Form", "onSubmitAction": { "type": "save" }, "children": [
            { "type": "Label", "value": "When", "fieldName": "todo.when" },
            { "type": "DatePicker", "name": "todo.when", "defaultValue": "2026-11-25T00:00:00Z" },
        ] }),
        concat!(
            "<form class=\"widget-col\" data-submit=\"0\"><label class=\"widget-label\" for=\"w-todo.when\" id=\"w-todo.when-label\">When</label>",
            "<div class=\"widget-date\">",
            "<input class=\"widget-field\" type=\"date\" name=\"todo.when\" id=\"w-todo.when\" max=\"9999-12-31\" value=\"2026-11-25\">",
            "<button class=\"widget-date__open\" type=\"button\" id=\"w-todo.when-calendar\" ",
            "aria-haspopup=\"dialog\" aria-label=\"Calendar\" ",
            "aria-labelledby=\"w-todo.when-calendar w-todo.when-label\" title=\"Calendar\">ICON</button>",
            "<div class=\"widget-calendar\" popover=\"auto\" role=\"dialog\" aria-label=\"Calendar\" ",
            "aria-labelledby=\"w-todo.when-calendar w-todo.when-label\" tabindex=\"-1\" aria-live=\"off\"></div>",
            "</div></form>",
        ),
    );
    check(
        json!({ "type": "Input", "name": "city", "inputType": "email", "required": true, "placeholder": "City" }),
        concat!(
            "<input class=\"widget-field\" type=\"email\" name=\"city\" id=\"w-city\" aria-label=\"City\" required=\"\" ",
            "placeholder=\"City\" data-1p-ignore=\"\">",
        ),
    );
    check(
        json!({ "type": "Input", "name": "city", "size": "lg", "gutterSize": "sm", "allowAutofillExtensions": true }),
        concat!(
            "<input class=\"widget-field\" type=\"text\" name=\"city\" id=\"w-city\" aria-label=\"Text\" ",
            "data-size=\"lg\" data-gutter=\"sm\">",
        ),
    );
}

#[test]
fn a_field_without_a_label_is_not_called_by_its_name() {
    let check = |kind: &str, props: Value, expected: &str| {
        let mut field = json!({ "type": kind, "name": "trip.class", "options": [{ "value": "1", "label": "First" }] });
        field.as_object_mut().expect("an object").extend(props.as_object().expect("an object").clone());
        let html = html(json!({ "type": "Basic", "children": [field] }));
        assert!(html.contains(&format!("aria-label=\"{expected}\"")), "{html}");
        assert!(!html.contains("aria-label=\"trip.class\"") && !html.contains("Calendar trip.class"), "{html}");
    };
    for kind in ["Input", "Textarea", "Select", "DatePicker"] {
        check(kind, json!({ "placeholder": "Which?" }), "Which?");
    }
    check("Input", json!({}), "Text");
    check("Textarea", json!({}), "Text");
    check("Text", json!({ "value": "a", "editable": { "name": "trip.class" } }), "Text");
    check("Select", json!({}), "Choose…");
    check("Select", json!({ "searchable": true }), "Choose…");
    check("DatePicker", json!({}), "Date");
    check("DatePicker", json!({}), "Calendar");
    check("Checkbox", json!({}), "Choice");
    check("RadioGroup", json!({}), "Choice");
    check("RadioGroup", json!({ "ariaLabel": "Class" }), "Class");
}

#[test]
fn buttons_lead_back_to_their_component() {
    let button = json!({ "type": "Button", "label": "Book", "style": "primary", "onClickAction": { "type": "book" } });
    let row = json!({ "type": "Card", "children": [{ "type": "Row", "children": [{ "type": "Spacer" }, button] }] });
    let html = html_in(row.clone(), DrawState { busy: Some("0.1".into()), ..DrawState::default() });
    assert!(html.contains("data-busy=\"\" aria-busy=\"true\""), "{html}");
    assert!(html.contains("data-click=\"0.1\""), "{html}");
    assert_eq!(ComponentPath::find("0.1", &row).map(Props::kind), Some("Button"));
}

#[test]
fn a_card_that_is_a_form_sends_itself() {
    let action = json!({ "label": "Send", "action": { "type": "send" } });
    let card = json!({ "type": "Card", "asForm": true, "confirm": action, "cancel": action, "children": [
        { "type": "Form", "children": [{ "type": "Textarea", "name": "text" }] },
    ] });
    let html = html(card);
    assert_eq!(html.matches("<form").count(), 1, "forms do not nest: {html}");
    assert!(html.contains("type=\"submit\"") && html.contains("data-card=\"cancel\""), "{html}");
}

#[test]
fn lists_hide_what_is_behind_their_limit() {
    let rows: Vec<_> =
        (0..4).map(|it| json!({ "type": "ListViewItem", "key": it.to_string(), "children": [] })).collect();
    let list = json!({ "type": "ListView", "limit": 2, "children": rows });
    let html = html(list.clone());
    assert_eq!(html.matches("data-behind").count(), 2, "{html}");
    assert!(html.contains("Show 2 more"), "{html}");
    let all = html_in(list, DrawState { is_expanded: true, ..DrawState::default() });
    assert!(!all.contains("data-behind") && !all.contains("data-more"), "{all}");
}

#[test]
fn an_unknown_component_shows_what_it_holds() {
    check(
        json!({ "type": "Carousel", "children": [{ "type": "Caption", "value": "a" }] }),
        "<div class=\"widget__unknown\"><p class=\"widget-caption\">a</p></div>",
    );
    check(json!({ "type": "Video", "src": "x" }), "");
}

#[test]
fn pictures_have_addresses_of_pictures_alone() {
    for (src, is_kept) in [
        ("https://a.example/x.png", true),
        ("/x.png", true),
        ("data:image/png;base64,AA", true),
        ("//a.example/x.png", false),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
    ] {
        let html = html(json!({ "type": "Basic", "children": [{ "type": "Image", "src": src, "alt": "x" }] }));
        assert_eq!(html.contains("src="), is_kept, "{src}");
    }
}

#[test]
fn a_chart_is_a_picture_and_a_table() {
    let chart = json!({ "type": "Chart", "xAxis": "day", "showYAxis": true, "showLegend": true,
        "data": [{ "day": "Mon", "a": 3, "b": 4 }, { "day": "Tue", "a": -1.5 }],
        "series": [
            { "type": "bar", "dataKey": "a", "label": "Apples", "stack": "s" },
            { "type": "bar", "dataKey": "b", "label": "Pears", "stack": "s" },
            { "type": "line", "dataKey": "b", "curveType": "linear" },
        ] });
    let html = html(json!({ "type": "Card", "children": [chart] }));
    assert_eq!(html.matches("<rect").count(), 3, "{html}");
    assert!(html.contains("Mon · Pears: 4"), "{html}");
    assert!(
        html.contains("<th scope=\"row\">Tue</th><td data-align=\"end\">-1.5</td><td data-align=\"end\"></td>"),
        "{html}"
    );
}

#[test]
fn a_chart_has_tooltips_unless_its_server_wants_none() {
    for (says, n_tooltips) in [(json!(null), 2), (json!(true), 2), (json!(false), 0)] {
        let chart = json!({ "type": "Chart", "xAxis": "x", "data": [{ "x": 1, "a": 2 }], "showTooltip": says,
            "series": [{ "type": "bar", "dataKey": "a" }, { "type": "line", "dataKey": "a" }] });
        let html = html(json!({ "type": "Card", "children": [chart] }));
        assert_eq!(html.matches("<title>1 · a: 2</title>").count(), n_tooltips, "{html}");
        assert_eq!(html.matches("<title").count(), n_tooltips, "{html}");
    }
}

#[test]
fn a_select_that_can_be_searched_is_a_combobox() {
    check(
        json!({ "type": "Select", "name": "to", "searchable": true, "required": true, "clearable": true,
            "defaultValue": "b", "onChangeAction": { "type": "go" }, "options": [
                { "value": "a", "label": "Athens", "description": "by air", "disabled": true },
                { "value": "b" },
            ] }),
        concat!(
            "<div class=\"widget-search\" data-default=\"b\" data-change=\"0\">",
            "<input class=\"widget-field\" name=\"to\" id=\"w-to\" aria-label=\"Choose…\" required=\"\" type=\"text\" ",
            "role=\"combobox\" autocomplete=\"off\" spellcheck=\"false\" aria-autocomplete=\"list\" ",
            "aria-expanded=\"false\" aria-controls=\"w-to-options\" placeholder=\"Choose…\" data-1p-ignore=\"\" ",
            "data-select=\"\" value=\"b\">",
            "<button class=\"widget-field__clear\" type=\"button\" aria-label=\"Clear the choice\" \
             title=\"Clear the choice\">ICON</button>",
            "<div class=\"widget-search__popup\" popover=\"manual\">",
            "<ul class=\"widget-search__options\" id=\"w-to-options\" role=\"listbox\" aria-label=\"Choose…\">",
            "<li class=\"widget-search__option\" id=\"w-to-options-0\" role=\"option\" data-value=\"a\" ",
            "aria-selected=\"false\" aria-disabled=\"true\"><span>Athens</span>",
            "<span class=\"widget-search__description\">by air</span></li>",
            "<li class=\"widget-search__option\" id=\"w-to-options-1\" role=\"option\" data-value=\"b\" ",
            "aria-selected=\"true\"><span>b</span></li></ul>",
            "<p class=\"widget-search__state\" role=\"status\"></p></div></div>",
        ),
    );
}

#[test]
fn a_long_select_is_searched_unless_its_server_says_otherwise() {
    for (n_options, says, is_searched) in [
        (15, json!(null), false),
        (16, json!(null), true),
        (16, json!(false), false),
        (1, json!(true), true),
        (16, json!("odd"), true),
    ] {
        let options: Vec<_> = (0..n_options).map(|it| json!({ "value": it.to_string() })).collect();
        let select = json!({ "type": "Select", "name": "a", "searchable": says, "options": options });
        let html = html(json!({ "type": "Card", "children": [select] }));
        assert_eq!(
            (html.contains("role=\"combobox\""), html.contains("<select")),
            (is_searched, !is_searched),
            "{html}"
        );
    }
}

#[test]
fn a_root_may_hold_others_that_know_their_place() {
    let action = json!({ "label": "Yes", "action": { "type": "yes" } });
    let card = json!({ "type": "Card", "asForm": true, "cancel": action, "confirm": action });
    let html = html(json!({ "type": "Basic", "children": [{ "type": "Text", "value": "a" }, card] }));
    assert!(html.contains("<form class=\"widget-card\" data-size=\"md\" data-submit=\"1\">"), "{html}");
    assert!(html.contains("data-card=\"cancel\" data-click=\"1\""), "{html}");
}

#[test]
fn what_waits_keeps_its_focus() {
    let field = |kind: &str| json!({ "type": kind, "name": "a", "label": "A", "options": [] });
    let searched = json!({ "type": "Select", "name": "a", "searchable": true });
    let card = json!({ "type": "Card", "children": [field("Input"), field("Select"), field("Checkbox"), searched] });
    let html = html_in(card, DrawState { is_inert: true, ..DrawState::default() });
    assert_eq!((html.matches("aria-disabled=\"true\"").count(), html.matches(" disabled").count()), (4, 0), "{html}");
    assert_eq!(html.matches("readonly").count(), 2, "{html}");
}

#[test]
fn a_series_may_have_a_colour_for_each_scheme() {
    let series = |colour: Value| json!({ "type": "line", "dataKey": "a", "color": colour });
    let html =
        html(json!({ "type": "Card", "children": [{ "type": "Chart", "xAxis": "x", "data": [{ "x": 1, "a": 2 }],
        "series": [series(json!({ "light": "#000", "dark": "#fff" })), series(json!(null))] }] }));
    assert_eq!(html.matches("data-color").count(), 1, "{html}");
}

#[test]
fn a_table_has_its_heads_first() {
    let cell = |value: &str| json!({ "type": "Table.Cell", "children": [{ "type": "Text", "value": value }] });
    check(
        json!({ "type": "Table", "children": [
            { "type": "Table.Row", "children": [cell("1"), { "type": "Table.Cell", "colSpan": 2, "align": "end", "colSize": "lg" }] },
            { "type": "Table.Row", "header": true, "children": [cell("a")] },
        ] }),
        concat!(
            "<div class=\"widget-table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>",
            "<thead><tr><th scope=\"col\"><p class=\"widget-text\">a</p></th></tr></thead>",
            "<tbody><tr><td><p class=\"widget-text\">1</p></td><td colspan=\"2\" data-align=\"end\" data-col=\"lg\"></td></tr></tbody></table></div>",
        ),
    );
}

#[test]
fn nothing_odd_breaks_it() {
    let deep =
        (0..200).fold(json!({ "type": "Text", "value": "deep" }), |it, _| json!({ "type": "Box", "children": [it] }));
    for kind in WidgetKind::ALL.iter().map(|it| it.as_str()).chain(["Nothing"]) {
        for odd in [json!(null), json!(7), json!("x"), json!([null, 7, "x", [], {}]), json!({}), deep.clone()] {
            let fields = [
                "children",
                "value",
                "name",
                "options",
                "data",
                "series",
                "xAxis",
                "status",
                "confirm",
                "padding",
                "border",
                "background",
                "onClickAction",
                "onChangeAction",
                "editable",
                "limit",
                "size",
                "label",
                "searchable",
                "showTooltip",
                "src",
                "defaultValue",
            ];
            let mut node: serde_json::Map<_, _> = fields.iter().map(|it| ((*it).to_owned(), odd.clone())).collect();
            node.insert("type".into(), kind.into());
            _ = html(json!({ "type": "Card", "children": [node] }));
            _ = draw(&odd, &DrawState::default());
        }
    }
    for root in [json!(null), json!([]), json!("Card"), json!({ "type": "Text" })] {
        assert_eq!(draw(&root, &DrawState::default()), None);
    }
}
