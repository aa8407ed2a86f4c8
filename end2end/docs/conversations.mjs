// The conversations on the pictures of the README, newest first, as items of the ChatKit protocol.

/** @typedef {{ question: string, items: Record<string, unknown>[] }} Turn */
/** @typedef {{ title: string, turns: Turn[] }} Conversation */

/** @param {string} text */
const message = (text, annotations = /** @type {unknown[]} */ ([])) => ({
  type: "assistant_message",
  content: [{ type: "output_text", text, annotations }],
});

/** @param {number} duration seconds @param {Record<string, unknown>[]} tasks */
const work = (duration, tasks) => ({
  type: "workflow",
  workflow: { type: "reasoning", tasks, summary: { duration }, expanded: false },
});

/** @param {string} title @param {string} url @param {string} attribution @param {number} index */
const source = (title, url, attribution, index) => ({
  type: "annotation",
  source: { type: "url", title, url, attribution },
  index,
});

/** Where a phrase ends in a text. @param {string} text @param {string} phrase */
const end = (text, phrase) => text.indexOf(phrase) + phrase.length;

/** @param {string} value @param {object} [more] */
const text = (value, more) => ({ type: "Text", value, ...more });

/** @param {string} label @param {string} time @param {string} place @param {"start" | "end"} align */
const stop = (label, time, place, align) => ({
  type: "Col",
  align,
  children: [
    { type: "Caption", value: label },
    text(time, { size: "xl", weight: "semibold" }),
    text(place, { size: "sm", color: "secondary" }),
  ],
});

const FLIGHT = {
  type: "Card",
  size: "md",
  children: [
    {
      type: "Row",
      align: "start",
      children: [
        {
          type: "Col",
          children: [
            { type: "Title", value: "ZRH → OSL", size: "lg" },
            { type: "Caption", value: "Fri 11 December, 2 h 25 min" },
          ],
        },
        { type: "Spacer" },
        { type: "Badge", label: "3 seats left", color: "warning" },
      ],
    },
    { type: "Divider", flush: true },
    {
      type: "Row",
      justify: "between",
      align: "center",
      children: [
        stop("Departs", "9:40", "Terminal 2", "start"),
        { type: "Icon", name: "lucide:plane", size: "xl", color: "secondary" },
        stop("Arrives", "12:05", "Terminal 1", "end"),
      ],
    },
    {
      type: "Row",
      justify: "end",
      children: [
        { type: "Button", label: "Details", onClickAction: { type: "flight.open" } },
        { type: "Button", label: "Book", style: "primary", onClickAction: { type: "flight.book" } },
      ],
    },
  ],
};

const PLAN = `Three days are enough for the city and the fjord, and most of it is within walking distance.

| | Morning | Afternoon | Evening |
| --- | --- | --- | --- |
| **Friday** | Flight, 9:40 | Opera House roof | Dinner in Grünerløkka |
| **Saturday** | Ferry to Hovedøya | Munch Museum | Sauna on the harbour |
| **Sunday** | Vigeland Park | Flight, 17:30 | |

The roof of the opera is open around the clock and free of charge. In winter, book the sauna a week ahead.

Shall I look for flights?`;

const LIMITER = `A **token bucket** allows bursts and bounds the average. It holds at most $b$ tokens and gains $r$ a second, so that in $t$ seconds a client gets no more than

$$n(t) \\le b + r\\,t$$

\`\`\`rust
/// Takes one token. Returns the wait if none is left.
pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
    let gained = (now - self.refilled_at).as_secs_f64() * self.rate;
    self.tokens = (self.tokens + gained).min(self.burst);
    self.refilled_at = now;
    if self.tokens < 1.0 {
        return Err(Duration::from_secs_f64((1.0 - self.tokens) / self.rate));
    }
    self.tokens -= 1.0;
    Ok(())
}
\`\`\``;

/** A table and sources. @type {Conversation} */
export const PLANNED = {
  title: "A weekend in Oslo",
  turns: [
    {
      question: "Plan a long weekend in Oslo for two. We fly from Zürich.",
      items: [
        work(4, [
          { type: "thought", content: "Two people, Friday to Sunday, from Zürich.", status_indicator: "complete" },
          {
            type: "web_search",
            title: "Searched the web",
            queries: ["Oslo weekend winter", "Oslo sauna harbour"],
            sources: [{ type: "url", title: "Visit Oslo", url: "https://www.visitoslo.com" }],
            status_indicator: "complete",
          },
        ]),
        message(PLAN, [
          source("Visit the Opera House", "https://operaen.example/visit", "operaen.example", end(PLAN, "free of charge.")),
          source("Saunas on the fjord", "https://sauna.example/oslo", "sauna.example", end(PLAN, "a week ahead.")),
        ]),
      ],
    },
  ],
};

/** A formula and code. @type {Conversation} */
export const PROGRAMMED = {
  title: "A rate limiter in Rust",
  turns: [
    {
      question: "How do I limit requests per client in Rust, with bursts?",
      items: [
        work(6, [{ type: "thought", content: "Fixed window, sliding window or token bucket?", status_indicator: "complete" }]),
        message(LIMITER),
      ],
    },
  ],
};

/** A widget. @type {Conversation} */
export const FLOWN = {
  title: "Flight to Oslo",
  turns: [
    {
      question: "Is there a direct flight to Oslo on Friday?",
      items: [
        work(2, [{ type: "custom", title: "Asked three airlines", icon: "plane", status_indicator: "complete" }]),
        { type: "widget", widget: FLIGHT, copy_text: "ZRH → OSL, 9:40" },
        message("It leaves you the whole afternoon. The next one lands at 22:10."),
      ],
    },
  ],
};

/** What else the list of chats shows. @type {Conversation[]} */
export const OTHERS = [
  ["Birthday dinner for eight", "A menu for eight people, one of them vegan?"],
  ["Letter to the landlord", "Write a friendly letter about the broken heating."],
  ["Sourdough, step by step", "My bread stays flat. What am I doing wrong?"],
  ["Minutes of the team meeting", "Shorten these minutes to five points."],
  ["Spanish for beginners", "Teach me ten sentences for the market."],
].map(([title = "", question = ""]) => ({ title, turns: [{ question, items: [message("Gladly.")] }] }));
