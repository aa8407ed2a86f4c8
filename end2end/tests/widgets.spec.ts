// Widgets, used by keyboard alone.

import type { Locator, Page, Request } from "@playwright/test";

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on", GALLERY: "on" } });

const widgetOf = (page: Page) => page.getByRole("region", { name: "Widget" }).last();

const say = async (page: Page, text: string) => {
  const { message, conversation } = chatPage(page);
  await message.fill(text);
  await message.press("Enter");
  await expect(conversation.getByText(text, { exact: true }).last()).toBeVisible();
};

/** Opens a new chat and has a widget sent. */
const show = async (page: Page, visit: (path: string) => Promise<void>, name: string) => {
  await visit("/chat");
  await say(page, `/widget ${name}`);
  const widget = widgetOf(page);
  await expect(widget).toBeVisible();
  await expect(chatPage(page).stop).toHaveCount(0);
  return widget;
};

/** Goes on by Tab until something has the focus. */
const tabTo = async (page: Page, target: Locator) => {
  await expect(target).toBeVisible();
  for (const key of ["Tab", "Shift+Tab"]) {
    for (let n = 0; n < 150; n++) {
      if (await target.evaluate((it) => it === document.activeElement)) return;
      await page.keyboard.press(key);
    }
  }
  await expect(target).toBeFocused();
};

const press = async (page: Page, target: Locator, key = "Enter") => {
  await tabTo(page, target);
  await page.keyboard.press(key);
};

/** Waits for a request of a type, and returns its action. */
const actionOf = async (page: Page, type: string) => {
  const isIt = (it: Request) => new URL(it.url()).pathname === "/chatkit" && it.postDataJSON()?.type === type;
  return (await page.waitForRequest(isIt)).postDataJSON().params.action;
};

test("a form validates itself, and its values go along", { tag: ["@own-server", "@both-servers"] }, async ({ page, visit, ready, signedIn: _ }) => {
  const widget = await show(page, visit, "todo");
  const title = widget.getByRole("textbox", { name: "What is to be done" });
  const save = widget.getByRole("button", { name: "Save" });

  // What is in the field is selected, so it is overwritten; without a title nothing is sent.
  await tabTo(page, title);
  await page.keyboard.press("Delete");
  await expect(title).toHaveValue("");
  await press(page, save);
  await expect(title).toBeFocused();

  // Everything is filled in.
  await page.keyboard.type("Feed the cat");
  await tabTo(page, widget.getByRole("textbox", { name: "Notes" }));
  await page.keyboard.type("Twice");
  await tabTo(page, widget.getByRole("combobox", { name: "List" }));
  await page.keyboard.press("ArrowDown");
  await press(page, widget.getByRole("checkbox", { name: "Done" }), "Space");

  // The names that have dots nest in the payload, beside what it said already.
  const action = actionOf(page, "threads.custom_action");
  await press(page, save);
  const todo = { id: 7, title: "Feed the cat", notes: "Twice", due: "2026-12-01", list: "work", done: true };
  expect(await action).toMatchObject({ type: "todo.save", payload: { todo } });
  await expect(widget).toContainText(/todo\.save .*"title":"Feed the cat"/);
  await expect(chatPage(page).answers.last()).toContainText("Action todo.save");

  // A reload shows the same.
  await page.reload();
  await ready();
  await expect(widget).toContainText(/todo\.save .*"title":"Feed the cat"/);
});

test("a template is filled in by both servers, and an action takes its place", { tag: ["@own-server", "@both-servers"] }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "flight");
  await expect(widget).toContainText("3 seats left");

  // This page has no handler for actions of its own, and says so.
  await press(page, widget.getByRole("button", { name: "Details" }));
  await expect(widget.getByRole("status")).toHaveText("This page does not know how to do that.");

  await press(page, widget.getByRole("button", { name: "Book" }), "Space");
  await expect(widget).toContainText("Booked");
  await expect(widget.getByRole("button")).toHaveCount(0);
  await page.reload();
  await expect(widget).toContainText("Booked");
});

test("what is chosen is told at once, and what was typed stays", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "settings");
  await tabTo(page, widget.getByRole("textbox", { name: "Name" }));
  await page.keyboard.type("Ada");

  for (const [type, choose] of [
    ["language", async () => press(page, widget.getByRole("combobox", { name: "Language" }), "ArrowDown")],
    ["density", async () => press(page, widget.getByRole("radio", { name: "Normal" }), "ArrowUp")],
    ["news", async () => press(page, widget.getByRole("checkbox", { name: "Tell me what is new" }), "Space")],
    ["birthday", async () => {
      await tabTo(page, widget.getByLabel("Birthday"));
      await page.keyboard.type("12101815");
    }],
  ] as const) {
    const action = actionOf(page, "threads.sync_custom_action");
    await choose();
    expect(await action).toMatchObject({ type: `settings.${type}`, payload: { user: { name: "Ada" } } });
    await expect(widget).toContainText(`settings.${type} {`);
  }
  await expect(widget.getByRole("textbox", { name: "Name" })).toHaveValue("Ada");
  await expect(widget.getByRole("combobox", { name: "Language" })).toHaveValue("de");
  await expect(widget.getByRole("radio", { name: "Compact" })).toBeChecked();
});

/** The option that the keys have gone to. */
const marked = (field: Locator) =>
  field.evaluate((it) => document.getElementById(it.getAttribute("aria-activedescendant") ?? "")?.textContent);

test("a list is searched by keys alone, and its form sends what was chosen", { tag: ["@own-server", "@both-servers"] }, async ({ page, visit, scan, signedIn: _ }) => {
  const widget = await show(page, visit, "trip");
  const field = (name: string) => widget.getByRole("combobox", { name, exact: true });
  const [from, to, airline] = [field("From"), field("To"), field("Airline")];
  const options = widget.getByRole("option");
  const search = widget.getByRole("button", { name: "Search" });
  await expect(options).toHaveCount(0);

  // Without a city nothing is sent. What is typed shows what fits, and Enter means the first of it.
  await press(page, search);
  await expect(from).toBeFocused();
  await page.keyboard.type("sao");
  await expect(options).toHaveText(["São PauloGRU"]);
  await expect(from).toHaveAttribute("aria-expanded", "true");
  expect(await marked(from)).toBe("São PauloGRU");
  await scan("an open list");
  await page.keyboard.press("Enter");
  await expect(from).toHaveValue("São Paulo");
  await expect(options).toHaveCount(0);
  await expect(from).toBeFocused();

  // The list opens where the choice is. Keys go around it, past what cannot be chosen; Escape leaves it as it was.
  await page.keyboard.press("Tab");
  await expect(to).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(options).toHaveCount(20);
  expect(await marked(to)).toBe("HelsinkiHEL");
  const keys = { End: "WienVIE", ArrowDown: "AmsterdamAMS", ArrowUp: "WienVIE", Home: "AmsterdamAMS" };
  for (const [key, expected] of Object.entries(keys)) {
    await page.keyboard.press(key);
    expect(await marked(to)).toBe(expected);
  }
  await page.keyboard.type("os");
  await expect(options).toHaveText(["OsloOSL, closed for the winter"]);
  expect(await marked(to)).toBeUndefined();
  await page.keyboard.press("Escape");
  await expect(options).toHaveCount(0);
  await expect(to).toHaveValue("Helsinki");

  // Nothing fits: Enter sends nothing, and whoever leaves has what he had.
  await page.keyboard.type("xyz");
  await expect(widget.getByText("Nothing found")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(to).toHaveValue("Helsinki");
  await expect(widget.getByText("Nothing found")).toBeHidden();
  await tabTo(page, to);
  await page.keyboard.type("vie");
  await page.keyboard.press("Enter");
  await expect(to).toHaveValue("Wien");
  await page.keyboard.type("s");
  await expect(to).toHaveValue("s");
  await page.keyboard.press("Escape");
  await expect(to).toHaveValue("Wien");

  // A choice is told at once, with the others; the same again is none. One that may be taken back is, by deleting it.
  await tabTo(page, airline);
  let action = actionOf(page, "threads.sync_custom_action");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(airline).toHaveValue("Northwind");
  const trip = { from: "GRU", to: "VIE", airline: "north", class: "2" };
  expect(await action).toEqual({ type: "trip.airline", payload: { trip } });
  await expect(widget).toContainText('trip.airline {"trip":');
  await expect(airline).toHaveValue("Northwind");
  action = actionOf(page, "threads.sync_custom_action");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  expect((await action).payload).toEqual({ trip: { ...trip, airline: "" } });
  await expect(airline).toHaveValue("");

  // The form has it all, by its names.
  const sent = actionOf(page, "threads.custom_action");
  await press(page, search);
  expect(await sent).toEqual({ type: "trip.search", payload: { trip: { seats: 1, ...trip, airline: "" } } });
  await expect(widget).toContainText("trip.search");
  await expect(to).toHaveValue("Wien");
});

/** Changes a field wherever it stands in what a server sends. */
const change = (sent: unknown, name: string, value: object) => {
  if (typeof sent !== "object" || sent === null) return;
  if ("options" in sent && "name" in sent && sent.name === name) {
    const options = [{ value: "AAL", label: "Aalborg", description: "AAL" }, ...(sent.options as object[])];
    Object.assign(sent, { options }, value);
  }
  for (const it of Object.values(sent)) change(it, name, value);
};

test("a list that its server changes keeps a choice, and follows where there is none", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "trip");
  const field = (name: string) => widget.getByRole("combobox", { name, exact: true });
  const [from, to, airline] = [field("From"), field("To"), field("Airline")];
  const options = widget.getByRole("option");

  // What the server sends after a choice of an airline waits until it is let go, and changes the other fields.
  let news: Record<string, object> = {};
  let held = Promise.resolve();
  let letGo = () => {};
  await page.route("**/chatkit", async (route) => {
    const { type } = route.request().postDataJSON();
    if (!["threads.sync_custom_action", "threads.get_by_id", "items.list"].includes(type)) return route.continue();
    const response = await route.fetch();
    const json = await response.json();
    await held;
    for (const [name, value] of Object.entries(news)) change(json, name, value);
    await route.fulfill({ response, json });
  });
  const choose = async (target: Locator, text: string) => {
    await tabTo(page, target);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  const chooseAirline = (text: string, its: typeof news) => {
    news = its;
    held = new Promise((resolve) => (letGo = resolve));
    return choose(airline, text);
  };

  // One city is chosen; the other field is only visited.
  await choose(from, "lis");
  await tabTo(page, to);
  await page.keyboard.type("xyz");
  await page.keyboard.press("Escape");
  await expect(to).toHaveValue("Helsinki");
  await chooseAirline("north", { "trip.from": { defaultValue: "BER" }, "trip.to": { defaultValue: "FCO" } });
  letGo();
  await expect(to).toHaveValue("Roma");
  await expect(from).toHaveValue("Lisboa");
  await tabTo(page, from);
  await page.keyboard.press("ArrowDown");
  await expect(widget.getByRole("listbox", { name: "From", exact: true })).toBeVisible();
  await expect(options).toHaveCount(21);
  await expect(widget.getByRole("option", { selected: true })).toHaveText(["LisboaLIS"]);
  expect(await marked(from)).toBe("LisboaLIS");
  await page.keyboard.press("Escape");

  // What is looked for stays while the list changes, and Enter means what is shown.
  await chooseAirline("blue", {});
  await tabTo(page, from);
  await page.keyboard.type("mad");
  await expect(options).toHaveText(["MadridMAD"]);
  letGo();
  await expect(widget).toContainText('"airline":"blue"');
  await expect(options).toHaveText(["MadridMAD"]);
  expect(await marked(from)).toBe("MadridMAD");
  await page.keyboard.press("Enter");
  await expect(from).toHaveValue("Madrid");

  // A choice that cannot be had any more is none: the server's is shown and sent, and it does not come back.
  const one = { searchable: true, defaultValue: "AAL", options: [{ value: "AAL", label: "Aalborg" }] };
  await chooseAirline("north", { "trip.from": one });
  letGo();
  await expect(from).toHaveValue("Aalborg");
  const action = actionOf(page, "threads.sync_custom_action");
  await chooseAirline("blue", { "trip.to": { disabled: true } });
  expect((await action).payload).toMatchObject({ trip: { from: "AAL", to: "HEL", airline: "blue" } });

  // An open list goes away with what it is for.
  await tabTo(page, to);
  await page.keyboard.press("ArrowDown");
  await expect(widget.getByRole("listbox", { name: "To", exact: true })).toBeVisible();
  letGo();
  await expect(to).toBeDisabled();
  await expect(widget.getByRole("listbox")).toBeHidden();
  await expect(to).toHaveValue("Helsinki");
  await expect(from).toHaveValue("");
});

test("a list is searched on a telephone", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const widget = await show(page, visit, "trip");
  const [to, airline] = [widget.getByRole("combobox", { name: "To" }), widget.getByRole("combobox", { name: "Airline" })];
  await to.click();
  const list = await widget.getByRole("listbox").boundingBox();
  expect(list!.x).toBeGreaterThanOrEqual(0);
  expect(list!.x + list!.width).toBeLessThanOrEqual(320);
  expect(list!.y + list!.height).toBeLessThanOrEqual(640);
  await widget.getByRole("option", { name: "Oslo" }).click({ force: true });
  await expect(widget.getByRole("listbox")).toBeVisible();
  await widget.getByRole("option", { name: "Roma" }).click();
  await expect(to).toHaveValue("Roma");
  await expect(to).toBeFocused();
  await expect(widget.getByRole("listbox")).toBeHidden();

  // What is somewhere else closes the list; the button takes the choice back, and has nothing to do after that.
  await airline.click();
  await expect(widget.getByRole("option")).toHaveCount(4);
  await widget.getByRole("heading", { name: "A trip" }).click();
  await expect(widget.getByRole("option")).toHaveCount(0);
  const action = actionOf(page, "threads.sync_custom_action");
  await widget.getByRole("button", { name: "Clear the choice" }).click();
  expect((await action).payload).toMatchObject({ trip: { to: "FCO", airline: "" } });
  await expect(airline).toHaveValue("");
  await expect(widget.getByRole("button", { name: "Clear the choice" })).toBeHidden();

  // What cannot be used does not open.
  await widget.getByRole("combobox", { name: "No meals" }).click({ force: true });
  await expect(widget.getByRole("listbox")).toBeHidden();
});

test("a value that has no room says so, and the page is told", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = page.getByRole("region", { name: "First chat" });
  const message = chat.getByRole("textbox", { name: "Message" });
  await message.fill("/widget settings");
  await message.press("Enter");
  const widget = chat.getByRole("region", { name: "Widget" });
  await expect(widget.getByRole("textbox", { name: "Name" })).toBeVisible();

  // What the browser does not let through is not sent: a pattern, a choice, a box.
  await tabTo(page, widget.getByRole("textbox", { name: "Name" }));
  await page.keyboard.type("Ada");
  const postcode = widget.getByRole("textbox", { name: "Postcode" });
  await tabTo(page, postcode);
  await page.keyboard.type("12");
  await press(page, widget.getByRole("button", { name: "Save" }));
  await expect(postcode).toBeFocused();
  await page.keyboard.type("345");
  await press(page, widget.getByRole("button", { name: "Save" }));
  const daily = widget.getByRole("radio", { name: "Every day" });
  await expect(daily).toBeFocused();
  await page.keyboard.press("Space");
  await press(page, widget.getByRole("checkbox", { name: "I accept the terms" }), "Space");

  // The action has a plan already.
  const action = actionOf(page, "threads.custom_action");
  await press(page, widget.getByRole("button", { name: "Save" }));
  expect((await action).payload).toMatchObject({ plan: "free", digest: "day", user: { postcode: "12345" } });
  const sentence = "What was filled in as plan was not sent";
  await expect(widget.getByRole("status")).toContainText(sentence);
  await expect(chat.getByRole("listitem").filter({ hasText: `on_error: ${sentence}` })).toHaveCount(1);
});

test("rows are buttons, and more of them take the focus", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "list");
  const { answers } = chatPage(page);
  await expect(widget.getByText("Swimming pool")).toBeHidden();
  await press(page, widget.getByRole("button", { name: "Show 4 more" }));
  await expect(widget.getByText("Swimming pool")).toBeVisible();
  await expect(widget.getByRole("listitem").filter({ hasText: "Swimming pool" })).toBeFocused();

  await press(page, widget.getByRole("button", { name: /^City library/ }), "Enter");
  await expect(widget).toContainText('place.open {"place":1}');
  await expect(answers).toHaveCount(1);
  await expect(chatPage(page).stop).toHaveCount(0);
  await press(page, widget.getByRole("button", { name: /^Botanical garden/ }), "Space");
  await expect(widget).toContainText('place.open {"place":2}');
  await expect(answers).toHaveCount(2);
});

test("an action shows that it is under way", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "actions");
  const { answers, stop, conversation } = chatPage(page);
  const button = (name: string) => widget.getByRole("button", { name, exact: true });

  // The whole widget waits: it keeps the focus, and what it holds cannot be used.
  await press(page, button("Slow"));
  await expect(widget.locator("[aria-busy=true]").first()).toBeVisible();
  await expect(button("Slow")).toBeFocused();
  await expect(button("Auto")).toHaveAttribute("aria-disabled", "true");
  await expect(widget.getByRole("textbox")).not.toBeEditable();
  await expect(widget).toContainText("press.slow null");
  await expect(button("Auto")).not.toHaveAttribute("aria-disabled");

  // A button waits alone.
  await press(page, button("Slow at once"));
  await expect(button("Slow at once")).toHaveAttribute("aria-busy", "true");
  await expect(button("Auto")).not.toHaveAttribute("aria-disabled");
  await expect(button("Slow at once")).not.toHaveAttribute("aria-busy");

  // While an answer streams, only what needs no stream is done.
  await say(page, "/slow 40");
  await expect(conversation.getByText("w2 ")).toBeVisible();
  await press(page, button("At once"));
  await expect(widget).toContainText('press.at_once {"n":2}');
  await press(page, button("Auto"));
  await expect(widget.getByRole("status")).toHaveText("An answer is being written. Try again when it is complete.");
  await expect(stop).toBeVisible();
  await expect(stop).toHaveCount(0);

  // Then it is; one that fails can be tried again.
  await press(page, button("Auto"));
  await expect(answers.last()).toContainText("Action press.auto");
  await expect(stop).toHaveCount(0);
  await press(page, button("Fails"));
  await expect(conversation.getByText("The demo failed, because you asked it to.")).toBeVisible();
  await expect(button("Fails")).not.toHaveAttribute("aria-busy");
});

test("a widget that changes keeps what is typed into it", { tag: "@own-server" }, async ({ page, visit, ready, signedIn: _ }) => {
  await visit("/chat");
  await say(page, "/widget stream");
  const widget = widgetOf(page);
  const note = widget.getByRole("textbox", { name: "Your note" });
  await tabTo(page, note);
  await page.keyboard.type("Take a coat");
  await expect(widget.getByText("Half way")).toBeVisible();
  await expect(widget.getByText("Complete")).toBeVisible();
  await expect(note).toBeFocused();
  await expect(note).toHaveValue("Take a coat");
  await expect(widget.getByRole("heading", { name: "The weather" })).toBeVisible();
  await expect(chatPage(page).stop).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(widget).toContainText('weather.note {"note":"Take a coat"}');
  await expect(chatPage(page).answers).toHaveCount(1);
  await page.reload();
  await ready();
  await expect(widget).toContainText('weather.note {"note":"Take a coat"}');
});

test("the numbers of a chart can be read", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  const widget = await show(page, visit, "charts");
  const table = widget.getByRole("table").first();
  await expect(table).toBeHidden();
  await press(page, widget.getByText("As a table").first());
  await expect(table.getByRole("row", { name: "Tue 305 200" })).toBeVisible();
});

test("a chart says its numbers to whoever points at it, unless its server wants none", { tag: "@own-server" }, async ({ page, visit }) => {
  await visit("/gallery");
  const charts = page.getByRole("region", { name: "charts", exact: true }).getByRole("figure");
  const tooltips = (at: number) => charts.nth(at).evaluate((it) => [...it.querySelectorAll("title")].map((it) => it.textContent));
  expect(await tooltips(0)).toContain("Tue · Mobile: 200");
  expect(await tooltips(3)).toContain("T · Mobile: 200");
  expect(await tooltips(4)).toEqual([]);
});

test("every size of a text is larger than the one before", { tag: "@own-server" }, async ({ page, visit }) => {
  await visit("/gallery");
  const texts = page.getByRole("region", { name: "texts", exact: true });
  const sizes = { Title: "sm md lg xl 2xl 3xl 4xl 5xl", Text: "xs sm md lg xl", Caption: "sm md lg" };
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 640 });
    for (const [kind, names] of Object.entries(sizes)) {
      const pixels: number[] = [];
      for (const name of names.split(" ")) {
        const text = texts.getByText(`${kind} ${name}`, { exact: true });
        pixels.push(await text.evaluate((it) => Number.parseFloat(getComputedStyle(it).fontSize)));
      }
      expect(pixels, `${kind} at ${width} px`).toEqual([...new Set(pixels)].sort((a, b) => a - b));
    }
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme}`, () => {
    test.use({ colorScheme });

    test(`everything that a conversation can hold keeps nobody out (${colorScheme})`, { tag: "@own-server" }, async ({ page, visit, scan }) => {
      await visit("/gallery");
      await expect(page.getByRole("heading", { level: 1, name: "Gallery" })).toBeVisible();
      for (const name of ["questions", "flight", "settings", "trip", "charts", "unknown"]) {
        await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
      }
      await scan(`the gallery, ${colorScheme}`);
      // Nothing is wider than a telephone.
      await page.setViewportSize({ width: 320, height: 640 });
      const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(needed).toBeLessThanOrEqual(there!);
    });
  });
}
