// What a visitor without JavaScript can do besides signing up, in and out: read.

import type { Page } from "@playwright/test";

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

const NOTICE = "Chat needs JavaScript to send messages. You can read your chats without it.";

test("the chat page says what it needs", async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  await expectNotice(page);
});

test("a chat can be found and read", { tag: "@own-server" }, async ({ page, signedIn, visit }) => {
  // Ada chatted at home, and opens the site where scripts are not allowed.
  const id = await signedIn.createThread("Read me later");
  await visit("/chat");
  const chat = chatPage(page);

  // Her chat is in the list, and she follows the link.
  await chat.chat("Read me later").click();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${id}`);

  // Question and answer are there, and so is the reason why she cannot write.
  await expect(chat.questions).toHaveText(/Read me later/);
  await expect(chat.answers).toHaveText(/You said: Read me later/);
  await expectNotice(page);
});

/** Playwright's own idea of an element's text leaves out `noscript`; the browser's does not. */
async function expectNotice(page: Page) {
  await expect(page.getByRole("main")).toContainText(NOTICE, { useInnerText: true });
}
