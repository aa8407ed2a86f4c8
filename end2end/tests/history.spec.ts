// What stands around the conversation: suggestions, the search, shortcuts.

import type { Page } from "@playwright/test";

import { chatPage, closing, isAtEnd } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

const searchOf = (page: Page) => {
  const chats = chatPage(page).chats;
  return {
    field: chats.getByRole("searchbox", { name: "Search chats" }),
    clear: chats.getByRole("button", { name: "Clear the search" }),
    said: (sentence: string) => chats.getByRole("status").filter({ hasText: sentence }),
  };
};

test("somebody who does not know what to ask takes a suggestion", { tag: "@own-server" }, async ({ page, visit, signedIn: _, scan }) => {
  await visit("/chat");
  const chat = chatPage(page);

  // The demo suggests what it can do.
  const suggestions = page.getByRole("list", { name: "Suggestions" });
  await expect(suggestions.getByRole("button")).toHaveCount(3);
  await scan("suggestions");

  // One click asks, and the suggestions make room; the focus is in the composer.
  await suggestions.getByRole("button", { name: "Show me Markdown" }).click();
  await expect(chat.questions).toHaveText(/\/markdown/);
  await expect(suggestions).toHaveCount(0);
  await expect(chat.message).toBeFocused();
  await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme}`, () => {
    test.use({ colorScheme });

    test(`a chat is found by a word in it (${colorScheme})`, { tag: "@own-server" }, async ({ page, signedIn, visit, scan }) => {
      const trip = await signedIn.createThread("Packing list\n\nsocks, and an umbrella for the rain");
      await signedIn.createThread("Something else");
      await visit("/chat");
      const chat = chatPage(page);
      const search = searchOf(page);

      // Ada types the beginning of a word: one chat is left, and she sees where the word stands.
      await search.field.fill("umbr");
      await expect(search.said("1 chat found")).toBeVisible();
      await expect(chat.chat("Something else")).toHaveCount(0);
      const found = chat.chat(/^Packing list/);
      await expect(found).toContainText("an umbrella for the rain");
      await expect(found.locator("mark")).toHaveText("umbr");
      await scan(`a search, ${colorScheme}`);

      // The keyboard goes to what was found, and back.
      await search.field.press("ArrowDown");
      await expect(found).toBeFocused();
      await page.keyboard.press("ArrowUp");
      await expect(search.field).toBeFocused();

      // Nothing is found, and the page says so; Escape shows all again.
      await search.field.fill("zebra");
      await expect(search.said("Nothing found for “zebra”.")).toBeVisible();
      await expect(chat.chat("Something else")).toHaveCount(0);
      await scan(`a search without a hit, ${colorScheme}`);
      await search.field.press("Escape");
      await expect(search.field).toHaveValue("");
      await expect(chat.chat("Something else")).toBeVisible();
      await expect(chat.chat("Packing list")).toBeVisible();

      // Enter opens the first that was found.
      await search.field.fill("socks umb");
      await expect(search.said("1 chat found")).toBeVisible();
      await search.field.press("Enter");
      await expect(page).toHaveURL(`${signedIn.url}/chat/${trip}`);
      await expect(chat.questions).toHaveText(/Packing list/);

      // What is renamed while it is searched for has its new name; the button empties the field.
      await chat.actions("Packing list").click();
      await page.getByRole("menuitem", { name: "Rename" }).click();
      await page.getByRole("textbox", { name: "Title" }).fill("The journey");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(chat.chat(/^The journey/)).toBeVisible();
      await search.clear.click();
      await expect(search.field).toBeFocused();
      await expect(chat.chat("Something else")).toBeVisible();
    });

    test(`shortcuts do what their list says (${colorScheme})`, { tag: "@own-server" }, async ({ page, signedIn, visit, scan, context }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const id = await signedIn.createThread("/long 3");
      await visit(`/chat/${id}`);
      const chat = chatPage(page);

      // The list opens with a button, and with a key where nothing is typed.
      const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
      await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
      await expect(list).toBeVisible();
      await expect(list).toContainText("Copy the last answer");
      await scan(`the list of shortcuts, ${colorScheme}`);
      await closing(page, () => page.keyboard.press("Escape"));
      await expect(list).toBeHidden();
      await chat.conversation.focus();
      await page.keyboard.press("?");
      await expect(list).toBeVisible();

      // While a dialog is open, it has the keyboard for itself.
      await page.keyboard.press("Alt+Shift+N");
      await expect(page).toHaveURL(new RegExp(id));
      await list.getByRole("button", { name: "Close" }).click();
      await expect(list).toBeHidden();

      // To the composer, in which a question mark is one.
      await page.keyboard.press("Alt+Shift+M");
      await expect(chat.message).toBeFocused();
      await page.keyboard.press("?");
      await expect(chat.message).toHaveValue("?");
      await expect(list).toBeHidden();
      await chat.message.fill("");

      // From message to message.
      await page.keyboard.press("Alt+Shift+K");
      await expect(chat.answers).toBeFocused();
      await page.keyboard.press("Alt+Shift+K");
      await expect(chat.questions).toBeFocused();
      await page.keyboard.press("Alt+Shift+J");
      await expect(chat.answers).toBeFocused();

      // The last answer, copied.
      await page.keyboard.press("Alt+Shift+C");
      await expect(page.getByText("Answer copied")).toBeAttached();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("w0 w1 w2");

      // The search, and a new chat.
      await page.keyboard.press("Alt+Shift+F");
      await expect(searchOf(page).field).toBeFocused();
      await page.keyboard.press("Alt+Shift+N");
      await expect(page).toHaveURL(`${signedIn.url}/chat`);
      await expect(chat.empty).toBeVisible();
      await expect(chat.message).toBeFocused();

      // Escape stops an answer.
      await chat.message.fill("/slow 500");
      await chat.message.press("Enter");
      await expect(chat.answers).toContainText("w3 ");
      await page.keyboard.press("Escape");
      await expect(chat.stopped).toBeVisible();
    });
  });
}

test("an answer is followed, and never fights the reader", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await page.setViewportSize({ width: 1000, height: 500 });
  await visit("/chat");
  const chat = chatPage(page);
  const jump = page.getByRole("button", { name: "Jump to latest" });
  await chat.message.fill("/slow 3000");
  await chat.message.press("Enter");
  const top = () => chat.conversation.evaluate((it) => it.scrollTop);

  // It grows beyond the window, and the end stays in view: also when the window changes.
  await expect.poll(top, { timeout: 60_000 }).toBeGreaterThan(60);
  expect(await isAtEnd(page)).toBe(true);
  await page.setViewportSize({ width: 700, height: 400 });
  await expect.poll(() => isAtEnd(page)).toBe(true);

  // One notch up with the wheel, and it stays there while the answer grows.
  await chat.conversation.hover();
  await page.mouse.wheel(0, -60);
  await expect(jump).toBeVisible();
  const here = await top();
  const length = async () => (await chat.answers.innerText()).length;
  const before = await length();
  await expect.poll(length).toBeGreaterThan(before + 100);
  expect(Math.abs((await top()) - here)).toBeLessThanOrEqual(1);

  // The button leads back, and the answer is followed again; the keyboard gets away from it, too.
  await jump.click();
  await expect.poll(() => isAtEnd(page)).toBe(true);
  await expect(jump).toBeHidden();
  await chat.conversation.focus();
  await page.keyboard.press("ArrowUp");
  await expect(jump).toBeVisible();
  await page.keyboard.press("End");
  await expect(jump).toBeHidden();
  await chat.stop.click();
});

test("the way back closes a dialog, and only then leads out", { tag: "@own-server" }, async ({ page, signedIn, visit }) => {
  const id = await signedIn.createThread("/long 3");
  await visit("/account");
  await visit(`/chat/${id}`);
  const chat = chatPage(page);
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  const rename = page.getByRole("dialog", { name: "Rename chat" });
  const openers = new Map([
    [list, () => page.getByRole("button", { name: "Keyboard shortcuts" }).click()],
    [
      rename,
      async () => {
        await chat.actions("/long 3").click();
        await page.getByRole("menuitem", { name: "Rename" }).click();
      },
    ],
  ]);
  for (const [dialog, open] of openers) {
    await open();
    await expect(dialog).toBeVisible();
    await page.goBack();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(`${signedIn.url}/chat/${id}`);
    await expect(chat.questions).toHaveText(/\/long 3/);

    // The way forward opens nothing, and what is opened there is closed there.
    await page.goForward();
    await expect(dialog).toBeHidden();
    await open();
    await expect(dialog).toBeVisible();
    await page.goBack();
    await expect(dialog).toBeHidden();
    await page.goBack();
  }

  // Closed by hand, a dialog leaves nothing behind.
  for (const [dialog, open] of openers) {
    await open();
    await expect(dialog).toBeVisible();
    await closing(page, () => page.keyboard.press("Escape"));
    await expect(dialog).toBeHidden();
  }
  await expect(page).toHaveURL(`${signedIn.url}/chat/${id}`);
  await page.goBack();
  await expect(page).toHaveURL(/\/account$/);
});

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("what can be done with an answer needs no pointer", { tag: "@own-server" }, async ({ page, signedIn, visit, scan }) => {
    const id = await signedIn.createThread("/long 3");
    await signedIn.say(id, "/long 4");
    await visit(`/chat/${id}`);
    for (const copy of await chatPage(page).conversation.getByRole("button", { name: "Copy answer" }).all()) {
      expect(await copy.evaluate((it) => getComputedStyle(it.parentElement!).opacity)).toBe("1");
    }
    await expect(page.getByRole("button", { name: "Keyboard shortcuts" })).toBeHidden();
    await scan("a chat on a telephone");
  });
});
