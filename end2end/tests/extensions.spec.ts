// Extensions of the browser write into the page before it comes to life.

import type { Page } from "@playwright/test";

import { chatPage, signInPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

/** Does something to the document as soon as it is parsed, as a content script does. */
const meddle = (page: Page, script: () => void) =>
  page.addInitScript(`document.addEventListener("DOMContentLoaded", ${script});`);

test("what an extension puts into the page does not stop it", async ({ page, signedIn: _, visit }) => {
  await meddle(page, () => {
    document.querySelector("main")!.prepend(document.createElement("injected-box"));
    document.querySelector("textarea")!.before(document.createElement("injected-button"));
    document.body.append(document.createElement("injected-bar"));
  });
  await visit("/chat");
  await expect(page.locator("main > injected-box:first-child")).toHaveCount(1);
  await expect(page.locator("injected-button + textarea")).toHaveCount(1);
  await expect(page.locator("body > injected-bar")).toHaveCount(1);
  const chat = chatPage(page);
  await chat.message.fill("Are you there?");
  await chat.message.press("Enter");
  await expect(chat.answers.first()).toContainText("Are you there?");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveCount(1);
});

test("a password manager writes beside and around the fields", async ({ page, account, client: _, visit }) => {
  await meddle(page, () => {
    const icon = document.createElement("injected-icon");
    document.querySelector("[name=password]")!.after(icon);
    icon.append(document.createElement("injected-picture"));
    // It wraps a field, and takes something away.
    const email = document.querySelector("[name=email]")!;
    const wrapper = document.createElement("injected-wrapper");
    email.before(wrapper);
    wrapper.append(email);
    document.querySelector("h1")!.remove();
  });
  await visit("/sign-in");
  await expect(page.locator("[name=password] + injected-icon > injected-picture")).toHaveCount(1);
  const signIn = signInPage(page);
  await expect(signIn.heading).toBeVisible();
  await signIn.email.fill(account.email);
  await signIn.password.fill(account.password);
  await signIn.submit.click();
  await expect(chatPage(page).message).toBeFocused();
});

test("an extension splits texts, moves fields and changes its own nodes", async ({ page, account, client: _, visit }) => {
  await meddle(page, () => {
    // A highlighter parts a text and wraps a piece of it.
    const heading = document.querySelector("h1")!;
    const text = heading.firstChild as Text;
    const tail = text.splitText(2);
    const mark = document.createElement("injected-mark");
    tail.replaceWith(mark);
    mark.append(tail);
    // A field is moved into another element of the page, and a label away.
    document.querySelector("form")!.append(document.querySelector("[name=email]")!);
    document.querySelector("label")!.remove();
    // A node of its own shows something else than at first.
    const icon = document.createElement("injected-icon");
    document.querySelector("main")!.prepend(icon);
    icon.append(document.createElement("injected-spinner"));
    icon.replaceChildren(document.createElement("injected-picture"));
  });
  await visit("/sign-in");
  await expect(page.locator("main > injected-icon > injected-picture")).toHaveCount(1);
  const signIn = signInPage(page);
  await expect(signIn.heading).toHaveText("Sign in");
  await signIn.email.fill(account.email);
  await signIn.password.fill(account.password);
  await signIn.submit.click();
  await expect(chatPage(page).message).toBeFocused();
});

test("a translator wraps what is read", async ({ page, signedIn: _, visit }) => {
  await meddle(page, () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: Node[] = [];
    while (texts.nextNode()) if (texts.currentNode.textContent!.trim()) found.push(texts.currentNode);
    for (const text of found.filter((it) => it.parentElement!.tagName !== "SCRIPT")) {
      const font = document.createElement("font");
      font.textContent = text.textContent!.toUpperCase();
      text.parentNode!.replaceChild(font, text);
    }
  });
  await visit("/chat");
  const chat = chatPage(page);
  await expect(chat.empty).toBeVisible();
  await chat.message.fill("Still there?");
  await chat.message.press("Enter");
  await expect(chat.answers.first()).toContainText("Still there?");
});
