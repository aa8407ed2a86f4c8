// What a page puts around the conversation: the header's actions, the list of threads, prompts, a disclaimer.

import { asked, example } from "../fixtures/example.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

test("the header has the page's title and actions", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const { chat, event } = example(page);
  await expect(chat.getByRole("heading", { name: "Every option" })).toBeVisible();
  await chat.getByRole("button", { name: "Open the menu" }).click();
  await expect(event(/^header\.left_action/)).toHaveCount(1);
  await chat.getByRole("button", { name: "Open the profile" }).click();
  await expect(event(/^header\.right_action/)).toHaveCount(1);
});

test("a prompt is asked with one click", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const { chat, answers, message } = example(page);
  const prompts = chat.getByRole("list", { name: "Suggestions" });
  await expect(prompts.getByRole("button")).toHaveText(["Show me a table", "What can the demo do?"]);
  const sent = asked(page, "threads.create");
  await prompts.getByRole("button", { name: "Show me a table" }).click();
  expect((await sent).input.content).toEqual([{ type: "input_text", text: "/markdown" }]);
  await expect(answers.getByRole("table")).toBeVisible();
  await expect(prompts).toHaveCount(0);
  await expect(message).toBeFocused();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme}`, () => {
    test.use({ colorScheme });

    test(`the list of threads is used by keyboard (${colorScheme})`, { tag: "@own-server" }, async ({ page, visit, scan, signedIn }) => {
      const id = await signedIn.createThread("/long 3");
      await visit("/examples/chatkit");
      const { chat, event, method, message, answers } = example(page);
      await expect(chat.getByText("This is an example: do not believe it.")).toBeVisible();
      await scan(`all options, ${colorScheme}`);

      // Ada opens it, and Escape brings her back to where she was.
      const opener = chat.getByRole("button", { name: "Show chats" });
      const panel = chat.getByRole("dialog", { name: "Chats" });
      await opener.press("Enter");
      await expect(panel.getByRole("searchbox", { name: "Search chats" })).toBeFocused();
      await expect(event(/^on_history_open/)).toHaveCount(1);
      await scan(`the list of threads, ${colorScheme}`);
      await page.keyboard.press("Escape");
      await expect(panel).toHaveCount(0);
      await expect(opener).toBeFocused();
      await expect(event(/^on_history_close/)).toHaveCount(1);

      // The page opens and closes it, too.
      await method("show_history").click();
      await expect(panel).toBeVisible();
      await method("hide_history").click();
      await expect(panel).toHaveCount(0);
      await expect(event(/^on_history_close/)).toHaveCount(2);

      // She goes down to a thread; it is shown, and she can write.
      await opener.press("Enter");
      await expect(panel.getByRole("searchbox")).toBeFocused();
      await page.keyboard.press("ArrowDown");
      await expect(panel.getByRole("button", { name: "/long 3", exact: true })).toBeFocused();
      await page.keyboard.press("Enter");
      await expect(panel).toHaveCount(0);
      await expect(event(`on_thread_change: ${id}`)).toHaveCount(1);
      await expect(answers).toContainText("w0 w1 w2");
      await expect(message).toBeFocused();
    });
  });
}
