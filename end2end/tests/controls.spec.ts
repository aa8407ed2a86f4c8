// Small things around a chat: tooltips, long titles, the way out, the note about the demo, the models of the server.

import type { Page } from "@playwright/test";

import { ASK_MODEL, startModel } from "../fixtures/model.mjs";
import { Client, newAccount } from "../fixtures/client.mjs";
import { NOTES, choose } from "../fixtures/files.ts";
import { answerTo, chatPage, signInPage } from "../fixtures/pages.ts";
import { modelAt, startServer } from "../fixtures/server.mjs";
import { expect, signIn, test } from "../fixtures/test.ts";

test.use({ demo: true });

/** The names of buttons that show a picture alone, and no tooltip. */
const untitled = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, a")]
      .filter((it) => it.querySelector("svg") && !it.innerText.trim() && !it.title)
      .map((it) => it.outerHTML.slice(0, 120)),
  );

test("every button with a picture alone has a tooltip", { tag: "@own-server" }, async ({ page, visit, signedIn }) => {
  const id = await signedIn.createThread("/markdown");
  await signedIn.say(id, "/widget stay");
  await visit(`/chat/${id}`);
  const chat = chatPage(page);
  await expect(chat.answers.first()).toBeVisible();
  expect(await untitled(page), "a chat").toEqual([]);
  await chat.message.fill("/slow 300");
  await chat.message.press("Enter");
  await expect(chat.stop).toBeVisible();
  await chat.message.fill("waits");
  await chat.message.press("Enter");
  await expect(page.getByRole("region", { name: "Queued messages" })).toBeVisible();
  await chat.chats.getByRole("searchbox").fill("zebra");
  await expect(chat.chats.getByRole("button", { name: "Clear the search" })).toBeVisible();
  expect(await untitled(page), "an answer, a queue and a search").toEqual([]);
  await chat.stop.click();
});

test("a long title can be read", { tag: "@own-server" }, async ({ page, visit, signedIn }) => {
  const id = await signedIn.createThread("A very long title about the many ways in which a title can be long");
  await visit(`/chat/${id}`);
  const title = await chatPage(page).chat(/^A very long title/).innerText();
  await expect(chatPage(page).chat(title)).toHaveAttribute("title", title);
  await expect(page.getByRole("heading", { level: 1 })).toHaveAttribute("title", title);
});

/** What is cut for want of room, and shown in full nowhere. */
const cut = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((it) => getComputedStyle(it).textOverflow === "ellipsis" && it.scrollWidth > it.clientWidth)
      .filter((it) => !it.closest("[title]") && !it.matches("input, select, textarea"))
      .map((it) => it.outerHTML.slice(0, 120)),
  );

test("what is cut for want of room can be read", { tag: "@own-server" }, async ({ page, visit, context, baseURL }) => {
  const account = newAccount("Augusta Ada King-Noel, Countess of Lovelace and of Much Else");
  const ada = await Client.signUp(baseURL!, account);
  await signIn(context, ada);
  await visit(`/chat/${await ada.createThread("/long 2")}`);
  const chat = chatPage(page);
  await expect(chat.account).toHaveAttribute("title", new RegExp(`${account.name}.*${account.email}`));

  // A file with a long name goes along with the message that is written.
  const name = `${"minutes of the yearly meeting ".repeat(4)}of the society.txt`;
  await choose(page, [{ ...NOTES, name }]);
  const named = page.getByRole("listitem").getByText(name, { exact: true });
  await expect(named).toHaveAttribute("title", name);
  expect(await cut(page), "a long name").toEqual([]);
  await page.getByRole("button", { name: `Remove ${name}` }).click();

  // A long message waits.
  await chat.message.fill("/slow 300");
  await chat.message.press("Enter");
  await expect(chat.stop).toBeVisible();
  const text = "a message that waits until the answer has come to its end, ".repeat(5).trim();
  await chat.message.fill(text);
  await chat.message.press("Enter");
  const waiting = page.getByRole("region", { name: "Queued messages" }).getByText(text, { exact: true });
  await expect(waiting).toHaveAttribute("title", text);
  expect(await cut(page), "a message that waits").toEqual([]);
  await chat.stop.click();
});

test("a slip of the mouse signs nobody out", { tag: "@own-server" }, async ({ page, visit, ready, scan, signedIn }) => {
  await visit("/chat");
  const chat = chatPage(page);
  const out = page.getByRole("button", { name: "Sign out" });

  // The way out takes two clicks; Escape and a click elsewhere close the menu.
  await expect(out).toBeHidden();
  await chat.accountMenu.click();
  await expect(out).toBeVisible();
  await scan("the account menu");
  await page.keyboard.press("Escape");
  await expect(out).toBeHidden();
  await chat.accountMenu.click();
  await chat.conversation.click();
  await expect(out).toBeHidden();
  // What the page asks for when it comes to life is answered before the session ends.
  const listed = answerTo(page, "threads.list");
  await page.reload();
  await ready();
  await (await listed).finished();
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
  await chat.accountMenu.click();
  await out.click();
  await expect(signInPage(page).heading).toBeVisible();
});

test("the note about the demo can be closed, and stays closed", { tag: "@own-server" }, async ({ page, visit, ready, signedIn: _ }) => {
  await visit("/chat");
  const note = page.getByRole("note").filter({ hasText: "Demo answers" });
  const answered = page.waitForResponse((it) => it.url().endsWith("/close-demo-note"));
  await note.getByRole("button", { name: "Close this note" }).press("Enter");
  await expect(note).toHaveCount(0);
  await expect(chatPage(page).message).toBeFocused();
  await answered;
  await page.reload();
  await ready();
  await expect(chatPage(page).empty).toBeVisible();
  await expect(note).toHaveCount(0);
});

test("the models of a server are offered without any setting", { tag: "@own-server" }, async ({ page, context, ready }) => {
  const model = await startModel();
  const { OPENAI_MODEL: _, ...settings } = modelAt(model.url);
  const server = await startServer(settings);
  await signIn(context, await Client.signUp(server.url, newAccount()));
  await page.goto(`${server.url}/chat`);
  await ready();

  // A list that takes longer than a page waits is on a later page.
  const choice = page.getByRole("combobox", { name: "Model" });
  await expect(async () => {
    await page.reload();
    await ready();
    await expect(choice).toBeVisible({ timeout: 100 });
  }).toPass();

  // Ada chooses another one than the first; it answers.
  const [, name = ""] = await choice.getByRole("option").allTextContents();
  expect(name).not.toBe("");
  await choice.selectOption(name);
  const chat = chatPage(page);
  await chat.message.fill(ASK_MODEL);
  await chat.message.press("Enter");
  await expect(chat.answers).toHaveText(`I am ${name}.`);
  // Without its server the page would say so on the console.
  await page.close();
  await server.stop();
  await model.stop();
});
