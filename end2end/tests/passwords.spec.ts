// Forgotten passwords: these stories are told twice, with and without JavaScript.

import { expectFieldError, forgotPasswordPage, resetPasswordPage, signInPage } from "../fixtures/pages.ts";
import { newAccount } from "../fixtures/client.mjs";
import { linkOf } from "../fixtures/mails.mjs";
import { expect, test } from "../fixtures/test.ts";

const NEW_PASSWORD = "another battery staple";

test.use({ expectedOnConsole: [/status of (400|401)/] });

test("somebody who forgot the password sets a new one", { tag: "@own-server" }, async ({ page, account, client, visit, ready, mail, scan }) => {
  // Ada cannot sign in, and asks for a link.
  await visit("/sign-in");
  await signInPage(page).forgotPassword.click();
  await expect(forgotPasswordPage(page).heading).toBeVisible();
  await ready();
  await forgotPasswordPage(page).email.fill(account.email);
  await scan("the forgotten password");
  await forgotPasswordPage(page).submit.click();
  await expect(page.getByText(`If there is an account with ${account.email}, a mail is on its way.`)).toBeVisible();
  await scan("a mail is on its way");

  // She follows it, and chooses too short a password first.
  const link = linkOf(await mail(account.email));
  await visit(link);
  await expect(resetPasswordPage(page).heading).toBeVisible();
  await resetPasswordPage(page).password.fill("short");
  await resetPasswordPage(page).submit.click();
  await expectFieldError(resetPasswordPage(page).password, "Use at least 8 characters.");
  await scan("the new password");
  await ready();
  await resetPasswordPage(page).password.fill(NEW_PASSWORD);
  await resetPasswordPage(page).submit.click();

  // She signs in with the new one.
  await expect(page.getByRole("status").filter({ hasText: "Your new password is set." })).toBeVisible();
  await ready();
  await signInPage(page).email.fill(account.email);
  await signInPage(page).password.fill(NEW_PASSWORD);
  await signInPage(page).submit.click();
  await expect(page).toHaveURL(`${client.url}/chat`);

  // The link is used up.
  await visit(link);
  await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await page.getByRole("link", { name: "Get a new link" }).click();
  await expect(forgotPasswordPage(page).heading).toBeVisible();
});

test("a link that sets no password is named before one is thought out", { tag: "@own-server" }, async ({ page, visit, scan }) => {
  await visit("/reset-password?token=a-token-that-nobody-made");
  await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await expect(resetPasswordPage(page).password).toHaveCount(0);
  await scan("a dead link");
});

test("a stranger's address gets the same answer", async ({ page, visit }) => {
  const { email } = newAccount();
  await visit("/forgot-password");
  await forgotPasswordPage(page).email.fill(email);
  await forgotPasswordPage(page).submit.click();
  await expect(page.getByText(`If there is an account with ${email}, a mail is on its way.`)).toBeVisible();
});

test("what is no address is said at its field", async ({ page, visit }) => {
  await visit("/forgot-password");
  await forgotPasswordPage(page).email.fill("ada");
  await forgotPasswordPage(page).submit.click();
  await expectFieldError(forgotPasswordPage(page).email, "Enter an email address such as ada@example.com.");
  await expect(forgotPasswordPage(page).email).toHaveValue("ada");
});
