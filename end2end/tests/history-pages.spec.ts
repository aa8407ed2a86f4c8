// What was said long ago is loaded in pages, as the reader gets there.

import { ASK_LINES } from "../fixtures/model.mjs";
import { chatPage, isAtEnd } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";
import { hold } from "../fixtures/widgets.ts";

test("what was said long ago comes when the reader gets there", { tag: "@own-server" }, async ({ page, signedIn, visit }) => {
  const id = await signedIn.createThread(ASK_LINES);
  for (let n = 1; n <= 60; n++) await signedIn.say(id, `Message ${n}`);
  await visit(`/chat/${id}`);
  const chat = chatPage(page);
  await expect(chat.questions.last()).toHaveText(/Message 60/);
  const shown = await chat.questions.count();
  expect(shown).toBeLessThan(40);

  // Grace goes to the top, and older messages come in above. What she reads stays where it is.
  const name = (await chat.questions.first().innerText()).trim();
  // They are held back until she is there: a scroll that is still under way would go on above them.
  const older = await hold(page, "items.list");
  await chat.conversation.focus();
  await page.keyboard.press("Home");
  // What the browser has not drawn yet may be higher than it thinks: then Home ended before the top.
  const top = () => chat.conversation.evaluate((log) => log.scrollTop);
  await expect(async () => {
    await chat.conversation.evaluate((log) => (log.scrollTop = 0));
    await page.waitForTimeout(200);
    expect(await top()).toBe(0);
  }).toPass();
  older.letGo();
  await expect.poll(() => chat.questions.count()).toBeGreaterThan(shown);
  await expect(page.getByText(name, { exact: true }).first()).toBeInViewport();

  // One page came, not all of them.
  expect(await chat.questions.count()).toBeLessThan(60);

  // She reads upwards with the wheel, to the very beginning.
  await chat.conversation.hover();
  await expect(async () => {
    await page.mouse.wheel(0, -2000);
    await expect(chat.questions.first()).toHaveText(ASK_LINES, { timeout: 500 });
  }).toPass();
  await expect(page.getByRole("button", { name: "Show earlier messages" })).toHaveCount(0);
  await expect(chat.questions).toHaveCount(61);

  // Back to the end.
  await page.getByRole("button", { name: "Jump to latest" }).click();
  await expect.poll(() => isAtEnd(page)).toBe(true);
});
