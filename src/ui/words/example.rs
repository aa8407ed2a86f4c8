//! Wording of the example page for developers.

/// Title.
pub const TITLE: &str = "ChatKit example";
/// Introduction.
pub const LEDE: &str = "Every option, method and event of the client. Events are listed as they come.";
/// Link for signed-out visitors.
pub const SIGN_IN: &str = "Sign in to try it";
/// Accessible name of a log.
pub const EVENTS: &str = "Events";
/// Accessible name of the buttons that call methods.
pub const METHODS: &str = "Methods";
/// Checkbox that makes the client tool fail.
pub const TOOL_FAILS: &str = "The client tool fails";
/// Headings of the two chats.
pub const CHATS: [&str; 2] = ["First chat", "Second chat"];
/// Greeting of a new chat.
pub const GREETING: &str = "Try it";
/// First suggested prompt.
pub const PROMPT: &str = "Show me a table";
/// Placeholder after `set_options`.
pub const ANOTHER_PLACEHOLDER: &str = "Another one";

/// Title in the header.
pub const HEADER_TITLE: &str = "Every option";
/// Header button before the title.
pub const LEFT_ACTION: &str = "Open the menu";
/// Header button after the title.
pub const RIGHT_ACTION: &str = "Open the profile";
/// Second suggested prompt.
pub const HELP_PROMPT: &str = "What can the demo do?";
/// Disclaimer below the composer.
pub const DISCLAIMER: &str = "This is an **example**: do not believe it.";

/// Placeholder of the composer.
pub const PLACEHOLDER: &str = "Write /help, or @ and a name";
/// A tool in the menu.
pub const SEARCH: &str = "Search the web";
/// Placeholder while that tool is selected.
pub const SEARCH_PLACEHOLDER: &str = "What shall be found?";
/// A persistent tool.
pub const RESEARCH: &str = "Deep research";
/// Short label of the persistent tool.
pub const RESEARCH_SHORT: &str = "Research";
/// A pinned tool.
pub const CANVAS: &str = "Canvas";
/// The default model.
pub const SMALL: &str = "Small";
/// Its description.
pub const SMALL_ABOUT: &str = "Quick, and good enough";
/// Another model.
pub const LARGE: &str = "Large";
/// Its description.
pub const LARGE_ABOUT: &str = "Thinks twice";
/// A disabled model.
pub const HUGE: &str = "Huge";
/// Its description.
pub const HUGE_ABOUT: &str = "Not for everybody yet";

/// Entities to mention: id, title, group and preview text.
pub const ENTITIES: [(&str, &str, &str, &str); 4] = [
    ("ada", "Ada Lovelace", "People", "Wrote the first program."),
    ("grace", "Grace Hopper", "People", "Wrote the first compiler."),
    ("london", "London", "Places", "Where the engine was to stand."),
    ("new-york", "New York", "Places", "Where the navy sent her."),
];
/// Heading of the commands.
pub const COMMANDS: &str = "Commands";
/// A command that is complete at once.
pub const GREET: &str = "Greet";
/// Its description.
pub const GREET_ABOUT: &str = "Notes it below";
/// A command with a submenu.
pub const INSERT: &str = "Insert someone…";
/// Entries of the submenu: entity id and label.
pub const INSERTED: [(&str, &str); 2] = [("ada", "Ada"), ("grace", "Grace")];
/// Text set by `set_composer_value`, before a mention.
pub const COMPOSED: &str = "Say hello to ";
/// Quoted text of that message.
pub const COMPOSED_REPLY: &str = "Whom do you know?";

/// Accessible name of the theme fields.
pub const THEME: &str = "Theme";
/// Label of the colour scheme.
pub const SCHEME: &str = "Scheme";
/// Choices of the colour scheme.
pub const SCHEMES: [&str; 3] = ["As the page", "Light", "Dark"];
/// Label of the radius.
pub const RADIUS: &str = "Radius";
/// Choices of the radius.
pub const RADII: [&str; 4] = ["Pill", "Round", "Soft", "Sharp"];
/// Label of the density.
pub const DENSITY: &str = "Density";
/// Choices of the density.
pub const DENSITIES: [&str; 3] = ["Normal", "Compact", "Spacious"];
/// Label of the base font size.
pub const BASE_SIZE: &str = "Size";
/// Choices of the base font size.
pub const BASE_SIZES: [&str; 3] = ["16 px", "14 px", "18 px"];
/// Label of the font.
pub const FONT: &str = "Font";
/// Choices of the font.
pub const FONTS: [&str; 3] = ["The page's", "A file of this origin", "A file of another origin"];
/// Label of the accent colour.
pub const ACCENT: &str = "Accent";
/// Choices of the accent colour.
pub const ACCENTS: [&str; 3] = ["The page's", "Indigo", "Green"];
/// Label of the greys.
pub const GRAYSCALE: &str = "Greys";
/// Choices of the greys.
pub const GRAYSCALES: [&str; 2] = ["The page's", "Blueish"];
/// Label of background and text colours.
pub const SURFACE: &str = "Surface";
/// Choices of background and text colours.
pub const SURFACES: [&str; 2] = ["The page's", "Solarized"];
