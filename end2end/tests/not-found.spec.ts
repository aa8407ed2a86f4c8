// Pages that do not exist, with and without JavaScript.

import { accountPages, chatPage, notFound, signInPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ expectedOnConsole: [/status of 404/] });

test("a page that does not exist says so and leads back", async ({ page, ready, signedIn }) => {
  // Ada mistypes an address.
  const response = await page.goto("/no/such/page");
  expect(response?.status()).toBe(404);
  await ready();
  await expect(notFound(page).heading).toBeVisible();

  // The link leads to her chats.
  await notFound(page).back.click();
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
  await expect(chatPage(page).empty).toBeVisible();
});

test("a page that does not exist says so to strangers, too", async ({ page, ready }) => {
  const response = await page.goto("/no-such-page");
  expect(response?.status()).toBe(404);
  await ready();
  await expect(notFound(page).heading).toBeVisible();

  // The way to the chats leads by the sign-in page.
  await notFound(page).back.click();
  await expect(signInPage(page).heading).toBeVisible();
});

test("a tab is called by the page that it shows, whichever was before", async ({ page, ready, signedIn }) => {
  // A thread that does not exist, and her chats, are one route with two faces.
  await page.goto("/chat/thr_nobodys");
  await ready();
  await expect(page).toHaveTitle("Page not found · Colloquy");
  await notFound(page).back.click();
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
  await expect(chatPage(page).empty).toBeVisible();
  await expect(page).not.toHaveTitle(/not found/);
  const chats = await page.title();

  // From there to her account and back, twice.
  const { heading, section, back } = accountPages(page);
  for (let n = 0; n < 2; n++) {
    await chatPage(page).account.click();
    await expect(page).toHaveTitle("Profile · Colloquy");
    for (const name of ["Appearance", "Email", "Profile"]) {
      await section(name).click();
      await expect(heading(name)).toBeVisible();
      await expect(page).toHaveTitle(`${name} · Colloquy`);
    }
    await back.click();
    await expect(chatPage(page).empty).toBeVisible();
    await expect(page).toHaveTitle(chats);
  }
});
