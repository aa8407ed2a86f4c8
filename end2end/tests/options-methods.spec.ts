// What a page does with a chat: answers asked for again, threads shown, options changed.

import { asked, example, say, typeOf } from "../fixtures/example.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

test("an answer is asked for again, and a widget is changed", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const chat = example(page);
  await say(page, "/widget");
  await expect(chat.event(/^on_response_end: thr_\w+ complete$/)).toHaveCount(1);

  // An action without a stream changes the widget that it is of.
  const action = asked(page, "threads.sync_custom_action");
  await chat.method("send_sync_custom_action").click();
  expect((await action).action).toEqual({ type: "ping", payload: { n: 1 } });
  await expect(chat.conversation.getByText("Done at once: ping")).toBeVisible();

  // The question is answered anew.
  const again = asked(page, "threads.retry_after_item");
  await chat.method("retry").click();
  expect((await again).item_id).toMatch(/^msg_/);
  await expect(chat.event(/^on_response_end: thr_\w+ complete$/)).toHaveCount(2);
  await expect(chat.conversation.getByText("Done at once: ping")).toHaveCount(0);
  await expect(chat.conversation.getByText("Hello from a widget.")).toBeVisible();
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
  // What was listed may be the page's other chat's.
  await expect(async () => {
    await chat.method("set_thread_id (newest)").click();
    await expect(chat.event(`on_thread_change: ${id}`)).toHaveCount(1, { timeout: 1000 });
  }).toPass();
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
  const sent: string[] = [];
  page.on("request", (it) => typeOf(it) && sent.push(typeOf(it)));
  await visit("/examples/chatkit");
  const chat = example(page);
  await chat.method("send_user_message").click();
  await expect(chat.event(/^on_response_end/)).toHaveCount(1);
  // Each chat's feed opens in its own time, and then the chat asks for everything once.
  const isQuiet = async () => {
    const before = sent.length;
    await page.waitForTimeout(1500);
    return sent.length === before;
  };
  await expect.poll(isQuiet, { timeout: 30_000 }).toBe(true);
  sent.length = 0;

  // The same options with new functions draw and send nothing; the new functions are called.
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
