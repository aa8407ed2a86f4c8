// A form that was refused, while somebody mends it.

import type { Locator } from "@playwright/test";

import { accountPages, expectFieldError, signInPage, signUpPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ expectedOnConsole: [/status of (400|401)/] });

const WRONG = {
  email: "Enter an email address such as ada@example.com.",
  short: "Use at least 8 characters.",
  signIn: "The email or the password is wrong.",
  current: "This is not your password.",
};

/** Expects a field to be as it was before something was wrong with it. */
async function expectMended(field: Locator, sentence: string) {
  await expect(field).not.toHaveAttribute("aria-invalid");
  await expect(field.page().getByRole("alert").filter({ hasText: sentence })).toHaveCount(0);
  await expect(field).not.toHaveAccessibleDescription(sentence);
}

test("what is wrong with a field goes when the field is changed", { tag: "@own-server" }, async ({ page, account, visit, scan }) => {
  await visit("/sign-up");
  const { name, email, password, submit } = signUpPage(page);
  const hint = page.getByText("At least 8 characters");
  await expect(hint).toBeVisible();

  // Ada sends the form before she has filled it in.
  await submit.click();
  await expectFieldError(email, WRONG.email);
  await expectFieldError(password, WRONG.short);
  await expect(email).toBeFocused();

  // Another field says nothing about these.
  await name.fill(account.name);
  await expectFieldError(email, WRONG.email);

  // Each field's sentence goes with the first letter, the focus stays, and what is typed is not touched.
  await email.focus();
  await page.keyboard.type("a");
  await expectMended(email, WRONG.email);
  await expect(email).toBeFocused();
  await expect(email).toHaveValue("a");
  await expectFieldError(password, WRONG.short);
  await password.focus();
  await page.keyboard.type("s");
  await expectMended(password, WRONG.short);
  await expect(password).toBeFocused();
  await expect(hint).toBeVisible();
  await scan("a form that is being mended");

  // Both are wrong still: the same sentences come again, as often as it is sent.
  for (const _ of [1, 2]) {
    await submit.click();
    await expectFieldError(email, WRONG.email);
    await expectFieldError(password, WRONG.short);
    await expect(email).toBeFocused();
  }

  // What is well is taken.
  await email.fill(account.email);
  await password.fill(account.password);
  await expectMended(email, WRONG.email);
  await expectMended(password, WRONG.short);
  await submit.click();
  await expect(page).toHaveURL(/\/chat$/);
});

test("the same refusal comes again after another try", { tag: "@own-server" }, async ({ page, account, client: _, visit }) => {
  await visit("/sign-in");
  const { email, password, submit } = signInPage(page);
  await email.fill(account.email);
  for (const wrong of ["not her password", "not this one either"]) {
    await password.fill(wrong);
    await expectMended(password, WRONG.signIn);
    await submit.click();
    await expectFieldError(password, WRONG.signIn);
    // A password is typed again.
    await expect(password).toHaveValue("");
  }
  await password.fill(account.password);
  await submit.click();
  await expect(page).toHaveURL(/\/chat$/);
});

test("the fields of an account page are mended one by one", { tag: "@own-server" }, async ({ page, account, signedIn: _, visit }) => {
  await visit("/account/password");
  const { password, status } = accountPages(page);
  await password.current.fill("not her password");
  await password.new.fill("short");
  await password.change.click();
  await expectFieldError(password.current, WRONG.current);
  await expectFieldError(password.new, WRONG.short);
  await password.new.fill("another battery staple");
  await expectMended(password.new, WRONG.short);
  await expectFieldError(password.current, WRONG.current);
  await password.current.fill(account.password);
  await expectMended(password.current, WRONG.current);
  await password.change.click();
  await expect(status("Your password is changed")).toBeVisible();
});
