// A message that the server does not take.

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({
  demo: true,
  settings: { MESSAGES_PER_MINUTE: "1" },
  expectedOnConsole: [/status of 429/],
});

test("Try again sends the text that waits, and leaves the last answer alone", { tag: "@own-server" }, async ({ page, visit, scan, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("/long 3");
  await chat.message.press("Enter");
  await expect(chat.answers).toContainText("w2");
  await expect(chat.send).toBeVisible();

  // Ada is too quick: her text is in the composer again, and the last answer is whole.
  await chat.message.fill("/long 4");
  await chat.message.press("Enter");
  await expect(chat.alert).toContainText("within a minute");
  await expect(chat.message).toHaveValue("/long 4");
  await expect(chat.questions).toHaveCount(1);
  await scan("a message that was refused");

  // She tries again: it is that text which is sent, and refused once more.
  // What a feed that opens again has read is not it.
  const isRead = (type: string) => ["threads.get_by_id", "threads.list"].includes(type);
  const asked = page.waitForRequest((it) => new URL(it.url()).pathname === "/chatkit" && !isRead(it.postDataJSON()?.type));
  await chat.tryAgain.click();
  const body = (await asked).postDataJSON();
  expect(body.type).toBe("threads.add_user_message");
  expect(body.params.input.content[0].text).toBe("/long 4");
  await expect(chat.alert).toContainText("within a minute");
  await expect(chat.message).toHaveValue("/long 4");
  await expect(chat.answers).toHaveCount(1);

  // Without a text there is nothing to try.
  await chat.message.fill("");
  await expect(chat.tryAgain).toBeHidden();

  // The same for the first message of a chat.
  await chat.newChat.click();
  await chat.message.fill("/long 5");
  await chat.message.press("Enter");
  await expect(chat.alert).toContainText("within a minute");
  await expect(chat.message).toHaveValue("/long 5");
  await expect(chat.tryAgain).toBeVisible();
});
