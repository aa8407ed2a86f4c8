// Two chats on one page.

import { example } from "../fixtures/example.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

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
  await second.send.click();
  await expect(second.event(/^on_response_end/)).toHaveCount(1);
  await expect(first.event(/^on_response_end/)).toHaveCount(1);

  // What a text area opens is its own chat's.
  for (const chat of [first, second]) {
    await chat.message.fill("");
    await chat.message.pressSequentially("@");
    const list = chat.chat.getByRole("listbox", { name: "Mentions" });
    await expect(list).toBeVisible();
    await expect(chat.message).toHaveAttribute("aria-controls", (await list.getAttribute("id"))!);
    await page.keyboard.press("Escape");
    await chat.message.fill("");
  }

  // Both ask questions at once, and both show their chats.
  for (const chat of [first, second]) {
    await chat.message.fill("/structured");
    await chat.send.click();
    await expect(chat.message).toHaveCount(0);
  }
  for (const chat of [first, second]) {
    await chat.method("show_history").click();
    await expect(chat.chat.getByRole("searchbox", { name: "Search chats" })).toBeVisible();
  }

  // No two elements have the same id.
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((it) => it.id));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  await scan("two chats");
});
