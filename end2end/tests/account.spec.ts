// The account pages: these stories are told twice, with and without JavaScript.

import { accountPages, chatPage, expectFieldError, signInPage } from "../fixtures/pages.ts";
import { newAccount } from "../fixtures/client.mjs";
import { linkOf } from "../fixtures/mails.mjs";
import { expect, test } from "../fixtures/test.ts";

test("somebody takes another name", async ({ page, signedIn, visit, ready, scan }) => {
  // Ada goes from her chats to her account.
  await visit("/chat");
  await chatPage(page).account.click();
  await expect(page).toHaveURL(`${signedIn.url}/account`);
  await ready();
  const { heading, profile, status, back, section } = accountPages(page);
  await expect(heading("Profile")).toBeVisible();
  await expect(section("Profile")).toHaveAttribute("aria-current", "page");
  await expect(section("Email")).not.toHaveAttribute("aria-current", "page");

  // She marries.
  await expect(profile.name).toHaveValue("Ada Lovelace");
  await profile.name.fill("Ada King");
  await profile.save.click();
  await expect(status("Your profile is saved.")).toBeVisible();
  await expect(profile.name).toHaveValue("Ada King");
  await scan("a saved profile");

  // Her chats know her by it.
  await back.click();
  await expect(page).toHaveURL(`${signedIn.url}/chat`);
  await expect(chatPage(page).account).toHaveAccessibleName(/Ada King/);
});

test("every account page can be read, and leads to the others", async ({ page, signedIn: _, visit, scan }) => {
  await visit("/account");
  const { section, heading, deletion } = accountPages(page);
  for (const name of ["Email", "Password", "Sessions", "Linked accounts", "Delete account", "Profile"]) {
    await section(name).click();
    await expect(heading(name)).toBeVisible();
    await expect(page).toHaveTitle(`${name} · Colloquy`);
    await scan(name);
  }
  await section("Delete account").click();
  await deletion.next.click();
  await expect(heading("Delete your account?")).toBeVisible();
});

test("who is signed out signs in and comes back", async ({ page, account, client, visit }) => {
  await visit("/account/sessions");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signInPage(page).email.fill(account.email);
  await signInPage(page).password.fill(account.password);
  await signInPage(page).submit.click();
  await expect(page).toHaveURL(`${client.url}/account/sessions`);
  await expect(accountPages(page).sessions.row.filter({ hasText: "This device" })).toHaveCount(1);
});

test.describe("a form that is refused", () => {
  test.use({ expectedOnConsole: [/status of (400|401)/] });

  test("somebody changes the password", async ({ page, account, signedIn, visit, ready, context }) => {
    const { password, status } = accountPages(page);
    await visit("/account/password");

    // Ada mistypes the old one, and then chooses too short a new one.
    await password.current.fill("not her password");
    await password.new.fill("another battery staple");
    await password.change.click();
    await expectFieldError(password.current, "This is not your password.");
    await ready();
    await password.current.fill(account.password);
    await password.new.fill("short");
    await password.change.click();
    await expectFieldError(password.new, "Use at least 8 characters.");

    // The third time it works, and the form is empty again.
    await ready();
    await password.current.fill(account.password);
    await password.new.fill("another battery staple");
    await password.change.click();
    await expect(status("Your password is changed, and you are signed out everywhere else.")).toBeVisible();
    await expect(password.current).toHaveValue("");
    await expect(password.new).toHaveValue("");

    // It is the new one that lets her in.
    await context.clearCookies();
    await visit("/sign-in");
    await signInPage(page).email.fill(account.email);
    await signInPage(page).password.fill("another battery staple");
    await signInPage(page).submit.click();
    await expect(page).toHaveURL(`${signedIn.url}/chat`);
  });

  test("somebody deletes the account", async ({ page, account, signedIn: _, visit, ready, scan }) => {
    // Ada reads what goes, and changes her mind.
    const { deletion, heading, section } = accountPages(page);
    await visit("/account/delete");
    await expect(page.getByText("all your chats, questions and answers;")).toBeVisible();
    await deletion.next.click();
    await deletion.keep.click();
    await expect(heading("Profile")).toBeVisible();

    // She changes it again, and mistypes her password.
    await ready();
    await section("Delete account").click();
    await deletion.next.click();
    await deletion.password.fill("not her password");
    await deletion.delete.click();
    await expectFieldError(deletion.password, "This is not your password.");
    await scan("a deletion that was refused");

    // Then she is gone.
    await ready();
    await deletion.password.fill(account.password);
    await deletion.delete.click();
    await expect(heading("Your account is deleted")).toBeVisible();
    await visit("/account");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await signInPage(page).email.fill(account.email);
    await signInPage(page).password.fill(account.password);
    await signInPage(page).submit.click();
    await expectFieldError(signInPage(page).password, "The email or the password is wrong.");
  });
});

test("somebody signs another device out, which learns it at once", async ({
  page,
  account,
  signedIn,
  visit,
  ready,
  browser,
  javaScriptEnabled,
}) => {
  // Ada is signed in on a telephone, too, and looks at her account there.
  const telephone = await browser.newContext({
    baseURL: signedIn.url,
    javaScriptEnabled,
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  });
  const there = await telephone.newPage();
  await there.goto("/sign-in?next=%2Faccount");
  await ready(there);
  await signInPage(there).email.fill(account.email);
  await signInPage(there).password.fill(account.password);
  await signInPage(there).submit.click();
  await expect(accountPages(there).heading("Profile")).toBeVisible();
  await ready(there);

  // At her desk she sees both, and which one is which.
  await visit("/account/sessions");
  const { sessions, status } = accountPages(page);
  const row = sessions.row.filter({ hasText: "Safari on iPhone" });
  await expect(row).toHaveCount(1);
  await expect(row).not.toContainText("This device");

  // She signs the telephone out. It is told at its next request, a moment later.
  await row.getByRole("button", { name: /^Sign out Safari on iPhone/ }).click();
  await expect(status("That device is signed out.")).toBeVisible();
  await expect(row).toHaveCount(0);
  await accountPages(there).section("Email").click();
  await expect(there).toHaveURL(/\/sign-in\?next=/);
  await telephone.close();

  // She herself stays.
  await expect(sessions.row.filter({ hasText: "This device" })).toHaveCount(1);
});

test("somebody signs out everywhere else", async ({ page, account, client, signedIn: _, visit, request }) => {
  for (let n = 0; n < 2; n++) {
    await request.post("/api/auth/sign-in/email", { data: account, headers: { origin: client.url } });
  }
  await visit("/account/sessions");
  const { sessions, status } = accountPages(page);
  await expect(sessions.row).toHaveCount(3);
  await sessions.others.click();
  await expect(status("You are signed out everywhere else.")).toBeVisible();
  await expect(sessions.row).toHaveCount(1);
  await expect(sessions.others).toBeHidden();
});

test("an address is verified, and changed by two mails", { tag: "@own-server" }, async ({ page, account, signedIn: _, visit, ready, mail }) => {
  // Ada's address is not verified yet. She asks for the mail and follows its link.
  const { email, heading, status } = accountPages(page);
  await visit("/account/email");
  await expect(page.getByText("Not verified")).toBeVisible();
  await email.verify.click();
  await expect(status("A mail is on its way, if the address still waits to be verified.")).toBeVisible();
  await visit(linkOf(await mail(account.email)));
  await expect(heading("Your email is verified")).toBeVisible();

  // She takes another one: her old address is asked first.
  const address = newAccount().email;
  await visit("/account/email");
  await expect(page.getByText("Verified", { exact: true })).toBeVisible();
  await email.address.fill(address);
  await email.change.click();
  await expect(status("A mail is on its way to your present address.")).toBeVisible();
  await visit(linkOf(await mail(account.email)));
  await expect(status("Thank you. If the address below is not the new one yet")).toBeVisible();
  await expect(page.getByText(account.email)).toBeVisible();

  // Then the new one is, and it is hers.
  await visit(linkOf(await mail(address)));
  await ready();
  await expect(page.getByText(address)).toBeVisible();
  await expect(page.getByText(account.email)).toBeHidden();
});
