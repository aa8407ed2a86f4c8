// Chats, with a model that answers.

import type { Page } from "@playwright/test";

import { Client, newAccount } from "../fixtures/client.mjs";
import { ASK_MARKDOWN, ASK_SLOWLY } from "../fixtures/model.mjs";
import { answerTo, chatPage, closing, notFound, signInPage, signUpPage } from "../fixtures/pages.ts";
import { expect, signIn, test } from "../fixtures/test.ts";

test.describe("with the model of the stories", { tag: "@own-server" }, () => {
  test("a visitor signs up, chats, and finds the chat again", async ({ page, account, visit, ready, scan }) => {
    // Ada makes an account.
    await visit("/sign-up");
    await signUpPage(page).name.fill(account.name);
    await signUpPage(page).email.fill(account.email);
    await signUpPage(page).password.fill(account.password);
    await signUpPage(page).submit.click();

    // She asks her first question with the Enter key.
    const chat = chatPage(page);
    await expect(chat.empty).toBeVisible();
    await ready();
    await chat.message.fill(ASK_MARKDOWN);
    await chat.message.press("Enter");
    await expect(chat.questions).toHaveText(new RegExp(ASK_MARKDOWN));
    await expect(chat.message).toHaveValue("");

    // The answer streams in: its beginning is there while the rest is on its way.
    await expect(chat.answers.and(page.locator("[aria-busy=true]"))).toContainText("one owner");
    await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");
    await expect(chat.send).toBeVisible();

    // It is Markdown, and reads as such.
    await expectMarkdown(page);
    await scan("a chat with an answer");

    // The chat has an address and a place in the list.
    await expect(page).toHaveURL(/\/chat\/thr_\w+$/);
    const address = page.url();
    await expect(chat.chat(ASK_MARKDOWN)).toBeVisible();

    // After loading the page again all is as it was.
    const asked = Promise.all(["threads.list", "threads.get_by_id"].map((type) => answerTo(page, type)));
    await page.reload();
    await ready();
    await expect(chat.questions).toHaveText(new RegExp(ASK_MARKDOWN));
    await expectMarkdown(page);
    // What the page asks for when it comes to life is answered before she signs out.
    await asked;

    // She signs out and in again, and opens the chat from the list.
    await chat.signOut();
    await expect(signInPage(page).heading).toBeVisible();
    await ready();
    await signInPage(page).email.fill(account.email);
    await signInPage(page).password.fill(account.password);
    await signInPage(page).submit.click();
    await ready();
    await chat.chat(ASK_MARKDOWN).click();
    await expect(page).toHaveURL(address);
    await expectMarkdown(page);

    // She gives the chat a name of her own.
    await chat.actions(ASK_MARKDOWN).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    const rename = page.getByRole("dialog", { name: "Rename chat" });
    await expect(rename).toBeVisible();
    await scan("the dialog to rename a chat");
    await rename.getByRole("textbox", { name: "Title" }).fill("Who owns what");
    const renamed = answerTo(page, "threads.update");
    await rename.getByRole("button", { name: "Save" }).click();
    await expect(rename).toBeHidden();
    await expect(chat.chat("Who owns what")).toBeVisible();
    await expect(chat.chat(ASK_MARKDOWN)).toHaveCount(0);

    // The name stays.
    await renamed;
    await page.reload();
    await ready();
    await expect(chat.chat("Who owns what")).toBeVisible();

    // She deletes it, but thinks again.
    await chat.actions("Who owns what").click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const confirm = page.getByRole("alertdialog", { name: "Delete this chat?" });
    await expect(confirm).toBeVisible();
    await scan("the dialog to delete a chat");
    await closing(page, () => confirm.getByRole("button", { name: "Cancel" }).click());
    await expect(confirm).toBeHidden();
    await expect(chat.chat("Who owns what")).toBeVisible();

    // Then she does delete it: the list is empty and the chat is closed.
    await chat.actions("Who owns what").click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const deleted = answerTo(page, "threads.delete");
    await confirm.getByRole("button", { name: "Delete" }).click();
    await expect(chat.chat("Who owns what")).toHaveCount(0);
    await expect(chat.empty).toBeVisible();
    await expect(page).toHaveURL(/\/chat$/);
    await deleted;
    await page.reload();
    await ready();
    await expect(chat.chat("Who owns what")).toHaveCount(0);
  });

  test("a conversation goes on: the model is told what was said before", async ({ page, server, visit, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // Ada says something, with the button this time.
    await chat.message.fill("My name is Ada");
    await chat.send.click();
    await expect(chat.answers.last()).toContainText("You said: My name is Ada");

    // Shift and Enter begin a line; Enter sends both.
    await chat.message.fill("First line");
    await chat.message.press("Shift+Enter");
    await chat.message.pressSequentially("second line");
    await expect(chat.message).toHaveValue("First line\nsecond line");
    await chat.message.press("Enter");
    await expect(chat.answers).toHaveCount(2);
    await expect(chat.answers.last()).toContainText("second line");
    await expect(chat.questions).toHaveCount(2);

    // Both exchanges are in one chat.
    await expect(page).toHaveURL(new RegExp(`^${server.url}/chat/thr_`));
    await page.reload();
    await expect(chat.questions).toHaveCount(2);
    await expect(chat.answers).toHaveCount(2);
  });

  test("a new chat is empty and leaves the other one alone", async ({ page, signedIn, visit }) => {
    const id = await signedIn.createThread("The first chat");
    await visit(`/chat/${id}`);
    const chat = chatPage(page);
    await expect(chat.questions).toHaveText(/The first chat/);

    // Ada begins another chat.
    await chat.newChat.click();
    await expect(page).toHaveURL(`${signedIn.url}/chat`);
    await expect(chat.empty).toBeVisible();
    await expect(chat.questions).toHaveCount(0);
    await chat.message.fill("The second chat");
    await chat.send.click();
    await expect(chat.answers).toContainText("You said: The second chat");

    // Both are in the list, and she goes back to the first.
    await expect(chat.chat("The second chat")).toBeVisible();
    await chat.chat("The first chat").click();
    await expect(page).toHaveURL(`${signedIn.url}/chat/${id}`);
    await expect(chat.questions).toHaveText(/The first chat/);
  });

  test("a server with a model does not call its answers a demo", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    await expect(chatPage(page).empty).toBeVisible();
    await expect(page.getByText("Demo answers")).toHaveCount(0);
  });

  test("nothing is sent when there is nothing to send", async ({ page, signedIn, visit }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await chat.message.fill("  \n ");
    await chat.message.press("Enter");
    await expect(chat.questions).toHaveCount(0);
    await expect(page).toHaveURL(`${signedIn.url}/chat`);
  });

  test("an answer is stopped, and what was written stays", async ({ page, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // Ada asks for something long, and has enough after a few words.
    await chat.message.fill(ASK_SLOWLY);
    await chat.send.click();
    await expect(chat.answers).toContainText("number 3,");
    await expect(chat.send).toBeHidden();
    await chat.stop.click();

    // The answer ends there, and says that she stopped it; she can write again.
    await expect(chat.stopped).toBeVisible();
    await expect(chat.send).toBeVisible();
    await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");
    await expect(chat.answers).not.toContainText("number 100");

    // It is stored like that.
    await page.reload();
    await ready();
    await expect(chat.answers).toContainText("number 3,");
    await expect(chat.answers).not.toContainText("number 100");
    await expect(chat.stopped).toBeVisible();

    // The chat goes on.
    await chat.message.fill("And now?");
    await chat.send.click();
    // The model is told of the stop together with what she asks.
    await expect(chat.answers.last()).toContainText(/You said: .*And now\?/s);
  });

  test("leaving the page does not lose what was written", async ({ page, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // Ada loads the page again in the middle of an answer.
    await chat.message.fill(ASK_SLOWLY);
    await chat.send.click();
    await expect(chat.answers).toContainText("number 2,");
    await expect(page).toHaveURL(/\/chat\/thr_/);
    await page.reload();
    await ready();

    // Her question and the words that had come are there.
    await expect(chat.questions).toHaveText(new RegExp(ASK_SLOWLY));
    await expect(chat.answers).toContainText("number 2,");
  });
});

test.describe("a chat that is not there", { tag: "@own-server" }, () => {
  test.use({ expectedOnConsole: [/status of 404/] });

  test("another user's chat does not exist for anybody else", async ({ page, client, context, baseURL, visit }) => {
    // Ada has a chat; Grace has its address.
    const id = await client.createThread("Ada's secret");
    const grace = await Client.signUp(baseURL!, newAccount("Grace Hopper"));
    await signIn(context, grace);

    // To Grace it is a page that does not exist, like a chat that never was.
    for (const path of [`/chat/${id}`, "/chat/thr_00000000000000000000"]) {
      const response = await page.goto(path);
      expect(response?.status()).toBe(404);
      await expect(notFound(page).heading).toBeVisible();
      await expect(page.getByText("Ada's secret")).toHaveCount(0);
    }

    // The way back leads to her own chats, of which there are none.
    await visit(`/chat/${id}`);
    await notFound(page).back.click();
    await expect(page).toHaveURL(`${baseURL}/chat`);
    await expect(chatPage(page).chat("Ada's secret")).toHaveCount(0);
  });
});

/** Expects the model's Markdown to be a list, strong words, code and a link, and no signs of it. */
async function expectMarkdown(page: Page) {
  const answer = chatPage(page).answers.last();
  await expect(answer.getByRole("strong")).toHaveText("one owner");
  await expect(answer.getByRole("listitem")).toHaveText([/A value is moved\./, /A value is borrowed\./]);
  await expect(answer.getByRole("code")).toContainText('let s = String::from("hello");');
  await expect(answer.getByRole("link", { name: "the book" })).toHaveAttribute(
    "href",
    "https://doc.rust-lang.org/book/",
  );
  await expect(answer).not.toContainText("**");
  await expect(answer).not.toContainText("```");
}
