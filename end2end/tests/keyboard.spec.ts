// What somebody with a keyboard can do at once.

import { chatPage, signInPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

test("who opens the chats, or signs in, can type at once", { tag: "@own-server" }, async ({ page, context, visit, account, client: _ }) => {
  // Ada signs in and types: nothing is lost.
  await visit("/sign-in");
  await signInPage(page).email.fill(account.email);
  await signInPage(page).password.fill(account.password);
  await signInPage(page).submit.click();
  const chat = chatPage(page);
  await expect(chat.message).toBeFocused();
  await page.keyboard.type("abc");
  await expect(chat.message).toHaveValue("abc");

  // The same goes for a page that is opened, before its program is there.
  const other = await context.newPage();
  await other.route("**/*.wasm", async (route) => {
    await expect(chatPage(other).message).toBeFocused();
    await other.keyboard.type(", def");
    await route.continue();
  });
  await other.goto("/chat");
  await expect(other.locator("html[data-hydrated]")).toBeAttached();
  await expect(chatPage(other).message).toHaveValue("abc\n, def");
  await expect(chatPage(other).message).toBeFocused();
});

test("what is typed anywhere is written into the composer", { tag: "@own-server" }, async ({ page, signedIn, visit }) => {
  const id = await signedIn.createThread("/long 3");
  await visit(`/chat/${id}`);
  const chat = chatPage(page);

  // Ada reads, and begins to write without a click.
  await chat.conversation.focus();
  await page.keyboard.type("Why?");
  await expect(chat.message).toHaveValue("Why?");
  await chat.message.fill("");
  await chat.chat("/long 3").focus();
  await page.keyboard.type("x");
  await expect(chat.message).toHaveValue("x");

  // A space scrolls, a shortcut is one, and a field keeps what is typed in it.
  await chat.conversation.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+b");
  await expect(chat.conversation).toBeFocused();
  const search = chat.chats.getByRole("searchbox");
  await search.focus();
  await page.keyboard.type("long");
  await expect(search).toHaveValue("long");
  await expect(chat.message).toHaveValue("x");

  // In a menu a letter writes nothing.
  await search.fill("");
  await chat.actions("/long 3").click();
  await page.keyboard.press("q");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await expect(chat.message).toHaveValue("x");
});

test("the list of chats is one stop, and a link leads past it", { tag: "@own-server" }, async ({ page, signedIn, visit, scan }) => {
  for (let n = 1; n <= 6; n++) await signedIn.createThread(`/long ${n}`);
  await visit("/chat");
  const chat = chatPage(page);

  // From the beginning of the page the first stop is the way to the message field.
  await page.evaluate(async () => {
    // In its first frame the page offers the focus to the message field.
    await new Promise((done) => requestAnimationFrame(done));
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the message field" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await scan("the way past the chats");
  await expect(skip).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.message).toBeFocused();
  await expect(page).toHaveURL(`${signedIn.url}/chat`);

  // Between the search and what follows the list there is one chat.
  await chat.chats.getByRole("searchbox").focus();
  await page.keyboard.press("Tab");
  await expect(chat.chat("/long 6")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(chat.account).toBeFocused();

  // Arrow keys move in it, to its menus too; it is entered where it was left.
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(chat.chat("/long 4")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(chat.actions("/long 4")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(chat.actions("/long 4")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(chat.chat("/long 4")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await expect(chat.chat("/long 4")).toBeFocused();
  // Who opens a chat can type at once.
  await page.keyboard.press("Enter");
  await expect(chat.questions).toHaveText(/\/long 4/);
  await expect(chat.message).toBeFocused();
  await chat.chat("/long 2").click();
  await expect(chat.questions).toHaveText(/\/long 2/);
  await expect(chat.message).toBeFocused();
});

test("Escape closes the account menu alone, and a letter writes nothing", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await chat.message.fill("/slow 3000");
  await chat.message.press("Enter");
  await expect(chat.answers).toContainText("w2 ");

  // Ada opens the menu while an answer is written: keys are for the menu.
  const signOut = page.getByRole("button", { name: "Sign out" });
  await chat.accountMenu.click();
  await expect(signOut).toBeVisible();
  await page.keyboard.type("q");
  await expect(signOut).toBeVisible();
  await expect(chat.message).toHaveValue("");
  await expect(chat.message).not.toBeFocused();
  await page.keyboard.press("Escape");
  await expect(signOut).toBeHidden();
  await expect(chat.stop).toBeVisible();

  // The next one stops the answer.
  await page.keyboard.press("Escape");
  await expect(chat.stop).toHaveCount(0);
  await expect(chat.stopped).toBeVisible();
});
