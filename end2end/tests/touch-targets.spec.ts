// A telephone: what fingers are to meet is large enough, on every page and in its states.

import type { Page } from "@playwright/test";

import type { Client } from "../fixtures/client.mjs";
import { chatPage, showChats } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { GALLERY: "on" }, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

/** What can be tapped and is smaller than a finger, but for links in the middle of a text; and what one writes into in so
 * small letters that a telephone zooms in. */
const small = (page: Page) =>
  page.evaluate(() => {
    const shown = (of: string) =>
      [...document.querySelectorAll<HTMLElement>(of)].filter(
        (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !it.matches(":disabled"),
      );
    const isInText = (it: Element) => {
      if (it.matches(".skip-link, .markdown a:not(.markdown__back), .markdown .entity")) return true;
      let block = it;
      while (/^inline(-block)?$/.test(getComputedStyle(block).display)) block = block.parentElement!;
      return block !== it && block.textContent?.trim() !== it.textContent?.trim();
    };
    const called = (it: Element) => it.getAttribute("aria-label") ?? (it.textContent || it.className);
    const targets = shown("a, button, input, select, textarea, summary, [role=button], [role=option], [role=menuitem]")
      .map((it) => {
        // A tap on its label is one on a box to tick.
        const { width, height } = (it.closest("label") ?? it).getBoundingClientRect();
        return { it, what: called(it), width, height };
      })
      .filter(({ it, width, height }) => width > 0 && (width < 43.9 || height < 43.9) && !isInText(it))
      .map(({ what, width, height }) => `${what}: ${width} × ${height}`);
    const letters = shown("textarea, select, input:not([type=checkbox], [type=radio])")
      .map((it) => ({ what: called(it), size: Number.parseFloat(getComputedStyle(it).fontSize) }))
      .filter(({ size }) => size < 16)
      .map(({ what, size }) => `${what}: letters of ${size}`);
    return [...targets, ...letters];
  });

interface Way {
  page: Page;
  visit: (path: string) => Promise<void>;
  client: Client;
}

/** Opens a chat in which something was said. */
const said = async ({ page, visit, client }: Way, text: string) => {
  await visit(`/chat/${await client.createThread(text)}`);
  await expect(chatPage(page).conversation.getByText(text, { exact: true })).toBeVisible();
};

/** Opens the menu of a chat, where the chats are a drawer or beside it. */
const actions = async (way: Way) => {
  await said(way, "/long 2");
  const chat = chatPage(way.page);
  if (await showChats(way.page).isVisible()) await showChats(way.page).tap();
  await chat.actions("/long 2").tap();
};

/** Pages of somebody who is signed in, and states of them. */
const INSIDE: Record<string, (way: Way) => Promise<unknown>> = {
  "a new chat": ({ visit }) => visit("/chat"),
  "an answer": (way) => said(way, "/markdown"),
  "steps of work": async (way) => {
    await said(way, "/workflow");
    await expect(way.page.getByRole("group").first()).toBeVisible();
  },
  sources: async (way) => {
    await said(way, "/annotations");
    await way.page.getByText(/^Sources \(\d\)$/).tap();
  },
  questions: async (way) => {
    await said(way, "/structured");
    await expect(way.page.getByRole("form", { name: "Questions" })).toBeVisible();
  },
  "a tool of the page": (way) => said(way, "/tool"),
  "an open list": async (way) => {
    await said(way, "/widget trip");
    const list = way.page.getByRole("combobox", { name: "From", exact: true });
    await list.tap();
    await expect(way.page.getByRole("option").first()).toBeVisible();
  },
  "a chosen option": async (way) => {
    await said(way, "/widget trip");
    await way.page.getByRole("combobox", { name: "From", exact: true }).tap();
    await way.page.getByRole("option", { name: "Berlin" }).tap();
    await expect(way.page.getByRole("button", { name: /^Clear the choice/ }).first()).toBeVisible();
  },
  "a chosen day": async (way) => {
    await said(way, "/widget stay");
    const day = way.page.getByRole("textbox", { name: "To", exact: true });
    await day.fill("2026-12-20");
    await expect(way.page.getByRole("button", { name: "Clear the choice" }).and(way.page.locator(":enabled"))).toBeVisible();
  },
  "every item and widget": async ({ page, visit }) => {
    await visit("/gallery");
    await expect(page.getByRole("region", { name: "charts", exact: true })).toBeVisible();
  },
  "the menu of a chat": actions,
  "renaming a chat": async (way) => {
    await actions(way);
    await way.page.getByRole("menuitem", { name: "Rename" }).tap();
    await expect(way.page.getByRole("button", { name: "Save" })).toBeVisible();
  },
  "deleting a chat": async (way) => {
    await actions(way);
    await way.page.getByRole("menuitem", { name: "Delete" }).tap();
    await expect(way.page.getByRole("alertdialog")).toBeVisible();
  },
  "the account menu": async (way) => {
    await said(way, "/long 2");
    if (await showChats(way.page).isVisible()) await showChats(way.page).tap();
    await chatPage(way.page).accountMenu.tap();
  },
};

const ACCOUNT = ["/account", "/account/email", "/account/password", "/account/sessions", "/account/appearance", "/account/delete"];

/** Pages of anybody. */
const OUTSIDE = [
  "/sign-in",
  "/sign-up",
  "/forgot-password",
  "/reset-password",
  "/reset-password?token=none",
  "/check-mail",
  "/check-mail?for=password",
  "/verify-email",
];

for (const viewport of [
  { width: 390, height: 844 },
  { width: 844, height: 390 },
]) {
  test.describe(`fingers meet what they mean at ${viewport.width} × ${viewport.height}`, () => {
    test.use({ viewport });

    for (const [what, reach] of Object.entries(INSIDE)) {
      test(what, { tag: "@own-server" }, async ({ page, visit, signedIn }) => {
        await reach({ page, visit, client: signedIn });
        expect(await small(page)).toEqual([]);
      });
    }

    test("the account pages", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
      for (const path of ACCOUNT) {
        await visit(path);
        await expect(page.getByRole("navigation", { name: "Account" })).toBeVisible();
        expect.soft(await small(page), path).toEqual([]);
      }
    });

    test("the pages of anybody", { tag: "@own-server" }, async ({ page, visit }) => {
      for (const path of OUTSIDE) {
        await visit(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        expect.soft(await small(page), path).toEqual([]);
      }
    });
  });
}
