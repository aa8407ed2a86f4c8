// What works with any ChatKit server: told to Colloquy, and to the official Python server at an origin of its own, which
// verifies Colloquy's tokens. Both know the demo's commands.

import type { Page } from "@playwright/test";

import { Client, newAccount } from "../fixtures/client.mjs";
import { answerTo, chatPage } from "../fixtures/pages.ts";
import { expect, signIn, test } from "../fixtures/test.ts";

test.use({ demo: true });

const TAGS = { tag: ["@own-server", "@both-servers"] };

/** Sends a message, and waits until the answer has come to its end. */
async function say(page: Page, text: string) {
  const chat = chatPage(page);
  await chat.message.fill(text);
  await chat.send.click();
  await expect(chat.questions.last()).toHaveText(new RegExp(text));
}

test("a conversation is found again, renamed and deleted", TAGS, async ({ page, visit, ready, answeredBy, signedIn: _ }) => {
  const asked: string[] = [];
  page.on("request", (it) => it.method() === "POST" && it.url().endsWith("/chatkit") && asked.push(new URL(it.url()).origin));
  await visit("/chat");
  const chat = chatPage(page);
  await expect(chat.empty).toBeVisible();

  // Ada asks twice, in one chat.
  await say(page, "/long 5");
  await expect(chat.answers).toContainText("w0 w1 w2 w3 w4");
  await expect(page).toHaveURL(/\/chat\/thr_\w+$/);
  await say(page, "/slow 3");
  await expect(chat.answers.last()).toContainText("w0 w1 w2");
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.send).toBeVisible();
  await expect(chat.answers.last()).not.toHaveAttribute("aria-busy", "true");

  // It is the server that the story is about which answers.
  const isElsewhere = answeredBy === "python";
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.every((origin) => (origin !== new URL(page.url()).origin) === isElsewhere)).toBe(true);
  await expect(page.getByText("Demo answers")).toHaveCount(isElsewhere ? 0 : 1);

  // After loading the page again all is as it was.
  await page.reload();
  await ready();
  await expect(chat.questions).toHaveCount(2);
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.answers.last()).toContainText("w0 w1 w2");

  // She begins another one, and goes back by the history.
  await chat.newChat.click();
  await expect(chat.empty).toBeVisible();
  await chat.chat("/long 5").click();
  await expect(chat.answers).toHaveCount(2);

  // She gives it a name, which stays, and deletes it.
  await chat.actions("/long 5").click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const rename = page.getByRole("dialog", { name: "Rename chat" });
  await rename.getByRole("textbox", { name: "Title" }).fill("Five words");
  const renamed = answerTo(page, "threads.update");
  await rename.getByRole("button", { name: "Save" }).click();
  await expect(chat.chat("Five words")).toBeVisible();
  await renamed;
  await page.reload();
  await ready();
  await chat.actions("Five words").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const deleted = answerTo(page, "threads.delete");
  await page.getByRole("alertdialog", { name: "Delete this chat?" }).getByRole("button", { name: "Delete" }).click();
  await expect(chat.chat("Five words")).toHaveCount(0);
  await expect(page).toHaveURL(/\/chat$/);
  await deleted;
  await page.reload();
  await ready();
  await expect(chat.empty).toBeVisible();
  await expect(chat.chat("Five words")).toHaveCount(0);
});

test("every kind of item is shown, and shown again", TAGS, async ({ page, visit, ready, scan, signedIn: _ }) => {
  await visit("/chat");
  const { conversation, answers } = chatPage(page);

  await say(page, "/workflow");
  await expect(conversation.getByText("The work is done.")).toBeVisible();
  await say(page, "/task");
  await expect(conversation.getByText("The task is done.")).toBeVisible();
  await say(page, "/annotations");
  await expect(conversation.getByText("Sources (3)")).toBeVisible();
  await say(page, "/image");
  await expect(conversation.getByRole("img", { name: "Generated picture" })).toBeVisible();
  await say(page, "/widget");
  await expect(conversation.getByRole("region", { name: "Widget" })).toContainText("Hello from a widget.");
  await say(page, "/tool");
  await expect(conversation.getByText(/asked this page for get_selection/)).toBeVisible();
  await say(page, "/hidden");
  await expect(conversation.getByText("There is something that you cannot see.")).toBeVisible();
  await say(page, "/replace");
  await expect(conversation.getByText("This took its place.")).toBeVisible();
  await expect(conversation.getByText("One item was replaced, another one removed.")).toBeVisible();
  await say(page, "/markdown");
  await expect(answers.last().getByRole("heading", { name: "Heading 1" })).toBeVisible();
  await expect(answers.last().getByRole("link", { name: "link", exact: true })).toHaveAttribute("href", "https://example.com/");
  await expect(answers.last().getByRole("table")).toBeVisible();
  await expect(answers.last().getByText("fn main()")).toBeVisible();

  // What they hold can be unfolded.
  const expectAll = async () => {
    await conversation.getByText("Thought for 3 s").click();
    await expect(conversation.getByRole("list", { name: "Searched for" }).getByText("rust wasm")).toBeVisible();
    await expect(conversation.getByText("Looked it up")).toBeVisible();
    await conversation.getByText("Sources (3)").click();
    await expect(conversation.getByRole("link", { name: "Docs", exact: true })).toBeVisible();
    await expect(conversation.getByRole("img", { name: "Generated picture" })).toBeVisible();
    await expect(conversation.getByRole("region", { name: "Widget" })).toContainText("Hello from a widget.");
    await expect(conversation.getByText("secret")).toHaveCount(0);
    await expect(conversation.getByText("This will be re")).toHaveCount(0);
  };
  await expectAll();
  await scan("every kind of item");
  await page.reload();
  await ready();
  await expectAll();
});

test("what is said beside the conversation is seen", TAGS, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);

  // A notice.
  await say(page, "/effects");
  const notice = page.getByRole("status").filter({ hasText: "Limit" });
  await expect(notice).toContainText("You have 10 messages left.");
  await expect(chat.conversation.getByText("Something happened beside the conversation.")).toBeVisible();

  // An error after which the answer goes on.
  await say(page, "/error");
  await expect(chat.alert).toContainText("The demo reports an error");
  await expect(chat.conversation.getByText("This comes after an error.")).toBeVisible();
});

test("questions are answered on any server", TAGS, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await say(page, "/structured");
  const questions = page.getByRole("form", { name: "Questions" });
  await questions.getByRole("radio", { name: "High" }).check();
  await questions.getByRole("button", { name: "Next", exact: true }).click();
  await questions.getByRole("textbox", { name: "Anything else?" }).fill("Soon");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Questions" }).getByText("High")).toBeVisible();
  await expect(page.getByText("Resumed after your answers.")).toBeVisible();
  await expect(chat.message).toBeVisible();
});

test("a failed answer is asked for again", TAGS, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await say(page, "/fail 500");
  await expect(chat.alert).toContainText("The demo failed, because you asked it to.");
  await chat.tryAgain.click();
  await expect(chat.alert).toHaveCount(1);
  await expect(chat.tryAgain).toBeVisible();
  await expect(chat.questions).toHaveCount(1);

  // The chat goes on.
  await say(page, "/long 2");
  await expect(chat.answers.last()).toContainText("w0 w1");
});

test("an answer is stopped on any server", TAGS, async ({ page, visit, ready, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await say(page, "/slow 200");
  await expect(chat.answers).toContainText("w3 ");
  await chat.stop.click();
  await expect(chat.send).toBeVisible();
  await expect(chat.stopped).toBeVisible();
  await expect(page).toHaveURL(/\/chat\/thr_\w+$/);

  // What was written stays.
  await page.reload();
  await ready();
  await expect(chat.questions).toHaveCount(1);
  await expect(chat.answers).toContainText("w3 ");
  await expect(chat.answers).not.toContainText("w150 ");
});

test("a locked chat takes no more messages", TAGS, async ({ page, visit, ready, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await say(page, "/lock");
  const reason = page.getByText("The demo locked this conversation, because you asked it to.");
  await expect(reason).toBeVisible();
  await expect(chat.message).toBeDisabled();
  await page.reload();
  await ready();
  await expect(reason).toBeVisible();
});

test("nobody sees the chats of somebody else", TAGS, async ({ page, visit, ready, answeredBy, signedIn: _, browser, baseURL }) => {
  // Ada has a chat.
  await visit("/chat");
  await say(page, "/long 3");
  await expect(page).toHaveURL(/\/chat\/thr_\w+$/);
  await expect(chatPage(page).answers).toContainText("w2");

  // Grace opens its address.
  const context = await browser.newContext({ baseURL: baseURL! });
  await signIn(context, await Client.signUp(baseURL!, newAccount("Grace Hopper")));
  const other = await context.newPage();
  await other.goto(page.url());
  await ready(other);
  const missing = other.getByRole("heading", { name: "Page not found" });
  // The Python package has no answer for a thread that is not there, and FastAPI's own for a crash allows no origin.
  const failed = other.getByRole("alert").filter({ hasText: "could not be reached" });
  await expect(answeredBy === "python" ? failed : missing).toBeVisible();
  await expect(other.getByText("/long 3")).toHaveCount(0);
  await context.close();
});
