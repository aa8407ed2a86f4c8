//! Example of slash commands: an action and a submenu of entities.

use super::{event_log::EventLog, sample_entities};
use crate::ui::{
    chatkit::{Ask, Command, CommandResult, Commands},
    words::example as words,
};

pub(super) fn commands(log: EventLog) -> Commands {
    Commands {
        enabled: true,
        on_search: Ask::new(|query: String| async move {
            let query = query.to_lowercase();
            let offered = [
                Command {
                    icon: Some("sparkle".to_owned()),
                    ..command("greet", words::GREET, Some(words::GREET_ABOUT))
                },
                Command { icon: Some("name".to_owned()), ..command("insert", words::INSERT, None) },
            ];
            offered.into_iter().filter(|it| it.label.to_lowercase().contains(&query)).collect()
        }),
        on_select: Ask::new(move |command: Command| async move {
            log.record("commands.on_select", &command.id);
            match command.id.as_str() {
                "insert" => {
                    CommandResult::Menu(words::INSERTED.map(|(id, label)| self::command(id, label, None)).into())
                }
                id => sample_entities::named(id).map_or(CommandResult::Done, CommandResult::Mention),
            }
        }),
    }
}

fn command(id: &str, label: &str, description: Option<&str>) -> Command {
    Command {
        id: id.to_owned(),
        label: label.to_owned(),
        description: description.map(str::to_owned),
        group: Some(words::COMMANDS.to_owned()),
        ..Command::default()
    }
}
