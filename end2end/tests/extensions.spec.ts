// Extensions of the browser write into the page before it comes to life.

import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

/** What a page looks like when an extension was there first. */
const meddle = (html: string) =>
  html
    .replace(/(<main[^>]*>)/, "$1<injected-box hidden>x</injected-box>")
    .replace(/(<textarea[^>]*>)/, "<injected-button></injected-button>$1")
    .replace("</body>", "<injected-bar></injected-bar></body>");

test("what an extension puts into the page does not stop it", async ({ page, signedIn: _, visit }) => {
  await page.route("**/chat", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: meddle(await answer.text()) });
  });
  await visit("/chat");
  await expect(page.locator("injected-box, injected-button, injected-bar")).toHaveCount(3);
  const chat = chatPage(page);
  await chat.message.fill("Are you there?");
  await chat.message.press("Enter");
  await expect(chat.answers.first()).toContainText("Are you there?");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveCount(1);
});
