// Code with colours, formulas with a shape, and sources where they are named.

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("code has colours and formulas a shape", { tag: "@own-server" }, async ({ page, visit, ready, signedIn: _ }) => {
      await visit("/chat");
      const chat = chatPage(page);
      await chat.message.fill("/markdown");
      await chat.send.click();
      const answer = chat.answers.last();

      // Code is read first and coloured then; what it says stays the same. The scan at the end judges the contrast.
      const listing = answer.getByRole("group", { name: "rust listing" });
      await expect(listing.getByText("fn", { exact: true })).toHaveAttribute("data-code", "keyword");
      await expect(listing.getByText("main", { exact: true })).toHaveAttribute("data-code", "function");
      await expect(listing).toHaveText(/fn main\(\) \{\s+println!\("<b>Hello<\/b> & goodbye"\);\s+\}/);

      // Formulas are MathML, and prices are none.
      await expect(answer.getByRole("math")).toHaveCount(2);
      const formula = answer.getByRole("group", { name: "Formula" });
      await expect(formula.getByRole("math")).toHaveAttribute("display", "block");
      await expect(answer.getByText("It costs $5 or $10.")).toBeVisible();

      // All of it comes back with the page.
      await page.reload();
      await ready();
      await expect(answer.getByRole("math")).toHaveCount(2);
      await expect(listing.getByText("fn", { exact: true })).toHaveAttribute("data-code", "keyword");
    });
  });
}

test.describe("where nothing sets them", () => {
  test.use({ expectedOnConsole: [/ERR_FAILED/] });

  test("code is plain and formulas are LaTeX", { tag: "@own-server" }, async ({ page, visit, signedIn, context }) => {
    // The server cannot be reached when colours are asked for: nobody is told.
    const threadId = await signedIn.createThread("/markdown");
    await context.route("**/api/fn/typeset", (route) => route.abort());
    const asked = page.waitForRequest("**/api/fn/typeset");
    await visit(`/chat/${threadId}`);
    await asked;
    const answer = chatPage(page).answers.last();
    await expect(answer.getByRole("group", { name: "rust listing" })).toContainText("fn main()");
    await expect(answer.getByText("e^{i\\pi} + 1 = 0", { exact: true })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
});

test.describe("sources", () => {
  test("are marked where they are named", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await chat.message.fill("/annotations");
    await chat.send.click();
    const answer = chat.answers.last();

    // Two stand together behind a word, and one before the full stop.
    await expect(answer.getByRole("paragraph")).toHaveText(/The documents\s*1\s*2\s*say so\s*3\s*\./);

    // The keyboard goes to a source and back, once the answer is complete.
    await expect(answer).not.toHaveAttribute("aria-busy", "true");
    await expect(answer.getByText("Sources (3)")).toBeVisible();
    const mark = answer.getByRole("link", { name: "Source 2: q1.pdf" });
    await mark.focus();
    await page.keyboard.press("Enter");
    const source = answer.getByRole("list", { name: "Sources" }).getByRole("listitem").nth(1);
    await expect(source).toBeFocused();
    await page.keyboard.press("Tab");
    const back = answer.getByRole("link", { name: "Back to the mark of source 2" });
    await expect(back).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(mark).toBeFocused();
  });
});
