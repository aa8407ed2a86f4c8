use super::*;

fn entity(title: &str, group: Option<&str>) -> Choice {
    Choice::Entity(Entity { title: title.into(), group: group.map(str::to_owned), ..Entity::default() })
}

fn menu(titles: &[(&str, Option<&str>)]) -> Menu {
    let opener = MenuTrigger { suggestion_kind: SuggestionKind::Entities, start: 0, query: String::new() };
    let mut menu = Menu::waiting(&opener, 1, None);
    menu.fill(titles.iter().map(|(title, group)| entity(title, *group)).collect());
    menu
}

#[test]
fn a_sign_at_the_beginning_of_a_word_opens_a_menu() {
    let check = |text: &str, found: Option<(SuggestionKind, usize, &str)>| {
        let opener = MenuTrigger::find(text, &[Mention::new(Entity { title: "Ada".into(), ..Entity::default() }, &[])]);
        let opener = opener.as_ref().map(|it| (it.suggestion_kind, it.start, it.query.as_str()));
        assert_eq!(opener, found, "{text}");
    };
    check("@", Some((SuggestionKind::Entities, 0, "")));
    check("Ask @gr", Some((SuggestionKind::Entities, 4, "gr")));
    check("你好\n@你", Some((SuggestionKind::Entities, 7, "你")));
    check("two\u{2003}@x", Some((SuggestionKind::Entities, 6, "x")));
    check("(@gr", Some((SuggestionKind::Entities, 1, "gr")));
    check("/", Some((SuggestionKind::Commands, 0, "")));
    check("now /he", Some((SuggestionKind::Commands, 4, "he")));
    for text in ["", "Ask", "a@b", "and/or", "/usr/bin", "@gr ", "/he\n", "@Ada", "mail to ada@example.com"] {
        check(text, None);
    }
    check("@Adam", Some((SuggestionKind::Entities, 0, "Adam")));
}

#[test]
fn groups_stand_together() {
    let menu = menu(&[("a", Some("X")), ("b", None), ("c", Some("X")), ("d", Some("Y")), ("e", None)]);
    let groups: Vec<(Option<String>, Vec<usize>)> =
        menu.groups().into_iter().map(|(group, it)| (group, it.iter().map(|it| it.0).collect())).collect();
    let x = |name: &str| Some(name.to_owned());
    assert_eq!(groups, [(x("X"), vec![0, 1]), (None, vec![2, 3]), (x("Y"), vec![4])]);
    let labels: Vec<String> = (0..5).filter_map(|at| menu.choice(Some(at))).map(|it| it.label().to_owned()).collect();
    assert_eq!(labels, ["a", "c", "b", "e", "d"]);
}

#[test]
fn steps_go_round() {
    let mut it = menu(&[("a", None), ("b", None), ("c", None)]);
    assert_eq!(it.at(), Some(0));
    it.step(-1);
    assert_eq!(it.at(), Some(2));
    it.step(1);
    it.step(1);
    assert_eq!(it.choice(None).unwrap().label(), "b");
    let mut empty = menu(&[]);
    empty.step(1);
    assert_eq!((empty.at(), empty.choice(None)), (None, None));
}

#[test]
fn what_an_older_search_found_is_shown_and_not_chosen() {
    let older = menu(&[("a", None)]);
    let opener = MenuTrigger { suggestion_kind: SuggestionKind::Entities, start: 0, query: "b".into() };
    let waiting = Menu::waiting(&opener, 2, Some(older.clone()));
    assert_eq!((waiting.len(), waiting.choice(None)), (1, None));
    let commands = MenuTrigger { suggestion_kind: SuggestionKind::Commands, ..opener };
    assert!(Menu::waiting(&commands, 3, Some(older)).is_empty());
}

#[test]
fn what_the_composer_can_do_itself_is_found_by_its_name() {
    let tools = [ToolOption { label: "Search the web".into(), ..ToolOption::default() }];
    let labels = |can_attach, query: &str| {
        built_in_choices(&tools, can_attach, query).iter().map(|it| it.label().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(labels(true, ""), [words::ATTACH, "Search the web"]);
    assert_eq!(labels(false, "WEB"), ["Search the web"]);
    assert!(labels(true, "nothing like it").is_empty());
}
