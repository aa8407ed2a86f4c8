// Small screens, and dark ones.

import type { Page } from "@playwright/test";

import { chatPage, closing, signInPage, signUpPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the list of chats is a drawer", { tag: "@own-server" }, async ({ page, signedIn, visit, scan }) => {
    const id = await signedIn.createThread("A chat on the train");
    await visit("/chat");
    const chat = chatPage(page);
    const show = page.getByRole("button", { name: "Show chats" });
    const hide = page.getByRole("button", { name: "Hide chats" });

    // The page leaves its width to the conversation.
    await expect(chat.chats).toBeHidden();
    await expect(chat.message).toBeVisible();
    await expectNoSidewaysScrolling(page);
    await scan("a narrow page");

    // Ada opens the list, and closes it with its button and with the Escape key.
    await show.click();
    await expect(chat.chats).toBeVisible();
    await scan("the open drawer");
    await closing(page, () => hide.click());
    await expect(chat.chats).toBeHidden();
    await show.click();
    await expect(chat.chats).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(chat.chats).toBeHidden();
    await expect(show).toBeFocused();

    // She opens a chat: the drawer is out of the way.
    await show.click();
    await chat.chat("A chat on the train").click();
    await expect(page).toHaveURL(`${signedIn.url}/chat/${id}`);
    await expect(chat.questions).toHaveText(/A chat on the train/);
    await expect(chat.chats).toBeHidden();
    await expectNoSidewaysScrolling(page);
  });

  test("the account pages fit", async ({ page, signedIn: _, visit, scan }) => {
    for (const path of ["", "/email", "/password", "/sessions", "/linked", "/delete", "/delete/confirm"]) {
      await visit(`/account${path}`);
      await expectNoSidewaysScrolling(page);
      await scan(`/account${path} on a telephone`);
    }
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme}`, () => {
    test.use({ colorScheme });

    test(`every page can be read (${colorScheme})`, { tag: "@own-server" }, async ({ page, account, visit, scan, client, ready }) => {
      const id = await client.createThread("Explain ownership in Rust");

      // The pages of a stranger.
      await visit("/sign-up");
      await expect(signUpPage(page).heading).toBeVisible();
      await scan(`sign-up, ${colorScheme}`);
      await visit("/sign-in");
      await expect(signInPage(page).heading).toBeVisible();
      await scan(`sign-in, ${colorScheme}`);

      // The pages of somebody signed in: an empty chat, one with an answer, and the menu of one.
      await signInPage(page).email.fill(account.email);
      await signInPage(page).password.fill(account.password);
      await signInPage(page).submit.click();
      const chat = chatPage(page);
      await expect(chat.empty).toBeVisible();
      await scan(`an empty chat, ${colorScheme}`);
      await visit(`/chat/${id}`);
      await expect(chat.answers).toContainText("one owner");
      await scan(`a chat, ${colorScheme}`);
      await ready();
      await chat.actions("Explain ownership in Rust").click();
      await expect(page.getByRole("menuitem", { name: "Rename" })).toBeVisible();
      await scan(`a chat's menu, ${colorScheme}`);

      // The account pages.
      for (const path of ["", "/email", "/password", "/sessions", "/linked", "/delete", "/delete/confirm"]) {
        await visit(`/account${path}`);
        await scan(`/account${path}, ${colorScheme}`);
      }

      // The page is as bright as asked.
      const brightness = await page.evaluate(() => {
        const [r = 0, g = 0, b = 0] = (getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
        return (r + g + b) / 3;
      });
      expect(brightness > 128).toBe(colorScheme === "light");
    });
  });
}

async function expectNoSidewaysScrolling(page: Page) {
  const [needed, there] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(needed).toBeLessThanOrEqual(there!);
}
