// What the ChatKit client can be told, and what it tells, on the page for developers.

import type { Page, Request } from "@playwright/test";

import { Client, newAccount } from "../fixtures/client.mjs";
import { startPlain } from "../fixtures/plain.mjs";
import { expect, signIn, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

/** One of the page's two chats. */
const example = (page: Page, name = "First chat") => {
  const chat = page.getByRole("region", { name, exact: true });
  const events = chat.getByRole("list", { name: "Events" }).getByRole("listitem");
  return {
    conversation: chat.getByRole("log", { name: "Conversation" }),
    message: chat.getByRole("textbox", { name: "Message" }),
    send: chat.getByRole("button", { name: "Send message" }),
    answers: chat.getByRole("article", { name: "Assistant" }),
    method: (name: string) => chat.getByRole("button", { name, exact: true }),
    toolFails: chat.getByRole("checkbox", { name: "The client tool fails" }),
    events,
    event: (text: string | RegExp) => events.filter({ hasText: text }),
  };
};

/** Sends a message. */
async function say(page: Page, text: string) {
  await example(page).message.fill(text);
  await example(page).send.click();
}

/** What requests to a ChatKit server ask for. */
const typeOf = (request: Request) =>
  new URL(request.url()).pathname === "/chatkit" ? request.postDataJSON()?.type : undefined;

/** Waits for a request of a type, and returns its parameters. */
const asked = async (page: Page, type: string) => {
  const request = await page.waitForRequest((it) => typeOf(it) === type);
  return request.postDataJSON().params;
};

test("handlers are told of an answer from its beginning to its end", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = example(page);

  // A method that is called too early says so, and the page is told when it may be called.
  await expect(chat.event(/^send_message: the chat is not ready yet/)).toHaveCount(1);
  await expect(chat.event(/^on_ready/)).toHaveCount(1);

  // An answer begins, its thread gets an id, and it is complete.
  const sent = page.waitForRequest((it) => typeOf(it) === "threads.create");
  await chat.method("send_user_message").click();
  expect((await sent).headers()["x-example"]).toBe("yes");
  await expect(chat.event(/^on_response_end: thr_\w+ complete$/)).toHaveCount(1);
  await expect(chat.event(/^on_response_start/)).toHaveCount(1);
  await expect(chat.event(/^on_thread_change: thr_\w+$/)).toHaveCount(1);
  await expect(chat.answers).toContainText("w0 w1");

  // One that is stopped, and one that fails, say so. A method that is called meanwhile says why it does nothing.
  await say(page, "/slow 200");
  await expect(chat.answers.last()).toContainText("w2 ");
  await chat.method("send_user_message").click();
  await expect(chat.event(/^send_user_message: an answer is under way/)).toHaveCount(1);
  await chat.method("stop").click();
  await expect(chat.event(/^on_response_end: thr_\w+ stopped$/)).toHaveCount(1);
  await say(page, "/fail");
  await expect(chat.event(/^on_error: The demo failed/)).toHaveCount(1);
  await expect(chat.event(/^on_response_end: thr_\w+ failed$/)).toHaveCount(1);
});

test("a client tool is called, and its result goes back", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = example(page);
  const output = asked(page, "threads.add_client_tool_output");
  await say(page, "/tool");
  await expect(chat.event('on_client_tool: get_selection {"none":null,"project":"p1"}')).toHaveCount(1);
  expect((await output).result).toEqual({ selected: 3 });
  await expect(chat.answers.last()).toContainText("Resumed after client result.");

  // So does its failure.
  await chat.toolFails.check();
  const failure = asked(page, "threads.add_client_tool_output");
  await say(page, "/tool");
  expect((await failure).result).toEqual({ error: "nothing is selected" });
  await expect(chat.answers).toHaveCount(2);
});

test("effects, links to the page and actions are told", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = example(page);

  // What the server asks the page to do.
  await say(page, "/effects");
  await expect(chat.event('on_effect: highlight {"index":1,"none":null}')).toHaveCount(1);

  // A link that leads nowhere but to the page.
  await expect(chat.event(/^on_response_end/)).toHaveCount(1);
  await say(page, "[Open it](chatkit-link://open?id=7)");
  await expect(chat.event(/^on_response_end/)).toHaveCount(2);
  await chat.answers.last().getByText("Open it").click();
  await expect(chat.event('on_deeplink: open {"id":"7"}')).toHaveCount(1);

  // An action of the page's own.
  const action = asked(page, "threads.custom_action");
  await chat.method("send_custom_action").click();
  expect((await action).action).toEqual({ type: "ping", payload: { n: 1 } });
  await expect(chat.answers.last()).toContainText("Action ping");
});

test("threads are loaded and changed", { tag: "@own-server" }, async ({ page, visit, signedIn }) => {
  const id = await signedIn.createThread("/long 3");
  await visit("/examples/chatkit");
  const chat = example(page);
  await expect(chat.event(/^on_ready/)).toHaveCount(1);

  // Another thread is shown.
  const listed = page.waitForResponse((it) => typeOf(it.request()) === "threads.list");
  await chat.method("fetch_updates").click();
  await (await listed).finished();
  await chat.method("set_thread_id (newest)").click();
  await expect(chat.event(`on_thread_change: ${id}`)).toHaveCount(1);
  await expect(chat.event(`on_thread_load_start: ${id}`)).toHaveCount(1);
  await expect(chat.event(`on_thread_load_end: ${id}`)).toHaveCount(1);
  await expect(chat.answers).toContainText("w0 w1 w2");

  // What changed elsewhere is fetched.
  const fetched = asked(page, "threads.get_by_id");
  await chat.method("fetch_updates").click();
  expect((await fetched).thread_id).toBe(id);

  // A new chat is shown.
  await chat.method("set_thread_id (none)").click();
  await expect(chat.event(/^on_thread_change: $/)).toHaveCount(1);
  await expect(chat.conversation.getByRole("heading", { name: "Try it" })).toBeVisible();
});

test("options may change, and nothing is sent again", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = example(page);
  await chat.method("send_user_message").click();
  await expect(chat.event(/^on_response_end/)).toHaveCount(1);

  // The same options with new functions draw and send nothing; the new functions are called.
  const sent: string[] = [];
  page.on("request", (it) => typeOf(it) && sent.push(typeOf(it)));
  const answer = await chat.answers.elementHandle();
  await chat.method("set_options (the same)").click();
  await chat.method("set_options (placeholder)").click();
  await expect(chat.message).toHaveAttribute("placeholder", "Another one");
  expect(sent).toEqual([]);
  expect(await answer!.evaluate((it) => it.isConnected)).toBe(true);
  await chat.method("send_user_message").click();
  await expect(chat.event(/^on_response_end/)).toHaveCount(2);
  expect(sent).toEqual(["threads.add_user_message"]);
});

test("two chats on one page leave each other alone", { tag: "@own-server" }, async ({ page, visit, scan, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const [first, second] = [example(page), example(page, "Second chat")];

  // The focus goes where it is asked for.
  await second.method("focus_composer").click();
  await expect(second.message).toBeFocused();
  await second.method("set_draft").click();
  await expect(second.message).toHaveValue("a draft");
  await first.method("focus_composer").click();
  await expect(first.message).toBeFocused();
  await expect(first.message).toHaveValue("");

  // Events are those of the chat that they happen in.
  await first.message.fill("A note[^1].\n\n[^1]: Of the first.");
  await page.keyboard.press("Enter");
  await expect(first.event(/^on_response_end/)).toHaveCount(1);
  await expect(second.event(/^on_response_start/)).toHaveCount(0);
  await expect(second.answers).toHaveCount(0);
  await second.message.fill("/markdown");
  await page.keyboard.press("Enter");
  await expect(second.event(/^on_response_end/)).toHaveCount(1);
  await expect(first.event(/^on_response_end/)).toHaveCount(1);

  // Both ask questions at once.
  for (const chat of [first, second]) {
    await chat.message.fill("/structured");
    await page.keyboard.press("Enter");
    await expect(chat.message).toHaveCount(0);
  }

  // No two elements have the same id.
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((it) => it.id));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  await scan("two chats");
});

test.describe("a server of a later protocol", { tag: "@own-server" }, () => {
  // It has no feed either.
  test.use({ expectedOnConsole: [/status of 404/] });

  test("what nobody knows yet is told to the log", async ({ page, server, context, ready }) => {
    const later = await startPlain(server.url, 'data: {"type":"thread.sang","song":1}\n\n');
    const ada = await Client.signUp(server.url, newAccount());
    await signIn(context, new Client(later.url, ada.cookie, ada.userId, ada.token));
    await page.goto(`${later.url}/examples/chatkit`);
    await ready();
    await say(page, "/long 3");
    await expect(example(page).event("on_log: event.unknown")).toHaveCount(1);
    await expect(example(page).answers).toContainText("w0 w1 w2");
    await later.stop();
  });
});
