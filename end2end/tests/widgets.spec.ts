// Widgets, used by keyboard alone.

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";
import { actionOf, hold, press, say, show, tabTo, widgetOf } from "../fixtures/widgets.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

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
  await expect(widget.getByRole("status")).toContainText("this page does not know how to do that");

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
      await tabTo(page, widget.getByRole("textbox", { name: "Birthday" }));
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
  const slow = await hold(page, "threads.custom_action");
  await press(page, button("Slow"));
  await expect(widget.locator("[aria-busy=true]").first()).toBeVisible();
  await expect(button("Slow")).toBeFocused();
  await expect(button("Auto")).toHaveAttribute("aria-disabled", "true");
  await expect(widget.getByRole("textbox")).not.toBeEditable();
  slow.letGo();
  await expect(widget).toContainText("press.slow null");
  await expect(button("Auto")).not.toHaveAttribute("aria-disabled");

  // A button waits alone.
  const atOnce = await hold(page, "threads.sync_custom_action");
  await press(page, button("Slow at once"));
  await expect(button("Slow at once")).toHaveAttribute("aria-busy", "true");
  await expect(button("Auto")).not.toHaveAttribute("aria-disabled");
  atOnce.letGo();
  await expect(button("Slow at once")).not.toHaveAttribute("aria-busy");

  // While an answer streams, only what needs no stream is done.
  await say(page, "/slow 3000");
  await expect(conversation.getByText("w2 ")).toBeVisible();
  await press(page, button("At once"));
  await expect(widget).toContainText('press.at_once {"n":2}');
  await press(page, button("Auto"));
  await expect(widget.getByRole("status")).toHaveText("An answer is being written. Try again when it is complete.");
  await stop.click();
  await expect(stop).toHaveCount(0);
  await expect(chatPage(page).send).toBeVisible();

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
  // By the shortest way: what follows is there for a second.
  await note.focus();
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
