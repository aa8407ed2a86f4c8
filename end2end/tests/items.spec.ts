// What an assistant says that is no plain answer.

import { answerTo, chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

test("steps, sources and pictures can be seen", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  const conversation = page.getByRole("log", { name: "Conversation" });
  const say = async (text: string) => {
    await chat.message.fill(text);
    await chat.send.click();
    await expect(conversation.getByText(text, { exact: true })).toBeVisible();
  };

  // Steps fold up when they are done, and unfold.
  await say("/workflow");
  await expect(conversation.getByText("The work is done.")).toBeVisible();
  const query = conversation.getByRole("list", { name: "Searched for" }).getByText("rust wasm");
  await expect(query).toBeHidden();
  await conversation.getByText("Thought for 3 s").click();
  await expect(query).toBeVisible();

  // An answer says where it comes from.
  await say("/annotations");
  const docs = conversation.getByRole("link", { name: "Docs", exact: true });
  await expect(docs).toBeHidden();
  await conversation.getByText("Sources (3)").click();
  await expect(docs).toBeVisible();

  // It can be judged, and that is remembered.
  const good = chat.answers.last().getByRole("button", { name: "Good answer" });
  const judged = answerTo(page, "items.feedback");
  await good.click();
  await expect(good).toHaveAttribute("aria-pressed", "true");
  await judged;
  await page.reload();
  await expect(good).toHaveAttribute("aria-pressed", "true");

  // A picture comes.
  await say("/image");
  await expect(conversation.getByRole("img", { name: "Generated picture" })).toBeVisible();
});

test("an answer's versions can be seen again", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("Hello there");
  await chat.send.click();
  const answer = chat.answers.last();
  await answer.getByRole("button", { name: "Answer again" }).click();
  const versions = answer.getByRole("group", { name: "Versions of this answer" });
  await expect(versions).toHaveText("2 / 2");
  await versions.getByRole("button", { name: "Previous version" }).click();
  await expect(versions).toHaveText("1 / 2");
  await expect(versions.getByRole("button", { name: "Previous version" })).toBeDisabled();
});

test("questions are answered in the composer's place", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("/structured");
  await chat.send.click();

  // The composer gives way to the questions, and the keyboard is where the answers are.
  const questions = page.getByRole("form", { name: "Questions" });
  await expect(questions.getByRole("radio", { name: "Low" })).toBeFocused();
  await expect(chat.message).toHaveCount(0);
  await page.keyboard.press("ArrowDown");
  await expect(questions.getByRole("radio", { name: "High" })).toBeChecked();
  await questions.getByRole("button", { name: "Next", exact: true }).click();
  const words = questions.getByRole("textbox", { name: "Anything else?" });
  await expect(words).toBeFocused();

  // Nothing is lost on the way back.
  await questions.getByRole("button", { name: "Back" }).click();
  await expect(questions.getByRole("radio", { name: "High" })).toBeChecked();
  await page.keyboard.press("Enter");
  await words.fill("Soon");
  await page.keyboard.press("Enter");

  // The answers stand in the conversation, and it goes on.
  const answered = page.getByRole("region", { name: "Questions" });
  await expect(answered.getByText("High")).toBeVisible();
  await expect(answered.getByText("Soon")).toBeVisible();
  await expect(page.getByText("Resumed after your answers.")).toBeVisible();
  await expect(chat.message).toBeVisible();
});

test("questions can be skipped", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("/structured");
  await chat.send.click();
  await page.getByRole("button", { name: "Skip all" }).click();
  await expect(page.getByRole("region", { name: "Questions" }).getByText("Skipped")).toHaveCount(2);
  await expect(chat.message).toBeFocused();
});
