// What the ChatKit client tells the page, and has it do, on the page for developers.

import { Client, newAccount } from "../fixtures/client.mjs";
import { asked, example, say, typeOf } from "../fixtures/example.ts";
import { startPlain } from "../fixtures/plain.mjs";
import { expect, signIn, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

test("handlers are told of an answer from its beginning to its end", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = example(page);

  // A method that is called too early says so, and the page is told when it may be called.
  await expect(chat.event(/^send_message: the chat is not ready yet/)).toHaveCount(1);
  await expect(chat.event(/^on_ready/)).toHaveCount(1);

  // So does one that nothing is there for.
  for (const name of ["retry", "send_custom_action", "send_sync_custom_action", "answer_tool_call"]) {
    await chat.method(name).click();
    await expect(chat.event(`${name}: no thread is shown`)).toHaveCount(1);
  }

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

test.describe("a server that has the page do something", { tag: "@own-server" }, () => {
  test.use({ expectedOnConsole: [/status of 404/] });

  test("a widget's action is the page's", async ({ page, server, context, ready }) => {
    const onClickAction = { type: "pick", payload: { n: 2 }, handler: "client" };
    const widget = { type: "Card", children: [{ type: "Button", label: "Pick two", onClickAction }] };
    const item = { type: "widget", id: "msg_w", thread_id: "thr_w", created_at: "2026-11-25T00:00:00Z", widget };
    const asking = await startPlain(server.url, `data: ${JSON.stringify({ type: "thread.item.done", item })}\n\n`);
    const ada = await Client.signUp(server.url, newAccount());
    await signIn(context, new Client(asking.url, ada.cookie, ada.userId, ada.token));
    await page.goto(`${asking.url}/examples/chatkit`);
    await ready();
    const chat = example(page);
    await say(page, "/long 3");
    await expect(chat.event(/^on_response_end/)).toHaveCount(1);
    await chat.conversation.getByRole("button", { name: "Pick two" }).click();
    await expect(chat.event('widgets.on_action: pick {"n":2}')).toHaveCount(1);
    await asking.stop();
  });
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
    // A stream that is cut would be told on the console.
    await expect(example(page).event(/^on_response_end: thr_\w+ complete$/)).toHaveCount(1);
    await later.stop();
  });
});
