// A telephone: fingers, a keyboard on the screen, the way back.

import { chatPage, closing, showChats } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("the Enter key begins a line, and the button sends", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);

  // Nothing has the focus: it would bring up the keyboard.
  await expect(chat.message).not.toBeFocused();
  await expect(chat.message).toHaveAttribute("enterkeyhint", "enter");
  await chat.message.tap();
  await page.keyboard.type("/long 2");
  await page.keyboard.press("Enter");
  await page.keyboard.type("and more");
  await expect(chat.message).toHaveValue("/long 2\nand more");
  await expect(chat.questions).toHaveCount(0);
  await chat.send.tap();
  await expect(chat.questions).toHaveText(/\/long 2/);

  // A keyboard that has such a key can send with it.
  await chat.message.fill("/long 3");
  await chat.message.press("Control+Enter");
  await expect(chat.questions).toHaveCount(2);
});

test("a long draft has the whole width, and the buttons are below it", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const { message } = chatPage(page);
  const attach = page.getByRole("button", { name: "Attach files" });
  const layout = async () => {
    const [text, button] = [await message.boundingBox(), await attach.boundingBox()];
    return button!.y >= text!.y + text!.height ? "below" : button!.x + button!.width <= text!.x ? "beside" : "neither";
  };
  await expect.poll(layout).toBe("beside");

  // One line stays beside the buttons.
  await message.tap();
  await page.keyboard.type("A short word");
  expect(await layout()).toBe("beside");
  const narrow = (await message.boundingBox())!.width;

  // From the second line on the text has the width, and it does not come back where one line of that holds it.
  await page.keyboard.type(" that becomes so long");
  await expect.poll(layout).toBe("below");
  for (const letter of " and longer") {
    await page.keyboard.type(letter);
    expect(await layout()).toBe("below");
  }
  expect((await message.boundingBox())!.width).toBeGreaterThan(narrow + 60);
  await expect(chatPage(page).send).toBeInViewport({ ratio: 0.9 });
  await message.fill("");
  await expect.poll(layout).toBe("beside");
});

test("the way back closes the chats, and a new one is a tap away", { tag: "@own-server" }, async ({ page, signedIn, visit, scan }) => {
  const [first, second] = [await signedIn.createThread("/long 2"), await signedIn.createThread("/long 3")];
  await visit("/account");
  await visit(`/chat/${first}`);
  const chat = chatPage(page);
  await expect(chat.questions).toHaveText(/\/long 2/);

  // Ada opens the chats, and goes back: she is where she was.
  await showChats(page).tap();
  await expect(chat.chat("/long 3")).toBeInViewport();
  await scan("the chats on a telephone");
  await page.goBack();
  await expect(chat.chat("/long 3")).not.toBeInViewport();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${first}`);
  await expect(chat.questions).toHaveText(/\/long 2/);

  // Closed by hand, it leaves nothing behind: the next step back leads out.
  for (const close of [() => page.getByRole("button", { name: "Hide chats" }).tap(), () => page.keyboard.press("Escape")]) {
    await showChats(page).tap();
    await expect(page.getByRole("button", { name: "Hide chats" })).toBeFocused();
    await closing(page, close);
    await expect(chat.chat("/long 3")).not.toBeInViewport();
  }

  // A chat that is chosen takes the place of the list.
  await showChats(page).tap();
  await chat.chat("/long 3").tap();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${second}`);
  await expect(chat.questions).toHaveText(/\/long 3/);
  await expect(chat.message).not.toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${first}`);
  await expect(chat.questions).toHaveText(/\/long 2/);
  await page.goBack();
  await expect(page).toHaveURL(/\/account$/);
  await page.goForward();
  await expect(chat.questions).toHaveText(/\/long 2/);

  // A new chat is there without the list.
  await page.getByRole("main").getByRole("link", { name: "New chat" }).tap();
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
  await expect(chat.empty).toBeVisible();
});

test("Escape closes the account menu before the chats", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  await showChats(page).tap();
  await expect(page.getByRole("button", { name: "Hide chats" })).toBeFocused();
  const signOut = page.getByRole("button", { name: "Sign out" });
  await chat.accountMenu.tap();
  await expect(signOut).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(signOut).toBeHidden();
  await expect(chat.account).toBeInViewport();
  await page.keyboard.press("Escape");
  await expect(chat.account).not.toBeInViewport();
});

test("the chats have the keyboard while they cover the chat", { tag: "@own-server" }, async ({ page, signedIn, visit }) => {
  const id = await signedIn.createThread("/long 3");
  await visit(`/chat/${id}`);
  const chat = chatPage(page);
  await chat.message.fill("/slow 3000");
  await chat.send.tap();
  await expect(chat.answers.last()).toContainText("w2 ");
  const open = async () => {
    await showChats(page).tap();
    await expect(page.getByRole("button", { name: "Hide chats" })).toBeFocused();
  };
  await open();

  // The tab key stays among the chats, both ways.
  for (const key of ["Tab", "Shift+Tab"]) {
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press(key);
      expect(await page.evaluate(() => document.activeElement?.closest("main, .skip-link")?.className)).toBeUndefined();
    }
  }

  // A tap on nothing leaves no button with the focus. Letters are written nowhere, and Escape closes the chats alone.
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.type("abc");
  await page.keyboard.press("Alt+Shift+N");
  await page.keyboard.press("Escape");
  await expect(chat.account).not.toBeInViewport();
  await expect(showChats(page)).toBeFocused();
  await expect(chat.message).toHaveValue("");
  await expect(chat.stop).toBeVisible();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${id}`);

  // Where the telephone is turned, both have room, and both can be used.
  await open();
  await page.setViewportSize({ width: 844, height: 390 });
  await expect(chat.account).toBeInViewport();
  await chat.message.tap();
  await expect(chat.message).toBeFocused();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(chat.account).not.toBeInViewport();
});

test("the way back closes a dialog before the chats", { tag: "@own-server" }, async ({ page, signedIn, visit }) => {
  const [first, second] = [await signedIn.createThread("/long 2"), await signedIn.createThread("/long 3")];
  await visit(`/chat/${first}`);
  await visit(`/chat/${second}`);
  const chat = chatPage(page);
  const dialog = { Rename: page.getByRole("dialog"), Delete: page.getByRole("alertdialog") };
  const ask = async (what: "Rename" | "Delete", title: string) => {
    await chat.actions(title).tap();
    await page.getByRole("menuitem", { name: what }).tap();
    await expect(dialog[what]).toBeVisible();
  };

  // Ada is asked for a name, and goes back to the chats; then to the one that she reads.
  await showChats(page).tap();
  for (const what of ["Rename", "Delete"] as const) {
    await ask(what, "/long 2");
    await page.goBack();
    await expect(dialog[what]).toBeHidden();
    await expect(chat.chat("/long 2")).toBeInViewport();
  }
  await page.goBack();
  await expect(chat.chat("/long 2")).not.toBeInViewport();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${second}`);

  // Closed by hand, a dialog leaves nothing behind.
  await showChats(page).tap();
  await ask("Rename", "/long 2");
  await closing(page, () => dialog.Rename.getByRole("button", { name: "Cancel" }).tap());
  await expect(dialog.Rename).toBeHidden();
  await page.goBack();
  await expect(chat.chat("/long 2")).not.toBeInViewport();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${second}`);

  // The chat that she reads is deleted: the way back does not lead to it.
  await showChats(page).tap();
  await ask("Delete", "/long 3");
  await dialog.Delete.getByRole("button", { name: "Delete" }).tap();
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
  await expect(chat.empty).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(`${signedIn.url}/chat/${first}`);
  await expect(chat.questions).toHaveText(/\/long 2/);
});
