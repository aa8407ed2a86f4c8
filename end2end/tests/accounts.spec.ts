// Accounts: these stories are told twice, with and without JavaScript.

import { chatPage, expectFieldError, forgotPasswordPage, signInPage, signUpPage } from "../fixtures/pages.ts";
import { newAccount } from "../fixtures/client.mjs";
import { expect, test } from "../fixtures/test.ts";

test.describe("somebody who leaves at once", () => {
  // What her chats were asking for when she left is refused.
  test.use({ expectedOnConsole: [/status of 401 .*\((\/chatkit(\/feed)?|\/api\/fn\/chat-token)\)/] });

  test("a visitor signs up, signs out, and signs in again", async ({ page, account, visit, ready }) => {
    // Ada opens the site and is asked who she is.
    await visit("/");
    await expect(page).toHaveURL(/\/sign-in/);

    // She has no account yet, and makes one.
    await signInPage(page).createAccount.click();
    await expect(signUpPage(page).heading).toBeVisible();
    await ready();
    await signUpPage(page).name.fill(account.name);
    await signUpPage(page).email.fill(account.email);
    await signUpPage(page).password.fill(account.password);
    await signUpPage(page).submit.click();

    // She is in, and the page says who she is.
    await expect(page).toHaveURL(/\/chat$/);
    await expect(chatPage(page).empty).toBeVisible();
    await expect(page.getByText(account.name).or(page.getByText(account.email)).first()).toBeVisible();

    // She signs out.
    await ready();
    await chatPage(page).signOut();
    await expect(signInPage(page).heading).toBeVisible();

    // Her chats are closed to whoever comes next.
    await visit("/chat");
    await expect(page).toHaveURL(/\/sign-in/);

    // She signs in again; being kept signed in is the default.
    await expect(signInPage(page).keepSignedIn).toBeChecked();
    await signInPage(page).email.fill(account.email);
    await signInPage(page).password.fill(account.password);
    await signInPage(page).submit.click();
    await expect(page).toHaveURL(/\/chat$/);
    await expect(chatPage(page).empty).toBeVisible();
  });
});

test("text typed on a page is not in the fields of the next one", async ({ page, account, visit, ready }) => {
  // Ada begins to sign in, and sees that she has no account.
  await visit("/sign-in");
  const signIn = signInPage(page);
  await signIn.email.fill(account.email);
  await signIn.password.fill(account.password);
  await signIn.createAccount.click();

  const signUp = signUpPage(page);
  await expect(signUp.heading).toBeVisible();
  for (const field of [signUp.name, signUp.email, signUp.password]) await expect(field).toHaveValue("");

  // The other way round, and to a page with fewer fields.
  await ready();
  await signUp.name.fill(account.name);
  await signUp.email.fill(account.email);
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(signIn.heading).toBeVisible();
  for (const field of [signIn.email, signIn.password]) await expect(field).toHaveValue("");
  await ready();
  await signIn.email.fill(account.email);
  await signIn.forgotPassword.click();
  const forgotPassword = forgotPasswordPage(page);
  await expect(forgotPassword.heading).toBeVisible();
  await expect(forgotPassword.email).toHaveValue("");
});

test("a visitor who is signed in already goes straight to the chats", async ({ page, signedIn, visit }) => {
  await visit("/sign-in");
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
  await visit("/sign-up");
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
});

test("who opens a chat while signed out signs in and is taken there", { tag: "@own-server" }, async ({ page, account, client, visit, ready }) => {
  const id = await client.createThread("Where was I");

  // Ada follows a link to her chat and is asked who she is.
  await visit(`/chat/${id}`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);

  // She signs in and is where the link led.
  await signInPage(page).email.fill(account.email);
  await signInPage(page).password.fill(account.password);
  await signInPage(page).submit.click();
  await expect(page).toHaveURL(`${client.url}/chat/${id}`);
  await ready();
  await expect(chatPage(page).questions.filter({ hasText: "Where was I" })).toBeVisible();
});

test("a session ends with the browser unless one asks to be kept", async ({ page, context, account, client, visit }) => {
  // Ada signs in at somebody else's computer.
  await visit("/sign-in");
  await signInPage(page).email.fill(account.email);
  await signInPage(page).password.fill(account.password);
  await signInPage(page).keepSignedIn.uncheck();
  await signInPage(page).submit.click();
  await expect(page).toHaveURL(`${client.url}/chat`);

  // Her cookie has no date; it goes when the browser is closed.
  const session = (await context.cookies()).find(({ name }) => name.includes("session_token"));
  expect(session).toMatchObject({ expires: -1, httpOnly: true, sameSite: "Lax" });
});

test.describe("a form that is refused", () => {
  test.use({ expectedOnConsole: [/status of (400|401|422|500)/] });

  test("a wrong password is said at its field, and the email stays", async ({
    page,
    account,
    client,
    visit,
    ready,
    javaScriptEnabled,
  }) => {
    // Ada mistypes her password.
    await visit("/sign-in");
    await signInPage(page).email.fill(account.email);
    await signInPage(page).password.fill("not her password");
    await signInPage(page).submit.click();

    // The form says so and keeps her email. A form that travelled forgets the password.
    await expectFieldError(signInPage(page).password, "The email or the password is wrong.");
    await expect(signInPage(page).email).toHaveValue(account.email);
    if (javaScriptEnabled === false) await expect(signInPage(page).password).toHaveValue("");

    // The right one lets her in.
    await ready();
    await signInPage(page).password.fill(account.password);
    await signInPage(page).submit.click();
    await expect(page).toHaveURL(`${client.url}/chat`);
  });

  test("an unknown email gets the same answer as a wrong password", async ({ page, visit }) => {
    await visit("/sign-in");
    await signInPage(page).email.fill(newAccount().email);
    await signInPage(page).password.fill("not a password");
    await signInPage(page).submit.click();
    await expectFieldError(signInPage(page).password, "The email or the password is wrong.");
  });

  test("a short password is said at its field, and the rest stays", async ({ page, account, visit }) => {
    await visit("/sign-up");
    await signUpPage(page).name.fill(account.name);
    await signUpPage(page).email.fill(account.email);
    await signUpPage(page).password.fill("short");
    await signUpPage(page).submit.click();

    await expectFieldError(signUpPage(page).password, "Use at least 8 characters.");
    await expect(signUpPage(page).name).toHaveValue(account.name);
    await expect(signUpPage(page).email).toHaveValue(account.email);
  });

  test("a password of novel length is said at its field", async ({ page, account, visit }) => {
    await visit("/sign-up");
    await signUpPage(page).name.fill(account.name);
    await signUpPage(page).email.fill(account.email);
    await signUpPage(page).password.fill("x".repeat(129));
    await signUpPage(page).submit.click();
    await expectFieldError(signUpPage(page).password, "Use at most 128 characters.");
  });

  test("an email that the browser lets pass and the server does not is said at its field", async ({ page, account, visit }) => {
    await visit("/sign-up");
    await signUpPage(page).name.fill(account.name);
    await signUpPage(page).email.fill("ada@localhost");
    await signUpPage(page).password.fill(account.password);
    await signUpPage(page).submit.click();
    await expectFieldError(signUpPage(page).email, "Enter an email address such as ada@example.com.");
  });

  test("an email that is taken is said at its field", async ({ page, account, client, visit }) => {
    // Ada forgot that she has an account here.
    await visit("/sign-up");
    await signUpPage(page).name.fill(account.name);
    await signUpPage(page).email.fill(account.email);
    await signUpPage(page).password.fill(account.password);
    await signUpPage(page).submit.click();

    // The form reminds her, and she is nobody new.
    await expectFieldError(signUpPage(page).email, "An account with this email exists already. Sign in instead?");
    await expect(page).not.toHaveURL(`${client.url}/chat`);

    // One click leads to where she signs in.
    await page.getByRole("link", { name: "Sign in instead?" }).click();
    await expect(signInPage(page).heading).toBeVisible();
  });

  test("all that is wrong is said at once", async ({ page, visit, scan, ready, javaScriptEnabled }) => {
    await visit("/sign-up");
    await signUpPage(page).email.fill("ada");
    await signUpPage(page).password.fill("short");
    await signUpPage(page).submit.click();
    await expectFieldError(signUpPage(page).email, "Enter an email address such as ada@example.com.");
    await expectFieldError(signUpPage(page).password, "Use at least 8 characters.");
    await expect(signUpPage(page).email).toBeFocused();
    await scan("a form with two errors");

    // The same where one signs in.
    await visit("/sign-in");
    await signInPage(page).submit.click();
    await expectFieldError(signInPage(page).email, "Enter an email address such as ada@example.com.");
    await expectFieldError(signInPage(page).password, "Enter your password.");

    // A password can be looked at, where there is a program to show it.
    await ready();
    await signInPage(page).password.fill("correct horse");
    const show = page.getByRole("button", { name: "Show password" });
    if (javaScriptEnabled === false) return expect(show).toBeHidden();
    await expect(signInPage(page).password).toHaveAttribute("type", "password");
    await show.click();
    await expect(signInPage(page).password).toHaveAttribute("type", "text");
    await expect(show).toHaveAttribute("aria-pressed", "true");
    await expect(signInPage(page).password).toHaveValue("correct horse");
    await show.click();
    await expect(signInPage(page).password).toHaveAttribute("type", "password");

    // The button has one name in all its states, and what was sent is not left in sight.
    await show.click();
    await expect(signInPage(page).password).toHaveAttribute("type", "text");
    await expect(show).toHaveAttribute("title", "Show password");
    await signInPage(page).submit.click();
    await expect(signInPage(page).password).toHaveAttribute("type", "password");
    await expect(show).toHaveAttribute("aria-pressed", "false");
    await expectFieldError(signInPage(page).email, "Enter an email address such as ada@example.com.");
  });
});
