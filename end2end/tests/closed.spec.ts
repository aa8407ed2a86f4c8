// A server where nobody can sign up.

import { signInPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ settings: { SIGN_UP: "closed" } });

test("a visitor is told so, and offered no form", { tag: "@own-server" }, async ({ page, visit, scan }) => {
  await visit("/sign-in");
  await expect(signInPage(page).heading).toBeVisible();
  await expect(signInPage(page).createAccount).toBeHidden();
  await visit("/sign-up");
  await expect(page.getByRole("heading", { level: 1, name: "Sign-up is closed" })).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await scan("a closed sign-up");
});
