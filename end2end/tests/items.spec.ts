// What an assistant says that is no plain answer.

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

test("steps, sources and pictures can be seen", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  const conversation = page.getByRole("log", { name: "Conversation" });

  // Steps fold up when they are done, and unfold.
  await say("/workflow");
  const steps = conversation.getByRole("group").first();
  await steps.locator("summary").click();
  await expect(steps.getByRole("listitem").first()).toBeVisible();

  // An answer says where it comes from.
  await say("/annotations");
  await conversation.getByText(/^Sources/).click();
  await expect(conversation.getByRole("link", { name: /./ }).first()).toBeVisible();

  // A picture comes.
  await say("/image");
  await expect(conversation.getByRole("img").last()).toBeVisible();

  async function say(text: string) {
    await chat.message.fill(text);
    await chat.send.click();
    await expect(page.getByRole("button", { name: "Stop answering" })).toHaveCount(0);
    await expect(conversation.getByText(text, { exact: true })).toBeVisible();
  }
});

test("questions are answered in the composer's place", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("/structured");
  await chat.send.click();

  // The composer gives way to the questions, which the keyboard answers.
  const skipAll = page.getByRole("button", { name: "Skip all" });
  await expect(skipAll).toBeVisible();
  await expect(chat.message).toHaveCount(0);
  await skipAll.click();
  await expect(skipAll).toHaveCount(0);
  await expect(chat.message).toBeVisible();
});
