// A server that wants addresses verified: these stories are told twice, with and without JavaScript.

import { signInPage, signUpPage } from "../fixtures/pages.ts";
import { linkOf } from "../fixtures/mails.mjs";
import { expect, test } from "../fixtures/test.ts";

test.use({ settings: { REQUIRE_EMAIL_VERIFICATION: "on" }, expectedOnConsole: [/status of (400|403)/] });

test("a visitor verifies the address before signing in", { tag: "@own-server" }, async ({ page, account, visit, ready, mail, scan, baseURL }) => {
  // Ada signs up, and is told to look for a mail.
  await visit("/sign-up");
  await signUpPage(page).name.fill(account.name);
  await signUpPage(page).email.fill(account.email);
  await signUpPage(page).password.fill(account.password);
  await signUpPage(page).submit.click();
  await expect(page.getByRole("heading", { level: 1, name: "Check your mail" })).toBeVisible();
  await expect(page.getByText(`A mail is on its way to ${account.email}.`)).toBeVisible();
  await scan("a mail is on its way");
  await mail(account.email);

  // She tries to sign in without having followed its link, and has it sent again.
  await visit("/sign-in");
  await signIn();
  await expect(page.getByRole("alert").filter({ hasText: "Verify your email first" })).toBeVisible();
  await scan("an address that is not verified");
  await ready();
  await page.getByRole("button", { name: "Send the mail again" }).click();
  await expect(page.getByRole("status").filter({ hasText: "A mail is on its way" })).toBeVisible();

  // She follows the second one's link, and is let in.
  await visit(linkOf(await mail(account.email)));
  await expect(page.getByRole("heading", { level: 1, name: "Your email is verified" })).toBeVisible();
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await ready();
  await signIn();
  await expect(page).toHaveURL(`${baseURL}/chat`);

  async function signIn() {
    await signInPage(page).email.fill(account.email);
    await signInPage(page).password.fill(account.password);
    await signInPage(page).submit.click();
  }
});

test("a page that anybody can open claims nothing", { tag: "@own-server" }, async ({ page, visit, scan }) => {
  await visit("/verify-email");
  await expect(page.getByRole("heading", { level: 1, name: "Verify your email" })).toBeVisible();
  await expect(page.getByText("is verified")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Send the mail again" })).toBeVisible();
  await scan("a page to verify an address");
  await visit("/check-mail");
  await expect(page.getByText("If you have just signed up, a mail is on its way to you.")).toBeVisible();
  await visit("/account/deleted");
  await expect(signInPage(page).heading).toBeVisible();
});

test("a link that is no good offers another one", { tag: "@own-server" }, async ({ page, visit, scan }) => {
  await visit("/verify-email?error=TOKEN_EXPIRED");
  await expect(page.getByText("It is too old: a link is good for an hour.")).toBeVisible();
  await scan("a link that is no good");
  await page.getByRole("textbox", { name: "Email" }).fill("somebody@example.com");
  await page.getByRole("button", { name: "Send the mail again" }).click();
  await expect(page.getByRole("status").filter({ hasText: "A mail is on its way" })).toBeVisible();
});
