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
