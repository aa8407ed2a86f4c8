//! The page for developers.

/// The page.
pub const TITLE: &str = "ChatKit example";
/// What it is for.
pub const LEDE: &str = "Every option, method and event of the client. Events are listed as they come.";
/// Whoever is not signed in has no token.
pub const SIGN_IN: &str = "Sign in to try it";
/// The name of a list of events.
pub const EVENTS: &str = "Events";
/// The name of the buttons that call methods.
pub const METHODS: &str = "Methods";
/// Lets the client tool fail.
pub const TOOL_FAILS: &str = "The client tool fails";
/// The two chats of the page.
pub const CHATS: [&str; 2] = ["First chat", "Second chat"];
/// The greeting of a new chat.
pub const GREETING: &str = "Try it";
/// A prompt of a new chat.
pub const PROMPT: &str = "Show me a table";
/// The placeholder after `set_options`.
pub const ANOTHER_PLACEHOLDER: &str = "Another one";

/// The title in the header.
pub const HEADER_TITLE: &str = "Every option";
/// The header's button before the title.
pub const LEFT_ACTION: &str = "Open the menu";
/// The header's button after it.
pub const RIGHT_ACTION: &str = "Open the profile";
/// Another prompt of a new chat.
pub const HELP_PROMPT: &str = "What can the demo do?";
/// What stands below the composer.
pub const DISCLAIMER: &str = "This is an **example**: do not believe it.";

/// The composer's placeholder.
pub const PLACEHOLDER: &str = "Write /help, or @ and a name";
/// A tool of the menu.
pub const SEARCH: &str = "Search the web";
/// The placeholder while that is chosen.
pub const SEARCH_PLACEHOLDER: &str = "What shall be found?";
/// A tool that stays chosen.
pub const RESEARCH: &str = "Deep research";
/// The same, once it is chosen.
pub const RESEARCH_SHORT: &str = "Research";
/// A tool with a button of its own.
pub const CANVAS: &str = "Canvas";
/// The model that is chosen from the beginning.
pub const SMALL: &str = "Small";
/// What it is.
pub const SMALL_ABOUT: &str = "Quick, and good enough";
/// Another one.
pub const LARGE: &str = "Large";
/// What it is.
pub const LARGE_ABOUT: &str = "Thinks twice";
/// One that cannot be chosen.
pub const HUGE: &str = "Huge";
/// What it is.
pub const HUGE_ABOUT: &str = "Not for everybody yet";

/// What can be mentioned: id, title, heading, and what the preview says.
pub const ENTITIES: [(&str, &str, &str, &str); 4] = [
    ("ada", "Ada Lovelace", "People", "Wrote the first program."),
    ("grace", "Grace Hopper", "People", "Wrote the first compiler."),
    ("london", "London", "Places", "Where the engine was to stand."),
    ("new-york", "New York", "Places", "Where the navy sent her."),
];
/// The heading of the commands.
pub const COMMANDS: &str = "Commands";
/// A command that is done at once.
pub const GREET: &str = "Greet";
/// What it does.
pub const GREET_ABOUT: &str = "Notes it below";
/// A command that offers more.
pub const INSERT: &str = "Insert someone…";
/// What it offers: what is mentioned, and how it is listed.
pub const INSERTED: [(&str, &str); 2] = [("ada", "Ada"), ("grace", "Grace")];
/// What `set_composer_value` writes, before a mention.
pub const COMPOSED: &str = "Say hello to ";
/// What that answers to.
pub const COMPOSED_REPLY: &str = "Whom do you know?";

/// The name of the lists that make a theme.
pub const THEME: &str = "Theme";
/// Light or dark.
pub const SCHEME: &str = "Scheme";
/// What may be chosen.
pub const SCHEMES: [&str; 3] = ["As the page", "Light", "Dark"];
/// Corners.
pub const RADIUS: &str = "Radius";
/// What may be chosen.
pub const RADII: [&str; 4] = ["Pill", "Round", "Soft", "Sharp"];
/// Room.
pub const DENSITY: &str = "Density";
/// What may be chosen.
pub const DENSITIES: [&str; 3] = ["Normal", "Compact", "Spacious"];
/// The size of letters.
pub const BASE_SIZE: &str = "Size";
/// What may be chosen.
pub const BASE_SIZES: [&str; 3] = ["16 px", "14 px", "18 px"];
/// The font.
pub const FONT: &str = "Font";
/// What may be chosen.
pub const FONTS: [&str; 3] = ["The page's", "A file of this origin", "A file of another origin"];
/// The colour of what stands out.
pub const ACCENT: &str = "Accent";
/// What may be chosen.
pub const ACCENTS: [&str; 3] = ["The page's", "Indigo", "Green"];
/// The greys.
pub const GRAYSCALE: &str = "Greys";
/// What may be chosen.
pub const GRAYSCALES: [&str; 2] = ["The page's", "Blueish"];
/// The ground.
pub const SURFACE: &str = "Surface";
/// What may be chosen.
pub const SURFACES: [&str; 2] = ["The page's", "Solarized"];
