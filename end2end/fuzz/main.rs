//! Fuzzer for the parsers of untrusted bytes: `make fuzz`, or `cargo run --features ssr --example fuzz -- [seconds per
//! target] [seed]`.
//!
//! Inputs are real server messages, mutated at random. A failure prints the seed that reproduces the input.

mod random;
mod samples;

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use random::Random;
use samples::{EVENTS, FRAMES, IDS, INDEXES, MARKDOWN, REQUESTS, TEXTS};

use colloquy::{
    model::{
        chatkit::{ChatKitRequest, ThreadStreamEvent, UserMessageInput},
        sse::{SseDecoder, SseEvent},
    },
    ui::chatkit::{
        decode::EventDecoder,
        markdown::block::{Block, Inline, parse},
        state::{ChatState, Entry, Phase, TurnEnd},
    },
};

/// A name, and a function that processes one input and panics if a guarantee is broken.
type Target = (&'static str, fn(&mut Random));

/// All parsers of untrusted bytes.
const TARGETS: [Target; 5] = [
    ("frames are the same wherever the network cuts", frames_survive_cuts),
    ("events are the same wherever the network cuts", events_survive_cuts),
    ("a conversation takes any events", conversation_takes_anything),
    ("a request is read or refused", request_is_read_or_refused),
    ("Markdown becomes a tree with harmless links", markdown_is_harmless),
];

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let seconds = args.next().map_or(Ok(20), |it| it.parse()).expect("seconds: a whole number");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("BUG: it is after 1970").as_nanos() as u64;
    let given = args.next().map(|it| it.parse::<u64>().expect("seed: a whole number"));
    let mut failures = 0;
    for (name, target) in TARGETS {
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut seed = given.unwrap_or(now);
        let mut n_inputs = 0_u64;
        loop {
            if catch_unwind(AssertUnwindSafe(|| target(&mut Random(seed)))).is_err() {
                println!("FAILED: {name}: cargo run --features ssr --example fuzz -- 0 {seed}");
                failures += 1;
                break;
            }
            n_inputs += 1;
            if Instant::now() >= end {
                println!("ok: {name}: {n_inputs} inputs");
                break;
            }
            seed = seed.wrapping_add(1);
        }
    }
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn frames_survive_cuts(random: &mut Random) {
    let body = random.body();
    let max_bytes = random.below(400);
    let read = |chunks: &[&[u8]]| -> (Vec<SseEvent>, bool) {
        let mut decoder = SseDecoder::with_max_bytes(max_bytes);
        let mut events = Vec::new();
        for chunk in chunks {
            match decoder.push(chunk) {
                Ok(more) => events.extend(more),
                Err(_) => return (events, true),
            }
        }
        events.extend(decoder.finish());
        (events, false)
    };
    let bytewise: Vec<&[u8]> = body.chunks(1).collect();
    let (events, too_large) = read(&bytewise);
    // An invalid UTF-8 byte becomes three.
    assert!(events.iter().all(|event| event.data.len() <= 3 * max_bytes), "an event is larger than the limit");
    // An event that is too large discards those of its own chunk. Without one, chunk boundaries make no difference.
    if !too_large {
        assert_eq!(read(&[&body]).0, events, "as a whole");
        assert_eq!(read(&random.cut(&body)).0, events, "in chunks");
    }
}

fn events_survive_cuts(random: &mut Random) {
    let body = random.body();
    let read = |chunks: &[&[u8]]| -> Vec<ThreadStreamEvent> {
        let mut decoder = EventDecoder::<ThreadStreamEvent>::default();
        let mut events: Vec<_> = chunks.iter().flat_map(|chunk| decoder.push(chunk).expect("small")).collect();
        events.extend(decoder.finish());
        events
    };
    assert_eq!(read(&[&body]), read(&random.cut(&body)));
}

fn conversation_takes_anything(random: &mut Random) {
    let mut state = ChatState::open(None);
    // An added item whose id belongs to a complete one is a different item (`state/reused_ids.rs`).
    let mut n_reused = 0;
    for _ in 0..random.below(40) {
        match random.below(12) {
            2 => _ = state.retry_turn(random.of(&IDS)),
            3 => _ = state.resume_turn(Some(random.of(&IDS))),
            0 => state.begin_turn(UserMessageInput::text(random.of(&TEXTS)), Vec::new()),
            1 => _ = state.end_turn(if random.below(2) == 0 { TurnEnd::Cut } else { TurnEnd::Complete }),
            _ => {
                let text = random.filled(&EVENTS);
                if let Ok(event) = serde_json::from_str::<ThreadStreamEvent>(&text) {
                    n_reused += usize::from(reuses_id(&state, &event));
                    _ = state.apply(event);
                }
            }
        }
        let mut keys: Vec<u64> = state.entries.iter().map(|entry| entry.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), state.entries.len(), "each entry has a key of its own");
        let mut ids: Vec<&str> =
            state.entries.iter().filter(|it| it.phase != Phase::Sending).map(|it| it.item.id()).collect();
        let n_ids = ids.len();
        ids.sort_unstable();
        ids.dedup();
        let n_unnamed = state.entries.iter().filter(|it| it.item.id().is_empty()).count();
        assert!(n_ids - ids.len() <= n_unnamed + n_reused, "an item stands there once");
    }
    _ = state.end_turn(TurnEnd::Complete);
    assert!(state.turn.is_none());
    for entry in &state.entries {
        assert!(matches!(entry.phase, Phase::Settled | Phase::Interrupted), "nothing is under way after the end");
    }
}

fn reuses_id(state: &ChatState, event: &ThreadStreamEvent) -> bool {
    let ThreadStreamEvent::ItemAdded { item } = event else { return false };
    let is_complete = |it: &Entry| matches!(it.phase, Phase::Settled | Phase::Interrupted);
    state.entries.iter().any(|it| it.item.id() == item.id() && is_complete(it))
}

fn request_is_read_or_refused(random: &mut Random) {
    let mut body = random.filled(&REQUESTS).into_bytes();
    random.bend(&mut body);
    if let Ok(request) = ChatKitRequest::parse(&body) {
        let again = serde_json::to_vec(&request).expect("a request can be written");
        assert_eq!(ChatKitRequest::parse(&again).expect("what was read can be read again"), request);
    }
}

fn markdown_is_harmless(random: &mut Random) {
    let mut bytes: Vec<u8> = (0..random.below(30)).flat_map(|_| random.of(&MARKDOWN).bytes()).collect();
    random.bend(&mut bytes);
    let source = String::from_utf8_lossy(&bytes);
    let mut before = 0;
    for (start, block) in parse(&source) {
        assert!(before <= start && source.is_char_boundary(start), "blocks stand in order, at characters");
        before = start;
        check_block(&block);
    }
}

fn check_block(block: &Block) {
    match block {
        Block::Paragraph(inlines) | Block::Plain(inlines) | Block::Heading(_, inlines) => check_inlines(inlines),
        Block::Quote(blocks) | Block::Footnote { blocks, .. } => blocks.iter().for_each(check_block),
        Block::List { items, .. } => items.iter().flat_map(|item| &item.blocks).for_each(check_block),
        Block::Table { columns, head, rows } => {
            assert!(rows.iter().chain([head]).all(|row| row.len() == columns.len()), "a cell for each column");
            rows.iter().chain([head]).flatten().for_each(|cell| check_inlines(cell));
        }
        Block::Code { .. } | Block::Rule => {}
    }
}

fn check_inlines(inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::Link { href, children } => {
                assert!(["http:", "https:", "mailto:"].iter().any(|it| href.starts_with(it)), "{href} is harmless");
                check_inlines(children);
            }
            Inline::Emphasis(children) | Inline::Strong(children) | Inline::Strike(children) => check_inlines(children),
            Inline::Deeplink { children, .. } => check_inlines(children),
            Inline::Element { name, children } => {
                assert!(["sub", "sup", "kbd", "mark", "u"].contains(name), "{name} is harmless");
                check_inlines(children);
            }
            Inline::Image { src, .. } => {
                assert!(["http:", "https:"].iter().any(|it| src.starts_with(it)), "{src} is harmless");
            }
            Inline::Text(_) | Inline::Code(_) | Inline::Formula { .. } => {}
            Inline::FootnoteReference { .. } | Inline::Marks(_) | Inline::Break => {}
        }
    }
}

/// Generators of untrusted input.
trait Hostile {
    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str;
    fn filled(&mut self, templates: &[&str]) -> String;
    fn body(&mut self) -> Vec<u8>;
    fn bend(&mut self, bytes: &mut Vec<u8>);
}

impl Hostile for Random {
    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// Returns a template with its placeholders filled.
    fn filled(&mut self, templates: &[&str]) -> String {
        let mut text = self.of(templates).to_owned();
        for (placeholder, choices) in [("TEXT", &TEXTS[..]), ("INDEX", &INDEXES[..]), ("ID", &IDS[..])] {
            while text.contains(placeholder) {
                text = text.replacen(placeholder, self.of(choices), 1);
            }
        }
        text
    }

    /// Returns the body of a stream: events in mostly valid frames.
    fn body(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        for _ in 0..self.below(8) {
            match self.below(4) {
                0 => body.extend(self.of(&FRAMES).bytes()),
                1 => body.extend(self.filled(&EVENTS).bytes()),
                _ => {
                    body.extend(b"data: ");
                    body.extend(self.filled(&EVENTS).bytes());
                    body.extend(self.of(&["\n\n", "\r\n\r\n", "\r\r", "\n"]).bytes());
                }
            }
        }
        if self.below(2) == 0 {
            self.bend(&mut body);
        }
        body
    }

    /// Mutates a few bytes.
    fn bend(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..self.below(6) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 => bytes.insert(at, self.next() as u8),
                1 if !bytes.is_empty() => _ = bytes.remove(at),
                2 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                3 => bytes.truncate(at),
                _ => {
                    let end = (at + self.below(30)).min(bytes.len());
                    let copy = bytes[at..end].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, copy);
                }
            }
        }
    }
}
