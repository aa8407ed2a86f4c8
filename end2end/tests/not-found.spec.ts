// Pages that do not exist, with and without JavaScript.

import { chatPage, notFound, signInPage } from "../fixtures/pages.ts";
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
