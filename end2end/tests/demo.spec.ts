// A server that nobody has connected with a model yet.

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

test("the demo answers, and says that it is one", { tag: "@own-server" }, async ({ page, visit, ready, signedIn: _ }) => {
  // Ada tries a fresh installation. The page says what answers, and how to change that.
  await visit("/chat");
  const chat = chatPage(page);
  const note = page.getByRole("note").filter({ hasText: "Demo answers" });
  await expect(note).toBeVisible();
  await expect(note).toContainText("OPENAI_BASE_URL");
  await expect(note).toContainText("OPENAI_API_KEY");

  // It can be tried all the same, and remembers.
  await chat.message.fill("Hello there");
  await chat.send.click();
  await expect(chat.answers).toHaveText(/\S{2,}/);
  await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");
  const answer = await chat.answers.innerText();
  await page.reload();
  await ready();
  await expect(chat.questions).toHaveText(/Hello there/);
  await expect(chat.answers).toHaveText(answer, { useInnerText: true });
});

test("a locked chat says why, a closed one has no composer", { tag: "@own-server" }, async ({ page, visit, ready, scan, signedIn: _ }) => {
  // Ada has a chat locked: the composer stays, says why, and takes nothing.
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("/lock");
  await chat.send.click();
  await expect(chat.answers).toContainText("This conversation is locked now.");
  const locked = page.getByPlaceholder("The demo locked this conversation, because you asked it to.");
  await expect(locked).toBeDisabled();
  await expect(locked).toHaveAccessibleName("Message");
  await expect(locked).toHaveAccessibleDescription("The demo locked this conversation, because you asked it to.");
  await expect(chat.send).toBeDisabled();
  await scan("a locked chat");

  // It is so after a reload, too.
  await page.reload();
  await ready();
  await expect(locked).toBeDisabled();

  // The way past the chats leads to what can be read.
  await page.getByRole("link", { name: "Skip to the message field" }).press("Enter");
  await expect(chat.conversation).toBeFocused();

  // Another one is closed: a sentence stands in the composer's place.
  await chat.newChat.click();
  await expect(chat.message).toBeEnabled();
  await chat.message.fill("/close");
  await chat.send.click();
  await expect(page.getByText("The demo closed this conversation, because you asked it to.")).toBeVisible();
  await expect(chat.message).toBeHidden();
});
