// What a user sees when the model fails.

import { ASK_BREAK, ASK_LENGTH, ASK_THOUGHT_SLOWLY, askForFailure } from "../fixtures/model.mjs";
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

  test("an answer that reached the model's limit says so, and goes on", async ({ page, visit, ready, scan, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);
    const sentence = chat.answers.getByText("This answer reached the longest length that the model may give.");
    const goOn = chat.answers.getByRole("button", { name: "Continue" });

    // Ada asks for more than the model may say at once. What came stays, and says why it ends.
    await chat.message.fill(ASK_LENGTH);
    await chat.send.click();
    await expect(chat.answers).toContainText("As long as it may be");
    await expect(sentence).toBeVisible();
    await expect(goOn).toBeVisible();
    await expect(chat.alert).toHaveCount(0);
    await scan("an answer that reached the model's limit");
    await page.reload();
    await ready();
    await expect(sentence).toBeVisible();

    // She has it go on, and can type at once.
    await goOn.click();
    await expect(chat.questions).toHaveText([new RegExp(ASK_LENGTH), /Continue/]);
    await expect(chat.answers).toHaveCount(2);
    await expect(chat.answers.last()).toContainText("You said: Continue");
    await expect(sentence).toHaveCount(1);
    await expect(goOn).toHaveCount(0);
    await expect(chat.message).toBeFocused();
  });

  test("an answer that is stopped while the model thinks says so, and can be asked for again", async ({ page, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await chat.message.fill(ASK_THOUGHT_SLOWLY);
    await chat.send.click();
    await expect(chat.conversation.getByText("number 2")).toBeVisible();
    await chat.stop.click();
    await expect(chat.stopped).toBeVisible();
    await expect(chat.tryAgain).toBeVisible();
    await page.reload();
    await ready();
    await expect(chat.stopped).toBeVisible();
    await chat.tryAgain.click();
    await expect(chat.stop).toBeVisible();
    await expect(chat.stopped).toHaveCount(0);
    await expect(chat.questions).toHaveCount(1);
  });
});
