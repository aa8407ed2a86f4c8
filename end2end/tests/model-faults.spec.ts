// What a user sees when the model fails.

import { ASK_BREAK, askForFailure } from "../fixtures/model.mjs";
import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.describe("with the model of the stories", { tag: "@own-server" }, () => {
  for (const status of [401, 429, 500]) {
    test(`a model that answers ${status} is said in a sentence, and the question stays`, async ({ page, visit, ready, signedIn: _ }) => {
      await visit("/chat");
      const chat = chatPage(page);

      // Ada asks, and the model refuses.
      await chat.message.fill(askForFailure(status));
      await chat.send.click();

      // A sentence says what is wrong, without the operator's key or the provider's JSON.
      await expect(chat.alert).toHaveText(/[A-Z].{10,}\./);
      await expect(chat.alert).not.toContainText(/sk-secret|[{}]/);
      await expect(chat.send).toBeVisible();

      // Her question is not lost.
      await expect(chat.questions).toHaveText(new RegExp(askForFailure(status)));
      await page.reload();
      await ready();
      await expect(chat.questions).toHaveText(new RegExp(askForFailure(status)));

      // The chat goes on; the model gets both questions, in one message.
      await chat.message.fill("Are you there?");
      await chat.send.click();
      await expect(chat.answers.last()).toContainText(/You said: .*Are you there\?/s);
    });
  }

  test("a model that breaks off is said in a sentence, and its words stay", async ({ page, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // Ada asks, and the model's connection ends in the middle.
    await chat.message.fill(ASK_BREAK);
    await chat.send.click();
    await expect(chat.answers).toContainText("These words arrive");
    await expect(chat.alert).toHaveText(/[A-Z].{10,}\./);
    await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");

    // Question and words are there when she comes back, marked as what they are.
    await page.reload();
    await ready();
    await expect(chat.questions).toHaveText(new RegExp(ASK_BREAK));
    await expect(chat.answers).toContainText("These words arrive");
    await expect(chat.interrupted).toBeVisible();
  });
});
